/** The contract: every operation, every wire shape, every error code. */
import { artifactOperations } from './operations/artifacts.ts';
import { catalogOperations } from './operations/catalog.ts';
import { historyOperations } from './operations/history.ts';
import { lineageOperations } from './operations/lineage.ts';
import { linkOperations } from './operations/links.ts';
import { registryOperations } from './operations/registries.ts';
import { searchOperations } from './operations/search.ts';
import type { z } from 'zod';

export * from './changes.ts';
export * from './client.ts';
export * from './dataFolder.ts';
export * from './entities.ts';
export * from './errors.ts';
export * from './explain.ts';
export * from './ids.ts';
export * from './operation.ts';
export * from './transport.ts';
export { AliasHolder, AliasMove, AliasTarget, LinkTarget } from './operations/links.ts';
export { Finding } from './operations/catalog.ts';
export { LineageEdge, LineageNode } from './operations/lineage.ts';
export { SearchHit, SearchKind } from './operations/search.ts';

export const operationList = [
  ...catalogOperations, ...registryOperations, ...linkOperations, ...artifactOperations, ...lineageOperations, ...searchOperations, ...historyOperations,
] as const;

type AnyOperation = (typeof operationList)[number];
export type OperationName = AnyOperation['name'];
export type Operation<Name extends OperationName> = Extract<AnyOperation, { readonly name: Name }>;
export type QueryName = Extract<AnyOperation, { readonly kind: 'query' }>['name'];
export type CommandName = Extract<AnyOperation, { readonly kind: 'command' }>['name'];

/** What a caller gives: defaults may be left out. */
export type InputOf<Name extends OperationName> = z.input<Operation<Name>['input']>;
/** What core works with after checking. */
export type CheckedInputOf<Name extends OperationName> = z.output<Operation<Name>['input']>;
export type OutputOf<Name extends OperationName> = z.output<Operation<Name>['output']>;

const byName: ReadonlyMap<string, AnyOperation> = new Map(operationList.map((operation) => [operation.name, operation]));

export function findOperation(name: string): AnyOperation | undefined {
  return byName.get(name);
}

export const operationNames: readonly OperationName[] = operationList.map((operation) => operation.name);
