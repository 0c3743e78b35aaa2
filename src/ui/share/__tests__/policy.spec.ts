import { IPolicy, IScopeItem } from '../../../session/model';
import { newDraft } from '../draft';
import {
  allowedDraft,
  allowedExpiry,
  allowedRole,
  givenRoles,
  itemReason,
  OPEN,
  startReason
} from '../policy';

const policy = (part: Partial<IPolicy>): IPolicy => ({ ...OPEN, ...part });
const file = (path: string): IScopeItem => ({ path, type: 'file' });

describe('policy', () => {
  it('[POL-13] leaves a draft alone that it allows', () => {
    const draft = { ...newDraft([file('a')]), expiry: 3600 };
    expect(allowedDraft(OPEN, draft)).toEqual(draft);
  });

  it('[POL-13] lowers a role to what links may give', () => {
    expect(allowedRole(policy({ roles: ['viewer'] }), 'runner')).toBe('viewer');
    expect(allowedRole(OPEN, 'editor')).toBe('editor');
  });

  it('[POL-13] shortens an expiry, to the limit where no choice is short enough', () => {
    const days = policy({ longest_expiry_s: 10 * 86400 });
    expect(allowedExpiry(days, null)).toBe(7 * 86400);
    expect(allowedExpiry(policy({ longest_expiry_s: 60 }), 3600)).toBe(60);
    expect(allowedExpiry(OPEN, null)).toBeNull();
  });

  it('[POL-13] says why a scope cannot be shared', () => {
    const reasons = { 'scope.root': 'root', 'scope.folders': 'folders' };
    const root = policy({ whole_root: false, reasons });
    expect(startReason(root, [{ path: '', type: 'directory' }])).toBe('root');
    const open = policy({ folders: ['open'], reasons });
    expect(startReason(open, [file('open/a'), file('opened')])).toBe('folders');
    expect(startReason(open, [file('open/a')])).toBe('');
  });

  it('[POL-13] says why one file or folder cannot be chosen', () => {
    const reasons = { 'scope.root': 'root', 'scope.folders': 'folders' };
    const open = policy({ folders: ['open'], reasons });
    const folder: IScopeItem = { path: 'open', type: 'directory' };
    expect(itemReason(open, { path: '', type: 'directory' })).toBe('folders');
    expect(itemReason(open, folder)).toBe('');
    expect(itemReason(policy({ whole_root: false, reasons }), folder)).toBe('');
  });

  it('[POL-5] [POL-13] lets the host give by hand what only links may not give', () => {
    const reasons = { 'role.editor': 'links', 'role.runner': 'links' };
    const links = policy({ roles: ['viewer'], reasons });
    expect(givenRoles(links).roles).toEqual(OPEN.roles);
    const no = { ...reasons, 'give.runner': 'nobody runs code' };
    const nobody = givenRoles(policy({ roles: ['viewer'], reasons: no }));
    expect(nobody.roles).toEqual(['viewer', 'editor']);
    expect(nobody.reasons['role.runner']).toBe('nobody runs code');
    expect(nobody.reasons['role.editor']).toBe('');
  });
});
