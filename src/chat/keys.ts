import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

import { IEntry } from './model';

const ALPHABET =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** base64url without padding (RFC 4648, 5). */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const three =
      (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    parts.push(ALPHABET[three >> 18], ALPHABET[(three >> 12) & 63]);
    if (left > 1) {
      parts.push(ALPHABET[(three >> 6) & 63]);
    }
    if (left > 2) {
      parts.push(ALPHABET[three & 63]);
    }
  }
  return parts.join('');
}

/** @throws RangeError for what is not base64url. */
export function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) {
      throw new RangeError('not base64url');
    }
    value = ((value << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (value >> bits) & 255;
    }
  }
  return bytes;
}

/** What an author signs: everything but the signature, the body (its hash is in) and the server's stamp (RFC 8785). */
export function signedBytes(
  session: string,
  entry: Omit<IEntry, 'signature'>
): Uint8Array {
  const signed: Record<string, unknown> = { session, ...entry };
  delete signed.signature;
  delete signed.body;
  delete signed.stamp;
  return utf8ToBytes(canonicalize(signed) ?? '');
}

export function hashText(salt: string, text: string): string {
  return toBase64(sha256(utf8ToBytes(salt + text)));
}

export function newSalt(): string {
  return toBase64(randomBytes(16));
}

export type Verify = (
  signature: string,
  bytes: Uint8Array,
  key: string
) => boolean;

/** Whether the signature is the key's (strict, RFC 8032). */
export const verify: Verify = (signature, bytes, key) => {
  try {
    return ed25519.verify(fromBase64(signature), bytes, fromBase64(key), {
      zip215: false
    });
  } catch {
    return false;
  }
};

/** A text for several pages: encrypted once, its key sealed for each. */
export interface ISealed {
  readonly boxes: readonly { readonly node: string; readonly box: string }[];
  readonly data: string;
}

const NONCE_BYTES = 24;

/** The keys of one page of one participant in one session: made here, never kept, never sent. */
export class Keys {
  constructor(
    private readonly _sign: Uint8Array = ed25519.utils.randomSecretKey(),
    private readonly _open: Uint8Array = x25519.utils.randomSecretKey()
  ) {
    this.key = toBase64(ed25519.getPublicKey(_sign));
    this.seal = toBase64(x25519.getPublicKey(_open));
  }

  /** Public keys, base64url. */
  readonly key: string;
  readonly seal: string;

  sign(bytes: Uint8Array): string {
    return toBase64(ed25519.sign(bytes, this._sign));
  }

  /**
   * Seals for pages by their X25519 keys: an ephemeral key for each message, HKDF-SHA-256, XChaCha20-Poly1305.
   *
   * @param context - what both sides know, so that a message cannot be passed off elsewhere.
   */
  static sealFor(
    pages: readonly { readonly node: string; readonly seal: string }[],
    text: string,
    context: string
  ): ISealed {
    const key = randomBytes(32);
    const boxes = pages.map(({ node, seal }) => ({
      node,
      box: sealKey(key, seal, context)
    }));
    return { boxes, data: toBase64(encrypt(key, utf8ToBytes(text), context)) };
  }

  /** @throws Error when it is not for this page, or was changed on the way. */
  open(box: string, data: string, context: string): string {
    const bytes = fromBase64(box);
    const ephemeral = bytes.subarray(0, 32);
    const shared = x25519.getSharedSecret(this._open, ephemeral);
    const wrap = wrapKey(shared, ephemeral, fromBase64(this.seal));
    const key = decrypt(wrap, bytes.subarray(32), context);
    return new TextDecoder().decode(decrypt(key, fromBase64(data), context));
  }
}

function sealKey(key: Uint8Array, seal: string, context: string): string {
  const secret = x25519.utils.randomSecretKey();
  const ephemeral = x25519.getPublicKey(secret);
  const receiver = fromBase64(seal);
  const shared = x25519.getSharedSecret(secret, receiver);
  const box = encrypt(wrapKey(shared, ephemeral, receiver), key, context);
  const bytes = new Uint8Array(32 + box.length);
  bytes.set(ephemeral);
  bytes.set(box, 32);
  return toBase64(bytes);
}

function wrapKey(
  shared: Uint8Array,
  ephemeral: Uint8Array,
  receiver: Uint8Array
): Uint8Array {
  const salt = new Uint8Array(64);
  salt.set(ephemeral);
  salt.set(receiver, 32);
  return hkdf(sha256, shared, salt, utf8ToBytes('cohost chat 1'), 32);
}

function encrypt(key: Uint8Array, plain: Uint8Array, context: string) {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = xchacha20poly1305(key, nonce, utf8ToBytes(context));
  const sealed = cipher.encrypt(plain);
  const bytes = new Uint8Array(NONCE_BYTES + sealed.length);
  bytes.set(nonce);
  bytes.set(sealed, NONCE_BYTES);
  return bytes;
}

function decrypt(key: Uint8Array, bytes: Uint8Array, context: string) {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const cipher = xchacha20poly1305(key, nonce, utf8ToBytes(context));
  return cipher.decrypt(bytes.subarray(NONCE_BYTES));
}
