/** Unit and integration tests: everything named *.test.ts beside the code, under plain Node with real files and processes. */
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

import { keptThreads } from './tools/keptThreads.mjs';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  envDir: false,
  publicDir: false,
  cacheDir: 'node_modules/.cache/vitest',
  ssr: { external: ['electron', 'better-sqlite3'] },
  test: {
    include: ['{shared,electron,renderer,build,e2e}/**/*.test.{ts,tsx,mjs}'],
    exclude: ['**/node_modules/**', 'dist/**', 'release/**', ...(process.env['VITRINE_CLIENTS'] === '1' ? [] : ['e2e/clients/**']), ...(process.env['VITRINE_REMOTES'] === '1' ? [] : ['e2e/remotes/**'])],
    environment: 'node',
    setupFiles: ['build/vitest.setup.mjs'],
    globalSetup: ['build/tools/keptThreads.mjs'],
    env: keptThreads,
    // Processes, not threads: native modules, signals and worker threads behave as they do in the product.
    pool: 'forks',
    maxWorkers: 2,
    // Whoever waits, waits for a fact; how long that takes on a busy machine is no part of it.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
    allowOnly: process.env['CI'] !== 'true',
  },
});
