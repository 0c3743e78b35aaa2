import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import importPlugin from 'eslint-plugin-import';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Folders of src/ by layer: a folder imports only from lower layers (docs/architecture.md). */
const layers = [
  ['protocol', 'crypto'],
  ['transport'],
  ['sync'],
  ['session', 'chat', 'drive', 'kernels'],
  ['ui'],
  ['plugins']
];

const widgets = [
  '@lumino/widgets',
  'react',
  'react-dom',
  '@jupyterlab/ui-components',
  '@jupyterlab/application'
];
const yjs = ['yjs', 'y-protocols', 'y-websocket', '@jupyter/ydoc'];

/** Packages that a folder may not know. */
const forbiddenPackages = {
  protocol: [...yjs, '@jupyterlab', '@lumino', 'react', 'react-dom'],
  crypto: [...yjs, '@jupyterlab', '@lumino', 'react', 'react-dom'],
  transport: [
    ...yjs,
    ...widgets,
    '@jupyterlab/notebook',
    '@jupyterlab/docregistry'
  ],
  sync: widgets,
  session: widgets,
  chat: widgets,
  drive: widgets,
  kernels: widgets,
  ui: ['y-websocket'],
  plugins: []
};

const alternatives = names =>
  names.map(name => name.replace(/[/.]/g, '\\$&')).join('|');

/** Every folder that is not below this one, by any number of steps up. */
function forbiddenFolders(folder) {
  const level = layers.findIndex(layer => layer.includes(folder));
  const lower = layers.slice(0, level).flat();
  const reachable =
    folder === 'ui' ? lower.filter(name => name !== 'transport') : lower;
  return layers
    .flat()
    .filter(name => name !== folder && !reachable.includes(name));
}

function layerRule(folder) {
  const folders = forbiddenFolders(folder);
  const packages = forbiddenPackages[folder];
  const patterns = [];
  if (folders.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(${alternatives(folders)})(/|$)`,
      message: `${folder}/ imports only from the layers below it (docs/architecture.md).`
    });
  }
  patterns.push({
    regex: '^(\\.\\./)+(index)?$',
    message: 'Nothing imports the entry point.'
  });
  if (packages.length > 0) {
    patterns.push({
      regex: `^(${alternatives(packages)})(/|$)`,
      message: `${folder}/ does not know this package (docs/architecture.md).`
    });
  }
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    ignores: ['**/__tests__/**', '**/*.spec.{ts,tsx}'],
    rules: { 'no-restricted-imports': ['error', { patterns }] }
  };
}

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'lib',
      'dist',
      'coverage',
      'binder',
      '.venv',
      'jupyterlab_cohost',
      'ui-tests/test-results',
      'ui-tests/playwright-report'
    ]
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { import: importPlugin },
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    settings: {
      'import/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import/resolver': {
        node: { extensions: ['.ts', '.tsx', '.js', '.mjs'] }
      }
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', caughtErrors: 'none' }
      ],
      curly: ['error', 'all'],
      eqeqeq: ['error', 'always'],
      'import/no-cycle': ['error', { ignoreExternal: true }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { jupyter },
    languageOptions: {
      parserOptions: {
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      ...jupyter.configs.recommended[0].rules,
      '@typescript-eslint/no-floating-promises': [
        'error',
        { ignoreVoid: true }
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true }
      ],
      // Our rooms pass callbacks that own themselves; these two guess from names and are wrong more often than right.
      'jupyter/prefer-lazy-imports': 'off'
    }
  },
  {
    // Clock and randomness are passed in.
    files: ['src/{protocol,crypto}/**/*.ts'],
    ignores: ['**/__tests__/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        'window',
        'document',
        'WebSocket',
        'fetch',
        'localStorage',
        'sessionStorage'
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now' },
        { object: 'Math', property: 'random' }
      ]
    }
  },
  ...layers.flat().map(layerRule),
  {
    files: ['**/__tests__/**', '**/*.spec.{ts,tsx}'],
    languageOptions: { globals: globals.jest },
    rules: {
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-signal-cleanup': 'off'
    }
  },
  prettier,
  { rules: { curly: ['error', 'all'] } }
);
