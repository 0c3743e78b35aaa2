/** What is measured, in order: small and short first. `quick` tries that everything works. */
import { typing } from './scenarios/typing.js';

const BOTH = ['y-websocket', 'cohost'];

export function plan(quick) {
  const seconds = quick ? 3 : 8;
  const all = (targets, name, run, options) =>
    targets.map(target => ({ name, target, run, options }));
  return [
    ...[10, 50, 100, 200, 400].flatMap(people =>
      all(BOTH, 'typing', typing, { people, typists: people, seconds })
    ),
    ...[
      [50, 10],
      [100, 10]
    ].flatMap(([people, cursorRate]) =>
      all(BOTH, 'cursors', typing, { people, typists: 1, seconds, cursorRate })
    ),
    ...[
      [101, 1],
      [101, 10],
      [501, 1],
      [501, 10]
    ].flatMap(([people, cursorRate]) =>
      all(['cohost'], 'watching', typing, {
        people,
        typists: 1,
        seconds,
        cursorRate
      })
    ),
    ...all(BOTH, 'crowd', typing, { people: 1000, typists: 10, seconds })
  ];
}
