export * from './contentProvider';
export * from './room';
export * from './rooms';
export * from './trust';
