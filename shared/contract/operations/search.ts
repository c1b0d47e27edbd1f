import { z } from 'zod';
import { ArtifactSummary, CollectionSummary, ProjectSummary, RegistrySummary, RunSummary, VersionSummary } from '../entities.ts';
import { defineQuery } from '../operation.ts';

const snippet = z.string().nullable();

export const SearchHit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('version'), version: VersionSummary, snippet }),
  z.strictObject({ kind: z.literal('artifact'), artifact: ArtifactSummary, snippet }),
  z.strictObject({ kind: z.literal('collection'), collection: CollectionSummary, snippet }),
  z.strictObject({ kind: z.literal('registry'), registry: RegistrySummary, snippet }),
  z.strictObject({ kind: z.literal('run'), run: RunSummary, snippet }),
  z.strictObject({ kind: z.literal('project'), project: ProjectSummary, snippet }),
]);
export type SearchHit = z.infer<typeof SearchHit>;

export const SearchKind = z.enum(['version', 'artifact', 'collection', 'registry', 'run', 'project']);
export type SearchKind = z.infer<typeof SearchKind>;

export const searchOperations = [
  defineQuery({
    name: 'search.query',
    summary: 'Finds by words and fields: `type:model tag:release alias:production metadata.acc>0.9 size>1GB updated:<7d`.',
    input: () => z.strictObject({
      text: z.string().max(10_000),
      kinds: z.array(SearchKind).min(1).optional(),
      cursor: z.string().max(1024).optional(),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    output: () => z.strictObject({
      items: z.array(SearchHit),
      nextCursor: z.string().nullable(),
      /** Hits in all, counted up to 1,000. */
      total: z.number().int(),
      totalIsExact: z.boolean(),
    }),
    errors: ['query_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'search.complete',
    summary: 'What could stand at the caret of a search: fields, tags, aliases, types, names.',
    input: () => z.strictObject({ text: z.string().max(10_000), caret: z.number().int().nonnegative() }),
    output: () => z.strictObject({
      items: z.array(z.strictObject({ insert: z.string(), label: z.string(), from: z.number().int(), to: z.number().int(), kind: z.enum(['field', 'value', 'object']) })),
    }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'search.quick',
    summary: 'For the palette: objects whose name holds the words that were typed, best first; with fields in it, what the same query finds in a search.',
    input: () => z.strictObject({ text: z.string().max(1000), limit: z.number().int().min(1).max(50).default(20) }),
    output: () => z.strictObject({
      items: z.array(SearchHit),
      /** Why it can’t be read as a query, and where: names are looked for with its words all the same. */
      problem: z.strictObject({ explanation: z.string(), offset: z.number().int().nonnegative(), length: z.number().int().nonnegative() }).nullable(),
    }),
    audience: 'restricted_viewer',
  }),
] as const;
