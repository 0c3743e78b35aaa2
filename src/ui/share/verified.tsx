import { checkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** The name is that of an account, as the title says; others are what their guests typed. */
export function Verified({ title }: { readonly title: string }) {
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
