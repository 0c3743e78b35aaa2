import { idOf, IEntry } from './model';
import { Log } from './log';

/** A 1-to-1 entry as one person sends it to a page of the other that opened later. */
export interface IAgain {
  readonly entry: IEntry;
  /** When it was said, in milliseconds since 1970; the sender's word. */
  readonly at: number;
}

const CHUNK_CHARACTERS = 200_000;

/** What was said in a thread, in parts that fit into frames. */
export function partsOf(log: Log): IAgain[][] {
  const parts: IAgain[][] = [];
  let size = Infinity;
  for (const entry of log.missing({})) {
    const { stamp, ...rest } = entry;
    const length = JSON.stringify(rest).length;
    if (size + length > CHUNK_CHARACTERS) {
      parts.push([]);
      size = 0;
    }
    parts[parts.length - 1].push({ entry: rest, at: stamp?.at ?? 0 });
    size += length;
  }
  return parts;
}

/** Reads what a partner sent again. @returns null when it is something else. */
export function readAgain(value: unknown): IAgain[] | null {
  const again = (value as { again?: unknown } | null)?.again;
  return Array.isArray(again) ? (again as IAgain[]) : null;
}

/**
 * Adds what was said between these two and is signed by who said it; everything else is passed over.
 *
 * @returns how many entries are new.
 */
export function addAgain(
  log: Log,
  list: readonly IAgain[],
  two: readonly [string, string],
  isGenuine: (entry: IEntry) => boolean
): number {
  const [one, other] = two;
  const isBetween = ({ author, to }: IEntry) =>
    (author === one && to === other) || (author === other && to === one);
  const isEntry = ({ entry }: IAgain) => typeof entry?.seq === 'number';
  return list
    .filter(Boolean)
    .filter(isEntry)
    .filter(({ entry, at }) => {
      const isNew = isBetween(entry) && !log.get(idOf(entry));
      const stamp = { at: Number(at) || 0, host: false, mac: '' };
      return isNew && isGenuine(entry) && log.add({ ...entry, stamp });
    }).length;
}
