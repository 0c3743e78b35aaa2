import * as React from 'react';

import { EntryId, IMessage } from '../../chat';
import { CHAT } from '../../protocol';
import { useChat } from './context';
import { Message } from './message';
import { nameOf } from './words';

/** Shown at most; the older ones come with a button. */
const PAGE = 150;
/** What somebody says within this time stands below one name. */
const TOGETHER_MS = 5 * 60_000;
/** Who is so near to the end stays there when something comes. */
const NEAR_END = 40;

export function Messages() {
  const { model, trans } = useChat();
  const [most, setMost] = React.useState(PAGE);
  const messages = model.log?.messages ?? [];
  const shown = messages.slice(-most);
  const { list, onScroll } = useEnd(shown[shown.length - 1]?.id);
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
      {messages.length === shown.length && <Shortened />}
      {messages.length === 0 && <Empty />}
      {shown.map((message, at) => (
        <Message
          key={message.id}
          message={message}
          goTo={goTo}
          follows={isFollowing(shown[at - 1], message)}
        />
      ))}
      <Lacking />
    </div>
  );
}

/** Whether the name above stands for this one, too: the same author, soon after, and not an answer. */
function isFollowing(before: IMessage | undefined, message: IMessage): boolean {
  const at = message.entry.stamp?.at;
  const earlier = before?.entry.stamp?.at;
  return (
    before?.entry.author === message.entry.author &&
    message.answers === null &&
    !before.deleted &&
    (at === undefined || earlier === undefined || at - earlier < TOGETHER_MS)
  );
}

/** The list stays at its end while somebody is there. */
function useEnd(last: EntryId | undefined) {
  const { model } = useChat();
  const list = React.useRef<HTMLDivElement>(null);
  const isAtEnd = React.useRef(true);
  React.useEffect(() => {
    const box = list.current;
    if (!box || !isAtEnd.current) {
      return undefined;
    }
    const toEnd = () => {
      if (isAtEnd.current) {
        box.scrollTop = box.scrollHeight;
      }
    };
    toEnd();
    const observer = new ResizeObserver(toEnd);
    [...box.children].slice(-3).forEach(child => observer.observe(child));
    return () => observer.disconnect();
  }, [last, model.peer, model.session]);
  const onScroll = (event: React.UIEvent<HTMLDivElement>) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
  };
  return { list, onScroll };
}

function goTo(id: EntryId): void {
  const found = document.getElementById(`jp-cohost-chat-${id}`);
  found?.scrollIntoView({ block: 'center' });
  found?.focus();
}

function Shortened() {
  const { model, trans } = useChat();
  return model.log?.isShortened ? (
    <p className="jp-cohost-quiet">
      {trans.__(
        'Older messages are not kept: a page keeps the last %1.',
        (model.peer === null
          ? CHAT.kept_entries
          : CHAT.kept_letters
        ).toLocaleString()
      )}
    </p>
  ) : null;
}

function Empty() {
  const { model, trans } = useChat();
  return (
    <p className="jp-cohost-chat-empty">
      {model.peer === null
        ? trans.__(
            'No messages yet. Messages are never stored: they vanish when the last person leaves.'
          )
        : trans.__(
            'Only the two of you can read this, not even the host’s server. It is not kept when you reload the page; the other one can send it to you again.'
          )}
    </p>
  );
}

/** The other one's page opened after the thread began: only who has it can send it, and only on purpose. */
function Lacking() {
  const { model, trans } = useChat();
  const { peer } = model;
  const node = model.chat?.node;
  if (peer === null || !node?.letters.isLacking(peer)) {
    return null;
  }
  const name = nameOf(node, peer, trans);
  return (
    <div className="jp-cohost-chat-lacking" role="status">
      <span>
        {trans.__('%1 opened a new page, which does not have the above.', name)}
      </span>{' '}
      <button
        type="button"
        className="jp-cohost-link"
        onClick={() => node.letters.sendAgain(peer)}
      >
        {trans.__('Send it again')}
      </button>
    </div>
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
