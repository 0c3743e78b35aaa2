import * as React from 'react';

import { IInvite, InvitableRole, ISession } from '../../session/model';
import { AudienceSelect, hasAudiences } from './audience';
import { audienceReason } from './audienceWords';
import { useShare, useTask } from './context';
import { ANYONE, defaultExpiry, defaultKnock, Expiry } from './draft';
import { Ask, ExpirySelect, Failure, Row } from './parts';
import {
  allowedAudience,
  allowedExpiry,
  allowedRole,
  usePolicy
} from './policy';
import { RolePicker } from './rolePicker';
import { errorWords, inviteMeans, linkName } from './words';

const USES: readonly (number | null)[] = [null, 1, 5, 20];

interface ISessionProps {
  readonly session: ISession;
}

/** The links that work, the way to copy, make and end them. */
export function Links({ session }: ISessionProps) {
  const { trans } = useShare();
  const [making, setMaking] = React.useState(false);
  const live = session.invites.filter(invite => invite.state === 'live');
  return (
    <Row label={trans._n('Link', 'Links', Math.max(1, live.length))}>
      {live.length === 0 && (
        <p className="jp-cohost-quiet">
          {trans.__('There is no active link. Create one to invite people.')}
        </p>
      )}
      {live.map(invite => (
        <Link key={invite.id} session={session} invite={invite} />
      ))}
      {making ? (
        <NewLink session={session} onDone={() => setMaking(false)} />
      ) : (
        <button
          type="button"
          className="jp-cohost-link"
          onClick={() => setMaking(true)}
        >
          {trans.__('+ New link')}
        </button>
      )}
    </Row>
  );
}

/** The link itself ("" until it is there: the list of sessions carries no secret), and why it cannot be had. */
function useLink(session: ISession, invite: IInvite): [string, string] {
  const { sessions, trans } = useShare();
  const [link, setLink] = React.useState('');
  const [, error, run] = useTask(reason => errorWords(reason, trans));
  const { id } = invite;
  const copyable = sessions.hasLink(invite);
  React.useEffect(() => {
    if (copyable) {
      run(async () => setLink(await sessions.link(session.id, id)));
    }
  }, [session.id, id, copyable]);
  return [link, error];
}

function Link({ session, invite }: ISessionProps & { invite: IInvite }) {
  const { trans, sessions, copy } = useShare();
  const field = React.useRef<HTMLInputElement>(null);
  const [asking, setAsking] = React.useState(false);
  const [link, unknown] = useLink(session, invite);
  const name = linkName(invite, trans);
  const onCopy = async (text: string) => {
    if (!(await copy(text))) {
      field.current?.select();
    }
  };
  return (
    <div className="jp-cohost-invite">
      <div className="jp-cohost-line jp-mod-wrap">
        <b className="jp-cohost-ellipsis">{name}</b>
        <span className="jp-cohost-quiet">{inviteMeans(invite, trans)}</span>
      </div>
      <div className="jp-cohost-line">
        {!sessions.hasLink(invite) ? (
          <span className="jp-cohost-quiet jp-cohost-grow">
            {trans.__(
              'Still works, but can’t be shown in this browser after a restart. Create a new link to share.'
            )}
          </span>
        ) : (
          <>
            <input
              ref={field}
              className="jp-mod-styled jp-cohost-grow"
              readOnly
              value={link}
              aria-busy={link === ''}
              aria-label={trans.__(
                'Link for %1: %2',
                name,
                inviteMeans(invite, trans)
              )}
              onFocus={event => event.target.select()}
            />
            <button
              type="button"
              className="jp-mod-styled jp-mod-accept"
              aria-label={trans.__('Copy the link for %1', name)}
              disabled={link === ''}
              onClick={() => void onCopy(link)}
            >
              {trans.__('Copy')}
            </button>
          </>
        )}
        <button
          type="button"
          className="jp-cohost-link"
          disabled={asking}
          aria-label={trans.__('Disable the link for %1', name)}
          title={trans.__('Stops new guests; current guests stay')}
          onClick={() => setAsking(true)}
        >
          {trans.__('Disable link')}
        </button>
      </div>
      <AskFirst session={session} invite={invite} />
      {asking && (
        <Disable
          session={session}
          invite={invite}
          onCancel={() => setAsking(false)}
        />
      )}
      <Failure message={unknown} />
    </div>
  );
}

/** Whether who comes from now on is let in by the host: can be changed while the session runs. */
function AskFirst({ session, invite }: ISessionProps & { invite: IInvite }) {
  const { trans, sessions } = useShare();
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const policy = usePolicy();
  return (
    <>
      <label className="jp-cohost-choice">
        <input
          type="checkbox"
          checked={invite.knock}
          disabled={busy || policy.knock_required}
          title={policy.reasons['knock.off']}
          onChange={event => {
            const knock = event.target.checked;
            run(() => sessions.changeInvite(session.id, invite.id, { knock }));
          }}
        />
        {trans.__('Ask me before someone enters')}
      </label>
      <Failure message={error} />
    </>
  );
}

interface IDisableProps extends ISessionProps {
  readonly invite: IInvite;
  readonly onCancel: () => void;
}

function Disable({ session, invite, onCancel }: IDisableProps) {
  const { trans, sessions } = useShare();
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  return (
    <>
      <Ask
        question={trans.__(
          'Disable the link for %1? Nobody new can join by it, and it can’t be enabled again. Current guests stay.',
          linkName(invite, trans)
        )}
        yes={trans.__('Disable link')}
        no={trans.__('Cancel')}
        busy={busy}
        onYes={() => run(() => sessions.endInvite(session.id, invite.id))}
        onNo={onCancel}
      />
      <Failure message={error} />
    </>
  );
}

function NewLink({ session, onDone }: ISessionProps & { onDone: () => void }) {
  const { trans, sessions, copy } = useShare();
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const [role, setRole] = React.useState<InvitableRole>('editor');
  const [expiry, setExpiry] = React.useState<Expiry>(
    defaultExpiry(session.kind)
  );
  const policy = usePolicy();
  const [label, setLabel] = React.useState('');
  const [uses, setUses] = React.useState<number | null>(null);
  const [asked, setAsked] = React.useState(() => asksAtFirst(session, role));
  const [audience, setAudience] = React.useState(ANYONE);
  const shownAudience = allowedAudience(policy, audience);
  const unnamed = audienceReason(policy, shownAudience, trans);
  const shownRole = allowedRole(policy, role);
  const shownExpiry = allowedExpiry(policy, expiry);
  const knock = policy.knock_required || asked;
  const make = () =>
    run(async () => {
      const invite = await sessions.invite(session.id, {
        role: shownRole,
        knock,
        expires_in_s: shownExpiry,
        max_uses: uses,
        ...(label.trim() ? { label: label.trim() } : {}),
        ...(shownAudience.kind === 'any' ? {} : { audience: shownAudience })
      });
      await copy(await sessions.link(session.id, invite.id));
      onDone();
    });
  return (
    <div className="jp-cohost-new-link">
      <div className="jp-cohost-line">
        <input
          className="jp-mod-styled jp-cohost-grow"
          aria-label={trans.__('Name of the link')}
          placeholder={trans.__('Name, for you only (optional)')}
          value={label}
          maxLength={64}
          onChange={event => setLabel(event.target.value)}
        />
      </div>
      <div className="jp-cohost-line jp-mod-wrap jp-mod-labels">
        <span className="jp-cohost-inline">{trans.__('Role')}</span>
        <RolePicker
          role={shownRole}
          who={null}
          policy={policy}
          label={trans.__('Role for the new link')}
          onChange={setRole}
        />
        <ExpirySelect
          expiry={shownExpiry}
          policy={policy}
          onChange={setExpiry}
          label={trans.__('Expires')}
        />
        <Uses uses={uses} onChange={setUses} />
        <label className="jp-cohost-inline">
          <input
            type="checkbox"
            checked={knock}
            disabled={policy.knock_required}
            title={policy.reasons['knock.off']}
            onChange={event => setAsked(event.target.checked)}
          />{' '}
          {trans.__('Ask me before someone enters')}
        </label>
      </div>
      {hasAudiences(policy) && (
        <AudienceSelect
          audience={shownAudience}
          policy={policy}
          onChange={setAudience}
        />
      )}
      <Failure message={error} />
      <div className="jp-cohost-buttons">
        <button
          type="button"
          className="jp-mod-styled jp-mod-reject"
          onClick={onDone}
        >
          {trans.__('Cancel')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={busy || unnamed !== ''}
          title={unnamed || undefined}
          onClick={make}
        >
          {trans.__('Create and copy')}
        </button>
      </div>
    </div>
  );
}

/** Whether a new link asks the host: as the others do. No other choice changes it. */
function asksAtFirst(session: ISession, role: InvitableRole): boolean {
  return (
    session.invites.some(({ knock }) => knock) ||
    defaultKnock(role, session.kind)
  );
}

interface IUsesProps {
  readonly uses: number | null;
  readonly onChange: (uses: number | null) => void;
}

function Uses({ uses, onChange }: IUsesProps) {
  const { trans } = useShare();
  return (
    <label className="jp-cohost-inline">
      {trans.__('Number of people')}{' '}
      <select
        className="jp-cohost-select"
        value={USES.indexOf(uses)}
        onChange={event => onChange(USES[Number(event.target.value)])}
      >
        {USES.map((choice, index) => (
          <option key={index} value={index}>
            {choice === null ? trans.__('any') : choice.toLocaleString()}
          </option>
        ))}
      </select>
    </label>
  );
}
