import { Notification } from '@jupyterlab/apputils';

/**
 * Has JupyterLab load what shows notifications. It does so with the first one, and the one that says that the server is
 * away could not be shown, nor any after it. This one is gone before it can be seen.
 */
export function preloadNotifications(): void {
  Notification.dismiss(Notification.emit('', 'default', { autoClose: 1 }));
}
