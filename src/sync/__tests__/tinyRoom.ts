import { AddressInfo } from 'net';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocketServer, WebSocket as Socket } from 'ws';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';

import {
  encodeMessage,
  Epoch,
  IBodies,
  MessageName,
  MESSAGES
} from '../../protocol';

/** A room in this process: real sockets and the wire of protocol/README.md, for one document and any number of pages. */
export class TinyRoom {
  constructor() {
    this._server.on('connection', (socket, request) => {
      this.addresses.push(request.url ?? '');
      this._welcome(socket);
    });
  }

  readonly doc = new Y.Doc();
  readonly addresses: string[] = [];
  /** Names of messages in the order in which they came. */
  readonly received: string[] = [];
  readonly bodies: unknown[] = [];
  capabilities = ['read', 'chat', 'edit', 'execute'];
  epoch = 'e1' as Epoch;
  /** Whether updates are acknowledged at once. */
  acknowledges = true;
  refuses = false;
  /** When set, every socket is closed with it instead of being welcomed. */
  closeCode: number | null = null;

  get text(): string {
    return this.doc.getText('source').toString();
  }

  get url(): string {
    const { port } = this._server.address() as AddressInfo;
    return `ws://127.0.0.1:${port}/rooms`;
  }

  get sockets(): Socket[] {
    return [...this._server.clients];
  }

  async listening(): Promise<this> {
    if (!this._server.address()) {
      await new Promise(resolve => this._server.once('listening', resolve));
    }
    return this;
  }

  /** Resolves when an update makes the condition true. */
  until(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (condition()) {
          this.doc.off('update', look);
          resolve();
        }
      };
      this.doc.on('update', look);
      look();
    });
  }

  tell<Name extends MessageName>(name: Name, body: IBodies[Name]): void {
    this.sockets.forEach(socket => socket.send(encodeMessage(name, body)));
  }

  /** Acknowledges all that came. */
  acknowledge(): void {
    this.sockets.forEach(socket =>
      socket.send(encodeMessage('ack', this._counts.get(socket) ?? 0))
    );
  }

  close(code: number): void {
    this.sockets.forEach(socket => socket.close(code));
  }

  async stop(): Promise<void> {
    this.sockets.forEach(socket => socket.terminate());
    await new Promise(resolve => this._server.close(resolve));
  }

  /** As the server does: what the page has is asked for before it has said hello. */
  private _welcome(socket: Socket): void {
    socket.on('message', data => this._receive(socket, data as Buffer));
    if (this.closeCode !== null) {
      socket.close(this.closeCode);
      return;
    }
    this._send(socket, encoder => sync.writeSyncStep1(encoder, this.doc));
  }

  private _receive(socket: Socket, data: Buffer): void {
    const decoder = decoding.createDecoder(new Uint8Array(data));
    const type = decoding.readVarUint(decoder);
    if (type === MESSAGES.sync) {
      this._sync(socket, decoder);
      return;
    }
    const name = Object.entries(MESSAGES).find(([, n]) => n === type)![0];
    this.received.push(name);
    if (type < MESSAGES.hello) {
      return;
    }
    this.bodies.push(JSON.parse(decoding.readVarString(decoder)));
    if (name === 'hello') {
      this._answerHello(socket);
    }
  }

  private _answerHello(socket: Socket): void {
    socket.send(
      encodeMessage('welcome', {
        version: 1,
        epoch: this.epoch,
        path: 'a.txt',
        capabilities: this.capabilities,
        user: { username: 'u', name: 'U', display_name: 'U', initials: 'U' },
        limits: {}
      })
    );
  }

  private _sync(socket: Socket, decoder: decoding.Decoder): void {
    const kind = decoding.readVarUint(decoder);
    this.received.push(['step1', 'step2', 'update'][kind]);
    if (kind === sync.messageYjsSyncStep1) {
      this._send(socket, encoder =>
        sync.readSyncStep1(decoder, encoder, this.doc)
      );
      return;
    }
    const update = decoding.readVarUint8Array(decoder);
    this._counts.set(socket, (this._counts.get(socket) ?? 0) + 1);
    const mayEdit = this.capabilities.includes('edit') && !this.refuses;
    if (!mayEdit && update.length > 2) {
      const message = 'You can read here.';
      socket.send(encodeMessage('refused', { code: 'forbidden', message }));
    } else {
      Y.applyUpdate(this.doc, update, socket);
      this._relay(socket, update);
    }
    if (this.acknowledges) {
      this.acknowledge();
    }
  }

  private _relay(from: Socket, update: Uint8Array): void {
    this.sockets
      .filter(socket => socket !== from)
      .forEach(socket =>
        this._send(socket, encoder => sync.writeUpdate(encoder, update))
      );
  }

  private _send(
    socket: Socket,
    write: (encoder: encoding.Encoder) => void
  ): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGES.sync);
    write(encoder);
    socket.send(encoding.toUint8Array(encoder));
  }

  private readonly _server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0
  });
  private readonly _counts = new Map<Socket, number>();
}
