import { ISignal, Signal } from '@lumino/signaling';

import { IEvent, Role } from './model';

/** Somebody whose page is open, as the server tells it to this page. */
export interface IHere {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly initials: string;
  readonly role: Role;
  readonly verified: boolean;
  /** Files that this page may know of, the one entered last at the end. */
  readonly paths: readonly string[];
  /** The one in front of them, if this page may know of it. */
  readonly front: string | null;
  /** Of the liveliest of their pages in documents; null with none. */
  readonly activity: 'active' | 'idle' | 'away' | null;
  /** From the server itself, or from elsewhere; null when no page of theirs is connected. */
  readonly via: 'server' | 'network' | null;
  /** A message there and back, in milliseconds. */
  readonly round_trip_ms: number | null;
}

/** Somebody asks to look at a place. */
export interface ISummons {
  readonly participant: string;
  readonly name: string;
  readonly color: string;
  readonly path: string;
  readonly cell: string | null;
}

/** Who is here: kept true by the events `people`, `person` and `person-gone`. */
export class PeopleModel {
  get people(): ReadonlyMap<string, IHere> {
    return this._people;
  }

  /** Whether the server has said yet who is here. */
  get isKnown(): boolean {
    return this._isKnown;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get summoned(): ISignal<this, ISummons> {
    return this._summoned;
  }

  /** Takes an event over; false for one that is about something else. */
  take(event: IEvent): boolean {
    switch (event.type) {
      case 'people':
        this._isKnown = true;
        this._people = new Map(
          (event.people as IHere[]).map(person => [person.id, person])
        );
        break;
      case 'person': {
        const person = event.person as IHere;
        this._people.set(person.id, person);
        break;
      }
      case 'person-gone':
        this._people.delete(String(event.id));
        break;
      case 'summon':
        this._summoned.emit(event as unknown as ISummons);
        return true;
      default:
        return false;
    }
    this._changed.emit();
    return true;
  }

  /** Nothing is told any more. */
  clear(): void {
    this._people = new Map();
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _isKnown = false;
  private _people = new Map<string, IHere>();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _summoned = new Signal<this, ISummons>(this);
}
