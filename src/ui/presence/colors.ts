/** Colours of people, made readable on light and on dark pages (WCAG 2 contrast). */
import { COLORS } from '../../protocol';
import { inkOn } from '../share/avatar';

export interface IColored {
  readonly username: string;
  readonly color?: string;
}

/** For people whose server gave them no colour. */
const PALETTE = COLORS.people;

const LIGHT_PAGE = '#ffffff';
const DARK_PAGE = '#111111';
const CONTRAST = 4.5;

/** `#rrggbb`, the same on every page. */
export function colorOf({ username, color }: IColored): string {
  if (color && /^#[0-9a-f]{6}$/i.test(color)) {
    return color;
  }
  let hash = 0;
  for (const char of username) {
    hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
  }
  return PALETTE[hash % PALETTE.length];
}

const channels = (color: string): number[] =>
  [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16));

function luminance(color: string): number {
  const [red, green, blue] = channels(color).map(byte => {
    const value = byte / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** A `share` from 0 to 1 of `other` in a colour. */
export function mixed(color: string, other: string, share: number): string {
  const target = channels(other);
  return `#${channels(color)
    .map((byte, at) => Math.round(byte + (target[at] - byte) * share))
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('')}`;
}

/** The colour, or the nearest darker or lighter one with enough contrast to the page. */
export function readable(color: string, page: 'light' | 'dark'): string {
  const background = page === 'light' ? LIGHT_PAGE : DARK_PAGE;
  const towards = page === 'light' ? '#000000' : '#ffffff';
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mixed(color, towards, share);
    if (contrast(candidate, background) >= CONTRAST) {
      return candidate;
    }
  }
  return towards;
}

/** Gives an element the person's colours; the style sheet takes those of the theme in force. */
export function paint(element: HTMLElement, person: IColored): void {
  const color = colorOf(person);
  for (const page of ['light', 'dark'] as const) {
    const shown = readable(color, page);
    element.style.setProperty(`--cohost-${page}`, shown);
    element.style.setProperty(`--cohost-${page}-ink`, inkOn(shown));
  }
  element.classList.add('jp-cohost-colored');
}
