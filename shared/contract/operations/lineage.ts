import { z } from 'zod';
import { AliasChip, ByteCount, LinkMark, RunState, Timestamp, VersionState } from '../entities.ts';
import { RunId, VersionId } from '../ids.ts';
import { defineQuery } from '../operation.ts';

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
    state: VersionState,
    aliases: z.array(AliasChip),
    size: ByteCount,
    createdAt: Timestamp,
    links: z.array(LinkMark),
    /** Neighbours in the catalog that this answer leaves out, by side. */
    hiddenUpstream: z.number().int(),
    hiddenDownstream: z.number().int(),
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
    createdAt: Timestamp,
    durationSeconds: z.number().nonnegative().nullable(),
    hiddenUpstream: z.number().int(),
    hiddenDownstream: z.number().int(),
  }),
]);
export type LineageNode = z.infer<typeof LineageNode>;

/** From what came first to what came of it: version → run that used it, run → version that it logged. Keys are `version:12`, `run:7`. */
export const LineageEdge = z.strictObject({
  from: z.string(),
  to: z.string(),
  relation: z.enum(['used', 'logged', 'manual']),
  provenance: z.enum(['sdk', 'sync', 'manual']),
});
export type LineageEdge = z.infer<typeof LineageEdge>;

export const lineageOperations = [
  defineQuery({
    name: 'lineage.neighbourhood',
    summary: 'What a version or a run came from and what came of it, nearest first, bounded by depth and by number of nodes.',
    input: z.strictObject({
      root: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('version'), id: VersionId }), z.strictObject({ kind: z.literal('run'), id: RunId })]),
      /** Steps, each from a version to a run or back. */
      up: z.number().int().min(0).max(200).default(4),
      down: z.number().int().min(0).max(200).default(4),
      limit: z.number().int().min(1).max(10_000).default(1000),
    }),
    output: z.strictObject({
      root: z.string(),
      nodes: z.array(LineageNode),
      edges: z.array(LineageEdge),
      /** Whether the limit, not the depth, ended the walk. */
      truncated: z.boolean(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
] as const;
