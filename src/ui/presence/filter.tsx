import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { roleName } from '../share/words';
import { IMember } from './roster';
import { placeWords } from './words';

/** Without case and accents. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/** Whether name, role or place of somebody have every word that is looked for. */
export function isWanted(
  member: IMember,
  wanted: string,
  trans: TranslationBundle
): boolean {
  const role = member.role ? roleName(member.role, trans) : '';
  const text = folded(`${member.name} ${role} ${placeWords(member, trans)}`);
  return folded(wanted)
    .split(/\s+/)
    .every(word => text.includes(word));
}

interface IFilterProps {
  readonly value: string;
  /** How many are shown. */
  readonly count: number;
  readonly trans: TranslationBundle;
  readonly onChange: (value: string) => void;
  /** The arrow down goes into the list. */
  readonly onDown: () => void;
}

/** Finds somebody among many, by name, role or file; Escape shows all again. */
export function PeopleFilter(props: IFilterProps) {
  const { value, count, trans, onChange, onDown } = props;
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      onDown();
    }
    if (event.key === 'Escape' && value !== '') {
      event.preventDefault();
      onChange('');
    }
  };
  return (
    <>
      <input
        type="search"
        className="jp-mod-styled jp-cohost-filter"
        aria-label={trans.__('Filter people')}
        placeholder={trans.__('Filter by name, role or file')}
        value={value}
        onChange={event => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <p className="jp-cohost-quiet" role="status" hidden={value === ''}>
        {value === ''
          ? ''
          : trans._n('%1 person found', '%1 people found', count)}
      </p>
    </>
  );
}
