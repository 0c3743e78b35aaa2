import { CLOSE_CODES } from './tables';

export type CloseName = keyof typeof CLOSE_CODES;

/** Why a socket was closed, and whether the page may connect again by itself. */
export interface ICloseCode {
  readonly name: CloseName;
  readonly code: number;
  readonly retry: boolean;
  /** The sentence that the person reads. */
  readonly message: string;
}

const BY_CODE = new Map<number, ICloseCode>(
  Object.entries(CLOSE_CODES).map(([name, entry]) => [
    entry.code,
    { name: name as CloseName, ...entry }
  ])
);

/** The entry of a WebSocket close code, or undefined for one that is not ours. */
export function closeCode(code: number): ICloseCode | undefined {
  return BY_CODE.get(code);
}

/** Whether to connect again after this close code. Unknown codes of 4400 to 4499 are final, as in y-websocket. */
export function mayRetry(code: number): boolean {
  return closeCode(code)?.retry ?? !(code >= 4400 && code < 4500);
}
