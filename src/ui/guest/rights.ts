import { GuestModel } from '../../session/guest';
import { Capability, Role } from '../../session/model';
import { canMove, canOn, canOrganize } from '../../session/permissions';
import { can } from '../../protocol';
import { CommandNeed } from './commandTable';

/** What the guest may do in what is in front of them. */
export class Rights {
  /**
   * @param path - of the document in front, if any.
   * @param folder - that the file browser shows.
   */
  constructor(
    private readonly _guest: GuestModel,
    private readonly _role: Role,
    private readonly _path: () => string | undefined,
    private readonly _folder: () => string
  ) {}

  allows(need: CommandNeed): boolean {
    const { me } = this._guest;
    switch (need) {
      case 'never':
      case 'hidden':
        return false;
      case 'edit':
      case 'execute':
        return this.may(need, this._path());
      case 'restart':
        return (
          this.may('execute', this._path()) &&
          me?.session.kernel_restart === true
        );
      case 'organize':
        return me !== null && canOrganize(me, this._folder());
      case 'organize-front':
        return me !== null && canMove(me, this._path());
    }
  }

  /** Before the gateway has answered, the role in the page counts; after the end, nothing. */
  may(capability: Capability, path?: string): boolean {
    if (this._guest.state.kind === 'over') {
      return capability === 'read';
    }
    const { me } = this._guest;
    return me ? canOn(me, capability, path) : can(this._role, capability);
  }
}
