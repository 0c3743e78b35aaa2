import { ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IParticipant, ISession } from '../../session/model';
import { SessionsModel } from '../../session/sessions';
import { Mark } from '../state/legend';
import { Avatar } from './avatar';
import { useSessions } from './context';
import { shareIcon } from './icons';
import { unreachedWords } from './words';

const MOST_AVATARS = 4;

/** Everybody who is here now, over all sessions. */
export function peopleOf(sessions: readonly ISession[]): IParticipant[] {
  return sessions
    .flatMap(session => session.participants)
    .filter(who => who.role !== 'host' && who.online);
}

interface IButtonProps {
  readonly sessions: SessionsModel;
  readonly trans: TranslationBundle;
  /** Why nothing is shared on this page, or "". */
  readonly off: string;
  readonly onClick: () => void;
}

/** "Share session"; while one lives, who is here and a green dot. */
export function ShareButton({ sessions, trans, off, onClick }: IButtonProps) {
  const running = useSessions(sessions);
  const people = peopleOf(running);
  const waiting = running.reduce((sum, one) => sum + one.knocks.length, 0);
  const isLive = off === '' && running.length > 0;
  const isTrue = sessions.reach === 'here' || sessions.reach === 'connecting';
  const label = isLive
    ? !isTrue
      ? unreachedWords(sessions.reach, trans)
      : trans._n(
          'Session is live, %1 guest here',
          'Session is live, %1 guests here',
          people.length
        )
    : off || trans.__('Share session');
  return (
    <button
      type="button"
      className="jp-cohost-topbar"
      aria-label={label}
      title={off || label}
      data-off={off !== '' || undefined}
      aria-haspopup="dialog"
      onClick={onClick}
    >
      {isLive ? (
        <>
          {people.slice(0, MOST_AVATARS).map(who => (
            <Avatar key={who.id} person={who} />
          ))}
          {people.length > MOST_AVATARS && (
            <span>+{people.length - MOST_AVATARS}</span>
          )}
          {isTrue ? (
            <span className="jp-cohost-dot" data-reach="public" aria-hidden />
          ) : (
            <Mark state="offline" />
          )}
          <span>{people.length === 0 ? trans.__('Session') : ''}</span>
          {waiting > 0 && <span className="jp-cohost-badge">{waiting}</span>}
        </>
      ) : (
        <>
          <shareIcon.react tag="span" width="16px" height="16px" />
          <span>
            {off ? trans.__('Sharing is off') : trans.__('Share session')}
          </span>
        </>
      )}
    </button>
  );
}

export class ShareTopBar extends ReactWidget {
  constructor(private readonly _props: IButtonProps) {
    super();
    this.addClass('jp-cohost-topbar-item');
  }

  protected render(): JSX.Element {
    return <ShareButton {...this._props} />;
  }
}
