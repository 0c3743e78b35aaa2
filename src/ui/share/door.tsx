import * as React from 'react';

import { IKnock, InvitableRole, ISession } from '../../session/model';
import { useShare, useTask } from './context';
import { Failure, RoleSelect, Row } from './parts';
import { Verified } from './verified';
import { errorWords, roleVerb } from './words';

/** Who waits at the door. Its place is there only while somebody does: joins are rarer than looks at the dialog. */
export function Door({ session }: { readonly session: ISession }) {
  const { trans } = useShare();
  return (
    <div aria-live="polite">
      {session.knocks.length > 0 && (
        <Row label={trans.__('At the door')}>
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
  const answer = (as: InvitableRole | null) =>
    run(() => sessions.answer(session.id, knock.id, as));
  return (
    <>
      <div className="jp-cohost-line">
        <span className="jp-cohost-grow jp-cohost-ellipsis">
          {trans.__(
            '“%1” wants to %2',
            knock.name,
            roleVerb(knock.role, trans)
          )}
          {knock.verified && (
            <Verified title={trans.__('Signed in with JupyterHub')} />
          )}
        </span>
        <RoleSelect
          role={role}
          label={trans.__('Let %1 in as', knock.name)}
          disabled={busy}
          onChange={setRole}
        />
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={busy}
          onClick={() => answer(role)}
        >
          {trans.__('Let in')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-mod-reject"
          disabled={busy}
          onClick={() => answer(null)}
        >
          {trans.__('Refuse')}
        </button>
      </div>
      <Failure message={error} />
    </>
  );
}
