import * as React from 'react';

import { IReachability } from '../../session/model';
import { useShare } from './context';
import { Row } from './parts';
import { unreachedWords } from './words';

/** Also in the documentation that the package names as its home. */
const GUIDE =
  'https://github.com/jupyterlab-cohost/jupyterlab-cohost/blob/main/docs/reach.md';
const COMMAND = 'jupyter lab --ip=0.0.0.0';

/** From where links open: asked when the dialog opens and when the server is back; null until it has answered. */
export function useReachability(): IReachability | null {
  const { sessions } = useShare();
  const [where, setWhere] = React.useState<IReachability | null>(null);
  React.useEffect(() => {
    let current = true;
    sessions.api.reachability().then(
      found => current && setWhere(found),
      () => undefined
    );
    return () => {
      current = false;
    };
  }, [sessions.reach]);
  return where;
}

interface IWhereProps {
  readonly where: IReachability | null;
}

/** Where the links of this server open, as a fact with a dot. */
export function Reach({ where }: IWhereProps) {
  const { trans, sessions } = useShare();
  const isAway = sessions.reach === 'lost' || sessions.reach === 'offline';
  return (
    <Row label={trans.__('Where')}>
      <div aria-live="polite">
        {isAway ? (
          <span className="jp-cohost-quiet">
            {unreachedWords(sessions.reach, trans)}
          </span>
        ) : (
          <Where where={where} />
        )}
      </div>
    </Row>
  );
}

function Where({ where }: IWhereProps) {
  const { trans } = useShare();
  if (!where) {
    return <span className="jp-cohost-quiet">{trans.__('checking…')}</span>;
  }
  return (
    <>
      <span className="jp-cohost-dot" data-reach={where.kind} aria-hidden />
      {where.text}
      {where.advice && !where.only_here && (
        <p className="jp-cohost-advice">{where.advice}</p>
      )}
    </>
  );
}

/** Beside the button that copies the link: that it opens for nobody else yet, and what to do. Nothing elsewhere. */
export function OnlyHere({ where }: IWhereProps) {
  const { trans } = useShare();
  const [isOpen, open] = React.useState(false);
  const steps = React.useId();
  if (!where?.only_here) {
    return null;
  }
  return (
    <div className="jp-cohost-only-here">
      <div className="jp-cohost-line">
        <b className="jp-cohost-grow">
          {trans.__('Only you can open this link yet.')}
        </b>
        <button
          type="button"
          className="jp-cohost-link"
          aria-expanded={isOpen}
          aria-controls={steps}
          onClick={() => open(!isOpen)}
        >
          {trans.__('How to let others in')}
        </button>
      </div>
      <div id={steps} hidden={!isOpen}>
        {isOpen && <Steps where={where} />}
      </div>
    </div>
  );
}

function Steps({ where }: { readonly where: IReachability }) {
  const { trans } = useShare();
  const isHub = where.kind === 'jupyterhub';
  return (
    <>
      {isHub ? (
        <p>{where.advice}</p>
      ) : (
        <ul className="jp-cohost-steps">
          <li>
            {trans.__('On your network: stop JupyterLab and start it with')}{' '}
            <code>{COMMAND}</code>
          </li>
          <li>
            {trans.__(
              'From anywhere: work on a JupyterHub, or use a tunnel that you have.'
            )}
          </li>
        </ul>
      )}
      <p>
        <a href={GUIDE} target="_blank" rel="noreferrer">
          {trans.__('All the ways, step by step')}
        </a>
      </p>
    </>
  );
}
