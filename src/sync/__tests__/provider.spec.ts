/** The provider against real y-websocket frames over real sockets, with a tiny room in this process. */
import { Awareness } from 'y-protocols/awareness';
import { WebSocket as Socket } from 'ws';
import * as Y from 'yjs';

import { CLOSE_CODES, Digest, DocumentId, Epoch } from '../../protocol';
import { copyDigest } from '../copy';
import { IRoomOptions, RoomRefused } from '../options';
import { RoomProvider } from '../provider';
import { TinyRoom } from './tinyRoom';

const ID = 'doc-1' as DocumentId;

let room: TinyRoom;
const pages: Page[] = [];

class Page {
  constructor(options: Partial<IRoomOptions> = {}) {
    this.provider = new RoomProvider({
      doc: this.doc,
      awareness: this.awareness,
      locate: async () => ({ id: ID, epoch: room.epoch }),
      url: room.url,
      WebSocket: Socket as unknown as typeof WebSocket,
      random: () => 0,
      ...options
    });
    pages.push(this);
  }

  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly text = this.doc.getText('source');
  readonly provider: RoomProvider;

  until(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (condition()) {
          this.provider.stateChanged.disconnect(look);
          this.doc.off('update', look);
          resolve();
        }
      };
      this.provider.stateChanged.connect(look);
      this.doc.on('update', look);
      look();
    });
  }

  state(kind: RoomProvider['state']['kind']): Promise<void> {
    return this.until(() => this.provider.state.kind === kind);
  }
}

beforeEach(async () => {
  room = await new TinyRoom().listening();
  room.doc.getText('source').insert(0, 'hello');
});

afterEach(async () => {
  pages.splice(0).forEach(page => {
    page.provider.dispose();
    page.awareness.destroy();
  });
  await room.stop();
});

describe('RoomProvider', () => {
  it('[ROOM-50] says hello first and is ready with the whole document', async () => {
    const page = new Page();
    await page.provider.ready;
    expect(page.text.toString()).toBe('hello');
    expect(room.received[0]).toBe('hello');
    expect(room.addresses[0]).toBe('/rooms/doc-1');
  });

  it('[ROOM-51] is synced only when every edit is acknowledged', async () => {
    const page = new Page();
    await page.provider.ready;
    await page.state('synced');
    room.acknowledges = false;
    page.text.insert(5, '!');
    page.text.insert(6, '!');
    expect(page.provider.state.kind).toBe('sending');
    await room.until(() => room.text === 'hello!!');
    expect(page.provider.state.kind).toBe('sending');
    room.acknowledges = true;
    page.text.insert(7, '!');
    await page.state('synced');
    expect(room.text).toBe('hello!!!');
  });

  it('[ROOM-52] keeps edits made while offline and sends them once', async () => {
    const page = new Page();
    await page.state('synced');
    room.close(1012);
    await page.state('offline');
    page.text.insert(0, 'oh ');
    expect(page.provider.state).toEqual({ kind: 'offline', unsent: true });
    await page.state('synced');
    expect(room.text).toBe('oh hello');
    expect(room.addresses[1]).toBe('/rooms/doc-1?epoch=e1');
  });

  it.each(Object.values(CLOSE_CODES).filter(({ retry }) => !retry))(
    '[ROOM-53] close code $code is final and says why',
    async ({ code, message }) => {
      room.closeCode = code;
      const page = new Page();
      await expect(page.provider.ready).rejects.toThrow(message);
      expect(page.provider.state).toMatchObject({ kind: 'closed', message });
      expect(room.addresses).toHaveLength(1);
    }
  );

  it('[ROOM-53] tells whether edits were lost when a room closes for good', async () => {
    const page = new Page();
    await page.state('synced');
    room.acknowledges = false;
    page.text.insert(0, 'x');
    room.close(CLOSE_CODES.session_ended.code);
    await page.state('closed');
    expect(page.provider.state).toMatchObject({
      reason: 'session_ended',
      unsent: true
    });
  });

  it('[ROOM-54] rejects with the sentence of the server when there is no such room', async () => {
    const page = new Page({
      locate: () =>
        Promise.reject(new RoomRefused('unsupported', 'Not a text file.'))
    });
    await expect(page.provider.ready).rejects.toThrow('Not a text file.');
    expect(room.addresses).toHaveLength(0);
  });

  it('[ROOM-55] a page that may only read sends no update and takes local changes back', async () => {
    room.capabilities = ['read', 'chat'];
    const page = new Page();
    await page.state('synced');
    page.text.insert(0, 'mine ');
    await page.until(() => page.text.toString() === 'hello');
    expect(page.provider.state).toEqual({ kind: 'synced' });
    expect(room.received).not.toContain('update');
    expect(room.text).toBe('hello');
  });

  it('[ROOM-56] a refused change is rolled back, and later changes arrive', async () => {
    const page = new Page();
    await page.state('synced');
    room.refuses = true;
    const refused = new Promise(resolve =>
      page.provider.refused.connect((_, body) => resolve(body))
    );
    page.text.insert(0, 'bad ');
    expect(await refused).toMatchObject({ code: 'forbidden' });
    expect(page.text.toString()).toBe('hello');
    room.refuses = false;
    await page.state('synced');
    page.text.insert(5, ' there');
    await page.state('synced');
    expect(room.text).toBe('hello there');
  });

  it('[ROOM-57] offline edits of an editor who became a viewer are taken back', async () => {
    const page = new Page();
    await page.state('synced');
    room.capabilities = ['read'];
    room.close(CLOSE_CODES.role_changed.code);
    await page.state('offline');
    page.text.insert(0, 'late ');
    await page.state('synced');
    expect(page.text.toString()).toBe('hello');
    expect(room.text).toBe('hello');
  });

  it.each([
    ['a viewer who may edit now', ['read', 'chat']],
    ['an editor who was a viewer for a while', ['read', 'chat', 'edit']]
  ])('[ROOM-51] %s is synced again after every edit', async (_, before) => {
    const text = room.doc.getText('source');
    text.insert(0, 'gone ');
    text.delete(0, 5);
    room.capabilities = before;
    const page = new Page();
    await page.state('synced');
    for (const capabilities of [['read'], ['read', 'chat', 'edit']]) {
      room.capabilities = capabilities;
      room.close(CLOSE_CODES.role_changed.code);
      await page.state('offline');
      await page.state('synced');
    }
    page.text.insert(5, '!');
    expect(page.provider.state.kind).toBe('sending');
    await page.state('synced');
    expect(room.text).toBe('hello!');
  });

  it('[ROOM-53] nothing may be done in a room that is closed for good, and what was typed stays', async () => {
    const page = new Page();
    await page.state('synced');
    room.acknowledges = false;
    page.text.insert(0, 'last words ');
    let told = 0;
    page.provider.identityChanged.connect(() => told++);
    room.close(CLOSE_CODES.removed.code);
    await page.state('closed');
    expect([page.provider.may('edit'), page.provider.may('execute')]).toEqual([
      false,
      false
    ]);
    expect(told).toBe(1);
    page.doc.getMap('meta').set('by', 'JupyterLab itself');
    await new Promise(resolve => setImmediate(resolve));
    expect(page.text.toString()).toBe('last words hello');
  });

  it('[SAVE-30] save resolves when the server saved, and rejects with its reason', async () => {
    const page = new Page();
    await page.state('synced');
    const saved = page.provider.save();
    const failed = page.provider.save();
    room.tell('save_result', {
      id: '2',
      ok: false,
      message: 'The disk is full.'
    });
    room.tell('save_result', { id: '1', ok: true });
    await expect(failed).rejects.toThrow('The disk is full.');
    await expect(saved).resolves.toBeUndefined();
  });

  it('[SAVE-30] save rejects when the connection is lost meanwhile', async () => {
    const page = new Page();
    await page.state('synced');
    const saved = page.provider.save();
    room.close(1012);
    await expect(saved).rejects.toThrow('connection');
    await expect(page.provider.save()).rejects.toThrow('cannot be reached');
  });

  it('[TRUST-20] vouches here at once, tells the server, and again after a reconnect', async () => {
    const page = new Page();
    await page.state('synced');
    const digest = 'ab'.repeat(32) as Digest;
    page.provider.vouch([digest]);
    expect(page.provider.ledger.has(digest)).toBe(true);
    room.close(1012);
    await page.state('offline');
    await page.state('synced');
    expect(
      room.received.filter(name => name === 'vouch').length
    ).toBeGreaterThan(0);
    expect(room.bodies).toContainEqual({ digests: [digest] });
  });

  it('[TRUST-21] a page that may not execute vouches for itself only', async () => {
    room.capabilities = ['read', 'edit'];
    const page = new Page();
    await page.state('synced');
    page.provider.vouch(['cd'.repeat(32) as Digest]);
    page.text.insert(0, 'x');
    await page.state('synced');
    expect(room.received).not.toContain('vouch');
  });

  it('[ROOM-58] a room that began anew is not merged with what this page holds', async () => {
    const page = new Page();
    await page.state('synced');
    room.epoch = 'e2' as Epoch;
    room.closeCode = CLOSE_CODES.history_replaced.code;
    room.close(1012);
    await page.state('closed');
    expect(page.provider.state).toMatchObject({
      reason: 'history_replaced',
      unsent: false
    });
    expect(page.text.toString()).toBe('hello');
  });

  it('[ROOM-33] a copy that reads differently is opened anew, one that reads the same is left', async () => {
    const page = new Page();
    await page.state('synced');
    room.tell('copy', { kind: 'file', digest: copyDigest(room.doc, 'file') });
    page.text.insert(0, 'x');
    room.tell('copy', { kind: 'file', digest: 'of before the edit' });
    await page.until(() => room.text === 'xhello');
    await page.state('synced');
    room.tell('copy', { kind: 'file', digest: 'of another order' });
    await page.state('closed');
    expect(page.provider.state).toMatchObject({
      reason: 'history_replaced',
      unsent: false
    });
  });
});
