import { readFileSync } from 'fs';
import { join } from 'path';

import { IOutput, outputDigest, vouchedWidgets, widgetDigests } from '..';

const { cases, widgets } = JSON.parse(
  readFileSync(
    join(__dirname, '../../../protocol/vectors/digests.json'),
    'utf8'
  )
) as {
  cases: { name: string; output: IOutput; digest: string | null }[];
  widgets: {
    name: string;
    widgets: unknown;
    digests: Record<string, string | null>;
  }[];
};

const html = { 'text/html': '<b>1</b>', 'text/plain': '1' };

describe('outputDigest', () => {
  it.each(cases)('[TRUST-1] golden: $name', ({ output, digest }) => {
    expect(outputDigest(output) ?? null).toBe(digest);
  });

  it('[TRUST-1] a result and a display of the same are the same', () => {
    const digests = ['execute_result', 'display_data', 'update_display_data']
      .map(output_type => ({ output_type, data: html, metadata: {} }))
      .map(outputDigest);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(digests).size).toBe(1);
  });

  it('[TRUST-1] missing metadata is the same as none', () => {
    expect(outputDigest({ output_type: 'display_data', data: html })).toBe(
      outputDigest({ output_type: 'display_data', data: html, metadata: {} })
    );
  });

  it('[TRUST-1] lines are not their text: a page puts commas between them', () => {
    const lines = { 'text/plain': '1', 'text/html': ['<b>', '1</b>'] };
    expect(outputDigest({ output_type: 'display_data', data: lines })).not.toBe(
      outputDigest({ output_type: 'display_data', data: html })
    );
  });

  it.each([
    ['a prototype', Object.create({ 'text/html': 'evil' })],
    [
      'a prototype without one',
      Object.create(Object.assign(Object.create(null), { 'text/html': 'evil' }))
    ],
    ['undefined', { 'text/html': undefined }],
    ['a big integer', { 'application/json': BigInt(1) }],
    ['a gap', { 'application/json': new Array(1) }],
    ['a date', { 'application/json': new Date(0) }]
  ])('[TRUST-1] %s has none', (_, data: object) => {
    expect(outputDigest({ output_type: 'display_data', data })).toBeUndefined();
  });

  it('[TRUST-1] one character more is another', () => {
    const other = { ...html, 'text/html': '<b>1</b> ' };
    expect(outputDigest({ output_type: 'display_data', data: other })).not.toBe(
      outputDigest({ output_type: 'display_data', data: html })
    );
  });

  it('[TRUST-1] streams and errors have none', () => {
    expect(outputDigest({ output_type: 'stream' })).toBeUndefined();
    expect(outputDigest({ output_type: 'error' })).toBeUndefined();
  });
});

describe('widgetDigests', () => {
  it.each(widgets)('[TRUST-36] golden: $name', ({ widgets, digests }) => {
    const vouchable = Object.entries(digests).filter(([, found]) => found);
    expect([...widgetDigests(widgets)]).toEqual(vouchable);
  });

  it('[TRUST-36] only vouched models are handed on, as they stand', () => {
    const state = { a: { state: { value: 1 } }, b: { state: { value: 2 } } };
    const type = 'application/vnd.jupyter.widget-state+json';
    const saved = { [type]: { version_major: 2, version_minor: 0, state } };
    const digest = widgetDigests(saved).get('b');
    expect(vouchedWidgets(saved, found => found === digest)).toEqual({
      [type]: { version_major: 2, version_minor: 0, state: { b: state.b } }
    });
    expect(vouchedWidgets(saved, () => false)).toBeUndefined();
  });
});
