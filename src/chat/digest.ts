/** What stands for a set of signatures: equal sets have equal mixes, and one is taken out as it was put in. */
export class Mix {
  /** Puts a signature in, or takes it out. */
  turn(signature: string): void {
    this._words[0] = (this._words[0] ^ wordOf(signature, 0)) >>> 0;
    this._words[1] = (this._words[1] ^ wordOf(signature, 8)) >>> 0;
  }

  toString(): string {
    return this._words.map(word => word.toString(36)).join('.');
  }

  private readonly _words = [0, 0];
}

/** Eight characters of a signature, as a number that differs when they do. */
function wordOf(signature: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + 8; at++) {
    word = (Math.imul(word, 31) + signature.charCodeAt(at)) >>> 0;
  }
  return word;
}
