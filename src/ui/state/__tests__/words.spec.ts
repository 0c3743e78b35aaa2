import { nullTranslator } from '@jupyterlab/translation';

import { Standing } from '../../../sync';
import { announcement, standingWords } from '../words';

const trans = nullTranslator.load('');
const saved: Standing = { kind: 'saved', at: 1 };
const saving: Standing = { kind: 'saving' };
const lost: Standing = { kind: 'lost', unsent: false };
const failing = (reason: string, safe = true): Standing => ({
  ...{ kind: 'failing', reason, safe }
});

describe('[SAVE-31] how a document stands, in words', () => {
  it.each([
    [
      'Cannot save rides.py: the disk is full. Your changes are kept and will be saved when there is space.',
      'Not saved: the disk is full. Your changes are safe.'
    ],
    [
      'The host\u2019s storage does not answer. Your changes are kept.',
      'Not saved: The host\u2019s storage does not answer. Your changes are safe.'
    ],
    ['', 'Not saved. Your changes are safe.']
  ])('says %j once, without the name of the file', (reason, words) =>
    expect(standingWords(failing(reason), trans)).toBe(words)
  );

  it('does not call safe what is not', () => {
    expect(standingWords(failing('', false), trans)).not.toContain('safe');
  });

  it('a screen reader hears of trouble and its end, not of each save', () => {
    const walk = [
      saved,
      saving,
      saved,
      lost,
      lost,
      failing('x'),
      saving,
      saved
    ];
    const said = walk.map((now, at) =>
      announcement(at > 0 ? walk[at - 1] : null, now, trans)
    );
    expect(said).toEqual([
      ...[null, null, null, 'Reconnecting…', null],
      ...['Not saved: x. Your changes are safe.', 'Connected again', null]
    ]);
  });
});
