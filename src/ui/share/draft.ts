import {
  IAudience,
  InvitableRole,
  IScopeItem,
  ISessionOptions,
  SessionKind
} from '../../session/model';

/** Seconds that a link works; null: for ever. */
export type Expiry = number | null;

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
export const EXPIRIES: readonly Expiry[] = [
  HOUR_S,
  DAY_S,
  7 * DAY_S,
  30 * DAY_S,
  null
];

/** When to be asked before someone enters: `auto` asks for who may change something, in a meeting. */
export type KnockDefault = 'auto' | 'always' | 'never';

export const ANYONE: IAudience = { kind: 'any', names: [] };

/** What the dialog starts with, from the settings. */
export interface IDefaults {
  readonly role: InvitableRole;
  readonly kind: SessionKind;
  readonly knock: KnockDefault;
  /** The host's name for guests. */
  readonly hostName: string;
}

export const DEFAULTS: IDefaults = {
  role: 'editor',
  kind: 'ad-hoc',
  knock: 'auto',
  hostName: ''
};

/** The session that the host is about to start. One choice changes no other. */
export interface IDraft {
  readonly scope: readonly IScopeItem[];
  readonly role: InvitableRole;
  readonly kind: SessionKind;
  readonly knock: boolean;
  readonly expiry: Expiry;
  readonly hostName: string;
  readonly audience: IAudience;
}

export function newDraft(
  scope: readonly IScopeItem[],
  defaults: IDefaults = DEFAULTS
): IDraft {
  return {
    scope: normalScope(scope),
    role: defaults.role,
    kind: defaults.kind,
    knock: defaultKnock(defaults.role, defaults.kind, defaults.knock),
    expiry: defaultExpiry(defaults.kind),
    hostName: defaults.hostName,
    audience: ANYONE
  };
}

/** Whether the form starts with asking the host before a guest of this role enters. */
export function defaultKnock(
  role: InvitableRole,
  kind: SessionKind,
  setting: KnockDefault = 'auto'
): boolean {
  return setting === 'auto'
    ? kind === 'ad-hoc' && role !== 'viewer'
    : setting === 'always';
}

/** What the form, and one for a new link, start with. */
export function defaultExpiry(kind: SessionKind): Expiry {
  return kind === 'ad-hoc' ? DAY_S : null;
}

/** Whether a session goes on after its link has expired. */
export function outlivesLink({
  kind,
  expiry
}: Pick<IDraft, 'kind' | 'expiry'>): boolean {
  return kind === 'persistent' && expiry !== null;
}

export function optionsOf(draft: IDraft): ISessionOptions {
  return {
    scope: draft.scope,
    kind: draft.kind,
    ...(draft.hostName.trim() ? { host_name: draft.hostName.trim() } : {}),
    invite: {
      role: draft.role,
      knock: draft.knock,
      expires_in_s: draft.expiry,
      ...(draft.audience.kind === 'any' ? {} : { audience: draft.audience })
    }
  };
}

/** Whether `item` covers `path`: the same, or a folder above it. The empty path is the whole project. */
export function covers(item: IScopeItem, path: string): boolean {
  return (
    item.path === path ||
    (item.type === 'directory' &&
      (item.path === '' || path.startsWith(item.path + '/')))
  );
}

/** Without what a shared folder already covers. */
export function normalScope(scope: readonly IScopeItem[]): IScopeItem[] {
  return scope.filter(
    (item, index) =>
      !scope.some((other, at) =>
        other.path === item.path ? at < index : covers(other, item.path)
      )
  );
}

/** Adds what is missing, takes away what is there. */
export function toggled(
  scope: readonly IScopeItem[],
  item: IScopeItem
): IScopeItem[] {
  return scope.some(other => other.path === item.path)
    ? scope.filter(other => other.path !== item.path)
    : normalScope([...scope, item]);
}

/** A path as people see it: a folder ends with a slash. */
export function shownPath(item: IScopeItem): string {
  return item.type === 'directory' && item.path !== ''
    ? `${item.path}/`
    : item.path;
}
