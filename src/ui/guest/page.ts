import { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { TranslationBundle } from '@jupyterlab/translation';
import { MenuBar, Widget } from '@lumino/widgets';

import {
  attachKernel,
  detachKernel,
  limitKernels
} from '../../kernels/preferences';
import { GuestModel } from '../../session/guest';
import { IScopeItem, Role } from '../../session/model';
import { quieten, stopPolling } from '../../session/quiet';
import { ICohostRooms } from '../../tokens';
import { GuestBar } from './bar';
import { CommandNeed, needOf, NEEDS } from './commandTable';
import { guardCommands } from './guard';
import { AskedRole, Hints } from './hints';
import { EmptyMenus } from './menus';
import { Rights } from './rights';
import { StartPage } from './startPage';
import { addThemeChoice } from './theme';
import { hintWords, roleWords } from './words';

const START_PAGE = 'cohost:start-page';
/** In pixels: less has no place for the file browser beside a document. */
const NARROW = 700;
/** More than these open only on demand. */
const MOST_OPENED = 3;

/** Who lacks this may ask for that role. */
const ASKS: { readonly [need in CommandNeed]?: AskedRole } = {
  edit: 'editor',
  execute: 'runner'
};

export interface IGuestPageOptions {
  readonly app: JupyterFrontEnd;
  readonly guest: GuestModel;
  readonly role: Role;
  readonly trans: TranslationBundle;
  readonly documents: IDocumentManager;
  readonly browser: IDefaultFileBrowser | null;
  readonly menu: IMainMenu | null;
  readonly rooms: ICohostRooms | null;
  readonly settings: ISettingRegistry | null;
}

/** A guest's page: only what works, the shared files, and a bar that says how it stands. */
export class GuestPage {
  constructor(private readonly _options: IGuestPageOptions) {
    const { app, guest, role, browser } = _options;
    const inFront = () => this._pathOf(app.shell.currentWidget);
    const folder = () => browser?.model.path ?? '';
    this._rights = new Rights(guest, role, inFront, folder);
    this._role = role;
    document.body.classList.add('jp-cohost-guest');
  }

  start(): void {
    const { app, guest, rooms, browser, settings } = this._options;
    guardCommands(app.commands, {
      allows: need => this._rights.allows(need),
      isOver: () => guest.state.kind === 'over',
      refused: need => this._refused(need),
      instead: {
        'launcher:create': START_PAGE,
        ...(settings ? addThemeChoice(app.commands, settings) : {})
      }
    });
    limitKernels(this._options.documents.registry, path =>
      this._rights.may('execute', path)
    );
    quieten(app.serviceManager);
    stopPolling(browser?.model);
    this._addStartPage();
    this._addBar();
    rooms?.hinted.connect((_, hint) => this._hint(hint.capability));
    guest.changed.connect(this._onChanged, this);
    guest.contentsChanged.connect(() => void browser?.model.refresh());
    guest.kernelsChanged.connect(() => this._refreshKernels());
    browser?.model.pathChanged.connect(this._update, this);
    app.shell.currentChanged?.connect(this._update, this);
    void app.restored.then(() => this._onRestored());
    guest.connect();
    this._update();
  }

  private _addBar(): void {
    const { app, guest, trans } = this._options;
    const leave = () =>
      void guest
        .leave()
        .catch((error: Error) => this._hints.say(error.message));
    const ask = (role: AskedRole) => void this._ask(role);
    const hints = this._hints;
    const bar = new GuestBar({ guest, hints, trans, leave, ask });
    app.shell.add(bar, 'header', { rank: 0 });
  }

  private async _ask(role: AskedRole): Promise<void> {
    const { guest, trans } = this._options;
    try {
      await guest.ask(role);
      this._hints.say(trans.__('The host was asked. Go on reading meanwhile.'));
    } catch (error) {
      this._hints.say((error as Error).message);
    }
  }

  private _hint(need: CommandNeed): void {
    this._hints.say(hintWords(need, this._options.trans), ASKS[need] ?? null);
  }

  private _addStartPage(): void {
    const { app, guest, trans } = this._options;
    const open = (item: IScopeItem) => void this._open(item);
    app.commands.addCommand(START_PAGE, {
      label: trans.__('Shared Files'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        const page = new StartPage({ guest, trans, open });
        page.id = `jp-cohost-start-${++this._pages}`;
        app.shell.add(page, 'main');
        return page;
      }
    });
  }

  private async _onRestored(): Promise<void> {
    await this._known();
    const { app, guest, menu, documents } = this._options;
    const isOpen = [...app.shell.widgets('main')].some(widget =>
      documents.contextForWidget(widget)
    );
    const scope = guest.me?.session.scope ?? [];
    if (!isOpen) {
      const files = scope.filter(item => item.type === 'file');
      files
        .slice(0, MOST_OPENED)
        .reverse()
        .forEach(item => this._open(item));
    }
    const folder = scope.find(item => item.type === 'directory');
    if (!isOpen && folder && scope.length === 1) {
      this._open(folder);
    }
    if (window.innerWidth < NARROW) {
      (app.shell as Partial<Pick<ILabShell, 'collapseLeft'>>).collapseLeft?.();
    }
    this._bar = menu instanceof MenuBar ? menu : null;
    this._update();
  }

  /** Resolves when the gateway has said who we are, or cannot. */
  private _known(): Promise<void> {
    const { guest } = this._options;
    return new Promise(resolve => {
      const check = () => {
        if (guest.me || guest.state.kind !== 'connecting') {
          guest.changed.disconnect(check);
          resolve();
        }
      };
      guest.changed.connect(check);
      check();
    });
  }

  private _open(item: IScopeItem): void {
    const { browser, documents } = this._options;
    if (item.type === 'directory') {
      void browser?.model.cd('/' + item.path);
    } else {
      documents.openOrReveal(item.path);
    }
  }

  private _onChanged(): void {
    const { guest, trans } = this._options;
    const role = guest.me?.role ?? this._role;
    if (role !== this._role) {
      this._role = role;
      this._hints.say(roleWords(role, trans));
      this._followKernels();
    }
    this._update();
  }

  private _update(): void {
    const rights = NEEDS.filter(need => this._rights.allows(need)).join();
    if (rights !== this._shownRights) {
      this._shownRights = rights;
      this._notifyCommands();
    }
    this._menus.update(this._bar);
    const { classList } = document.body;
    classList.toggle('jp-cohost-no-edit', !this._rights.may('edit'));
    classList.toggle('jp-cohost-no-run', !this._rights.may('execute'));
    classList.toggle('jp-cohost-no-new', !this._rights.allows('organize'));
  }

  /** One by one: toolbar buttons do not listen to "many changed". */
  private _notifyCommands(): void {
    const { commands } = this._options.app;
    commands
      .listCommands()
      .filter(id => needOf(id) !== null)
      .forEach(id => commands.notifyCommandChanged(id));
  }

  /** JupyterLab tries some commands by itself; only a person's key is worth a hint. */
  private _refused(need: CommandNeed): void {
    if (need !== 'never' || window.event instanceof KeyboardEvent) {
      this._hint(need);
    }
  }

  private _followKernels(): void {
    const { app, documents } = this._options;
    for (const widget of app.shell.widgets('main')) {
      const context = documents.contextForWidget(widget);
      if (!context) {
        continue;
      }
      if (this._rights.may('execute', context.path)) {
        void attachKernel(context.sessionContext).catch(() => undefined);
      } else {
        detachKernel(context.sessionContext);
      }
    }
  }

  private _refreshKernels(): void {
    const { sessions, kernels } = this._options.app.serviceManager;
    void sessions.refreshRunning().catch(() => undefined);
    void kernels.refreshRunning().catch(() => undefined);
  }

  private _pathOf(widget: Widget | null): string | undefined {
    return widget
      ? this._options.documents.contextForWidget(widget)?.path
      : undefined;
  }

  private readonly _rights: Rights;
  private readonly _hints = new Hints();
  private readonly _menus = new EmptyMenus();
  private _bar: MenuBar | null = null;
  private _role: Role;
  private _shownRights = '';
  private _pages = 0;
}
