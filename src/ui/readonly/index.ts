export * from './commands';
export * from './drag';
export * from './editors';
export * from './stepOver';
export * from './writable';
