import { CLOSE_CODES } from '../protocol';

/** After these the gateway takes no socket of this page any more. */
const FINAL: ReadonlySet<number> = new Set([
  CLOSE_CODES.removed.code,
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

/**
 * A `WebSocket` class for a guest's page. When the gateway has closed one socket for good, JupyterLab's kernels would
 * try again and again; their new sockets stay silent instead.
 */
export function finalSockets(Base: typeof WebSocket): typeof WebSocket {
  let isOver = false;
  return new Proxy(Base, {
    construct(target, args: [string, string?], newTarget) {
      if (isOver) {
        return new InertSocket();
      }
      const socket = Reflect.construct(target, args, newTarget) as WebSocket;
      socket.addEventListener('close', ({ code }) => {
        isOver ||= FINAL.has(code);
      });
      return socket;
    }
  });
}
