import { ServerConnection } from '@jupyterlab/services';

import { CLOSE_CODES } from '../../protocol';
import { HostApi } from '../api';
import { EventsSocket } from '../events';
import { guestConfig } from '../config';
import { GuestModel } from '../guest';
import { IMe, ISession } from '../model';
import { canMove, canOn, canOrganize } from '../permissions';
import { request } from '../request';
import { SessionsModel } from '../sessions';

/** A WebSocket that the test drives. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1];
  }
  onopen: () => void = () => undefined;
  onmessage: (message: { data: string }) => void = () => undefined;
  onclose: (event: { code: number; reason: string }) => void = () => undefined;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  readonly sent: string[] = [];

  send(data: string): void {
    this.sent.push(data);
  }

  say(event: object): void {
    this.onmessage({ data: JSON.stringify(event) });
  }

  close(code = 1006, reason = ''): void {
    this.onclose({ code, reason });
  }
}

type Answer = readonly [number, unknown];

/** Settings whose server is `answer`; what was asked stands in `asked`. */
function server(answer: (method: string, path: string) => Answer) {
  const asked: string[] = [];
  const settings = {
    ...{ baseUrl: 'http://host/', wsUrl: 'ws://host/', token: '' },
    ...{ appendToken: false, WebSocket: FakeSocket },
    ...{ Request, Headers, init: {} },
    fetch: async (incoming: Request) => {
      const path = new URL(incoming.url).pathname;
      asked.push(`${incoming.method} ${path}`);
      const [status, body] = answer(incoming.method, path);
      const text = body === null ? null : JSON.stringify(body);
      return new Response(text, { status });
    }
  };
  return {
    asked,
    settings: settings as unknown as ServerConnection.ISettings
  };
}

function session(id: string, created_at: number): ISession {
  return {
    ...{ id, created_at, title: id, kind: 'ad-hoc', scope: [] },
    ...{ invites: [], participants: [], knocks: [] }
  };
}

const asId = (id: string) => ({ id });

const ME: IMe = {
  user: { display_name: 'Ben', color: '#112233' },
  role: 'editor',
  capabilities: ['read', 'chat', 'edit'],
  narrowed: [{ path: 'data', capabilities: ['read', 'chat'] }],
  session: {
    ...{ id: 's', title: 'Study', kernel_restart: false },
    host: { name: 'Anna', present: true },
    scope: [
      { path: 'a.ipynb', type: 'file' },
      { path: 'data', type: 'directory' },
      { path: 'src', type: 'directory' }
    ]
  }
};

const turn = () => new Promise(resolve => setImmediate(resolve));

beforeAll(() => {
  Object.assign(globalThis, { window: globalThis });
});

beforeEach(() => {
  FakeSocket.all = [];
});

describe('request', () => {
  it('[UI-20] gives the sentence and the code of the server', async () => {
    const body = { code: 'gone', message: 'This session has ended.' };
    const { settings } = server(() => [410, body]);
    await expect(request(settings, 'me')).rejects.toMatchObject({
      ...{ message: body.message, code: 'gone', status: 410 }
    });
  });

  it('[UI-20] says status 0 when nobody answers', async () => {
    const { settings } = server(() => {
      throw new TypeError('no route');
    });
    await expect(request(settings, 'me')).rejects.toMatchObject({ status: 0 });
  });
});

describe('SessionsModel', () => {
  it('[UI-4] finds what runs, the newest first', async () => {
    const sessions = [session('old', 1), session('new', 2)];
    const { settings } = server(() => [200, { sessions }]);
    const model = new SessionsModel(new HostApi(settings), null);
    model.connect();
    await model.ready;
    expect(model.running.map(one => one.id)).toEqual(['new', 'old']);
    model.dispose();
  });

  it('looks once for a burst of events, and tells them after', async () => {
    const sessions = [session('s', 1)];
    const { settings, asked } = server(() => [200, { sessions }]);
    const model = new SessionsModel(new HostApi(settings), null);
    model.connect();
    await model.ready;
    const told = new Promise<string[]>(resolve => {
      const types: string[] = [];
      model.happened.connect((_, event) => {
        types.push(event.type);
        if (types.length === 2) {
          resolve(types);
        }
      });
    });
    FakeSocket.last.say({ type: 'knock', session: 's' });
    FakeSocket.last.say({ type: 'participant-joined', session: 's' });
    expect(await told).toEqual(['knock', 'participant-joined']);
    expect(asked).toHaveLength(2);
    model.dispose();
  });

  it('[SESS-35] keeps of every link what is sealed, and nothing else', async () => {
    const wayIn = { link: 'http://host/join#secret', sealed: 'c2VhbGVk' };
    const started = { ...session('s', 1), invites: [{ id: 'i', ...wayIn }] };
    const running = { ...session('s', 1), invites: ['i', 'j', 'k'].map(asId) };
    const { settings } = server((method, path) =>
      method === 'GET'
        ? [200, { sessions: [running] }]
        : path.endsWith('/sessions')
          ? [201, started]
          : path.endsWith('/invites')
            ? [201, { id: 'j', ...wayIn }]
            : [200, wayIn]
    );
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value)
    };
    const model = new SessionsModel(new HostApi(settings), storage);
    await model.start({ scope: [], kind: 'persistent' } as never);
    await model.invite('s', { role: 'viewer' } as never);
    expect(await model.link('s', 'k')).toBe(wayIn.link);
    const [found, ...others] = [...kept.values()];
    expect(others).toEqual([]);
    expect(JSON.parse(found)).toEqual({
      ...{ i: wayIn.sealed, j: wayIn.sealed, k: wayIn.sealed }
    });
    model.dispose();
  });
});

describe('EventsSocket', () => {
  it('connects again after a break, not after a final code', () => {
    jest.useFakeTimers();
    const { settings } = server(() => [200, {}]);
    const events = new EventsSocket(settings, () => 'ws://host/events');
    events.connect();
    FakeSocket.last.close(1006);
    expect(events.state.kind).toBe('waiting');
    jest.advanceTimersByTime(600);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.close(4411, 'out');
    jest.advanceTimersByTime(120_000);
    expect(FakeSocket.all).toHaveLength(2);
    expect(events.state).toMatchObject({ kind: 'closed', code: 4411 });
    events.dispose();
    jest.useRealTimers();
  });

  it('[UI-41] finds within 10 s that an open socket is not answered, and goes on by itself', () => {
    jest.useFakeTimers();
    const { settings } = server(() => [200, {}]);
    const events = new EventsSocket(settings, () => 'ws://host/events');
    events.connect();
    FakeSocket.last.onopen();
    jest.advanceTimersByTime(6_000);
    expect(FakeSocket.last.sent).toContain('{"type":"ping"}');
    FakeSocket.last.say({ type: 'pong' });
    jest.advanceTimersByTime(6_000);
    expect(events.state.kind).toBe('open');
    jest.advanceTimersByTime(10_000);
    expect(events.state.kind).not.toBe('open');
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.onopen();
    expect(events.state.kind).toBe('open');
    events.dispose();
    jest.useRealTimers();
  });

  it('pauses longer each time, at most half a minute', () => {
    jest.useFakeTimers();
    const { settings } = server(() => [200, {}]);
    const events = new EventsSocket(settings, () => 'ws://host/events');
    events.connect();
    for (let tries = 0; tries < 12; tries++) {
      FakeSocket.last.close(1006);
      jest.advanceTimersByTime(30_000);
    }
    FakeSocket.last.close(1006);
    const { state } = events;
    expect(state.kind === 'waiting' && state.retryAt - Date.now()).toBe(30_000);
    events.dispose();
    jest.useRealTimers();
  });
});

describe('GuestModel', () => {
  function connected(answer: Answer = [200, {}]) {
    const { settings, asked } = server(() => answer);
    const guest = new GuestModel(settings);
    guest.connect();
    FakeSocket.last.onopen();
    FakeSocket.last.say({ type: 'me', ...ME });
    return { guest, asked };
  }

  it.each([
    ['the stream says first that this guest left', true, 'way'],
    ['the stream is silent', false, 'way'],
    ['the link opens nothing any more', true, null]
  ])('[UI-53] knows the way back after leaving: %s', async (_, first, back) => {
    const { guest } = connected([200, { back }]);
    const left = guest.leave();
    if (first) {
      FakeSocket.last.close(CLOSE_CODES.left.code, 'left');
    }
    await left;
    expect(guest.state).toMatchObject({ kind: 'over', why: 'left' });
    const { back: address } = guest.state as { back?: string };
    expect(address).toBe(back ? 'http://host/join#back=way' : undefined);
    guest.dispose();
  });

  it('[UI-30] knows its role, and a change of it, from the stream', () => {
    const { guest } = connected();
    expect(guest.state.kind).toBe('here');
    FakeSocket.last.say({ type: 'me', ...ME, role: 'viewer' });
    expect(guest.me?.role).toBe('viewer');
    guest.dispose();
  });

  it('[UI-33] is lost while the server is away, and stays readable', async () => {
    const { guest } = connected([503, {}]);
    FakeSocket.last.close(1006);
    await turn();
    expect(guest.state).toEqual({ kind: 'lost' });
    expect(guest.me?.role).toBe('editor');
    guest.dispose();
  });

  it.each([
    [4410, 'ended'],
    [4411, 'removed']
  ])('[UI-34] close code %i means %s, for good', (code, why) => {
    const { guest } = connected();
    FakeSocket.last.close(code, 'The sentence.');
    expect(guest.state).toMatchObject({ kind: 'over', why });
    guest.dispose();
  });

  it('[UI-34] asks why when the socket is refused', async () => {
    const answer = { code: 'session_ended', message: 'The session has ended.' };
    const { guest } = connected([410, answer]);
    FakeSocket.last.close(1006);
    for (let turns = 0; turns < 5; turns++) {
      await turn();
    }
    expect(guest.state).toMatchObject({ kind: 'over', why: 'ended' });
    guest.dispose();
  });

  it.each([403, 404, 424])(
    '[HUB-7] goes on trying when a hub answers %i for a stopped server',
    async status => {
      const { guest } = connected([status, { status, message: 'Not running' }]);
      FakeSocket.last.close(1006);
      for (let turns = 0; turns < 5; turns++) {
        await turn();
      }
      expect(guest.state).toEqual({ kind: 'lost' });
      guest.dispose();
    }
  );
});

describe('permissions', () => {
  it('[UI-31] narrows by path', () => {
    expect(canOn(ME, 'edit', 'a.ipynb')).toBe(true);
    expect(canOn(ME, 'edit', 'data/b.csv')).toBe(false);
    expect(canOn(ME, 'edit', 'database.csv')).toBe(true);
    expect(canOn(ME, 'execute')).toBe(false);
  });

  it('[UI-31] files are made only in shared folders that may be edited', () => {
    expect(canOrganize(ME, 'src/sub')).toBe(true);
    expect(canOrganize(ME, '')).toBe(false);
    expect(canOrganize(ME, 'data')).toBe(false);
    expect(canMove(ME, 'src/sub/a.py')).toBe(true);
    expect(canMove(ME, 'analysis.ipynb')).toBe(false);
    expect(canMove(ME, undefined)).toBe(false);
  });
});

describe('guestConfig', () => {
  it.each(['', 'nonsense', '{}', '{"mode":"host"}', 'null'])(
    'is null for %p',
    option => expect(guestConfig(option)).toBeNull()
  );

  it('reads what the gateway wrote', () => {
    const option = '{"mode":"guest","session":"s","role":"viewer"}';
    expect(guestConfig(option)).toMatchObject({ session: 's', role: 'viewer' });
  });
});
