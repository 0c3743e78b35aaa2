/** Arrow keys, Home and End go from person to person, to the same control of the next one if there is one. */
const ROW = '.jp-cohost-member';
const CONTROLS = 'button:not(:disabled), select';

/** What the focus goes to; null when the key means something else. */
export function nextInList(
  list: HTMLElement,
  from: Element,
  key: string
): HTMLElement | null {
  const rows = [...list.querySelectorAll<HTMLElement>(ROW)].filter(row =>
    row.querySelector(CONTROLS)
  );
  const at = rows.findIndex(row => row.contains(from));
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows.length - 1
  }[key];
  const row = to === undefined ? undefined : rows[to];
  if (!row) {
    return null;
  }
  const kind = at < 0 ? undefined : kindOf(from);
  const controls = [...row.querySelectorAll<HTMLElement>(CONTROLS)];
  return controls.find(one => kindOf(one) === kind) ?? controls[0];
}

/** Follow, remove, role or place: its last class tells. */
function kindOf(control: Element): string | undefined {
  return control.classList[control.classList.length - 1];
}
