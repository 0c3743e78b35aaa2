import { CLOSE_CODES } from '../../protocol';
import { finalWays } from '../finalSockets';

class FakeSocket extends EventTarget {
  static readonly made: FakeSocket[] = [];

  constructor(readonly url: string) {
    super();
    FakeSocket.made.push(this);
  }

  closes(code: number, reason = ''): void {
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason }));
  }
}

const answer = {} as Response;
const ways = (onOver: (code: number, reason: string) => void = jest.fn()) =>
  finalWays(
    {
      WebSocket: FakeSocket as unknown as typeof WebSocket,
      fetch: () => Promise.resolve(answer)
    },
    onOver
  );
const sockets = () => ways().WebSocket;

beforeEach(() => FakeSocket.made.splice(0));

describe('[GUEST-30] sockets of a guest', () => {
  it('open as long as the session takes them, also through a subclass', () => {
    const Socket = sockets();
    class Own extends Socket {
      readonly own = true;
    }
    new Socket('ws://one');
    FakeSocket.made[0].closes(CLOSE_CODES.role_changed.code);
    expect(new Own('ws://two').own).toBe(true);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it.each(['removed', 'session_ended', 'unauthenticated'] as const)(
    'knock no more after %s, and say why',
    async name => {
      const Socket = sockets();
      new Socket('ws://one');
      FakeSocket.made[0].closes(CLOSE_CODES[name].code, name);
      const late = new Socket('ws://two');
      const { code, reason } = await new Promise<CloseEvent>(resolve => {
        late.onclose = resolve;
      });
      expect([code, reason]).toEqual([CLOSE_CODES[name].code, name]);
      late.close();
      late.send('x');
      expect(late.readyState).toBe(3);
      expect(FakeSocket.made).toHaveLength(1);
    }
  );

  it('tell once that it is over, whichever of them hears it', () => {
    const told = jest.fn();
    const { WebSocket: Socket } = ways(told);
    new Socket('ws://one');
    new Socket('ws://two');
    FakeSocket.made[1].closes(CLOSE_CODES.removed.code, 'removed you');
    FakeSocket.made[0].closes(CLOSE_CODES.removed.code, 'removed you');
    expect(told.mock.calls).toEqual([
      [CLOSE_CODES.removed.code, 'removed you']
    ]);
  });

  it('and then no request is sent either', async () => {
    const { WebSocket: Socket, fetch: ask } = ways();
    new Socket('ws://one');
    await expect(ask('x')).resolves.toBe(answer);
    FakeSocket.made[0].closes(CLOSE_CODES.session_ended.code);
    await expect(ask('x')).rejects.toThrow(TypeError);
  });
});
