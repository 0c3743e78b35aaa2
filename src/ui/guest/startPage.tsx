import { ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { fileIcon, folderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { GuestModel } from '../../session/guest';
import { IScopeItem } from '../../session/model';

export interface IStartPageProps {
  readonly guest: GuestModel;
  readonly trans: TranslationBundle;
  readonly open: (item: IScopeItem) => void;
}

/** What is shared, to open: where JupyterLab has its launcher. */
export function StartView({ guest, trans, open }: IStartPageProps) {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    guest.changed.connect(redraw);
    return () => {
      guest.changed.disconnect(redraw);
    };
  }, [guest]);
  const scope = guest.me?.session.scope ?? [];
  return (
    <div className="jp-cohost-start">
      <h2>{guest.me?.session.title || trans.__('Shared with you')}</h2>
      <ul>
        {scope.map(item => (
          <li key={item.path}>
            <Entry item={item} trans={trans} open={() => open(item)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface IEntryProps {
  readonly item: IScopeItem;
  readonly trans: TranslationBundle;
  readonly open: () => void;
}

function Entry({ item, trans, open }: IEntryProps) {
  const folder = item.type === 'directory';
  const Icon = folder ? folderIcon : fileIcon;
  return (
    <button type="button" className="jp-cohost-link" onClick={open}>
      <Icon.react tag="span" width="18px" height="18px" />
      {item.path === '' ? trans.__('All files') : item.path}
      {folder && item.path !== '' ? '/' : ''}
    </button>
  );
}

export class StartPage extends ReactWidget {
  constructor(private readonly _props: IStartPageProps) {
    super();
    this.title.label = _props.trans.__('Shared files');
    this.title.closable = true;
    this.addClass('jp-cohost-start-page');
  }

  protected render(): JSX.Element {
    return <StartView {...this._props} />;
  }
}
