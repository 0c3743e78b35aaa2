import { fileIcon, folderIcon, notebookIcon } from '@jupyterlab/ui-components';
import { Contents } from '@jupyterlab/services';
import * as React from 'react';

import { IScopeItem } from '../../session/model';
import { useShare } from './context';
import { covers } from './draft';
import { useFileTree } from './fileTree';
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
  const [focused, setFocused] = React.useState('');
  const tree = React.useRef<HTMLUListElement>(null);
  const typed = React.useRef({ text: '', at: 0 });

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
      onToggle(row.item);
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
            isFocused={row.item.path === focused}
            onFocus={() => setFocused(row.item.path)}
            onOpen={() => open(row.item.path, !row.isOpen)}
            onToggle={() => onToggle(row.item)}
          />
        ))}
      </ul>
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
  readonly isFocused: boolean;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
  readonly onToggle: () => void;
}

function PickerRow(props: IRowProps) {
  const { row, scope, onOpen, onToggle } = props;
  const { path } = row.item;
  const own = scope.some(item => item.path === path);
  const included = own || scope.some(item => covers(item, path));
  const Icon = iconOf({ type: row.folder ? 'directory' : row.type });
  return (
    <li
      role="treeitem"
      data-path={path}
      aria-level={row.level}
      aria-expanded={row.folder ? row.isOpen : undefined}
      aria-checked={included}
      aria-disabled={included && !own}
      tabIndex={props.isFocused ? 0 : -1}
      className="jp-cohost-picker-row"
      style={{ paddingInlineStart: `${(row.level - 1) * 16}px` }}
      onFocus={props.onFocus}
      onClick={() => (included && !own ? undefined : onToggle())}
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
        disabled={included && !own}
      />
      <Icon.react tag="span" width="16px" height="16px" />
      <span className="jp-cohost-ellipsis">{row.label}</span>
    </li>
  );
}
