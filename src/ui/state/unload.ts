import { OpenRooms } from '../../drive';
import { hasUnsent } from '../../sync';

/** The browser asks before the page goes only if it holds edits that the server has not acknowledged. */
export function guardUnload(rooms: OpenRooms): void {
  window.addEventListener('beforeunload', event => {
    if (
      rooms.parting.size > 0 ||
      [...rooms].some(room => hasUnsent(room.provider.state))
    ) {
      event.preventDefault();
      event.returnValue = '';
    }
  });
}
