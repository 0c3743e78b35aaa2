import { TranslationBundle } from '@jupyterlab/translation';
import { editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useTask } from '../share/context';
import { Failure } from '../share/parts';
import { errorWords } from '../share/words';

export interface IMyNameProps {
  readonly name: string;
  /** Gives another name to this person, for everybody. @throws ApiError */
  readonly rename: (name: string) => Promise<void>;
  readonly trans: TranslationBundle;
}

/** Beside one's own name: a pencil, and the form that it opens. Enter takes the name, Escape leaves the old one. */
export function MyName(props: IMyNameProps) {
  const { trans } = props;
  const [isOpen, open] = React.useState(false);
  return isOpen ? (
    <Form {...props} close={() => open(false)} />
  ) : (
    <button
      type="button"
      className="jp-cohost-my-name"
      title={trans.__('Change your name')}
      aria-label={trans.__('Change your name')}
      onClick={() => open(true)}
    >
      <editIcon.react tag="span" width="14px" height="14px" />
    </button>
  );
}

function Form(props: IMyNameProps & { readonly close: () => void }) {
  const { name, rename, trans, close } = props;
  const [text, setText] = React.useState(name);
  const [busy, error, run] = useTask(reason => errorWords(reason, trans));
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const wanted = text.trim();
    if (wanted === '' || wanted === name) {
      close();
      return;
    }
    run(async () => {
      await rename(wanted);
      close();
    });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    }
  };
  return (
    <form
      className="jp-cohost-my-name-form"
      onSubmit={submit}
      onKeyDown={onKeyDown}
    >
      <input
        className="jp-mod-styled"
        autoFocus
        onFocus={event => event.currentTarget.select()}
        aria-label={trans.__('Your name, as everybody sees it')}
        value={text}
        maxLength={64}
        autoComplete="name"
        onChange={event => setText(event.target.value)}
      />
      <button type="submit" className="jp-cohost-link" disabled={busy}>
        {trans.__('Save')}
      </button>
      <button type="button" className="jp-cohost-link" onClick={close}>
        {trans.__('Cancel')}
      </button>
      <Failure message={error} />
    </form>
  );
}
