import { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { InvitableRole, ISession } from '../../session/model';
import { Avatar } from '../share/avatar';
import { useShare, useTask } from '../share/context';
import { Ask, Failure } from '../share/parts';
import { RolePicker } from '../share/rolePicker';
import { Verified } from '../share/verified';
import { errorWords, roleName } from '../share/words';
import { colorOf } from './colors';
import { Follower } from './follow';
import { followIcon } from './icons';
import { PANEL_ID } from './panelId';
import { MyName } from './myName';
import { IMember } from './roster';
import { activityWords, placeParts, wayWords } from './words';

interface IMemberProps {
  readonly member: IMember;
  /** The host's session that this guest came by. */
  readonly session?: ISession;
  readonly follower: Follower;
  readonly goTo: (member: IMember) => void;
  /** Gives this page's person another name. */
  readonly rename: (name: string) => Promise<void>;
  readonly trans: TranslationBundle;
}

/** One person: who, as what, where, and the way there; two short lines, or one where there is room. */
export function Member(props: IMemberProps) {
  const { member, session, trans, rename } = props;
  const { id, name, isMe, activity } = member;
  const person = {
    name,
    color: colorOf({ username: id, color: member.color })
  };
  const way = wayWords(member, trans);
  return (
    <li className="jp-cohost-member" data-activity={activity ?? undefined}>
      <Avatar person={person} />
      <div className="jp-cohost-member-name">
        <span
          className="jp-cohost-ellipsis"
          title={way ? `${name}\n${way}` : name}
        >
          {name}
        </span>
        {isMe && <span>({trans.__('you')})</span>}
        {isMe && (!member.verified || member.role === 'host') && (
          <MyName {...{ name, rename, trans }} />
        )}
        {member.verified && (
          <Verified title={trans.__('Signed in on this server')} />
        )}
      </div>
      <Facts {...props} />
      {!isMe && <FollowButton {...props} />}
      {session && <HostMenu {...props} session={session} />}
    </li>
  );
}

function Facts({ member, session, goTo, trans }: IMemberProps) {
  const { role, isMe, path } = member;
  const [place, cell] = placeParts(member, trans);
  const shown = (
    <>
      <span className="jp-cohost-ellipsis">{place}</span>
      {cell !== '' && <span>{cell}</span>}
    </>
  );
  const facts = [
    role && !session ? roleName(role, trans) : '',
    activityWords(member.activity, trans)
  ].filter(fact => fact !== '');
  return (
    <div className="jp-cohost-member-facts">
      {facts.length > 0 && <span>{facts.join(' · ')}</span>}
      {facts.length > 0 && place !== '' && <span aria-hidden>·</span>}
      {place !== '' &&
        (isMe ? (
          <span className="jp-cohost-member-place" title={path ?? undefined}>
            {shown}
          </span>
        ) : (
          <button
            type="button"
            className="jp-cohost-link jp-cohost-member-place"
            title={trans.__('Go there: %1', path)}
            onClick={() => goTo(member)}
          >
            {shown}
          </button>
        ))}
    </div>
  );
}

function FollowButton({ member, follower, trans }: IMemberProps) {
  const { id, name, path } = member;
  const isFollowed = follower.leader?.id === id;
  return (
    <button
      type="button"
      className="jp-cohost-icon-button jp-cohost-member-follow"
      aria-pressed={isFollowed}
      aria-label={trans.__('Follow %1', name)}
      title={
        isFollowed ? trans.__('Stop following') : trans.__('Follow %1', name)
      }
      disabled={path === null && !isFollowed}
      onClick={() => (isFollowed ? follower.stop() : follower.follow(id))}
    >
      <followIcon.react tag="span" width="16px" height="16px" />
    </button>
  );
}

/** What the host may do with a guest. */
function HostMenu({
  member,
  session,
  trans
}: IMemberProps & { readonly session: ISession }) {
  const { sessions, announce } = useShare();
  const [asking, setAsking] = React.useState(false);
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const { id, name } = member;
  const participant = session.participants.find(one => one.id === id);
  return (
    <>
      <RolePicker
        role={participant?.role as InvitableRole}
        label={trans.__('Role of %1', name)}
        who={name}
        busy={busy}
        onChange={role => run(() => sessions.setRole(session.id, id, role))}
      />
      <button
        type="button"
        className="jp-cohost-icon-button jp-cohost-member-remove"
        disabled={asking}
        aria-label={trans.__('Remove %1', name)}
        title={trans.__('Remove %1', name)}
        onClick={() => setAsking(true)}
      >
        <closeIcon.react tag="span" width="16px" height="16px" />
      </button>
      {asking && (
        <Ask
          question={trans.__(
            'Remove %1, and disable the link they used? They lose access immediately.',
            name
          )}
          yes={trans.__('Remove')}
          no={trans.__('Cancel')}
          busy={busy}
          onYes={() =>
            run(async () => {
              await sessions.remove(session.id, id, true);
              announce(trans.__('%1 was removed.', name));
              document.getElementById(PANEL_ID)?.focus();
            })
          }
          onNo={() => setAsking(false)}
        />
      )}
      <Failure message={error} />
    </>
  );
}
