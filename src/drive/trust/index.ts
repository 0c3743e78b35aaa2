import { OpenRooms } from '../rooms';
import { guardOutputs } from './outputs';
import { ignoreTrustedMetadata, markOutputs } from './sharedCells';

export * from './kernelOutputs';
export { GuardedOutputs } from './outputs';

/** Active outputs in shared notebooks by the server's word only (SPEC, TRUST). Call it once, before any is opened. */
export function guardTrust(rooms: OpenRooms): void {
  const isShared = (notebook: unknown) => rooms.of(notebook) !== undefined;
  ignoreTrustedMetadata(isShared);
  const notebookOf = markOutputs(isShared);
  guardOutputs(outputs => rooms.of(notebookOf(outputs))?.provider.ledger);
}
