export * from './connectionLost';
export * from './notices';
export * from './outside';
export * from './preload';
export * from './reload';
export * from './statusItem';
export * from './tabDot';
export * from './unload';
