import { ChangeAction, IBodies } from '../protocol';
import { LOST, Requests, UNREACHABLE } from './requests';
import { Messages } from './wire';

/** What a page asks of the server and waits for. */
export class Asking {
  constructor(private readonly _messages: Messages) {
    _messages.handle('save_result', body => this._saves.settle(body));
    _messages.handle('change_result', body => this._changes.settle(body));
  }

  /** Saves now, to a file that is gone with `restore` only. Resolves when the bytes are in it, or rejects. */
  async save(options?: { readonly restore: true }): Promise<void> {
    const { id, done } = this._saves.begin();
    if (!this._messages.send('save', { id, ...options })) {
      this._saves.end(UNREACHABLE);
    }
    await done;
  }

  /** Takes back what another program did to the file, or tells the difference as a unified diff. */
  async act(change: string, action: ChangeAction): Promise<string> {
    const { id, done } = this._changes.begin();
    if (!this._messages.send('change', { id, change, action })) {
      this._changes.end(UNREACHABLE);
    }
    return (await done).difference ?? '';
  }

  /** Nobody will answer what was asked. */
  end(message = LOST): void {
    this._saves.end(message);
    this._changes.end(message);
  }

  private readonly _saves = new Requests<IBodies['save_result']>();
  private readonly _changes = new Requests<IBodies['change_result']>();
}
