/** Of the session panel's element. */
export const PANEL_ID = 'cohost-session-panel';
