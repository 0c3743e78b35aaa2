export * from './caution';
export * from './command';
export * from './notebooks';
export * from './registries';
export * from './start';
