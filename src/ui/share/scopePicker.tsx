import * as React from 'react';

import { IScopeItem } from '../../session/model';
import { useShare } from './context';
import { FilePicker } from './filePicker';
import { Chips } from './parts';

interface IScopePickerProps {
  readonly scope: readonly IScopeItem[];
  /** Adds what is missing, takes out what is there. */
  readonly onToggle: (item: IScopeItem) => void;
  /** What is said below the open list. */
  readonly hint?: string;
}

/** What is shared, with a list to add from; the list is open at first while nothing is. */
export function ScopePicker({ scope, onToggle, hint }: IScopePickerProps) {
  const { trans } = useShare();
  const [picking, setPicking] = React.useState(scope.length === 0);
  return (
    <>
      <div className="jp-cohost-what">
        <Chips scope={scope} onRemove={onToggle} />
        <button
          type="button"
          className="jp-cohost-link"
          aria-expanded={picking}
          onClick={() => setPicking(!picking)}
        >
          {picking
            ? trans.__('Done choosing')
            : trans.__('+ Add files or folders')}
        </button>
      </div>
      {picking && <FilePicker scope={scope} onToggle={onToggle} />}
      {picking && hint && <p className="jp-cohost-quiet">{hint}</p>}
    </>
  );
}
