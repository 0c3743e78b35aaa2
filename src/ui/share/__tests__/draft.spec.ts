import { nullTranslator } from '@jupyterlab/translation';

import { IInvite, IScopeItem } from '../../../session/model';
import { ApiError } from '../../../session/request';
import { initialsOf, inkOn } from '../avatar';
import {
  DEFAULTS,
  IDraft,
  defaultKnock,
  newDraft,
  normalScope,
  optionsOf,
  outlivesLink,
  toggled
} from '../draft';
import { rowsBelow, sorted } from '../fileTree';
import { ITreeRow, moved } from '../treeRows';
import {
  errorWords,
  everythingName,
  inviteMeans,
  scopeName,
  whenName
} from '../words';

const trans = nullTranslator.load('');
const file = (path: string): IScopeItem => ({ path, type: 'file' });
const folder = (path: string): IScopeItem => ({ path, type: 'directory' });

describe('draft', () => {
  it('[UI-2] starts a meeting of editors who knock, with a link for a day', () => {
    expect(optionsOf(newDraft([file('a.ipynb')]))).toEqual({
      scope: [file('a.ipynb')],
      kind: 'ad-hoc',
      invite: { role: 'editor', knock: true, expires_in_s: 86400 }
    });
  });

  it('[UI-2] starts with asking for who can change something, in a meeting', () => {
    expect(defaultKnock('viewer', 'ad-hoc')).toBe(false);
    expect(defaultKnock('runner', 'ad-hoc')).toBe(true);
    expect(defaultKnock('editor', 'persistent')).toBe(false);
    const ongoing = newDraft([], { ...DEFAULTS, kind: 'persistent' });
    expect(optionsOf(ongoing).invite.expires_in_s).toBeNull();
  });

  it.each([{ role: 'viewer' }, { role: 'runner' }, { kind: 'persistent' }])(
    '[UI-2] the choice of %j changes no other',
    choice => {
      const draft = newDraft([file('a')]);
      const { invite, kind } = optionsOf({ ...draft, ...choice } as IDraft);
      expect({ ...invite, kind }).toEqual({
        ...{ role: 'editor', knock: true, expires_in_s: 86400 },
        ...{ kind: 'ad-hoc', ...choice }
      });
    }
  );

  it('[UI-2] says when the link ends before the session', () => {
    expect(outlivesLink({ kind: 'persistent', expiry: 3600 })).toBe(true);
    expect(outlivesLink({ kind: 'persistent', expiry: null })).toBe(false);
    expect(outlivesLink({ kind: 'ad-hoc', expiry: 3600 })).toBe(false);
  });

  it('[UI-8] takes its start from the settings', () => {
    const draft = newDraft([], {
      ...DEFAULTS,
      role: 'viewer',
      knock: 'always'
    });
    expect(draft.role).toBe('viewer');
    expect(draft.knock).toBe(true);
  });
});

describe('scope', () => {
  it('[UI-3] a folder takes in what is below it', () => {
    const scope = [file('data/a.csv'), folder('data'), file('database')];
    expect(normalScope(scope)).toEqual([folder('data'), file('database')]);
    expect(normalScope([file('a'), folder('')])).toEqual([folder('')]);
    expect(normalScope([file('a'), file('a')])).toEqual([file('a')]);
  });

  it('[UI-3] toggling adds and takes away', () => {
    const one = toggled([], file('a'));
    expect(one).toEqual([file('a')]);
    expect(toggled(one, file('a'))).toEqual([]);
  });

  it('is named by its last parts', () => {
    const scope = [file('x/analysis.ipynb'), folder('x/data'), folder('')];
    expect(scopeName(scope, trans)).toBe(
      'analysis.ipynb + data + Everything in this folder'
    );
  });
});

describe('file tree', () => {
  const row = (label: string, level = 2): ITreeRow => ({
    ...{ item: file(label), label, level, type: 'file' },
    ...{ folder: false, isOpen: false }
  });
  const rows = [row('', 1), row('alpha'), row('beta'), row('betelgeuse')];
  const typed = () => ({ text: '', at: 0 });

  it('[UI-3] arrows, Home and End move', () => {
    expect(moved(rows, 'alpha', 'ArrowDown', typed(), 0)).toBe('beta');
    expect(moved(rows, 'betelgeuse', 'ArrowDown', typed(), 0)).toBe(
      'betelgeuse'
    );
    expect(moved(rows, 'beta', 'ArrowLeft', typed(), 0)).toBe('');
    expect(moved(rows, 'beta', 'Home', typed(), 0)).toBe('');
    expect(moved(rows, '', 'End', typed(), 0)).toBe('betelgeuse');
  });

  it('[UI-3] letters jump; a pause starts anew', () => {
    const memory = typed();
    expect(moved(rows, '', 'b', memory, 1000)).toBe('beta');
    expect(moved(rows, 'beta', 'b', memory, 9000)).toBe('betelgeuse');
    expect(moved(rows, 'betelgeuse', 'x', memory, 20_000)).toBeNull();
    const other = typed();
    'bete'.split('').forEach(key => moved(rows, '', key, other, 1000));
    expect(moved(rows, 'beta', 'l', other, 1000)).toBe('betelgeuse');
  });

  it('shows folders first and counts as people do', () => {
    const models = ['f10', 'f2', 'sub'].map(name => ({
      name,
      path: name,
      type: name === 'sub' ? 'directory' : 'file'
    }));
    const listing = sorted(models as never);
    expect(listing.map(one => one.name)).toEqual(['sub', 'f2', 'f10']);
    const listings = new Map([
      ['', listing],
      ['sub', listing.slice(1)]
    ]);
    const closed = rowsBelow('', 2, listings, new Set());
    const opened = rowsBelow('', 2, listings, new Set(['sub']));
    expect([closed.length, opened.length]).toEqual([3, 5]);
  });
});

describe('words', () => {
  const now = new Date(2026, 10, 21, 10, 0);
  const invite: IInvite = {
    ...{ id: 'i', role: 'editor', knock: true, state: 'live', copyable: true },
    ...{ expires_at: null, max_uses: 5, uses: 1 }
  };

  it('[UI-5] says what a link gives', () => {
    expect(inviteMeans(invite, trans, now)).toBe(
      'Can edit · ask before entry · never expires · used 1 of 5'
    );
  });

  it.each([
    ['bicycles', 'Everything in bicycles'],
    ['~', 'Everything in your home folder'],
    ['', 'Everything in this folder']
  ])('[UI-3] names the whole folder %j', (root, name) =>
    expect(everythingName(trans, root)).toBe(name)
  );

  it('says when, by the day', () => {
    const tomorrow = new Date(2026, 10, 22, 10, 15).getTime();
    expect(whenName(tomorrow, now, 'en-GB')).toBe('tomorrow 10:15');
    expect(whenName(now.getTime() + 30 * 86_400_000, now, 'en-GB')).toBe(
      '21 Dec 2026'
    );
  });

  it('[UI-20] an error is a sentence and what to do', () => {
    expect(errorWords(new ApiError('x', 0, 'unreachable'), trans)).toMatch(
      /does not answer.*try again/
    );
    const full = new ApiError('The disk is full. Make room.', 507, 'storage');
    expect(errorWords(full, trans)).toBe('The disk is full. Make room.');
  });

  it('avatars: two letters that can be read on their colour', () => {
    expect(initialsOf('Anna van der Berg')).toBe('AB');
    expect(initialsOf('ben')).toBe('B');
    expect(initialsOf('Grace (2)')).toBe('G2');
    expect(initialsOf('…')).toBe('');
    expect(inkOn('#ffee88')).toBe('#000');
    expect(inkOn('#1d4ed8')).toBe('#fff');
    expect(inkOn('javascript:')).toBe('#fff');
  });
});
