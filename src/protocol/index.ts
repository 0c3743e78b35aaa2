export * from './awareness';
export * from './closeCodes';
export * from './ids';
export * from './messages';
export * from './page';
export * from './roles';
export * from './sentences';
export * from './tables';
