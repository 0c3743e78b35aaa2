import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import {
  IKnock,
  IPolicy,
  IReachability,
  ISession,
  ISessionOptions
} from '../../../session/model';
import { ApiError } from '../../../session/request';
import { SessionsModel } from '../../../session/sessions';
import { ShareDialog } from '../dialog';
import { newDraft } from '../draft';
import { Notices } from '../notices';
import { OPEN } from '../policy';

const trans = nullTranslator.load('');

const KNOCK: IKnock = { id: 'k', name: 'Ben', role: 'editor' };

function liveSession(part: Partial<ISession> = {}): ISession {
  return {
    ...{ id: 's', title: 'Study', kind: 'ad-hoc', created_at: Date.now() },
    scope: [{ path: 'a.ipynb', type: 'file' }],
    invites: [
      {
        ...{ id: 'i', role: 'editor', knock: true, state: 'live', uses: 0 },
        ...{ expires_at: null, max_uses: null, copyable: false }
      }
    ],
    participants: [
      { id: 'p', name: 'Carla', color: '#112233', role: 'editor', online: true }
    ],
    knocks: [],
    ...part
  };
}

/** Sessions without a server; what was asked stands in `calls`. */
function fakeSessions(
  running: ISession[] = [],
  failure?: Error,
  policy: IPolicy = OPEN,
  where: Partial<IReachability> = {}
) {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      if (failure) {
        throw failure;
      }
      return liveSession();
    };
  const model = {
    running,
    calls,
    api: {
      policy: async () => policy,
      preview: async () => ({ files: 1, more: false, missing: [] }),
      reachability: async () => ({
        ...{ kind: 'this-network', host: '', text: 'In the network.' },
        ...{ advice: 'Look at the firewall.', only_here: false },
        ...where
      })
    },
    link: async (...args: unknown[]) => {
      calls.push(['link', ...args]);
      return 'http://x/join#secret';
    },
    hasLink: ({ copyable }: { copyable: boolean }) => copyable,
    find: (id: string) => running.find(one => one.id === id),
    ...Object.fromEntries(
      [
        'start',
        'end',
        'endInvite',
        'changeInvite',
        'remove',
        'setRole',
        'answer'
      ].map(name => [name, note(name)])
    )
  };
  return Object.assign(model, {
    changed: new Signal<object, void>(model),
    happened: new Signal<object, unknown>(model)
  }) as unknown as SessionsModel & { calls: unknown[][] };
}

const turn = () => new Promise(resolve => setTimeout(resolve, 0));

async function opened(
  sessions: SessionsModel,
  shown: string | null = null,
  ending = false
): Promise<ShareDialog> {
  const dialog = new ShareDialog({
    ...{ sessions, trans, shown, ending },
    contents: {} as never,
    keepHostName: () => undefined,
    draft: newDraft([{ path: 'a.ipynb', type: 'file' }])
  });
  dialog.open();
  for (let turns = 0; turns < 5; turns++) {
    await turn();
  }
  return dialog;
}

function button(dialog: ShareDialog, text: string): HTMLButtonElement {
  const all = Array.from(dialog.node.querySelectorAll('button'));
  return all.find(one => one.textContent === text) as HTMLButtonElement;
}

/** As a person chooses. */
function choose(select: HTMLSelectElement, value: string): void {
  select.value = value;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}

afterEach(() => {
  document.body.replaceChildren();
  Notification.dismiss();
});

const STRICT: IPolicy = {
  kinds: ['persistent'],
  roles: ['viewer'],
  folders: [],
  whole_root: false,
  longest_expiry_s: 7200,
  knock_required: true,
  identities: false,
  anonymous_allowed: true,
  off: '',
  reasons: {
    'kind.ad-hoc': 'No meetings here.',
    'role.editor': 'Links may let people view.',
    'role.runner': 'Links may let people view.',
    'scope.root': 'Choose a part.',
    expiry: 'Links must expire within 2 hours.',
    'knock.off': 'The host is asked.'
  }
};

describe('ShareDialog', () => {
  it('[SESS-31] says why sharing is off, and starts nothing', async () => {
    const off = 'Sharing is off while another extension is on.';
    const policy = { ...STRICT, roles: OPEN.roles, off };
    const dialog = await opened(fakeSessions([], undefined, policy));
    expect(dialog.node.querySelector('[role=alert]')?.textContent).toBe(off);
    expect(button(dialog, 'Start and copy link').disabled).toBe(true);
  });

  it('[POL-13] shows what policy forbids as disabled, with the reason, and starts with what is left', async () => {
    const sessions = fakeSessions([], undefined, STRICT);
    const dialog = await opened(sessions);
    const inputs = Array.from(
      dialog.node.querySelectorAll<HTMLInputElement>('.jp-cohost-choice input')
    );
    expect(inputs.map(input => [input.checked, input.disabled])).toEqual([
      ...[
        [true, false],
        [false, true],
        [false, true]
      ],
      ...[
        [false, true],
        [true, false],
        [true, true]
      ]
    ]);
    for (const key of ['kind.ad-hoc', 'role.editor', 'expiry', 'knock.off']) {
      expect(dialog.node.textContent).toContain(STRICT.reasons[key]);
    }
    button(dialog, 'Start and copy link').click();
    await turn();
    expect(sessions.calls[0]).toMatchObject([
      'start',
      {
        kind: 'persistent',
        invite: { role: 'viewer', knock: true, expires_in_s: 3600 }
      }
    ]);
    dialog.dispose();
  });

  it('[POL-13] cannot start where sharing is off', async () => {
    const off = { ...OPEN, kinds: [], reasons: { 'kind.ad-hoc': 'No.' } };
    const dialog = await opened(fakeSessions([], undefined, off));
    expect(button(dialog, 'Start and copy link').disabled).toBe(true);
    expect(dialog.node.querySelector('[role=alert]')?.textContent).toBe('No.');
    dialog.dispose();
  });

  it('[UI-6] is a labelled modal; Escape closes it and gives the focus back', async () => {
    const before = document.body.appendChild(document.createElement('button'));
    before.focus();
    const dialog = await opened(fakeSessions());
    const box = dialog.node.querySelector('[role=dialog]');
    const label = box?.getAttribute('aria-labelledby') ?? '';
    expect(document.getElementById(label)?.textContent).toBe('Share session');
    dialog.node.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
    );
    expect(dialog.isDisposed).toBe(true);
    expect(document.activeElement).toBe(before);
  });

  it.each(['form', 'session'])(
    '[UI-52] beside the button says that only you can open the link, and how to let others in: %s',
    async view => {
      const where = {
        kind: 'this-computer' as const,
        text: 'Only here.',
        only_here: true,
        advice: 'Bind to the network.'
      };
      const running = view === 'session' ? [liveSession()] : [];
      const sessions = fakeSessions(running, undefined, OPEN, where);
      const dialog = await opened(sessions, running[0]?.id ?? null);
      const banner = dialog.node.querySelector('.jp-cohost-only-here');
      expect(banner?.textContent).toContain('Only you can open this link yet.');
      expect(banner?.closest('.jp-cohost-scroll')).toBeNull();
      const how = button(dialog, 'How to let others in');
      expect(how.getAttribute('aria-expanded')).toBe('false');
      how.click();
      await turn();
      const steps = document.getElementById(
        how.getAttribute('aria-controls') ?? ''
      );
      expect(steps?.textContent).toContain('--ip=0.0.0.0');
      expect(steps?.querySelector('a')?.href).toMatch(/docs\/reach\.md$/);
      dialog.dispose();
    }
  );

  it('[UI-52] says nothing of it where others can open the link', async () => {
    const dialog = await opened(fakeSessions());
    expect(dialog.node.querySelector('.jp-cohost-only-here')).toBeNull();
    expect(dialog.node.textContent).toContain('Look at the firewall.');
    dialog.dispose();
  });

  it('[UI-6] Escape closes it also when the focus is nowhere, and not below another dialog', async () => {
    const dialog = await opened(fakeSessions());
    const escape = () =>
      document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
      );
    (document.activeElement as HTMLElement).blur();
    const other = document.createElement('div');
    other.className = 'jp-Dialog';
    document.body.append(other);
    escape();
    expect(dialog.isDisposed).toBe(false);
    other.remove();
    escape();
    expect(dialog.isDisposed).toBe(true);
  });

  it('[UI-7] a double click lets in one person, not whoever stands there then', async () => {
    const sessions = fakeSessions([liveSession({ knocks: [KNOCK] })]);
    const dialog = await opened(sessions, 's');
    const click = (detail: number) =>
      button(dialog, 'Let in').dispatchEvent(
        new MouseEvent('click', { bubbles: true, detail })
      );
    click(2);
    expect(sessions.calls).not.toContainEqual(['answer', 's', 'k', 'editor']);
    click(1);
    expect(sessions.calls).toContainEqual(['answer', 's', 'k', 'editor']);
  });

  it('[UI-6] starts with what stands there', async () => {
    const sessions = fakeSessions();
    const dialog = await opened(sessions);
    dialog.node.querySelector('form')?.requestSubmit();
    await turn();
    const [name, options] = sessions.calls[0] as [string, ISessionOptions];
    expect(name).toBe('start');
    expect(options.scope).toEqual([{ path: 'a.ipynb', type: 'file' }]);
    dialog.dispose();
  });

  it('[UI-10] says where the link opens and what to do', async () => {
    const dialog = await opened(fakeSessions());
    expect(dialog.node.textContent).toContain('In the network.');
    expect(dialog.node.textContent).toContain('Look at the firewall.');
    dialog.dispose();
  });

  it('[UI-20] shows an error in place, and can try again', async () => {
    const failure = new ApiError('It is full. Make room.', 507, 'storage');
    const dialog = await opened(fakeSessions([], failure));
    dialog.node.querySelector('form')?.requestSubmit();
    await turn();
    await turn();
    const alert = dialog.node.querySelector('[role=alert]');
    expect(alert?.textContent).toBe('It is full. Make room.');
    expect(button(dialog, 'Start and copy link').disabled).toBe(false);
    dialog.dispose();
  });

  it('[UI-4] finds a running session, also when its link cannot be shown', async () => {
    const dialog = await opened(fakeSessions([liveSession()]), 's');
    expect(dialog.node.textContent).toContain('Study');
    expect(dialog.node.textContent).toContain('Create a new link');
    dialog.dispose();
  });

  it('[SESS-30] asks for a link when it shows it', async () => {
    const session = liveSession();
    const invites = [{ ...session.invites[0], copyable: true }];
    const sessions = fakeSessions([{ ...session, invites }]);
    const dialog = await opened(sessions, 's');
    await turn();
    const field = dialog.node.querySelector<HTMLInputElement>('input');
    expect(field?.value).toBe('http://x/join#secret');
    expect(sessions.calls).toEqual([['link', 's', 'i']]);
    dialog.dispose();
  });

  it('[UI-49] disables a link only after it was asked, and changes whether it asks', async () => {
    const session = liveSession();
    const invites = [{ ...session.invites[0], label: 'Class of Monday' }];
    const sessions = fakeSessions([{ ...session, invites }]);
    const dialog = await opened(sessions, 's');
    const button = (name: RegExp) =>
      [...dialog.node.querySelectorAll('button')].find(one =>
        name.test(one.getAttribute('aria-label') ?? one.textContent ?? '')
      );
    expect(dialog.node.textContent).toContain('Class of Monday');
    button(/^Disable the link for Class/)?.click();
    await turn();
    expect(sessions.calls).toEqual([]);
    const asks = [...dialog.node.querySelectorAll('[role=alertdialog] button')];
    (asks[1] as HTMLElement).click();
    await turn();
    expect(sessions.calls).toEqual([['endInvite', 's', 'i']]);
    const box = dialog.node.querySelector<HTMLInputElement>(
      '.jp-cohost-invite [type=checkbox]'
    );
    box?.click();
    await turn();
    expect(sessions.calls.slice(1)).toEqual([
      ['changeInvite', 's', 'i', { knock: false }]
    ]);
    dialog.dispose();
  });

  it('[UI-9] ends only after it was asked, and names who will be out', async () => {
    const sessions = fakeSessions([liveSession()]);
    const dialog = await opened(sessions, 's', true);
    const question = dialog.node.querySelector('[role=alertdialog]');
    expect(question?.textContent).toContain('Carla will be out.');
    expect(sessions.calls).toEqual([]);
    const yes = question?.querySelector<HTMLElement>('.jp-mod-warn');
    yes?.click();
    await turn();
    expect(sessions.calls).toEqual([['end', 's']]);
    dialog.dispose();
  });

  it.each([
    ['Let run', [['setRole', 's', 'p', 'runner']]],
    ['Cancel', []]
  ])(
    '[UI-11] to run code is given only after a question in place: %s',
    async (answer, calls) => {
      const sessions = fakeSessions([liveSession()]);
      const dialog = await opened(sessions, 's');
      const role = () =>
        dialog.node.querySelector<HTMLSelectElement>(
          'select[aria-label="Role of Carla"]'
        )!;
      role().focus();
      choose(role(), 'runner');
      await turn();
      expect(sessions.calls).toEqual([]);
      const question = dialog.node.querySelector('[role=alertdialog]');
      expect(question?.textContent).toContain(
        'Let Carla run code? That is full access to your account.'
      );
      expect(document.activeElement?.textContent).toBe('Cancel');
      button(dialog, answer).click();
      await turn();
      await turn();
      expect(sessions.calls).toEqual(calls);
      expect(role().value).toBe('editor');
      expect(document.activeElement).toBe(role());
      dialog.dispose();
    }
  );

  it('[UI-11] Escape answers no, and other roles are given at once', async () => {
    const sessions = fakeSessions([liveSession()]);
    const dialog = await opened(sessions, 's');
    const role = dialog.node.querySelector(
      'select[aria-label="Role of Carla"]'
    );
    choose(role as HTMLSelectElement, 'runner');
    await turn();
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
    );
    await turn();
    expect(dialog.isDisposed).toBe(false);
    expect(dialog.node.querySelector('[role=alertdialog]')).toBeNull();
    choose(role as HTMLSelectElement, 'viewer');
    await turn();
    expect(sessions.calls).toEqual([['setRole', 's', 'p', 'viewer']]);
    dialog.dispose();
  });

  it('[UI-11] [UI-2] a new link that lets run carries the warning, and asks as before', async () => {
    const dialog = await opened(fakeSessions([liveSession()]), 's');
    button(dialog, '+ New link').click();
    await turn();
    const form = dialog.node.querySelector('.jp-cohost-new-link')!;
    for (const label of ['Role', 'Expires', 'Number of people']) {
      expect(form.textContent).toContain(label);
    }
    const ask = form.querySelector<HTMLInputElement>('[type=checkbox]')!;
    expect([form.textContent?.includes('full access'), ask.checked]).toEqual([
      false,
      true
    ]);
    for (const role of ['viewer', 'runner']) {
      choose(form.querySelector('select')!, role);
      await turn();
      expect(form.textContent?.includes('full access')).toBe(role === 'runner');
      expect(ask.checked).toBe(true);
    }
    dialog.dispose();
  });

  it('[UI-9] removes only after it was asked', async () => {
    const sessions = fakeSessions([liveSession()]);
    const dialog = await opened(sessions, 's');
    button(dialog, 'Remove').click();
    await turn();
    expect(sessions.calls).toEqual([]);
    const yes = dialog.node.querySelector<HTMLElement>(
      '[role=alertdialog] .jp-mod-warn'
    );
    yes?.click();
    await turn();
    expect(sessions.calls).toEqual([['remove', 's', 'p', true]]);
    dialog.dispose();
  });
});

describe('Notices', () => {
  it('[UI-7] a knock is a notification that goes when it was answered', async () => {
    const running = [liveSession({ knocks: [KNOCK] })];
    const sessions = fakeSessions(running);
    const notices = new Notices(
      sessions,
      trans,
      () => true,
      () => undefined
    );
    const before = document.activeElement;
    (sessions.changed as Signal<object, void>).emit();
    const [notice] = Notification.manager.notifications;
    expect(notice.message).toContain('Ben');
    expect(notice.options.actions?.map(one => one.label)).toEqual([
      'Let in',
      'Refuse'
    ]);
    notice.options.actions?.[0].callback(new MouseEvent('click'));
    expect(sessions.calls).toEqual([['answer', 's', 'k', 'editor']]);
    running[0] = liveSession();
    (sessions.changed as Signal<object, void>).emit();
    expect(Notification.manager.count).toBe(0);
    expect(document.activeElement).toBe(before);
    notices.dispose();
  });
});
