import { IAuthor } from './messages';
import { IMember, IPerson } from './model';

/** Whether a person is here, or may come back from a cut. */
export type Presence = 'here' | 'reconnecting';

export interface IPresent {
  readonly person: IPerson;
  readonly presence: Presence;
}

/** Who is here, and which keys speak for whom: the server's word. */
export class People {
  /** Pages by node. */
  readonly members = new Map<string, IMember>();

  reset(members: readonly IMember[], authors: readonly IAuthor[]): void {
    this.members.clear();
    members.forEach(member => this.set(member));
    authors.forEach(author => this.vouch(author));
  }

  set(member: IMember): void {
    this.members.set(member.node, member);
    this.vouch(member);
  }

  change(node: string, change: Partial<IMember>): void {
    const member = this.members.get(node);
    if (member) {
      this.members.set(node, { ...member, ...change });
    }
  }

  vouch({ key, person }: IAuthor): void {
    this._vouched.add(`${person.id}\n${key}`);
    if (person.name || !this._persons.has(person.id)) {
      this._persons.set(person.id, person);
    }
  }

  /** Whether the server has said that this key speaks for this participant. */
  speaksFor(key: string, participant: string): boolean {
    return this._vouched.has(`${participant}\n${key}`);
  }

  /** Somebody who is, or was, here. */
  person(id: string): IPerson | undefined {
    return this._persons.get(id);
  }

  /** Everybody who is here, by name; several tabs of one person are one. */
  get present(): IPresent[] {
    const found = new Map<string, IPresent>();
    for (const { person, away } of this.members.values()) {
      if (!away || !found.has(person.id)) {
        found.set(person.id, {
          person,
          presence: away ? 'reconnecting' : 'here'
        });
      }
    }
    return [...found.values()].sort((a, b) =>
      a.person.name.localeCompare(b.person.name)
    );
  }

  pagesOf(participant: string): IMember[] {
    return [...this.members.values()].filter(
      ({ person }) => person.id === participant
    );
  }

  private readonly _vouched = new Set<string>();
  private readonly _persons = new Map<string, IPerson>();
}
