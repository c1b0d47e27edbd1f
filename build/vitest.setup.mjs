/**
 * Property tests try other cases at each run of a developer's, and the same ones where `CI=true`: whether a change is good must not depend on a
 * throw of dice. What they find (fast-check prints the seed and the case) becomes an example of its own. `VITRINE_PROPERTY_SEED=1234` tries those.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

const seed = process.env['VITRINE_PROPERTY_SEED'] ?? (process.env['CI'] === 'true' ? '20260101' : undefined);
const path = expect.getState().testPath;
// Few files have properties; the others need not load what they don't use.
if (seed !== undefined && path !== undefined && readFileSync(path, 'utf8').includes("'fast-check'")) {
  const { configureGlobal } = await import('fast-check');
  configureGlobal({ seed: Number(seed) });
}
