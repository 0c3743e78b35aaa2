import * as http from 'http';
import * as net from 'net';

/** A server elsewhere: what a page asks of it has left the page. */
export class Sink {
  private constructor(private readonly _server: http.Server) {}

  /** The paths that were asked for, without the query. */
  readonly asked: string[] = [];

  static async start(): Promise<Sink> {
    const server = http.createServer();
    const sink = new Sink(server);
    server.on('request', (request, response) => {
      sink.asked.push(request.url ?? '');
      response.writeHead(200, {
        'Access-Control-Allow-Origin': '*',
        'Content-Type': 'image/png'
      });
      response.end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this._server.address() as net.AddressInfo).port}`;
  }

  stop(): void {
    this._server.closeAllConnections();
    this._server.close();
  }
}
