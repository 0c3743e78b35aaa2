import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';

import { IEvent, IKnock, IParticipant, ISession } from '../../session/model';
import { SessionsModel } from '../../session/sessions';
import { errorWords, knockWords } from './words';

/** Tells the host who knocks and who came, without taking the focus. */
export class Notices implements IDisposable {
  constructor(
    private readonly _sessions: SessionsModel,
    private readonly _trans: TranslationBundle,
    private readonly _tellJoins: () => boolean
  ) {
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
  }

  private _onChanged(): void {
    const waiting = this._sessions.running.flatMap(session =>
      session.knocks.map(knock => ({ session, knock }))
    );
    const ids = new Set(waiting.map(({ knock }) => knock.id));
    this._shown.forEach((notice, id) => {
      if (!ids.has(id)) {
        Notification.dismiss(notice);
        this._shown.delete(id);
      }
    });
    waiting
      .filter(({ knock }) => !this._shown.has(knock.id))
      .forEach(({ session, knock }) => this._tellKnock(session, knock));
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
      this._tellQuietly(this._trans.__('%1 is here now', who.name));
    }
    const isGone = event.type === 'participant-left' && event.stays !== true;
    if (isGone && this._tellJoins()) {
      this._tellQuietly(this._trans.__('%1 left', String(event.name ?? '')));
    }
  }

  private _tellQuietly(text: string): void {
    Notification.info(text, { autoClose: 4000 });
  }

  private readonly _shown = new Map<string, string>();
  private _isDisposed = false;
}

/** The participant's id, however deep the event carries it. */
function participantOf(event: IEvent): unknown {
  const { participant } = event;
  return typeof participant === 'object' && participant !== null
    ? (participant as { id?: unknown }).id
    : participant;
}
