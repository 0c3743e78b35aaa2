import * as net from 'net';

/** A line between page and server that can fall silent without either end being told, as Wi-Fi and NATs do. */
export class Line {
  private constructor(
    readonly port: number,
    private readonly _server: net.Server
  ) {}

  /** A port of its own in front of `port`. */
  static async to(port: number): Promise<Line> {
    const server = net.createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const line = new Line((server.address() as net.AddressInfo).port, server);
    server.on('connection', near => line._join(near, port));
    return line;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on nothing goes through what is open; nobody is told. New connections work unless `all`. */
  silence(all: boolean): void {
    this._isDown = all;
    for (const socket of this._sockets) {
      socket.pause();
      socket.unpipe();
      socket.removeAllListeners('end');
      socket.removeAllListeners('close');
    }
  }

  /** New connections go through again. */
  mend(): void {
    this._isDown = false;
  }

  dispose(): void {
    this._server.close();
    this._sockets.forEach(socket => socket.destroy());
  }

  private _join(near: net.Socket, port: number): void {
    near.on('error', () => undefined);
    this._sockets.add(near);
    if (this._isDown) {
      return;
    }
    const far = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    far.on('error', () => near.destroy());
    this._sockets.add(far);
    near.pipe(far).on('close', () => near.destroy());
    far.pipe(near).on('close', () => far.destroy());
  }

  private readonly _sockets = new Set<net.Socket>();
  private _isDown = false;
}
