import { CLOSE_CODES } from '../protocol';

/** After these the gateway takes no socket of this page any more. */
const FINAL: ReadonlySet<number> = new Set([
  CLOSE_CODES.removed.code,
  CLOSE_CODES.left.code,
  CLOSE_CODES.session_ended.code,
  CLOSE_CODES.unauthenticated.code
]);

const CLOSED = 3;

/** Stands for a socket that will never open: silent, and closed from the start. */
class InertSocket extends EventTarget {
  readonly readyState = CLOSED;
  readonly bufferedAmount = 0;
  readonly protocol = '';
  binaryType = 'blob';

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
 * sockets stay silent, and requests fail without being sent.
 */
export function finalWays({ WebSocket: Base, fetch: ask }: IWays): IWays {
  let isOver = false;
  const construct = (
    target: typeof WebSocket,
    args: [string, string?],
    newTarget: NewableFunction
  ) => {
    if (isOver) {
      return new InertSocket();
    }
    const socket = Reflect.construct(target, args, newTarget) as WebSocket;
    socket.addEventListener('close', ({ code }) => {
      isOver ||= FINAL.has(code);
    });
    return socket;
  };
  return {
    WebSocket: new Proxy(Base, { construct }),
    fetch: (input, init) =>
      isOver
        ? Promise.reject(new TypeError('The session is over.'))
        : ask(input, init)
  };
}
