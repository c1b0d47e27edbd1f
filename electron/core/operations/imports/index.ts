import type { Handlers } from '../index.ts';
import { exportBundle, importBundle, inspectBundle } from './bundle.ts';
import { importGto } from './gto.ts';
import { importLegacyRegistry } from './legacyRegistry.ts';
import { importMlruns } from './mlruns.ts';
import { takenBack } from './steps.ts';

export const importHandlers = {
  'bundles.export': exportBundle, 'bundles.inspect': inspectBundle,
  'imports.bundle': takenBack('a bundle', importBundle), 'imports.gto': takenBack('GTO tags', importGto), 'imports.legacyRegistry': takenBack('a legacy model registry', importLegacyRegistry), 'imports.mlruns': takenBack('mlruns', importMlruns),
} satisfies Handlers;
