import { ChildProcess, spawn, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as net from 'net';
import * as os from 'os';
import * as path from 'path';

const sample = path.resolve(__dirname, '../../examples/sample');

/** The Python that has JupyterLab and the extension. */
const python = process.env.COHOST_PYTHON ?? 'python';

export const TOKEN = 'token-of-the-host-in-browser-tests';

export interface IServerOptions {
  /** More arguments of `jupyter lab`. */
  arguments?: string[];
  /** Files to put into the content root, beside the sample project: path → text. */
  files?: Record<string, string>;
  /** Sign the sample notebook, so that its plots are the host's own. */
  trusted?: boolean;
  /** Somebody else's extension that only this server has (tests/support/neighbours.py). */
  neighbour?: string;
  /** Module to run, for example `notebook` for Notebook 7. */
  app?: string;
}

/** A real JupyterLab server with folders of its own; kill and start again keep port and folders. */
export class JupyterServer {
  private constructor(
    readonly port: number,
    readonly work: string,
    private readonly _options: IServerOptions
  ) {}

  /** Makes the folders, copies the sample project and starts. */
  static async start(options: IServerOptions = {}): Promise<JupyterServer> {
    const work = fs.mkdtempSync(path.join(os.tmpdir(), 'cohost-ui-'));
    const server = new JupyterServer(await freePort(), work, options);
    fs.cpSync(sample, server.root, { recursive: true });
    server._askNoNews();
    for (const [name, text] of Object.entries(options.files ?? {})) {
      server.write(name, text);
    }
    if (options.trusted) {
      server._trust('analysis.ipynb');
    }
    await server.restart();
    return server;
  }

  /** The content root. */
  get root(): string {
    return path.join(this.work, 'content');
  }

  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get log(): string {
    return fs.readFileSync(path.join(this.work, 'server.log'), 'utf8');
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.root, name), 'utf8');
  }

  write(name: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(this.root, name)), { recursive: true });
    fs.writeFileSync(path.join(this.root, name), text);
  }

  /** SIGKILL, as a crash would. */
  async kill9(): Promise<void> {
    await this._end('SIGKILL');
  }

  /** Any signal, for example SIGSTOP and SIGCONT; waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    this._process?.kill(signal);
  }

  /** SIGTERM, and waits for the end. */
  async stop(): Promise<void> {
    await this._end('SIGTERM');
  }

  /** Stops and removes everything. */
  async dispose(): Promise<void> {
    await this.stop();
    fs.rmSync(this.work, { recursive: true, force: true });
  }

  /** Starts (again) on the same port with the same folders, and waits until it answers. */
  async restart(): Promise<void> {
    await this.stop();
    const log = fs.openSync(path.join(this.work, 'server.log'), 'a');
    this._process = spawn(python, this._arguments(), {
      cwd: this.work,
      env: this._environment(),
      stdio: ['ignore', log, log]
    });
    fs.closeSync(log);
    await this._untilReady();
  }

  /** A request with the host's credential. Answers the JSON (or null); throws for an error status. */
  async api<T = unknown>(
    method: string,
    address: string,
    body?: unknown
  ): Promise<T> {
    const answer = await fetch(`${this.origin}/${address.replace(/^\//, '')}`, {
      method,
      headers: {
        Authorization: `token ${TOKEN}`,
        'Content-Type': 'application/json'
      },
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(
        `${method} ${address}: ${answer.status} ${text.slice(0, 400)}`
      );
    }
    return (text ? JSON.parse(text) : null) as T;
  }

  /** JupyterLab would ask in a notification whether news are wanted, and cover others. */
  private _askNoNews(): void {
    const folder = path.join(
      this._folder('settings'),
      '@jupyterlab/apputils-extension'
    );
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, 'notification.jupyterlab-settings'),
      JSON.stringify({ fetchNews: 'false', checkForUpdates: false })
    );
  }

  private _folder(name: string): string {
    return path.join(this.work, 'jupyter', name);
  }

  private _trust(notebook: string): void {
    const file = path.join(this.root, notebook);
    const { status } = spawnSync(python, ['-m', 'jupyter', 'trust', file], {
      env: this._environment()
    });
    if (status !== 0) {
      throw new Error(`jupyter trust ended with ${status}`);
    }
  }

  private _arguments(): string[] {
    return [
      ...[
        '-m',
        this._options.app ?? 'jupyterlab',
        '--no-browser',
        '--allow-root',
        '--ip=127.0.0.1'
      ],
      ...[
        `--port=${this.port}`,
        '--ServerApp.port_retries=0',
        `--ServerApp.root_dir=${this.root}`
      ],
      ...[
        `--IdentityProvider.token=${TOKEN}`,
        '--LabApp.expose_app_in_browser=True',
        '--LabApp.news_url=None'
      ],
      '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
      ...(this._options.arguments ?? [])
    ];
  }

  private _environment(): NodeJS.ProcessEnv {
    const folder = (name: string) => this._folder(name);
    return {
      ...process.env,
      ...this._neighbour(),
      HOME: this.work,
      JUPYTER_CONFIG_DIR: folder('config'),
      JUPYTER_DATA_DIR: folder('data'),
      JUPYTER_RUNTIME_DIR: folder('run'),
      JUPYTERLAB_SETTINGS_DIR: folder('settings'),
      JUPYTERLAB_WORKSPACES_DIR: folder('workspaces'),
      PYTHONDONTWRITEBYTECODE: '1'
    };
  }

  private _neighbour(): NodeJS.ProcessEnv {
    const { neighbour } = this._options;
    if (!neighbour) {
      return {};
    }
    const kit = path.resolve(__dirname, '../../tests/support/neighbours.py');
    const done = spawnSync(python, [kit, neighbour], { encoding: 'utf8' });
    if (done.status !== 0) {
      throw new Error(done.stderr);
    }
    return JSON.parse(done.stdout);
  }

  private async _untilReady(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline && this._process?.exitCode === null) {
      try {
        await this.api('GET', 'api/status');
        return;
      } catch {
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    }
    throw new Error(`the server did not start:\n${this.log.slice(-4000)}`);
  }

  private async _end(signal: NodeJS.Signals): Promise<void> {
    const process = this._process;
    this._process = null;
    if (!process || process.exitCode !== null || process.signalCode !== null) {
      return;
    }
    const ended = new Promise(resolve => process.once('exit', resolve));
    const timer = setTimeout(() => process.kill('SIGKILL'), 15_000);
    process.kill(signal);
    await ended;
    clearTimeout(timer);
  }

  private _process: ChildProcess | null = null;
}

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise(resolve => probe.close(resolve));
  return port;
}
