/** Every operation in one list, and the types of what each takes and answers. */
import { accountOperations } from './accounts.ts';
import { approvalOperations } from './approvals.ts';
import { artifactOperations } from './artifacts.ts';
import { auditOperations } from './audit.ts';
import { automationOperations } from './automations.ts';
import { catalogOperations } from './catalog.ts';
import { curationOperations } from './curation.ts';
import { draftOperations } from './drafts.ts';
import { exchangeOperations } from './exchange.ts';
import { historyOperations } from './history.ts';
import { lineageOperations } from './lineage.ts';
import { linkOperations } from './links.ts';
import { pastOperations } from './pasts.ts';
import { registryOperations } from './registries.ts';
import { retentionOperations } from './retention.ts';
import { runOperations } from './runs.ts';
import { scanOperations } from './scans.ts';
import { savedSearchOperations } from './savedSearches.ts';
import { searchOperations } from './search.ts';
import { bytesOperations } from './bytes.ts';
import { syncOperations } from './sync.ts';
import { tableOperations } from './tables.ts';
import type { z } from 'zod';

export const operationList = [
  ...catalogOperations, ...registryOperations, ...linkOperations, ...artifactOperations, ...runOperations, ...draftOperations, ...accountOperations, ...lineageOperations, ...searchOperations, ...historyOperations, ...retentionOperations, ...auditOperations, ...savedSearchOperations, ...exchangeOperations,
  ...curationOperations, ...tableOperations, ...pastOperations, ...syncOperations, ...bytesOperations, ...automationOperations, ...approvalOperations, ...scanOperations,
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
