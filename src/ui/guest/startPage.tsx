import { ReactWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon, fileIcon, folderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { GuestModel } from '../../session/guest';
import { IScopeItem } from '../../session/model';
import { IFile, IFileWith, sortedFiles } from './firstFiles';

/** More are in the file browser. */
const MOST_SHOWN = 40;

export interface IStartPageProps {
  readonly guest: GuestModel;
  readonly trans: TranslationBundle;
  readonly open: (item: IScopeItem) => void;
  /** The files of the shared folders, one level deep, and the shared files. */
  readonly list: () => Promise<IFile[]>;
  readonly iconOf: (path: string) => LabIcon | undefined;
}

/** The shared files, read anew when the gateway says that they changed; null until they are known. */
function useFiles({ guest, list }: IStartPageProps): readonly IFile[] | null {
  const [files, setFiles] = React.useState<readonly IFile[] | null>(null);
  React.useEffect(() => {
    let isShown = true;
    const read = () =>
      void list().then(
        found => isShown && setFiles(found),
        () => isShown && setFiles(known => known ?? [])
      );
    read();
    guest.contentsChanged.connect(read);
    return () => {
      isShown = false;
      guest.contentsChanged.disconnect(read);
    };
  }, [guest, list]);
  return files;
}

function useChanges(guest: GuestModel): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    guest.changed.connect(redraw);
    guest.people.changed.connect(redraw);
    return () => {
      guest.changed.disconnect(redraw);
      guest.people.changed.disconnect(redraw);
    };
  }, [guest]);
}

/** What is shared, to open: where JupyterLab has its launcher. */
export function StartView(props: IStartPageProps) {
  const { guest, trans, open } = props;
  useChanges(guest);
  const files = useFiles(props);
  const folders = (guest.me?.session.scope ?? []).filter(
    item => item.type === 'directory'
  );
  const sorted = sortedFiles(files ?? [], guest.people.people.values());
  return (
    <div className="jp-cohost-start">
      <h2>{guest.me?.session.title || trans.__('Shared with you')}</h2>
      {files === null && <p>{trans.__('Looking for files…')}</p>}
      {files !== null && sorted.length === 0 && (
        <p>{trans.__('There is no file here yet.')}</p>
      )}
      <ul aria-label={trans.__('Shared files')}>
        {sorted.slice(0, MOST_SHOWN).map(file => (
          <File key={file.path} file={file} {...props} />
        ))}
        {folders.map(item => (
          <li key={`${item.path}/`}>
            <button
              type="button"
              className="jp-cohost-link"
              title={trans.__('Show in the file browser')}
              onClick={() => open(item)}
            >
              <folderIcon.react tag="span" width="18px" height="18px" />
              {item.path === '' ? trans.__('All files') : `${item.path}/`}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function File({
  file,
  trans,
  open,
  iconOf
}: IStartPageProps & { readonly file: IFileWith }) {
  const Icon = iconOf(file.path) ?? fileIcon;
  const names = new Intl.ListFormat(undefined, { type: 'conjunction' }).format(
    file.people
  );
  return (
    <li>
      <button
        type="button"
        className="jp-cohost-link"
        onClick={() => open({ path: file.path, type: 'file' })}
      >
        <Icon.react tag="span" width="18px" height="18px" />
        <span className="jp-cohost-ellipsis">{file.path}</span>
        <span className="jp-cohost-quiet">
          {file.people.length > 0
            ? trans._n('%2 is here', '%2 are here', file.people.length, names)
            : timeWords(file.changed)}
        </span>
      </button>
    </li>
  );
}

/** The time of today, else the date, by locale; '' when it is not known. */
function timeWords(changed: number): string {
  const when = new Date(changed);
  const isToday = when.toDateString() === new Date().toDateString();
  return changed > 0
    ? when.toLocaleString(
        undefined,
        isToday ? { timeStyle: 'short' } : { dateStyle: 'medium' }
      )
    : '';
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
