import { YNotebook } from '@jupyter/ydoc';
import { Signal } from '@lumino/signaling';

import { OpenRoom } from '../../../drive';
import { IHere, PeopleModel } from '../../../session/people';
import { IPeer } from '../../../sync';
import { Presences } from '../hub';
import { cellNumber, Roster } from '../roster';

const host = { id: 'host', name: 'Hanna', color: '', isHost: true };

const here = (id: string, more: Partial<IHere> = {}): IHere => ({
  ...{ id, name: id, color: '#112233', initials: '', role: 'editor' },
  ...{ verified: false, paths: [], front: null, activity: null },
  ...{ via: null, round_trip_ms: null, ...more }
});

const peer = (username: string, more: Partial<IPeer> = {}): IPeer => ({
  client: 1,
  user: { username, name: username, display_name: username, initials: '' },
  ...more
});

/** The documents of a page with one peer in each. */
function presences(peers: Record<string, IPeer>) {
  const rooms = Object.keys(peers).map(path => ({ path }) as OpenRoom);
  const self = {
    rooms,
    of: (room: OpenRoom) => ({ peers: new Map([[1, peers[room.path]]]) })
  } as unknown as Presences;
  const changed = new Signal<Presences, OpenRoom>(self);
  return Object.assign(self, { changed });
}

function roster(peers: Record<string, IPeer>, people: IHere[], me = host) {
  const model = new PeopleModel();
  model.take({ type: 'people', people });
  return { model, roster: new Roster(presences(peers), model, () => me) };
}

describe('Roster', () => {
  it('[PRES-40] I come first, with my name before the server knows me', () => {
    const { roster: list } = roster({}, [here('ada')]);
    expect(list.members.map(({ name }) => name)).toEqual(['Hanna', 'ada']);
    expect(list.members[0]).toMatchObject({ isMe: true, role: 'host' });
  });

  it('[PRES-40] the host’s page does not show its person twice', () => {
    const twin = here('other-name', { role: 'host' });
    expect(roster({}, [twin]).roster.others).toEqual([]);
    const guest = { ...host, id: 'ada', isHost: false };
    expect(roster({}, [twin], guest).roster.others).toHaveLength(1);
  });

  it('[PRES-41] where somebody is: the document in front, also one that is not open here', () => {
    const paths = ['a.py', 'b.py', 'c.py'];
    const people = [here('ada', { paths, front: 'b.py' })];
    const seen = (front: boolean) =>
      roster({ 'a.py': peer('ada', { front }) }, people).roster.find('ada');
    expect(seen(true)?.path).toBe('a.py');
    expect(seen(false)?.path).toBe('b.py');
    expect(seen(false)?.paths).toEqual(paths);
  });

  it('[PRES-41] somebody in front of what I may not see is where I can see them, not in some other file', () => {
    const people = [here('ada', { paths: ['a.py', 'c.py'] })];
    const list = roster({ 'a.py': peer('ada') }, people).roster;
    expect(list.find('ada')?.path).toBe('a.py');
    expect(roster({}, people).roster.find('ada')?.path).toBe('c.py');
  });

  it('[PRES-9] what somebody does: the server’s word, else what their pages here tell; unknown is not active', () => {
    const seen = (more: Partial<IHere>, peers: Record<string, IPeer> = {}) =>
      roster(peers, [here('ada', more)]).roster.find('ada')?.activity;
    expect(seen({ activity: 'idle' })).toBe('idle');
    const idle = peer('ada', { activity: 'idle', front: true });
    expect(seen({}, { 'a.py': idle })).toBe('idle');
    expect(seen({}, { 'a.py': idle, 'b.py': peer('ada') })).toBe('active');
    expect(seen({ activity: 'active' }, { 'a.py': idle })).toBe('active');
    expect(seen({})).toBeNull();
    expect(roster({}, []).roster.find('host')?.activity).toBe('active');
  });

  it('[PRES-30] tells who is in a file, and below a folder', () => {
    const { roster: list } = roster({}, [here('ada', { paths: ['x/a.py'] })]);
    expect(list.in('x/a.py')).toHaveLength(1);
    expect(list.in('x', true)).toHaveLength(1);
    expect(list.in('x')).toHaveLength(0);
    expect(list.in('y', true)).toHaveLength(0);
  });

  it('[PRES-40] people come and go by the server’s events', () => {
    const { model, roster: list } = roster({}, [here('ada')]);
    model.take({ type: 'person', person: here('bob') });
    model.take({ type: 'person-gone', id: 'ada' });
    expect(list.others.map(({ id }) => id)).toEqual(['bob']);
    expect(model.take({ type: 'knock' })).toBe(false);
  });
});

describe('cellNumber', () => {
  it('[PRES-40] counts from one, and knows of cells that are gone', () => {
    const notebook = new YNotebook();
    notebook.insertCells(0, [
      { cell_type: 'code', id: 'c1' },
      { cell_type: 'code', id: 'c2' }
    ]);
    const room = { sharedModel: notebook } as unknown as OpenRoom;
    expect(cellNumber({ room, peer: peer('ada', { cell: 'c2' }) })).toBe(2);
    expect(cellNumber({ room, peer: peer('ada', { cell: 'no' }) })).toBeNull();
    notebook.dispose();
  });
});
