import { ISessionContext } from '@jupyterlab/apputils';
import { DocumentRegistry } from '@jupyterlab/docregistry';

type Preference = ISessionContext.IKernelPreference;

/** A guest's page never stops a kernel of the host, and starts one only when its guest may run code. */
export function guestPreference(
  preference: Preference,
  mayExecute: boolean
): Preference {
  return {
    ...preference,
    shutdownOnDispose: false,
    ...(mayExecute
      ? {}
      : { canStart: false, shouldStart: false, autoStartDefault: false })
  };
}

/**
 * Documents opened from now on get kernels as the guest may have them.
 *
 * @param mayExecute - whether the guest may run code in the document at `path`.
 */
export function limitKernels(
  registry: DocumentRegistry,
  mayExecute: (path: string) => boolean
): void {
  const preferenceOf = registry.getKernelPreference.bind(registry);
  registry.getKernelPreference = (path, widgetName, kernel) => {
    const preference = preferenceOf(path, widgetName, kernel);
    return preference && guestPreference(preference, mayExecute(path));
  };
}

/** A guest who may run code now, in a document that is open already: attaches to its kernel. */
export async function attachKernel(context: ISessionContext): Promise<void> {
  const { kernelPreference } = context;
  context.kernelPreference = {
    ...kernelPreference,
    canStart: true,
    shouldStart: true,
    autoStartDefault: true
  };
  if (!context.session?.kernel && !context.isDisposed) {
    await context.startKernel();
  }
}

/** A guest who may not run code any more: lets go of the kernel, which goes on for the others. */
export function detachKernel(context: ISessionContext): void {
  context.kernelPreference = guestPreference(context.kernelPreference, false);
  context.session?.dispose();
}
