import { ReactWidget, UseSignal, usersIcon } from '@jupyterlab/ui-components';
import { Contents } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import { Message } from '@lumino/messaging';
import { ISignal } from '@lumino/signaling';
import * as React from 'react';

import { IReachable, Reach } from '../../session/reach';
import { SessionsModel } from '../../session/sessions';
import { copyText } from '../share/clipboard';
import { ShareProvider } from '../share/context';
import { Door } from '../share/door';
import { takeFocus } from '../share/focus';
import { Legend } from '../state/legend';
import { Everyone } from './everyone';
import { isWanted, PeopleFilter } from './filter';
import { Follower } from './follow';
import { nextInList } from './listKeys';
import { Member } from './member';
import { PANEL_ID } from './panelId';
import { IMember, Roster } from './roster';

const LIST = 'jp-cohost-members';

export interface IPanelOptions {
  readonly roster: Roster;
  readonly follower: Follower;
  /** Null on a guest's page. */
  readonly sessions: SessionsModel | null;
  /** Whether the server answers. */
  readonly reachable: IReachable | null;
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;
  readonly goTo: (member: IMember) => void;
  /** Lowers all guests at once; null on a guest's page. */
  readonly everyone: Everyone | null;
  /** Opens the share dialog. */
  readonly share: () => void;
  /** Whether the others can be asked to come where this person is. */
  readonly maySummon: () => boolean;
  readonly summon: () => void;
  /** Gives this page's person another name, for everybody. @throws ApiError */
  readonly rename: (name: string) => Promise<void>;
  /** Back to the document in front. */
  readonly leave: () => void;
}

/** Who is in the session, where, and what can be done about it. */
export class SessionPanel extends ReactWidget {
  constructor(private readonly _options: IPanelOptions) {
    super();
    const { trans } = _options;
    this.id = PANEL_ID;
    this.node.tabIndex = -1;
    this.addClass('jp-cohost-panel');
    this.title.icon = usersIcon;
    this.title.caption = trans.__('People');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Session'));
  }

  handleEvent(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      this._options.leave();
    }
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    // The list, never something that a key can change.
    const list = () => this.node.querySelector<HTMLElement>(`.${LIST}`);
    void this.renderPromise?.then(() => takeFocus(this.node, list));
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.node.addEventListener('keydown', this);
  }

  protected override onBeforeDetach(message: Message): void {
    this.node.removeEventListener('keydown', this);
    super.onBeforeDetach(message);
  }

  protected override render(): React.ReactElement {
    const { roster, sessions, reachable: guest } = this._options;
    return (
      <UseSignal signal={roster.changed}>
        {() =>
          sessions ? (
            <UseSignal signal={sessions.changed}>
              {() => <Session {...this._options} />}
            </UseSignal>
          ) : (
            <UseSignal
              signal={
                (guest?.changed ?? roster.changed) as ISignal<unknown, unknown>
              }
            >
              {() => <Session {...this._options} />}
            </UseSignal>
          )
        }
      </UseSignal>
    );
  }
}

/** What the list is worth while the server does not answer; null when it is true. */
function reachWords(reach: Reach, trans: TranslationBundle): string | null {
  switch (reach) {
    case 'here':
    case 'connecting':
      return null;
    case 'lost':
      return trans.__('Reconnecting… This list may be out of date.');
    case 'offline':
      return trans.__('You’re offline. This list may be out of date.');
    case 'over':
      return trans.__('You are not in the session any more.');
  }
}

function Session(options: IPanelOptions) {
  const { sessions, contents, trans, roster } = options;
  const [said, announce] = React.useState('');
  const reach = options.reachable?.reach ?? 'here';
  const words = reachWords(reach, trans);
  const body = (
    <>
      {words && (
        <p className="jp-cohost-panel-reach" role="status">
          {words}
        </p>
      )}
      {reach !== 'over' && <People {...options} />}
      <Legend trans={trans} />
      <div className="jp-cohost-said" aria-live="polite">
        {said}
      </div>
    </>
  );
  if (!sessions) {
    return body;
  }
  const context = {
    ...{ trans, sessions, contents, announce, off: '' },
    copy: copyText,
    close: () => undefined
  };
  const isQuiet = sessions.running.length === 0 && roster.others.length === 0;
  return (
    <ShareProvider value={context}>
      {isQuiet ? (
        <Nobody {...options} />
      ) : (
        <>
          {sessions.running.map(session => (
            <Door key={session.id} session={session} />
          ))}
          {body}
        </>
      )}
    </ShareProvider>
  );
}

function Nobody({ trans, share }: IPanelOptions) {
  return (
    <div className="jp-cohost-panel-empty">
      <p>{trans.__('Not shared yet. People appear here once you share.')}</p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        onClick={share}
      >
        {trans.__('Share session')}
      </button>
    </div>
  );
}

/** Above this many people there is a way to filter them, and what is done with all of them stands on top. */
const CROWD = 8;

function People(options: IPanelOptions) {
  const { roster, trans, sessions, follower } = options;
  const { members, others } = roster;
  const [wanted, filter] = React.useState('');
  const title = React.useId();
  const list = React.useRef<HTMLUListElement>(null);
  const isCrowd = members.length > CROWD || wanted !== '';
  const found = members.filter(member => isWanted(member, wanted, trans));
  const move = (event: React.KeyboardEvent) => {
    const from = event.target as Element;
    const next =
      list.current && !from.matches('select, input')
        ? nextInList(list.current, from, event.key)
        : null;
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
  return (
    <>
      <h2 className="jp-cohost-panel-title" id={title}>
        {trans._n('%1 person here', '%1 people here', members.length)}
      </h2>
      {isCrowd && (
        <PeopleFilter
          value={wanted}
          count={found.length}
          trans={trans}
          onChange={filter}
          onDown={() =>
            list.current &&
            nextInList(list.current, list.current, 'ArrowDown')?.focus()
          }
        />
      )}
      {isCrowd && <ForAll {...options} />}
      <UseSignal signal={follower.changed}>
        {() => (
          <ul
            className={LIST}
            ref={list}
            tabIndex={-1}
            aria-labelledby={title}
            onKeyDown={move}
          >
            {found.map(member => (
              <Member
                key={member.id}
                member={member}
                session={sessions?.running.find(({ participants }) =>
                  participants.some(({ id }) => id === member.id)
                )}
                {...options}
              />
            ))}
          </ul>
        )}
      </UseSignal>
      {others.length === 0 && (
        <p className="jp-cohost-quiet">
          {sessions
            ? trans.__('Nobody here yet. Send the link to invite someone.')
            : trans.__('Nobody else is here now.')}
        </p>
      )}
      {!isCrowd && <ForAll {...options} />}
    </>
  );
}

/** What is done with all of them. */
function ForAll({ roster, trans, everyone, maySummon, summon }: IPanelOptions) {
  const [busy, setBusy] = React.useState(false);
  const lower = () => {
    setBusy(true);
    void everyone?.makeViewers().finally(() => setBusy(false));
  };
  return roster.others.length === 0 ? null : (
    <div className="jp-cohost-for-all">
      {maySummon() && (
        <button type="button" className="jp-mod-styled" onClick={summon}>
          {trans.__('Bring everyone here')}
        </button>
      )}
      {everyone?.isRaised && (
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy}
          onClick={lower}
        >
          {trans.__('Make everyone a viewer')}
        </button>
      )}
    </div>
  );
}
