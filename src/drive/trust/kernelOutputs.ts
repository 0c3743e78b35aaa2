import { ISessionContext } from '@jupyterlab/apputils';
import { Kernel, KernelMessage } from '@jupyterlab/services';

import { IOutput, outputDigest } from '../../crypto';
import { Digest } from '../../protocol';

/** Help that `name?` asks for comes with the reply and is shown as an output. */
function pagesOf(message: KernelMessage.IMessage): IOutput[] {
  const { payload } = message.content as {
    payload?: { source: string; data: unknown }[];
  };
  return (payload ?? [])
    .filter(({ source }) => source === 'page')
    .map(({ data }) => ({ output_type: 'display_data', data, metadata: {} }));
}

/** The outputs that a kernel message brings into the notebook. */
export function outputsOf(message: KernelMessage.IMessage): IOutput[] {
  const type = message.header.msg_type;
  if (type === 'execute_reply') {
    return pagesOf(message);
  }
  return type === 'display_data' ||
    type === 'execute_result' ||
    type === 'update_display_data'
    ? [{ ...(message.content as object), output_type: type }]
    : [];
}

/**
 * Tells of the outputs that this page's own requests produced, before they are rendered: a kernel connection emits
 * `anyMessage` when a message arrives and hands it to its future in a later microtask.
 */
export function followOwnOutputs(
  session: ISessionContext,
  vouch: (digests: Digest[]) => void
): void {
  const onMessage = (
    kernel: Kernel.IKernelConnection,
    { msg, direction }: Kernel.IAnyMessageArgs
  ): void => {
    const { session: asker } = (msg.parent_header ?? {}) as {
      session?: string;
    };
    if (direction === 'recv' && asker === kernel.clientId) {
      const digests = outputsOf(msg).map(outputDigest).filter(Boolean);
      if (digests.length > 0) {
        vouch(digests as Digest[]);
      }
    }
  };
  session.kernelChanged.connect((_, { oldValue, newValue }) => {
    oldValue?.anyMessage.disconnect(onMessage);
    newValue?.anyMessage.connect(onMessage);
  });
  session.session?.kernel?.anyMessage.connect(onMessage);
}
