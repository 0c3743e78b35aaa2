const jupyterlab = require('@jupyterlab/testing/lib/jest-config')(__dirname);

/** Packages that ship only ES modules. */
const esModules = [
  '@codemirror',
  '@jupyter',
  '@jupyterlab',
  '@lumino',
  '@marijn',
  '@microsoft',
  '@noble',
  'canonicalize',
  'color',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const common = {
  rootDir: __dirname,
  roots: ['<rootDir>/src'],
  moduleFileExtensions: jupyterlab.moduleFileExtensions,
  moduleNameMapper: jupyterlab.moduleNameMapper,
  resolver: jupyterlab.resolver,
  // Types are checked by tsc; here files are only translated.
  transform: {
    '\\.svg$': '@jupyterlab/testing/lib/jest-raw-loader.js',
    '^.+\\.tsx?$': [
      'ts-jest',
      { tsconfig: 'tsconfig.test.json', diagnostics: false }
    ],
    '^.+\\.m?jsx?$': 'babel-jest'
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/).+`],
  testPathIgnorePatterns: ['/lib/', '/node_modules/', '/ui-tests/']
};

const tests = folders => [`/src/(${folders.join('|')})/.*\\.spec\\.tsx?$`];

/** The lower layers know no page: their tests run in plain Node, which is ten times faster. */
module.exports = {
  reporters: ['default'],
  projects: [
    {
      ...common,
      displayName: 'core',
      testEnvironment: 'node',
      testRegex: tests([
        'protocol',
        'crypto',
        'transport',
        'sync',
        'session',
        'chat'
      ])
    },
    {
      ...common,
      displayName: 'lab',
      testEnvironment: jupyterlab.testEnvironment,
      setupFiles: jupyterlab.setupFiles,
      testRegex: tests(['drive', 'kernels', 'ui', 'plugins'])
    }
  ]
};
