/**
 * A JupyterLab with this extension, with folders of its own, and people in it: the host, and guests that came by a link.
 * COHOST_VENV names the environment; COHOST_ARGS gives extra server arguments.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { freePort, inLanes, sleep, until } from './machine.js';

const TOKEN = 'bench';
const AUTHORIZATION = { Authorization: `token ${TOKEN}` };
const started = new Set();

/** Ends what is left when this program ends. */
process.on('exit', () => started.forEach(child => child.kill('SIGKILL')));

export const cohost = {
  name: 'cohost',
  hello: true,

  async start({ workDir, venv = process.env.COHOST_VENV, args = [] }) {
    if (!venv) {
      throw new Error('COHOST_VENV must name an environment with JupyterLab');
    }
    const server = await startLab({ workDir, venv, args });
    const { id } = await server.api('POST', 'cohost/api/sessions', {
      scope: [{ path: '' }]
    });
    const { link } = await server.api(
      'POST',
      `cohost/api/sessions/${id}/invites`,
      { role: 'editor', knock: false }
    );
    return Object.assign(server, { session: id, link, guests: [] });
  },

  /** Puts the file there and opens it. `create: false`: it is there. */
  async createDocument(server, { name, kind, fileContent }, create = true) {
    const file = path.join(server.root, name);
    if (create) {
      fs.writeFileSync(file, fileContent);
    }
    const [type, format] =
      kind === 'notebook' ? ['notebook', 'json'] : ['file', 'text'];
    const body = { path: name, type, format };
    const { id } = await server.api('POST', 'cohost/api/documents', body);
    return { room: id, file };
  },

  /** Number 0 is the host, all others are guests that `join` made. */
  connection(server, { room }, index) {
    const guest = index && server.guests[index % server.guests.length];
    return guest
      ? {
          url: `ws://${server.origin}/cohost/g/${server.session}/rooms/${room}`,
          headers: { Authorization: `Bearer ${guest}` }
        }
      : {
          url: `ws://${server.origin}/cohost/rooms/${room}`,
          headers: AUTHORIZATION
        };
  },

  /** So many more guests; one guest may have several sockets. */
  async join(server, number) {
    const secret = server.link.split('#')[1];
    const join = async name => {
      const response = await fetch(
        `http://${server.origin}/cohost/g/${server.session}/join`,
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ secret, name, carrier: 'bearer' })
        }
      );
      if (response.status === 429) {
        await sleep(500);
        return join(name);
      }
      const { credential } = await response.json();
      server.guests.push(credential);
    };
    const names = Array.from({ length: number }, (_, i) => `guest ${i}`);
    await inLanes(names, 4, join);
  }
};

/** `{pid, origin, root, stop, api}`; `venv` may hold any JupyterLab. */
export async function startLab({ workDir, venv, args = [] }) {
  const root = path.join(workDir, 'files');
  const private_ = path.join(workDir, 'jupyter');
  fs.mkdirSync(root, { recursive: true });
  const origin = `127.0.0.1:${await freePort()}`;
  const log = fs.openSync(path.join(workDir, 'server.log'), 'a');
  const extra = (process.env.COHOST_ARGS ?? '').split(' ').filter(Boolean);
  const child = spawn(
    path.join(venv, 'bin/python'),
    [
      ...['-m', 'jupyterlab', '--no-browser', '--allow-root'],
      ...['--ip=127.0.0.1', `--port=${origin.split(':')[1]}`],
      ...['--ServerApp.port_retries=0', `--ServerApp.root_dir=${root}`],
      ...[`--IdentityProvider.token=${TOKEN}`, '--LabApp.news_url=None'],
      '--LabApp.expose_app_in_browser=True',
      '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
      ...args,
      ...extra
    ],
    {
      cwd: workDir,
      env: {
        ...process.env,
        HOME: workDir,
        JUPYTER_CONFIG_DIR: path.join(private_, 'config'),
        JUPYTER_DATA_DIR: path.join(private_, 'data'),
        JUPYTER_RUNTIME_DIR: path.join(private_, 'run'),
        PYTHONDONTWRITEBYTECODE: '1'
      },
      stdio: ['ignore', log, log]
    }
  );
  started.add(child);
  fs.closeSync(log);
  const api = async (method, address, body) => {
    const response = await fetch(`http://${origin}/${address}`, {
      method,
      headers: { ...AUTHORIZATION, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(60_000)
    });
    const answer = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${address}: ${response.status} ${answer}`);
    }
    return answer && JSON.parse(answer);
  };
  const stop = async () => {
    child.kill('SIGTERM');
    const ended = () => child.exitCode !== null || child.signalCode !== null;
    if (!(await until(ended, 15_000))) {
      child.kill('SIGKILL');
    }
    started.delete(child);
  };
  const answers = () =>
    api('GET', 'api/status').then(
      () => true,
      () => child.exitCode !== null
    );
  if (!(await until(answers, 60_000, 100)) || child.exitCode !== null) {
    throw new Error(`the server did not start: ${workDir}/server.log`);
  }
  return { pid: child.pid, pids: [child.pid], origin, root, stop, api };
}
