import { Signal } from '@lumino/signaling';

import { IHere } from '../../../session/people';
import { keepOwnWorkspace } from '../../../session/ownWorkspace';
import { ISides, onePanelAtATime } from '../../onePanel';
import { firstFiles, hostOf, sortedFiles } from '../firstFiles';

const here = (name: string, paths: string[], more: Partial<IHere> = {}) =>
  ({ id: name, name, paths, front: null, role: 'editor', ...more }) as IHere;
const folder = { path: '', type: 'directory' } as const;
const file = (path: string) => ({ path, type: 'file' }) as const;

describe('firstFiles', () => {
  it('[UI-32] a guest of a folder begins where the host is', () => {
    const host = here('Ada', ['a', 'b', 'c'], { front: 'b', role: 'host' });
    expect(hostOf([here('Bo', []), host])).toBe(host);
    expect(firstFiles([folder], host)).toEqual(['b', 'c', 'a']);
    expect(firstFiles([folder], { front: null, paths: ['a', 'b'] })).toEqual([
      'b',
      'a'
    ]);
    expect(firstFiles([folder], undefined)).toEqual([]);
  });

  it('[UI-32] shared files open also when the host is elsewhere, three at most', () => {
    const scope = ['1', '2', '3', '4'].map(file);
    expect(firstFiles(scope, undefined)).toEqual(['1', '2', '3']);
    expect(firstFiles(scope, { front: '4', paths: ['2', '4'] })).toEqual([
      '4',
      '1',
      '2'
    ]);
  });

  it('[UI-45] where somebody is comes first, then the newest', () => {
    const files = [
      { path: 'old', changed: 1 },
      { path: 'new', changed: 3 },
      { path: 'with', changed: 2 }
    ];
    const people = [here('Ada', ['with', 'below/deep']), here('Bo', ['with'])];
    expect(
      sortedFiles(files, people).map(({ path, people: who }) => [path, who])
    ).toEqual([
      ['with', ['Ada', 'Bo']],
      ['below/deep', ['Ada']],
      ['new', []],
      ['old', []]
    ]);
  });
});

describe('keepOwnWorkspace', () => {
  it('[UI-46] comes back for the same session and name, and nothing else', async () => {
    const manager = () => ({
      save: () => Promise.reject(new Error('The gateway keeps none.')),
      fetch: (id: string) => Promise.resolve({ data: {}, metadata: { id } })
    });
    const kept = { data: { tabs: 1 }, metadata: { id: 'default' } };
    const first = manager();
    keepOwnWorkspace(first as never, sessionStorage, 'one');
    await (first.save as (id: string, w: object) => Promise<void>)(
      'default',
      kept
    );
    const again = manager();
    keepOwnWorkspace(again as never, sessionStorage, 'one');
    expect(await again.fetch('default')).toEqual(kept);
    expect((await again.fetch('other')).data).toEqual({});
    const other = manager();
    keepOwnWorkspace(other as never, sessionStorage, 'two');
    expect((await other.fetch('default')).data).toEqual({});
    sessionStorage.setItem('jupyterlab-cohost:workspace:two:default', '[');
    expect((await other.fetch('default')).data).toEqual({});
  });
});

describe('onePanelAtATime', () => {
  function shell(isNarrow: boolean) {
    const sides = {
      leftCollapsed: true,
      rightCollapsed: true,
      collapseLeft: () => (sides.leftCollapsed = true),
      expandLeft: () => (sides.leftCollapsed = false),
      collapseRight: () => (sides.rightCollapsed = true)
    };
    const layoutModified = new Signal<object, void>(sides);
    const all = Object.assign(sides, { layoutModified });
    const narrow = Object.assign(new EventTarget(), { matches: isNarrow });
    onePanelAtATime(all as unknown as ISides, narrow);
    const open = (side: 'leftCollapsed' | 'rightCollapsed') => {
      sides[side] = false;
      layoutModified.emit();
      return [!sides.leftCollapsed, !sides.rightCollapsed];
    };
    const narrows = (to = true) => {
      narrow.matches = to;
      narrow.dispatchEvent(new Event('change'));
      return [!sides.leftCollapsed, !sides.rightCollapsed];
    };
    return { open, narrows };
  }

  it('[UI-47] on a phone the panel that opens closes the other', () => {
    const { open } = shell(true);
    expect(open('leftCollapsed')).toEqual([true, false]);
    expect(open('rightCollapsed')).toEqual([false, true]);
    expect(open('leftCollapsed')).toEqual([true, false]);
  });

  it('elsewhere both may be open', () => {
    const { open, narrows } = shell(false);
    open('leftCollapsed');
    expect(open('rightCollapsed')).toEqual([true, true]);
    expect(narrows()).toEqual([false, true]);
  });

  it('[UI-47] a window that narrows closes the left panel, which comes back with the room', () => {
    const { open, narrows } = shell(false);
    expect(open('leftCollapsed')).toEqual([true, false]);
    expect(narrows()).toEqual([false, false]);
    expect(narrows(false)).toEqual([true, false]);
    expect(narrows()).toEqual([false, false]);
    expect(open('rightCollapsed')).toEqual([false, true]);
    expect(open('leftCollapsed')).toEqual([true, false]);
    expect(narrows(false)).toEqual([true, false]);
  });
});
