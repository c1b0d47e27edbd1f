import { z } from 'zod';
import { nonFiniteWords } from '../../domain/looseJson.ts';
import { ByteCount, JsonObject, RunDetail, RunFile, RunState, RunSummary, Timestamp, VersionSummary } from '../entities.ts';
import { ApiKeyId, ProjectId, RunId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest, ProjectName, SortDirection } from '../operation.ts';

const RunName = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);
const Name = z.string().max(512);
const Notes = z.string().max(1_000_000);
const Tags = z.array(z.string()).max(100);
const ShortText = z.string().max(512);

/** By id, or by team, project and run id. */
const ByIdOrName = z.union([z.strictObject({ id: RunId }), z.strictObject({ entity: z.string(), project: z.string(), runId: z.string() })]);

/** JSON text as the client writes it: bare `NaN`, `Infinity` and `-Infinity` are tokens of it. At most 20 MiB. */
const JsonText = z.string().max(20 * 1024 * 1024);

/** Lines at a place of a stream; what stands there already is overwritten, line by line. */
const Lines = z.strictObject({ offset: z.number().int().min(0).max(1_000_000_000), lines: z.array(z.string().max(20 * 1024 * 1024)).max(200_000) });

/** `history` is what the script logs, `system` what its machine does. */
export const RunStream = z.enum(['history', 'system']);
export type RunStream = z.infer<typeof RunStream>;

/** What a chart's x is: the number of the step, seconds since the run began, seconds since 1970 UTC. */
export const ChartAxis = z.enum(['step', 'relative', 'wall']);
export type ChartAxis = z.infer<typeof ChartAxis>;

const NonFinite = z.literal(nonFiniteWords);

/** A key of a stream. Numbers are for charts; everything else is only counted. */
export const MetricKey = z.strictObject({
  /** Nested keys are joined by dots. */
  key: z.string(),
  /** `number`, `string`, or what the client calls its media: `image-file`, `table-file`, … */
  type: z.string(),
  count: z.number().int().nonnegative(),
  lastStep: z.number().nullable(),
  /** The last value: a number, a short text, else null. `NaN` and the infinities are those words. */
  last: z.union([z.number(), z.string(), z.null()]),
  min: z.number().nullable(),
  max: z.number().nullable(),
});
export type MetricKey = z.infer<typeof MetricKey>;

/** One line of a chart, as lists of equal length. Where every point is told, `min`, `max` and `mean` are the same list of numbers. */
export const MetricSeries = z.strictObject({
  id: RunId,
  key: z.string(),
  /** Points there are in the range that was asked for. */
  total: z.number().int().nonnegative(),
  exact: z.boolean(),
  x: z.array(z.number()),
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  mean: z.array(z.number().nullable()),
  /** Points that are no numbers, at most 100 of them: they have no place in the lists but a null where they are told one by one. */
  nonFinite: z.array(z.strictObject({ x: z.number(), value: NonFinite })),
});
export type MetricSeries = z.infer<typeof MetricSeries>;

export const ConsoleLine = z.strictObject({
  number: z.number().int().nonnegative(),
  stream: z.enum(['stdout', 'stderr']),
  at: Timestamp.nullable(),
  text: z.string(),
});
export type ConsoleLine = z.infer<typeof ConsoleLine>;

const changeErrors = ['not_found', 'permission_denied', 'name_invalid', 'catalog_read_only', 'disk_full'] as const;

export const runOperations = [
  defineQuery({
    name: 'runs.list',
    summary: 'Runs of a project, or of all: newest first, or sorted by a value of their summary or config.',
    input: () => z.strictObject({
      projectId: ProjectId.optional(),
      state: RunState.optional(),
      group: z.string().optional(),
      jobType: z.string().optional(),
      tag: z.string().optional(),
      apiKeyId: ApiKeyId.optional(),
      /** Conditions in the filter language over `name display_name state group job_type tag username entity project host notes duration created_at heartbeat_at config.<path> summary.<path>`. */
      filter: z.json().optional(),
      /** `created`, `heartbeat`, `duration`, `name`, `state`, or a value such as `summary.loss`, `config.lr`; runs that lack it stand last. */
      sort: z.string().max(512).default('created'),
      direction: SortDirection.default('descending'),
      /** Values to answer per run: `config.lr`, `summary.loss`. */
      columns: z.array(z.string().max(512)).max(50).default([]),
      ...PageRequest,
    }),
    output: () => page(RunSummary.extend({ values: z.record(z.string(), z.json()) })),
    errors: ['not_found', 'query_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.get',
    summary: 'One run, by id or by entity, project and run id.',
    input: () => ByIdOrName,
    output: () => RunDetail,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.wire',
    summary: 'A run as its script wrote it: config and summary as text, how many lines each stream has and their last ones; what a resume needs.',
    input: () => ByIdOrName,
    output: () => z.strictObject({
      run: RunDetail,
      /** Each key as `{"value": …}`, with `_wandb`. */
      configText: z.string(),
      summaryText: z.string(),
      historyLines: z.number().int(),
      systemLines: z.number().int(),
      outputLines: z.number().int(),
      historyTail: z.array(z.string()),
      systemTail: z.array(z.string()),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.details',
    summary: 'Many runs with config and summary as their scripts wrote them, in the order of the ids; those that aren’t there or aren’t for the caller are left out.',
    input: () => z.strictObject({ ids: z.array(RunId).max(1000) }),
    output: () => z.strictObject({ items: z.array(z.strictObject({ run: RunDetail, configText: z.string(), summaryText: z.string() })) }),
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.versions',
    summary: 'What a run used (inputs) and logged (outputs).',
    input: () => z.strictObject({ id: RunId, relation: z.enum(['used', 'logged']), ...PageRequest }),
    output: () => page(VersionSummary),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.history',
    summary: 'Raw lines of a stream, in order, by range of steps; evenly sampled where fewer are asked for.',
    input: () => z.strictObject({
      id: RunId,
      stream: RunStream.default('history'),
      /** The first step that counts, and the first that doesn’t any more. Lines without a step count by their number. */
      minStep: z.number().int().nonnegative().optional(),
      maxStep: z.number().int().nonnegative().optional(),
      /** At most so many lines, the first and the last among them. */
      samples: z.number().int().min(1).max(100_000).optional(),
      /** Continues after the page before. */
      cursor: z.string().max(1024).optional(),
      limit: z.number().int().min(1).max(10_000).default(1000),
    }),
    output: () => z.strictObject({ lines: z.array(z.string()), nextCursor: z.string().nullable(), total: z.number().int(), lastStep: z.number().nullable() }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.metricKeys',
    summary: 'The keys of a stream, with count, last value, smallest and largest.',
    input: () => z.strictObject({ id: RunId, stream: RunStream.default('history') }),
    output: () => z.strictObject({
      items: z.array(MetricKey),
      lines: z.number().int(),
      lastStep: z.number().nullable(),
      /** Seconds since 1970 UTC of the first and the last line, where lines carry them. */
      firstAt: z.number().nullable(),
      lastAt: z.number().nullable(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.metrics',
    summary: 'Lines of charts: each key of each run with at most so many points; where there are more, each stretch tells its smallest, largest and mean, so that peaks stay visible.',
    input: () => z.strictObject({
      ids: z.array(RunId).min(1).max(50),
      stream: RunStream.default('history'),
      keys: z.array(z.string().max(1024)).min(1).max(64),
      x: ChartAxis.default('step'),
      /** Range of x, both ends included. */
      from: z.number().optional(),
      to: z.number().optional(),
      points: z.number().int().min(1).max(4000).default(500),
      /** Per run in the order of `ids`: only lines from this number on (`lines` of the answer before). */
      since: z.array(z.number().int().nonnegative()).max(50).optional(),
    }),
    output: () => z.strictObject({
      series: z.array(MetricSeries),
      /** Lines per run, in the order of `ids`: what `since` takes. */
      lines: z.array(z.number().int()),
      /** Per run, how often lines that stood already were overwritten: where it grew, what was known from before `since` may be wrong. */
      rewrites: z.array(z.number().int()),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.console',
    summary: 'Lines that a run printed, from any line on, or the last ones.',
    input: () => z.strictObject({
      id: RunId,
      /** The first line’s number; absent for the last `limit` lines. */
      from: z.number().int().nonnegative().optional(),
      limit: z.number().int().min(1).max(5000).default(500),
    }),
    output: () => z.strictObject({ items: z.array(ConsoleLine), total: z.number().int() }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.files',
    summary: 'Files that a run saved, by name.',
    input: () => z.strictObject({ id: RunId, names: z.array(z.string()).max(10_000).optional(), /** SQL `LIKE` pattern, as the client sends it. */ pattern: z.string().max(1024).optional(), ...PageRequest }),
    output: () => page(RunFile),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.previewFile',
    summary: 'The head of a file that a run saved, as text or as bytes.',
    input: () => z.strictObject({ id: RunId, name: z.string().max(5000), maximumBytes: z.number().int().min(1).max(1_048_576).default(65_536) }),
    output: () => z.strictObject({ name: z.string(), size: ByteCount, kind: z.enum(['text', 'image', 'binary']), mediaType: z.string(), text: z.string().nullable(), base64: z.string().nullable(), truncated: z.boolean() }),
    errors: ['not_found', 'object_missing', 'object_damaged', 'path_invalid'],
    audience: 'viewer',
  }),
  defineCommand({
    name: 'runs.exportFiles',
    summary: 'Writes files that a run saved into a folder, verified byte by byte.',
    input: () => z.strictObject({ id: RunId, folder: z.string().min(1).max(4096), names: z.array(z.string()).max(10_000).optional(), overwrite: z.boolean().default(false) }),
    output: () => z.strictObject({ files: z.number().int(), bytes: ByteCount, folder: z.string() }),
    errors: ['not_found', 'file_exists', 'file_unreadable', 'object_missing', 'object_damaged', 'disk_full', 'path_invalid', 'path_outside_folder'],
    audience: 'viewer',
    long: true,
  }),
  defineCommand({
    name: 'runs.create',
    summary: 'Begins a run in a project, which is made when it isn’t there.',
    input: () => z.strictObject({
      project: ProjectName,
      runId: RunName.optional(),
      displayName: Name.optional(),
      jobType: z.string().max(128).nullable().default(null),
      group: z.string().max(128).nullable().default(null),
      tags: Tags.default([]),
      notes: Notes.default(''),
      config: JsonObject.default({}),
    }),
    output: () => RunDetail,
    errors: ['name_invalid', 'already_exists', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.upsert',
    summary: 'Begins a run or goes on with one, by id or by project and run id; what is absent or null stays as it is.',
    input: () => z.strictObject({
      id: RunId.nullish(),
      project: ProjectName.nullish(),
      runId: RunName.nullish(),
      displayName: Name.nullish(),
      notes: Notes.nullish(),
      tags: Tags.nullish(),
      group: ShortText.nullish(),
      jobType: ShortText.nullish(),
      /** W&B’s shape: each key as `{"value": …}`. */
      configText: JsonText.nullish(),
      summaryText: JsonText.nullish(),
      host: ShortText.nullish(),
      program: z.string().max(4096).nullish(),
      commit: ShortText.nullish(),
      state: RunState.nullish(),
    }),
    output: () => z.strictObject({ run: RunDetail, inserted: z.boolean() }),
    errors: [...changeErrors, 'bad_input'],
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.append',
    summary: 'Takes what a running script streams: lines, summary, names of files that have come, whether it lives, how it ended.',
    input: () => z.strictObject({
      id: RunId,
      history: Lines.optional(),
      system: Lines.optional(),
      output: Lines.optional(),
      summaryText: JsonText.optional(),
      uploaded: z.array(z.string().max(5000)).max(100_000).optional(),
      complete: z.boolean().optional(),
      exitCode: z.number().int().nullish(),
    }),
    output: () => z.strictObject({ stopRequested: z.boolean(), historyLines: z.number().int(), state: RunState }),
    errors: [...changeErrors, 'bad_input', 'too_large'],
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.update',
    summary: 'Changes state, summary, config, notes, tags, group, job type or name of a run.',
    input: () => z.strictObject({
      id: RunId,
      state: RunState.optional(),
      displayName: Name.optional(),
      notes: Notes.optional(),
      tags: Tags.optional(),
      /** Null takes it out of its group. */
      group: z.string().max(128).nullable().optional(),
      jobType: z.string().max(128).nullable().optional(),
      config: JsonObject.optional(),
      summary: JsonObject.optional(),
    }),
    output: () => RunDetail,
    errors: changeErrors,
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.stop',
    summary: 'Asks a running script to stop; it hears so with its next message.',
    input: () => z.strictObject({ id: RunId }),
    output: () => RunDetail,
    errors: [...changeErrors, 'blocked'],
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.alert',
    summary: 'Says on behalf of a run that something needs looking at; it stands in the history.',
    input: () => z.strictObject({ id: RunId, title: z.string().trim().min(1).max(1000), text: z.string().max(10_000).default(''), level: z.enum(['info', 'warning', 'error']).default('info') }),
    output: () => z.strictObject({}),
    errors: changeErrors,
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.delete',
    summary: 'Moves a run with its metrics, console and files to the trash; versions that it logged stay, or go there with it.',
    input: () => z.strictObject({ id: RunId, deleteVersions: z.boolean().default(false) }),
    output: () => z.strictObject({ deletedVersions: z.number().int() }),
    errors: [...changeErrors, 'aliases_present', 'alias_protected', 'blocked'],
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.deleteFiles',
    summary: 'Removes files that a run saved.',
    input: () => z.strictObject({ id: RunId, names: z.array(z.string().max(5000)).min(1).max(10_000) }),
    output: () => z.strictObject({ deleted: z.number().int() }),
    errors: changeErrors,
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.use',
    summary: 'Notes that a run used versions.',
    input: () => z.strictObject({ id: RunId, versionIds: z.array(VersionId).min(1).max(10_000), usedAs: z.string().max(512).optional() }),
    output: () => z.strictObject({ added: z.number().int() }),
    errors: ['not_found', 'version_unavailable', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
] as const;
