import { CHAT } from '../protocol/tables';
import { wellFormed } from './checks';
import { IClock } from './events';
import { hashText, newSalt, signedBytes } from './keys';
import { IRefused } from './messages';
import { EntryId, EntryKind, idOf, IEntry, referenceTo } from './model';
import type { ChatNode } from './node';
import { Outbox } from './outbox';

/** What this person says: made into entries, signed, and sent until the server has taken them. */
export class Writer {
  constructor(
    private readonly _node: ChatNode,
    clock: IClock
  ) {
    this.outbox = new Outbox({
      sign: entry => this.sign(entry),
      send: entry => _node.send({ type: 'post', entry }),
      renumbered: (old, entry) => this._renumbered(old, entry),
      later: (ms, call) => clock.later(ms, call)
    });
  }

  readonly outbox: Outbox;

  /** An edit, a deletion or a reaction. @returns null when there is no such message. */
  about(
    kind: EntryKind,
    id: EntryId,
    to: string | undefined,
    fields: object,
    text?: string
  ): IEntry | null {
    const target = this._node.thread(to).get(id);
    return target
      ? this.write(kind, text, {
          target: referenceTo(target),
          ...fields,
          ...(to ? { to } : {})
        })
      : null;
  }

  /** @throws RangeError for a text that is too long. */
  write(
    kind: EntryKind,
    text: string | undefined,
    fields: Partial<IEntry>
  ): IEntry {
    const { me, keys, letters, time } = this._node;
    if (!me) {
      throw new Error('not in the discussion yet');
    }
    const { to } = fields;
    const log = this._node.thread(to);
    const written = text === undefined ? null : wellFormed(text);
    const body = written === null ? null : bodyOf(written, !!to);
    const entry = {
      author: me.id,
      key: keys.key,
      time: Math.max(log.time, to ? 0 : time) + 1,
      kind,
      ...(body?.fields ?? {}),
      ...fields
    };
    if (to) {
      return letters.write(to, entry);
    }
    const signed = this.outbox.add(entry);
    log.add(signed);
    if (body && written !== null && signed.head_hash) {
      log.fill(idOf(signed), body.salt, written);
    }
    this._node.emit({ kind: 'changed' });
    return signed;
  }

  sign(entry: Omit<IEntry, 'signature'>): IEntry {
    const bytes = signedBytes(this._node.session, entry);
    return { ...entry, signature: this._node.keys.sign(bytes) };
  }

  refused({ code, seq, next, retry_ms, message }: IRefused): void {
    if (seq === undefined) {
      return;
    }
    if (code === 'too_fast') {
      this.outbox.retry(seq, retry_ms ?? 1000);
    } else if (code === 'order' && next !== undefined) {
      this.outbox.renumber(seq, next);
    } else {
      const dropped = this.outbox.drop(seq);
      if (dropped) {
        this._node.log.remove(idOf(dropped));
      }
      this._node.emit({ kind: 'notice', notice: { kind: 'error', message } });
    }
  }

  private _renumbered(old: IEntry, entry: IEntry): void {
    const { log } = this._node;
    const full = log.full(idOf(old));
    log.remove(idOf(old));
    log.add(entry);
    if (full) {
      log.fill(idOf(entry), full.salt, full.text);
    }
  }
}

/** The body that travels with an entry (`whole`: however long it is). @throws RangeError */
function bodyOf(
  text: string,
  whole: boolean
): { fields: object; salt: string } {
  const size = [...text].length;
  if (size === 0 || size > CHAT.characters) {
    throw new RangeError(`a message has 1 to ${CHAT.characters} characters`);
  }
  const salt = newSalt();
  const hash = hashText(salt, text);
  const bytes = new TextEncoder().encode(text).length;
  if (whole || bytes <= CHAT.inline_bytes) {
    return { fields: { hash, size, body: { salt, text } }, salt };
  }
  const head = [...text].slice(0, CHAT.head_characters).join('');
  const head_hash = hashText(salt, head);
  return { fields: { hash, size, head_hash, body: { salt, head } }, salt };
}
