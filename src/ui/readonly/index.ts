export * from './commands';
export * from './drag';
export * from './editors';
