import { PromiseDelegate } from '@lumino/coreutils';

import { IBodies } from '../protocol';

/** Saves that were asked for and not answered. */
export class SaveRequests {
  /** A new request; resolves when the bytes are in the file, rejects with the reason. */
  begin(): { readonly id: string; readonly done: Promise<void> } {
    const id = String(++this._count);
    const result = new PromiseDelegate<void>();
    this._waiting.set(id, result);
    return { id, done: result.promise };
  }

  settle({ id, ok, message }: IBodies['save_result']): void {
    const result = this._waiting.get(id);
    this._waiting.delete(id);
    if (ok) {
      result?.resolve();
    } else {
      result?.reject(new Error(message ?? 'The file could not be saved.'));
    }
  }

  /** Nobody will answer. */
  end(message: string): void {
    const waiting = [...this._waiting.values()];
    this._waiting.clear();
    waiting.forEach(result => result.reject(new Error(message)));
  }

  private _count = 0;
  private readonly _waiting = new Map<string, PromiseDelegate<void>>();
}
