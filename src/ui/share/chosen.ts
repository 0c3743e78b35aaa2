import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { toArray, find } from '@lumino/algorithm';
import { Widget } from '@lumino/widgets';

import { IScopeItem } from '../../session/model';

/** What the host means by "this": the document in front, under the pointer, or what is selected in the file browser. */
export class Chosen {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _documents: IDocumentManager,
    private readonly _browser: IDefaultFileBrowser | null
  ) {
    // JupyterLab may select another item while the menu is open, as at the end of its start.
    const note = () => {
      this._atMenu = this._selectedNow();
    };
    document.addEventListener('contextmenu', note, true);
  }

  /** The document in front; nothing when it is not a file of this server. */
  inFront(): IScopeItem[] {
    return this._itemOf(this._app.shell.currentWidget);
  }

  /** The document whose tab was clicked with the right button. */
  underPointer(): IScopeItem[] {
    const node = this._app.contextMenuHitTest(test => !!test.dataset.id);
    const widgets = this._app.shell.widgets('main');
    const hit = find(widgets, widget => widget.id === node?.dataset.id);
    return this._itemOf(hit ?? this._app.shell.currentWidget);
  }

  /** What was selected in the file browser when the context menu opened. */
  selected(): IScopeItem[] {
    return this._atMenu;
  }

  private _selectedNow(): IScopeItem[] {
    return toArray(this._browser?.selectedItems() ?? [])
      .filter(model => this._isLocal(model.path))
      .map(model => ({
        path: this._local(model.path),
        type: model.type === 'directory' ? 'directory' : 'file'
      }));
  }

  private _itemOf(widget: Widget | null): IScopeItem[] {
    const path = widget && this._documents.contextForWidget(widget)?.path;
    return path && this._isLocal(path)
      ? [{ path: this._local(path), type: 'file' }]
      : [];
  }

  private _isLocal(path: string): boolean {
    return this._app.serviceManager.contents.driveName(path) === '';
  }

  private _local(path: string): string {
    return this._app.serviceManager.contents.localPath(path);
  }

  private _atMenu: IScopeItem[] = [];
}
