export * from './backOff';
export * from './online';
export * from './roomSocket';
