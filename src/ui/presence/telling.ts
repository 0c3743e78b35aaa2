import { JupyterFrontEnd } from '@jupyterlab/application';

import { ICohostRooms } from '../../tokens';
import { ActivityWatch } from './activity';
import { Presences } from './hub';

/** Tells the others which document is in front here, and whether this person does something. */
export function tellFront(
  app: JupyterFrontEnd,
  cohost: ICohostRooms,
  presences: Presences,
  watch: ActivityWatch
): void {
  let front = cohost.roomOf(app.shell.currentWidget);
  const tell = () => {
    // A terminal or a settings page in front changes nothing: the last document is where one is found.
    front = cohost.roomOf(app.shell.currentWidget) ?? front;
    for (const room of cohost.rooms) {
      const activity = watch.activity === 'active' ? undefined : watch.activity;
      const isFront = room === front;
      presences.of(room).tell({ front: isFront, activity });
    }
  };
  app.shell.currentChanged?.connect(tell);
  cohost.rooms.opened.connect(tell);
  cohost.rooms.closed.connect(tell);
  watch.changed.connect(tell);
}
