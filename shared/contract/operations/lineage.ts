import { z } from 'zod';
import { AliasChip, ByteCount, LinkMark, RunState, Timestamp, VersionState } from '../entities.ts';
import { CollectionId, ProjectId, RunId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery } from '../operation.ts';

/** A node by its identity. Its key in answers is `version:12`, `run:7`. */
export const LineageNodeId = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('version'), id: VersionId }), z.strictObject({ kind: z.literal('run'), id: RunId })]);
export type LineageNodeId = z.infer<typeof LineageNodeId>;

/** Where a walk starts: a node, every version that a collection links, or what a person selected. */
export const LineageRoot = z.discriminatedUnion('kind', [
  ...LineageNodeId.options,
  z.strictObject({ kind: z.literal('collection'), id: CollectionId }),
  z.strictObject({ kind: z.literal('selection'), nodes: z.array(LineageNodeId).min(1).max(10_000) }),
]);
export type LineageRoot = z.infer<typeof LineageRoot>;

/**
 * Which nodes one wants to see. Conditions are joined by "and", values of one by "or"; a condition that speaks of versions alone (`types`)
 * is met by no run. What matches is kept together with what stands on a way between it and the root, so that nothing hangs in the air.
 */
export const LineageFilter = z.strictObject({
  types: z.array(z.string().max(128)).min(1).max(100).optional(),
  /** `team/project`. */
  projects: z.array(z.string().max(300)).min(1).max(100).optional(),
  states: z.array(z.union([VersionState, RunState])).min(1).optional(),
  tags: z.array(z.string().max(128)).min(1).max(100).optional(),
  /** Made at or after. */
  from: Timestamp.optional(),
  /** Made before. */
  until: Timestamp.optional(),
});
export type LineageFilter = z.infer<typeof LineageFilter>;

const nodeCommon = {
  /** Neighbours in the catalog that this answer leaves out, by side: what an expansion would bring. Counted up to 10,000. */
  hiddenUpstream: z.number().int(),
  hiddenDownstream: z.number().int(),
  tags: z.array(z.string()).optional(),
  /** There under a filter that it does not match: it stands between the root and a match. */
  between: z.literal(true).optional(),
};

export const LineageNode = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('version'),
    key: z.string(),
    id: VersionId,
    entity: z.string(),
    project: z.string(),
    artifact: z.string(),
    type: z.string(),
    index: z.number().int(),
    /** `deleted` is a tombstone: the node stays where it was. */
    state: VersionState,
    aliases: z.array(AliasChip),
    size: ByteCount,
    createdAt: Timestamp,
    links: z.array(LinkMark),
    ...nodeCommon,
  }),
  z.strictObject({
    kind: z.literal('run'),
    key: z.string(),
    id: RunId,
    entity: z.string(),
    project: z.string(),
    runId: z.string(),
    displayName: z.string(),
    state: RunState,
    jobType: z.string().nullable(),
    group: z.string().optional(),
    createdAt: Timestamp,
    durationSeconds: z.number().nonnegative().nullable(),
    /** A tombstone. */
    deleted: z.literal(true).optional(),
    ...nodeCommon,
  }),
]);
export type LineageNode = z.infer<typeof LineageNode>;

/** From what came first to what came of it: version → run that used it, run → version that it logged. Keys are `version:12`, `run:7`. */
export const LineageEdge = z.strictObject({
  from: z.string(),
  to: z.string(),
  relation: z.enum(['used', 'logged', 'manual']),
  provenance: z.enum(['sdk', 'sync', 'manual']),
  /** The name under which the run used it. */
  usedAs: z.string().optional(),
  /** Of an edge drawn by hand: why, who and when. */
  byHand: z.strictObject({ reason: z.string(), by: z.string(), at: Timestamp }).optional(),
});
export type LineageEdge = z.infer<typeof LineageEdge>;

const graph = { nodes: z.array(LineageNode), edges: z.array(LineageEdge) };

const depth = z.number().int().min(0).max(20_000);
const walk = {
  root: LineageRoot,
  /** Steps, each from a version to a run or back. */
  up: depth.default(4),
  down: depth.default(4),
  limit: z.number().int().min(1).max(10_000).default(1000),
  filter: LineageFilter.optional(),
};

/** An alias that stands on a version: in its artifact (`source`) or in a collection. */
export const LineageCarrying = z.strictObject({
  key: z.string(),
  alias: z.string(),
  /** `team/project/artifact` or `registry/collection`. */
  holder: z.string(),
  in: z.enum(['artifact', 'collection']),
  /** The number under which the version stands there. */
  index: z.number().int().nonnegative(),
});
export type LineageCarrying = z.infer<typeof LineageCarrying>;

const count = z.number().int().nonnegative();
const CountedBy = z.array(z.strictObject({ name: z.string(), count }));

/** Why an input is out of date: in one holder, by one alias. */
export const LineageStaleReason = z.strictObject({
  why: z.enum(['superseded', 'alias_moved', 'alias_gone', 'deleted']),
  alias: z.string().nullable(),
  holder: z.string().nullable(),
  in: z.enum(['artifact', 'collection']).nullable(),
  /** What stands there now. */
  now: z.strictObject({ key: z.string(), index: z.number().int() }).nullable(),
  /** Since when. Null where the catalog doesn't know. */
  since: Timestamp.nullable(),
});
export type LineageStaleReason = z.infer<typeof LineageStaleReason>;

export const LineageStaleInput = z.strictObject({ key: z.string(), degree: z.number().int().positive(), through: z.string(), reasons: z.array(LineageStaleReason) });
export type LineageStaleInput = z.infer<typeof LineageStaleInput>;

export const LineageFormat = z.enum(['json', 'csv', 'dot', 'tree', 'openlineage']);
export type LineageFormat = z.infer<typeof LineageFormat>;

export const lineageOperations = [
  defineQuery({
    name: 'lineage.neighbourhood',
    summary: 'What a version, a run, a collection or a selection came from and what came of it, nearest first, bounded by depth and by number of nodes.',
    input: () => z.strictObject(walk),
    output: () => z.strictObject({
      /** The first of `roots`. */
      root: z.string(),
      roots: z.array(z.string()),
      ...graph,
      /** Whether the limit, not the depth, ended the walk. */
      truncated: z.boolean(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'lineage.path',
    summary: 'The ways from one node to another: a shortest one, and all up to a limit.',
    input: () => z.strictObject({ from: LineageNodeId, to: LineageNodeId, limit: z.number().int().min(1).max(1000).default(20) }),
    output: () => z.strictObject({
      from: z.string(),
      to: z.string(),
      /** Whether `to` came of `from` (`downstream`), `from` came of `to` (`upstream`), or neither. Ways read from `from` to `to`. */
      direction: z.enum(['downstream', 'upstream', 'none']),
      shortest: z.array(z.string()),
      paths: z.array(z.array(z.string())),
      /** There are more ways than these. */
      truncated: z.boolean(),
      /** False where the search was given up at its bound: then `none` means "not found so far". */
      complete: z.boolean(),
      ...graph,
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'lineage.impact',
    summary: 'What hangs on a version: everything downstream with its degree, counted by type and project, and what carries which alias.',
    input: () => z.strictObject({
      root: LineageRoot,
      /** Rows in the answer, nearest first; the counts speak of everything that was reached. */
      limit: z.number().int().min(0).max(10_000).default(1000),
      /** Only these aliases; all without it. */
      aliases: z.array(z.string().max(128)).min(1).max(100).optional(),
    }),
    output: () => z.strictObject({
      root: z.string(),
      roots: z.array(z.string()),
      /** The roots, then what hangs on them: the nearest of it. */
      nodes: z.array(LineageNode),
      rows: z.array(z.strictObject({ key: z.string(), degree: z.number().int().positive(), through: z.string() })),
      versionCount: count,
      runCount: count,
      /** The greatest degree reached. */
      depth: count,
      byType: CountedBy,
      byProject: CountedBy,
      byDegree: z.array(z.strictObject({ degree: z.number().int().positive(), versions: count, runs: count })),
      /** What stands on what was reached; `production` first, at most 1,000. */
      carrying: z.array(LineageCarrying),
      byAlias: CountedBy,
      /** False where the walk ended at its bound of nodes: then the counts are "at least". */
      complete: z.boolean(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'lineage.stale',
    summary: 'What was built from versions that are no longer `latest` or `production`: which inputs, and what stands there now.',
    input: () => z.strictObject({
      /** One version or run; a collection's or a project's versions in use; without it all that stand in a registry under a watched alias. */
      of: z.discriminatedUnion('kind', [...LineageNodeId.options, z.strictObject({ kind: z.literal('collection'), id: CollectionId }), z.strictObject({ kind: z.literal('project'), id: ProjectId })]).optional(),
      aliases: z.array(z.string().max(128)).min(1).max(20).default(['latest', 'production']),
      /** Steps upstream that are looked at. */
      up: depth.min(1).default(200),
      limit: z.number().int().min(1).max(1000).default(100),
      cursor: z.string().max(64).optional(),
    }),
    output: () => z.strictObject({
      items: z.array(z.strictObject({ key: z.string(), inputs: z.array(LineageStaleInput), /** False where the walk ended at its bound. */ complete: z.boolean() })),
      nodes: z.array(LineageNode),
      /** Versions looked at for this page, stale or not. */
      checked: count,
      nextCursor: z.string().nullable(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'lineage.common',
    summary: 'What two nodes both come from, and where their ways part.',
    input: () => z.strictObject({ first: LineageNodeId, second: LineageNodeId, limit: z.number().int().min(1).max(10_000).default(1000) }),
    output: () => z.strictObject({
      first: z.string(),
      second: z.string(),
      /** Nearest first (by the sum of steps). */
      ancestors: z.array(z.strictObject({ key: z.string(), stepsToFirst: count, stepsToSecond: count, /** Leads to no other common ancestor. */ nearest: z.boolean() })),
      nodes: z.array(LineageNode),
      total: count,
      complete: z.boolean(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'lineage.compare',
    summary: 'Two versions’ lineages side by side: what both came from, what only one did, and which artifacts went in as different versions.',
    input: () => z.strictObject({ first: LineageNodeId, second: LineageNodeId, up: depth.min(1).default(200), limit: z.number().int().min(1).max(5000).default(1000) }),
    output: () => z.strictObject({
      first: z.string(),
      second: z.string(),
      rows: z.array(z.strictObject({
        kind: z.enum(['version', 'run']),
        /** The artifact, or the project and kind of job, that both sides have in common: `team/project/name`. */
        name: z.string(),
        verdict: z.enum(['same', 'different', 'only_first', 'only_second']),
        first: z.array(z.string()),
        second: z.array(z.string()),
      })),
      ...graph,
      truncated: z.boolean(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'lineage.export',
    summary: 'A neighbourhood as text: JSON, CSV, DOT, a tree, or OpenLineage events.',
    input: () => z.strictObject({ ...walk, format: LineageFormat }),
    output: () => z.strictObject({ format: LineageFormat, mediaType: z.string(), /** With its ending. */ fileName: z.string(), text: z.string(), nodes: count, edges: count, truncated: z.boolean() }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'lineage.link',
    summary: 'Draws an edge by hand, with the reason: version → run that used it, run → version it made, version → version made from it.',
    input: () => z.strictObject({ from: LineageNodeId, to: LineageNodeId, reason: z.string().max(2000) }),
    output: () => z.strictObject({ from: z.string(), to: z.string(), /** False where that edge by hand stood already; then only the reason may be new. */ created: z.boolean() }),
    errors: ['not_found', 'blocked', 'already_exists', 'version_unavailable', 'name_invalid'],
    audience: 'member',
  }),
  defineCommand({
    name: 'lineage.unlink',
    summary: 'Takes away an edge that was drawn by hand. What a run reported itself stays.',
    input: () => z.strictObject({ from: LineageNodeId, to: LineageNodeId }),
    output: () => z.strictObject({ from: z.string(), to: z.string() }),
    errors: ['not_found', 'blocked'],
    audience: 'member',
  }),
  defineCommand({
    name: 'lineage.import',
    summary: 'Takes OpenLineage run events: runs, and datasets as versions that refer to them. The same event twice changes nothing.',
    input: () => z.strictObject({
      /** One event, an array of them, or one per line. Bytes are counted as characters here: at most 32 Mi. */
      text: z.string().max(32 * 1024 * 1024),
      /** Everything goes into this project; without it, each job’s and dataset’s namespace makes one. */
      project: z.strictObject({ entity: z.string().max(128).optional(), name: z.string().max(128) }).optional(),
    }),
    output: () => z.strictObject({ events: count, /** Events without a run: they say that a job or a dataset is there, not that anything happened. */ skipped: count, runsCreated: count, runsUpdated: count, versionsCreated: count, edgesCreated: count, unchanged: z.boolean() }),
    errors: ['not_found', 'name_invalid', 'type_mismatch', 'too_large', 'blocked', 'version_unavailable'],
    audience: 'member',
    long: true,
  }),
] as const;

