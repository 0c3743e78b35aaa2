import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as Y from 'yjs';

/** Two openings anew of one document because of differing copies are this far apart, in milliseconds. */
const REST = 60_000;

/** SHA-256 in hex of what people read in a document: "Copies" in protocol/README.md. */
export function copyDigest(doc: Y.Doc, kind: string): string {
  const text =
    kind === 'notebook'
      ? JSON.stringify(doc.getArray('cells').toArray().map(readOf))
      : doc.getText('source').toString();
  return bytesToHex(sha256(utf8ToBytes(text)));
}

function readOf(cell: unknown): string[] {
  return cell instanceof Y.Map
    ? ['id', 'cell_type', 'source'].map(key => words(cell.get(key)))
    : [];
}

function words(value: unknown): string {
  return typeof value === 'string' || value instanceof Y.Text
    ? value.toString()
    : '';
}

/** Remembers which documents were opened anew lately, so that one that always differs is not opened again and again. */
export class Reopenings {
  constructor(private readonly _now: () => number = Date.now) {}

  /** Whether it may be opened anew now; counts as done. */
  take(document: string): boolean {
    const now = this._now();
    const isDue = now - (this._at.get(document) ?? -Infinity) > REST;
    if (isDue) {
      this._at.set(document, now);
    }
    return isDue;
  }

  private readonly _at = new Map<string, number>();
}
