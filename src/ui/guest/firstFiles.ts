import { IHere } from '../../session/people';
import { IScopeItem } from '../../session/model';

/** More than these open only on demand. */
const MOST_OPENED = 3;

/** The host's entry among who is here. */
export function hostOf(people: Iterable<IHere>): IHere | undefined {
  return [...people].find(({ role }) => role === 'host');
}

/** What opens by itself, the one in front first: where the host is, then what is shared, then what else the host has open. */
export function firstFiles(
  scope: readonly IScopeItem[],
  host: Pick<IHere, 'front' | 'paths'> | undefined
): string[] {
  const shared = scope
    .filter(item => item.type === 'file')
    .map(({ path }) => path);
  const open = [...(host?.paths ?? [])].reverse();
  const front = host?.front ?? open[0];
  return [...new Set([...(front ? [front] : []), ...shared, ...open])].slice(
    0,
    MOST_OPENED
  );
}

/** A file to choose; times are milliseconds since 1970. */
export interface IFile {
  readonly path: string;
  readonly changed: number;
}

export interface IFileWith extends IFile {
  /** Names of who has it open. */
  readonly people: readonly string[];
}

/** Those that somebody has open first, then the newest. */
export function sortedFiles(
  files: readonly IFile[],
  people: Iterable<IHere>
): IFileWith[] {
  const here = [...people];
  const known = new Map(files.map(file => [file.path, file]));
  here
    .flatMap(({ paths }) => paths)
    .filter(path => !known.has(path))
    .forEach(path => known.set(path, { path, changed: 0 }));
  return [...known.values()]
    .map(file => ({
      ...file,
      people: here
        .filter(({ paths }) => paths.includes(file.path))
        .map(({ name }) => name)
    }))
    .sort(
      (a, b) =>
        Number(b.people.length > 0) - Number(a.people.length > 0) ||
        b.changed - a.changed ||
        a.path.localeCompare(b.path)
    );
}
