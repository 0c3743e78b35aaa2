import { OpenRooms } from '../rooms';
import { guardOutputs } from './outputs';
import { ignoreTrustedMetadata, markOutputs } from './sharedCells';
import { guardWidgetState, lastState } from './widgetState';
import { writeBack } from './writeBack';

export * from './inert';
export * from './kernelOutputs';
export { GuardedOutputs } from './outputs';
export { widgetsOf } from './widgetState';

/** Active outputs in shared notebooks by the server's word only (SPEC, TRUST). Call it once, before any is opened. */
export function guardTrust(rooms: OpenRooms): void {
  const isShared = (notebook: unknown) => rooms.of(notebook) !== undefined;
  ignoreTrustedMetadata(isShared);
  guardWidgetState(notebook => rooms.of(notebook)?.provider);
  const cellOf = markOutputs(isShared);
  guardOutputs(outputs => {
    const cell = cellOf(outputs);
    const provider = rooms.of(cell?.notebook)?.provider;
    return (
      cell &&
      provider && {
        ledger: provider.ledger,
        added: (output, data) => writeBack(cell, provider, output, data),
        runs: () => provider.may('execute'),
        lastState: id =>
          cell.notebook ? lastState(cell.notebook, id) : undefined
      }
    );
  });
}
