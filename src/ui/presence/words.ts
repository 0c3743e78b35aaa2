import { PathExt } from '@jupyterlab/coreutils';
import { TranslationBundle } from '@jupyterlab/translation';

import { IUser } from '../../protocol';
import { Activity } from '../../sync';
import { initialsOf } from '../share/avatar';
import { cellNumber, IMember } from './roster';

/** At most two letters. */
export function shortName({ display_name, initials }: IUser): string {
  return initialsOf(display_name) || [...initials].slice(0, 2).join('');
}

/** “analysis.ipynb, cell 4”, or '' for somebody who is in no document. */
export function placeWords(
  { path, spot }: IMember,
  trans: TranslationBundle
): string {
  if (path === null) {
    return '';
  }
  const file = PathExt.basename(path);
  const cell = spot && cellNumber(spot);
  return cell ? trans.__('%1, cell %2', file, cell) : file;
}

/** '' while active, and when it is not known. */
export function activityWords(
  activity: Activity | null,
  trans: TranslationBundle
): string {
  switch (activity) {
    case 'active':
    case null:
      return '';
    case 'idle':
      return trans.__('idle');
    case 'away':
      return trans.__('away');
  }
}

/** “network · 35 ms”, or '' when nothing is known. */
export function wayWords(
  { via, roundTripMs }: Pick<IMember, 'via' | 'roundTripMs'>,
  trans: TranslationBundle
): string {
  const way = {
    server: trans.__('this server'),
    network: trans.__('network')
  };
  return [
    via ? way[via] : '',
    roundTripMs === null ? '' : trans.__('%1 ms', roundTripMs)
  ]
    .filter(part => part !== '')
    .join(' · ');
}
