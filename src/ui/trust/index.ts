export * from './command';
export * from './notebooks';
