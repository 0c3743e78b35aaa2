import * as React from 'react';

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]';

function canFocus(element: HTMLElement): boolean {
  return element.tabIndex >= 0 && element.getClientRects().length > 0;
}

/** Where Tab has to go to stay inside `root`, or null when the browser's own order does. */
export function nextFocus(
  root: HTMLElement,
  backwards: boolean
): HTMLElement | null {
  const stops = Array.from(
    root.querySelectorAll<HTMLElement>(FOCUSABLE)
  ).filter(canFocus);
  if (stops.length === 0) {
    return null;
  }
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const focused = document.activeElement;
  const isInside = root.contains(focused);
  if (backwards) {
    return !isInside || focused === first ? last : null;
  }
  return !isInside || focused === last ? first : null;
}

/**
 * Takes the focus into something that was just opened. Twice, for what was clicked or the command palette may take it, or
 * give it back to the document.
 *
 * @param target - asked each time; null for `root` itself, which must be able to have the focus.
 */
export function takeFocus(
  root: HTMLElement,
  target: () => HTMLElement | null
): void {
  const take = () => (target() ?? root).focus();
  take();
  window.requestAnimationFrame(() => {
    if (root.isConnected && !root.contains(document.activeElement)) {
      take();
    }
  });
}

/** Gives the focus back to what had it before a component came, when the component goes and takes the focus with it. */
export function useFocusBack(): void {
  const [before] = React.useState(() => document.activeElement);
  React.useEffect(
    () => () => {
      // What opened the component may be disabled until React has drawn it anew.
      window.setTimeout(() => {
        const isLost = document.activeElement === document.body;
        if (isLost && before instanceof HTMLElement && before.isConnected) {
          before.focus();
        }
      });
    },
    [before]
  );
}
