import * as React from 'react';

import { CHAT } from '../../protocol';
import { useChat } from './context';
import { complete, ICompletion } from './mentions';
import { nameOf } from './words';

/** Where messages are written. Enter sends, Shift+Enter makes a line, Escape gives up a reply or an edit. */
export function Composer() {
  const { model, trans, addLink, addSelection, leave } = useChat();
  const box = React.useRef<HTMLTextAreaElement>(null);
  const [offer, setOffer] = React.useState<ICompletion | null>(null);
  const [chosen, setChosen] = React.useState(0);
  const { draft, chat } = model;
  const { peer } = model;
  const to = peer && chat ? nameOf(chat.node, peer, trans) : null;
  const size = [...draft.trim()].length;
  const over = size - CHAT.characters;
  const isOver = chat?.state.kind === 'closed';
  const isClosed = isOver || !chat?.node.me;

  React.useEffect(() => {
    const field = box.current;
    if (field) {
      field.style.height = 'auto';
      field.style.height = `${Math.min(field.scrollHeight + 2, 220)}px`;
    }
  }, [draft]);
  React.useEffect(() => {
    if (model.replyTo || model.editing) {
      box.current?.focus();
    }
  }, [model.replyTo, model.editing]);

  const look = (field: HTMLTextAreaElement) => {
    const names = (chat?.node.people.present ?? [])
      .map(({ person }) => person.name)
      .filter(name => name !== chat?.node.me?.name);
    setOffer(complete(field.value, field.selectionStart, names));
    setChosen(0);
  };
  const take = (name: string) => {
    const field = box.current;
    if (!field || !offer) {
      return;
    }
    const after = draft.slice(field.selectionStart);
    model.write(`${draft.slice(0, offer.from)}@${name} ${after}`);
    setOffer(null);
    field.focus();
  };
  const send = () => {
    if (over <= 0 && !isClosed) {
      model.send();
      setOffer(null);
    }
  };
  const onOffer = (event: React.KeyboardEvent): boolean => {
    if (!offer) {
      return false;
    }
    const count = offer.names.length;
    switch (event.key) {
      case 'ArrowDown':
        setChosen((chosen + 1) % count);
        return true;
      case 'ArrowUp':
        setChosen((chosen + count - 1) % count);
        return true;
      case 'Enter':
      case 'Tab':
        take(offer.names[chosen]);
        return true;
      case 'Escape':
        setOffer(null);
        return true;
      default:
        return false;
    }
  };
  const onKey = (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (onOffer(event)) {
      event.preventDefault();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (model.replyTo || model.editing) {
        model.stopWriting();
      } else {
        leave();
      }
    }
  };
  return (
    <form
      className="jp-cohost-chat-composer"
      data-lm-suppress-shortcuts="true"
      data-private={to !== null}
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <Banner />
      {offer && (
        <ul
          className="jp-cohost-chat-offer"
          role="listbox"
          id="jp-cohost-chat-offer"
          aria-label={trans.__('People')}
        >
          {offer.names.map((name, at) => (
            <li
              key={name}
              id={`jp-cohost-chat-offer-${at}`}
              role="option"
              aria-selected={at === chosen}
              onMouseDown={event => {
                event.preventDefault();
                take(name);
              }}
            >
              {name}
            </li>
          ))}
        </ul>
      )}
      <textarea
        ref={box}
        rows={2}
        dir="auto"
        value={draft}
        disabled={isOver}
        role="combobox"
        aria-expanded={offer !== null}
        aria-controls="jp-cohost-chat-offer"
        aria-activedescendant={
          offer ? `jp-cohost-chat-offer-${chosen}` : undefined
        }
        aria-autocomplete="list"
        aria-label={
          to === null
            ? trans.__('Message')
            : trans.__('Message %1, only you two', to)
        }
        aria-invalid={over > 0}
        aria-describedby="jp-cohost-chat-too-long"
        placeholder={
          to === null
            ? trans.__('Write a message. Markdown, @name')
            : trans.__('Message %1, only you two', to)
        }
        onChange={event => {
          model.write(event.target.value);
          look(event.target);
        }}
        onKeyDown={onKey}
        onBlur={() => setOffer(null)}
      />
      <div className="jp-cohost-chat-tools">
        <button type="button" className="jp-cohost-link" onClick={addLink}>
          {trans.__('Link to here')}
        </button>
        <button type="button" className="jp-cohost-link" onClick={addSelection}>
          {trans.__('Add selection')}
        </button>
        <span
          id="jp-cohost-chat-too-long"
          className="jp-cohost-chat-too-long"
          role="status"
        >
          {over > 0 &&
            trans._n('%1 character too long', '%1 characters too long', over)}
        </span>
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={size === 0 || over > 0 || isClosed}
        >
          {model.editing ? trans.__('Change') : trans.__('Send')}
        </button>
      </div>
    </form>
  );
}

/** What is being answered or changed. */
function Banner() {
  const { model, trans } = useChat();
  const id = model.replyTo ?? model.editing;
  const message = id && model.log?.message(id);
  const node = model.chat?.node;
  if (!message || !node) {
    return null;
  }
  const what = model.replyTo
    ? trans.__('Answer to %1', nameOf(node, message.entry.author, trans))
    : trans.__('Change your message');
  return (
    <div className="jp-cohost-chat-banner">
      <span className="jp-cohost-ellipsis">
        {what}: {(message.text ?? message.head ?? '').slice(0, 80)}
      </span>
      <button
        type="button"
        className="jp-cohost-link"
        onClick={() => model.stopWriting()}
      >
        {trans.__('Cancel')}
      </button>
    </div>
  );
}
