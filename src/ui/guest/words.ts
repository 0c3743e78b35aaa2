import { TranslationBundle } from '@jupyterlab/translation';

import { GuestState } from '../../session/guest';
import { IMe, Role } from '../../session/model';
import { CommandNeed } from './commandTable';

function youCan(role: Role, trans: TranslationBundle): string {
  switch (role) {
    case 'viewer':
      return trans.__('you can read');
    case 'editor':
      return trans.__('you can edit');
    case 'runner':
      return trans.__('you can edit and run');
    case 'host':
      return trans.__('you are the host');
  }
}

/** “Anna · edit”, for a phone. */
export function shortWords(me: IMe | null, trans: TranslationBundle): string {
  return me
    ? `${me.session.host.name} · ${roleVerb(me.role, trans)}`
    : trans.__('Joining…');
}

function roleVerb(role: Role, trans: TranslationBundle): string {
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

/** “Anna’s session · you can edit” */
export function sessionWords(me: IMe | null, trans: TranslationBundle): string {
  return me
    ? trans.__(
        '%1’s session · %2',
        me.session.host.name,
        youCan(me.role, trans)
      )
    : trans.__('Joining the session…');
}

/** Where the work of this page stands, always true. */
export function connectionWords(
  state: GuestState,
  me: IMe | null,
  trans: TranslationBundle
): string {
  switch (state.kind) {
    case 'connecting':
      return trans.__('connecting…');
    case 'lost':
      return trans.__('Reconnecting… your changes are kept in this page');
    case 'here':
      return me?.session.host.present
        ? trans.__('host online · saved to the host’s files')
        : trans.__('host away · saved to the host’s files');
    case 'over':
      return '';
  }
}

export interface IOver {
  readonly what: string;
  readonly next: string;
}

/** What happened, by whom, and what can still be done. */
export function overWords(
  state: Extract<GuestState, { kind: 'over' }>,
  me: IMe | null,
  trans: TranslationBundle
): IOver {
  const host = me?.session.host.name ?? trans.__('The host');
  const rest = trans.__(
    'You can still read and copy what is on this page; nothing you type is saved any more.'
  );
  switch (state.why) {
    case 'ended':
      return {
        what: trans.__('The session of %1 has ended.', host),
        next: rest + ' ' + trans.__('Ask for a new link to come back.')
      };
    case 'removed':
      return {
        what: trans.__('%1 has taken you out of the session.', host),
        next: rest
      };
    case 'left':
      return {
        what: trans.__('You have left the session.'),
        next: trans.__('Open the link again to come back.')
      };
    case 'refused':
      return {
        what: state.message || trans.__('This page is not signed in any more.'),
        next: rest + ' ' + trans.__('Open the link again to come back.')
      };
  }
}

/** One quiet sentence for who tried what they may not. */
export function hintWords(need: CommandNeed, trans: TranslationBundle): string {
  switch (need) {
    case 'edit':
      return trans.__('You’re viewing.');
    case 'execute':
      return trans.__('You can’t run code here.');
    case 'restart':
      return trans.__('Only the host can restart kernels in this session.');
    case 'organize':
    case 'organize-front':
      return trans.__('You can create or move files only in shared folders.');
    case 'never':
    case 'hidden':
      return trans.__('This is not part of the session.');
  }
}

/** What changed for the guest, to be said once. */
export function roleWords(role: Role, trans: TranslationBundle): string {
  switch (role) {
    case 'viewer':
      return trans.__('The host made you a viewer: you can read, not edit.');
    case 'editor':
      return trans.__('You can edit now.');
    case 'runner':
    case 'host':
      return trans.__('You can edit and run code now.');
  }
}
