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

/** “analysis.ipynb” and “ · cell 4”, which may not be cut; '' where there is none. */
export function placeParts(
  { path, spot }: IMember,
  trans: TranslationBundle
): readonly [file: string, cell: string] {
  if (path === null) {
    return ['', ''];
  }
  const cell = spot && cellNumber(spot);
  return [
    PathExt.basename(path),
    cell ? ` · ${trans.__('cell %1', cell)}` : ''
  ];
}

/** “analysis.ipynb · cell 4”, or '' for somebody who is in no document. */
export function placeWords(member: IMember, trans: TranslationBundle): string {
  return placeParts(member, trans).join('');
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
