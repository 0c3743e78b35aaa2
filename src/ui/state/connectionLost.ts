import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

/** An outage is told once; failures that come later than this belong to another one. Milliseconds. */
const ONE_OUTAGE_MS = 5 * 60_000;

/**
 * Tells that the host's server does not answer, without a dialog: tabs and the status bar say where the edits are.
 *
 * @param restart - starts the server again, on a hub; null elsewhere.
 * @param now - milliseconds; replaced by tests.
 */
export function connectionLost(
  trans: TranslationBundle,
  restart: (() => void) | null,
  now: () => number = Date.now
): () => Promise<void> {
  let last = -Infinity;
  return async () => {
    const isNew = now() - last > ONE_OUTAGE_MS;
    last = now();
    if (isNew) {
      Notification.warning(
        trans.__(
          'The Jupyter server does not answer. Open notebooks and text files keep your changes and send them when it is back.'
        ),
        restart
          ? {
              autoClose: false,
              actions: [
                { label: trans.__('Restart server'), callback: restart }
              ]
            }
          : { autoClose: 10_000 }
      );
    }
  };
}
