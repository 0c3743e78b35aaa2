import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { OpenRoom } from '../../drive';
import { INotice } from '../../protocol';

/** What a line of a unified difference begins with → what it is. */
const LINES: Readonly<Record<string, string>> = {
  '+': 'added',
  '-': 'removed',
  '@': 'place'
};

/** A unified difference, its lines in the theme's colours. */
function differenceNode(text: string): HTMLElement {
  const node = document.createElement('pre');
  node.className = 'jp-CohostDifference';
  node.tabIndex = 0;
  for (const line of text.split('\n')) {
    const isName = /^(---|\+\+\+) /.test(line);
    const span = document.createElement('span');
    span.dataset.line = isName ? 'name' : (LINES[line[0]] ?? 'same');
    span.textContent = `${line}\n`;
    node.append(span);
  }
  return node;
}

/** Above this many files at once, one notification speaks for all. */
const SEVERAL = 3;
/** A checkout changes many files within this time, in milliseconds. */
const TOGETHER = 700;

interface IOutsideChange {
  readonly room: OpenRoom;
  readonly notice: INotice;
}

function nameOf(room: OpenRoom): string {
  return room.path.split('/').pop() ?? room.path;
}

async function undo(
  { room, notice }: IOutsideChange,
  trans: TranslationBundle
): Promise<void> {
  try {
    await room.provider.act(notice.change!, 'undo');
  } catch (error) {
    const why = (error as Error).message;
    Notification.warning(trans.__('%1: %2', nameOf(room), why));
  }
}

async function showDifference(
  { room, notice }: IOutsideChange,
  trans: TranslationBundle
): Promise<void> {
  let text: string;
  try {
    text = await room.provider.act(notice.change!, 'difference');
  } catch (error) {
    text = (error as Error).message;
  }
  await showDialog({
    title: trans.__('What another program changed in %1', nameOf(room)),
    body: new Widget({ node: differenceNode(text) }),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

function actionsOf(
  change: IOutsideChange,
  trans: TranslationBundle
): Notification.IAction[] {
  if (!change.notice.change) {
    return [];
  }
  const look: Notification.IAction = {
    label: trans.__('Show difference'),
    callback: event => {
      event.preventDefault();
      void showDifference(change, trans);
    }
  };
  const takeBack: Notification.IAction = {
    label: trans.__('Undo'),
    callback: () => void undo(change, trans)
  };
  return change.room.provider.may('edit') ? [look, takeBack] : [look];
}

/** Tells of what other programs did to open files: each file's last change, or many files in one sentence. */
export class OutsideNotices {
  constructor(private readonly _trans: TranslationBundle) {}

  /** Another program changed the file of a room. */
  add(room: OpenRoom, notice: INotice): void {
    this._waiting.set(room, { room, notice });
    if (this._timer === undefined) {
      this._timer = window.setTimeout(() => this._tell(), TOGETHER);
    }
  }

  private _tell(): void {
    const changes = [...this._waiting.values()];
    this._waiting.clear();
    this._timer = undefined;
    if (changes.length > SEVERAL) {
      this._tellAll(changes);
    } else {
      changes.forEach(change => this._tellOne(change));
    }
  }

  private _tellOne(change: IOutsideChange): void {
    const { room, notice } = change;
    const where = notice.where?.length ? ` (${notice.where.join(', ')})` : '';
    const old = this._shown.get(room);
    if (old !== undefined) {
      Notification.dismiss(old);
    }
    const show = notice.where ? Notification.warning : Notification.info;
    const id = show(`${nameOf(room)}: ${notice.message}${where}`, {
      autoClose: notice.where ? false : 15_000,
      actions: actionsOf(change, this._trans)
    });
    this._shown.set(room, id);
  }

  private _tellAll(changes: readonly IOutsideChange[]): void {
    const takeBack = changes.filter(
      ({ room, notice }) => notice.change && room.provider.may('edit')
    );
    Notification.info(
      this._trans.__(
        '%1 open files were changed by another program: %2',
        changes.length,
        changes.map(({ room }) => nameOf(room)).join(', ')
      ),
      {
        autoClose: 15_000,
        actions: takeBack.length
          ? [
              {
                label: this._trans.__('Undo all'),
                callback: () =>
                  takeBack.forEach(change => void undo(change, this._trans))
              }
            ]
          : []
      }
    );
  }

  private readonly _waiting = new Map<OpenRoom, IOutsideChange>();
  private readonly _shown = new WeakMap<OpenRoom, string>();
  private _timer: number | undefined;
}
