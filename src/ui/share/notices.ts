import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';

import { IEvent, IKnock, IParticipant, ISession } from '../../session/model';
import { SessionsModel } from '../../session/sessions';
import { Gathered } from './gathered';
import { errorWords, knockWords } from './words';

/** More people at the door than this are one notification. */
const KNOCKS_APART = 3;

/** Tells the host who knocks and who came, without taking the focus. */
export class Notices implements IDisposable {
  constructor(
    private readonly _sessions: SessionsModel,
    private readonly _trans: TranslationBundle,
    private readonly _tellJoins: () => boolean,
    private readonly _showDoor: () => void
  ) {
    const trans = _trans;
    this._joined = new Gathered(names =>
      names.length === 1
        ? trans.__('%1 is here now', names[0])
        : trans._n('%1 person joined', '%1 people joined', names.length)
    );
    this._left = new Gathered(names =>
      names.length === 1
        ? trans.__('%1 left', names[0])
        : trans._n('%1 person left', '%1 people left', names.length)
    );
    _sessions.changed.connect(this._onChanged, this);
    _sessions.happened.connect(this._onEvent, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._sessions.changed.disconnect(this._onChanged, this);
    this._sessions.happened.disconnect(this._onEvent, this);
    this._shown.forEach(notice => Notification.dismiss(notice));
    this._tellCrowd(0);
  }

  private _onChanged(): void {
    const waiting = this._sessions.running.flatMap(session =>
      session.knocks.map(knock => ({ session, knock }))
    );
    const isCrowd = waiting.length > KNOCKS_APART;
    const apart = isCrowd ? [] : waiting;
    const ids = new Set(apart.map(({ knock }) => knock.id));
    this._shown.forEach((notice, id) => {
      if (!ids.has(id)) {
        Notification.dismiss(notice);
        this._shown.delete(id);
      }
    });
    this._tellCrowd(isCrowd ? waiting.length : 0);
    apart
      .filter(({ knock }) => !this._shown.has(knock.id))
      .forEach(({ session, knock }) => this._tellKnock(session, knock));
  }

  /** Says how many wait, in one notification that counts along; 0: none. */
  private _tellCrowd(count: number): void {
    const trans = this._trans;
    if (count === 0) {
      if (this._crowd !== null) {
        Notification.dismiss(this._crowd);
      }
      this._crowd = null;
      this._counted = 0;
      return;
    }
    if (count === this._counted) {
      return;
    }
    this._counted = count;
    const message = trans._n(
      '%1 person is waiting to join',
      '%1 people are waiting to join',
      count
    );
    const show: Notification.IAction = {
      label: trans.__('Show who is waiting'),
      displayType: 'accent',
      callback: event => {
        event.preventDefault();
        this._showDoor();
      }
    };
    const options = { autoClose: false as const, actions: [show] };
    if (
      this._crowd === null ||
      !Notification.update({ id: this._crowd, message, ...options })
    ) {
      this._crowd = Notification.info(message, options);
    }
  }

  private _tellKnock(session: ISession, knock: IKnock): void {
    const trans = this._trans;
    const text = knockWords(knock, trans);
    const answer = (role: IKnock['role'] | null) => {
      this._sessions
        .answer(session.id, knock.id, role)
        .catch(error => Notification.error(errorWords(error, trans)));
    };
    const notice = Notification.info(text, {
      autoClose: false,
      actions: [
        {
          label: trans.__('Let in'),
          displayType: knock.role === 'runner' ? 'warn' : 'accent',
          callback: () => answer(knock.role)
        },
        { label: trans.__('Refuse'), callback: () => answer(null) }
      ]
    });
    this._shown.set(knock.id, notice);
  }

  private _tellAsk(session: ISession, who: IParticipant, role: string): void {
    const trans = this._trans;
    const runs = role === 'runner';
    const give = () => {
      this._sessions
        .setRole(session.id, who.id, runs ? 'runner' : 'editor')
        .catch(error => Notification.error(errorWords(error, trans)));
    };
    const text = runs
      ? trans.__(
          '“%1” asks to run code. Running code means full access to your account on this server.',
          who.name
        )
      : trans.__('“%1” asks to edit.', who.name);
    Notification.info(text, {
      autoClose: false,
      actions: [
        {
          label: runs ? trans.__('Let run') : trans.__('Let edit'),
          displayType: runs ? 'warn' : 'accent',
          callback: give
        },
        {
          label: trans.__('Not now'),
          callback: () => {
            this._sessions
              .declineAsk(session.id, who.id)
              .catch(error => Notification.error(errorWords(error, trans)));
          }
        }
      ]
    });
  }

  private _onEvent(_: SessionsModel, event: IEvent): void {
    const session = this._sessions.find(String(event.session ?? ''));
    const who = session?.participants.find(
      person => person.id === participantOf(event)
    );
    if (event.type === 'ask' && session && who) {
      this._tellAsk(session, who, String(event.role));
    }
    if (event.type === 'participant-joined' && who && this._tellJoins()) {
      this._joined.add(who.id, who.name);
    }
    const isGone = event.type === 'participant-left' && event.stays !== true;
    if (isGone && this._tellJoins()) {
      this._left.add(String(participantOf(event)), String(event.name ?? ''));
    }
  }

  private readonly _shown = new Map<string, string>();
  private readonly _joined: Gathered;
  private readonly _left: Gathered;
  private _crowd: string | null = null;
  private _counted = 0;
  private _isDisposed = false;
}

/** The participant's id, however deep the event carries it. */
function participantOf(event: IEvent): unknown {
  const { participant } = event;
  return typeof participant === 'object' && participant !== null
    ? (participant as { id?: unknown }).id
    : participant;
}
