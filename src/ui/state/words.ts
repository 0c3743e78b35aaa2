import { TranslationBundle } from '@jupyterlab/translation';

import { Standing } from '../../sync';

/** Why a save failed, as in "Not saved: the disk is full.": the server's sentence without the file's name and the rest. */
export function failureWords(
  { reason, safe }: Extract<Standing, { kind: 'failing' }>,
  trans: TranslationBundle
): string {
  const [, why] = /^Cannot save [^:]*: ([^.]*)\./.exec(reason) ?? [];
  const what = why ?? reason.split('. ')[0].replace(/\.$/, '');
  const failed = what
    ? trans.__('Not saved: %1.', what)
    : trans.__('Not saved.');
  return safe
    ? trans.__('%1 Your changes are safe.', failed)
    : trans.__('%1 Keep this page open.', failed);
}

/** How a document stands, in one sentence that every place says alike. */
export function standingWords(
  standing: Standing,
  trans: TranslationBundle
): string {
  switch (standing.kind) {
    case 'connecting':
      return trans.__('Connecting…');
    case 'saved':
      return trans.__('Saved');
    case 'saving':
      return trans.__('Saving…');
    case 'failing':
      return failureWords(standing, trans);
    case 'lost':
      return standing.unsent
        ? trans.__('Reconnecting… Your changes are kept in this page.')
        : trans.__('Reconnecting…');
    case 'offline':
      return standing.unsent
        ? trans.__('You’re offline. Your changes are kept in this page.')
        : trans.__('You’re offline.');
    case 'closed':
      return standing.message;
  }
}

/** What a document's mark shows. */
export type Dot =
  'connecting' | 'synced' | 'sending' | 'failing' | 'offline' | 'closed';

const DOTS: Readonly<Record<Standing['kind'], Dot>> = {
  connecting: 'connecting',
  saved: 'synced',
  saving: 'sending',
  failing: 'failing',
  lost: 'offline',
  offline: 'offline',
  closed: 'closed'
};

export function dotOf({ kind }: Standing): Dot {
  return DOTS[kind];
}

/** Kinds that a person need not be told of as they come and go with every edit. */
const QUIET: readonly Standing['kind'][] = ['connecting', 'saved', 'saving'];

/**
 * What a screen reader says when a document stands otherwise: trouble, another trouble, and its end; not each save.
 *
 * @param was - null: another document.
 * @returns null to say nothing new.
 */
export function announcement(
  was: Standing | null,
  now: Standing,
  trans: TranslationBundle
): string | null {
  const isQuiet = QUIET.includes(now.kind);
  if (!isQuiet) {
    const words = standingWords(now, trans);
    return was && standingWords(was, trans) === words ? null : words;
  }
  return was && !QUIET.includes(was.kind)
    ? now.kind === 'saved'
      ? trans.__('Saved again')
      : trans.__('Connected again')
    : null;
}
