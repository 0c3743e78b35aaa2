import { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { Contents } from '@jupyterlab/services';
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
import { keepOwnWorkspace } from '../../session/ownWorkspace';
import { ICohostRooms } from '../../tokens';
import { onePanelAtATime, sidesOf } from '../onePanel';
import { runsSelected } from '../readonly';
import { allSent, saveUnsent } from '../state/copies';
import { GuestBar } from './bar';
import { CommandNeed, needOf, NEEDS } from './commandTable';
import { addGuestCommands } from './ownCommands';
import { addExport } from './exportCommands';
import { firstFiles, hostOf, IFile } from './firstFiles';
import { CutListing } from './cutListing';
import { guardCommands } from './guard';
import { AskedRole, Hints } from './hints';
import { EmptyMenus } from './menus';
import { replaceBlankViewers } from './noPreview';
import { Rights } from './rights';
import { StartPage } from './startPage';
import { addThemeChoice } from './theme';
import { hintWords, roleWords } from './words';

/** What the page says until its scripts are here. */
const OPENING = 'jp-cohost-opening';
const START_PAGE = 'cohost:start-page';
/** In pixels: less has no place for the file browser beside a document. */
const NARROW = 700;

/** Who lacks this may ask for that role. */
const ASKS: { readonly [need in CommandNeed]?: AskedRole } = {
  edit: 'editor',
  execute: 'runner'
};

/** How long leaving waits for what was typed last, in milliseconds. */
const LEAVING_MS = 3000;

export interface IGuestPageOptions {
  readonly app: JupyterFrontEnd;
  readonly guest: GuestModel;
  /** Its id. */
  readonly session: string;
  readonly role: Role;
  readonly trans: TranslationBundle;
  readonly documents: IDocumentManager;
  readonly browser: IDefaultFileBrowser | null;
  readonly menu: IMainMenu | null;
  readonly rooms: ICohostRooms | null;
  readonly settings: ISettingRegistry | null;
  readonly palette: ICommandPalette | null;
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
    const { session, documents, trans } = this._options;
    guardCommands(app.commands, {
      allows: need => this._rights.allows(need),
      isOver: () => guest.state.kind === 'over',
      refused: need => this._refused(need),
      isPart: runsSelected,
      instead: {
        'launcher:create': START_PAGE,
        'filebrowser:create-main-launcher': START_PAGE,
        ...(settings ? addThemeChoice(app.commands, settings) : {})
      }
    });
    limitKernels(documents.registry, path => this._rights.may('execute', path));
    quieten(app.serviceManager, (code, reason) => guest.end(code, reason));
    keepOwnWorkspace(app.serviceManager.workspaces, sessionStorage, session);
    document.getElementById(OPENING)?.remove();
    const sides = sidesOf(app.shell);
    if (sides) {
      onePanelAtATime(sides);
    }
    stopPolling(browser?.model);
    browser?.addWidget(new CutListing(browser, trans));
    void app.started.then(() =>
      replaceBlankViewers(documents.registry, {
        trans,
        download: () => void app.commands.execute('docmanager:download')
      })
    );
    addExport(app, documents, this._options.menu, trans);
    this._addStartPage();
    this._addBar();
    rooms?.hinted.connect((_, hint) => this._hint(hint.capability));
    guest.changed.connect(this._onChanged, this);
    guest.declined.connect(() =>
      this._hints.say(trans.__('The host said: not now.'))
    );
    guest.contentsChanged.connect(() => void browser?.model.refresh());
    guest.kernelsChanged.connect(() => this._refreshKernels());
    browser?.model.pathChanged.connect(this._update, this);
    app.shell.currentChanged?.connect(this._update, this);
    void app.restored.then(() => this._onRestored());
    guest.connect();
    this._update();
  }

  private _addBar(): void {
    const { app, guest, trans, palette } = this._options;
    const leave = () => void this._leave();
    const ask = (role: AskedRole) => void this._ask(role);
    const hints = this._hints;
    const rooms = this._options.rooms?.rooms ?? null;
    const asks = () => this._asks();
    const saveCopies = () => rooms && saveUnsent(rooms);
    const props = { guest, rooms, hints, trans, leave, ask, asks, saveCopies };
    app.shell.add(new GuestBar(props), 'header', { rank: 0 });
    addGuestCommands({ app, trans, leave, ask, asks, palette });
  }

  /** What is missing for more: nothing for who may edit and run where they are. */
  private _asks(): AskedRole | null {
    if (!this._rights.allows('edit')) {
      return 'editor';
    }
    return this._rights.allows('execute') ? null : 'runner';
  }

  /** What is typed is sent first, if the server answers. */
  private async _leave(): Promise<void> {
    const { guest, rooms } = this._options;
    try {
      if (rooms) {
        await allSent(rooms.rooms, LEAVING_MS);
      }
      await guest.leave();
      document.getElementById('jp-cohost-bar')?.focus();
    } catch (error) {
      this._hints.say((error as Error).message);
    }
  }

  private async _ask(role: AskedRole): Promise<void> {
    const { guest, trans } = this._options;
    try {
      await guest.ask(role);
      this._hints.say(trans.__('Request sent to the host.'));
    } catch (error) {
      this._hints.say((error as Error).message);
    }
  }

  private _hint(need: CommandNeed): void {
    this._hints.say(hintWords(need, this._options.trans), ASKS[need] ?? null);
  }

  private _addStartPage(): void {
    const { app, guest, trans, documents } = this._options;
    const page = new StartPage({
      ...{ guest, trans },
      open: item => this._open(item, true),
      list: () => this._files(),
      iconOf: path => documents.registry.getFileTypesForPath(path)[0]?.icon
    });
    page.id = 'jp-cohost-start';
    app.commands.addCommand(START_PAGE, {
      label: trans.__('Shared Files'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        if (!page.isAttached) {
          app.shell.add(page, 'main');
        }
        app.shell.activateById(page.id);
        return page;
      }
    });
  }

  /** What the start page lists. A folder that cannot be read has nothing to list. */
  private async _files(): Promise<IFile[]> {
    const { guest, documents } = this._options;
    const { contents } = documents.services;
    const read = async ({ path, type }: IScopeItem) => {
      const model = await contents
        .get(path, { content: type === 'directory' })
        .catch(() => null);
      const files: Contents.IModel[] =
        type === 'directory' ? (model?.content ?? []) : model ? [model] : [];
      return files.filter(file => file.type !== 'directory');
    };
    await this._known();
    const scope = guest.me?.session.scope ?? [];
    return (await Promise.all(scope.map(read))).flat().map(file => ({
      path: contents.localPath(file.path),
      changed: Date.parse(file.last_modified) || 0
    }));
  }

  private async _onRestored(): Promise<void> {
    await this._known();
    const { app, menu, documents } = this._options;
    const isOpen = [...app.shell.widgets('main')].some(widget =>
      documents.contextForWidget(widget)
    );
    if (!isOpen) {
      await this._openFirst();
    }
    if (window.innerWidth < NARROW) {
      (app.shell as Partial<Pick<ILabShell, 'collapseLeft'>>).collapseLeft?.();
    }
    this._bar = menu instanceof MenuBar ? menu : null;
    this._update();
  }

  /** Where the host is; a folder in which the host has nothing open is listed. */
  private async _openFirst(): Promise<void> {
    const { guest } = this._options;
    await this._until(() => guest.people.isKnown);
    const scope = guest.me?.session.scope ?? [];
    const host = hostOf(guest.people.people.values());
    // The one that is opened last is in front; where none takes the focus, the first.
    const activate = !isTyping();
    const files = firstFiles(scope, host);
    (activate ? files.reverse() : files).forEach(path =>
      this._options.documents.openOrReveal(path, 'default', undefined, {
        activate
      })
    );
    if (scope.length === 1 && scope[0].type === 'directory') {
      this._open(scope[0]);
    }
  }

  /** Resolves when the gateway has said who we are, or cannot. */
  private _known(): Promise<void> {
    const { guest } = this._options;
    return this._until(() => guest.me !== null);
  }

  /** Resolves when something is true, or the gateway does not answer. */
  private _until(isTrue: () => boolean): Promise<void> {
    const { guest } = this._options;
    return new Promise(resolve => {
      const signals = [guest.changed, guest.people.changed];
      const check = () => {
        const { kind } = guest.state;
        if (isTrue() || kind === 'lost' || kind === 'over') {
          signals.forEach(signal => signal.disconnect(check));
          resolve();
        }
      };
      signals.forEach(signal => signal.connect(check));
      check();
    });
  }

  /** @param shows - a folder is to be seen, also where the file browser is closed. */
  private _open(item: IScopeItem, shows = false): void {
    const { app, browser, documents } = this._options;
    if (item.type === 'directory') {
      void browser?.model.cd('/' + item.path);
      if (browser && shows) {
        app.shell.activateById(browser.id);
      }
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
    if (guest.state.kind === 'over') {
      this._closeOffline();
    }
    this._update();
  }

  /** Rooms without a socket would hear of the end with their next attempt only. */
  private _closeOffline(): void {
    for (const { provider } of this._options.rooms?.rooms ?? []) {
      if (provider.state.kind === 'offline') {
        provider.reconnect();
      }
    }
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
}

/** Whether somebody types somewhere, in the chat, say: what opens by itself takes no keys away. */
function isTyping(): boolean {
  const { activeElement } = document;
  return (
    activeElement instanceof HTMLElement &&
    (activeElement.matches('input, textarea') ||
      activeElement.isContentEditable)
  );
}
