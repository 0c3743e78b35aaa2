import * as React from 'react';

import {
  InvitableRole,
  IParticipant,
  IPolicy,
  ISession
} from '../../session/model';
import { useShare, useTask } from './context';
import { Ask, Failure, Row } from './parts';
import { Avatar } from './avatar';
import { givenRoles, usePolicy } from './policy';
import { RolePicker } from './rolePicker';
import { Verified } from './verified';
import { errorWords, roleName } from './words';

/** Who is here, and who has been: roles can be changed, guests removed. */
export function People({ session }: { readonly session: ISession }) {
  const { trans } = useShare();
  const guests = session.participants.filter(who => who.role !== 'host');
  const policy = givenRoles(usePolicy());
  return (
    <Row label={trans.__('Here')}>
      <div className="jp-cohost-line">
        <b>{trans.__('You')}</b>
        <span className="jp-cohost-quiet">{roleName('host', trans)}</span>
      </div>
      {guests.length === 0 && (
        <p className="jp-cohost-quiet">
          {trans.__('Nobody here yet. Send the link to invite someone.')}
        </p>
      )}
      {guests.map(who => (
        <Guest key={who.id} session={session} who={who} policy={policy} />
      ))}
    </Row>
  );
}

interface IGuestProps {
  readonly session: ISession;
  readonly who: IParticipant;
  readonly policy: IPolicy;
}

function Guest({ session, who, policy }: IGuestProps) {
  const { trans, sessions, announce } = useShare();
  const [asking, setAsking] = React.useState(false);
  const [endLink, setEndLink] = React.useState(true);
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const remove = () =>
    run(async () => {
      await sessions.remove(session.id, who.id, endLink);
      announce(trans.__('%1 was removed.', who.name));
    });
  return (
    <>
      <div className="jp-cohost-line" data-online={who.online}>
        <Avatar person={who} />
        <span className="jp-cohost-ellipsis">{who.name}</span>
        {who.verified && (
          <Verified title={trans.__('Signed in with JupyterHub')} />
        )}
        <span className="jp-cohost-quiet jp-cohost-grow jp-cohost-ellipsis">
          {who.online ? (who.path ?? '') : trans.__('away')}
        </span>
        <RolePicker
          role={who.role as InvitableRole}
          label={trans.__('Role of %1', who.name)}
          who={who.name}
          busy={busy}
          policy={policy}
          onChange={role =>
            run(() => sessions.setRole(session.id, who.id, role))
          }
        />
        <button
          type="button"
          className="jp-cohost-link"
          disabled={asking}
          aria-label={trans.__('Remove %1', who.name)}
          onClick={() => setAsking(true)}
        >
          {trans.__('Remove')}
        </button>
      </div>
      {asking && (
        <Ask
          question={trans.__(
            'Remove %1? They lose access immediately.',
            who.name
          )}
          yes={trans.__('Remove')}
          no={trans.__('Cancel')}
          busy={busy}
          onYes={remove}
          onNo={() => setAsking(false)}
        >
          <label className="jp-cohost-choice">
            <input
              type="checkbox"
              checked={endLink}
              onChange={event => setEndLink(event.target.checked)}
            />
            {trans.__('Also disable the link they used')}
          </label>
        </Ask>
      )}
      <Failure message={error} />
    </>
  );
}
