/** Of the session panel's element. */
export const PANEL_ID = 'cohost-session-panel';

/** The command that shows it. */
export const OPEN_PANEL = 'cohost:session-panel';
