export * from './backOff';
export * from './roomSocket';
