import { readFileSync } from 'fs';
import { join } from 'path';

import { IOutput, outputDigest } from '..';

const { cases } = JSON.parse(
  readFileSync(
    join(__dirname, '../../../protocol/vectors/digests.json'),
    'utf8'
  )
) as {
  cases: { name: string; output: IOutput; digest: string | null }[];
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

  it('[TRUST-1] lines and their text, and missing metadata, are the same', () => {
    const lines = { 'text/plain': '1', 'text/html': ['<b>', '1</b>'] };
    expect(outputDigest({ output_type: 'display_data', data: lines })).toBe(
      outputDigest({ output_type: 'display_data', data: html, metadata: {} })
    );
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
