import { checkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useShare } from './context';

/** The name is that of an account of the hub; others are what their guests typed. */
export function Verified() {
  const { trans } = useShare();
  const title = trans.__('Signed in with JupyterHub');
  return (
    <span
      className="jp-cohost-verified"
      role="img"
      title={title}
      aria-label={title}
    >
      <checkIcon.react tag="span" width="12px" height="12px" />
    </span>
  );
}
