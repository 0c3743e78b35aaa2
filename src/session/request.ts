import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { sentenceOf } from '../protocol';

/** An answer of the server that is not a success; `message` is the sentence for the person. */
export class ApiError extends Error {
  constructor(
    message: string,
    /** The HTTP status, or 0 when the server did not answer. */
    readonly status: number,
    readonly code: string
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

function errorOf(body: unknown, response: Response): ApiError {
  const { code } = (body ?? {}) as { code?: unknown };
  return new ApiError(
    sentenceOf(body) || response.statusText,
    response.status,
    typeof code === 'string' ? code : 'error'
  );
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * One JSON request below the server's base URL.
 *
 * @throws ApiError when the server refuses (`status`) or cannot be reached (`status` 0).
 */
export async function request<T>(
  settings: ServerConnection.ISettings,
  path: string,
  method: Method = 'GET',
  body?: unknown
): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  const url = URLExt.join(settings.baseUrl, path);
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    throw new ApiError((error as Error).message, 0, 'unreachable');
  }
  const answer = await jsonOf(response);
  if (!response.ok) {
    throw errorOf(answer, response);
  }
  return answer as T;
}
