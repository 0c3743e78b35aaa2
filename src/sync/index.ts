export * from './ledger';
export * from './provider';
export * from './state';
