import * as React from 'react';

import {
  IAudience,
  InvitableRole,
  IPolicy,
  IScopeItem,
  SessionKind
} from '../../session/model';
import { useShare } from './context';
import { ANYONE, covers, EXPIRIES, Expiry, IDraft } from './draft';

/** Everything is allowed: what the dialog shows until the server has answered (the server refuses all the same). */
export const OPEN: IPolicy = {
  kinds: ['ad-hoc', 'persistent'],
  roles: ['viewer', 'editor', 'runner'],
  folders: [],
  whole_root: true,
  longest_expiry_s: null,
  knock_required: false,
  identities: false,
  anonymous_allowed: true,
  off: '',
  reasons: {}
};

/** What the administrator allows. */
export function usePolicy(): IPolicy {
  const { sessions } = useShare();
  const [policy, setPolicy] = React.useState(OPEN);
  React.useEffect(() => {
    let current = true;
    sessions.api.policy().then(
      found => current && setPolicy(found),
      () => undefined
    );
    return () => {
      current = false;
    };
  }, [sessions]);
  return policy;
}

/** Whether a link may live so long. */
export function mayLast(policy: IPolicy, expiry: Expiry): boolean {
  const longest = policy.longest_expiry_s;
  return longest === null || (expiry !== null && expiry <= longest);
}

/** The expiry itself, or the longest of the list that is allowed; when none is, the limit. */
export function allowedExpiry(policy: IPolicy, expiry: Expiry): Expiry {
  if (mayLast(policy, expiry)) {
    return expiry;
  }
  const allowed = EXPIRIES.filter(choice => mayLast(policy, choice));
  return allowed[allowed.length - 1] ?? policy.longest_expiry_s;
}

/** The role, or the highest below it that links may give. */
export function allowedRole(
  policy: IPolicy,
  role: InvitableRole
): InvitableRole {
  const order = OPEN.roles;
  const below = order.slice(0, order.indexOf(role) + 1).reverse();
  return below.find(one => policy.roles.includes(one)) ?? role;
}

/** The audience itself; where links for anyone are not allowed, members of the hub, and the other way round. */
export function allowedAudience(
  policy: IPolicy,
  audience: IAudience
): IAudience {
  if (audience.kind === 'any' && !policy.anonymous_allowed) {
    return { kind: 'members', names: [] };
  }
  return audience.kind !== 'any' && !policy.identities ? ANYONE : audience;
}

function allowedKind(policy: IPolicy, kind: SessionKind): SessionKind {
  return policy.kinds.includes(kind) ? kind : (policy.kinds[0] ?? kind);
}

/** The draft as it may be started; what the host chose comes back when the policy does not touch it. */
export function allowedDraft(policy: IPolicy, draft: IDraft): IDraft {
  const role = allowedRole(policy, draft.role);
  const kind = allowedKind(policy, draft.kind);
  const expiry = allowedExpiry(policy, draft.expiry);
  const knock = policy.knock_required || draft.knock;
  const audience = allowedAudience(policy, draft.audience);
  return { ...draft, role, kind, expiry, knock, audience };
}

/** Why nothing can be started with this scope, or "". */
export function startReason(
  policy: IPolicy,
  scope: readonly IScopeItem[]
): string {
  if (policy.off !== '') {
    return policy.off;
  }
  if (policy.kinds.length === 0) {
    return policy.reasons['kind.ad-hoc'] ?? '';
  }
  return scope.map(item => itemReason(policy, item)).find(Boolean) ?? '';
}

/** Why this may not be shared, or "". */
export function itemReason(policy: IPolicy, item: IScopeItem): string {
  if (!policy.whole_root && item.path === '') {
    return policy.reasons['scope.root'] ?? '';
  }
  const isInside = policy.folders.some(path =>
    covers({ path, type: 'directory' }, item.path)
  );
  return policy.folders.length > 0 && !isInside
    ? (policy.reasons['scope.folders'] ?? '')
    : '';
}

/** The policy for a role that the host gives to one person: what links may not give may be given by hand. */
export function givenRoles(policy: IPolicy): IPolicy {
  const reason = (role: InvitableRole) => policy.reasons[`give.${role}`];
  const reasons = Object.fromEntries(
    OPEN.roles.map(role => [`role.${role}`, reason(role) ?? ''])
  );
  const roles = OPEN.roles.filter(role => !reason(role));
  return { ...policy, roles, reasons: { ...policy.reasons, ...reasons } };
}
