import { ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { GuestModel, GuestState } from '../../session/guest';
import { AskedRole, Hints } from './hints';
import { connectionWords, overWords, sessionWords, shortWords } from './words';

export interface IBarProps {
  readonly guest: GuestModel;
  readonly hints: Hints;
  readonly trans: TranslationBundle;
  readonly leave: () => void;
  readonly ask: (role: AskedRole) => void;
}

function useChanges(guest: GuestModel, hints: Hints): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    guest.changed.connect(redraw);
    hints.changed.connect(redraw);
    return () => {
      guest.changed.disconnect(redraw);
      hints.changed.disconnect(redraw);
    };
  }, [guest, hints]);
}

/** Whose session it is, what the guest can do, how it stands, and the way out. */
export function Bar({ guest, hints, trans, leave, ask }: IBarProps) {
  useChanges(guest, hints);
  const { state, me } = guest;
  if (state.kind === 'over') {
    return <Over state={state} guest={guest} trans={trans} />;
  }
  return (
    <div className="jp-cohost-bar-line">
      <span className="jp-cohost-dot" data-reach={dotOf(state)} aria-hidden />
      <b className="jp-cohost-ellipsis">
        <span className="jp-cohost-wide">{sessionWords(me, trans)}</span>
        <span className="jp-cohost-narrow">{shortWords(me, trans)}</span>
      </b>
      <span className="jp-cohost-ellipsis jp-cohost-bar-state" role="status">
        {connectionWords(state, me, trans)}
      </span>
      <span className="jp-cohost-bar-hint jp-cohost-ellipsis" role="status">
        {hints.text}
      </span>
      {hints.asks && (
        <button
          type="button"
          className="jp-cohost-link"
          onClick={() => ask(hints.asks!)}
        >
          {trans.__('Ask')}
        </button>
      )}
      <button type="button" className="jp-cohost-link" onClick={leave}>
        {trans.__('Leave')}
      </button>
    </div>
  );
}

function dotOf(state: GuestState): string {
  switch (state.kind) {
    case 'here':
      return 'public';
    case 'connecting':
      return 'waiting';
    case 'lost':
    case 'over':
      return 'lost';
  }
}

interface IOverProps {
  readonly state: Extract<GuestState, { kind: 'over' }>;
  readonly guest: GuestModel;
  readonly trans: TranslationBundle;
}

function Over({ state, guest, trans }: IOverProps) {
  const { what, next } = overWords(state, guest.me, trans);
  return (
    <div className="jp-cohost-bar-line jp-mod-over" role="alert">
      <span className="jp-cohost-dot" data-reach="lost" aria-hidden />
      <b>{what}</b> <span className="jp-cohost-bar-next">{next}</span>
    </div>
  );
}

export class GuestBar extends ReactWidget {
  constructor(private readonly _props: IBarProps) {
    super();
    this.id = 'jp-cohost-bar';
    this.addClass('jp-cohost-bar');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _props.trans.__('Session'));
  }

  protected render(): JSX.Element {
    return <Bar {...this._props} />;
  }
}
