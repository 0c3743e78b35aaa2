import { TranslationBundle } from '@jupyterlab/translation';

import { AudienceKind, IAudience, IPolicy } from '../../session/model';

/** "anyone with the link" */
export function audienceName(
  kind: AudienceKind,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'any':
      return trans.__('anyone with the link');
    case 'members':
      return trans.__('members of this JupyterHub');
    case 'users':
      return trans.__('these people:');
    case 'groups':
      return trans.__('these groups:');
  }
}

/** "only bo and cy", "only members of this JupyterHub"; "" for anyone. */
export function audienceMeans(
  audience: IAudience | undefined,
  trans: TranslationBundle
): string {
  const names = (audience?.names ?? []).join(', ');
  switch (audience?.kind) {
    case 'members':
      return trans.__('only members of this JupyterHub');
    case 'users':
      return trans.__('only %1', names);
    case 'groups':
      return trans.__('only the groups %1', names);
    default:
      return '';
  }
}

/** Why a link cannot be made for this audience, or "". */
export function audienceReason(
  policy: IPolicy,
  audience: IAudience,
  trans: TranslationBundle
): string {
  return audience.kind !== 'any' && !policy.identities
    ? (policy.reasons['audience.limited'] ?? '')
    : missingNames(audience, trans);
}

/** What to type, while nobody is named; "" when nothing is missing. */
export function missingNames(
  audience: IAudience,
  trans: TranslationBundle
): string {
  const named = audience.kind === 'users' || audience.kind === 'groups';
  if (!named || audience.names.length > 0) {
    return '';
  }
  return audience.kind === 'users'
    ? trans.__('Name at least one person, as the hub writes the account.')
    : trans.__('Name at least one group of the hub.');
}

/** Names apart from each other by commas or spaces at their ends. */
export function namesIn(text: string): string[] {
  const names = text.split(/[,;\n]/).map(name => name.trim());
  return [...new Set(names.filter(name => name !== ''))];
}
