import { TranslationBundle } from '@jupyterlab/translation';

import { ChatNode, INotice, LinkState } from '../../chat';

export function stateWords(state: LinkState, trans: TranslationBundle): string {
  switch (state.kind) {
    case 'open':
      return '';
    case 'connecting':
      return trans.__('Connecting…');
    case 'waiting':
      return (
        state.reason ||
        trans.__('Reconnecting… messages will be sent when you’re back.')
      );
    case 'closed':
      return state.reason || trans.__('The chat is closed.');
  }
}

/** “Chat: 2 new” */
export function unreadWords(unread: number, trans: TranslationBundle): string {
  return unread > 0
    ? trans._n('Chat: %1 new', 'Chat: %1 new', unread)
    : trans.__('Chat');
}

export function nameOf(
  node: ChatNode,
  id: string,
  trans: TranslationBundle
): string {
  return node.people.person(id)?.name || trans.__('Somebody who left');
}

export function noticeWords(
  notice: INotice,
  node: ChatNode,
  trans: TranslationBundle
): string {
  switch (notice.kind) {
    case 'transcript':
      return trans.__(
        '%1 saved a transcript of the chat.',
        nameOf(node, notice.from, trans)
      );
    case 'newcomers':
      return notice.newcomers === 'all'
        ? trans.__('New people see the messages so far.')
        : trans.__('New people see only new messages.');
    case 'forged':
      return notice.claims
        ? trans.__(
            'A message that claimed to be from %1 was forged, and refused.',
            nameOf(node, notice.claims, trans)
          )
        : trans.__('A forged message was rejected.');
    case 'twofold':
      return trans.__(
        '%1 sent conflicting versions of a message. The first one was kept.',
        nameOf(node, notice.author, trans)
      );
    case 'again':
      return trans.__(
        '%1 sent again what the two of you had said.',
        nameOf(node, notice.from, trans)
      );
    case 'error':
      return notice.message;
  }
}

export function typingWords(
  names: readonly string[],
  trans: TranslationBundle
): string {
  switch (names.length) {
    case 0:
      return '';
    case 1:
      return trans.__('%1 is typing…', names[0]);
    case 2:
      return trans.__('%1 and %2 are typing…', names[0], names[1]);
    default:
      return trans.__('Several people are typing…');
  }
}
