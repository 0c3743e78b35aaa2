import { ServiceManager } from '@jupyterlab/services';
import { Poll } from '@lumino/polling';

import { finalWays, IWays } from './finalSockets';

/** Where JupyterLab's managers keep their polls; private to them, so each is looked at before it is used. */
const POLLS = ['_pollModels', '_pollSpecs', '_pollUser', '_poll'];

const NEVER = { backoff: false, interval: Poll.NEVER, max: Poll.NEVER };

function pollsOf(owner: unknown): Poll[] {
  const fields = (owner ?? {}) as Record<string, unknown>;
  return POLLS.map(name => fields[name]).filter(
    (value): value is Poll => value instanceof Object && 'frequency' in value
  );
}

/** The owners look at the server when they are told to, and not by themselves. */
export function stopPolling(...owners: readonly unknown[]): void {
  owners.flatMap(pollsOf).forEach(poll => {
    poll.frequency = NEVER;
  });
}

/**
 * The gateway pushes what changes to a guest's page, and after the end nothing is asked again. To be
 * called before kernels are there.
 *
 * @param onOver - called once, when the gateway closes any socket of the page for good.
 */
export function quieten(
  services: ServiceManager.IManager,
  onOver: (code: number, reason: string) => void
): void {
  Object.assign(
    services.serverSettings,
    finalWays(services.serverSettings as IWays, onOver)
  );
  const { kernels, kernelspecs, sessions, user } = services;
  stopPolling(kernels, kernelspecs, sessions, user);
}
