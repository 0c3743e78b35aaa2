import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

/** An output as nbformat has it. */
export interface IOutput {
  readonly output_type: string;
  readonly data?: unknown;
  readonly metadata?: unknown;
}

const DIGESTED = new Set([
  'display_data',
  'execute_result',
  'update_display_data'
]);

/** Text is stored as a list of lines in files; in a JSON type a list is data. */
function isLines(type: string, value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.every(line => typeof line === 'string') &&
    type !== 'application/json' &&
    !type.endsWith('+json')
  );
}

function joinLines(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) {
    return data;
  }
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => [
      type,
      isLines(type, value) ? value.join('') : value
    ])
  );
}

/**
 * SHA-256 in hex over the canonical JSON (RFC 8785) of type, data and metadata, so that what comes from the kernel, from
 * the file and from the document has one name. Undefined for outputs that are never active, and for what has no
 * canonical form (a number that is not finite).
 */
export function outputDigest(output: IOutput): string | undefined {
  if (!DIGESTED.has(output.output_type)) {
    return undefined;
  }
  try {
    const text = canonicalize({
      output_type: 'display_data',
      data: joinLines(output.data ?? {}),
      metadata: output.metadata ?? {}
    });
    return text && bytesToHex(sha256(utf8ToBytes(text)));
  } catch {
    return undefined;
  }
}
