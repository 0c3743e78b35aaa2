import * as React from 'react';

import { IKnock, InvitableRole, ISession } from '../../session/model';
import { useShare, useTask } from './context';
import { Failure, Row } from './parts';
import { RolePicker } from './rolePicker';
import { Verified } from './verified';
import { errorWords, roleName } from './words';

/** Who waits at the door. Its place is there only while somebody does: joins are rarer than looks at the dialog. */
export function Door({ session }: { readonly session: ISession }) {
  const { trans } = useShare();
  return (
    <div aria-live="polite">
      {session.knocks.length > 0 && (
        <Row label={trans.__('Waiting')}>
          {session.knocks.map(knock => (
            <Waiting key={knock.id} session={session} knock={knock} />
          ))}
        </Row>
      )}
    </div>
  );
}

interface IWaitingProps {
  readonly session: ISession;
  readonly knock: IKnock;
}

function Waiting({ session, knock }: IWaitingProps) {
  const { trans, sessions } = useShare();
  const [role, setRole] = React.useState<InvitableRole>(knock.role);
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const answer = (event: React.MouseEvent, as: InvitableRole | null) => {
    // The second click of a double click may meet whoever stands there now that the first one is in.
    if (event.detail < 2) {
      run(() => sessions.answer(session.id, knock.id, as));
    }
  };
  return (
    <>
      <div className="jp-cohost-line">
        <span className="jp-cohost-grow jp-cohost-ellipsis">
          {trans.__('“%1” as %2', knock.name, roleName(knock.role, trans))}
          {knock.verified && (
            <Verified title={trans.__('Signed in with JupyterHub')} />
          )}
        </span>
        <RolePicker
          role={role}
          label={trans.__('Let %1 in as', knock.name)}
          who={knock.name}
          busy={busy}
          onChange={setRole}
        />
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={busy}
          onClick={event => answer(event, role)}
        >
          {trans.__('Let in')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-mod-reject"
          disabled={busy}
          onClick={event => answer(event, null)}
        >
          {trans.__('Refuse')}
        </button>
      </div>
      {role === 'runner' && (
        <p className="jp-cohost-warning">
          {trans.__(
            'Running code means full access to your account on this server.'
          )}
        </p>
      )}
      <Failure message={error} />
    </>
  );
}
