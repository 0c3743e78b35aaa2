import * as React from 'react';

import { IParticipant } from '../../session/model';

/** At most two letters. */
export function initialsOf(name: string): string {
  const firsts = name
    .split(/\s+/)
    .flatMap(word => word.match(/[\p{L}\p{N}]/u)?.[0] ?? []);
  const ends =
    firsts.length > 1 ? [firsts[0], firsts[firsts.length - 1]] : firsts;
  return ends.join('').toUpperCase();
}

/** Black or white, whichever can be read on `#rrggbb` (WCAG 2 relative luminance). */
export function inkOn(color: string): '#000' | '#fff' {
  const match = /^#([0-9a-f]{6})$/i.exec(color);
  if (!match) {
    return '#fff';
  }
  const channel = (shift: number) => {
    const value = ((parseInt(match[1], 16) >> shift) & 255) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const light =
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
  return light > 0.179 ? '#000' : '#fff';
}

type Person = Pick<IParticipant, 'name' | 'color'>;

export function Avatar({ person }: { readonly person: Person }) {
  const style = { background: person.color, color: inkOn(person.color) };
  return (
    <span
      className="jp-cohost-avatar"
      style={style}
      title={person.name}
      aria-hidden
    >
      {initialsOf(person.name)}
    </span>
  );
}
