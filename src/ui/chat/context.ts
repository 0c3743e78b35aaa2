import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ChatModel } from './model';
import { Sound } from './sound';

/** What every part of the panel needs. */
export interface IChatContext {
  readonly model: ChatModel;
  readonly trans: TranslationBundle;
  readonly sound: Sound;
  readonly rendermime: IRenderMimeRegistry;
  readonly onLink: (href: string) => void;
  /** Null: nothing can be changed by this person. */
  readonly insert: ((code: string) => void) | null;
  readonly saveTranscript: () => void;
  /** Adds a link to, or the selection of, the document in front; null when there is none. */
  readonly addLink: () => void;
  readonly addSelection: () => void;
  /** Back to the document in front. */
  readonly leave: () => void;
}

const Context = React.createContext<IChatContext | null>(null);
export const ChatProvider = Context.Provider;

export function useChat(): IChatContext {
  const context = React.useContext(Context);
  if (!context) {
    throw new Error('useChat outside of the chat panel');
  }
  return context;
}
