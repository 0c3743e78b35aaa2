import { CHAT, CLOSE_CODES } from '../protocol/tables';
import { mayRetry } from '../protocol/closeCodes';
import { IClock } from './events';
import { ChatNode } from './node';

const OPEN = 1;

/** The part of a WebSocket that is used; the browser's and that of `ws` have it. */
export interface ISocket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown } & never) => void) | null;
  onclose: ((event: { code: number; reason: string } & never) => void) | null;
  onerror: ((event: never) => void) | null;
  /** As of WebSocket: 1 while it is open. */
  readonly readyState: number;
  send(data: string): void;
  close(code?: number): void;
}

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Connects again soon; why, when the server has said so. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** For good; the server's sentence. */
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

const FIRST_MS = 300;
const LONGEST_MS = 15_000;
/** A connection that lasted so long was a good one. */
const STEADY_MS = 3000;

/** Keeps a node connected: connects again after a cut, and notices one that the network does not tell. */
export class ChatLink {
  /** @param open - makes a socket; asked at every attempt. */
  constructor(
    readonly node: ChatNode,
    private readonly _open: () => ISocket,
    private readonly _clock: IClock,
    private readonly _random: () => number
  ) {}

  state: LinkState = { kind: 'connecting' };

  /** Called when `state` changed. */
  onState: (state: LinkState) => void = () => undefined;

  connect(): void {
    this._cancel();
    if (this._socket || this._isDisposed) {
      return;
    }
    this._become({ kind: 'connecting' });
    const socket = (this._socket = this._open());
    socket.onopen = () => {
      this._openedAt = this._clock.now();
      this._become({ kind: 'open' });
      this.node.connect(message => {
        if (socket.readyState === OPEN) {
          socket.send(JSON.stringify(message));
        }
      });
      this._watch();
    };
    socket.onmessage = ({ data }) => {
      this._heardAt = this._clock.now();
      this.node.receive(String(data));
    };
    socket.onerror = () => undefined;
    socket.onclose = ({ code, reason }) => {
      if (this._socket === socket) {
        this._lost(code, reason);
      }
    };
  }

  /** A cut, as tests make it: nothing is said. */
  cut(): void {
    this._socket?.close();
  }

  dispose(): void {
    this._isDisposed = true;
    this._cancel();
    this.node.leave();
    this._socket?.close(1000);
    this._socket = null;
  }

  /** The server says something every 1.5 s; a browser does not tell that a network is gone. */
  private _watch(): void {
    this._heardAt = this._clock.now();
    const look = () => {
      if (this._clock.now() - this._heardAt > CHAT.gone_ms) {
        const socket = this._socket;
        this._lost(1006, '');
        socket?.close();
      } else {
        this._cancel = this._clock.later(CHAT.beat_ms, look);
      }
    };
    this._cancel = this._clock.later(CHAT.beat_ms, look);
  }

  private _lost(code: number, reason: string): void {
    this._cancel();
    this._socket = null;
    if (this._clock.now() - this._openedAt > STEADY_MS) {
      this._attempts = 0;
    }
    this._openedAt = Infinity;
    this.node.disconnect();
    if (this._isDisposed) {
      return;
    }
    if (!mayRetry(code)) {
      this._become({ kind: 'closed', code, reason });
      return;
    }
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this._attempts++);
    const wait = ceiling * (0.5 + this._random() / 2);
    this._cancel = this._clock.later(wait, () => this.connect());
    const isTold = code === CLOSE_CODES.too_fast.code;
    this._become({ kind: 'waiting', reason: isTold ? reason : '' });
  }

  private _become(state: LinkState): void {
    this.state = state;
    this.onState(state);
  }

  private _socket: ISocket | null = null;
  private _attempts = 0;
  private _heardAt = 0;
  private _openedAt = Infinity;
  private _isDisposed = false;
  private _cancel: () => void = () => undefined;
}

/** The machine's clock. */
export const systemClock: IClock = {
  now: () => Date.now(),
  later: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  }
};
