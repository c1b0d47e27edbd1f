/** Journeys in the real Electron. `journeys` drives the compiled sources, `packaged` the package that people get. */
import { defineConfig } from '@playwright/test';

const isContinuousIntegration = process.env['CI'] === 'true';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: './output/results',
  snapshotPathTemplate: '{testDir}/snapshots/{testFilePath}/{arg}{ext}',
  fullyParallel: true,
  workers: 2,
  // Waits are for facts; how long those take on a busy machine is no part of them.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  forbidOnly: isContinuousIntegration,
  // A test that passes only at the second try is a defect to look at, not to hide.
  retries: 0,
  maxFailures: isContinuousIntegration ? 0 : 20,
  reporter: [['list'], ['json', { outputFile: process.env['VITRINE_E2E_REPORT'] ?? './output/report.json' }]],
  use: { trace: 'off', screenshot: 'only-on-failure' },
  projects: [
    { name: 'journeys', testIgnore: '**/packaged.spec.ts' },
    { name: 'packaged', testMatch: '**/packaged.spec.ts' },
  ],
});
