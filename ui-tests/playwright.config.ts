import { defineConfig } from '@playwright/test';
import * as path from 'path';

/** The system's Chromium: nothing is downloaded. CHROMIUM names another one. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: __dirname,
  testMatch: '*.spec.ts',
  outputDir: path.join(__dirname, 'test-results'),
  // They wait more than they work: two files at a time.
  workers: 2,
  fullyParallel: false,
  retries: process.env.CI ? 2 : 0,
  // Busy machines are slow; what is right ends early all the same.
  timeout: 300_000,
  expect: { timeout: 45_000 },
  reporter: [
    ['line'],
    [
      'json',
      { outputFile: path.join(__dirname, 'test-results', 'report.json') }
    ]
  ],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    actionTimeout: 45_000,
    navigationTimeout: 90_000,
    trace: 'off',
    video: 'off',
    screenshot: process.env.CI ? 'only-on-failure' : 'off',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  }
});
