import { TranslationBundle } from '@jupyterlab/translation';

import { SaveInfo, SyncState } from '../../sync';

/** What a tab shows beside its name. */
export type Dot = 'connecting' | 'synced' | 'sending' | 'offline' | 'closed';

/** The sentence that the dot stands for. */
export function syncWords(state: SyncState, trans: TranslationBundle): string {
  switch (state.kind) {
    case 'connecting':
      return trans.__('Connecting to the host’s server');
    case 'synced':
      return trans.__('Synced with the host’s server');
    case 'sending':
      return trans.__('Sending your changes');
    case 'offline':
      return state.unsent
        ? trans.__('Reconnecting… Your changes are kept in this page')
        : trans.__('Reconnecting…');
    case 'closed':
      return state.message;
  }
}

/** “3 seconds ago”, in the person's language. Times in milliseconds. */
export function ago(at: number, now: number, locale?: string): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  const format = new Intl.RelativeTimeFormat(locale, {
    numeric: 'auto',
    style: 'short'
  });
  if (seconds < 60) {
    return format.format(-seconds, 'second');
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? format.format(-minutes, 'minute')
    : format.format(-Math.round(minutes / 60), 'hour');
}

/** Whether the document is in the host's file: `saved 3 s ago`, `saving…`, `not saved: <reason>, kept safe`. */
export function saveWords(
  save: SaveInfo | null,
  now: number,
  trans: TranslationBundle
): string {
  if (!save) {
    return '';
  }
  switch (save.state) {
    case 'saved':
      return trans.__('saved %1', ago(save.at, now));
    case 'unsaved':
    case 'saving':
      return trans.__('saving…');
    case 'failed':
      return save.safe
        ? trans.__('not saved: %1, kept safe', save.reason ?? '')
        : trans.__('not saved: %1', save.reason ?? '');
  }
}

/** One line for the status bar. Trouble with the connection comes before what was saved last. */
export function statusWords(
  state: SyncState,
  save: SaveInfo | null,
  now: number,
  trans: TranslationBundle
): string {
  return state.kind === 'offline' || state.kind === 'closed'
    ? syncWords(state, trans)
    : saveWords(save, now, trans);
}
