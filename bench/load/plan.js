/** What is measured, in order: small and short first. `quick` tries that everything works. */
import { browser } from './scenarios/browser.js';
import { DOCUMENTS, history, opening } from './scenarios/opening.js';
import { idleGuests, rooms } from './scenarios/rooms.js';
import { soak } from './scenarios/soak.js';
import { typing } from './scenarios/typing.js';

const BOTH = ['y-websocket', 'cohost'];
const OURS = ['cohost'];
const IN_FILES = ['jupyter-collaboration', 'cohost'];

/** A step for each target. */
const steps = (targets, name, run, options) =>
  targets.map(target => ({ name, target, run, options }));

/** People by the cursor moves of each in a second. */
const CURSORS = [
  [50, 10],
  [100, 10]
];
const WATCHERS = [
  [101, 1],
  [101, 10],
  [501, 1],
  [501, 10]
];

export function plan(quick) {
  const seconds = quick ? 3 : 8;
  return [
    ...[10, 50, 100, 200, 400].flatMap(people =>
      steps(BOTH, 'typing', typing, { people, typists: people, seconds })
    ),
    ...CURSORS.flatMap(([people, cursorRate]) =>
      steps(BOTH, 'cursors', typing, {
        people,
        typists: 1,
        seconds,
        cursorRate
      })
    ),
    ...WATCHERS.flatMap(([people, cursorRate]) =>
      steps(OURS, 'watching', typing, {
        people,
        typists: 1,
        seconds,
        cursorRate
      })
    ),
    ...steps(BOTH, 'crowd', typing, { people: 1000, typists: 10, seconds }),
    ...growing(quick),
    { name: 'browser', run: browser, alone: true, options: { repeats: 3 } }
  ];
}

function growing(quick) {
  const seconds = quick ? 40 : 160;
  return [
    ...Object.keys(DOCUMENTS).flatMap(document =>
      steps(IN_FILES, 'opening', opening, { document, atOnce: 20 })
    ),
    ...steps(OURS, 'history', history, { edits: quick ? 20_000 : 260_000 }),
    ...steps(OURS, 'rooms', rooms, {
      documents: quick ? 50 : 200,
      people: 2,
      leftSeconds: 60
    }),
    ...steps(OURS, 'documents', rooms, {
      documents: quick ? 100 : 1000,
      people: 1,
      leftSeconds: 40
    }),
    ...steps(OURS, 'guests', idleGuests, { guests: quick ? 50 : 300 }),
    ...steps(OURS, 'soak', soak, { seconds, documents: 40, people: 3 })
  ];
}
