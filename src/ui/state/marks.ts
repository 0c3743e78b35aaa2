import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';

import { Dot } from './words';

/** A mark of 12 by 12, drawn for this project: a shape of its own for each state, for who does not tell colours apart. */
function mark(state: Dot, shape: string): LabIcon {
  return new LabIcon({
    name: `cohost:state-${state}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="12" height="12" viewBox="0 0 12 12">${shape}</svg>`
  });
}

const stroke = (path: string) =>
  `<path class="jp-icon3" d="${path}" fill="none" stroke="#616161" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/>`;
const fill = (path: string) =>
  `<path class="jp-icon3" d="${path}" fill="#616161" fill-rule="evenodd"/>`;

/** A tick, an arrow up, three points, a warning triangle, a crossed ring, a padlock. */
export const stateMarks: Readonly<Record<Dot, LabIcon>> = {
  synced: mark('synced', stroke('M1.5 6.5 4.5 9.5 10.5 2.7')),
  sending: mark('sending', stroke('M6 10.8V1.5M2 5.5 6 1.5 10 5.5')),
  connecting: mark(
    'connecting',
    fill(
      'M.3 6a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0zM4.5 6a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0zM8.7 6a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0z'
    )
  ),
  failing: mark(
    'failing',
    fill('M6 .5 12 11.5H0zM5.2 4.2h1.6v3.6H5.2zM5.2 8.7h1.6v1.6H5.2z')
  ),
  offline: mark(
    'offline',
    stroke('M6 1.2a4.8 4.8 0 1 0 .01 0zM2.7 9.3 9.3 2.7')
  ),
  closed: mark(
    'closed',
    fill(
      'M1.5 5.2H3V4a3 3 0 0 1 6 0v1.2h1.5V11.5h-9zM4.7 5.2h2.6V4a1.3 1.3 0 0 0-2.6 0z'
    )
  )
};

/** What each mark means, in the order of the legend. */
export function markWords(trans: TranslationBundle): readonly [Dot, string][] {
  return [
    ['synced', trans.__('Saved')],
    ['sending', trans.__('Sending or saving')],
    ['connecting', trans.__('Connecting')],
    ['failing', trans.__('Not saved')],
    ['offline', trans.__('No connection')],
    ['closed', trans.__('Closed: read only')]
  ];
}

/**
 * Gives every element with `data-cohost-sync` the picture of its mark and its word for screen readers, as the variables
 * `--cohost-mark` and `--cohost-mark-word`: tabs are drawn by others, so a sheet of our own reaches into them.
 */
export function addMarkSheet(trans: TranslationBundle): void {
  if (!('adoptedStyleSheets' in document)) {
    return;
  }
  const sheet = new CSSStyleSheet();
  for (const [state, word] of markWords(trans)) {
    const picture = encodeURIComponent(stateMarks[state].svgstr);
    sheet.insertRule(
      `[data-cohost-sync="${state}"] { --cohost-mark: url("data:image/svg+xml,${picture}"); ` +
        `--cohost-mark-word: ${JSON.stringify(`, ${word}`)}; }`
    );
  }
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** A mark beside words that say the same. */
export function markElement(): HTMLElement {
  const element = document.createElement('span');
  element.className = 'jp-cohost-mark';
  element.setAttribute('aria-hidden', 'true');
  return element;
}
