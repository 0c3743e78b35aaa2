/**
 * What a command needs to work on a guest's page. `never`: nothing behind it is shared. `hidden`: the same for
 * people, but JupyterLab calls it by itself (at the start, from an address). `organize`: to make, rename or delete
 * files in the folder in front. `organize-front`: the same for the document in front. `restart`: to run code in a session whose host lets guests restart kernels.
 */
export const NEEDS = [
  'never',
  'hidden',
  'edit',
  'execute',
  'organize',
  'organize-front',
  'restart'
] as const;

export type CommandNeed = (typeof NEEDS)[number];

/** Command ids by need; a star at the end stands for any rest. The first match counts; the rest is allowed. */
const TABLE: readonly (readonly [CommandNeed, readonly string[]])[] = [
  [
    'restart',
    [
      'kernelmenu:restart*',
      'notebook:restart*',
      'runmenu:restart*',
      'fileeditor:restart-console'
    ]
  ],
  [
    'never',
    [
      'kernelmenu:shutdown*',
      'kernelmenu:change',
      'notebook:change-kernel',
      'notebook:get-kernel',
      'notebook:shutdown-kernel',
      'notebook:close-and-shutdown',
      'notebook:trust',
      'notebook:export-to-format',
      'notebook:create-console',
      'notebook:create-subshell-console',
      'notebook:run-in-console',
      'notebook:copy-to-clipboard',
      'sessions:*',
      'running:*',
      'recentmenu:*',
      'recents:*',
      'docmanager:save-as',
      'docmanager:restore-checkpoint',
      'docmanager:open-direct',
      'docmanager:toggle-autosave',
      'docmanager:open-browser-tab',
      'docmanager:open-recent',
      'docmanager:clear-recents',
      'filebrowser:open-url',
      'filebrowser:open-browser-tab',
      'filebrowser:shutdown',
      'filebrowser:share-main',
      'filebrowser:copy-shareable-link',
      'filebrowser:toggle-hidden-files',
      'filemenu:shutdown',
      'filemenu:logout',
      'filemenu:create-console',
      'filemenu:close-and-cleanup',
      'fileeditor:create-console',
      'fileeditor:run-code',
      'fileeditor:run-all',
      'markdownviewer:edit-in-console',
      'settingeditor:*',
      'plugin-manager:*',
      'pluginmanager:*',
      'extensionmanager:*',
      'jupyterlab-translation:*',
      'translation:*',
      'apputils:change-light-theme',
      'apputils:change-dark-theme',
      'apputils:change-font',
      'apputils:incr-font-size',
      'apputils:decr-font-size',
      'hub:*',
      'terminal:*',
      'console:*',
      'debugger:*',
      'logconsole:*',
      'logmenu:*'
    ]
  ],
  [
    'hidden',
    [
      'application:reset-*',
      'application:toggle-mode*',
      'apputils:load-statedb',
      'apputils:reset*',
      'apputils:theme-scrollbars',
      'docmanager:reload',
      'filebrowser:open-path',
      'filebrowser:create-main-launcher',
      'launcher:create',
      'help:*',
      'router:*',
      'workspace-ui:*'
    ]
  ],
  [
    'organize-front',
    ['docmanager:rename', 'docmanager:duplicate', 'docmanager:delete*']
  ],
  [
    'organize',
    [
      'docmanager:new-untitled',
      'notebook:create-new',
      'fileeditor:create-new*',
      'filebrowser:create-new*',
      'filebrowser:rename',
      'filebrowser:delete',
      'filebrowser:cut',
      'filebrowser:paste',
      'filebrowser:duplicate'
    ]
  ],
  [
    'execute',
    [
      'runmenu:*',
      'kernelmenu:*',
      'notebook:run-*',
      'notebook:interrupt-kernel',
      'notebook:reconnect-to-kernel',
      'notebook:select-last-run-cell',
      'toc:run-cells',
      'tooltip:*',
      'inspector:*',
      'jupyter-widgets:*'
    ]
  ],
  [
    'edit',
    [
      'docmanager:save*',
      'notebook:cut-cell',
      'notebook:delete-cell',
      'notebook:duplicate-below',
      'notebook:paste-*',
      'notebook:split-*',
      'notebook:merge-*',
      'notebook:insert-*',
      'notebook:move-cell-*',
      'notebook:change-cell-*',
      'notebook:clear-*',
      'notebook:undo*',
      'notebook:redo*',
      'notebook:replace-selection',
      'editmenu:undo',
      'editmenu:redo',
      'editmenu:clear-*',
      'fileeditor:cut',
      'fileeditor:paste',
      'fileeditor:undo',
      'fileeditor:redo',
      'fileeditor:replace-selection',
      'documentsearch:startWithReplace',
      'documentsearch:replace*'
    ]
  ]
];

interface IRule {
  readonly need: CommandNeed;
  readonly prefix: string;
  readonly exact: boolean;
}

const RULES: readonly IRule[] = TABLE.flatMap(([need, ids]) =>
  ids.map(id => ({
    need,
    prefix: id.replace(/\*$/, ''),
    exact: !id.endsWith('*')
  }))
);

/** What a command needs, or null when every guest may use it. */
export function needOf(command: string): CommandNeed | null {
  const rule = RULES.find(({ prefix, exact }) =>
    exact ? command === prefix : command.startsWith(prefix)
  );
  return rule?.need ?? null;
}
