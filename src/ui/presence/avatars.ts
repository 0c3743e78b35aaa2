/**
 * Small avatars where the page is drawn by others (tabs, the file browser): an attribute on the element, and one rule in
 * a sheet of our own for each set of people.
 */
import { inkOn, initialsOf } from '../share/avatar';
import { colorOf } from './colors';

interface IDrawn {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

const SIZE = 16;
const STEP = 11;
const SHOWN = 3;

const escaped = (text: string) =>
  text.replace(/[<>&"']/g, char => `&#${char.charCodeAt(0)};`);

function circle(x: number, color: string, text: string): string {
  const middle = x + SIZE / 2;
  return (
    `<circle cx="${middle}" cy="8" r="7.5" fill="${color}"/>` +
    `<text x="${middle}" y="8.2" fill="${inkOn(color)}" font-family="sans-serif" font-size="7.5" font-weight="600" ` +
    `text-anchor="middle" dominant-baseline="central">${escaped(text)}</text>`
  );
}

const widthOf = (circles: number) => SIZE + (circles - 1) * STEP;

/** Up to three people side by side, as an SVG picture. */
export function avatarsPicture(people: readonly IDrawn[]): string {
  const more = people.length > SHOWN ? people.length - SHOWN + 1 : 0;
  const shown = people.slice(0, more ? SHOWN - 1 : SHOWN);
  const circles = shown.map(({ id, name, color }, at) =>
    circle(at * STEP, colorOf({ username: id, color }), initialsOf(name))
  );
  if (more) {
    circles.push(circle(shown.length * STEP, '#616161', `+${more}`));
  }
  const width = widthOf(circles.length);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${SIZE}">${circles.join('')}</svg>`;
}

/** Gives each set of people a name to be put into an element's `data-cohost-with`. */
export class AvatarSheet {
  constructor() {
    if ('adoptedStyleSheets' in document) {
      this._sheet = new CSSStyleSheet();
      document.adoptedStyleSheets = [
        ...document.adoptedStyleSheets,
        this._sheet
      ];
    }
  }

  /** '' for nobody. */
  key(people: readonly IDrawn[]): string {
    if (people.length === 0) {
      return '';
    }
    const picture = avatarsPicture(people);
    const known = this._keys.get(picture);
    if (known) {
      return known;
    }
    const key = `p${this._keys.size + 1}`;
    this._keys.set(picture, key);
    const width = widthOf(Math.min(people.length, SHOWN));
    const url = `url("data:image/svg+xml,${encodeURIComponent(picture)}")`;
    this._sheet?.insertRule(
      `[data-cohost-with="${key}"] { --cohost-with: ${url}; --cohost-with-width: ${width}px; }`
    );
    return key;
  }

  private readonly _keys = new Map<string, string>();
  private readonly _sheet: CSSStyleSheet | undefined;
}
