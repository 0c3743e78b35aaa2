import { Notification, ReactWidget } from '@jupyterlab/apputils';
import { Contents } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { SessionsModel } from '../../session/sessions';
import { copyText } from './clipboard';
import { IShareContext, ShareProvider } from './context';
import { DialogView } from './dialogView';
import { IDraft } from './draft';
import { nextFocus } from './focus';

const TITLE_ID = 'jp-cohost-dialog-title';

export interface IShareDialogOptions {
  readonly sessions: SessionsModel;
  /** Why nothing is shared on this page, or "". */
  readonly off?: string;
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;
  readonly draft: IDraft;
  readonly keepHostName?: (name: string) => void;
  /** The running session to show, or null for the form. */
  readonly shown: string | null;
  /** Ask at once whether to end it. */
  readonly ending: boolean;
}

function isInQuestion(target: EventTarget | null): boolean {
  return target instanceof Element && !!target.closest('[role=alertdialog]');
}

/** The modal dialog. The focus stays inside while it is open and goes back to where it was. */
export class ShareDialog extends ReactWidget {
  constructor(private readonly _options: IShareDialogOptions) {
    super();
    this.addClass('jp-Dialog');
    this.addClass('jp-ThemedContainer');
    this.addClass('jp-cohost-dialog');
    this.node.setAttribute('data-lm-suppress-shortcuts', 'true');
    this._context = {
      trans: _options.trans,
      sessions: _options.sessions,
      off: _options.off ?? '',
      contents: _options.contents,
      announce: message => this._announce(message),
      copy: link => this._copy(link),
      keepHostName: _options.keepHostName,
      close: () => this.dispose()
    };
  }

  open(): void {
    this._before = document.activeElement;
    Widget.attach(this, document.body);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    super.dispose();
    const back =
      this._before?.isConnected && this._before !== document.body
        ? this._before
        : document.querySelector('.jp-cohost-topbar');
    if (back instanceof HTMLElement) {
      back.focus();
    }
  }

  handleEvent(event: Event): void {
    if (event instanceof KeyboardEvent) {
      if (event.currentTarget === this.node || this._hasLostFocus(event)) {
        this._onKeyDown(event);
      }
    } else if (event.type === 'mousedown' && event.target === this.node) {
      event.preventDefault();
    } else if (event.type === 'focusin') {
      this._onFocusIn(event.target);
    }
  }

  protected render(): JSX.Element {
    return (
      <ShareProvider value={this._context}>
        <div
          className="jp-Dialog-content jp-cohost-dialog-content"
          role="dialog"
          aria-modal
          aria-labelledby={TITLE_ID}
        >
          <DialogView
            titleId={TITLE_ID}
            draft={this._options.draft}
            shown={this._options.shown}
            ending={this._options.ending}
          />
          <div
            className="jp-cohost-said"
            role="status"
            aria-live="polite"
            data-said
          />
        </div>
      </ShareProvider>
    );
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.node.addEventListener('keydown', this);
    this.node.addEventListener('mousedown', this);
    document.addEventListener('focusin', this);
    document.addEventListener('keydown', this);
    void this.renderPromise?.then(() => this._focusFirst());
  }

  protected override onBeforeDetach(message: Message): void {
    this.node.removeEventListener('keydown', this);
    this.node.removeEventListener('mousedown', this);
    document.removeEventListener('focusin', this);
    document.removeEventListener('keydown', this);
    super.onBeforeDetach(message);
  }

  private _onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      if (isInQuestion(event.target)) {
        return; // It answers no to the question, and the dialog stays.
      }
      event.preventDefault();
      event.stopPropagation();
      this.dispose();
    } else if (event.key === 'Tab') {
      const next = nextFocus(this.node, event.shiftKey);
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  }

  /** A click on plain text, or a button that goes when it was pressed, leaves the focus nowhere: keys are still ours. */
  private _hasLostFocus(event: KeyboardEvent): boolean {
    const dialogs = document.querySelectorAll('.jp-Dialog');
    return (
      event.target === document.body &&
      dialogs[dialogs.length - 1] === this.node
    );
  }

  /** JupyterLab moves the focus by itself: when a document is ready, when the command palette closes. */
  private _onFocusIn(target: EventTarget | null): void {
    if (target instanceof Element && !target.closest('.jp-Dialog, .Toastify')) {
      this._focusFirst();
    }
  }

  private _focusFirst(): void {
    const first =
      this.node.querySelector<HTMLElement>('[data-autofocus]') ??
      this.node.querySelector<HTMLElement>('button, select, input');
    first?.focus();
  }

  private async _copy(link: string): Promise<boolean> {
    const { trans } = this._options;
    const copied = await copyText(link);
    const message = copied
      ? trans.__('Link copied')
      : trans.__('The browser did not let us copy. Copy the marked link.');
    this._announce(message);
    if (copied) {
      Notification.success(message, { autoClose: 3000 });
    }
    return copied;
  }

  private _announce(message: string): void {
    const region = this.node.querySelector('[data-said]');
    if (region) {
      region.textContent = message;
    }
  }

  private readonly _context: IShareContext;
  private _before: Element | null = null;
}
