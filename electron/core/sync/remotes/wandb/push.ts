/**
 * What was changed here goes to a registry of W&B: read right before it is written, and written by the acts of the public client. W&B has no
 * compare-and-set: between our look and our write somebody else may move an alias, and the later one stands; the next round shows it.
 */
import { createHash } from 'node:crypto';
import type { VitrineError } from '#shared/contract/errors.ts';
import type { JsonObject } from '#shared/contract/index.ts';
import { looksLikeVersionNumber, pushVerdict, registryProjectName, sortedJson, wandbOfConfig } from '#shared/domain/index.ts';
import { sentenceOf } from '../../http.ts';
import type { ItemOfModel, Learned, Outgoing, PushFile, PushItem, PushOutcome, PushRun, Standing, Thing } from '../connector.ts';
import { isRefused, nodesOf, timeOf, type Artifact, type Collection, type Membership, type Page, type WandbApi } from './api.ts';
import { digestOnWire, md5Base64, writeManifest, type OutgoingEntry } from './manifest.ts';
import { findRegistry, organizationEntity, type RegistryPlace } from './place.ts';
import { aliasesOf, creatorOf, daysOf, homeOf, membershipNamed, metadataThere } from './pull.ts';

/** Files whose places are asked for at once. */
const filesPerRequest = 500;
const concurrency = 4;
/** What one upload may have; more would need parts. */
const largestFile = 5 * 1024 ** 3;
const mostMetadataKeys = 100;

export type PushPlace = { readonly name: string; readonly api: WandbApi; readonly registry: RegistryPlace; /** The `team/project` of versions made here, or null for the key's own team and the project of this name. */ readonly destination: string | null; readonly project: string };

type Version = Extract<PushItem, { readonly kind: 'version' }>;

/** Why W&B can't hold it; null where it can. */
export function judge(item: PushItem): string | null {
  switch (item.kind) {
    case 'moot':
      return item.why;
    case 'state':
      return 'W&B has no states.';
    case 'collection':
      return 'W&B makes a collection with its first version.';
    case 'version':
      if (item.artifact !== null) return null;
      if (item.unfetched) return 'Its files are only at another remote: fetch them first.';
      return tooManyKeys(metadataOf(item));
    case 'metadata':
      return tooManyKeys(item.mine);
    case 'description':
    case 'tag':
      return item.model === null ? 'It goes there with the collection’s first version.' : null;
    case 'alias':
    case 'text':
    case 'mark':
    case 'unlink':
    case 'drop':
    case 'erase':
    case 'name':
    case 'ttl':
    case 'registry':
    case 'run':
      return null;
  }
}

const tooManyKeys = (metadata: JsonObject): string | null => (Object.keys(metadata).length > mostMetadataKeys ? `W&B takes metadata of at most ${mostMetadataKeys} keys.` : null);

export async function pushItem(place: PushPlace, item: ItemOfModel, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
  const objection = judge(item);
  if (objection !== null) return item.kind === 'version' || item.kind === 'metadata' ? { kind: 'dead', error: objection } : { kind: 'moot', why: objection };
  if (place.registry.readOnly) return { kind: 'dead', error: 'This key may only read the registry.' };
  try {
    return await send(place, item, outgoing, signal);
  } catch (thrown) {
    if (isRefused(thrown)) return { kind: 'dead', error: sentenceOf(thrown as VitrineError) };
    throw thrown;
  }
}

async function send(place: PushPlace, item: ItemOfModel, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
  const { api, registry } = place;
  const sent = (learned: Learned): PushOutcome => ({ kind: 'sent', learned });
  const gone = (what: string): PushOutcome => ({ kind: 'moot', why: `${what} is not there any more.` });
  switch (item.kind) {
    case 'collection':
      return { kind: 'moot', why: 'W&B makes a collection with its first version.' };
    case 'version':
      return sendVersion(place, item, outgoing, signal);
    case 'alias':
      return sendAlias(place, item, signal);
    case 'unlink': {
      const model = item.model ?? item.collection;
      const [standing, collection] = await Promise.all([membershipNamed(api, registry, `${model}:v${item.version}`, signal), collectionNamed(place, model, signal)]);
      // Already gone there, or its number is another's by now.
      if (standing?.artifact != null && collection !== null && standing.artifact.id === item.artifact) await api.ask('UnlinkArtifact', { input: { artifactID: standing.artifact.id, artifactPortfolioID: collection.id } }, signal);
      return sent({ gone: { model, version: item.version } });
    }
    case 'drop': {
      const model = item.model ?? '';
      const collection = await collectionNamed(place, model, signal);
      const learned: Learned = { dropped: { model } };
      if (collection === null || timeOf(collection.createdAt) !== item.createdAt) return sent(learned);
      const strange = (await versionsIn(api, registry, model, signal)).filter((version) => !item.versions.includes(version));
      if (strange.length > 0) return { kind: 'dead', error: `“${model}” stays there, since ${strange.slice(0, 5).map((version) => `v${version}`).join(', ')} in it was not known here when it was deleted.` };
      await api.ask('DeleteArtifactPortfolio', { id: collection.id }, signal);
      return sent(learned);
    }
    case 'erase':
      return eraseArtifact(place, item, signal);
    case 'state':
      return { kind: 'moot', why: 'W&B has no states.' };
    case 'name': {
      const from = item.model ?? '';
      const standing = await collectionNamed(place, from, signal);
      // It may have arrived before, and only its answer not: then the collection of that very moment has the new name.
      const there = standing ?? (await collectionNamed(place, item.collection, signal));
      if (there === null || (standing === null && timeOf(there.createdAt) !== item.createdAt)) return gone('The collection');
      if (standing !== null) await describe(place, { ...standing, name: item.collection }, standing.description ?? '', signal);
      return sent({ renamed: { from, to: item.collection } });
    }
    case 'description': {
      const model = item.model ?? '';
      const collection = await collectionNamed(place, model, signal);
      if (collection === null) return gone('The collection');
      await describe(place, collection, item.mine, signal);
      return sent({ description: { model, value: item.mine } });
    }
    case 'tag': {
      const model = item.model ?? '';
      await tagCollection(place, model, item.mine ? [item.tag] : [], item.mine ? [] : [item.tag], signal);
      return sent({ tag: { model, tag: item.tag, stands: item.mine } });
    }
    case 'text':
    case 'ttl':
    case 'metadata':
    case 'mark': {
      const model = item.model ?? '';
      const standing = await membershipNamed(api, registry, `${model}:v${item.version}`, signal);
      if (standing?.artifact == null) return gone('The version');
      const artifactID = standing.artifact.id;
      if (item.kind === 'text') {
        await api.ask('UpdateArtifact', { input: { artifactID, description: item.mine } }, signal);
        return sent({ text: { model, version: item.version, value: item.mine } });
      }
      if (item.kind === 'ttl') {
        await api.ask('UpdateArtifact', { input: { artifactID, ttlDurationSeconds: secondsOf(item.days) } }, signal);
        return sent({ ttl: { model, version: item.version, days: item.days } });
      }
      if (item.kind === 'metadata') {
        const { people, own } = metadataThere((await standingArtifact(api, artifactID, signal))?.metadata);
        const there = metadataHashOf(people);
        if (there !== item.seenHash && there !== metadataHashOf(item.mine)) return { kind: 'later', error: 'It was written there meanwhile: read again first.' };
        await api.ask('UpdateArtifact', { input: { artifactID, metadata: JSON.stringify({ ...item.mine, ...own }) } }, signal);
        return sent({ metadata: { model, version: item.version, value: item.mine } });
      }
      const tags = [{ tagName: item.tag }];
      await api.ask('UpdateArtifact', { input: { artifactID, ...(item.mine ? { tagsToAdd: tags } : { tagsToDelete: tags }) } }, signal);
      return sent({ mark: { model, version: item.version, tag: item.tag, stands: item.mine } });
    }
  }
}

/** As the client says it: nothing of its own, for good, or seconds. */
const secondsOf = (days: number | null): number => (days === null ? -1 : days === 0 ? -2 : days * 86_400);

/**
 * A registry of that name in the organization: made with what it says here, unless it is there already (then the two of a name meet, as
 * collections do). Its name there.
 */
export async function makeRegistry(api: WandbApi, organization: string, item: Extract<PushItem, { readonly kind: 'registry' }>, signal: AbortSignal): Promise<PushOutcome> {
  try {
    const entity = await organizationEntity(api, organization, signal);
    if (entity === null) return { kind: 'dead', error: `There is no organization “${organization}”, or none that this key may see.` };
    if ((await findRegistry(api, entity, item.name, signal)) === null) {
      await api.ask('UpsertRegistry', {
        input: {
          name: registryProjectName(item.name), entityName: entity, description: item.description, access: item.restricted ? 'RESTRICTED' : 'PRIVATE',
          allowAllArtifactTypesInRegistry: item.types === null, artifactTypes: (item.types ?? []).map((name) => ({ name })),
        },
      }, signal);
    }
    return { kind: 'sent', learned: { registry: { registryId: item.registryId, there: item.name } } };
  } catch (thrown) {
    if (isRefused(thrown)) return { kind: 'dead', error: sentenceOf(thrown as VitrineError) };
    throw thrown;
  }
}

// Artifacts -----------------------------------------------------------------------------------------------------------

type StandingArtifact = { readonly id: string; readonly state: string; readonly metadata?: string | null; readonly aliases?: readonly { readonly alias: string; readonly artifactCollection?: { readonly __typename?: string; readonly name: string } | null }[] | null };

const standingArtifact = async (api: WandbApi, id: string, signal: AbortSignal): Promise<StandingArtifact | null> => (await api.ask<{ readonly artifact?: StandingArtifact | null }>('ArtifactByID', { id }, signal)).artifact ?? null;

const metadataHashOf = (metadata: JsonObject): string => createHash('sha256').update(sortedJson(metadata)).digest('base64url').slice(0, 22);

/** As the client deletes a version: from its project, with its files. Only while nobody put a name on it or linked it elsewhere; `latest` of its artifact goes by itself. */
async function eraseArtifact({ api }: PushPlace, item: Extract<PushItem, { readonly kind: 'erase' }>, signal: AbortSignal): Promise<PushOutcome> {
  const gone: PushOutcome = { kind: 'sent', learned: { erased: { artifact: item.artifact } } };
  const standing = await standingArtifact(api, item.artifact, signal);
  if (standing === null || standing.state === 'DELETED') return gone;
  const named = (standing.aliases ?? []).filter(({ alias }) => alias !== 'latest' && !looksLikeVersionNumber(alias)).map(({ alias, artifactCollection }) => `“${alias}” of ${artifactCollection?.name ?? 'a collection'}`);
  const [elsewhere] = (standing.aliases ?? []).flatMap(({ artifactCollection: at }) => (at?.__typename === 'ArtifactPortfolio' && at.name !== item.model ? [at.name] : []));
  if (named.length === 0 && elsewhere !== undefined) return { kind: 'dead', error: `It is linked into ${elsewhere} there: that has to go first.` };
  if (named.length > 0) return { kind: 'dead', error: `${named.slice(0, 5).join(', ')} stands on it there: that has to go first.` };
  await api.ask('DeleteArtifact', { input: { artifactID: item.artifact, deleteAliases: true } }, signal);
  return gone;
}

// Collections ---------------------------------------------------------------------------------------------------------

async function collectionNamed({ api, registry }: PushPlace, name: string, signal: AbortSignal): Promise<Collection | null> {
  type Answer = { readonly organization?: { readonly orgEntity?: { readonly artifactCollections?: Page<Collection> | null } | null } | null };
  const answer = await api.ask<Answer>('RegistryCollections', { organization: registry.organization, registryFilter: registry.filter, collectionFilter: JSON.stringify({ name }), cursor: null, perPage: 10 }, signal);
  return nodesOf(answer.organization?.orgEntity?.artifactCollections).find((one) => one.name === name) ?? null;
}

/** With its name, as the client does: it changes both or neither. */
const describe = ({ api }: PushPlace, { id, name }: Collection, description: string, signal: AbortSignal): Promise<unknown> => api.ask('UpdateArtifactPortfolio', { input: { artifactPortfolioID: id, name, description } }, signal);

async function tagCollection({ api, registry }: PushPlace, collection: string, add: readonly string[], remove: readonly string[], signal: AbortSignal): Promise<void> {
  const where = { entityName: registry.entity, projectName: registry.project, artifactCollectionName: collection };
  const named = (tags: readonly string[]) => tags.map((tagName) => ({ tagName }));
  if (add.length > 0) await api.ask('AddArtifactCollectionTags', { input: { ...where, tags: named(add) } }, signal);
  if (remove.length > 0) await api.ask('DeleteArtifactCollectionTags', { input: { ...where, tags: named(remove) } }, signal);
}

/** What stands there now. */
export async function standingNow(place: PushPlace, thing: Thing, signal: AbortSignal): Promise<Standing> {
  const { api, registry } = place;
  const nothing: Standing = { value: null, holds: [] };
  switch (thing.kind) {
    case 'alias':
      return { value: tokenAt(await membershipNamed(api, registry, `${thing.model}:${thing.alias}`, signal), thing.alias), holds: [] };
    case 'model':
    case 'description':
    case 'tag': {
      const found = await collectionNamed(place, thing.model, signal);
      if (found === null) return nothing;
      if (thing.kind === 'description') return { value: found.description ?? '', holds: [] };
      if (thing.kind === 'tag') return { value: nodesOf(found.tags).some((tag) => tag.name === thing.tag) ? '' : null, holds: [] };
      return { value: found.name, holds: await versionsIn(api, registry, thing.model, signal) };
    }
    case 'stage':
      return nothing;
    case 'version':
    case 'text':
    case 'mark': {
      const found = await membershipNamed(api, registry, `${thing.model}:v${thing.version}`, signal);
      if (found?.artifact == null || String(found.versionIndex) !== thing.version) return nothing;
      if (thing.kind === 'text') return { value: found.artifact.description ?? '', holds: [] };
      if (thing.kind === 'mark') return { value: (found.artifact.tags ?? []).some((tag) => tag.name === thing.tag) ? '' : null, holds: [] };
      return { value: thing.version, holds: Object.keys(aliasesOf([found])) };
    }
  }
}

/** Numbers of all that stands in a collection there. */
async function versionsIn(api: WandbApi, registry: RegistryPlace, collection: string, signal: AbortSignal): Promise<readonly string[]> {
  type Answer = { readonly organization?: { readonly orgEntity?: { readonly artifactMemberships?: Page<Membership> | null } | null } | null };
  const found: string[] = [];
  const pages = api.pages<Membership>(async (cursor) => (await api.ask<Answer>('RegistryVersions', { organization: registry.organization, registryFilter: registry.filter, collectionFilter: JSON.stringify({ name: collection }), cursor, perPage: 100 }, signal)).organization?.orgEntity?.artifactMemberships);
  for await (const page of pages) found.push(...page.filter((one) => one.artifactCollection?.name === collection).map((one) => String(one.versionIndex ?? '')));
  return found;
}

// Aliases -------------------------------------------------------------------------------------------------------------

async function sendAlias({ api, registry }: PushPlace, item: Extract<PushItem, { readonly kind: 'alias' }>, signal: AbortSignal): Promise<PushOutcome> {
  const { model, alias, mine } = item;
  if (model === null) return mine === null ? { kind: 'moot', why: 'The collection is not there.' } : { kind: 'dead', error: 'Its collection is not at the remote: see what was refused before it.' };
  if (mine?.startsWith('here ') === true) return { kind: 'dead', error: 'The version that it stands on is not at the remote: see what was refused before it.' };
  const standing = await membershipNamed(api, registry, `${model}:${alias}`, signal);
  const theirs = tokenAt(standing, alias);
  const learned: Learned = { alias: { model, alias, value: mine } };
  switch (pushVerdict<string | null>(item.seen, mine, theirs, 'compare and set')) {
    case 'done':
      return { kind: 'sent', learned };
    case 'conflict':
      return { kind: 'conflict', model, collectionId: item.collectionId, alias, base: item.sides.base, mine: item.sides.mine, theirs: { value: theirs, shown: theirs === null ? 'on no version' : `on v${theirs} there`, linkId: null } };
    case 'send': {
      const target = mine === null ? standing : await membershipNamed(api, registry, `${model}:v${mine}`, signal);
      if (target?.artifact == null) return { kind: 'dead', error: `Version v${mine ?? ''} of ${model} is not there any more.` };
      const input = { artifactID: target.artifact.id, aliases: [{ artifactCollectionName: model, alias, entityName: registry.entity, projectName: registry.project }] };
      await api.ask(mine === null ? 'DeleteAliases' : 'AddAliases', { input }, signal);
      return { kind: 'sent', learned };
    }
  }
}

/** The number of the version that an alias stands on; what was asked for may also be answered by something else of that name. */
export function tokenAt(standing: Membership | null, alias: string): string | null {
  return standing !== null && (standing.aliases ?? []).some((one) => one.alias === alias) && Number.isSafeInteger(standing.versionIndex) ? String(standing.versionIndex) : null;
}

// Versions ------------------------------------------------------------------------------------------------------------

/** What people wrote, with the mark by which it is known again when an answer was lost. */
function metadataOf(item: Version): JsonObject {
  const { wandb: _, vitrine: __, ...metadata } = item.metadata as JsonObject;
  return metadata;
}

async function sendVersion(place: PushPlace, item: Version, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
  const { api, registry } = place;
  if (item.known !== null) return { kind: 'sent', learned: {} };
  const logged = item.artifact === null ? await logVersion(place, item, outgoing, signal) : { artifactId: item.artifact, run: null };
  if ('kind' in logged) return logged;
  const collection = item.model ?? item.collection;
  const { result } = await api.ask<{ readonly result: { readonly versionIndex?: number | null; readonly artifactMembership?: Membership | null } }>(
    'LinkArtifact', { input: { artifactID: logged.artifactId, artifactPortfolioName: collection, entityName: registry.entity, projectName: registry.project, aliases: [] } }, signal,
  );
  const artifact = result.artifactMembership?.artifact;
  const index = result.artifactMembership?.versionIndex ?? result.versionIndex;
  if (artifact == null || index === null || index === undefined) throw api.nonsense('linked the version and does not say under which number');
  const card = item.model === null ? await sendCard(place, item, collection, signal) : {};
  return {
    kind: 'sent',
    learned: {
      ...card, ...(logged.run === null ? {} : { run: logged.run }),
      version: { model: collection, version: String(index), linkId: item.linkId, seen: seenOf(artifact), metadata: metadataOf(item) },
    },
  };
}

const seenOf = (artifact: Artifact) => ({
  description: artifact.description ?? '', tags: Object.fromEntries((artifact.tags ?? []).map((tag) => [tag.name, ''])), stage: '', source: `${homeOf(artifact)}:v${artifact.versionIndex ?? 0}`, runId: creatorOf(artifact), createdAt: timeOf(artifact.createdAt), updatedAt: timeOf(artifact.updatedAt), user: null,
  artifact: artifact.id, ttlDays: daysOf(artifact),
});

/** A collection that its first version made says of itself what it says here. */
async function sendCard(place: PushPlace, item: Version, name: string, signal: AbortSignal): Promise<Learned> {
  const collection = await collectionNamed(place, name, signal);
  if (collection === null) throw place.api.nonsense(`linked into “${name}” and has no such collection`);
  // One that was there before keeps what it says: the next round compares.
  const isNew = (collection.description ?? '') === '' && nodesOf(collection.tags).length === 0;
  if (isNew && item.card.description !== '') await describe(place, collection, item.card.description, signal);
  if (isNew && item.card.tags.length > 0) await tagCollection(place, name, item.card.tags, [], signal);
  return {
    model: { name, collectionId: item.collectionId, createdAt: timeOf(collection.createdAt), updatedAt: timeOf(collection.updatedAt ?? collection.createdAt), made: isNew },
    ...(isNew ? { card: { model: name, description: item.card.description, tags: item.card.tags } } : {}),
  };
}

type Home = { readonly entity: string; readonly project: string };
type Logged = { readonly artifactId: string; readonly run: NonNullable<Learned['run']> | null };

/** An id that is the same at every try, as long as the client's own. */
const steadyId = (...parts: readonly string[]): string => createHash('sha512').update(parts.join('\n')).digest('hex');

async function logVersion(place: PushPlace, item: Version, outgoing: Outgoing, signal: AbortSignal): Promise<Logged | PushOutcome> {
  const { api } = place;
  const files = await outgoing.files(item.versionId);
  const tooLarge = files.find((file) => file.sha256 !== null && file.size > largestFile);
  if (tooLarge !== undefined) return { kind: 'dead', error: `“${tooLarge.path}” has more than 5 GiB, which would have to go there in parts; Vitrine sends files whole.` };
  if (files.some((file) => file.sha256 !== null && file.md5 === null)) return { kind: 'dead', error: 'Its files have no MD5 here, which W&B knows them by: verify the store, then retry.' };
  const home = await homeFor(place, item, signal);
  if (home === null) return { kind: 'dead', error: 'The key has no team of its own to log into: say into which team and project versions go.' };
  const run = await runFor(place, item, home, signal);
  const digests = files.map((file) => ({ path: file.path, size: file.size, digest: file.md5 === null ? (file.reference ?? '') : file.reference === null ? digestOnWire(file.md5) : file.md5, reference: file.reference }));
  const { createArtifact } = await api.ask<{ readonly createArtifact: { readonly artifact: { readonly id: string; readonly state: string; readonly artifactSequence?: { readonly latestArtifact?: { readonly id: string } | null } | null } } }>('CreateArtifact', {
    input: {
      entityName: home.entity, projectName: home.project, runName: run.name, artifactTypeName: item.type, artifactCollectionName: item.artifactName, digest: digestOf(digests), digestAlgorithm: 'MANIFEST_MD5', description: item.description,
      metadata: JSON.stringify({ ...metadataOf(item), vitrine: { mutation: item.mutationId, version: item.label, sha256: item.digest } }), aliases: [{ artifactCollectionName: item.artifactName, alias: 'latest' }],
      ...(item.tags.length === 0 ? {} : { tags: item.tags.map((tagName) => ({ tagName })) }), ...(item.ttlDays === null ? {} : { ttlDurationSeconds: secondsOf(item.ttlDays) }), enableDigestDeduplication: true, clientID: steadyId(item.mutationId), sequenceClientID: steadyId(home.entity, home.project, item.artifactName),
    },
  }, signal);
  const { artifact } = createArtifact;
  if (artifact.state !== 'COMMITTED') await upload(place, { artifactId: artifact.id, baseId: artifact.artifactSequence?.latestArtifact?.id ?? null, home, runName: run.name, files, digests }, outgoing, signal);
  if (run.isNew) await streamRun(api, [home.entity, home.project, run.name], item.run, outgoing, signal);
  return { artifactId: artifact.id, run: { run: `${home.entity}/${home.project}/${run.name}`, runId: item.run?.runId ?? null } };
}

type Digest = Pick<OutgoingEntry, 'path' | 'size' | 'digest' | 'reference'>;

function digestOf(entries: readonly Digest[]): string {
  const hash = createHash('md5').update('wandb-artifact-manifest-v1\n');
  for (const { path, digest } of entries.toSorted((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)))) hash.update(`${path}:${digest}\n`);
  return hash.digest('hex');
}

type Upload = { readonly artifactId: string; readonly baseId: string | null; readonly home: Home; readonly runName: string; readonly files: readonly PushFile[]; readonly digests: readonly Digest[] };
type UploadPlace = { readonly uploadUrl?: string | null; readonly uploadHeaders?: readonly string[] | null; readonly artifact?: { readonly id: string } | null };

async function upload({ api }: PushPlace, { artifactId, baseId, home, runName, files, digests }: Upload, outgoing: Outgoing, signal: AbortSignal): Promise<void> {
  type ManifestAnswer = { readonly createArtifactManifest: { readonly artifactManifest: { readonly id: string; readonly file: UploadPlace } } };
  const manifest = (digest: string) =>
    api.ask<ManifestAnswer>('CreateArtifactManifest', { artifactID: artifactId, baseArtifactID: baseId, name: 'wandb_manifest.json', digest, entityName: home.entity, projectName: home.project, runName, manifestType: 'FULL', includeUpload: digest !== '' }, signal);
  const { createArtifactManifest: planned } = await manifest('');
  const born = new Map<string, string>();
  const local = files.flatMap((file, index) => (file.sha256 === null ? [] : [{ file, sha256: file.sha256, digest: digests[index]?.digest ?? '' }]));
  for (let begin = 0; begin < local.length; begin += filesPerRequest) {
    const batch = local.slice(begin, begin + filesPerRequest);
    const { createArtifactFiles } = await api.ask<{ readonly createArtifactFiles: { readonly files: { readonly edges?: readonly ({ readonly node?: UploadPlace | null } | null)[] } } }>('CreateArtifactFiles', {
      input: { artifactFiles: batch.map(({ file, digest }) => ({ artifactID: artifactId, artifactManifestID: planned.artifactManifest.id, name: file.path, md5: digest })), storageLayout: 'V2' },
    }, signal);
    const places = nodesOf(createArtifactFiles.files);
    if (places.length !== batch.length) throw api.nonsense(`names ${places.length} places for ${batch.length} files`);
    for (let first = 0; first < batch.length; first += concurrency) {
      await Promise.all(batch.slice(first, first + concurrency).map(async ({ file, sha256 }, offset) => {
        const there = places[first + offset];
        born.set(file.path, there?.artifact?.id ?? artifactId);
        // No place: the bytes are there already.
        if (there?.uploadUrl != null) await api.http.put(there.uploadUrl, await outgoing.open(sha256), file.size, signal, headersOf(there));
      }));
    }
  }
  const text = writeManifest(digests.map((entry) => ({ ...entry, birthArtifactId: born.get(entry.path) ?? artifactId })));
  const { createArtifactManifest: uploaded } = await manifest(md5Base64(text));
  const place = uploaded.artifactManifest.file;
  if (place.uploadUrl == null) throw api.nonsense('gives no place for the manifest');
  const bytes = Buffer.from(text, 'utf8');
  await api.http.put(place.uploadUrl, (async function* once() { yield bytes; })(), bytes.length, signal, headersOf(place));
  await api.ask('CommitArtifact', { artifactID: artifactId }, signal);
}

function headersOf({ uploadHeaders }: UploadPlace): Readonly<Record<string, string>> {
  return Object.fromEntries((uploadHeaders ?? []).flatMap((line) => {
    const colon = line.indexOf(':');
    // Whom it goes to is ours to say, not the server's.
    return colon < 1 || /^(?:host|authorization|cookie|content-length)$/iu.test(line.slice(0, colon).trim()) ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
  }));
}

// Runs ----------------------------------------------------------------------------------------------------------------

async function homeFor({ api, destination, project }: PushPlace, item: Version, signal: AbortSignal): Promise<Home | null> {
  // A run that is there already logs where it is.
  const [entity, name] = (item.run?.token ?? destination ?? '').split('/');
  if (entity !== undefined && entity !== '' && name !== undefined) return { entity, project: name };
  const { viewer } = await api.ask<{ readonly viewer?: { readonly entity?: string | null } | null }>('Viewer', {}, signal);
  return viewer?.entity == null || viewer.entity === '' ? null : { entity: viewer.entity, project };
}

/** W&B has every version come from a run: that which logged it here, or one of its own, made once. */
async function runFor({ api }: PushPlace, item: Version, home: Home, signal: AbortSignal): Promise<{ readonly name: string; readonly isNew: boolean }> {
  const { run } = item;
  const there = run?.token?.split('/')[2];
  if (there !== undefined) return { name: there, isNew: false };
  const name = run?.run ?? `vitrine-${steadyId(item.mutationId).slice(0, 12)}`;
  const { upsertBucket } = await api.ask<{ readonly upsertBucket: { readonly bucket?: { readonly name: string } | null } }>('UpsertBucket', {
    name, project: home.project, entity: home.entity, displayName: run?.name ?? item.label, config: wandbOfConfig((run?.config ?? {}) as JsonObject), jobType: run === null ? 'auto' : run.jobType, groupName: null, tags: run?.tags ?? [], notes: run?.notes ?? null,
    ...(run === null ? {} : { summaryMetrics: JSON.stringify(run.summary) }),
  }, signal);
  const made = upsertBucket.bucket?.name ?? name;
  for (const artifactID of run?.inputs ?? []) await api.ask('UseArtifact', { input: { entityName: home.entity, projectName: home.project, runName: made, artifactID } }, signal);
  return { name: made, isNew: true };
}

/**
 * What a run that went there before logged since. All of its steps go once more, since lines go by their numbers: what is told twice stands once. Its name,
 * notes and tags stay as people there left them.
 */
export async function pushRun(api: WandbApi, { run }: Extract<PushItem, { readonly kind: 'run' }>, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
  try {
    await streamRun(api, run.token.split('/'), run, outgoing, signal);
    return { kind: 'sent', learned: {} };
  } catch (thrown) {
    if (isRefused(thrown)) return { kind: 'dead', error: sentenceOf(thrown as VitrineError) };
    throw thrown;
  }
}

/** Its steps, its summary, and its end as it ended here; one that goes on here is told again once it has ended. Null: a run that was made there for a version alone. */
async function streamRun(api: WandbApi, place: readonly string[], run: Pick<PushRun, 'runId' | 'state' | 'summary'> | null, outgoing: Outgoing, signal: AbortSignal): Promise<void> {
  const path = `/${['files', ...place, 'file_stream'].map(encodeURIComponent).join('/')}`;
  const tell = (body: object): Promise<unknown> => api.http.ask(path, { method: 'POST', body, signal });
  let offset = 0;
  if (run !== null) {
    for await (const content of outgoing.history(run.runId)) {
      await tell({ files: { 'wandb-history.jsonl': { offset, content } } });
      offset += content.length;
    }
  }
  await tell({
    ...(run === null ? {} : { files: { 'wandb-summary.json': { offset: 0, content: [JSON.stringify(run.summary)] } } }),
    complete: true, exitcode: run === null || run.state === 'finished' || run.state === 'running' ? 0 : 1,
  });
}
