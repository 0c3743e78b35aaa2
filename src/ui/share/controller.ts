import { Notification } from '@jupyterlab/apputils';
import { Contents } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';

import { IScopeItem } from '../../session/model';
import { SessionsModel } from '../../session/sessions';
import { copyText } from './clipboard';
import { ShareDialog } from './dialog';
import { covers, IDefaults, newDraft } from './draft';
import { errorWords, scopeName } from './words';

export interface IShareControllerOptions {
  readonly sessions: SessionsModel;
  /** Why nothing is shared on this page, or "". */
  readonly off: string;
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;
  readonly defaults: () => IDefaults;
  /** The name that the Jupyter server knows. */
  readonly knownName: () => string;
  /** Remembers how the host wants to be called. */
  readonly keepHostName: (name: string) => void;
  /** The document in front, for when nobody chose. */
  readonly inFront: () => readonly IScopeItem[];
}

/** Opens the dialog, once at a time, and does what the commands say. */
export class ShareController {
  constructor(private readonly _options: IShareControllerOptions) {}

  get sessions(): SessionsModel {
    return this._options.sessions;
  }

  /**
   * @param scope - what to offer; null shows the running session when there is one.
   * @param ending - the question whether to end it is already asked.
   */
  async open(
    scope: readonly IScopeItem[] | null,
    ending = false
  ): Promise<void> {
    await this.sessions.ready;
    this._dialog?.dispose();
    const { inFront, contents, trans, keepHostName, off } = this._options;
    const newest = this.sessions.running[0];
    const draft = newDraft(scope ?? inFront(), this._defaults());
    this._dialog = new ShareDialog({
      sessions: this.sessions,
      off,
      contents,
      trans,
      draft,
      keepHostName: name => name !== draft.hostName && keepHostName(name),
      shown: scope === null && newest ? newest.id : null,
      ending
    });
    this._dialog.open();
  }

  /** The newest link of the newest session that can be copied, or null. */
  private async _link(): Promise<string | null> {
    const session = this.sessions.running[0];
    const live = (session?.invites ?? []).filter(
      one => one.state === 'live' && one.copyable
    );
    const newest = live[live.length - 1];
    return newest
      ? this.sessions.link(session.id, newest.id).catch(() => null)
      : null;
  }

  /** Copies it, or opens the dialog where one can be made. */
  async copyLink(): Promise<void> {
    const link = this._options.off === '' ? await this._link() : null;
    if (link !== null && (await copyText(link))) {
      const { trans } = this._options;
      Notification.success(trans.__('Link copied'), { autoClose: 3000 });
    } else {
      await this.open(null);
    }
  }

  /** Those that the newest session does not share yet. */
  notShared(items: readonly IScopeItem[]): IScopeItem[] {
    const scope = this.sessions.running[0]?.scope ?? [];
    return items.filter(({ path }) => !scope.some(one => covers(one, path)));
  }

  /** Shares more in the newest session, and says so, with the way back. */
  async add(items: readonly IScopeItem[]): Promise<void> {
    const { trans } = this._options;
    const [session] = this.sessions.running;
    if (!session || items.length === 0) {
      return;
    }
    const failed = (error: unknown) =>
      void Notification.error(errorWords(error, trans));
    const undo = () =>
      void this.sessions
        .takeOut(
          session.id,
          items.map(({ path }) => path)
        )
        .catch(failed);
    try {
      await this.sessions.add(session.id, items);
      Notification.success(
        trans.__('Shared in %1: %2', session.title, scopeName(items, trans)),
        {
          autoClose: 6000,
          actions: [{ label: trans.__('Undo'), callback: undo }]
        }
      );
    } catch (error) {
      failed(error);
    }
  }

  private _defaults(): IDefaults {
    const defaults = this._options.defaults();
    const hostName = defaults.hostName || this._options.knownName();
    return { ...defaults, hostName };
  }

  private _dialog: ShareDialog | null = null;
}
