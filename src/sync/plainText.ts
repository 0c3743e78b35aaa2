import * as Y from 'yjs';

/**
 * Keeps `\r` out of what this page writes into sources. Editors count every line end as one character, so a document with
 * `\r\n` would have other places than what they show. Files keep their line ends: the server sees to it, and to what
 * comes from others.
 *
 * It has to happen inside of the transaction, before the editors hear of the change.
 */
export function keepPlain(doc: Y.Doc): void {
  const transact = doc.transact.bind(doc);
  doc.transact = <T>(
    change: (transaction: Y.Transaction) => T,
    origin?: unknown
  ) =>
    transact(transaction => {
      const result = change(transaction);
      for (const text of withForeignEnds(transaction)) {
        makePlain(text);
      }
      return result;
    }, origin);
}

/** Sources in which this transaction has put a `\r`. */
function withForeignEnds(transaction: Y.Transaction): Set<Y.Text> {
  const { doc, beforeState } = transaction;
  const structs = doc.store.clients.get(doc.clientID) ?? [];
  const before = beforeState.get(doc.clientID) ?? 0;
  const found = new Set<Y.Text>();
  for (let index = structs.length - 1; index >= 0; index--) {
    const struct = structs[index];
    if (struct.id.clock + struct.length <= before) {
      break;
    }
    const text = struct instanceof Y.Item ? struct.parent : null;
    if (text instanceof Y.Text && isSource(text) && hasForeignEnd(struct)) {
      found.add(text);
    }
  }
  return found;
}

function hasForeignEnd(struct: Y.AbstractStruct): boolean {
  const content = struct instanceof Y.Item ? struct.content : null;
  return content instanceof Y.ContentString && content.str.includes('\r');
}

/** Of a cell, or of a text file. Outputs may have a `\r`: progress bars. */
function isSource(text: Y.Text): boolean {
  return text._item
    ? text._item.parentSub === 'source'
    : Y.findRootTypeKey(text) === 'source';
}

function makePlain(text: Y.Text): void {
  const ends = [...text.toString().matchAll(/\r\n?/g)].reverse();
  for (const end of ends) {
    text.delete(end.index, 1);
    if (end[0].length === 1) {
      text.insert(end.index, '\n');
    }
  }
}
