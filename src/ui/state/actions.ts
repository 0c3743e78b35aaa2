import { OpenRoom } from '../../drive';

/** What a notice may offer for a document whose room is gone. */
export interface IDocumentActions {
  /** Closes the document and opens it again from the host's server. */
  reload(room: OpenRoom): void;
  /** Writes what stands in this page to another file, or to the person's computer. */
  saveCopy(room: OpenRoom): void;
  /** Asks for a path and writes what stands in this page there. */
  saveAs(room: OpenRoom): void;
  close(room: OpenRoom): void;
}
