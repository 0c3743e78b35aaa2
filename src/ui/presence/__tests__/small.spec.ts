import { IPeer } from '../../../sync';
import { activityAt, ActivityWatch, AWAY_MS, IDLE_MS } from '../activity';
import { avatarsPicture } from '../avatars';
import { COLORS } from '../../../protocol';
import { colorOf, contrast, mixed, paint, readable } from '../colors';
import { flagPlace } from '../flags';
import { personsOf } from '../people';
import { RecentTexts, replacement } from '../recent';

const peer = (
  username: string,
  client: number,
  more: Partial<IPeer> = {}
): IPeer => ({
  client,
  user: { username, name: username, display_name: username, initials: '' },
  ...more
});

describe('colours', () => {
  it('[PRES-6] names have a contrast of 4.5 in light and dark, whatever the colour', () => {
    for (const color of [
      '#ffffff',
      '#000000',
      '#ffff00',
      '#808080',
      '#b45309'
    ]) {
      const node = document.createElement('div');
      paint(node, { username: 'ada', color });
      for (const page of ['light', 'dark'] as const) {
        const shown = readable(color, page);
        const background = page === 'light' ? '#ffffff' : '#111111';
        expect(contrast(shown, background)).toBeGreaterThanOrEqual(4.5);
        const ink = node.style.getPropertyValue(`--cohost-${page}-ink`);
        const long = ink === '#000' ? '#000000' : '#ffffff';
        expect(contrast(shown, long)).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  const inks = (node: HTMLElement, page: 'light' | 'dark') => ({
    shown: node.style.getPropertyValue(`--cohost-${page}`),
    ink: node.style
      .getPropertyValue(`--cohost-${page}-ink`)
      .replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
  });

  /** JupyterLab's: the page, an editor at rest, and the text in it. */
  const themes = {
    light: { page: '#ffffff', editor: '#f5f5f5', text: '#212121' },
    dark: { page: '#111111', editor: '#212121', text: '#ffffff' }
  };

  it.each(COLORS.people)(
    '[PRES-6] %s can be read as a name, seen as a caret, and read through as a selection in both themes',
    color => {
      const node = document.createElement('div');
      paint(node, { username: 'ada', color });
      for (const page of ['light', 'dark'] as const) {
        const { shown, ink } = inks(node, page);
        const theme = themes[page];
        expect(contrast(shown, ink)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(shown, theme.page)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(shown, theme.editor)).toBeGreaterThanOrEqual(3);
        const selected = mixed(theme.editor, shown, 0.22);
        expect(contrast(selected, theme.text)).toBeGreaterThanOrEqual(4.5);
      }
    }
  );

  it('[PRES-6] somebody without a colour has the same one on every page', () => {
    expect(colorOf({ username: 'ada' })).toBe(
      colorOf({ username: 'ada', color: 'var(--jp-collaborator-color1)' })
    );
  });
});

describe('flagPlace', () => {
  const clip = { left: 0, right: 500, top: 100, bottom: 400 };
  const none = { above: -Infinity, own: -Infinity, below: -Infinity };
  const size = { width: 60, height: 15 };
  const place = (box: object, ends = {}) =>
    flagPlace(
      {
        left: 9,
        top: 200,
        bottom: 217,
        clip,
        ...box,
        ends: { ...none, ...ends }
      },
      size
    );

  it('[PRES-7] stands above the line, and below where above cannot be seen', () => {
    expect(place({})).toEqual({ left: 8, top: 184 });
    expect(place({ top: 104, bottom: 121 })).toEqual({ left: 8, top: 122 });
  });

  it('[PRES-7] covers no text: below, or behind the text of a row', () => {
    expect(place({}, { above: 300 })).toEqual({ left: 8, top: 218 });
    const both = { above: 300, below: 300 };
    expect(place({}, both)).toEqual({ left: 306, top: 184 });
    const full = { above: 499, below: 499, own: 200 };
    expect(place({}, full)).toEqual({ left: 206, top: 201 });
  });

  it('[PRES-7] is not there when the caret is scrolled away', () => {
    expect(place({ top: 50, bottom: 67 })).toBeNull();
    expect(place({ left: 900 })).toBeNull();
  });
});

describe('personsOf', () => {
  it('[PRES-8] several tabs are one person, where they are active', () => {
    const people = personsOf([
      peer('ada', 1, { cell: 'a', activity: 'idle', front: true }),
      peer('ada', 2, { cell: 'b' }),
      peer('bob', 3)
    ]);
    expect(people.map(one => one.user.username)).toEqual(['ada', 'bob']);
    expect(people[0]).toMatchObject({
      activity: 'active',
      peer: { cell: 'b' }
    });
  });
});

describe('activityAt', () => {
  it('[PRES-9] idle after two minutes, away when hidden for ten', () => {
    expect(activityAt(IDLE_MS - 1, 0, null)).toBe('active');
    expect(activityAt(IDLE_MS, 0, null)).toBe('idle');
    expect(activityAt(AWAY_MS, 0, 0)).toBe('away');
    expect(activityAt(AWAY_MS, AWAY_MS - 1, null)).toBe('active');
  });
});

describe('ActivityWatch', () => {
  it('[PRES-9] a pointer below which the page moves is no sign of life; keys and coming back are', () => {
    jest.useFakeTimers();
    const watch = new ActivityWatch();
    const send = (name: string, init: MouseEventInit = {}) =>
      document.dispatchEvent(new MouseEvent(name, init));
    const at = { screenX: 5, screenY: 7 };
    send('pointermove', at);
    jest.advanceTimersByTime(IDLE_MS);
    expect(watch.activity).toBe('idle');
    send('pointermove', at);
    expect(watch.activity).toBe('idle');
    send('pointermove', { ...at, screenX: 6 });
    expect(watch.activity).toBe('active');
    jest.advanceTimersByTime(IDLE_MS);
    send('keydown');
    expect(watch.activity).toBe('active');
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    send('visibilitychange');
    jest.advanceTimersByTime(AWAY_MS);
    expect(watch.activity).toBe('away');
    hidden.mockReturnValue(false);
    send('visibilitychange');
    expect(watch.activity).toBe('active');
    watch.dispose();
    jest.advanceTimersByTime(IDLE_MS);
    expect(watch.activity).toBe('active');
    hidden.mockRestore();
    jest.useRealTimers();
  });
});

describe('avatars', () => {
  it('[PRES-30] shows three at most, and names cannot break out of the picture', () => {
    const person = (name: string) => ({ id: name, name, color: '#112233' });
    const many = ['A', 'B', 'C', 'D'].map(person);
    expect(avatarsPicture(many)).toContain('+2');
    const evil = avatarsPicture([
      { id: 'x', name: '<x "&', color: '"/><script>' }
    ]);
    expect(evil).not.toContain('<script');
    const picture = new DOMParser().parseFromString(evil, 'image/svg+xml');
    expect(picture.querySelector('parsererror')).toBeNull();
  });
});

describe('RecentTexts', () => {
  it('[PRES-51] knows whether a copy lacks only what this person typed', () => {
    const recent = new RecentTexts('a');
    recent.add('ab', true);
    recent.add('abc', true);
    expect(recent.compare('abc')).toBe('same');
    expect(recent.compare('a')).toBe('behind');
    expect(recent.compare('x')).toBe('apart');
    recent.add('abcd', false);
    expect(recent.compare('abc')).toBe('apart');
  });

  it('[PRES-51] changes a copy by the smallest replacement', () => {
    expect(replacement('print(1)', 'print(12)')).toEqual({
      start: 7,
      end: 7,
      value: '2'
    });
    expect(replacement('aaa', 'aa')).toEqual({ start: 2, end: 3, value: '' });
  });
});
