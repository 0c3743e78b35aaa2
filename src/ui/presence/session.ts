/** The session panel and what belongs to it, put together. */
import { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { TranslationBundle } from '@jupyterlab/translation';

import { GuestModel } from '../../session/guest';
import { SessionsModel } from '../../session/sessions';
import { IPlace } from '../../sync';
import { ICohostRooms } from '../../tokens';
import { CommandIDs as ShareCommands } from '../share/commands';
import { errorWords } from '../share/words';
import { Everyone } from './everyone';
import { Follower } from './follow';
import { FollowFrame } from './followFrame';
import { openDocument, showPlace } from './goto';
import { Presences } from './hub';
import { SessionPanel } from './panel';
import { IMember, Roster } from './roster';
import { showSummonses } from './summons';

export interface ISessionUiOptions {
  readonly app: JupyterFrontEnd;
  readonly cohost: ICohostRooms;
  readonly documents: IDocumentManager;
  readonly presences: Presences;
  readonly roster: Roster;
  readonly sessions: SessionsModel | null;
  readonly guest: GuestModel | null;
  readonly me: () => string;
  readonly trans: TranslationBundle;
}

/** Makes the panel, the frame around who follows, and the prompts. */
export class SessionUi {
  constructor(private readonly _options: ISessionUiOptions) {
    const { app, roster, sessions, guest, trans, me } = _options;
    this.follower = new Follower(_options);
    new FollowFrame(
      this.follower,
      trans,
      () =>
        document.getElementById('jp-main-dock-panel') ??
        document.getElementById('main-panel')
    );
    this.panel = new SessionPanel({
      ...{ roster, sessions, trans },
      reachable: sessions ?? guest,
      everyone: sessions && new Everyone(sessions, trans),
      follower: this.follower,
      contents: app.serviceManager.contents,
      goTo: member => void this._goToMember(member),
      share: () => void app.commands.execute(ShareCommands.share),
      maySummon: () => this._place() !== null,
      summon: () => void this._summon(),
      rename: async name => (sessions ?? guest)?.rename(name),
      leave: () => app.shell.currentWidget?.activate()
    });
    const people = sessions?.people ?? guest?.people;
    if (people) {
      const goTo = (place: { path: string; cell: string | null }) =>
        void this._goTo(place.path, { cell: place.cell ?? undefined });
      showSummonses(people, goTo, me, trans);
    }
    app.shell.currentChanged?.connect(() => this.panel.update());
  }

  readonly panel: SessionPanel;
  readonly follower: Follower;

  private async _goTo(path: string, place: IPlace): Promise<void> {
    const widget = await openDocument(this._options.documents, path);
    if (widget) {
      await showPlace(widget, place);
    }
  }

  private async _goToMember(member: IMember): Promise<void> {
    const { roster, documents } = this._options;
    const { path, spot } = roster.find(member.id) ?? member;
    const widget = path === null ? null : await openDocument(documents, path);
    const seen = spot ?? (widget && (await roster.spotted(member.id)));
    if (widget && seen) {
      await showPlace(widget, seen.peer);
    }
  }

  /** Where this person could call the others to, or null. */
  private _place(): { path: string; cell: string | null } | null {
    const { app, cohost, presences, sessions } = this._options;
    const room = cohost.roomOf(app.shell.currentWidget);
    if (
      !room?.provider.may('edit') ||
      (sessions && !this._sharing(room.path))
    ) {
      return null;
    }
    return { path: room.path, cell: presences.of(room).place.cell ?? null };
  }

  /** The host's session that holds a file. */
  private _sharing(path: string) {
    return this._options.sessions?.running.find(({ scope }) =>
      scope.some(
        item =>
          item.path === path ||
          (item.type === 'directory' &&
            (item.path === '' || path.startsWith(`${item.path}/`)))
      )
    );
  }

  private async _summon(): Promise<void> {
    const { sessions, guest, trans } = this._options;
    const place = this._place();
    if (!place) {
      return;
    }
    try {
      const session = this._sharing(place.path);
      await (session
        ? sessions?.summon(session.id, place)
        : guest?.summon(place));
      Notification.success(trans.__('Everyone was invited here.'), {
        autoClose: 3000
      });
    } catch (error) {
      Notification.warning(errorWords(error, trans), { autoClose: 5000 });
    }
  }
}
