/** Whether a text calls somebody: `@Name`, in any case, not inside a longer name. */
export function mentions(text: string, name: string): boolean {
  if (name === '') {
    return false;
  }
  const lower = text.toLowerCase();
  const call = `@${name.toLowerCase()}`;
  for (
    let at = lower.indexOf(call);
    at >= 0;
    at = lower.indexOf(call, at + 1)
  ) {
    const next = lower.charAt(at + call.length);
    if (!/[\p{L}\p{N}_]/u.test(next)) {
      return true;
    }
  }
  return false;
}

export interface ICompletion {
  /** Where the `@` stands. */
  readonly from: number;
  readonly names: readonly string[];
}

const MOST = 6;

/** Names that what stands before the cursor could become. */
export function complete(
  text: string,
  cursor: number,
  names: readonly string[]
): ICompletion | null {
  const typed = /(?:^|\s)@([^@\n]{0,64})$/.exec(text.slice(0, cursor));
  if (!typed) {
    return null;
  }
  const start = typed[1].toLowerCase();
  const found = names
    .filter(
      name =>
        name.toLowerCase().startsWith(start) && name.toLowerCase() !== start
    )
    .slice(0, MOST);
  return found.length > 0
    ? { from: cursor - typed[1].length - 1, names: found }
    : null;
}
