import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { InvitableRole } from '../../session/model';
import { IRoleChange, SessionsModel } from '../../session/sessions';
import { errorWords } from '../share/words';

/** Guests, away ones too, who may do more than read. */
export function raised({ running }: SessionsModel): IRoleChange[] {
  return running.flatMap(session =>
    session.participants
      .filter(({ role }) => role !== 'host' && role !== 'viewer')
      .map(({ id, role }) => ({
        session: session.id,
        who: id,
        role: role as InvitableRole
      }))
  );
}

/** Lowers every guest to a viewer at once, and gives a way back to the role that each of them had. */
export class Everyone {
  constructor(
    private readonly _sessions: SessionsModel,
    private readonly _trans: TranslationBundle
  ) {}

  /** Whether somebody may do more than read. */
  get isRaised(): boolean {
    return raised(this._sessions).length > 0;
  }

  async makeViewers(): Promise<void> {
    const before = raised(this._sessions);
    const lower = before.map(one => ({ ...one, role: 'viewer' as const }));
    const failed = await this._change(lower);
    const had = before.filter(({ who }) => !failed.has(who));
    if (had.length > 0) {
      this._tell(had);
    }
  }

  private _tell(had: readonly IRoleChange[]): void {
    const trans = this._trans;
    // Only the newest way back: an older one would give what the host has changed since.
    if (this._notice !== null) {
      Notification.dismiss(this._notice);
    }
    const lowered = trans._n(
      '%1 person is a viewer now.',
      '%1 people are viewers now.',
      had.length
    );
    this._notice = Notification.success(
      trans.__('%1 Links still give new guests their own role.', lowered),
      {
        autoClose: false,
        actions: [
          { label: trans.__('Undo'), callback: () => void this._undo(had) }
        ]
      }
    );
  }

  /** Who was given another role since, or is gone, stays so. */
  private async _undo(had: readonly IRoleChange[]): Promise<void> {
    this._notice = null;
    const isViewer = ({ session, who }: IRoleChange) =>
      this._sessions
        .find(session)
        ?.participants.some(({ id, role }) => id === who && role === 'viewer');
    await this._change(had.filter(isViewer));
  }

  /** The ids of those whose role stayed; why is told. */
  private async _change(
    changes: readonly IRoleChange[]
  ): Promise<ReadonlySet<string>> {
    const failed = await this._sessions.setRoles(changes);
    const [first] = failed.values();
    if (first !== undefined) {
      Notification.error(
        this._trans._n(
          '%2 %1 role was not changed.',
          '%2 %1 roles were not changed.',
          failed.size,
          errorWords(first, this._trans)
        )
      );
    }
    return new Set(failed.keys());
  }

  private _notice: string | null = null;
}
