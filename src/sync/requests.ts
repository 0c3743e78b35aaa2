import { PromiseDelegate } from '@lumino/coreutils';

export const UNREACHABLE =
  'The host’s server cannot be reached. Your changes are kept in this page.';
export const LOST =
  'The connection was lost. Your changes are kept in this page.';
const FAILED = 'The host’s server could not do this.';

export interface IAnswer {
  readonly id: string;
  readonly ok: boolean;
  readonly message?: string;
}

/** What was asked for on a socket and not answered. */
export class Requests<Answer extends IAnswer> {
  /** A new request; resolves with the answer, rejects with the reason. */
  begin(): { readonly id: string; readonly done: Promise<Answer> } {
    const id = String(++this._count);
    const result = new PromiseDelegate<Answer>();
    this._waiting.set(id, result);
    return { id, done: result.promise };
  }

  settle(answer: Answer): void {
    const result = this._waiting.get(answer.id);
    this._waiting.delete(answer.id);
    if (answer.ok) {
      result?.resolve(answer);
    } else {
      result?.reject(new Error(answer.message ?? FAILED));
    }
  }

  /** Nobody will answer. */
  end(message: string): void {
    const waiting = [...this._waiting.values()];
    this._waiting.clear();
    waiting.forEach(result => result.reject(new Error(message)));
  }

  private _count = 0;
  private readonly _waiting = new Map<string, PromiseDelegate<Answer>>();
}
