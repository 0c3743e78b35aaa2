import { IOutput, IStream } from '@jupyterlab/nbformat';

import { translated } from '../../protocol';

function instead(): IOutput {
  const text = translated('This output cannot be shown: it is damaged.');
  return { output_type: 'stream', name: 'stderr', text: `${text}\n` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && value.every(line => typeof line === 'string'))
  );
}

/** Printed text; an output is not what its type says before `showable` looked at it. */
export function isStream(output: IOutput): output is IStream {
  return output.output_type === 'stream';
}

function isSound(output: unknown): boolean {
  if (!isRecord(output)) {
    return false;
  }
  switch (output.output_type) {
    case 'stream':
      return typeof output.name === 'string' && isText(output.text);
    case 'display_data':
    case 'execute_result':
      return isRecord(output.data) && isRecord(output.metadata);
    case 'error':
      return isText(output.traceback);
    default:
      return false;
  }
}

/** The output, or a sentence in its place when JupyterLab's models cannot take it: the other cells live on. */
export function showable(output: IOutput): IOutput {
  return isSound(output) ? output : instead();
}
