import * as React from 'react';

import { Avatar } from '../share/avatar';
import { colorOf } from '../presence/colors';
import { useChat } from './context';
import { nameOf } from './words';

const MOST_AVATARS = 6;

/** Which session, and with whom: everybody, or one person. */
export function Head() {
  return (
    <div className="jp-cohost-chat-head">
      <Session />
      <Thread />
      <People />
      <Menu />
    </div>
  );
}

/** The host may have several sessions at once. */
function Session() {
  const { model, trans } = useChat();
  if (model.sessions.length < 2) {
    return null;
  }
  return (
    <label className="jp-cohost-chat-session">
      <span className="jp-cohost-chat-hidden">{trans.__('Session')}</span>
      <select
        className="jp-cohost-select"
        value={model.session ?? ''}
        onChange={event => model.choose(event.target.value)}
      >
        {model.sessions.map(({ session, label }) => (
          <option key={session} value={session}>
            {label + countOf(model.unreadOf(session))}
          </option>
        ))}
      </select>
    </label>
  );
}

function Thread() {
  const { model, trans } = useChat();
  const node = model.chat?.node;
  if (!node) {
    return null;
  }
  const others = node.people.present.filter(
    ({ person }) => person.id !== node.me?.id
  );
  const gone = node.letters.threads.filter(
    id => !others.some(({ person }) => person.id === id)
  );
  const count = (peer: string | null) => countOf(model.unreadIn(peer));
  return (
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
            {trans.__('Only %1 (gone)', nameOf(node, id, trans)) + count(id)}
          </option>
        ))}
      </select>
    </label>
  );
}

function People() {
  const { model, trans } = useChat();
  const people = model.chat?.node.people.present ?? [];
  return (
    <ul className="jp-cohost-chat-people" aria-label={trans.__('In the chat')}>
      {people.slice(0, MOST_AVATARS).map(({ person, presence }) => {
        const title =
          presence === 'here'
            ? person.name
            : trans.__('%1, reconnecting…', person.name);
        return (
          <li key={person.id} data-presence={presence} title={title}>
            <Avatar
              person={{
                ...person,
                color: colorOf({ username: person.id, color: person.color })
              }}
            />
            <span className="jp-cohost-chat-hidden">{title}</span>
          </li>
        );
      })}
      {people.length > MOST_AVATARS && <li>+{people.length - MOST_AVATARS}</li>}
    </ul>
  );
}

function Menu() {
  const { model, trans, saveTranscript, sound } = useChat();
  const [isLoud, setLoud] = React.useState(sound.isOn);
  const details = React.useRef<HTMLDetailsElement>(null);
  const node = model.chat?.node;
  const close = () => details.current?.removeAttribute('open');
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' && details.current?.open) {
      event.stopPropagation();
      close();
      details.current.querySelector('summary')?.focus();
    }
  };
  return (
    <details className="jp-cohost-chat-menu" ref={details} onKeyDown={onKey}>
      <summary aria-label={trans.__('More')}>⋯</summary>
      <div>
        <button
          type="button"
          className="jp-cohost-link"
          onClick={() => {
            close();
            saveTranscript();
          }}
        >
          {trans.__('Save transcript…')}
        </button>
        {node?.me?.host && (
          <label className="jp-cohost-inline">
            <input
              type="checkbox"
              checked={node.newcomers === 'all'}
              onChange={event =>
                node.setNewcomers(event.target.checked ? 'all' : 'new')
              }
            />{' '}
            {trans.__('New people see earlier messages')}
          </label>
        )}
        <label className="jp-cohost-inline">
          <input
            type="checkbox"
            checked={isLoud}
            onChange={event => {
              sound.isOn = event.target.checked;
              setLoud(sound.isOn);
            }}
          />{' '}
          {trans.__('Sound for new messages')}
        </label>
      </div>
    </details>
  );
}

function countOf(unread: number): string {
  return unread > 0 ? ` (${unread})` : '';
}
