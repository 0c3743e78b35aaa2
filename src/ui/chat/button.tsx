import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ChatModel } from './model';
import { chatIcon } from './icon';
import { unreadWords } from './words';

/** Opens the chat and shows what is unread, where no side bar does. Hidden without a session. */
export class ChatButton extends ReactWidget {
  constructor(
    private readonly _model: ChatModel,
    private readonly _trans: TranslationBundle,
    private readonly _open: () => void
  ) {
    super();
    this.addClass('jp-cohost-topbar-item');
  }

  protected render(): React.ReactElement {
    const { _model: model, _trans: trans, _open: open } = this;
    return (
      <UseSignal signal={model.changed}>
        {() =>
          model.sessions.length === 0 ? null : (
            <button
              type="button"
              className="jp-cohost-topbar"
              aria-label={unreadWords(model.unread, trans)}
              title={unreadWords(model.unread, trans)}
              onClick={open}
            >
              <chatIcon.react tag="span" width="16px" height="16px" />
              {model.unread > 0 && (
                <span className="jp-cohost-badge">{model.unread}</span>
              )}
            </button>
          )
        }
      </UseSignal>
    );
  }
}
