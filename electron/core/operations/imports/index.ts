import type { Handlers } from '../index.ts';
import { exportBundle, importBundle, inspectBundle } from './bundle.ts';
import { importGto } from './gto.ts';
import { importLegacyRegistry } from './legacyRegistry.ts';
import { importMlruns } from './mlruns.ts';

export const importHandlers = {
  'bundles.export': exportBundle, 'bundles.inspect': inspectBundle, 'imports.bundle': importBundle, 'imports.gto': importGto, 'imports.legacyRegistry': importLegacyRegistry, 'imports.mlruns': importMlruns,
} satisfies Handlers;
