import { nullTranslator } from '@jupyterlab/translation';

import { IScopeItem, ISession } from '../../../session/model';
import { ShareController } from '../controller';
import { sessionNames } from '../words';

const trans = nullTranslator.load('');
const item = (path: string, type: IScopeItem['type'] = 'file'): IScopeItem => ({
  path,
  type
});
const session = (id: string, title: string, at: number) =>
  ({
    ...{ id, title, created_at: at, invites: [] },
    scope: [item('a.ipynb'), item('data', 'directory')]
  }) as unknown as ISession;

describe('a running session and one more file', () => {
  function controller(running: readonly ISession[]) {
    const added: unknown[] = [];
    const sessions = {
      running,
      add: async (...args: unknown[]) => void added.push(args)
    };
    const made = new ShareController({ sessions, trans } as never);
    return { made, added };
  }

  it('[UI-50] what is not shared yet is added to it, beside what else is shared', async () => {
    const { made, added } = controller([session('s', 'One', 1)]);
    const chosen = [item('a.ipynb'), item('data/x.csv'), item('README.md')];
    expect(made.notShared(chosen)).toEqual([item('README.md')]);
    await made.add(made.notShared(chosen));
    expect(added).toEqual([['s', [item('README.md')]]]);
  });

  it('without a session nothing is added', async () => {
    const { made, added } = controller([]);
    await made.add([item('README.md')]);
    expect(added).toEqual([]);
  });

  it('[UI-50] two sessions of one name are told apart', () => {
    const names = sessionNames(
      [
        session('1', 'Same', Date.UTC(2026, 0, 1, 9, 0, 1)),
        session('2', 'Same', Date.UTC(2026, 0, 1, 9, 0, 2)),
        session('3', 'Other', 3)
      ],
      trans
    );
    expect(new Set(names.values()).size).toBe(3);
    expect(names.get('3')).toBe('Other');
  });
});
