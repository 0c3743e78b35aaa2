/** The scroll position as something that holds on another screen: what stands at the top, not pixels. */
import { IDocumentWidget } from '@jupyterlab/docregistry';
import { NotebookPanel } from '@jupyterlab/notebook';

import { IPlace } from '../../sync';
import { findCell, viewOf } from './goto';

export type Top = NonNullable<IPlace['top']>;

const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** The element that scrolls, or null. */
export function scrollerOf(widget: IDocumentWidget): HTMLElement | null {
  return widget instanceof NotebookPanel
    ? widget.content.outerNode
    : (viewOf(widget)?.scrollDOM ?? null);
}

/** What stands at the upper edge now. */
export function topOf(widget: IDocumentWidget): Top | undefined {
  if (widget instanceof NotebookPanel) {
    const { top } = widget.content.outerNode.getBoundingClientRect();
    for (const cell of widget.content.widgets) {
      const box = cell.node.getBoundingClientRect();
      if (box.height > 0 && box.bottom > top) {
        const hidden = (top - box.top) / box.height;
        return [cell.model.sharedModel.getId(), rounded(hidden)];
      }
    }
    return undefined;
  }
  const view = viewOf(widget);
  if (!view) {
    return undefined;
  }
  const height = view.scrollDOM.scrollTop;
  const block = view.lineBlockAtHeight(height);
  const line = view.state.doc.lineAt(block.from).number;
  return ['', rounded(line + (height - block.top) / block.height)];
}

/** Puts the same at the upper edge here. */
export function scrollTo(widget: IDocumentWidget, [cell, offset]: Top): void {
  if (widget instanceof NotebookPanel) {
    const { outerNode } = widget.content;
    const node = findCell(widget.content, cell)?.cell.node;
    if (node?.isConnected) {
      const box = node.getBoundingClientRect();
      const at = box.top + offset * box.height;
      outerNode.scrollTop += at - outerNode.getBoundingClientRect().top;
    }
    return;
  }
  const view = viewOf(widget);
  if (view) {
    const line = Math.min(
      Math.max(1, Math.floor(offset)),
      view.state.doc.lines
    );
    const block = view.lineBlockAt(view.state.doc.line(line).from);
    view.scrollDOM.scrollTop = block.top + (offset % 1) * block.height;
  }
}
