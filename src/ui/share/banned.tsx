import * as React from 'react';

import { ISession } from '../../session/model';
import { useShare, useTask } from './context';
import { Failure, Row } from './parts';
import { errorWords } from './words';

/** Accounts of the hub that were removed and cannot come back; the way to let them in again. */
export function Banned({ session }: { readonly session: ISession }) {
  const { trans, sessions, announce } = useShare();
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const banned = session.banned ?? [];
  const letBack = (user: string) =>
    run(async () => {
      await sessions.letBack(session.id, user);
      announce(trans.__('%1 may come in again by a link.', user));
    });
  return banned.length === 0 ? null : (
    <Row label={trans.__('Blocked')}>
      {banned.map(user => (
        <div key={user} className="jp-cohost-line">
          <span className="jp-cohost-grow jp-cohost-ellipsis">{user}</span>
          <button
            type="button"
            className="jp-cohost-link"
            disabled={busy}
            aria-label={trans.__('Let %1 come back', user)}
            onClick={() => letBack(user)}
          >
            {trans.__('Unblock')}
          </button>
        </div>
      ))}
      <Failure message={error} />
    </Row>
  );
}
