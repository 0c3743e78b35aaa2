import * as React from 'react';

import { AudienceKind, IAudience, IPolicy } from '../../session/model';
import { audienceName, missingNames, namesIn } from './audienceWords';
import { useShare } from './context';

const KINDS: readonly AudienceKind[] = ['any', 'members', 'users', 'groups'];

/** Whether there is anything to choose or to explain: without a hub everybody who has the link may come. */
export function hasAudiences(policy: IPolicy): boolean {
  return policy.identities || !policy.anonymous_allowed;
}

interface IAudienceProps {
  readonly audience: IAudience;
  readonly policy: IPolicy;
  readonly onChange: (audience: IAudience) => void;
}

/** Who may use the link; names are typed, apart by commas. */
export function AudienceSelect({ audience, policy, onChange }: IAudienceProps) {
  const { trans } = useShare();
  const [text, setText] = React.useState(audience.names.join(', '));
  const named = audience.kind === 'users' || audience.kind === 'groups';
  const missing = missingNames(audience, trans);
  const forbids = (kind: AudienceKind) =>
    policy.reasons[kind === 'any' ? 'audience.any' : 'audience.limited'];
  const choose = (kind: AudienceKind) => {
    const takesNames = kind === 'users' || kind === 'groups';
    setText('');
    onChange({
      kind,
      names: takesNames && kind === audience.kind ? namesIn(text) : []
    });
  };
  return (
    <div className="jp-cohost-audience">
      <select
        className="jp-cohost-select"
        aria-label={trans.__('Who may use the link')}
        value={audience.kind}
        onChange={event => choose(event.target.value as AudienceKind)}
      >
        {KINDS.map(kind => (
          <option
            key={kind}
            value={kind}
            disabled={forbids(kind) !== undefined}
            title={forbids(kind)}
          >
            {audienceName(kind, trans)}
          </option>
        ))}
      </select>
      {named && (
        <input
          className="jp-mod-styled jp-cohost-grow"
          aria-label={
            audience.kind === 'users'
              ? trans.__('Hub usernames, separated by commas')
              : trans.__('Hub groups, separated by commas')
          }
          placeholder={
            audience.kind === 'users'
              ? trans.__('ada, bo')
              : trans.__('physics-101')
          }
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={event => {
            setText(event.target.value);
            onChange({ ...audience, names: namesIn(event.target.value) });
          }}
        />
      )}
      {missing !== '' && <p className="jp-cohost-quiet">{missing}</p>}
      {forbids('any') !== undefined && (
        <p className="jp-cohost-quiet">{forbids('any')}</p>
      )}
    </div>
  );
}
