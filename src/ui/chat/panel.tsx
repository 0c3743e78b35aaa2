import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Message as LuminoMessage } from '@lumino/messaging';
import * as React from 'react';

import { takeFocus } from '../share/focus';
import { Composer } from './composer';
import { ChatProvider, IChatContext, useChat } from './context';
import { Head } from './head';
import { chatIcon } from './icon';
import { Messages } from './messages';
import { ToastPlace } from './toasts';
import { noticeWords, stateWords, typingWords, unreadWords } from './words';

/** Of the panel's tab: how many messages are unread. */
const UNREAD = 'cohost-unread';

/** The side panel **Chat**. */
export class ChatPanel extends ReactWidget {
  constructor(private readonly _context: IChatContext) {
    super();
    const { model, trans } = _context;
    this.id = 'cohost-chat-panel';
    this.node.tabIndex = -1;
    this.addClass('jp-cohost-chat');
    this.title.icon = chatIcon;
    this.title.caption = trans.__('Chat');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Chat'));
    this.node.dataset.lmSuppressShortcuts = 'true';
    model.isSeen = () =>
      this.isVisible && document.visibilityState === 'visible';
    model.changed.connect(this._count, this);
    this._toasts = new ToastPlace(this.node);
    document.addEventListener('visibilitychange', this._onVisible);
  }

  override dispose(): void {
    document.removeEventListener('visibilitychange', this._onVisible);
    this._toasts.dispose();
    super.dispose();
  }

  /** However it is opened, what is typed next is a message. */
  protected override onActivateRequest(msg: LuminoMessage): void {
    super.onActivateRequest(msg);
    const composer = () =>
      this.node.querySelector<HTMLElement>('textarea:not(:disabled)');
    void this.renderPromise?.then(() => takeFocus(this.node, composer));
  }

  protected override onAfterShow(msg: LuminoMessage): void {
    super.onAfterShow(msg);
    this._context.model.toUnread();
    this._context.model.read();
    this._toasts.place();
    this.update();
  }

  protected override onAfterHide(msg: LuminoMessage): void {
    super.onAfterHide(msg);
    this._toasts.place();
  }

  protected override render(): React.ReactElement {
    return (
      <ChatProvider value={this._context}>
        <UseSignal signal={this._context.model.changed}>
          {() => <Chat />}
        </UseSignal>
      </ChatProvider>
    );
  }

  private _count(): void {
    const { unread } = this._context.model;
    const dataset = { ...this.title.dataset };
    delete dataset[UNREAD];
    this.title.dataset =
      unread > 0 ? { ...dataset, [UNREAD]: `${unread}` } : dataset;
    this.title.caption = unreadWords(unread, this._context.trans);
    const bare = document.title.replace(/^\(\d+\) /, '');
    const title = unread > 0 ? `(${unread}) ${bare}` : bare;
    if (document.title !== title) {
      document.title = title;
    }
  }

  private readonly _toasts: ToastPlace;
  private readonly _onVisible = () => {
    if (this._context.model.isSeen()) {
      this._context.model.read();
    }
  };
}

function Chat() {
  const { model, trans } = useChat();
  const { chat } = model;
  if (!chat) {
    return (
      <p className="jp-cohost-chat-empty">
        {trans.__('There is no session. Share something to chat with others.')}
      </p>
    );
  }
  return (
    <>
      <Head />
      <Messages />
      <Foot />
      <Composer />
    </>
  );
}

/** What goes on: the connection, notices, who types. */
function Foot() {
  const { model, trans } = useChat();
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  const { chat } = model;
  const node = chat?.node;
  const typing = node?.typing(model.peer) ?? [];
  React.useEffect(() => {
    if (typing.length > 0) {
      const timer = window.setTimeout(redraw, 1000);
      return () => window.clearTimeout(timer);
    }
    return undefined;
  });
  if (!chat || !node) {
    return null;
  }
  const notice = chat.notices[chat.notices.length - 1];
  return (
    <div className="jp-cohost-chat-foot" role="status">
      {notice && <p>{noticeWords(notice, node, trans)}</p>}
      <p>{stateWords(chat.state, trans)}</p>
      <p className="jp-cohost-quiet">
        {typingWords(
          typing.map(({ name }) => name),
          trans
        )}
      </p>
    </div>
  );
}
