import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Dot } from './words';
import { markWords } from './marks';

/** A mark beside words that say the same. */
export function Mark({ state }: { readonly state: Dot }) {
  return (
    <span className="jp-cohost-mark" data-cohost-sync={state} aria-hidden />
  );
}

/** What the marks on tabs and in the status bar mean. */
export function Legend({ trans }: { readonly trans: TranslationBundle }) {
  return (
    <details className="jp-cohost-legend">
      <summary>{trans.__('What the marks on documents mean')}</summary>
      <ul>
        {markWords(trans).map(([state, word]) => (
          <li key={state}>
            <Mark state={state} /> {word}
          </li>
        ))}
      </ul>
    </details>
  );
}
