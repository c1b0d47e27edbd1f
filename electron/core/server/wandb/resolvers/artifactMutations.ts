/** Links, aliases, tags, cards, deletions. */
import { isVitrineError, VitrineError, type ArtifactId, type CollectionId, type LinkId, type LinkMark, type RegistrySummary, type VersionDetail, type VersionId } from '#shared/contract/index.ts';
import { explainViolation, latestAlias, looksLikeVersionNumber, parseMetadata, timeToLiveFromSeconds } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { localId, localIdOrNull } from '../ids.ts';
import { versionIdOf } from './draftMutations.ts';
import { linkWithAliases, putAliases } from './held.ts';
import { holdsRegistries, legacyCollection, registryIn, registryNameOf } from './lookups.ts';
import { tagNode } from './small.ts';
import { artifactNodeOrFail } from './versions.ts';

type LinkInput = { readonly artifactPortfolioName?: string | null; readonly artifactPortfolioID?: string | null; readonly entityName?: string | null; readonly projectName?: string | null; readonly artifactID?: string | null; readonly clientID?: string | null; readonly aliases?: readonly { readonly alias: string }[] | null };

/** What clients put on every link and version by themselves, and what is no alias here: the newest has it anyway. */
function ownAliases(aliases: readonly { readonly alias: string }[] | null | undefined): string[] {
  return [...new Set((aliases ?? []).map((one) => one.alias))].filter((alias) => alias !== latestAlias);
}

function demandRegistryName(project: string): string {
  const name = registryNameOf(project);
  if (name === null) throw new VitrineError('bad_input', { details: { explanation: `“${project.slice(0, 120)}” is not a registry. Versions are linked into registries: write wandb-registry-NAME/COLLECTION.` } });
  return name;
}

async function registryOfInput(asking: Asking, entity: string | null, project: string): Promise<RegistrySummary> {
  const name = demandRegistryName(project);
  const registry = await registryIn(asking, entity, name);
  if (registry === null) throw new VitrineError('not_found', { details: { kind: 'registry', label: name } });
  return registry;
}

export async function linkArtifact(asking: Asking, input: LinkInput): Promise<object> {
  const versionId = await versionIdOf(asking, input);
  const aliases = ownAliases(input.aliases);
  const link = (target: { readonly kind: 'collection'; readonly id: CollectionId } | { readonly kind: 'new_collection'; readonly registryId: RegistrySummary['id']; readonly name: string }) => linkWithAliases(asking, { versionIds: [versionId], target }, aliases);
  const created = input.artifactPortfolioID !== null && input.artifactPortfolioID !== undefined ? await link({ kind: 'collection', id: localId<CollectionId>(input.artifactPortfolioID, 'ArtifactPortfolio') }) : await linkByName();
  const [made] = created.links;
  if (made === undefined) throw new VitrineError('not_found', { details: { kind: 'link', label: '' } });
  return {
    versionIndex: made.index,
    artifactMembership: async () => {
      // The version is what is asked for next, and says of its links nearly all that there is to say.
      const mark = made.linkedAt === null ? undefined : (await asking.version(made.versionId))?.links.find((link) => link.linkId === made.linkId);
      if (mark !== undefined && made.linkedAt !== null) return asking.nodes.link({ ...mark, versionId: made.versionId, linkedAt: made.linkedAt });
      const standing = await asking.ask('links.get', { id: made.linkId });
      return asking.nodes.link({ ...standing, linkId: standing.id, versionId: standing.version.id });
    },
  };

  async function linkByName() {
    const name = input.artifactPortfolioName ?? '';
    const moved = await legacyCollection(asking, input.entityName, input.projectName ?? '', name);
    if (moved !== null) return link({ kind: 'collection', id: moved.id });
    const registry = demandRegistryName(input.projectName ?? '');
    const place = (await holdsRegistries(asking, input.entityName ?? null)) ? await asking.linkTarget({ registry, collection: name }) : null;
    if (place === null) throw new VitrineError('not_found', { details: { kind: 'registry', label: registry } });
    if (place.collectionId !== null) return link({ kind: 'collection', id: place.collectionId });
    try {
      return await link({ kind: 'new_collection', registryId: place.registryId, name });
    } catch (thrown) {
      // Another client made it in between.
      const made = isVitrineError(thrown) && thrown.code === 'already_exists' ? await asking.linkTarget({ registry, collection: name }) : null;
      if (made === null || made.collectionId === null) throw thrown;
      return link({ kind: 'collection', id: made.collectionId });
    }
  }
}

export async function unlinkArtifact(asking: Asking, input: { readonly artifactID: string; readonly artifactPortfolioID: string }): Promise<object> {
  const collectionId = localId<CollectionId>(input.artifactPortfolioID, 'ArtifactPortfolio');
  const version = await versionOf(asking, input.artifactID);
  const link = version.links.find((one) => one.collectionId === collectionId);
  if (link === undefined) throw new VitrineError('not_found', { details: { kind: 'link', label: `${version.artifact}:v${version.index}` } });
  await asking.tell('links.remove', { linkIds: [link.linkId] });
  return { success: true, artifactID: input.artifactID, clientMutationId: null };
}

async function versionOf(asking: Asking, globalVersionId: string): Promise<VersionDetail> {
  const version = await asking.version(localId<VersionId>(globalVersionId, 'Artifact'));
  if (version === null) throw new VitrineError('not_found', { details: { kind: 'artifact version', label: 'with that id' } });
  return version;
}

type AliasInput = { readonly artifactCollectionName: string; readonly alias: string; readonly entityName: string; readonly projectName: string };
type AliasPlace = { readonly kind: 'version'; readonly id: VersionId } | { readonly kind: 'link'; readonly id: LinkId };

/** Per place where the version stands, the aliases that are meant there. */
async function aliasPlaces(asking: Asking, version: VersionDetail, aliases: readonly AliasInput[]): Promise<readonly { readonly target: AliasPlace; readonly aliases: string[]; readonly standing: readonly string[] }[]> {
  const places = new Map<string, { target: AliasPlace; aliases: string[]; standing: readonly string[] }>();
  for (const one of aliases) {
    const registryName = registryNameOf(one.projectName);
    let mark: LinkMark | undefined;
    if (registryName !== null) {
      const moved = await legacyCollection(asking, one.entityName, one.projectName, one.artifactCollectionName);
      const registry = moved === null ? await registryOfInput(asking, one.entityName, one.projectName) : { id: moved.registryId, name: moved.registry };
      const collection = moved?.name ?? one.artifactCollectionName;
      mark = version.links.find((link) => link.registryId === registry.id && link.collection === collection);
      if (mark === undefined) throw new VitrineError('not_found', { details: { kind: 'link', label: `${registry.name}/${one.artifactCollectionName}` } });
    } else if (one.artifactCollectionName !== version.artifact || one.projectName !== version.project) {
      throw new VitrineError('not_found', { details: { kind: 'artifact version', label: `${one.projectName}/${one.artifactCollectionName}` } });
    }
    const key = mark === undefined ? 'version' : `link-${mark.linkId}`;
    const place = places.get(key) ?? { target: mark === undefined ? { kind: 'version', id: version.id } : { kind: 'link', id: mark.linkId }, aliases: [], standing: (mark ?? version).aliases.map((chip) => chip.name) };
    place.aliases.push(one.alias);
    places.set(key, place);
  }
  return [...places.values()];
}

export async function addAliases(asking: Asking, input: { readonly artifactID: string; readonly aliases: readonly AliasInput[] }): Promise<object> {
  const version = await versionOf(asking, input.artifactID);
  for (const place of await aliasPlaces(asking, version, input.aliases)) {
    const wanted = place.aliases.filter((alias) => !place.standing.includes(alias));
    if (wanted.length > 0) await putAliases(asking, place.target, wanted);
  }
  return { success: true, clientMutationId: null };
}

/** `latest` and the numbers are where they are whatever a script lists: taking them off changes nothing. */
export async function deleteAliases(asking: Asking, input: { readonly artifactID: string; readonly aliases: readonly AliasInput[] }): Promise<object> {
  const version = await versionOf(asking, input.artifactID);
  const meant = input.aliases.filter(({ alias }) => alias !== latestAlias && !looksLikeVersionNumber(alias));
  for (const place of await aliasPlaces(asking, version, meant)) await asking.tell('aliases.remove', { target: place.target, aliases: place.aliases });
  return { success: true, clientMutationId: null };
}

type UpdateInput = {
  readonly artifactID: string; readonly description?: string | null; readonly metadata?: string | null; readonly aliases?: readonly { readonly alias: string }[] | null; readonly tagsToAdd?: readonly { readonly tagName: string }[] | null; readonly tagsToDelete?: readonly { readonly tagName: string }[] | null;
  readonly ttlDurationSeconds?: number | null;
};

export async function updateArtifact(asking: Asking, input: UpdateInput): Promise<object> {
  const id = localId<VersionId>(input.artifactID, 'Artifact');
  const metadata = input.metadata === null || input.metadata === undefined ? null : parseMetadata(input.metadata);
  if (metadata !== null && !metadata.ok) throw new VitrineError('bad_input', { details: { explanation: explainViolation(metadata.violation) } });
  const version = await asking.tell('versions.update', {
    id, ...(input.description === null || input.description === undefined ? {} : { description: input.description }), ...(metadata === null ? {} : { metadata: metadata.value.value as Record<string, unknown> }),
    ...(input.ttlDurationSeconds === null || input.ttlDurationSeconds === undefined ? {} : { ttl: timeToLiveFromSeconds(input.ttlDurationSeconds) }),
    addTags: (input.tagsToAdd ?? []).map((tag) => tag.tagName), removeTags: (input.tagsToDelete ?? []).map((tag) => tag.tagName),
  });
  if (input.aliases !== null && input.aliases !== undefined) {
    const wanted = ownAliases(input.aliases);
    const standing = version.aliases.map((chip) => chip.name).filter((alias) => alias !== latestAlias);
    const removed = standing.filter((alias) => !wanted.includes(alias));
    const added = wanted.filter((alias) => !standing.includes(alias));
    if (removed.length > 0) await asking.tell('aliases.remove', { target: { kind: 'version', id }, aliases: removed });
    if (added.length > 0) await asking.tell('aliases.set', { target: { kind: 'version', id }, aliases: added });
  }
  return { artifact: await artifactNodeOrFail(asking, id) };
}

export async function deleteArtifact(asking: Asking, input: { readonly artifactID: string; readonly deleteAliases?: boolean | null }): Promise<object> {
  const id = localId<VersionId>(input.artifactID, 'Artifact');
  const before = await artifactNodeOrFail(asking, id);
  const aliases = input.deleteAliases === true ? (await asking.ask('versions.deletionPreview', { ids: [id] })).aliases.map((one) => one.alias) : [];
  await asking.tell('versions.delete', { ids: [id], aliases });
  return { artifact: { ...before, state: 'DELETED' } };
}

export async function updateSequence(asking: Asking, input: { readonly artifactSequenceID: string; readonly name?: string | null; readonly description?: string | null }): Promise<object> {
  const artifact = await asking.tell('artifacts.update', { id: localId<ArtifactId>(input.artifactSequenceID, 'ArtifactSequence'), ...textsOf(input) });
  return { artifactCollection: asking.nodes.sequence(artifact, artifact) };
}

export async function updatePortfolio(asking: Asking, input: { readonly artifactPortfolioID: string; readonly name?: string | null; readonly description?: string | null }): Promise<object> {
  const collection = await asking.tell('collections.update', { id: localId<CollectionId>(input.artifactPortfolioID, 'ArtifactPortfolio'), ...textsOf(input) });
  return { artifactCollection: asking.nodes.portfolio(collection, collection) };
}

function textsOf(input: { readonly name?: string | null; readonly description?: string | null }): { readonly name?: string; readonly description?: string } {
  return { ...(input.name === null || input.name === undefined ? {} : { name: input.name }), ...(input.description === null || input.description === undefined ? {} : { description: input.description }) };
}

export async function moveSequence(asking: Asking, input: { readonly artifactSequenceID: string; readonly destinationArtifactTypeName: string }): Promise<object> {
  const artifact = await asking.tell('artifacts.move', { id: localId<ArtifactId>(input.artifactSequenceID, 'ArtifactSequence'), type: input.destinationArtifactTypeName });
  return { artifactCollection: asking.nodes.sequence(artifact, artifact) };
}

export async function deleteSequence(asking: Asking, input: { readonly artifactSequenceID: string }): Promise<object> {
  const id = localId<ArtifactId>(input.artifactSequenceID, 'ArtifactSequence');
  const artifact = await asking.ask('artifacts.get', { id });
  await asking.tell('artifacts.delete', { id });
  return { artifactCollection: { ...asking.nodes.sequence(artifact, artifact), state: 'DELETED' } };
}

export async function deletePortfolio(asking: Asking, input: { readonly artifactPortfolioID: string }): Promise<object> {
  const id = localId<CollectionId>(input.artifactPortfolioID, 'ArtifactPortfolio');
  const collection = await asking.ask('collections.get', { id });
  await asking.tell('collections.delete', { id });
  return { artifactCollection: { ...asking.nodes.portfolio(collection, collection), state: 'DELETED' } };
}

type TagAssignments = { readonly entityName: string; readonly projectName: string; readonly artifactCollectionName: string; readonly tags: readonly { readonly tagName: string }[] };

async function editTags(asking: Asking, input: TagAssignments, edit: { readonly add?: string[]; readonly remove?: string[] }): Promise<readonly string[]> {
  const registryName = registryNameOf(input.projectName);
  if (registryName !== null) {
    const moved = await legacyCollection(asking, input.entityName, input.projectName, input.artifactCollectionName);
    const collection = moved ?? (await asking.ask('collections.get', { registry: (await registryOfInput(asking, input.entityName, input.projectName)).name, name: input.artifactCollectionName }));
    return (await asking.tell('tags.edit', { target: { kind: 'collection', id: collection.id }, ...edit })).tags;
  }
  const entity = input.entityName === '' ? (await asking.status()).team.name : input.entityName;
  const artifact = await asking.ask('artifacts.get', { entity, project: input.projectName, name: input.artifactCollectionName });
  return (await asking.tell('tags.edit', { target: { kind: 'artifact', id: artifact.id }, ...edit })).tags;
}

export async function addCollectionTags(asking: Asking, input: TagAssignments): Promise<object> {
  return { tags: (await editTags(asking, input, { add: input.tags.map((tag) => tag.tagName) })).map((tag) => tagNode(tag)) };
}

export async function removeCollectionTags(asking: Asking, input: TagAssignments): Promise<object> {
  await editTags(asking, input, { remove: input.tags.map((tag) => tag.tagName) });
  return { success: true, clientMutationId: null };
}

/** A sequence or a portfolio by its id; null where there is none. */
export async function collectionById(asking: Asking, id: string): Promise<object | null> {
  const artifactId = localIdOrNull(id, 'ArtifactSequence');
  if (artifactId !== null) {
    const artifact = await asking.askOrNull('artifacts.get', { id: artifactId as ArtifactId });
    return artifact === null ? null : asking.nodes.sequence(artifact, artifact);
  }
  const collectionId = localIdOrNull(id, 'ArtifactPortfolio');
  const collection = collectionId === null ? null : await asking.collection(collectionId as CollectionId);
  return collection === null ? null : asking.nodes.portfolio(collection, collection);
}
