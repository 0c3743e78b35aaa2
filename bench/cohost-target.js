/**
 * jupyterlab-cohost as a target of the collaboration server bench (see README.md beside this file).
 * COHOST_VENV names the environment, COHOST_ARGS gives extra server arguments.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The bench is the program that runs: BENCH/bin/run.js. */
const library = name =>
  import(
    pathToFileURL(
      path.resolve(path.dirname(process.argv[1]), '..', 'lib', name)
    ).href
  );
const { AUTHORIZATION, callApi, formatAndType, startJupyterLab } =
  await library('jupyter-server.js');
const { standardWire } = await library('wire-standard.js');

const hello = new TextEncoder().encode('{"version":1,"identities":true}');

/** What a page says first: it understands acknowledgements, and is told once who is who. */
const pageWire = {
  ...standardWire,
  hello(client) {
    client.sendRaw(Uint8Array.of(100, hello.length, ...hello));
    client.requestSync();
  }
};

const extraArgs = (process.env.COHOST_ARGS ?? '').split(' ').filter(Boolean);

export default {
  name: 'cohost',
  keepsState: true,
  writesFiles: true,
  /** `idle_room_s` of protocol/limits.json, and a little. */
  secondsUntilRoomsAreFreed: 15,
  start(options) {
    const venv = process.env.COHOST_VENV;
    if (!venv) {
      throw new Error('COHOST_VENV must name the environment');
    }
    return startJupyterLab({ ...options, venv, extraArgs });
  },
  async createDocument(server, document) {
    const file = path.join(server.root, document.name);
    await fs.promises.writeFile(file, document.fileContent);
    return this.openSession(server, document);
  },
  async openSession(server, document) {
    const [format, type] = formatAndType(document.kind);
    const { id } = await callApi(server, 'POST', 'cohost/api/documents', {
      path: document.name,
      type,
      format
    });
    return { room: id, file: path.join(server.root, document.name) };
  },
  connection: (server, { room }) => ({
    url: `ws://${server.origin}/cohost/rooms/${encodeURIComponent(room)}`,
    headers: AUTHORIZATION,
    // COHOST_PLAIN=1: as an unmodified y-websocket client
    wire: process.env.COHOST_PLAIN ? standardWire : pageWire
  })
};
