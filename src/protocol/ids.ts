declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Stable name of a document; a rename keeps it. */
export type DocumentId = Branded<'DocumentId'>;
/** Name of one history of a document; histories of different epochs are never merged. */
export type Epoch = Branded<'Epoch'>;
export type SessionId = Branded<'SessionId'>;
export type ParticipantId = Branded<'ParticipantId'>;
/** SHA-256 of an output, in hex; see protocol/README.md. */
export type Digest = Branded<'Digest'>;
