import * as path from 'path';
import { defineConfig } from '@playwright/test';

import base from '../playwright.config';

/** A guest in Firefox, by WebDriver BiDi; the host in Chromium. `FIREFOX` names another one than Debian's. */
export default defineConfig({
  ...base,
  testDir: __dirname,
  testMatch: '*.story.ts',
  outputDir: path.join(__dirname, '..', 'test-results', 'firefox')
});
