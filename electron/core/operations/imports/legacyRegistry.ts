/**
 * W&B's legacy model registry: `<team>/model-registry/<name>` held, per team, what registries hold now. It comes as a project of this
 * catalog (each artifact in it a collection), or as an export file:
 *
 *   { "format": "wandb-legacy-registry", "version": 1, "entity": "team", "protectedAliases": ["production"],
 *     "members": [{ "username": "ada", "role": "admin" }], "automations": [],
 *     "collections": [{ "name": "gemma", "type": "model", "description": "", "tags": [], "automations": [{ "name": "deploy",
 *         "triggeringCondition": { "eventType": "ADD_ARTIFACT_ALIAS", "filter": { "alias": "production" } },
 *         "triggeredAction": { "__typename": "GenericWebhookTriggeredAction", "integration": { "urlEndpoint": "https://…", "accessTokenRef": "CI_TOKEN" } } }],
 *       "versions": [{ "index": 3, "source": "team/project/artifact:v7", "aliases": ["production"] }] }] }
 *
 * Automations are triggers as W&B's API answers with them; those of the whole registry stand beside its collections. A number says only how
 * many there were.
 */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { VitrineError, type CheckedInputOf, type OutputOf, type Role } from '#shared/contract/index.ts';
import { fileFailure } from '../audit.ts';
import { LegacyAutomations, type OldAutomations } from './legacyAutomations.ts';
import { LegacyTrigger } from './legacyTriggers.ts';
import type { Importing, LinkWish } from './steps.ts';

const LegacyVersion = z.object({ index: z.number().int().nonnegative(), source: z.string().max(1000), aliases: z.array(z.string()).max(1000).default([]), note: z.string().max(10_000).default('') });
const AutomationsOf = z.union([z.number().int().nonnegative(), z.array(LegacyTrigger).max(10_000)]).default(0);
const LegacyFile = z.object({
  format: z.literal('wandb-legacy-registry'), version: z.literal(1), entity: z.string().max(128),
  protectedAliases: z.array(z.string()).max(100).default([]),
  members: z.array(z.object({ username: z.string().max(512), role: z.enum(['restricted_viewer', 'viewer', 'member', 'admin']) })).max(10_000).default([]),
  automations: AutomationsOf,
  collections: z.array(z.object({
    name: z.string(), type: z.string().default('model'), description: z.string().max(1_000_000).default(''), tags: z.array(z.string()).max(1000).default([]), automations: AutomationsOf,
    versions: z.array(LegacyVersion).max(100_000).default([]),
  })).max(10_000),
});
type LegacyFile = z.infer<typeof LegacyFile>;

const fileLimitBytes = 256 * 1024 * 1024;

type Old = { readonly entity: string | undefined; readonly protectedAliases: readonly string[]; readonly members: readonly { readonly username: string; readonly role: Role }[]; readonly teamId: number | null; readonly automations: OldAutomations; readonly collections: readonly OldCollection[] };
type OldCollection = { readonly name: string; readonly type: string; readonly description: string; readonly tags: readonly string[]; readonly automations: OldAutomations; readonly links: readonly LinkWish[] };

export async function importLegacyRegistry(importing: Importing, input: CheckedInputOf<'imports.legacyRegistry'>) {
  const { context } = importing;
  await importing.rooms.catalog.read('internal.demandManaging', {}, { actorId: context.actorId, ...(context.keyId === undefined ? {} : { keyId: context.keyId }) });
  const old = input.source.kind === 'project' ? await fromProject(importing, input.source.id) : await fromFile(importing, input.source.path);
  // What one team had, the whole organization doesn't see from now on.
  const registry = await importing.registry(input.registry.name, { visibility: 'restricted' });
  if (registry === null && !input.dryRun) return { output: importing.log.report(false), undo: null };
  const automations = await LegacyAutomations.of(importing);
  let done = 0;
  for (const collection of old.collections) {
    importing.progress('import', (done += 1), old.collections.length, collection.name);
    const source = `model-registry/${collection.name}`;
    const id = await importing.links(registry, input.registry.name, { ...collection, source }, collection.links);
    if (id !== null && !input.dryRun) await importing.attempt('address', source, async () => {
      await importing.internal('internal.noteLegacyAddress', { entity: old.entity, name: collection.name, collectionId: id });
      importing.log.note('address', `${old.entity ?? ''}/${source}`, 'taken', `${input.registry.name}/${collection.name}`);
    });
    if (id !== null || input.dryRun) await automations.take(source, `${input.registry.name}/${collection.name}`, collection.automations, id === null ? null : { kind: 'collection', id: id as never });
  }
  await automations.take('model-registry', input.registry.name, old.automations, registry === null ? null : { kind: 'registry', id: registry.id });
  await takeAccess(importing, registry, old);
  return await importing.finish('legacy model registry');
}

async function takeAccess(importing: Importing, registry: OutputOf<'registries.get'> | null, old: Old): Promise<void> {
  const missing = old.protectedAliases.filter((alias) => registry?.protectedAliases.includes(alias) !== true);
  if (missing.length > 0) await importing.attempt('protected alias', missing.join(', '), async () => {
    if (!importing.dryRun && registry !== null) await importing.act('registries.update', { id: registry.id, protectedAliases: [...registry.protectedAliases, ...missing] });
    for (const alias of missing) importing.log.note('protected alias', alias, 'taken', alias);
  });
  // Who could link there as one of its team can here.
  if (old.teamId !== null) await importing.attempt('member', `team ${old.entity ?? ''}`, async () => {
    const added = importing.dryRun || registry === null ? { added: 1 } : await importing.act('registries.addMembers', { registryId: registry.id, teamIds: [old.teamId as never], role: 'member' });
    importing.log.note('member', `team ${old.entity ?? ''}`, added.added === 0 ? 'same' : 'taken', old.entity ?? null);
  });
  for (const member of old.members) await importing.attempt('member', member.username, async () => {
    const user = await importing.orNull(importing.ask('users.get', { username: member.username }));
    if (user === null) {
      importing.log.note('member', member.username, 'skipped', null, 'There is nobody of that name here.');
      return;
    }
    const added = importing.dryRun || registry === null ? { added: 1 } : await importing.act('registries.addMembers', { registryId: registry.id, userIds: [user.id], role: member.role });
    importing.log.note('member', member.username, added.added === 0 ? 'same' : 'taken', user.username);
  });
}

async function fromProject(importing: Importing, id: number): Promise<Old> {
  const project = await importing.ask('projects.get', { id: id as never });
  const team = await importing.orNull(importing.ask('teams.get', { name: project.entity }));
  const collections: OldCollection[] = [];
  let cursor: string | null = null;
  do {
    const page: OutputOf<'artifacts.list'> = await importing.ask('artifacts.list', { projectId: id as never, sort: 'name', direction: 'ascending', limit: 1000, ...(cursor === null ? {} : { cursor }) });
    for (const artifact of page.items) {
      const links: LinkWish[] = [];
      let next: string | null = null;
      do {
        const versions: OutputOf<'versions.list'> = await importing.ask('versions.list', { artifactId: artifact.id, sort: 'index', direction: 'ascending', limit: 1000, ...(next === null ? {} : { cursor: next }) });
        for (const version of versions.items) links.push({ source: `${project.name}/${artifact.name}:v${version.index}`, versionId: version.id, index: version.index, aliases: version.aliases.map((alias) => alias.name), note: '' });
        next = versions.nextCursor;
      } while (next !== null);
      collections.push({ name: artifact.name, type: artifact.type, description: artifact.description, tags: artifact.tags, automations: [], links });
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { entity: project.entity, protectedAliases: [], members: [], teamId: team?.id ?? null, automations: { ofProject: id }, collections };
}

async function readExport(file: string): Promise<LegacyFile> {
  if (!path.isAbsolute(file)) throw new VitrineError('path_invalid', { details: { path: file, explanation: `“${file}” is not an absolute path.` } });
  let json: unknown;
  try {
    const { size } = await stat(file);
    if (size > fileLimitBytes) throw new VitrineError('too_large', { details: { limit: fileLimitBytes, explanation: `“${file}” has ${size} bytes; at most ${fileLimitBytes} are read.` } });
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw new VitrineError('bad_input', { details: { explanation: `“${file}” is no JSON: ${thrown.message}` } });
    throw fileFailure(thrown, file);
  }
  const read = LegacyFile.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new VitrineError('bad_input', { details: { explanation: `“${file}” is no export of a legacy registry${issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`}.` } });
}

async function fromFile(importing: Importing, file: string): Promise<Old> {
  const old = await readExport(file);
  const team = await importing.orNull(importing.ask('teams.get', { name: old.entity }));
  const collections: OldCollection[] = [];
  for (const collection of old.collections) {
    const links: LinkWish[] = [];
    for (const version of collection.versions) {
      importing.throwIfCancelled();
      const found = await importing.attempt('link', version.source, async () => {
        const resolved = await importing.orNull(importing.ask('addresses.resolve', { address: version.source, prefer: 'version' }));
        if (resolved === null || resolved.versionId === null) importing.log.note('link', version.source, 'skipped', null, 'That version is not in this catalog: bring its project over first, then import again.');
        return resolved?.versionId ?? null;
      });
      if (found !== null) links.push({ source: version.source, versionId: found, index: version.index, aliases: version.aliases, note: version.note });
    }
    collections.push({ ...collection, links });
  }
  return { entity: team === null ? undefined : old.entity, protectedAliases: old.protectedAliases, members: old.members, teamId: team?.id ?? null, automations: old.automations, collections };
}
