import { TranslationBundle } from '@jupyterlab/translation';

import { GuestState } from '../../session/guest';
import { IMe, Role } from '../../session/model';
import { Reach } from '../../session/reach';
import { Standing } from '../../sync';
import { roleVerb } from '../share/words';
import { standingWords } from '../state/words';
import { CommandNeed } from './commandTable';
import { AskedRole } from './hints';

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

/**
 * Where the work of this page stands: whether the server answers, and the worst of the open documents.
 *
 * @param name - which document that is, where trouble of one could be taken for that of another; else "".
 */
export function connectionWords(
  reach: Reach,
  standing: Standing | null,
  name: string,
  me: IMe | null,
  trans: TranslationBundle
): string {
  switch (reach) {
    case 'connecting':
      return trans.__('Connecting…');
    case 'lost':
      return standingWords({ kind: 'lost', unsent: true }, trans);
    case 'offline':
      return standingWords({ kind: 'offline', unsent: true }, trans);
    case 'over':
      return '';
    case 'here': {
      const host = me?.session.host.present
        ? trans.__('host online')
        : trans.__('host away');
      return standing
        ? `${host} · ${savingWords(standing, name, me, trans)}`
        : host;
    }
  }
}

function savingWords(
  standing: Standing,
  name: string,
  me: IMe | null,
  trans: TranslationBundle
): string {
  if (standing.kind === 'saved') {
    return trans.__('saved in %1’s files', hostName(me, trans));
  }
  const words = standingWords(standing, trans);
  const isOfOne = standing.kind === 'failing' || standing.kind === 'closed';
  return name && isOfOne ? trans.__('%1: %2', name, words) : words;
}

function hostName(me: IMe | null, trans: TranslationBundle): string {
  return me?.session.host.name ?? trans.__('The host');
}

export function askWords(role: AskedRole, trans: TranslationBundle): string {
  return role === 'editor' ? trans.__('Ask to edit') : trans.__('Ask to run');
}

export interface IOver {
  readonly what: string;
  readonly next: string;
}

/**
 * What happened, by whom, what became of the last words, and what can still be done.
 *
 * @param isUnsent - the server did not get everything that was typed in this page.
 */
export function overWords(
  state: Extract<GuestState, { kind: 'over' }>,
  me: IMe | null,
  isUnsent: boolean,
  trans: TranslationBundle
): IOver {
  const host = hostName(me, trans);
  const kept = isUnsent
    ? trans.__('Your last changes did not reach %1.', host)
    : trans.__('Your changes are in %1’s files.', host);
  const rest = trans.__('You can still read and copy what is on this page.');
  const back = trans.__('Open the link to come back.');
  switch (state.why) {
    case 'ended':
      return {
        what: trans.__('%1’s session has ended.', host),
        next: `${kept} ${rest}`
      };
    case 'removed':
      return {
        what: trans.__('%1 removed you from this session.', host),
        next: `${kept} ${rest}`
      };
    case 'left':
      return {
        what: trans.__('You left the session.'),
        next: state.back ? kept : `${kept} ${back}`
      };
    case 'refused':
      return {
        what: state.message || trans.__('This page is not signed in any more.'),
        next: `${isUnsent ? kept : rest} ${back}`
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
