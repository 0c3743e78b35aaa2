/**
 * One WebSocket in a room: y-websocket framing, and our `hello` when the server knows it. Keeps no document unless `doc` is
 * given; edits are encoded by hand, one character after the last one of the same author, as a person types.
 */
import WebSocket from 'ws';
import * as Y from 'yjs';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

const SYNC = 0;
const AWARENESS = 1;
const HELLO = 100;
const ACK = 102;
/** In a Yjs update: text that has a left and a right neighbour. */
const TEXT_BETWEEN = 4 | 0x80 | 0x40;

const frame = write => {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
};

const HELLO_FRAME = frame(encoder => {
  encoding.writeVarUint(encoder, HELLO);
  encoding.writeVarString(encoder, '{"version":1,"identities":true}');
});

export class Client {
  /** `on.update(client, bytes)`, `on.awareness(client, bytes)`: bodies of messages behind the first sync. */
  constructor(connection, { doc = null, hello = false, on = {}, id } = {}) {
    Object.assign(this, { connection, doc, hello, on });
    this.id = id ?? 1 + Math.floor(Math.random() * 2 ** 31);
    this.messages = this.bytes = this.acknowledged = this.clock = 0;
    this.awarenessClock = 0;
    this.error = null;
  }

  /** Resolves when the first answer is here: `firstSync` bytes, `openedMs` after the call. */
  connect(ms = 60_000) {
    const start = performance.now();
    const { url, headers } = this.connection;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no sync')), ms);
      this._synced = body => {
        clearTimeout(timer);
        this.openedMs = performance.now() - start;
        this.firstSync = body.length;
        this._synced = null;
        resolve(this);
      };
      this.socket = new WebSocket(url, {
        headers,
        perMessageDeflate: false,
        maxPayload: 2 ** 30
      });
      this.socket.binaryType = 'nodebuffer';
      this.socket.on('open', () => this._greet());
      this.socket.on('message', data => this._receive(data));
      this.socket.on('error', error => {
        this.error ??= error.message;
        reject(error);
      });
      this.socket.on('close', (code, reason) => {
        if (!this.closing) {
          this.error ??= `closed: ${code} ${reason}`;
          reject(new Error(this.error));
        }
      });
    });
  }

  _greet() {
    if (this.hello) {
      this.socket.send(HELLO_FRAME);
    }
    const vector = this.doc ? Y.encodeStateVector(this.doc) : Uint8Array.of(0);
    this.sendSync(0, vector);
    if (this.doc) {
      this.doc.on('update', (update, origin) => {
        if (origin !== this) {
          this.sendSync(2, update);
        }
      });
    }
  }

  sendSync(step, body) {
    this.socket.send(
      frame(encoder => {
        encoding.writeVarUint(encoder, SYNC);
        encoding.writeVarUint(encoder, step);
        encoding.writeVarUint8Array(encoder, body);
      })
    );
  }

  _receive(data) {
    this.messages++;
    this.bytes += data.length;
    const decoder = decoding.createDecoder(data);
    const type = decoding.readVarUint(decoder);
    if (type === SYNC) {
      const step = decoding.readVarUint(decoder);
      this._sync(step, decoding.readVarUint8Array(decoder));
    } else if (type === AWARENESS) {
      this.on.awareness?.(this, decoding.readVarUint8Array(decoder));
    } else if (type === ACK) {
      this.acknowledged = decoding.readVarUint(decoder);
    }
  }

  _sync(step, body) {
    if (step === 0) {
      const answer = this.doc ? Y.encodeStateAsUpdate(this.doc, body) : null;
      this.sendSync(1, answer ?? Uint8Array.of(0, 0));
      return;
    }
    if (this.doc) {
      Y.applyUpdate(this.doc, body, this);
    }
    if (this._synced && step === 1) {
      this._synced(body);
    } else {
      this.on.update?.(this, body);
    }
  }

  /** Places the caret between two neighbours, `[client, clock]` each. */
  placeCaret(left, right) {
    Object.assign(this, { left, right });
  }

  /** One key. */
  type() {
    const clock = this.clock++;
    const left = clock === 0 ? this.left : [this.id, clock - 1];
    const update = frame(encoder => {
      const put = number => encoding.writeVarUint(encoder, number);
      [1, 1, this.id, clock].forEach(put);
      encoding.writeUint8(encoder, TEXT_BETWEEN);
      [...left, ...this.right].forEach(put);
      encoding.writeVarString(encoder, 'x');
      encoding.writeVarUint(encoder, 0);
    });
    this.sendSync(2, update);
  }

  /** Tells where it is; returns the clock of this state. */
  move(state) {
    const clock = ++this.awarenessClock;
    const body = frame(encoder => {
      [1, this.id, clock].forEach(n => encoding.writeVarUint(encoder, n));
      encoding.writeVarString(encoder, JSON.stringify(state));
    });
    this.socket.send(
      frame(encoder => {
        encoding.writeVarUint(encoder, AWARENESS);
        encoding.writeVarUint8Array(encoder, body);
      })
    );
    return clock;
  }

  async close() {
    this.closing = true;
    const { socket } = this;
    if (!socket || socket.readyState === WebSocket.CLOSED) {
      return;
    }
    const closed = new Promise(resolve => socket.once('close', resolve));
    socket.close();
    const timer = setTimeout(() => socket.terminate(), 3000);
    await closed;
    clearTimeout(timer);
  }
}

/** `[id, clock]` of each state in an awareness update. */
export function awarenessClocks(update) {
  const decoder = decoding.createDecoder(update);
  const found = [];
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    found.push([decoding.readVarUint(decoder), decoding.readVarUint(decoder)]);
    decoding.readVarUint8Array(decoder);
  }
  return found;
}
