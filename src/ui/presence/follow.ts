import { JupyterFrontEnd } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDocumentWidget } from '@jupyterlab/docregistry';
import { ISignal, Signal } from '@lumino/signaling';

import { OpenRoom } from '../../drive';
import { openDocument, showPlace } from './goto';
import { Presences } from './hub';
import { IMember, Roster } from './roster';
import { scrollTo } from './scrolling';

/** What a person does to go their own way again. */
const OWN_WAY = ['wheel', 'pointerdown', 'keydown', 'touchstart'] as const;
const MODIFIERS: readonly string[] = ['Shift', 'Control', 'Alt', 'Meta'];

export interface IFollowOptions {
  readonly app: JupyterFrontEnd;
  readonly documents: IDocumentManager;
  readonly presences: Presences;
  readonly roster: Roster;
}

/** Goes where somebody else goes: their document, cell and scroll position, until this person moves. */
export class Follower {
  constructor(private readonly _options: IFollowOptions) {
    _options.roster.changed.connect(this._go, this);
    _options.presences.changed.connect(this._onMove, this);
    _options.presences.rooms.opened.connect((_, room) => this._tell(room));
  }

  /** Who is followed, or null. */
  get leader(): IMember | null {
    return this._leader;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  follow(id: string): void {
    this._become(this._options.roster.find(id) ?? null);
    this._go();
  }

  stop(): void {
    this._become(null);
  }

  private _become(leader: IMember | null): void {
    const was = this._leader;
    this._leader = leader;
    this._at = null;
    if (leader?.id === was?.id) {
      return;
    }
    for (const kind of OWN_WAY) {
      window.removeEventListener(kind, this._onOwnWay, true);
      if (leader) {
        window.addEventListener(kind, this._onOwnWay, true);
      }
    }
    for (const room of this._options.presences.rooms) {
      this._tell(room);
    }
    this._changed.emit();
  }

  private _tell(room: OpenRoom): void {
    const presence = this._options.presences.of(room);
    const follows = this._leader?.id;
    if (presence.place.follows !== follows) {
      presence.tell({ follows });
    }
  }

  private _onMove(_: Presences, room: OpenRoom): void {
    if (this._leader?.spot?.room === room) {
      this._go();
    }
  }

  private _go(): void {
    const { roster } = this._options;
    const leader = this._leader && roster.find(this._leader.id);
    if (!leader) {
      this._become(null);
      return;
    }
    this._leader = leader;
    if (!this._going) {
      this._going = true;
      void this._reach(leader)
        .catch(() => this.stop())
        .finally(() => (this._going = false));
    }
  }

  private async _reach({ path, spot }: IMember): Promise<void> {
    const { documents, app } = this._options;
    if (path === null) {
      return;
    }
    const current = app.shell.currentWidget;
    const context = current && documents.contextForWidget(current);
    const widget =
      context?.localPath === path || (spot && context?.path === path)
        ? (current as IDocumentWidget)
        : await openDocument(documents, path);
    const place = spot?.peer;
    if (!widget || !place || this._leader === null) {
      return;
    }
    const at = `${path} ${place.cell} ${place.ranges?.[0] ?? ''}`;
    if (at !== this._at) {
      this._at = at;
      if (!place.top) {
        await showPlace(widget, place);
      }
    }
    if (place.top) {
      scrollTo(widget, place.top);
    }
  }

  /** Anything but Escape is the person's own doing and goes on; Escape only ends the following. */
  private _onOwnWay = (event: Event): void => {
    const { target } = event;
    const onFrame =
      target instanceof Element && target.closest('.jp-cohost-following');
    if (onFrame) {
      return;
    }
    if (event instanceof KeyboardEvent) {
      if (MODIFIERS.includes(event.key)) {
        return;
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
      }
    }
    this.stop();
  };

  private _leader: IMember | null = null;
  private _at: string | null = null;
  private _going = false;
  private readonly _changed = new Signal<this, void>(this);
}
