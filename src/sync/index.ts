export * from './ledger';
export * from './options';
export * from './presence';
export * from './presenceState';
export * from './provider';
export * from './standing';
export * from './state';
export * from './plainText';
