import { JupyterServer } from './server';

export type Role = 'viewer' | 'editor' | 'runner';

export interface ISessionOptions {
  /** Files and folders, relative to the content root; "" for all of it. */
  paths: string[];
  role: Role;
  /** Ask the host before someone enters. Default: no, so that a test needs no second click. */
  knock?: boolean;
  kind?: 'ad-hoc' | 'persistent';
  /** Lifetime of the invite in seconds. */
  expires?: number;
  maxUses?: number;
  /** As guests read it. */
  hostName?: string;
}

export interface IShared {
  session: string;
  invite: string;
  /** What a guest opens. */
  link: string;
}

/** Starts a session with one invite. */
export async function share(
  server: JupyterServer,
  options: ISessionOptions
): Promise<IShared> {
  const session = await server.api<{ id: string }>(
    'POST',
    'cohost/api/sessions',
    {
      scope: options.paths.map(path => ({ path })),
      kind: options.kind ?? 'ad-hoc',
      ...(options.hostName ? { host_name: options.hostName } : {})
    }
  );
  const invite = await invited(server, session.id, options);
  return { session: session.id, invite: invite.id, link: invite.link };
}

/** One more link of a session. */
export async function invited(
  server: JupyterServer,
  session: string,
  options: Omit<ISessionOptions, 'paths'>
) {
  return server.api<{ id: string; link: string }>(
    'POST',
    `cohost/api/sessions/${session}/invites`,
    {
      role: options.role,
      knock: options.knock ?? false,
      ...(options.expires === undefined
        ? {}
        : { expires_in_s: options.expires }),
      ...(options.maxUses === undefined ? {} : { max_uses: options.maxUses })
    }
  );
}
