import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IPolicy, IScopePreview, ISession } from '../../session/model';
import { AudienceSelect, hasAudiences } from './audience';
import { audienceReason } from './audienceWords';
import { useShare, useTask } from './context';
import { IDraft, optionsOf, outlivesLink, toggled } from './draft';
import { ExpirySelect, Failure, Row } from './parts';
import { allowedDraft, startReason, usePolicy } from './policy';
import { OnlyHere, Reach, useReachability } from './reach';
import { ScopePicker } from './scopePicker';
import {
  errorWords,
  everythingName,
  expiryName,
  INVITABLE,
  roleMeans,
  roleVerb
} from './words';

interface IStartProps {
  readonly draft: IDraft;
  readonly onChange: (draft: IDraft) => void;
  readonly onStarted: (session: ISession) => void;
}

/** The form: Enter starts with what stands there. */
export function StartView(props: IStartProps) {
  const { draft: wished, onChange, onStarted } = props;
  const { trans, sessions, off, copy, close, keepHostName } = useShare();
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const policy = usePolicy();
  const where = useReachability();
  const draft = allowedDraft(policy, wished);
  const change = (part: Partial<IDraft>) => onChange({ ...wished, ...part });
  const empty = draft.scope.length === 0;
  const forbidden = off || startReason(policy, draft.scope);
  const unnamed = audienceReason(policy, draft.audience, trans);

  const start = (event: React.FormEvent) => {
    event.preventDefault();
    if (empty || busy || forbidden || unnamed) {
      return;
    }
    run(async () => {
      const session = await sessions.start(optionsOf(draft));
      keepHostName?.(draft.hostName.trim());
      const [invite] = session.invites;
      if (invite) {
        await copy(await sessions.link(session.id, invite.id));
      }
      onStarted(session);
    });
  };
  return (
    <form onSubmit={start} className="jp-cohost-form">
      <div className="jp-cohost-scroll">
        <What draft={draft} policy={policy} change={change} />
        <Roles draft={draft} policy={policy} change={change} />
        <Who draft={draft} policy={policy} change={change} />
        <HowLong draft={draft} policy={policy} change={change} />
        <Knock draft={draft} policy={policy} change={change} />
        <Name draft={draft} policy={policy} change={change} />
        <Reach where={where} />
      </div>
      <Failure message={error || forbidden} />
      <OnlyHere where={where} />
      <div className="jp-cohost-footer">
        <button
          type="button"
          className="jp-mod-styled jp-mod-reject"
          onClick={close}
        >
          {trans.__('Cancel')}
        </button>
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={empty || busy || forbidden !== '' || unnamed !== ''}
          title={unnamed || undefined}
        >
          {busy ? trans.__('Starting…') : trans.__('Start and copy link')}
        </button>
      </div>
    </form>
  );
}

interface IPartProps {
  readonly policy: IPolicy;
  readonly draft: IDraft;
  readonly change: (part: Partial<IDraft>) => void;
}

function What({ draft, change }: IPartProps) {
  const { trans } = useShare();
  const { scope } = draft;
  const toggle = (item: IDraft['scope'][number]) =>
    change({ scope: toggled(scope, item) });
  return (
    <Row label={trans.__('What')}>
      <ScopePicker scope={scope} onToggle={toggle} />
      <Preview scope={scope} />
    </Row>
  );
}

function Preview({ scope }: Pick<IDraft, 'scope'>) {
  const { trans, sessions } = useShare();
  const [preview, setPreview] = React.useState<IScopePreview | null>(null);
  React.useEffect(() => {
    let current = true;
    setPreview(null);
    if (scope.length > 0) {
      sessions.api.preview(scope).then(
        found => current && setPreview(found),
        () => undefined
      );
    }
    return () => {
      current = false;
    };
  }, [scope]);
  const missing = preview?.missing ?? [];
  return (
    <p className="jp-cohost-quiet" aria-live="polite">
      {missing.length > 0 && (
        <span className="jp-cohost-warning">
          {trans.__('No longer there: %1. Remove it. ', missing.join(', '))}
        </span>
      )}
      {previewWords(scope, preview, trans)}
    </p>
  );
}

/** What guests see of the host's files, and how many files that is as far as the server has said. */
function previewWords(
  scope: IDraft['scope'],
  preview: IScopePreview | null,
  trans: TranslationBundle
): string {
  if (scope.length === 0) {
    return trans.__('Choose at least one file or folder.');
  }
  if (scope.length === 1 && scope[0].type === 'file') {
    return trans.__('Guests see only this file.');
  }
  const count = (preview?.files ?? 0).toLocaleString();
  const files = preview?.more
    ? trans.__('more than %1 files', count)
    : trans._n('%2 file', '%2 files', preview?.files ?? 0, count);
  if (scope.length === 1 && scope[0].path === '') {
    const everything = everythingName(trans);
    return preview
      ? trans.__('Guests see this: %1 (%2).', everything, files)
      : trans.__('Guests see this: %1.', everything);
  }
  const items = trans._n('%1 item', '%1 items', scope.length);
  return `${trans.__('Guests see only this.')} ${items}${preview ? `, ${files}` : ''}.`;
}

function Roles({ draft, policy, change }: IPartProps) {
  const { trans } = useShare();
  return (
    <Row label={trans.__('Guests can')}>
      {INVITABLE.map(role => (
        <label key={role} className="jp-cohost-choice">
          <input
            type="radio"
            name="cohost-role"
            checked={draft.role === role}
            disabled={!policy.roles.includes(role)}
            data-autofocus={draft.role === role ? true : undefined}
            onChange={() => change({ role })}
          />
          <b>{roleVerb(role, trans)}</b>
          <span
            className={
              role === 'runner' ? 'jp-cohost-warning' : 'jp-cohost-quiet'
            }
          >
            {policy.reasons[`role.${role}`] ?? roleMeans(role, trans)}
          </span>
        </label>
      ))}
    </Row>
  );
}

function Who({ draft, policy, change }: IPartProps) {
  const { trans } = useShare();
  return hasAudiences(policy) ? (
    <Row label={trans.__('Who')}>
      <AudienceSelect
        audience={draft.audience}
        policy={policy}
        onChange={audience => change({ audience })}
      />
      {draft.audience.kind !== 'any' && (
        <p className="jp-cohost-quiet">
          {trans.__(
            'They sign in with JupyterHub and take part under their account’s name.'
          )}
        </p>
      )}
    </Row>
  ) : null;
}

function HowLong({ draft, policy, change }: IPartProps) {
  const { trans } = useShare();
  const choices = [
    [
      'ad-hoc',
      trans.__('this meeting'),
      trans.__('ends when you stop it or 10 minutes after you leave')
    ],
    [
      'persistent',
      trans.__('ongoing'),
      trans.__('the link keeps working, even after a restart')
    ]
  ] as const;
  return (
    <Row label={trans.__('For how long')}>
      {choices.map(([kind, name, means]) => (
        <label key={kind} className="jp-cohost-choice">
          <input
            type="radio"
            name="cohost-kind"
            checked={draft.kind === kind}
            disabled={!policy.kinds.includes(kind)}
            onChange={() => change({ kind })}
          />
          <b>{name}</b>
          <span className="jp-cohost-quiet">
            {policy.reasons[`kind.${kind}`] ?? means}
          </span>
        </label>
      ))}
      <ExpirySelect
        expiry={draft.expiry}
        policy={policy}
        onChange={expiry => change({ expiry })}
      />
      {outlivesLink(draft) && (
        <p className="jp-cohost-quiet" role="status">
          {trans.__(
            'The session goes on, but this link stops working %1.',
            expiryName(draft.expiry, trans)
          )}
        </p>
      )}
      {policy.reasons.expiry && (
        <p className="jp-cohost-quiet">{policy.reasons.expiry}</p>
      )}
    </Row>
  );
}

function Knock({ draft, policy, change }: IPartProps) {
  const { trans } = useShare();
  return (
    <Row label={trans.__('Entry')}>
      <label className="jp-cohost-choice">
        <input
          type="checkbox"
          checked={draft.knock}
          disabled={policy.knock_required}
          onChange={event => change({ knock: event.target.checked })}
        />
        <span>{trans.__('Ask me before someone enters')}</span>
      </label>
      {policy.reasons['knock.off'] && (
        <p className="jp-cohost-quiet">{policy.reasons['knock.off']}</p>
      )}
    </Row>
  );
}

function Name({ draft, change }: IPartProps) {
  const { trans } = useShare();
  return (
    <Row label={trans.__('Your name')}>
      <input
        className="jp-mod-styled jp-cohost-name"
        aria-label={trans.__('Your name, as guests see it')}
        value={draft.hostName}
        placeholder={trans.__('Host')}
        maxLength={64}
        autoComplete="name"
        onChange={event => change({ hostName: event.target.value })}
      />
    </Row>
  );
}
