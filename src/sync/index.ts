export * from './ledger';
export * from './presence';
export * from './presenceState';
export * from './provider';
export * from './state';
