import { SaveInfo, SyncState } from '../state';
import { Standing, standingOf, worstOf } from '../standing';

const saved: SaveInfo = { state: 'saved', at: 7, safe: true };
const save = (part: Partial<SaveInfo>): SaveInfo => ({ ...saved, ...part });
const synced: SyncState = { kind: 'synced' };
const sending: SyncState = { kind: 'sending', unacked: 1 };
const removed: SyncState = {
  kind: 'closed',
  reason: 'removed',
  message: 'Out.',
  unsent: true
};

describe('[UI-41] how a document stands', () => {
  it.each<[string, SyncState, SaveInfo | null, boolean, Standing]>([
    ['saved', synced, saved, true, { kind: 'saved', at: 7 }],
    ['not told yet', synced, null, true, { kind: 'connecting' }],
    ['first copy', { kind: 'connecting' }, null, true, { kind: 'connecting' }],
    ['on its way', sending, saved, true, { kind: 'saving' }],
    [
      'in the journal',
      synced,
      save({ state: 'unsaved' }),
      true,
      { kind: 'saving' }
    ],
    [
      'disk full',
      sending,
      save({ state: 'failed', reason: 'Full.' }),
      true,
      { kind: 'failing', reason: 'Full.', safe: true }
    ],
    [
      'journal full',
      synced,
      save({ safe: false }),
      true,
      { kind: 'failing', reason: '', safe: false }
    ],
    [
      'server away, whatever was saved last',
      { kind: 'offline', unsent: true },
      save({ state: 'failed', reason: 'Full.' }),
      true,
      { kind: 'lost', unsent: true }
    ],
    ['no network', sending, saved, false, { kind: 'offline', unsent: true }],
    ['removed without a network', removed, saved, false, removed]
  ])('%s', (_, sync, told, online, standing) =>
    expect(standingOf(sync, told, online)).toEqual(standing)
  );

  it('of several documents, the one to hear of first', () => {
    const lost: Standing = { kind: 'lost', unsent: false };
    const failing: Standing = { kind: 'failing', reason: '', safe: true };
    const fine: Standing = { kind: 'saved', at: 1 };
    expect(worstOf([fine, failing, { kind: 'saving' }])).toBe(failing);
    expect(worstOf([failing, lost])).toBe(lost);
    expect(worstOf([])).toBeNull();
  });
});
