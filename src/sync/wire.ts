import { Decoder } from 'lib0/decoding';
import { WebsocketProvider } from 'y-websocket';

import {
  encodeMessage,
  IBodies,
  inOwnLanguage,
  mayRetry,
  MessageName,
  MESSAGES,
  ownMoves,
  readBody
} from '../protocol';
import { IRoomSocketHooks, roomSocket } from '../transport';
import { IRoomOptions } from './options';

/** y-websocket's provider, not yet connected, with frames that are counted and held back as our rooms need it. */
export function roomWire(
  { doc, awareness, url, WebSocket, params }: IRoomOptions,
  hooks: Pick<IRoomSocketHooks, 'maySend' | 'sent'>
): WebsocketProvider {
  return new WebsocketProvider(url, '', doc, {
    awareness,
    connect: false,
    disableBc: true,
    params: { ...params },
    shouldReconnect: event => mayRetry(event.code),
    WebSocketPolyfill: roomSocket(WebSocket, {
      ...hooks,
      move: frame => ownMoves(frame, doc.clientID)
    })
  });
}

/** Our messages on a room's socket, beside those of y-websocket. */
export class Messages {
  constructor(private readonly _wire: WebsocketProvider) {}

  /** Called with every message of this name. */
  handle<Name extends MessageName>(
    name: Name,
    act: (body: IBodies[Name]) => void
  ): void {
    this._wire.messageHandlers[MESSAGES[name]] = (
      _encoder: unknown,
      decoder: Decoder
    ) => act(inOwnLanguage(readBody(name, decoder)));
  }

  /** False when no socket is open. */
  send<Name extends MessageName>(name: Name, body: IBodies[Name]): boolean {
    const socket = this._wire.ws;
    if (!socket || socket.readyState !== socket.OPEN) {
      return false;
    }
    socket.send(encodeMessage(name, body));
    return true;
  }
}
