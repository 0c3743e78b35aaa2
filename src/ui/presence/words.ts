import { IUser } from '../../protocol';
import { initialsOf } from '../share/avatar';

/** At most two letters. */
export function shortName({ display_name, initials }: IUser): string {
  return initialsOf(display_name) || [...initials].slice(0, 2).join('');
}
