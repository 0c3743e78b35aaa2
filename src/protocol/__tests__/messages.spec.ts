import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import * as decoding from 'lib0/decoding';

import {
  carriesUpdate,
  encodeMessage,
  isEmptyUpdate,
  MessageName,
  MESSAGES,
  readBody
} from '..';

const VECTORS = join(__dirname, '../../../protocol/vectors/messages.json');

interface IVector {
  readonly name: MessageName;
  readonly body: never;
  readonly hex: string;
}

describe('messages', () => {
  it('[ROOM-32] round trip', () => {
    const frame = encodeMessage('save', { id: 'ü' });
    const decoder = decoding.createDecoder(frame);
    expect(decoding.readVarUint(decoder)).toBe(MESSAGES.save);
    expect(readBody('save', decoder)).toEqual({ id: 'ü' });
  });

  it('[ROOM-32] counts step 2 and updates only', () => {
    expect(carriesUpdate(Uint8Array.of(0, 0, 1))).toBe(false);
    expect(carriesUpdate(Uint8Array.of(0, 1, 2, 0, 0))).toBe(true);
    expect(carriesUpdate(Uint8Array.of(0, 2, 2, 0, 0))).toBe(true);
    expect(carriesUpdate(Uint8Array.of(1, 1))).toBe(false);
    expect(isEmptyUpdate(Uint8Array.of(0, 1, 2, 0, 0))).toBe(true);
    expect(isEmptyUpdate(Uint8Array.of(0, 1, 3, 1, 0, 0))).toBe(false);
  });

  const vectors: IVector[] = existsSync(VECTORS)
    ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as IVector[])
    : [];
  it.each(vectors)(
    '[ROOM-32] reads the golden $name',
    ({ name, body, hex }) => {
      const decoder = decoding.createDecoder(
        new Uint8Array(Buffer.from(hex, 'hex'))
      );
      expect(decoding.readVarUint(decoder)).toBe(MESSAGES[name]);
      expect(readBody(name, decoder)).toEqual(body);
    }
  );
});
