/**
 * A bundle: versions with their bytes, links and history in one file, from one Vitrine to another.
 *
 *   manifest.json      what is in it, with every digest; first
 *   objects/<sha256>   each content once
 *   history.jsonl      events of these things, as the catalog that wrote it had them
 *
 * Nothing in it is believed: names are judged like anybody's, digests are computed anew, sizes are held against what was announced, and
 * nothing stands in the catalog before all bytes have been checked. Bytes that came stay in the store, so an import that was
 * interrupted goes on where it ended.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { z } from 'zod';
import { JsonObject, VitrineError, type CheckedInputOf, type HistoryEvent, type OutputOf, type VersionDetail } from '#shared/contract/index.ts';
import { checkManifestPaths, explainViolation, sortForDigest } from '#shared/domain/index.ts';
import { asking, type OperationContext } from '../context.ts';
import { entriesOf } from '../export.ts';
import type { Rooms } from '../index.ts';
import { digestsOf, type CommitEntry } from '../log.ts';
import { fileFailure } from '../audit.ts';
import type { Importing } from './steps.ts';
import { readTar, tarEnd, tarHeader, tarPadding, type TarMember } from './tar.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

const Entry = z.strictObject({ path: z.string().max(5000), size: count, sha256: sha256.nullable(), md5: z.string().max(200).nullable(), reference: z.string().max(4096).nullable() });

const Version = z.strictObject({
  /** How links name it. */
  key: z.string().max(1000),
  entity: z.string(), project: z.string(), artifact: z.string(), type: z.string(), index: count, digest: sha256, description: z.string().max(1_000_000), metadata: JsonObject,
  aliases: z.array(z.string()).max(1000), tags: z.array(z.string()).max(1000), createdAt: z.string().max(40), createdBy: z.string().max(512), entries: z.array(Entry).max(1_000_000),
});

const Collection = z.strictObject({
  registry: z.string(), name: z.string(), type: z.string(), description: z.string().max(1_000_000), tags: z.array(z.string()).max(1000),
  links: z.array(z.strictObject({ version: z.string(), index: count, aliases: z.array(z.string()).max(1000), note: z.string().max(10_000) })).max(100_000),
});

const Manifest = z.strictObject({
  format: z.literal('vitrine-bundle'), version: z.literal(1), catalogId: z.string().max(64), writtenBy: z.string().max(512), writtenAt: z.iso.datetime({ precision: 3 }),
  versions: z.array(Version).max(10_000), collections: z.array(Collection).max(10_000), objects: z.array(z.strictObject({ sha256, size: count })).max(1_000_000),
  history: z.strictObject({ events: count, size: count, sha256 }),
});
type Manifest = z.infer<typeof Manifest>;

/** Bytes that the manifest may have, which is read into memory as a whole. */
const manifestLimitBytes = 256 * 1024 * 1024;
const historyLimitBytes = 512 * 1024 * 1024;

// Out -----------------------------------------------------------------------------------------------------------------

export async function exportBundle(rooms: Rooms, input: CheckedInputOf<'bundles.export'>, context: OperationContext) {
  if (!path.isAbsolute(input.file)) throw new VitrineError('path_invalid', { details: { path: input.file, explanation: `“${input.file}” is not an absolute path.` } });
  if (!input.overwrite && !input.dryRun && (await stat(input.file).catch(() => null)) !== null) throw new VitrineError('file_exists', { details: { path: input.file } });
  const { manifest, history } = await gather(rooms, input, context);
  const bytes = manifest.objects.reduce((sum, object) => sum + object.size, 0);
  const output = {
    file: input.file, versions: manifest.versions.length, links: manifest.collections.reduce((sum, one) => sum + one.links.length, 0), events: manifest.history.events, objects: manifest.objects.length, bytes, dryRun: input.dryRun,
  } satisfies OutputOf<'bundles.export'>;
  if (!input.dryRun) await write(rooms, input.file, manifest, history, bytes, context);
  return { output, undo: null };
}

async function ask<Answer>(rooms: Rooms, name: string, input: unknown, context: OperationContext): Promise<Answer> {
  return (await rooms.catalog.read(name, input, asking(context), { signal: context.signal })) as Answer;
}

async function gather(rooms: Rooms, input: CheckedInputOf<'bundles.export'>, context: OperationContext): Promise<{ readonly manifest: Manifest; readonly history: string }> {
  const collectionIds = new Set<number>(input.collectionIds);
  for (const registryId of input.registryIds) {
    let cursor: string | null = null;
    do {
      const page: OutputOf<'collections.list'> = await ask(rooms, 'collections.list', { registryId, sort: 'name', direction: 'ascending', limit: 1000, ...(cursor === null ? {} : { cursor }) }, context);
      for (const one of page.items) collectionIds.add(one.id);
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  const versions = new Map<number, Manifest['versions'][number]>();
  const objects = new Map<string, number>();
  const about: { readonly kind: 'version' | 'collection'; readonly id: number }[] = [];
  const take = async (id: number): Promise<string> => {
    const known = versions.get(id);
    if (known !== undefined) return known.key;
    if (context.signal.aborted) throw new VitrineError('cancelled', { details: {} });
    const detail = await ask<VersionDetail>(rooms, 'versions.get', { id }, context);
    const entries = await entriesOf(rooms, id, '', context);
    for (const entry of entries) if (entry.sha256 !== null) objects.set(entry.sha256, entry.size);
    const version: Manifest['versions'][number] = {
      key: `${detail.entity}/${detail.project}/${detail.artifact}:v${detail.index}`, entity: detail.entity, project: detail.project, artifact: detail.artifact, type: detail.type, index: detail.index, digest: detail.digest,
      description: detail.description, metadata: detail.metadata, aliases: detail.aliases.map((alias) => alias.name), tags: [...detail.tags], createdAt: detail.createdAt, createdBy: detail.createdBy.username,
      entries: entries.map(({ path: at, size, sha256: digest, md5, reference }) => ({ path: at, size, sha256: digest, md5, reference })),
    };
    versions.set(id, version);
    about.push({ kind: 'version', id });
    return version.key;
  };
  for (const id of input.versionIds) await take(id);
  const collections: Manifest['collections'] = [];
  for (const id of collectionIds) {
    const detail = await ask<OutputOf<'collections.get'>>(rooms, 'collections.get', { id }, context);
    const links: Manifest['collections'][number]['links'] = [];
    let cursor: string | null = null;
    do {
      const page: OutputOf<'links.list'> = await ask(rooms, 'links.list', { collectionId: id, sort: 'index', direction: 'ascending', limit: 1000, ...(cursor === null ? {} : { cursor }) }, context);
      for (const link of page.items) links.push({ version: await take(link.version.id), index: link.index, aliases: link.aliases.map((alias) => alias.name), note: link.note });
      cursor = page.nextCursor;
    } while (cursor !== null);
    collections.push({ registry: detail.registry, name: detail.name, type: detail.type, description: detail.description, tags: [...detail.tags], links });
    about.push({ kind: 'collection', id });
  }
  if (versions.size === 0 && collections.length === 0) throw new VitrineError('not_found', { details: { kind: 'artifact version', label: '', explanation: 'There is nothing to export: name versions, collections or registries.' } });
  const events = new Map<number, HistoryEvent>();
  for (const object of about) {
    let after: number | null = 0;
    while (after !== null) {
      const page: { readonly items: readonly HistoryEvent[]; readonly next: number | null } = await ask(rooms, 'internal.historyAfter', { object, after, limit: 2000 }, context);
      for (const event of page.items) events.set(event.id, event);
      after = page.next;
    }
  }
  const history = [...events.values()].sort((left, right) => left.id - right.id).map((event) => `${JSON.stringify(event)}\n`).join('');
  const { catalogId } = rooms.catalog.status();
  const status = await ask<OutputOf<'catalog.status'>>(rooms, 'catalog.status', {}, context);
  return {
    history,
    manifest: {
      format: 'vitrine-bundle', version: 1, catalogId, writtenBy: status.user.username, writtenAt: new Date().toISOString(), versions: [...versions.values()], collections,
      objects: [...objects].map(([digest, size]) => ({ sha256: digest, size })), history: { events: events.size, size: Buffer.byteLength(history), sha256: createHash('sha256').update(history).digest('hex') },
    },
  };
}

async function write(rooms: Rooms, file: string, manifest: Manifest, history: string, bytes: number, context: OperationContext): Promise<void> {
  const fresh = `${file}.part`;
  const stream = createWriteStream(fresh, { mode: 0o600, flush: true });
  stream.on('error', () => undefined);
  const put = async (piece: Uint8Array): Promise<void> => {
    if (stream.errored !== null && stream.errored !== undefined) throw stream.errored;
    if (piece.length > 0 && !stream.write(piece)) await once(stream, 'drain');
  };
  const member = async (name: string, content: Uint8Array): Promise<void> => {
    await put(tarHeader(name, content.length));
    await put(content);
    await put(tarPadding(content.length));
  };
  try {
    await once(stream, 'open');
    const text = Buffer.from(JSON.stringify(manifest));
    if (text.length > manifestLimitBytes) throw new VitrineError('too_large', { details: { explanation: 'The list of what the bundle holds would be larger than 256 MiB: export fewer versions at once.' } });
    await member('manifest.json', text);
    let done = 0;
    for (const object of manifest.objects) {
      if (context.signal.aborted) throw new VitrineError('cancelled', { details: {} });
      const reader = await rooms.store.openReader(object.sha256);
      await put(tarHeader(`objects/${object.sha256}`, object.size));
      for await (const piece of reader) await put(piece);
      await put(tarPadding(object.size));
      done += object.size;
      context.report({ phase: 'export', done, total: bytes, unit: 'bytes', files: null, current: null });
    }
    await member('history.jsonl', Buffer.from(history));
    await put(tarEnd);
    stream.end();
    await once(stream, 'close');
    await rename(fresh, file);
  } catch (thrown) {
    stream.destroy();
    await rm(fresh, { force: true });
    throw fileFailure(thrown, file);
  }
}

// In ------------------------------------------------------------------------------------------------------------------

function refused(explanation: string): VitrineError {
  return new VitrineError('bad_input', { details: { explanation: `The bundle can’t be used: ${explanation}` } });
}

async function bytesOf(member: TarMember, limit: number): Promise<Buffer> {
  if (member.size > limit) throw new VitrineError('too_large', { details: { limit, explanation: `“${member.name}” in the bundle has ${member.size} bytes; at most ${limit} are read.` } });
  const pieces: Uint8Array[] = [];
  for await (const piece of member.content) pieces.push(piece);
  return Buffer.concat(pieces);
}

function openFile(file: string): AsyncIterable<Uint8Array> {
  if (!path.isAbsolute(file)) throw new VitrineError('path_invalid', { details: { path: file, explanation: `“${file}” is not an absolute path.` } });
  return createReadStream(file, { highWaterMark: 1024 * 1024 });
}

async function readManifest(members: AsyncGenerator<TarMember>): Promise<Manifest> {
  const first = await members.next();
  if (first.done === true || first.value.name !== 'manifest.json') throw refused('it does not begin with its manifest.');
  let json: unknown;
  try {
    json = JSON.parse((await bytesOf(first.value, manifestLimitBytes)).toString('utf8'));
  } catch (thrown) {
    if (thrown instanceof VitrineError) throw thrown;
    throw refused('its manifest is no JSON.');
  }
  const read = Manifest.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refused(`its manifest does not have the form it needs (${issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`}).`);
  }
  judge(read.data);
  return read.data;
}

/** Everything that can be judged without the bytes. */
function judge(manifest: Manifest): void {
  const announced = new Map(manifest.objects.map((object) => [object.sha256, object.size]));
  if (announced.size !== manifest.objects.length) throw refused('it lists a content twice.');
  const keys = new Set<string>();
  const needed = new Set<string>();
  for (const version of manifest.versions) {
    if (keys.has(version.key)) throw refused(`it names “${version.key}” twice.`);
    keys.add(version.key);
    const paths = checkManifestPaths(version.entries.map((entry) => entry.path));
    if (!paths.ok) throw new VitrineError('path_invalid', { details: { violation: paths.violation, explanation: `${version.key}: ${explainViolation(paths.violation)}` } });
    for (const entry of version.entries) {
      if ((entry.sha256 === null) === (entry.reference === null)) throw refused(`“${entry.path}” of ${version.key} is neither bytes nor a reference.`);
      if (entry.sha256 === null) continue;
      if (announced.get(entry.sha256) !== entry.size) throw refused(`the content of “${entry.path}” of ${version.key} is not in it with that size.`);
      needed.add(entry.sha256);
    }
    if (digestsOf(sorted(version.entries)).digest !== version.digest) throw new VitrineError('object_damaged', { details: { path: version.key, digest: version.digest } });
  }
  if (needed.size !== announced.size) throw refused('it carries contents that no version of it has.');
  for (const collection of manifest.collections) for (const link of collection.links) if (!keys.has(link.version)) throw refused(`${collection.registry}/${collection.name} links “${link.version}”, which is not in it.`);
}

function sorted(entries: readonly CommitEntry[]): readonly CommitEntry[] {
  return sortForDigest(entries);
}

export async function inspectBundle(_rooms: Rooms, input: CheckedInputOf<'bundles.inspect'>) {
  try {
    const members = readTar(openFile(input.file));
    const manifest = await readManifest(members);
    await members.return(undefined);
    return {
      output: {
        catalogId: manifest.catalogId, writtenBy: manifest.writtenBy, writtenAt: manifest.writtenAt, versions: manifest.versions.length, links: manifest.collections.reduce((sum, one) => sum + one.links.length, 0),
        events: manifest.history.events, objects: manifest.objects.length, bytes: manifest.objects.reduce((sum, object) => sum + object.size, 0), labels: manifest.versions.slice(0, 200).map((version) => version.key),
      } satisfies OutputOf<'bundles.inspect'>,
      undo: null,
    };
  } catch (thrown) {
    throw fileFailure(thrown, input.file);
  }
}

export async function importBundle(importing: Importing, input: CheckedInputOf<'imports.bundle'>) {
  let manifest: Manifest;
  let history: Buffer | null;
  try {
    const members = readTar(openFile(input.file));
    manifest = await readManifest(members);
    history = await takeObjects(importing, manifest, members);
  } catch (thrown) {
    throw fileFailure(thrown, input.file);
  }
  const versions = new Map<string, number | null>();
  let done = 0;
  for (const version of manifest.versions.toSorted((left, right) => left.index - right.index)) {
    importing.progress('commit', (done += 1), manifest.versions.length, version.key);
    const made = await importing.version({
      source: version.key, project: input.project ?? { entity: await teamFor(importing, version.entity), name: version.project }, artifact: version.artifact, type: version.type, description: version.description, metadata: version.metadata,
      aliases: version.aliases.filter((alias) => alias !== 'latest'), tags: version.tags, entries: sorted(version.entries), index: version.index,
    });
    // In a dry run what isn't there yet counts as taken.
    if (made !== null) versions.set(version.key, made.id);
    else if (input.dryRun) versions.set(version.key, null);
  }
  for (const collection of manifest.collections) {
    const name = input.registry?.name ?? collection.registry;
    const registry = await importing.registry(name);
    if (registry === null && !input.dryRun) continue;
    await importing.links(registry, name, { ...collection, source: `${collection.registry}/${collection.name}` }, collection.links.flatMap((link) => {
      const versionId = versions.get(link.version);
      return versionId === undefined ? [] : [{ source: `${collection.registry}/${collection.name}:v${link.index}`, versionId, index: link.index, aliases: link.aliases, note: link.note }];
    }));
  }
  if (!input.dryRun && history !== null) await keepHistory(importing, manifest, history);
  return await importing.finish(`bundle of catalog ${manifest.catalogId}`);
}

/** A team of that name, where there is one here; else the catalog's own. */
async function teamFor(importing: Importing, entity: string): Promise<string | undefined> {
  return (await importing.orNull(importing.ask('teams.get', { name: entity }))) === null ? undefined : entity;
}

/** Checks every byte; in a dry run too, only that nothing is kept then. Gives back the history. */
async function takeObjects(importing: Importing, manifest: Manifest, members: AsyncGenerator<TarMember>): Promise<Buffer> {
  const { rooms, context, dryRun } = importing;
  const waiting = new Map(manifest.objects.map((object) => [object.sha256, object.size]));
  const total = manifest.objects.reduce((sum, object) => sum + object.size, 0);
  let done = 0;
  for await (const member of members) {
    importing.throwIfCancelled();
    if (member.name === 'history.jsonl') {
      if (waiting.size > 0) throw refused(`it ends before all of its contents came; ${waiting.size} are missing.`);
      if (member.size !== manifest.history.size) throw refused('its history is not the one that its manifest names.');
      const history = await bytesOf(member, historyLimitBytes);
      if (createHash('sha256').update(history).digest('hex') !== manifest.history.sha256) throw new VitrineError('object_damaged', { details: { path: member.name, digest: manifest.history.sha256 } });
      for await (const extra of members) throw refused(`it goes on after its end, with “${extra.name}”.`);
      return history;
    }
    const digest = /^objects\/([0-9a-f]{64})$/.exec(member.name)?.[1];
    if (digest === undefined) throw refused(`“${member.name}” has no business in it.`);
    const size = waiting.get(digest);
    if (size === undefined) throw refused(`the content ${digest.slice(0, 12)} is not in its manifest, or comes twice.`);
    if (size !== member.size) throw refused(`the content ${digest.slice(0, 12)} has ${member.size} bytes, not ${size}.`);
    waiting.delete(digest);
    if (dryRun) {
      const hash = createHash('sha256');
      for await (const piece of member.content) hash.update(piece);
      if (hash.digest('hex') !== digest) throw new VitrineError('object_damaged', { details: { path: member.name, digest } });
    } else if (!(await rooms.store.has(digest))) {
      const [taken] = await rooms.store.ingest([{ path: digest, content: member.content, size }], { signal: context.signal });
      if (taken?.sha256 !== digest) throw new VitrineError('object_damaged', { details: { path: member.name, digest } });
    }
    done += size;
    context.report({ phase: 'ingest', done, total, unit: 'bytes', files: null, current: null });
  }
  throw refused('it ends before its history.');
}

/** The other catalog's events are no events of this one: they are kept beside it as they came, for whoever wants to look. */
async function keepHistory(importing: Importing, manifest: Manifest, history: Buffer): Promise<void> {
  const folder = path.join(importing.rooms.directory, 'imported-history');
  const name = `${/^[\w-]{1,64}$/.test(manifest.catalogId) ? manifest.catalogId : 'catalog'}-${manifest.history.sha256.slice(0, 16)}.jsonl`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path.join(folder, name), history, { mode: 0o600, flush: true });
  } catch (thrown) {
    throw fileFailure(thrown, path.join(folder, name));
  }
  importing.log.note('history', `${manifest.history.events} events`, 'taken', path.join('imported-history', name));
}
