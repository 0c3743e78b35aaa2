import { ReactWidget } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { OpenRooms } from '../../drive';
import { GuestModel } from '../../session/guest';
import { Reach } from '../../session/reach';
import { hasUnsent, Standing, worstOf } from '../../sync';
import { Mark } from '../state/legend';
import { Dot, dotOf } from '../state/words';
import { AskedRole, Hints } from './hints';
import {
  askWords,
  connectionWords,
  overWords,
  sessionWords,
  shortWords
} from './words';

export interface IBarProps {
  readonly guest: GuestModel;
  /** The open documents; what the bar says of saving is the worst of theirs. Null where none are shared. */
  readonly rooms: OpenRooms | null;
  readonly hints: Hints;
  readonly trans: TranslationBundle;
  readonly leave: () => void;
  readonly ask: (role: AskedRole) => void;
  /** What more may be asked for; null for nothing. */
  readonly asks: () => AskedRole | null;
  /** Saves what did not reach the server. */
  readonly saveCopies: () => void;
}

/** Draws again when the session, a hint or a document's standing changes. */
function useChanges({ guest, hints, rooms }: IBarProps): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const follow = () =>
      [...(rooms ?? [])].forEach(({ provider }) =>
        provider.stateChanged.connect(redraw)
      );
    const onRooms = () => {
      follow();
      redraw();
    };
    follow();
    guest.changed.connect(redraw);
    hints.changed.connect(redraw);
    rooms?.opened.connect(onRooms);
    rooms?.closed.connect(redraw);
    return () => {
      guest.changed.disconnect(redraw);
      hints.changed.disconnect(redraw);
      rooms?.opened.disconnect(onRooms);
      rooms?.closed.disconnect(redraw);
      [...(rooms ?? [])].forEach(({ provider }) =>
        provider.stateChanged.disconnect(redraw)
      );
    };
  }, [guest, hints, rooms]);
}

function worst(rooms: OpenRooms | null): Standing | null {
  return worstOf([...(rooms ?? [])].map(({ provider }) => provider.standing));
}

/** Which document stands so, when it is one of several; "" where there is only one. */
function nameOf(rooms: OpenRooms | null, standing: Standing | null): string {
  const all = [...(rooms ?? [])];
  const paths = all
    .filter(({ provider }) => provider.standing.kind === standing?.kind)
    .map(({ path }) => path);
  return all.length > 1 && paths.length > 0 ? PathExt.basename(paths[0]) : '';
}

/** Whose session it is, what the guest can do, how it stands, and the way out. */
export function Bar(props: IBarProps) {
  useChanges(props);
  const { guest, rooms, hints, trans, leave, ask, asks } = props;
  const { state, me, reach } = guest;
  if (state.kind === 'over') {
    return <Over {...props} state={state} />;
  }
  const standing = worst(rooms);
  const asked = hints.asks ?? asks();
  return (
    <div className="jp-cohost-bar-line">
      <Mark state={markOf(reach, standing)} />
      <b className="jp-cohost-ellipsis">
        <span className="jp-cohost-wide">{sessionWords(me, trans)}</span>
        <span className="jp-cohost-narrow">{shortWords(me, trans)}</span>
      </b>
      <span className="jp-cohost-ellipsis jp-cohost-bar-state">
        {connectionWords(reach, standing, nameOf(rooms, standing), me, trans)}
      </span>
      <span className="jp-cohost-bar-hint jp-cohost-ellipsis" role="status">
        {hints.text}
      </span>
      {asked && me && (
        <button
          type="button"
          className="jp-cohost-link"
          onClick={() => ask(asked)}
        >
          {askWords(asked, trans)}
        </button>
      )}
      <button type="button" className="jp-cohost-link" onClick={leave}>
        {trans.__('Leave')}
      </button>
    </div>
  );
}

/** The page's mark: that the server is away says more than what a document says. */
function markOf(reach: Reach, standing: Standing | null): Dot {
  switch (reach) {
    case 'here':
      return standing ? dotOf(standing) : 'synced';
    case 'connecting':
      return 'connecting';
    case 'lost':
    case 'offline':
      return 'offline';
    case 'over':
      return 'closed';
  }
}

interface IOverProps extends IBarProps {
  readonly state: Extract<GuestModel['state'], { kind: 'over' }>;
}

/** The session is over for this page: what happened, what became of the last words, and what can still be done. */
function Over({ state, guest, rooms, trans, saveCopies }: IOverProps) {
  const isUnsent = [...(rooms ?? [])].some(({ provider }) =>
    hasUnsent(provider.state)
  );
  const { what, next } = overWords(state, guest.me, isUnsent, trans);
  return (
    <div className="jp-cohost-bar-line jp-mod-over" role="alert">
      <Mark state="closed" />
      <b>{what}</b> <span className="jp-cohost-bar-next">{next}</span>
      {isUnsent && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={saveCopies}
        >
          {trans.__('Save my copy…')}
        </button>
      )}
      {state.back && (
        <a
          className="jp-cohost-link"
          href={state.back}
          target="_self"
          rel="noreferrer"
        >
          {trans.__('Come back')}
        </a>
      )}
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
    return (
      <div ref={this._follow}>
        <Bar {...this._props} />
      </div>
    );
  }

  /** The shell gives the bar as much height as its text needs: on a phone, what is over takes several lines. */
  private readonly _follow = (text: HTMLElement | null): void => {
    this._sizes?.disconnect();
    this._sizes = text && new ResizeObserver(() => this._grow(text));
    if (text) {
      this._sizes?.observe(text);
    }
  };

  private _grow({ offsetHeight }: HTMLElement): void {
    const height = `${offsetHeight}px`;
    if (this.node.style.minHeight !== height) {
      this.node.style.minHeight = height;
      this.parent?.fit();
    }
  }

  private _sizes: ResizeObserver | null = null;
}
