import { readFileSync } from 'fs';
import { join } from 'path';

import {
  can,
  capabilitiesOf,
  closeCode,
  CLOSE_CODES,
  INVITABLE,
  isRole,
  LIMITS,
  mayRetry,
  MESSAGES,
  readPageContext,
  roomAddresses,
  ROLES
} from '..';

const table = (name: string): unknown =>
  JSON.parse(
    readFileSync(join(__dirname, '../../../protocol', `${name}.json`), 'utf8')
  );

describe('tables', () => {
  it.each([
    ['messages', MESSAGES],
    ['close-codes', CLOSE_CODES],
    ['roles', ROLES],
    ['limits', LIMITS]
  ])('[ROOM-59] the page has protocol/%s.json', (name, mine) => {
    expect(mine).toEqual(table(name));
  });

  it('[ROLE-20] only hosts manage, runners execute, viewers read and chat', () => {
    expect([...capabilitiesOf('viewer')]).toEqual(['read', 'chat']);
    expect(can('editor', 'edit')).toBe(true);
    expect(can('editor', 'execute')).toBe(false);
    expect(can('runner', 'execute')).toBe(true);
    expect(INVITABLE.some(role => can(role, 'manage'))).toBe(false);
    expect(isRole('toString')).toBe(false);
  });

  it('[ROOM-53] unknown close codes of the 44xx range are final, others are not', () => {
    expect(closeCode(4410)?.name).toBe('session_ended');
    expect(mayRetry(4410)).toBe(false);
    expect(mayRetry(4428)).toBe(true);
    expect(mayRetry(4499)).toBe(false);
    expect(mayRetry(1006)).toBe(true);
  });

  it('[ROOM-60] the page config tells whose page it is', () => {
    expect(readPageContext('')).toEqual({ mode: 'host' });
    const guest = readPageContext(
      '{"mode": "guest", "session": "s1", "role": "sudo"}'
    );
    expect(guest).toEqual({ mode: 'guest', session: 's1', role: 'viewer' });
    expect(roomAddresses(guest).rooms).toBe('rooms');
  });
});
