import * as React from 'react';

import { ISession } from '../../session/model';
import { Banned } from './banned';
import { useShare, useTask } from './context';
import { Door } from './door';
import { toggled } from './draft';
import { Links } from './links';
import { Ask, Failure, Row } from './parts';
import { People } from './people';
import { OnlyHere, Reach, useReachability } from './reach';
import { ScopePicker } from './scopePicker';
import { errorWords, nameList, scopeName, unreachedWords } from './words';

interface ISessionProps {
  readonly session: ISession;
}

interface IViewProps extends ISessionProps {
  /** The question whether to end it is already asked. */
  readonly ending: boolean;
}

/** The dialog on a session that runs. */
export function SessionView({ session, ending }: IViewProps) {
  const { trans, off, close } = useShare();
  const [asking, setAsking] = React.useState(ending);
  const where = useReachability();
  return (
    <div className="jp-cohost-form">
      <div className="jp-cohost-scroll">
        <div className="jp-cohost-session-head">
          <span className="jp-cohost-ellipsis">
            {session.title || scopeName(session.scope, trans)}
          </span>
          <Age since={session.created_at} />
        </div>
        <Links session={session} />
        <Door session={session} />
        <People session={session} />
        <Banned session={session} />
        <Files session={session} />
        <Reach where={where} />
      </div>
      <Failure message={off} />
      <OnlyHere where={where} />
      {asking && <End session={session} onKeep={() => setAsking(false)} />}
      <div className="jp-cohost-footer jp-mod-apart">
        <button
          type="button"
          className="jp-mod-styled jp-mod-warn"
          disabled={asking}
          onClick={() => setAsking(true)}
        >
          {trans.__('End session')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          data-autofocus
          onClick={close}
        >
          {trans.__('Done')}
        </button>
      </div>
    </div>
  );
}

/** "live 00:03", hours and minutes. */
function Age({ since }: { readonly since: number }) {
  const { trans, sessions } = useShare();
  const [now, setNow] = React.useState(Date.now());
  React.useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 10_000);
    return () => window.clearInterval(timer);
  }, []);
  const minutes = Math.max(0, Math.floor((now - since) / 60_000));
  const two = (value: number) => String(value).padStart(2, '0');
  if (sessions.reach !== 'here' && sessions.reach !== 'connecting') {
    return (
      <span className="jp-cohost-live">
        <span className="jp-cohost-dot" data-reach="lost" aria-hidden />
        {unreachedWords(sessions.reach, trans)}
      </span>
    );
  }
  return (
    <span className="jp-cohost-live">
      <span className="jp-cohost-dot" data-reach="public" aria-hidden />
      {trans.__('live')} {two(Math.floor(minutes / 60))}:{two(minutes % 60)}
    </span>
  );
}

function Files({ session }: ISessionProps) {
  const { trans, sessions } = useShare();
  const [, error, run] = useTask(reason => errorWords(reason, trans));
  const toggle = (item: ISession['scope'][number]) => {
    const scope = toggled(session.scope, item);
    if (scope.length > 0) {
      run(() => sessions.setScope(session.id, scope));
    }
  };
  return (
    <Row label={trans.__('Shared')}>
      <ScopePicker
        scope={session.scope}
        onToggle={toggle}
        hint={
          session.scope.length === 1
            ? trans.__('A session shares at least one file or folder.')
            : undefined
        }
      />
      <Failure message={error} />
    </Row>
  );
}

interface IEndProps extends ISessionProps {
  readonly onKeep: () => void;
}

function End({ session, onKeep }: IEndProps) {
  const { trans, sessions, announce } = useShare();
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const names = session.participants
    .filter(who => who.role !== 'host' && who.online)
    .map(who => who.name);
  const who =
    names.length > 0
      ? trans._n(
          '%2 will be out.',
          '%2 will be out.',
          names.length,
          nameList(names)
        )
      : trans.__('Nobody else is here.');
  const end = () =>
    run(async () => {
      await sessions.end(session.id);
      announce(trans.__('The session has ended.'));
    });
  return (
    <>
      <Ask
        question={
          trans.__('End this session?') +
          ` ${who} ` +
          trans.__(
            'Its links stop working. Your files stay as they are. The chat is gone.'
          )
        }
        yes={trans.__('End session')}
        no={trans.__('Cancel')}
        busy={busy}
        onYes={end}
        onNo={onKeep}
      />
      <Failure message={error} />
    </>
  );
}
