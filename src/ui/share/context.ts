import { Contents } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { SessionsModel } from '../../session/sessions';

/** What every part of the dialog needs. */
export interface IShareContext {
  readonly trans: TranslationBundle;
  readonly sessions: SessionsModel;
  /** Why nothing is shared on this page, or "". */
  readonly off: string;
  readonly contents: Contents.IManager;
  /** Says something to screen readers. */
  readonly announce: (message: string) => void;
  /** Copies and says so; false when the browser refuses. */
  readonly copy: (link: string) => Promise<boolean>;
  /** Remembers how the host wants to be called. */
  readonly keepHostName?: (name: string) => void;
  readonly close: () => void;
}

const Context = React.createContext<IShareContext | null>(null);
export const ShareProvider = Context.Provider;

export function useShare(): IShareContext {
  const context = React.useContext(Context);
  if (!context) {
    throw new Error('useShare outside of the share dialog');
  }
  return context;
}

/** Draws again when the sessions change. */
export function useSessions(sessions: SessionsModel) {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    sessions.changed.connect(redraw);
    return () => {
      sessions.changed.disconnect(redraw);
    };
  }, [sessions]);
  return sessions.running;
}

/** One request at a time, with its error as a sentence. */
export function useTask(
  words: (error: unknown) => string
): [boolean, string, (task: () => Promise<void>) => void] {
  const [busy, setBusy] = React.useState(false);
  const [error, setError] = React.useState('');
  const mounted = React.useRef(true);
  React.useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const run = (task: () => Promise<void>) => {
    setBusy(true);
    setError('');
    void task()
      .catch(reason => mounted.current && setError(words(reason)))
      .finally(() => mounted.current && setBusy(false));
  };
  return [busy, error, run];
}
