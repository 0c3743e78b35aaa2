import * as React from 'react';

import { IPolicy, IScopeItem } from '../../session/model';
import { useShare } from './context';
import { EXPIRIES, Expiry } from './draft';
import { useFocusBack } from './focus';
import { mayLast, OPEN } from './policy';
import { expiryName, itemName } from './words';

interface IRowProps {
  readonly label: string;
  readonly children: React.ReactNode;
}

/** A line of the dialog: its name on the left, what it holds on the right. */
export function Row({ label, children }: IRowProps) {
  const id = React.useId();
  return (
    <div className="jp-cohost-row" role="group" aria-labelledby={id}>
      <div className="jp-cohost-row-label" id={id}>
        {label}
      </div>
      <div className="jp-cohost-row-body">{children}</div>
    </div>
  );
}

/** One sentence that screen readers say at once. */
export function Failure({ message }: { readonly message: string }) {
  return message === '' ? null : (
    <p className="jp-cohost-error" role="alert">
      {message}
    </p>
  );
}

interface IChipsProps {
  readonly scope: readonly IScopeItem[];
  readonly onRemove: (item: IScopeItem) => void;
}

/** What is shared, each with a way to take it out. */
export function Chips({ scope, onRemove }: IChipsProps) {
  const { trans } = useShare();
  return (
    <ul className="jp-cohost-chips">
      {scope.map(item => (
        <li key={item.path} className="jp-cohost-chip">
          <span className="jp-cohost-ellipsis" title={item.path}>
            {itemName(item, trans)}
          </span>
          <button
            type="button"
            className="jp-cohost-chip-remove"
            aria-label={trans.__('Remove %1', itemName(item, trans))}
            onClick={() => onRemove(item)}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

interface IExpiryProps {
  readonly expiry: Expiry;
  readonly policy?: IPolicy;
  /** Beside other facts about a link, which need not be named again. */
  readonly label?: string;
  readonly onChange: (expiry: Expiry) => void;
}

export function ExpirySelect(props: IExpiryProps) {
  const { expiry, policy = OPEN, onChange } = props;
  const { trans } = useShare();
  const choices = EXPIRIES.includes(expiry) ? EXPIRIES : [...EXPIRIES, expiry];
  return (
    <label className="jp-cohost-inline">
      {props.label ?? trans.__('Link expires')}{' '}
      <select
        className="jp-cohost-select"
        value={choices.indexOf(expiry)}
        onChange={event => onChange(choices[Number(event.target.value)])}
      >
        {choices.map((choice, index) => (
          <option
            key={index}
            value={index}
            disabled={!mayLast(policy, choice)}
            title={mayLast(policy, choice) ? undefined : policy.reasons.expiry}
          >
            {expiryName(choice, trans)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface IAskProps {
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly busy: boolean;
  readonly children?: React.ReactNode;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** Asks once, in place; the harmless answer has the focus. */
export function Ask(props: IAskProps) {
  const { question, yes, no, busy, onYes, onNo } = props;
  useFocusBack();
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      onNo();
    }
  };
  return (
    <div
      className="jp-cohost-ask"
      role="alertdialog"
      aria-label={question}
      onKeyDown={onKeyDown}
    >
      <p>{question}</p>
      {props.children}
      <div className="jp-cohost-buttons">
        <button
          type="button"
          className="jp-mod-styled jp-mod-reject"
          autoFocus
          onClick={onNo}
        >
          {no}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-mod-warn"
          disabled={busy}
          onClick={onYes}
        >
          {yes}
        </button>
      </div>
    </div>
  );
}
