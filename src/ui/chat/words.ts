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
        state.reason || trans.__('Reconnecting… what you write is sent then.')
      );
    case 'closed':
      return state.reason || trans.__('The chat is closed.');
  }
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
        ? trans.__('Newcomers see the discussion so far.')
        : trans.__('Newcomers see only what comes.');
    case 'forged':
      return notice.claims
        ? trans.__(
            'A message that claimed to be from %1 was forged, and refused.',
            nameOf(node, notice.claims, trans)
          )
        : trans.__('Something that was never said here was refused.');
    case 'twofold':
      return trans.__(
        '%1 told different people different things under one number. Everybody keeps what was said first.',
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
