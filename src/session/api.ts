import { ServerConnection } from '@jupyterlab/services';

import { inOwnLanguage, sentenceOf, translated } from '../protocol';

import {
  IInvite,
  IInviteOptions,
  InvitableRole,
  IPolicy,
  IReachability,
  IScopeItem,
  IScopePreview,
  ISession,
  ISessionOptions
} from './model';
import { ISummons } from './people';
import { IWayIn } from './sealedLinks';
import { request } from './request';

/** The reasons of a policy, as the page translates them. */
interface ISpoken {
  readonly spoken: Readonly<Record<string, unknown>>;
}

function inWords({ spoken, ...policy }: IPolicy & ISpoken): IPolicy {
  const words = Object.entries(policy.reasons).map(([key, reason]) => [
    key,
    sentenceOf(spoken[key]) ?? reason
  ]);
  return {
    ...policy,
    off: translated(policy.off),
    reasons: Object.fromEntries(words)
  };
}

const ROOT = 'cohost/api';
const part = encodeURIComponent;

/** The host's REST API (protocol/openapi.json). Every method throws ApiError. */
export class HostApi {
  constructor(readonly settings: ServerConnection.ISettings) {}

  async sessions(): Promise<ISession[]> {
    const answer = await this._send<{ sessions: ISession[] }>('sessions');
    return answer.sessions;
  }

  start(options: ISessionOptions): Promise<ISession> {
    return this._send('sessions', 'POST', options);
  }

  /** `scope` is the whole of it; `add` and `remove` leave the rest. */
  change(
    id: string,
    change: {
      readonly scope?: readonly IScopeItem[];
      readonly add?: readonly IScopeItem[];
      readonly remove?: readonly string[];
    }
  ): Promise<void> {
    return this._send(`sessions/${part(id)}`, 'PATCH', change);
  }

  /** Another name for the host, in all sessions; resolves to it as the server has it. */
  async nameHost(name: string): Promise<string> {
    const answer = await this._send<{ name: string }>('host', 'PATCH', {
      name
    });
    return answer.name;
  }

  end(id: string): Promise<void> {
    return this._send(`sessions/${part(id)}`, 'DELETE');
  }

  invite(id: string, options: IInviteOptions): Promise<IInvite> {
    return this._send(`sessions/${part(id)}/invites`, 'POST', options);
  }

  /** The link itself, once more: a list carries no secret. @param sealed - what this browser kept of it. */
  link(id: string, invite: string, sealed?: string): Promise<IWayIn> {
    const path = `sessions/${part(id)}/invites/${part(invite)}/link`;
    return this._send(path, 'POST', sealed === undefined ? {} : { sealed });
  }

  /** What counts for who comes from now on. */
  changeInvite(
    id: string,
    invite: string,
    change: { readonly label?: string; readonly knock?: boolean }
  ): Promise<void> {
    const path = `sessions/${part(id)}/invites/${part(invite)}`;
    return this._send(path, 'PATCH', change);
  }

  endInvite(id: string, invite: string): Promise<void> {
    return this._send(`sessions/${part(id)}/invites/${part(invite)}`, 'DELETE');
  }

  setRole(id: string, who: string, role: InvitableRole): Promise<void> {
    const path = `sessions/${part(id)}/participants/${part(who)}`;
    return this._send(path, 'PATCH', { role });
  }

  /** Tells a guest who asked for more that the host does not give it now. */
  declineAsk(id: string, who: string): Promise<void> {
    const path = `sessions/${part(id)}/participants/${part(who)}`;
    return this._send(`${path}/not-now`, 'POST', {});
  }

  /** @param endInvite - also take back the link that the guest came by. */
  remove(id: string, who: string, endInvite: boolean): Promise<void> {
    const path = `sessions/${part(id)}/participants/${part(who)}`;
    return this._send(`${path}?end_invite=${endInvite}`, 'DELETE');
  }

  /** An account of the hub that was removed may come in again. */
  letBack(id: string, user: string): Promise<void> {
    return this._send(`sessions/${part(id)}/banned/${part(user)}`, 'DELETE');
  }

  answerKnock(id: string, knock: string, role: InvitableRole | null) {
    const path = `sessions/${part(id)}/knocks/${part(knock)}`;
    const answer = role === null ? { admit: false } : { admit: true, role };
    return this._send<void>(path, 'POST', answer);
  }

  summon(
    id: string,
    { path, cell }: Pick<ISummons, 'path' | 'cell'>
  ): Promise<void> {
    const body = { path, cell: cell ?? '' };
    return this._send(`sessions/${part(id)}/summon`, 'POST', body);
  }

  policy(): Promise<IPolicy> {
    return this._send<IPolicy & ISpoken>('policy').then(inWords);
  }

  reachability(): Promise<IReachability> {
    return this._send<IReachability>('reachability').then(where => ({
      ...inOwnLanguage(where, 'text'),
      advice: translated(where.advice)
    }));
  }

  preview(scope: readonly IScopeItem[]): Promise<IScopePreview> {
    return this._send('scope-preview', 'POST', { scope });
  }

  private _send<T>(
    path: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' = 'GET',
    body?: unknown
  ): Promise<T> {
    return request<T>(this.settings, `${ROOT}/${path}`, method, body);
  }
}
