import { URLExt } from '@jupyterlab/coreutils';
import { Contents, ServerConnection } from '@jupyterlab/services';

import {
  CLOSE_CODES,
  CloseName,
  IDocumentAnswer,
  PageContext,
  roomAddresses,
  sentenceOf,
  translated
} from '../protocol';
import { RoomRefused } from '../sync';

/** What names a document to the server. */
export interface IDocumentName {
  /** Relative to the content root (host) or the session's root (guest). */
  readonly path: string;
  readonly type: Contents.ContentType;
  readonly format: Contents.FileFormat;
}

/** What an HTTP status means for a room; other statuses may pass. */
const REASONS: Record<number, CloseName> = {
  400: 'malformed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  410: 'session_ended',
  413: 'too_large',
  415: 'unsupported'
};

/** Only this server's own word is final: a proxy before a server that is stopped answers with pages of its own. */
async function refusal(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => null);
  const message = sentenceOf(body);
  if (message === undefined) {
    return new Error(`The server answered ${response.status}.`);
  }
  const reason = REASONS[response.status];
  const text =
    message || (reason ? translated(CLOSE_CODES[reason].message) : '');
  return reason ? new RoomRefused(reason, text) : new Error(text);
}

/**
 * Asks the server for the document's room: its id, the epoch of its history and the contents model without content.
 *
 * @throws RoomRefused with the server's sentence when there is no such room for this page.
 */
export async function locateDocument(
  settings: ServerConnection.ISettings,
  page: PageContext,
  document: IDocumentName
): Promise<IDocumentAnswer<Contents.IModel>> {
  const response = await ServerConnection.makeRequest(
    URLExt.join(settings.baseUrl, roomAddresses(page).documents),
    {
      method: 'POST',
      body: JSON.stringify(document),
      headers: { 'Content-Type': 'application/json' }
    },
    settings
  );
  if (!response.ok) {
    throw await refusal(response);
  }
  return (await response.json()) as IDocumentAnswer<Contents.IModel>;
}
