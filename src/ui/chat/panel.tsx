import { LabIcon, ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Message as LuminoMessage } from '@lumino/messaging';
import * as React from 'react';

import { EntryId } from '../../chat';
import { Avatar } from '../share/avatar';
import { Composer } from './composer';
import { ChatProvider, IChatContext, useChat } from './context';
import { Message } from './message';
import { nameOf, noticeWords, stateWords, typingWords } from './words';

/** Two speech balloons; drawn for this project. */
export const chatIcon = new LabIcon({
  name: 'cohost:chat',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">
  <g class="jp-icon3" fill="#616161">
    <path d="M2 2h8a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H5l-3 2.500V9a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1z"/>
    <path d="M12.500 5.500H14a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1v2.500l-3-2.500H7a1 1 0 0 1-1-1v-.750h5.500a1 1 0 0 0 1-1z"/>
  </g>
</svg>`
});

/** Shown at most; the older ones come with a button. */
const PAGE = 150;

/** The side panel **Chat**. */
export class ChatPanel extends ReactWidget {
  constructor(private readonly _context: IChatContext) {
    super();
    const { model, trans } = _context;
    this.id = 'cohost-chat-panel';
    this.addClass('jp-cohost-chat');
    this.title.icon = chatIcon;
    this.title.caption = trans.__('Chat');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Chat'));
    this.node.dataset.lmSuppressShortcuts = 'true';
    model.isSeen = () =>
      this.isVisible && document.visibilityState === 'visible';
    model.changed.connect(() => this._count());
    document.addEventListener('visibilitychange', this._onVisible);
  }

  override dispose(): void {
    document.removeEventListener('visibilitychange', this._onVisible);
    super.dispose();
  }

  /** Puts the cursor where messages are written. */
  focus(): void {
    this.node.querySelector('textarea')?.focus();
  }

  protected override onAfterShow(msg: LuminoMessage): void {
    super.onAfterShow(msg);
    this._context.model.read();
    this.update();
  }

  protected override render(): React.ReactElement {
    return (
      <ChatProvider value={this._context}>
        <UseSignal signal={this._context.model.changed}>
          {() => <Chat />}
        </UseSignal>
      </ChatProvider>
    );
  }

  private _count(): void {
    const { unread } = this._context.model;
    this.title.label = unread > 0 ? `${unread}` : '';
    this.title.caption =
      unread > 0
        ? this._context.trans._n('Chat: %1 new', 'Chat: %1 new', unread)
        : this._context.trans.__('Chat');
    const bare = document.title.replace(/^\(\d+\) /, '');
    const title = unread > 0 ? `(${unread}) ${bare}` : bare;
    if (document.title !== title) {
      document.title = title;
    }
  }

  private readonly _onVisible = () => {
    if (this._context.model.isSeen()) {
      this._context.model.read();
    }
  };
}

function Chat() {
  const { model, trans } = useChat();
  const { chat } = model;
  if (!chat) {
    return (
      <p className="jp-cohost-chat-empty">
        {trans.__('There is no session. Share something to chat with others.')}
      </p>
    );
  }
  return (
    <>
      <Head />
      <Messages />
      <Foot />
      <Composer />
    </>
  );
}

/** With whom: everybody, or one person. */
function Head() {
  const { model, trans, saveTranscript } = useChat();
  const node = model.chat?.node;
  if (!node) {
    return null;
  }
  const people = node.people.present;
  const others = people.filter(({ person }) => person.id !== node.me?.id);
  const gone = node.letters.threads.filter(
    id => !others.some(({ person }) => person.id === id)
  );
  const count = (peer: string | null) => {
    const unread = model.unreadIn(peer);
    return unread > 0 ? ` (${unread})` : '';
  };
  return (
    <div className="jp-cohost-chat-head">
      <label>
        <span className="jp-cohost-chat-hidden">{trans.__('Chat with')}</span>
        <select
          className="jp-cohost-select"
          value={model.peer ?? ''}
          onChange={event => model.open(event.target.value || null)}
        >
          <option value="">{trans.__('Everybody') + count(null)}</option>
          {others.map(({ person, presence }) => (
            <option key={person.id} value={person.id}>
              {(presence === 'here'
                ? trans.__('Only %1', person.name)
                : trans.__('Only %1 (reconnecting)', person.name)) +
                count(person.id)}
            </option>
          ))}
          {gone.map(id => (
            <option key={id} value={id}>
              {trans.__('Only %1 (gone)', nameOf(node, id, trans))}
            </option>
          ))}
        </select>
      </label>
      <ul
        className="jp-cohost-chat-people"
        aria-label={trans.__('In the chat')}
      >
        {people.slice(0, 6).map(({ person, presence }) => {
          const title =
            presence === 'here'
              ? person.name
              : trans.__('%1, reconnecting…', person.name);
          return (
            <li key={person.id} data-presence={presence} title={title}>
              <Avatar person={person} />
              <span className="jp-cohost-chat-hidden">{title}</span>
            </li>
          );
        })}
        {people.length > 6 && <li>+{people.length - 6}</li>}
      </ul>
      <details className="jp-cohost-chat-menu">
        <summary aria-label={trans.__('More')}>⋯</summary>
        <div>
          <button
            type="button"
            className="jp-cohost-link"
            onClick={saveTranscript}
          >
            {trans.__('Save transcript…')}
          </button>
          {node.me?.host && (
            <label className="jp-cohost-inline">
              <input
                type="checkbox"
                checked={node.newcomers === 'all'}
                onChange={event =>
                  node.setNewcomers(event.target.checked ? 'all' : 'new')
                }
              />{' '}
              {trans.__('Newcomers see the discussion so far')}
            </label>
          )}
        </div>
      </details>
    </div>
  );
}

function Messages() {
  const { model, trans } = useChat();
  const list = React.useRef<HTMLDivElement>(null);
  const [most, setMost] = React.useState(PAGE);
  const messages = model.log?.messages ?? [];
  const shown = messages.slice(-most);
  const last = shown[shown.length - 1]?.id;
  const isAtEnd = React.useRef(true);
  React.useEffect(() => {
    const box = list.current;
    if (box && isAtEnd.current) {
      box.scrollTop = box.scrollHeight;
      const observer = new ResizeObserver(() => {
        if (isAtEnd.current) {
          box.scrollTop = box.scrollHeight;
        }
      });
      [...box.children].slice(-3).forEach(child => observer.observe(child));
      return () => observer.disconnect();
    }
    return undefined;
  }, [last, model.peer]);
  const goTo = (id: EntryId) => {
    const found = document.getElementById(`jp-cohost-chat-${id}`);
    found?.scrollIntoView({ block: 'center' });
    found?.focus();
  };
  const onScroll = (event: React.UIEvent<HTMLDivElement>) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < 40;
  };
  return (
    <div
      ref={list}
      className="jp-cohost-chat-list"
      role="log"
      aria-live="polite"
      aria-label={trans.__('Messages')}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={moveFocus}
    >
      {messages.length > shown.length && (
        <button
          type="button"
          className="jp-cohost-link"
          onClick={() => setMost(most + PAGE)}
        >
          {trans.__('Show older messages')}
        </button>
      )}
      {messages.length === 0 && <Empty />}
      {shown.map(message => (
        <Message key={message.id} message={message} goTo={goTo} />
      ))}
    </div>
  );
}

function Empty() {
  const { model, trans } = useChat();
  return (
    <p className="jp-cohost-chat-empty">
      {model.peer === null
        ? trans.__(
            'Nothing said yet. The chat lives only in the open pages of who is here; when the last one leaves, it is gone.'
          )
        : trans.__(
            'Only the two of you can read this, not even the host’s server. It is gone when one of you closes or reloads the page.'
          )}
    </p>
  );
}

/** Arrows go from message to message; Tab goes through what can be done with one. */
function moveFocus(event: React.KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) {
    return;
  }
  const messages = [
    ...event.currentTarget.querySelectorAll<HTMLElement>('article')
  ];
  const at = messages.findIndex(message =>
    message.contains(document.activeElement)
  );
  const next = at < 0 ? messages.length - 1 : at + step;
  if (messages[next]) {
    event.preventDefault();
    messages[next].focus();
  }
}

/** What goes on: the connection, notices, who types. */
function Foot() {
  const { model, trans } = useChat();
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  const { chat } = model;
  const node = chat?.node;
  const typing = node?.typing(model.peer) ?? [];
  React.useEffect(() => {
    if (typing.length > 0) {
      const timer = window.setTimeout(redraw, 1000);
      return () => window.clearTimeout(timer);
    }
    return undefined;
  });
  if (!chat || !node) {
    return null;
  }
  const notice = chat.notices[chat.notices.length - 1];
  return (
    <div className="jp-cohost-chat-foot" role="status">
      {notice && <p>{noticeWords(notice, node, trans)}</p>}
      <p>{stateWords(chat.state, trans)}</p>
      <p className="jp-cohost-quiet">
        {typingWords(
          typing.map(({ name }) => name),
          trans
        )}
      </p>
    </div>
  );
}
