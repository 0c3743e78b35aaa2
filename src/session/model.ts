/** What the host's REST API and the gateway answer (protocol/openapi.json). Times are milliseconds since 1970. */

import type { Capability, Role } from '../protocol';

export type { Capability, Role };
export type InvitableRole = Exclude<Role, 'host'>;
export type SessionKind = 'ad-hoc' | 'persistent';

/** A file, or a folder with everything below it; the path is relative to the host's content root. */
export interface IScopeItem {
  readonly path: string;
  readonly type: 'file' | 'directory';
}

export type AudienceKind = 'any' | 'members' | 'users' | 'groups';

/** For whom a link is; the names are users or groups as the hub writes them. */
export interface IAudience {
  readonly kind: AudienceKind;
  readonly names: readonly string[];
}

export interface IInvite {
  readonly id: string;
  readonly role: InvitableRole;
  readonly knock: boolean;
  readonly state: 'live' | 'expired' | 'used_up' | 'ended';
  readonly expires_at: number | null;
  readonly max_uses: number | null;
  readonly uses: number;
  readonly audience?: IAudience;
  /** False after a restart of the server: only a hash of the secret is kept. */
  readonly copyable: boolean;
  /** Only in the answer to who made it; `SessionsModel.link` has it later. */
  readonly link?: string;
  /** Beside `link`: its secret as this browser may keep it; only the server can open it. */
  readonly sealed?: string;
  /** What the host called it, or "". */
  readonly label?: string;
}

export interface IParticipant {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly role: Role;
  readonly online: boolean;
  /** The file this person is in, when the server knows it. */
  readonly path?: string | null;
  /** The name is that of an account of the hub. */
  readonly verified?: boolean;
}

/** Somebody who waits at the door. */
export interface IKnock {
  readonly id: string;
  readonly name: string;
  readonly role: InvitableRole;
  readonly verified?: boolean;
}

/** An account of the hub that asked for a session while the server was stopped; milliseconds since 1970. */
export interface IAsked {
  readonly user: string;
  readonly at: number;
}

export interface ISession {
  readonly id: string;
  readonly title: string;
  readonly kind: SessionKind;
  readonly created_at: number;
  readonly scope: readonly IScopeItem[];
  readonly invites: readonly IInvite[];
  readonly participants: readonly IParticipant[];
  readonly knocks: readonly IKnock[];
  /** Accounts of the hub that were removed: no link opens for them. */
  readonly banned?: readonly string[];
  /** Who asked while the server was stopped, and has not come in since. */
  readonly asked?: readonly IAsked[];
}

/** Where the links of this server can be opened, as the server sees it. */
export interface IReachability {
  readonly kind: 'this-computer' | 'this-network' | 'jupyterhub' | 'public';
  readonly host: string;
  readonly text: string;
  /** What to do when others cannot reach it, or "". */
  readonly advice: string;
  /** Nobody on another computer can open a link. */
  readonly only_here: boolean;
}

/** What the administrator allows. */
export interface IPolicy {
  readonly kinds: readonly SessionKind[];
  /** That a link may give. */
  readonly roles: readonly InvitableRole[];
  /** Of which anything may be shared, and nothing else; empty: everything. */
  readonly folders: readonly string[];
  readonly whole_root: boolean;
  /** null: without a bound. */
  readonly longest_expiry_s: number | null;
  readonly knock_required: boolean;
  /** Whether links can be for people of the hub. */
  readonly identities: boolean;
  /** Whether links may be for anyone. */
  readonly anonymous_allowed: boolean;
  /**
   * Sentences by what is forbidden: `kind.KIND`, `role.ROLE`, `scope.root`, `scope.folders`, `expiry`, `knock.off`,
   * `audience.any`, `audience.limited`.
   */
  /** Why nothing can be shared at all, or "". */
  readonly off: string;
  readonly reasons: Readonly<Record<string, string>>;
}

/** How much a scope would show to guests. */
export interface IScopePreview {
  readonly files: number;
  /** The count stopped at a limit. */
  readonly more: boolean;
  /** Items that do not exist. */
  readonly missing: readonly string[];
}

export interface IInviteOptions {
  readonly role: InvitableRole;
  readonly knock: boolean;
  /** null: never. */
  readonly expires_in_s?: number | null;
  readonly max_uses?: number | null;
  readonly audience?: IAudience;
  readonly label?: string;
}

export interface ISessionOptions {
  readonly scope: readonly IScopeItem[];
  readonly kind: SessionKind;
  readonly title?: string;
  /** As guests read it; without it the identity's. */
  readonly host_name?: string;
  readonly invite: IInviteOptions;
}

/** Something that happened, from the events socket. */
export interface IEvent {
  readonly type: string;
  readonly session?: string | null;
  readonly [key: string]: unknown;
}

/** On `path` and all below it the guest may do less than elsewhere. */
export interface INarrowed {
  readonly path: string;
  readonly capabilities: readonly Capability[];
}

/** Who this guest is and what they may do, from the gateway. */
export interface IMe {
  readonly user: { readonly display_name: string; readonly color: string };
  readonly role: Role;
  readonly capabilities: readonly Capability[];
  readonly narrowed: readonly INarrowed[];
  readonly session: {
    readonly id: string;
    readonly title: string;
    readonly host: { readonly name: string; readonly present: boolean };
    readonly scope: readonly IScopeItem[];
    readonly kernel_restart: boolean;
  };
}
