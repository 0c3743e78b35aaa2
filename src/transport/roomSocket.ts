import { carriesUpdate, encodeMessage, LIMITS, MESSAGES } from '../protocol';

/** What the owner of a room socket is asked and told. Frames are whole binary messages. */
export interface IRoomSocketHooks {
  /** Whether a step 2 or update may leave this page now. */
  maySend(frame: Uint8Array): boolean;
  /** A step 2 or update was given to the socket. */
  sent(frame: Uint8Array): void;
  /** What of an awareness frame leaves this page; null for nothing. */
  move(frame: Uint8Array): Uint8Array<ArrayBuffer> | null;
}

/**
 * A `WebSocket` class for y-websocket that says hello first, and lets its owner count and hold back updates.
 *
 * @param Base - the class of the path: the browser's, or one that speaks through a tunnel.
 */
export function roomSocket(
  Base: typeof WebSocket,
  hooks: IRoomSocketHooks
): typeof WebSocket {
  return class RoomSocket extends Base {
    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView) {
      if (this.readyState !== this.OPEN) {
        return; // It closes; what is missing goes with the next connection's handshake.
      }
      if (!this._greeted) {
        this._greeted = true;
        const version = LIMITS.protocol_version;
        super.send(encodeMessage('hello', { version, identities: true }));
      }
      if (data instanceof Uint8Array && data[0] === MESSAGES.awareness) {
        const moved = hooks.move(data);
        if (moved) {
          super.send(moved);
        }
        return;
      }
      if (data instanceof Uint8Array && carriesUpdate(data)) {
        if (!hooks.maySend(data)) {
          return;
        }
        hooks.sent(data);
      }
      super.send(data as Uint8Array<ArrayBuffer>);
    }

    private _greeted = false;
  };
}
