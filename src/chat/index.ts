export * from './events';
export * from './keys';
export * from './link';
export * from './log';
export * from './messages';
export * from './model';
export * from './node';
export * from './people';
