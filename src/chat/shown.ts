import {
  compareEntries,
  IEntry,
  IMessage,
  IReaction,
  IReference
} from './model';

export function isSame(reference: IReference, entry: IReference): boolean {
  return (
    reference.author === entry.author &&
    reference.key === entry.key &&
    reference.seq === entry.seq &&
    reference.time === entry.time
  );
}

/** Authors delete what is theirs, a host anything: the server's stamp says who was one. */
export function deletedBy(
  entry: IEntry,
  about: readonly IEntry[]
): IMessage['deleted'] {
  const deletes = about.filter(({ kind }) => kind === 'delete');
  if (deletes.some(({ author }) => author === entry.author)) {
    return 'author';
  }
  return deletes.some(({ stamp }) => stamp?.host) ? 'host' : null;
}

/** Of each person and emoji, the last word counts. */
export function reactionsOf(about: readonly IEntry[]): IReaction[] {
  const last = new Map<string, IEntry>();
  about
    .filter(({ kind }) => kind === 'reaction')
    .sort(compareEntries)
    .forEach(entry => last.set(`${entry.emoji}\n${entry.author}`, entry));
  const from = new Map<string, string[]>();
  for (const { emoji, author, on } of last.values()) {
    if (emoji && on) {
      from.set(emoji, [...(from.get(emoji) ?? []), author].sort());
    }
  }
  return [...from]
    .map(([emoji, people]) => ({ emoji, from: people }))
    .sort((a, b) => (a.emoji < b.emoji ? -1 : 1));
}
