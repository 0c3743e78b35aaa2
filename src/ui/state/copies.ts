import { OpenRoom, OpenRooms } from '../../drive';
import { hasUnsent } from '../../sync';
import { download } from './reload';

/** Saves, on this computer, every document of which the server did not get everything. */
export function saveUnsent(rooms: OpenRooms): void {
  [...rooms]
    .filter(({ provider }) => hasUnsent(provider.state))
    .forEach(download);
}

/** Resolves when the server has every edit of this page, or after `most` milliseconds. */
export async function allSent(rooms: OpenRooms, most: number): Promise<void> {
  const owing = [...rooms].filter(({ isOwing }) => isOwing);
  let timer: number | undefined;
  const late = new Promise<void>(resolve => {
    timer = window.setTimeout(resolve, most);
  });
  await Promise.race([Promise.all(owing.map(sent)), late]);
  window.clearTimeout(timer);
}

function sent(room: OpenRoom): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!room.isOwing) {
        room.provider.stateChanged.disconnect(look);
        resolve();
      }
    };
    room.provider.stateChanged.connect(look);
    look();
  });
}
