import * as React from 'react';

import { InvitableRole, IPolicy } from '../../session/model';
import { useShare } from './context';
import { Ask } from './parts';
import { OPEN } from './policy';
import { INVITABLE, roleName } from './words';

interface IRolePickerProps {
  readonly role: InvitableRole;
  readonly label: string;
  /** Whose role it is; null for whoever comes by a link, whose warning stands below as long as it lets them run. */
  readonly who: string | null;
  /** A choice is on its way to the server; the focus stays where it is. */
  readonly busy?: boolean;
  /** Without it every role can be chosen. */
  readonly policy?: IPolicy;
  readonly onChange: (role: InvitableRole) => void;
}

/**
 * The one place where a role is chosen. To run code is never given by one key or click: one person gets it after a
 * question in place, a link with a warning below it. What it opens stands in a line that wraps.
 */
export function RolePicker(props: IRolePickerProps) {
  const { role, who, busy = false, onChange } = props;
  const { trans } = useShare();
  const [asking, setAsking] = React.useState(false);
  const choose = (choice: InvitableRole) => {
    if (busy || choice === role) {
      setAsking(false);
    } else if (choice === 'runner' && who !== null) {
      setAsking(true);
    } else {
      setAsking(false);
      onChange(choice);
    }
  };
  const answer = (yes: boolean) => {
    setAsking(false);
    if (yes) {
      onChange('runner');
    }
  };
  return (
    <>
      <Choices {...props} role={asking ? 'runner' : role} onChange={choose} />
      {asking && who !== null && (
        <Ask
          question={trans.__(
            'Let %1 run code? That is full access to your account.',
            who
          )}
          yes={trans.__('Let run')}
          no={trans.__('Cancel')}
          busy={busy}
          onYes={() => answer(true)}
          onNo={() => answer(false)}
        />
      )}
      {who === null && role === 'runner' && (
        <p className="jp-cohost-warning jp-cohost-below" role="status">
          {trans.__(
            'Running code means full access to your account on this server.'
          )}
        </p>
      )}
    </>
  );
}

function Choices(props: IRolePickerProps) {
  const { role, label, busy, policy = OPEN, onChange } = props;
  const { trans } = useShare();
  return (
    <select
      className="jp-cohost-select"
      aria-label={label}
      aria-disabled={busy}
      value={role}
      onChange={event => onChange(event.target.value as InvitableRole)}
    >
      {INVITABLE.map(choice => (
        <option
          key={choice}
          value={choice}
          disabled={!policy.roles.includes(choice)}
          title={policy.reasons[`role.${choice}`]}
        >
          {roleName(choice, trans)}
        </option>
      ))}
    </select>
  );
}
