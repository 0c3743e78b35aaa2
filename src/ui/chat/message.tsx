import * as React from 'react';

import { EntryId, IMessage } from '../../chat';
import { CHAT } from '../../protocol';
import { inkOn } from '../share/avatar';
import { colorOf } from '../presence/colors';
import { useChat } from './context';
import { Markdown } from './markdown';
import { codeOf } from './places';
import { nameOf } from './words';

/** Longer ones are folded. */
const FOLD_CHARACTERS = 1500;
const EMOJIS = ['👍', '❤️', '😄', '🎉', '🤔', '👀'];

interface IMessageProps {
  readonly message: IMessage;
  readonly goTo: (id: EntryId) => void;
  /** The name above stands for this one, too. */
  readonly follows?: boolean;
}

/** One message with what can be done about it. */
export function Message({ message, goTo, follows = false }: IMessageProps) {
  const { model, trans } = useChat();
  const node = model.chat?.node;
  if (!node) {
    return null;
  }
  const { entry, deleted, edited, pending } = message;
  const name = nameOf(node, entry.author, trans);
  const person = node.people.person(entry.author);
  const color = colorOf({ username: entry.author, color: person?.color });
  const isMine = entry.author === node.me?.id;
  return (
    <article
      className="jp-cohost-chat-message"
      id={`jp-cohost-chat-${message.id}`}
      tabIndex={-1}
      data-pending={pending}
      data-mine={isMine}
      data-follows={follows}
      aria-label={trans.__('Message of %1', name)}
    >
      <header>
        <span
          className="jp-cohost-avatar"
          style={{ background: color, color: inkOn(color) }}
          aria-hidden
        >
          {person?.initials || name.slice(0, 1)}
        </span>
        <b className="jp-cohost-ellipsis">{name}</b>
        {person?.host && (
          <span className="jp-cohost-quiet">{trans.__('host')}</span>
        )}
        <Time at={entry.stamp?.at} />
        {edited && !deleted && (
          <span className="jp-cohost-quiet">{trans.__('edited')}</span>
        )}
        {pending && (
          <span className="jp-cohost-quiet">{trans.__('sending…')}</span>
        )}
      </header>
      <Answered message={message} goTo={goTo} />
      <Text message={message} />
      {!deleted && <Reactions message={message} />}
      {!deleted && <Actions message={message} isMine={isMine} name={name} />}
    </article>
  );
}

function Time({ at }: { readonly at: number | undefined }) {
  if (at === undefined) {
    return null;
  }
  const date = new Date(at);
  return (
    <time
      className="jp-cohost-quiet"
      dateTime={date.toISOString()}
      title={date.toLocaleString()}
    >
      {date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
    </time>
  );
}

function Answered({ message, goTo }: IMessageProps) {
  const { model, trans } = useChat();
  const node = model.chat?.node;
  const other = message.answers && model.log?.message(message.answers);
  if (!other || !node) {
    return null;
  }
  return (
    <button
      type="button"
      className="jp-cohost-chat-answered jp-cohost-ellipsis"
      onClick={() => goTo(other.id)}
    >
      {trans.__('Answer to %1', nameOf(node, other.entry.author, trans))}
      {': '}
      {(other.text ?? other.head ?? trans.__('deleted')).slice(0, 60)}
    </button>
  );
}

/** The text: folded when it is long, fetched when it is not here. */
function Text({ message }: { readonly message: IMessage }) {
  const { model, trans, rendermime, onLink } = useChat();
  const [open, setOpen] = React.useState(false);
  const [state, setState] = React.useState<'' | 'busy' | 'gone'>('');
  const { text, head, size, deleted, shown } = message;
  if (deleted) {
    return (
      <p className="jp-cohost-quiet">
        {deleted === 'host'
          ? trans.__('Deleted by the host')
          : trans.__('Deleted')}
      </p>
    );
  }
  const isLong = size > FOLD_CHARACTERS;
  const whole = open || !isLong ? text : null;
  const part = (text ?? head ?? '').slice(0, FOLD_CHARACTERS);
  const unfold = () => {
    setOpen(true);
    const node = model.chat?.node;
    if (text === null && node) {
      setState('busy');
      const id = `${shown.key}:${shown.seq}` as EntryId;
      void node.fetch(id).then(found => setState(found ? '' : 'gone'));
    }
  };
  if (whole === null && part === '') {
    return (
      <p className="jp-cohost-quiet">
        {trans.__('This message is no longer available.')}
      </p>
    );
  }
  return (
    <>
      <Markdown
        text={whole ?? (size > part.length ? `${part}…` : part)}
        {...{ rendermime, onLink }}
      />
      {(isLong || text === null) && (
        <div className="jp-cohost-chat-fold">
          <button
            type="button"
            className="jp-cohost-link"
            aria-expanded={open}
            disabled={state === 'busy'}
            onClick={() => (open && text !== null ? setOpen(false) : unfold())}
          >
            {open && text !== null
              ? trans.__('Show less')
              : trans.__('Show all (%1 characters)', size.toLocaleString())}
          </button>
          <span role="status">
            {state === 'busy' && trans.__('Fetching…')}
            {state === 'gone' &&
              trans.__('This message is no longer available.')}
          </span>
        </div>
      )}
    </>
  );
}

function Reactions({ message }: { readonly message: IMessage }) {
  const { model, trans } = useChat();
  const node = model.chat?.node;
  if (!node || message.reactions.length === 0) {
    return null;
  }
  const me = node.me?.id ?? '';
  return (
    <div className="jp-cohost-chat-reactions">
      {message.reactions.map(({ emoji, from }) => {
        const isOn = from.includes(me);
        const names = from.map(id => nameOf(node, id, trans)).join(', ');
        return (
          <button
            key={emoji}
            type="button"
            aria-pressed={isOn}
            title={names}
            aria-label={`${emoji} ${names}`}
            onClick={() =>
              node.react(message.id, emoji, !isOn, model.peer ?? undefined)
            }
          >
            {emoji} {from.length}
          </button>
        );
      })}
    </div>
  );
}

interface IActionsProps {
  readonly message: IMessage;
  readonly isMine: boolean;
  readonly name: string;
}

function Actions({ message, isMine, name }: IActionsProps) {
  const { model, trans, insert } = useChat();
  const [picking, setPicking] = React.useState(false);
  const node = model.chat?.node;
  if (!node) {
    return null;
  }
  const { id, text, size } = message;
  const to = model.peer ?? undefined;
  const mayDelete = isMine || (node.me?.host === true && !to);
  const action = (label: string, call: () => void) => (
    <button
      type="button"
      className="jp-cohost-link"
      aria-label={trans.__('%1: message of %2', label, name)}
      onClick={call}
    >
      {label}
    </button>
  );
  return (
    <div className="jp-cohost-chat-actions">
      {action(trans.__('Reply'), () => model.reply(id))}
      {action(trans.__('React'), () => setPicking(!picking))}
      {insert &&
        text !== null &&
        action(trans.__('Insert into cell'), () => insert(codeOf(text)))}
      {isMine &&
        text !== null &&
        size <= CHAT.characters &&
        action(trans.__('Edit'), () => model.edit(message))}
      {mayDelete && action(trans.__('Delete'), () => void node.remove(id, to))}
      {picking && (
        <span className="jp-cohost-chat-picker" role="group">
          {EMOJIS.map(emoji => (
            <button
              key={emoji}
              type="button"
              aria-label={trans.__('React with %1', emoji)}
              onClick={() => {
                node.react(id, emoji, true, to);
                setPicking(false);
              }}
            >
              {emoji}
            </button>
          ))}
        </span>
      )}
    </div>
  );
}
