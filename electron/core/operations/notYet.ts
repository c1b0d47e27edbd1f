/** Operations that are declared and whose handler is still to come. */
import { VitrineError, type OperationName } from '#shared/contract/index.ts';
import type { Handlers } from './index.ts';

const names: readonly OperationName[] = [
  'versions.details', 'collections.details', 'links.find',
];

export const notYetHandlers: Handlers = Object.fromEntries(names.map((name) => [name, () => Promise.reject(new VitrineError('not_offered', { details: { what: name } }))]));
