import { ROLES } from './tables';

export type Role = keyof typeof ROLES.roles;
export type Capability = (typeof ROLES.capabilities)[number];
export type Capabilities = ReadonlySet<Capability>;

/** Roles that an invite may carry. */
export const INVITABLE: readonly Role[] = ROLES.invitable;

/** Everything that `role` may do. */
export function capabilitiesOf(role: Role): Capabilities {
  return new Set<Capability>(ROLES.roles[role].capabilities);
}

/** Whether `role` has `capability`. Ask this; never compare role names. */
export function can(role: Role, capability: Capability): boolean {
  return capabilitiesOf(role).has(capability);
}

/** Narrows a name from the wire. */
export function isRole(name: unknown): name is Role {
  return Object.keys(ROLES.roles).includes(name as string);
}

/** The capabilities that this page knows among names from the wire. */
export function readCapabilities(names: readonly unknown[]): Capabilities {
  return new Set(ROLES.capabilities.filter(name => names.includes(name)));
}
