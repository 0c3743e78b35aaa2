import { ISignal } from '@lumino/signaling';

/** Whether the host's server answers this page: one word for every place that shows it. */
export type Reach =
  | 'connecting'
  | 'here'
  /** It does not answer; the page tries again by itself. */
  | 'lost'
  /** This computer has no network. */
  | 'offline'
  /** This page has nothing to do with the session any more. */
  | 'over';

export interface IReachable {
  readonly reach: Reach;
  readonly changed: ISignal<unknown, unknown>;
}
