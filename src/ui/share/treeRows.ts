import { IScopeItem } from '../../session/model';

/** One visible line of the tree. `level` counts from 1, which is the whole project. */
export interface ITreeRow {
  readonly item: IScopeItem;
  readonly label: string;
  /** The contents manager's type: file, notebook, directory. */
  readonly type: string;
  readonly level: number;
  readonly folder: boolean;
  readonly isOpen: boolean;
}

/** What has been typed to jump, and when (milliseconds). */
export interface ITyped {
  text: string;
  at: number;
}

const FORGET_MS = 700;

/** Where a key leads from `path`: another row's path, or null when the key means nothing here. */
export function moved(
  rows: readonly ITreeRow[],
  path: string,
  key: string,
  typed: ITyped,
  now: number
): string | null {
  const at = rows.findIndex(row => row.item.path === path);
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return rows[Math.min(at + 1, rows.length - 1)].item.path;
    case 'ArrowUp':
      return rows[Math.max(at - 1, 0)].item.path;
    case 'ArrowLeft':
      return parentOf(rows, at);
    case 'Home':
      return rows[0].item.path;
    case 'End':
      return rows[rows.length - 1].item.path;
    default:
      return key.length === 1 ? jumped(rows, at, key, typed, now) : null;
  }
}

function parentOf(rows: readonly ITreeRow[], at: number): string {
  const level = rows[at].level;
  const above = rows.slice(0, at).reverse();
  return (above.find(row => row.level < level) ?? rows[0]).item.path;
}

function jumped(
  rows: readonly ITreeRow[],
  at: number,
  key: string,
  typed: ITyped,
  now: number
): string | null {
  typed.text = now - typed.at > FORGET_MS ? key : typed.text + key;
  typed.at = now;
  const wanted = typed.text.toLowerCase();
  const start = typed.text.length > 1 ? at : at + 1;
  const order = [...rows.slice(start), ...rows.slice(0, start)];
  const found = order.find(row => row.label.toLowerCase().startsWith(wanted));
  return found ? found.item.path : null;
}
