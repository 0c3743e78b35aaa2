/**
 * What is measured, in order: first what another program on the machine disturbs least. `quick` tries that everything works.
 */
import { compare } from './peers.js';
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

/** A step that starts its servers itself. */
const alone = (name, run, options) => ({ name, run, options, alone: true });

/** People, and the cursor moves of each in a second. */
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
  const oneTypes = (targets, name, [people, cursorRate]) =>
    steps(targets, name, typing, { people, typists: 1, seconds, cursorRate });
  return [
    ...growing(quick),
    ...opened(),
    ...WATCHERS.flatMap(some => oneTypes(OURS, 'watching', some)),
    ...CURSORS.flatMap(some => oneTypes(BOTH, 'cursors', some)),
    ...steps(BOTH, 'crowd', typing, { people: 1000, typists: 10, seconds }),
    alone('compare', compare, { seconds: quick ? 2 : 6 }),
    ...[10, 50, 100, 200, 400].flatMap(people =>
      steps(BOTH, 'typing', typing, { people, typists: people, seconds })
    ),
    alone('browser', browser, { repeats: quick ? 1 : 3 })
  ];
}

function growing(quick) {
  const few = (number, whenQuick) => (quick ? whenQuick : number);
  return [
    ...steps(OURS, 'soak', soak, {
      seconds: few(160, 40),
      documents: 40,
      people: 3
    }),
    ...steps(OURS, 'rooms', rooms, {
      documents: few(200, 50),
      people: 2,
      leftSeconds: 60
    }),
    ...steps(OURS, 'documents', rooms, {
      documents: few(1000, 100),
      people: 1,
      leftSeconds: 40
    }),
    ...steps(OURS, 'guests', idleGuests, { guests: few(300, 50) }),
    ...steps(OURS, 'history', history, { edits: few(260_000, 20_000) })
  ];
}

/** The others are opened here only: they take long elsewhere, and say the same. */
const OPENED_BESIDE = ['2,000 cells', '10 MB of outputs'];

const opened = () =>
  Object.keys(DOCUMENTS).flatMap(document => {
    const targets = OPENED_BESIDE.includes(document) ? IN_FILES : OURS;
    return steps(targets, 'opening', opening, { document, atOnce: 20 });
  });
