/** The chat panel and its commands, put together. */
import { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ServerConnection } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';

import { PageChat } from '../../chat/page';
import { GuestModel } from '../../session/guest';
import { SessionsModel } from '../../session/sessions';
import { ChatModel } from './model';
import { sessionNames } from '../share/words';
import { ChatButton } from './button';
import { ChatPanel } from './panel';
import {
  codeBlock,
  IInFront,
  inFront,
  jumpTo,
  linkTo,
  parsePlace,
  selectedLines,
  selectedText
} from './places';
import { quietSanitizer } from './sanitizer';
import { Sound } from './sound';
import { saveTranscript } from './transcript';

export interface IChatOptions {
  readonly app: JupyterFrontEnd;
  readonly documents: IDocumentManager;
  readonly rendermime: IRenderMimeRegistry;
  /** Null on a guest's page. */
  readonly sessions: SessionsModel | null;
  /** Null on the host's page. */
  readonly guest: GuestModel | null;
  readonly palette: ICommandPalette | null;
  readonly labShell: ILabShell | null;
  readonly trans: TranslationBundle;
}

export const CommandIDs = {
  open: 'cohost:chat',
  link: 'cohost:chat-link',
  selection: 'cohost:chat-selection'
} as const;

export function startChat(options: IChatOptions): void {
  const { app, sessions, guest, trans } = options;
  const model = new ChatModel();
  const panel = makePanel(options, model);
  app.shell.add(panel, 'right', { rank: 610 });
  addCommands(options, model, panel);
  if (!options.labShell) {
    addButton(options, model);
  }
  const { serverSettings } = app.serviceManager;
  if (guest) {
    const chat = guestChat(guest, serverSettings);
    model.set([{ session: '', label: '', chat }]);
  } else if (sessions) {
    followSessions(sessions, serverSettings, model, trans);
  }
  model.called.connect((_, { name, session, peer, isFirst }) => {
    const show = () => {
      model.open(peer, session);
      void app.commands.execute(CommandIDs.open);
    };
    const text = isFirst
      ? trans.__('%1 wrote in the chat', name)
      : trans.__('%1 wrote to you in the chat', name);
    Notification.info(text, {
      autoClose: 8000,
      actions: [{ label: trans.__('Show'), callback: show }]
    });
  });
}

/** Where there is no side bar (Notebook 7), a button on top shows what is unread. */
function addButton({ app, trans }: IChatOptions, model: ChatModel): void {
  const open = () => void app.commands.execute(CommandIDs.open);
  const button = new ChatButton(model, trans, open);
  button.id = 'jp-cohost-chat-button';
  app.shell.add(button, 'top', { rank: 900 });
}

/** The chat of the one session that a guest is in; it ends with the session. */
function guestChat(
  guest: GuestModel,
  settings: ServerConnection.ISettings
): PageChat {
  const chat = new PageChat(settings, null);
  guest.changed.connect(() => {
    if (guest.state.kind === 'over') {
      chat.dispose();
    }
  });
  return chat;
}

/** A chat for every running session; the page is in all of them. */
function followSessions(
  sessions: SessionsModel,
  settings: ServerConnection.ISettings,
  model: ChatModel,
  trans: TranslationBundle
): void {
  const chats = new Map<string, PageChat>();
  const follow = () => {
    const { running } = sessions;
    const ids = running.map(({ id }) => id);
    ids
      .filter(id => !chats.has(id))
      .forEach(id => chats.set(id, new PageChat(settings, id)));
    const names = sessionNames(running, trans);
    model.set(
      running.flatMap(({ id, title }) => {
        const chat = chats.get(id);
        const label = names.get(id) ?? title;
        return chat ? [{ session: id, label, chat }] : [];
      })
    );
    [...chats]
      .filter(([id]) => !ids.includes(id))
      .forEach(([id, chat]) => {
        chat.dispose();
        chats.delete(id);
      });
  };
  sessions.changed.connect(follow);
  follow();
}

function makePanel(options: IChatOptions, model: ChatModel): ChatPanel {
  const { app, documents, rendermime, guest, trans } = options;
  const front = () => inFront(app.shell.currentWidget, documents);
  const mayEdit = () => guest?.me?.capabilities.includes('edit') ?? !guest;
  const sound = new Sound();
  model.unseen.connect(() => sound.play());
  return new ChatPanel({
    model,
    trans,
    sound,
    rendermime: rendermime.clone({
      sanitizer: quietSanitizer(rendermime.sanitizer)
    }),
    onLink: href => {
      const place = parsePlace(href);
      if (place) {
        void jumpTo(place, documents);
      }
    },
    get insert() {
      return mayEdit() ? (code: string) => insertCode(front(), code) : null;
    },
    saveTranscript: () => {
      const node = model.chat?.node;
      const { contents } = app.serviceManager;
      if (node) {
        void saveTranscript(node, guest ? null : contents, trans);
      }
    },
    addLink: () => addLink(model, front(), trans),
    addSelection: () => addSelection(model, front(), trans),
    leave: () => app.shell.currentWidget?.activate()
  });
}

function insertCode(front: IInFront | null, code: string): void {
  const { editor } = front ?? {};
  if (editor) {
    editor.replaceSelection?.(code);
    editor.focus();
  }
}

/** "analysis.ipynb, cell 3" */
function labelOf(
  { place, index }: Pick<IInFront, 'place' | 'index'>,
  trans: TranslationBundle
): string {
  const { line, end } = place;
  const name = place.path.split('/').pop() ?? place.path;
  if (index !== undefined) {
    return trans.__('%1, cell %2', name, index);
  }
  if (line && end && end > line) {
    return trans.__('%1, lines %2 to %3', name, line, end);
  }
  return line ? trans.__('%1, line %2', name, line) : name;
}

function addLink(
  model: ChatModel,
  front: IInFront | null,
  trans: TranslationBundle
): void {
  if (front) {
    model.add(linkTo(front.place, labelOf(front, trans)));
  }
}

function addSelection(
  model: ChatModel,
  front: IInFront | null,
  trans: TranslationBundle
): void {
  if (front?.editor) {
    const text = selectedText(front.editor);
    const place = { ...front.place, ...selectedLines(front.editor) };
    const link = linkTo(place, labelOf({ ...front, place }, trans));
    model.add(`${link}\n\n${codeBlock(text, front.language)}`);
  }
}

function addCommands(
  options: IChatOptions,
  model: ChatModel,
  panel: ChatPanel
): void {
  const { app, documents, palette, trans } = options;
  const { commands, shell } = app;
  const none = { args: { type: 'object', properties: {} } } as const;
  const front = () => inFront(shell.currentWidget, documents);
  const open = () => shell.activateById(panel.id);
  commands.addCommand(CommandIDs.open, {
    label: trans.__('Chat'),
    caption: trans.__('Chat with people in this session'),
    describedBy: none,
    execute: open
  });
  commands.addCommand(CommandIDs.link, {
    label: trans.__('Link to Here in Chat'),
    isEnabled: () => model.chat !== null && front() !== null,
    describedBy: none,
    execute: () => {
      addLink(model, front(), trans);
      open();
    }
  });
  commands.addCommand(CommandIDs.selection, {
    label: trans.__('Send Selection to Chat'),
    isVisible: () => model.chat !== null,
    isEnabled: () => model.chat !== null && !!front()?.editor,
    describedBy: none,
    execute: () => {
      addSelection(model, front(), trans);
      open();
    }
  });
  const category = trans.__('Session');
  Object.values(CommandIDs).forEach(command =>
    palette?.addItem({ command, category })
  );
  ['.jp-Notebook .jp-Cell', '.jp-FileEditor'].forEach(selector =>
    app.contextMenu.addItem({
      command: CommandIDs.selection,
      selector,
      rank: 60
    })
  );
}
