import * as path from 'path';
import { defineConfig } from '@playwright/test';

import base from '../playwright.config';

/** Takes the pictures of docs/screenshots anew: `playwright test --config ui-tests/pictures/pictures.config.ts`. */
export default defineConfig({
  ...base,
  testDir: __dirname,
  testMatch: '*.pictures.ts',
  outputDir: path.join(__dirname, '..', 'test-results', 'pictures-run'),
  reporter: [['line']]
});
