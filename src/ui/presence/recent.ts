/** What a text was in the last seconds, and who made it so. */
export class RecentTexts {
  constructor(text: string) {
    this._texts = [{ text, isMine: false }];
  }

  get last(): string {
    return this._texts[this._texts.length - 1].text;
  }

  add(text: string, isMine: boolean): void {
    this._texts.push({ text, isMine });
    if (this._texts.length > MOST) {
      this._texts.shift();
    }
  }

  /**
   * Compares with a copy that somebody else made.
   * `same`: nothing is missing in it; `behind`: all that it lacks is mine; `apart`: it cannot be told.
   */
  compare(copy: string): 'same' | 'behind' | 'apart' {
    if (copy === this.last) {
      return 'same';
    }
    for (let at = this._texts.length - 1; at > 0; at--) {
      if (!this._texts[at].isMine) {
        return 'apart';
      }
      if (this._texts[at - 1].text === copy) {
        return 'behind';
      }
    }
    return 'apart';
  }

  private readonly _texts: { text: string; isMine: boolean }[];
}

const MOST = 50;

/** The smallest single replacement that makes `to` of `from`. */
export function replacement(from: string, to: string) {
  const most = Math.min(from.length, to.length);
  let start = 0;
  while (start < most && from[start] === to[start]) {
    start++;
  }
  let tail = 0;
  while (
    tail < most - start &&
    from[from.length - 1 - tail] === to[to.length - 1 - tail]
  ) {
    tail++;
  }
  return {
    start,
    end: from.length - tail,
    value: to.slice(start, to.length - tail)
  };
}
