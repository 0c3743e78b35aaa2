import { CLOSE_CODES } from '../protocol';

/** After these the gateway takes no socket of this page any more. */
const FINAL: ReadonlySet<number> = new Set([
  CLOSE_CODES.removed.code,
  CLOSE_CODES.left.code,
  CLOSE_CODES.session_ended.code,
  CLOSE_CODES.unauthenticated.code
]);

const CLOSED = 3;

type IEnd = Pick<CloseEvent, 'code' | 'reason'>;
type Handler<E extends Event> = ((event: E) => void) | null;

/** Stands for a socket that will never open: nothing is sent, and it closes as the last real one did. */
class InertSocket extends EventTarget {
  constructor(end: IEnd) {
    super();
    setTimeout(() => {
      const event = Object.assign(new Event('close'), end, { wasClean: true });
      this.onclose?.(event);
      this.dispatchEvent(event);
    });
  }

  readonly readyState = CLOSED;
  readonly bufferedAmount = 0;
  readonly protocol = '';
  binaryType = 'blob';
  onopen: Handler<Event> = null;
  onmessage: Handler<MessageEvent> = null;
  onerror: Handler<Event> = null;
  onclose: Handler<CloseEvent> = null;

  close(): void {
    /* It is closed. */
  }

  send(): void {
    /* Nobody listens. */
  }
}

/** How a guest's page reaches the gateway. */
export interface IWays {
  readonly WebSocket: typeof WebSocket;
  readonly fetch: typeof fetch;
}

/**
 * The same ways, until the gateway closes one socket for good. JupyterLab would ask again and again; from then on new
 * sockets close in the same way without knocking, and requests fail without being sent.
 *
 * @param onOver - called once, with the code and the sentence of the first socket that was closed for good.
 */
export function finalWays(
  { WebSocket: Base, fetch: ask }: IWays,
  onOver: (code: number, reason: string) => void
): IWays {
  let end: IEnd | null = null;
  const construct = (
    target: typeof WebSocket,
    args: [string, string?],
    newTarget: NewableFunction
  ) => {
    if (end) {
      return new InertSocket(end);
    }
    const socket = Reflect.construct(target, args, newTarget) as WebSocket;
    socket.addEventListener('close', ({ code, reason }) => {
      if (!end && FINAL.has(code)) {
        end = { code, reason };
        onOver(code, reason);
      }
    });
    return socket;
  };
  return {
    WebSocket: new Proxy(Base, { construct }),
    fetch: (input, init) =>
      end
        ? Promise.reject(new TypeError('The session is over.'))
        : ask(input, init)
  };
}
