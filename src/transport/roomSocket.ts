import { carriesUpdate, encodeMessage, LIMITS } from '../protocol';

/** What the owner of a room socket is asked and told. Frames are whole binary messages. */
export interface IRoomSocketHooks {
  /** Whether a step 2 or update may leave this page now. */
  maySend(frame: Uint8Array): boolean;
  /** A step 2 or update was given to the socket. */
  sent(frame: Uint8Array): void;
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
        super.send(
          encodeMessage('hello', { version: LIMITS.protocol_version })
        );
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
