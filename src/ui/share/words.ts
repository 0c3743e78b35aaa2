import { PageConfig, PathExt } from '@jupyterlab/coreutils';
import { TranslationBundle } from '@jupyterlab/translation';

import { Reach as SessionsReach } from '../../session/reach';
import { ApiError } from '../../session/request';
import {
  IInvite,
  IKnock,
  InvitableRole,
  IScopeItem,
  ISession,
  Role
} from '../../session/model';
import { audienceMeans } from './audienceWords';
import { Expiry, shownPath } from './draft';

export const INVITABLE: readonly InvitableRole[] = [
  'viewer',
  'editor',
  'runner'
];

/** "Guests can …"; what the host is, is no verb. */
export function roleVerb(role: Role, trans: TranslationBundle): string {
  switch (role) {
    case 'viewer':
      return trans.__('view');
    case 'editor':
      return trans.__('edit');
    case 'runner':
      return trans.__('run');
    case 'host':
      return trans.__('host');
  }
}

export function roleMeans(role: InvitableRole, trans: TranslationBundle) {
  switch (role) {
    case 'viewer':
      return trans.__('read along, chat');
    case 'editor':
      return trans.__('change these files, chat');
    case 'runner':
      return trans.__(
        'edit and run code. Running code means full access to your account on this server.'
      );
  }
}

export function roleName(role: Role, trans: TranslationBundle): string {
  switch (role) {
    case 'viewer':
      return trans.__('viewer');
    case 'editor':
      return trans.__('editor');
    case 'runner':
      return trans.__('runner');
    case 'host':
      return trans.__('host');
  }
}

/** "“Grace” wants to join as an editor.", and what it means to let somebody run code. */
export function knockWords(
  { name, role }: Pick<IKnock, 'name' | 'role'>,
  trans: TranslationBundle
): string {
  switch (role) {
    case 'viewer':
      return trans.__('“%1” wants to join as a viewer.', name);
    case 'editor':
      return trans.__('“%1” wants to join as an editor.', name);
    case 'runner':
      return trans.__(
        '“%1” wants to join and run code. Running code means full access to your account on this server.',
        name
      );
  }
}

export function expiryName(expiry: Expiry, trans: TranslationBundle): string {
  if (expiry === null) {
    return trans.__('never');
  }
  if (expiry < 3600) {
    const minutes = Math.ceil(expiry / 60);
    return trans._n('in %1 minute', 'in %1 minutes', minutes);
  }
  const hours = Math.round(expiry / 3600);
  return hours <= 24
    ? trans._n('in %1 hour', 'in %1 hours', hours)
    : trans._n('in %1 day', 'in %1 days', Math.round(hours / 24));
}

/** "tomorrow 10:15", "today 18:00", or the date; `at` in milliseconds since 1970. */
export function whenName(
  at: number,
  now: Date = new Date(),
  locale?: string
): string {
  const date = new Date(at);
  const midnight = (day: Date) => new Date(day).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  const time = date.toLocaleTimeString(locale, {
    hour: 'numeric',
    minute: '2-digit'
  });
  if (Math.abs(days) <= 1) {
    const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    return `${relative.format(days, 'day')} ${time}`;
  }
  return date.toLocaleDateString(locale, { dateStyle: 'medium' });
}

/** What a role lets people do, at the beginning of a line. */
export function roleCan(role: InvitableRole, trans: TranslationBundle): string {
  switch (role) {
    case 'viewer':
      return trans.__('Can view');
    case 'editor':
      return trans.__('Can edit');
    case 'runner':
      return trans.__('Can edit and run code');
  }
}

/** "Can edit · ask before entry · expires tomorrow 10:15 · used 1 of 5" */
export function inviteMeans(
  invite: IInvite,
  trans: TranslationBundle,
  now: Date = new Date()
): string {
  const parts = [roleCan(invite.role, trans)];
  const audience = audienceMeans(invite.audience, trans);
  if (audience) {
    parts.push(audience);
  }
  if (invite.knock) {
    parts.push(trans.__('ask before entry'));
  }
  parts.push(
    invite.expires_at === null
      ? trans.__('never expires')
      : trans.__('expires %1', whenName(invite.expires_at, now))
  );
  if (invite.max_uses !== null) {
    parts.push(trans.__('used %1 of %2', invite.uses, invite.max_uses));
  } else if (invite.uses > 0) {
    parts.push(trans._n('used once', 'used %1 times', invite.uses));
  }
  return parts.join(' · ');
}

/** What the host called a link, else for whom it is. */
export function linkName(
  invite: Pick<IInvite, 'label' | 'role'>,
  trans: TranslationBundle
): string {
  if (invite.label) {
    return invite.label;
  }
  switch (invite.role) {
    case 'viewer':
      return trans.__('Viewers');
    case 'editor':
      return trans.__('Editors');
    case 'runner':
      return trans.__('Runners');
  }
}

/** The folder that JupyterLab runs in, "bicycles"; '' when the server does not tell. */
export function rootName(): string {
  return PathExt.basename(PageConfig.getOption('serverRoot'));
}

/** All of the folder that JupyterLab runs in, by its name. */
export function everythingName(
  trans: TranslationBundle,
  root = rootName()
): string {
  switch (root) {
    case '':
      return trans.__('Everything in this folder');
    case '~':
      return trans.__('Everything in your home folder');
    default:
      return trans.__('Everything in %1', root);
  }
}

export function itemName(item: IScopeItem, trans: TranslationBundle): string {
  return item.path === '' ? everythingName(trans) : shownPath(item);
}

/** "analysis.ipynb + data/", short enough for a heading. */
export function scopeName(
  scope: readonly IScopeItem[],
  trans: TranslationBundle
): string {
  const names = scope.slice(0, 3).map(item => {
    const name = itemName(item, trans);
    return (
      name
        .split('/')
        .filter(part => part !== '')
        .pop() ?? name
    );
  });
  const more = scope.length - names.length;
  return names.join(' + ') + (more > 0 ? ` + ${more}` : '');
}

/** In place of what the server would have to say. */
export function unreachedWords(
  reach: SessionsReach,
  trans: TranslationBundle
): string {
  return reach === 'offline'
    ? trans.__('You’re offline')
    : trans.__('The server does not answer');
}

/** What happened and what to do, for any error. */
export function errorWords(error: unknown, trans: TranslationBundle): string {
  if (error instanceof ApiError && error.status === 0) {
    return trans.__(
      'The Jupyter server does not answer. Check that it is running, then try again.'
    );
  }
  if (error instanceof ApiError && error.code === 'error') {
    return trans.__(
      'The server could not do that (%1 %2). Try again, or look at its log.',
      error.status,
      error.message
    );
  }
  return error instanceof Error ? error.message : String(error);
}

/** "Anna", "Anna and Ben", "Anna, Ben and Carla" */
export function nameList(names: readonly string[], locale?: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}

/** What each session is called; when several have one name, with the time they began. */
export function sessionNames(
  sessions: readonly ISession[],
  trans: TranslationBundle
): ReadonlyMap<string, string> {
  const plain = sessions.map(one => one.title || scopeName(one.scope, trans));
  return new Map(
    sessions.map(({ id, created_at }, at) => {
      const isAlone = plain.filter(name => name === plain[at]).length === 1;
      const since = new Date(created_at).toLocaleTimeString(undefined, {
        timeStyle: 'medium'
      });
      return [
        id,
        isAlone ? plain[at] : trans.__('%1, since %2', plain[at], since)
      ];
    })
  );
}
