/** The contract: every operation, every wire shape, every error code. */

export * from './changes.ts';
export * from './client.ts';
export * from './entities.ts';
export * from './errors.ts';
export * from './explain.ts';
export * from './ids.ts';
export * from './operation.ts';
export * from './transport.ts';
export { AliasHolder, AliasMove, AliasTarget, LinkTarget, NeededApproval } from './operations/links.ts';
export { Refusal } from './operations/curation.ts';
export { AccessGrant } from './operations/pasts.ts';
export { TableCell, TableColumn, TableLayout, TableSort } from './operations/tables.ts';
export { Finding } from './operations/catalog.ts';
export { ManifestKind } from './operations/drafts.ts';
export { ChartAxis, ConsoleLine, MetricKey, MetricSeries, RunStream } from './operations/runs.ts';
export { LineageCarrying, LineageEdge, LineageFilter, LineageFormat, LineageNode, LineageNodeId, LineageRoot, LineageStaleInput, LineageStaleReason } from './operations/lineage.ts';
export { ChainFault, ChainHead, HistoryFormat, NotedHead } from './operations/audit.ts';
export { ImportOutcome, ImportReport } from './operations/exchange.ts';
export { HoldTarget, TimeToLiveTarget } from './operations/retention.ts';
export { SavedSearch } from './operations/savedSearches.ts';
export { SearchHit, SearchKind } from './operations/search.ts';
export { Bucket, BucketAddress, BucketCredential, BucketTestStep, BytesPlace, BytesStanding } from './operations/bytes.ts';
export { BytesPolicy, DeadLetter, PlanItem, RegistryMembersThere, Remote, RemoteAddress, RemoteCredential, RemoteFields, RemoteFollow, RemoteKind, RemoteTestStep, SentItem, SyncBadge, SyncConflict, SyncPhase, SyncPlan, SyncRound, SyncState } from './operations/sync.ts';
export * from './operations/index.ts';
