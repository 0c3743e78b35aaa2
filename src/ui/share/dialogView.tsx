import * as React from 'react';

import { ISession } from '../../session/model';
import { useSessions, useShare } from './context';
import { IDraft } from './draft';
import { SessionView } from './sessionView';
import { StartView } from './startView';
import { sessionNames } from './words';

interface IDialogProps {
  readonly titleId: string;
  readonly draft: IDraft;
  /** The session to show first; null for the form. */
  readonly shown: string | null;
  readonly ending: boolean;
}

/** Either the form for a new session or one that runs; with a choice when there are several. */
export function DialogView(props: IDialogProps) {
  const { titleId, draft: first, shown, ending } = props;
  const { trans, sessions, close } = useShare();
  const running = useSessions(sessions);
  const [draft, setDraft] = React.useState(first);
  const [chosen, setChosen] = React.useState(shown);
  const [seen, setSeen] = React.useState(shown !== null);
  const session = running.find(candidate => candidate.id === chosen);

  React.useEffect(() => {
    if (seen && chosen !== null && !session) {
      close();
    }
  }, [seen, chosen, session]);
  const title = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => {
    // The button that was pressed is gone with its form.
    if (document.activeElement === document.body) {
      title.current
        ?.closest('.jp-Dialog')
        ?.querySelector<HTMLElement>('[data-autofocus]')
        ?.focus();
    }
  }, [session?.id]);
  const show = (id: string | null) => {
    setChosen(id);
    setSeen(id !== null);
  };
  return (
    <>
      <div className="jp-cohost-title">
        <h2 id={titleId} ref={title}>
          {session ? trans.__('Session') : trans.__('Share session')}
        </h2>
        <Chooser running={running} chosen={chosen} onChoose={show} />
        <button
          type="button"
          className="jp-cohost-close"
          aria-label={trans.__('Close')}
          onClick={close}
        >
          ×
        </button>
      </div>
      {session ? (
        <SessionView key={session.id} session={session} ending={ending} />
      ) : chosen === null ? (
        <StartView
          draft={draft}
          onChange={setDraft}
          onStarted={started => show(started.id)}
        />
      ) : null}
    </>
  );
}

interface IChooserProps {
  readonly running: readonly ISession[];
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}

function Chooser({ running, chosen, onChoose }: IChooserProps) {
  const { trans } = useShare();
  if (running.length === 0) {
    return <span className="jp-cohost-grow" />;
  }
  const names = sessionNames(running, trans);
  return (
    <span className="jp-cohost-grow jp-cohost-line">
      <select
        className="jp-cohost-select"
        aria-label={trans.__('Which session')}
        value={chosen ?? ''}
        onChange={event => onChoose(event.target.value || null)}
      >
        {running.map(session => (
          <option key={session.id} value={session.id}>
            {names.get(session.id)}
          </option>
        ))}
        <option value="">{trans.__('New session…')}</option>
      </select>
      {chosen !== null && (
        <button
          type="button"
          className="jp-cohost-link"
          onClick={() => onChoose(null)}
        >
          {trans.__('+ New session')}
        </button>
      )}
    </span>
  );
}
