import { hashText } from './keys';
import { Body, IEntry } from './model';

/** Halves of characters would be lost on the way. */
export function wellFormed(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd'
  );
}

/** Whether the text that came with an entry is the one that its author signed the hash of. */
export function hasItsBody(entry: IEntry): boolean {
  const body: Body | undefined = entry.body;
  if (!body) {
    return true;
  }
  return 'head' in body
    ? hashText(body.salt, body.head) === entry.head_hash
    : hashText(body.salt, body.text) === entry.hash;
}

/** Whether an entry is later than what it speaks of. */
export function isInOrder(entry: IEntry): boolean {
  return [entry.reply, entry.target].every(
    other => !other || other.time < entry.time
  );
}
