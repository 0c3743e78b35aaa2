import { readFileSync } from 'fs';
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

interface IVectors {
  readonly from_client: {
    readonly name: string;
    readonly frame: string;
    readonly message: { readonly type: string };
  }[];
  readonly from_server: {
    readonly frame: string;
    readonly type: MessageName;
    readonly body: unknown;
  }[];
}

const vectors = JSON.parse(
  readFileSync(
    join(__dirname, '../../../protocol/vectors/messages.json'),
    'utf8'
  )
) as IVectors;

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

describe('messages', () => {
  it('[ROOM-61] round trip', () => {
    const frame = encodeMessage('save', { id: 'ü' });
    const decoder = decoding.createDecoder(frame);
    expect(decoding.readVarUint(decoder)).toBe(MESSAGES.save);
    expect(readBody('save', decoder)).toEqual({ id: 'ü' });
  });

  it('[ROOM-61] counts step 2 and updates only', () => {
    expect(carriesUpdate(Uint8Array.of(0, 0, 1))).toBe(false);
    expect(carriesUpdate(Uint8Array.of(0, 1, 2, 0, 0))).toBe(true);
    expect(carriesUpdate(Uint8Array.of(0, 2, 2, 0, 0))).toBe(true);
    expect(carriesUpdate(Uint8Array.of(1, 1))).toBe(false);
    expect(isEmptyUpdate(Uint8Array.of(0, 1, 2, 0, 0))).toBe(true);
    expect(isEmptyUpdate(Uint8Array.of(0, 1, 3, 1, 0, 0))).toBe(false);
  });

  it.each(vectors.from_server)(
    '[ROOM-61] reads the golden $type',
    ({ type, body, frame }) => {
      const decoder = decoding.createDecoder(bytes(frame));
      expect(decoding.readVarUint(decoder)).toBe(MESSAGES[type]);
      expect(readBody(type, decoder)).toEqual(body);
    }
  );

  it.each(
    vectors.from_client.filter(({ message }) => message.type in MESSAGES)
  )(
    '[ROOM-61] writes the golden $name',
    ({ message: { type, ...body }, frame }) => {
      if (MESSAGES[type as MessageName] >= MESSAGES.hello) {
        expect(encodeMessage(type as MessageName, body as never)).toEqual(
          bytes(frame)
        );
      }
    }
  );

  it.each(vectors.from_client)(
    '[ROOM-61] knows whether $name is counted',
    ({ message: { type }, frame }) => {
      expect(carriesUpdate(bytes(frame))).toBe(
        type === 'sync_step2' || type === 'sync_update'
      );
    }
  );
});
