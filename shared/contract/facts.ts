/**
 * What the window needs of the contract at run time. The bundler works this file out while it compiles and keeps its exports as plain data,
 * so that a start of the window builds none of the schemas that the facts stand in (see `build/compile.mjs`): what is exported here must be
 * JSON.
 */
import { operationList, type OperationName } from './operations/index.ts';
import type { OperationAudience, OperationKind } from './operation.ts';

export { defaultDeadlineMilliseconds } from './operation.ts';
export { eventKinds } from './entities.ts';

export const operationFacts = Object.fromEntries(operationList.map(({ name, kind, long, audience }) => [name, { kind, long, audience }])) as Readonly<
  Record<OperationName, { readonly kind: OperationKind; readonly long: boolean; readonly audience: OperationAudience }>
>;
