import { Dialog, Notification } from '@jupyterlab/apputils';

/** Keys that were pressed so long ago were not meant for a dialog that opens now. Milliseconds. */
const TYPING_MS = 3000;

/** Where keys make text. */
const TEXT = '.cm-content, [contenteditable="true"], textarea, input';

/** What a dialog says that only wants to be read: one button and plain text. Null for every other. */
function messageOf(dialog: Dialog<unknown>): string | null {
  const { _body: body, _buttons: buttons } = dialog as unknown as {
    _body?: unknown;
    _buttons?: readonly Dialog.IButton[];
  };
  const all = dialog.node.ariaLabel ?? '';
  if (typeof body !== 'string' || buttons?.length !== 1 || all === '') {
    return null;
  }
  const title = all.endsWith(body) ? all.slice(0, -body.length).trim() : '';
  return [title, body].filter(Boolean).join(': ');
}

/**
 * From now on, what only wants to be read opens no modal dialog while somebody types in this page: it is told in a
 * notification, and the keys stay where they were. A failed save, a file or folder that somebody else renamed, a kernel
 * that died: JupyterLab's own dialogs for these open by themselves and take the next keys.
 *
 * @param now - milliseconds; replaced by tests.
 * @returns the way back.
 */
export function quietDialogs(now: () => number = Date.now): () => void {
  const { launch } = Dialog.prototype;
  let typed = -Infinity;
  const onKey = ({ key, target }: KeyboardEvent) => {
    const isInside = target instanceof Element && target.closest('.jp-Dialog');
    if (!isInside && key.length === 1) {
      typed = now();
    }
  };
  const isTyping = () => {
    const { activeElement: active } = document;
    const isInDialog = active?.closest('.jp-Dialog');
    const isInText = !!active?.closest(TEXT) && !isInDialog;
    return isInText || now() - typed < TYPING_MS;
  };
  Dialog.prototype.launch = function (this: Dialog<unknown>) {
    const message = this.isDisposed ? null : messageOf(this);
    if (message === null || !isTyping()) {
      return launch.call(this);
    }
    Notification.error(message, { autoClose: false });
    this.dispose();
    const button = Dialog.okButton();
    return Promise.resolve({ button, isChecked: null, value: null });
  };
  document.addEventListener('keydown', onKey, true);
  return () => {
    Dialog.prototype.launch = launch;
    document.removeEventListener('keydown', onKey, true);
  };
}
