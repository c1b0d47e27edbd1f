import { z } from 'zod';
import { JsonObject, RunDetail, RunState, RunSummary, VersionSummary } from '../entities.ts';
import { ProjectId, RunId, VersionId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest, ProjectName } from '../operation.ts';

export const runOperations = [
  defineQuery({
    name: 'runs.list',
    summary: 'Runs of a project, newest first.',
    input: z.strictObject({ projectId: ProjectId, state: RunState.optional(), ...PageRequest }),
    output: page(RunSummary),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.get',
    summary: 'One run, by id or by entity, project and run id.',
    input: z.union([z.strictObject({ id: RunId }), z.strictObject({ entity: z.string(), project: z.string(), runId: z.string() })]),
    output: RunDetail,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'runs.versions',
    summary: 'What a run used (inputs) and logged (outputs).',
    input: z.strictObject({ id: RunId, relation: z.enum(['used', 'logged']), ...PageRequest }),
    output: page(VersionSummary),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'runs.create',
    summary: 'Begins a run in a project, which is made when it isn’t there.',
    input: z.strictObject({
      project: ProjectName,
      runId: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/).optional(),
      displayName: z.string().max(512).optional(),
      jobType: z.string().max(128).nullable().default(null),
      group: z.string().max(128).nullable().default(null),
      tags: z.array(z.string()).max(100).default([]),
      notes: z.string().max(1_000_000).default(''),
      config: JsonObject.default({}),
    }),
    output: RunDetail,
    errors: ['name_invalid', 'already_exists', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.update',
    summary: 'Changes state, summary, config, notes, tags or name of a run.',
    input: z.strictObject({
      id: RunId,
      state: RunState.optional(),
      displayName: z.string().max(512).optional(),
      notes: z.string().max(1_000_000).optional(),
      tags: z.array(z.string()).max(100).optional(),
      config: JsonObject.optional(),
      summary: JsonObject.optional(),
    }),
    output: RunDetail,
    errors: ['not_found', 'name_invalid', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'runs.use',
    summary: 'Notes that a run used versions.',
    input: z.strictObject({ id: RunId, versionIds: z.array(VersionId).min(1).max(10_000) }),
    output: z.strictObject({ added: z.number().int() }),
    errors: ['not_found', 'version_unavailable', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
] as const;
