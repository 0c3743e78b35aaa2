import { fileIcon, folderIcon, notebookIcon } from '@jupyterlab/ui-components';
import { Contents } from '@jupyterlab/services';
import * as React from 'react';

import { IScopeItem } from '../../session/model';
import { useShare } from './context';
import { covers } from './draft';
import { useFileTree } from './fileTree';
import { itemReason, usePolicy } from './policy';
import { ITreeRow, moved } from './treeRows';

export interface IPickerProps {
  readonly scope: readonly IScopeItem[];
  readonly onToggle: (item: IScopeItem) => void;
}

function iconOf(model: Pick<Contents.IModel, 'type'>) {
  switch (model.type) {
    case 'directory':
      return folderIcon;
    case 'notebook':
      return notebookIcon;
    default:
      return fileIcon;
  }
}

/** A tree with check boxes: arrows move and open, Space checks, letters jump. */
export function FilePicker({ scope, onToggle }: IPickerProps) {
  const { trans, contents } = useShare();
  const { rows, failed, open } = useFileTree(contents, trans);
  const policy = usePolicy();
  const [focused, setFocused] = React.useState('');
  const tree = React.useRef<HTMLUListElement>(null);
  const typed = React.useRef({ text: '', at: 0 });

  /** Why it cannot be added, or "": what is in already can be taken out. */
  const reasonFor = (item: IScopeItem) =>
    scope.some(own => own.path === item.path) ? '' : itemReason(policy, item);
  const toggle = (item: IScopeItem) =>
    reasonFor(item) === '' ? onToggle(item) : undefined;
  const forbidden = new Set(
    rows.map(row => reasonFor(row.item)).filter(Boolean)
  );

  const focus = (path: string) => {
    setFocused(path);
    const item = tree.current?.querySelector(
      `[data-path="${CSS.escape(path)}"]`
    );
    (item as HTMLElement | null)?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = rows.find(candidate => candidate.item.path === focused);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === ' ' || event.key === 'Enter') {
      toggle(row.item);
    } else if (event.key === 'ArrowRight' && row.folder && !row.isOpen) {
      open(row.item.path, true);
    } else if (event.key === 'ArrowLeft' && row.isOpen && row.level > 1) {
      open(row.item.path, false);
    } else {
      const next = moved(rows, focused, event.key, typed.current, Date.now());
      if (next === null) {
        return;
      }
      focus(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <ul
        ref={tree}
        role="tree"
        aria-label={trans.__('Files and folders to share')}
        aria-multiselectable
        className="jp-cohost-picker"
        onKeyDown={onKeyDown}
      >
        {rows.map(row => (
          <PickerRow
            key={row.item.path}
            row={row}
            scope={scope}
            forbidden={reasonFor(row.item)}
            isFocused={row.item.path === focused}
            onFocus={() => setFocused(row.item.path)}
            onOpen={() => open(row.item.path, !row.isOpen)}
            onToggle={() => toggle(row.item)}
          />
        ))}
      </ul>
      {[...forbidden].map(reason => (
        <p key={reason} className="jp-cohost-quiet">
          {reason}
        </p>
      ))}
      {failed !== '' && (
        <p className="jp-cohost-error" role="alert">
          {failed}
        </p>
      )}
    </>
  );
}

interface IRowProps {
  readonly row: ITreeRow;
  readonly scope: readonly IScopeItem[];
  /** Why it cannot be chosen, or "". */
  readonly forbidden: string;
  readonly isFocused: boolean;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
  readonly onToggle: () => void;
}

function PickerRow(props: IRowProps) {
  const { row, scope, forbidden, onOpen, onToggle } = props;
  const { path } = row.item;
  const own = scope.some(item => item.path === path);
  const included = own || scope.some(item => covers(item, path));
  const disabled = (included && !own) || forbidden !== '';
  const Icon = iconOf({ type: row.folder ? 'directory' : row.type });
  return (
    <li
      role="treeitem"
      data-path={path}
      aria-level={row.level}
      aria-expanded={row.folder ? row.isOpen : undefined}
      aria-checked={included}
      aria-disabled={disabled}
      title={forbidden || undefined}
      tabIndex={props.isFocused ? 0 : -1}
      className="jp-cohost-picker-row"
      style={{ paddingInlineStart: `${(row.level - 1) * 16}px` }}
      onFocus={props.onFocus}
      onClick={() => (disabled ? undefined : onToggle())}
    >
      <span
        className="jp-cohost-picker-twisty"
        aria-hidden
        onClick={event => {
          event.stopPropagation();
          onOpen();
        }}
      >
        {row.folder && row.level > 1 ? (row.isOpen ? '▾' : '▸') : ''}
      </span>
      <input
        type="checkbox"
        aria-hidden
        tabIndex={-1}
        readOnly
        checked={included}
        disabled={disabled}
      />
      <Icon.react tag="span" width="16px" height="16px" />
      <span className="jp-cohost-ellipsis">{row.label}</span>
    </li>
  );
}
