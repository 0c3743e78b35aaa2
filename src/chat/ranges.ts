export type Range = [from: number, to: number];

/** Of each key, which numbers: [from, to], both included, rising. */
export type Have = Record<string, Range[]>;

/** Sets of numbers by key, small while they have few holes. */
export class Numbers {
  has(key: string, number: number): boolean {
    return isIn(this._ranges.get(key), number);
  }

  add(key: string, number: number): void {
    const numbers = this._ranges.get(key) ?? [];
    this._ranges.set(key, merged([...numbers, [number, number]]));
  }

  clear(): void {
    this._ranges.clear();
  }

  /** These and those. */
  with(others: ReadonlyMap<string, readonly number[]>): Have {
    const keys = new Set([...this._ranges.keys(), ...others.keys()]);
    return Object.fromEntries(
      [...keys].map(key => [
        key,
        merged([
          ...(this._ranges.get(key) ?? []),
          ...(others.get(key) ?? []).map((number): Range => [number, number])
        ])
      ])
    );
  }

  private readonly _ranges = new Map<string, Range[]>();
}

export function isIn(
  ranges: readonly Range[] | undefined,
  number: number
): boolean {
  return (ranges ?? []).some(([from, to]) => from <= number && number <= to);
}

function merged(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = found[found.length - 1];
    if (last && from <= last[1] + 1) {
      last[1] = Math.max(last[1], to);
    } else {
      found.push([from, to]);
    }
  }
  return found;
}
