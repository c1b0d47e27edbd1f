/**
 * What a registry of W&B has comes here. Every round lists its collections, and, as long as they are few, all that stands in them: an alias
 * that moves there is not known to move any time. In a large registry a round in between reads only the collections that changed. What is new or has another
 * time is read whole (metadata, manifest, the runs that logged and used it); what is missing from a list is asked for by name before it is
 * believed to be gone.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '#shared/contract/index.ts';
import { configOfWandb, looksLikeVersionNumber, parseMetadata } from '#shared/domain/index.ts';
import { isVitrineError } from '#shared/contract/errors.ts';
import type { Desk, IncomingModel, IncomingRun, IncomingUse, IncomingVersion, KnownModel, PlaceholderEntry, PullMode, PullReport } from '../connector.ts';
import { nodesOf, timeOf, type Artifact, type Collection, type Membership, type Page, type RunInfo, type WandbApi } from './api.ts';
import { hexOfDigest, readManifest, type ManifestEntry } from './manifest.ts';
import type { RegistryPlace } from './place.ts';

/** Rows of one page. */
const perPage = 100;
/** Up to this many known versions every round reads all of them. */
const allAtOnce = 1000;
const namesPerFilter = 50;
const concurrency = 4;
/** Versions that come in within one transaction. */
const versionsPerPage = 250;
const askedByName = 50;
/** Collections per sweep whose versions are read whole again, for those who used them since. */
const auditedPerSweep = 5;
/** Runs that used a version, of which more are not brought here. */
const mostUsers = 100;
const historyLines = 10_000;
const runsPerPage = 10;
const largestManifest = 128 * 1024 * 1024;

export type PullPlace = { readonly name: string; readonly api: WandbApi; readonly registry: RegistryPlace };

type Standing = { readonly collection: Collection; readonly memberships: readonly Membership[] | null };
type Detail = { readonly metadata: JsonObject; readonly mutation: string | null; readonly users: readonly string[]; readonly entries: readonly PlaceholderEntry[] };

export async function pullRegistry({ name, api, registry }: PullPlace, desk: Desk, mode: PullMode, runs: boolean, signal: AbortSignal): Promise<PullReport> {
  const collections = await listCollections();
  const known = new Map((await desk.known(collections.map((one) => one.name))).map((row) => [row.name, row]));
  const versionsKnown = [...known.values()].reduce((sum, row) => sum + row.versions.length, 0);
  const complete = mode === 'sweep' || versionsKnown <= allAtOnce;
  const newsOf = (one: Collection): boolean => known.get(one.name)?.hash.split('.')[0] !== ownHash(one);
  const standing = complete ? await allStanding(collections) : await someStanding(collections.filter(newsOf));
  const present = await confirmPresent(collections);
  const tally = { applied: 0, conflicts: 0 };
  const note = (pulled: { readonly applied: number; readonly conflicts: number }): void => {
    tally.applied += pulled.applied;
    tally.conflicts += pulled.conflicts;
  };
  // What is gone goes first, with all that is new beside it: together they show what was only renamed.
  if ((await desk.absent(present)).length > 0) note(await desk.apply(standing.filter(({ collection }) => !known.has(collection.name)).map(({ collection }) => ({ ...incoming(collection, []), hash: '', versions: null })), present, 0));
  const stale = complete && mode === 'sweep' ? new Set(await desk.stale(auditedPerSweep)) : new Set<string>();
  const wanted = standing.filter(({ collection, memberships }) => memberships === null || stale.has(collection.name) || known.get(collection.name)?.hash !== hashOf(collection, memberships));
  for (const [index, one] of wanted.entries()) {
    await bring(one, stale.has(one.collection.name));
    desk.progress({ phase: 'read versions', done: index + 1, total: wanted.length, unit: 'rows', files: null, current: one.collection.name });
  }
  return { ...tally, complete };

  // Lists --------------------------------------------------------------------------------------------------------------

  type Lists = { readonly organization?: { readonly orgEntity?: { readonly artifactCollections?: Page<Collection> | null; readonly artifactMemberships?: Page<Membership> | null } | null } | null };

  async function listCollections(filter?: string): Promise<readonly Collection[]> {
    const found = new Map<string, Collection>();
    const pages = api.pages<Collection>(async (cursor) => (await api.ask<Lists>('RegistryCollections', { organization: registry.organization, registryFilter: registry.filter, ...(filter === undefined ? {} : { collectionFilter: filter }), cursor, perPage }, signal)).organization?.orgEntity?.artifactCollections);
    for await (const page of pages) for (const one of page) found.set(one.name, one);
    return [...found.values()];
  }

  async function listMemberships(filter?: string): Promise<ReadonlyMap<string, readonly Membership[]>> {
    const found = new Map<string, Map<string, Membership>>();
    let read = 0;
    const pages = api.pages<Membership>(async (cursor) => (await api.ask<Lists>('RegistryVersions', { organization: registry.organization, registryFilter: registry.filter, ...(filter === undefined ? {} : { collectionFilter: filter }), cursor, perPage }, signal)).organization?.orgEntity?.artifactMemberships);
    for await (const page of pages) {
      for (const one of page) {
        const where = one.artifactCollection?.name ?? '';
        const inside = found.get(where) ?? new Map<string, Membership>();
        inside.set(String(one.versionIndex ?? ''), one);
        found.set(where, inside);
      }
      read += page.length;
      desk.progress({ phase: 'read models', done: read, total: null, unit: 'rows', files: null, current: null });
    }
    return new Map([...found].map(([where, inside]) => [where, [...inside.values()]]));
  }

  async function allStanding(all: readonly Collection[]): Promise<readonly Standing[]> {
    const found = all.length === 0 ? new Map<string, readonly Membership[]>() : await listMemberships();
    return withMissing(all.map((collection) => ({ collection, memberships: found.get(collection.name) ?? [] })));
  }

  async function someStanding(changed: readonly Collection[]): Promise<readonly Standing[]> {
    const standings: { readonly collection: Collection; readonly memberships: readonly Membership[] }[] = [];
    for (let begin = 0; begin < changed.length; begin += namesPerFilter) {
      const group = changed.slice(begin, begin + namesPerFilter);
      const found = await listMemberships(JSON.stringify({ name: { $in: group.map((one) => one.name) } }));
      standings.push(...group.map((collection) => ({ collection, memberships: found.get(collection.name) ?? [] })));
    }
    return withMissing(standings);
  }

  /** Versions that were there and are in no list any more are asked for by name; what can't be asked now is left as it was. */
  async function withMissing(standings: readonly { readonly collection: Collection; readonly memberships: readonly Membership[] }[]): Promise<readonly Standing[]> {
    let left = askedByName;
    const answered: Standing[] = [];
    for (const { collection, memberships } of standings) {
      const row = knownOf(collection);
      const there = new Set(memberships.map((one) => String(one.versionIndex ?? '')));
      const missing = (row?.versions ?? []).filter((version) => !there.has(version));
      const found: Membership[] = [];
      left -= missing.length;
      if (left >= 0) for (const version of missing) found.push(...[await membershipNamed(api, registry, `${collection.name}:v${version}`, signal)].filter((one) => one !== null && String(one.versionIndex ?? '') === version && one.artifactCollection?.name === collection.name).filter((one) => one !== null));
      answered.push({ collection, memberships: left < 0 && missing.length > 0 ? null : [...memberships, ...found] });
    }
    return answered;
  }

  async function confirmPresent(all: readonly Collection[]): Promise<readonly string[]> {
    const names = all.map((one) => one.name);
    for (const [index, gone] of (await desk.absent(names)).entries()) {
      if (index >= askedByName || (await listCollections(JSON.stringify({ name: gone }))).some((one) => one.name === gone)) names.push(gone);
    }
    return names;
  }

  /** What is known of a collection, unless it was deleted there and made again. */
  function knownOf(one: Collection): KnownModel | undefined {
    const row = known.get(one.name);
    return row?.createdAt === timeOf(one.createdAt) ? row : undefined;
  }

  // One collection -----------------------------------------------------------------------------------------------------

  async function bring({ collection, memberships }: Standing, audit: boolean): Promise<void> {
    const row = knownOf(collection);
    if (memberships === null) {
      note(await desk.apply([{ ...incoming(collection, []), aliases: {}, hash: '', versions: null }], null, 0));
      return;
    }
    const standing = memberships.filter((one) => one.artifact?.state === 'COMMITTED' && Number.isSafeInteger(one.versionIndex)).toSorted((left, right) => Number(left.versionIndex) - Number(right.versionIndex));
    const isNew = (one: Membership): boolean => row?.versions.includes(String(one.versionIndex)) !== true;
    const isChanged = (one: Membership): boolean => row?.updatedAts[String(one.versionIndex)] !== timeOf(one.artifact?.updatedAt);
    const kept = standing.filter((one) => !isNew(one));
    const fresh = standing.filter(isNew);
    const refreshed = new Map<Membership, Detail>();
    await inGroups(kept.filter((one) => audit || isChanged(one)), async (one) => void refreshed.set(one, await detailOf(one, false)));
    for (let end = Math.min(versionsPerPage, fresh.length); ; end = Math.min(end + versionsPerPage, fresh.length)) {
      const begin = Math.max(0, end - versionsPerPage);
      await inGroups(fresh.slice(begin, end), async (one) => void refreshed.set(one, await detailOf(one, true)));
      const now = [...kept, ...fresh.slice(0, end)].toSorted((left, right) => Number(left.versionIndex) - Number(right.versionIndex));
      const details = [...refreshed.values()];
      if (runs) await bringRuns([...new Set([...now.flatMap((one) => (one.artifact == null ? [] : (creatorOf(one.artifact) ?? []))), ...details.flatMap((detail) => detail.users)])]);
      const last = end >= fresh.length;
      note(await desk.apply([{ ...incoming(collection, now), hash: last ? hashOf(collection, memberships) : '', versions: now.map((one) => versionOf(one, refreshed.get(one))) }], null, 0));
      const uses = runs ? [...refreshed].flatMap(([one, detail]): readonly IncomingUse[] => detail.users.map((run) => ({ run, artifact: one.artifact?.id ?? '' }))) : [];
      if (uses.length > 0) await desk.applyUses(uses);
      if (last) return;
      refreshed.clear();
    }
  }

  function incoming(collection: Collection, memberships: readonly Membership[]): Omit<IncomingModel, 'hash' | 'versions'> {
    return {
      name: collection.name, type: collection.type?.name ?? 'model', createdAt: timeOf(collection.createdAt), updatedAt: timeOf(collection.updatedAt ?? collection.createdAt), description: collection.description ?? '',
      tags: Object.fromEntries(nodesOf(collection.tags).map((tag) => [tag.name, ''])), aliases: aliasesOf(memberships),
    };
  }

  function versionOf(one: Membership, detail: Detail | undefined): IncomingVersion {
    const artifact = one.artifact as Artifact;
    const entries = detail?.entries ?? [];
    const home = homeOf(artifact);
    return {
      version: String(one.versionIndex), createdAt: timeOf(artifact.createdAt), updatedAt: timeOf(artifact.updatedAt), description: artifact.description ?? '', tags: Object.fromEntries((artifact.tags ?? []).map((tag) => [tag.name, ''])), ttlDays: daysOf(artifact), stage: '',
      source: `${home}:v${artifact.versionIndex ?? 0}`, home, runId: creatorOf(artifact), user: null, artifact: artifact.id, size: artifact.size, entries, digest: entries.length === 0 ? '' : desk.digests(entries).digest,
      wandbDigest: /^[0-9a-f]{32}$/u.test(artifact.digest) ? artifact.digest : entries.length === 0 ? '' : desk.digests(entries).wandbDigest, ...(detail === undefined ? {} : { metadata: detail.metadata, mutation: detail.mutation }),
    };
  }

  type Details = { readonly artifact?: { readonly metadata?: string | null; readonly usedBy?: { readonly edges?: readonly { readonly node?: RunInfo | null }[] } | null; readonly currentManifest?: { readonly file?: { readonly directUrl?: string } | null } | null } | null };

  async function detailOf(one: Membership, withManifest: boolean): Promise<Detail> {
    const artifact = one.artifact as Artifact;
    const { artifact: found } = await api.ask<Details>('ArtifactByID', { id: artifact.id }, signal);
    const { people: metadata, own: { vitrine } } = metadataThere(found?.metadata);
    const mutation = typeof vitrine === 'object' && vitrine !== null ? (vitrine as { readonly mutation?: unknown }).mutation : null;
    return {
      metadata, mutation: typeof mutation === 'string' ? mutation : null,
      users: nodesOf(found?.usedBy).slice(0, mostUsers).flatMap((run) => tokenOf(run) ?? []), entries: withManifest ? await entriesOf(artifact, found?.currentManifest?.file?.directUrl) : [],
    };
  }

  /** Its files as they are listed there, each standing for bytes that are not here yet; one line for all where the list may not be read. */
  async function entriesOf(artifact: Artifact, url: string | undefined): Promise<readonly PlaceholderEntry[]> {
    const page = `${api.http.base}/${homeOf(artifact).split('/').slice(0, 2).map(encodeURIComponent).join('/')}/artifacts/${encodeURIComponent(artifact.artifactType?.name ?? '')}/${encodeURIComponent(artifact.artifactSequence?.name ?? '')}/v${artifact.versionIndex ?? 0}`;
    let listed: readonly ManifestEntry[] = [];
    try {
      if (url !== undefined) listed = readManifest(await api.text(url, largestManifest, signal), name);
    } catch (thrown) {
      // Who may only look gets no files: what can be told of the version is told all the same. Paths that lead elsewhere are not taken.
      if (!isVitrineError(thrown) || !['remote_refused', 'remote_sign_in', 'path_invalid'].includes(thrown.code)) throw thrown;
    }
    if (listed.length === 0) return [{ path: 'wandb-artifact', size: artifact.size, sha256: null, md5: artifact.digest, reference: page }];
    return listed.map(({ path, size, digest, reference }) => ({ path, size, sha256: null, md5: reference === null ? (hexOfDigest(digest) ?? digest) : digest, reference: reference ?? `${page}/files/${path.split('/').map(encodeURIComponent).join('/')}` }))
      .toSorted((left, right) => (left.path < right.path ? -1 : 1));
  }

  // Runs ---------------------------------------------------------------------------------------------------------------

  async function bringRuns(tokens: readonly string[]): Promise<void> {
    const unknown = tokens.length === 0 ? [] : await desk.unknownRuns(tokens);
    for (let begin = 0; begin < unknown.length; begin += runsPerPage) {
      const page = unknown.slice(begin, begin + runsPerPage);
      const found = new Map<string, IncomingRun>();
      await inGroups(page, async (token) => {
        const run = await runOf(api, token, signal);
        if (run !== null) found.set(token, run);
      });
      await desk.applyRuns([...found.values()], page.filter((token) => !found.has(token)));
    }
  }
}

export async function membershipNamed(api: WandbApi, registry: RegistryPlace, name: string, signal: AbortSignal): Promise<Membership | null> {
  type Answer = { readonly project?: { readonly artifactCollectionMembership?: Membership | null } | null };
  return (await api.ask<Answer>('ArtifactMembershipByName', { entity: registry.entity, project: registry.project, name }, signal)).project?.artifactCollectionMembership ?? null;
}

export const homeOf = (artifact: Artifact): string => [artifact.artifactSequence?.project?.entity?.name, artifact.artifactSequence?.project?.name, artifact.artifactSequence?.name].map((part) => part ?? '').join('/');

/** What people wrote, and what the client and we ourselves keep beside it. */
export function metadataThere(text: string | null | undefined): { readonly people: JsonObject; readonly own: JsonObject } {
  const read = parseMetadata(text ?? '{}');
  const { wandb, vitrine, ...people } = (read.ok ? read.value.value : {}) as JsonObject;
  return { people, own: { ...(wandb === undefined ? {} : { wandb }), ...(vitrine === undefined ? {} : { vitrine }) } };
}

/** A time to live as it is kept here: null where the version says nothing of its own, 0 for good, else whole days, so that none ends sooner here than there. */
export function daysOf({ ttlDurationSeconds, ttlIsInherited }: Artifact): number | null {
  if (ttlIsInherited !== false) return null;
  const seconds = Number(ttlDurationSeconds ?? 0);
  return seconds > 0 ? Math.ceil(seconds / 86_400) : 0;
}

export const creatorOf = ({ createdBy }: Artifact): string | null => (createdBy?.__typename === 'Run' ? tokenOf(createdBy as RunInfo) : null);

export const tokenOf = (run: RunInfo): string | null => (run.project?.entity === undefined || run.project.entity === null ? null : `${run.project.entity.name}/${run.project.name}/${run.name}`);

/** Without those that the server keeps by itself. */
export function aliasesOf(memberships: readonly Membership[]): Readonly<Record<string, string>> {
  return Object.fromEntries(memberships.flatMap((one) => (one.aliases ?? []).filter(({ alias }) => alias !== 'latest' && !looksLikeVersionNumber(alias)).map(({ alias }) => [alias, String(one.versionIndex)] as const)));
}

const short = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);

const ownHash = (one: Collection): string => short([one.id, one.name, one.description ?? '', one.createdAt, one.updatedAt ?? '', one.type?.name ?? '', nodesOf(one.tags).map((tag) => tag.name).toSorted()]);

/** Two parts: of the collection itself, and of all that stands in it. */
function hashOf(one: Collection, memberships: readonly Membership[]): string {
  const rows = memberships.map(({ versionIndex, aliases, artifact }) => [Number(versionIndex), (aliases ?? []).map(({ alias }) => alias).toSorted(), artifact?.id ?? '', artifact?.state ?? '', artifact?.updatedAt ?? '', artifact?.description ?? '', (artifact?.tags ?? []).map((tag) => tag.name).toSorted(), artifact == null ? null : daysOf(artifact)] as const);
  return `${ownHash(one)}.${short(rows.toSorted((left, right) => left[0] - right[0]))}`;
}

type RunNode = {
  readonly name: string; readonly displayName?: string | null; readonly state?: string | null; readonly config?: string | null; readonly summaryMetrics?: string | null; readonly group?: string | null; readonly jobType?: string | null; readonly tags?: readonly string[] | null; readonly notes?: string | null;
  readonly createdAt: string; readonly heartbeatAt?: string | null; readonly historyLineCount?: number | null;
};

const states: Readonly<Record<string, IncomingRun['state']>> = { running: 'running', pending: 'running', finished: 'finished', failed: 'failed', crashed: 'crashed', killed: 'killed', preempted: 'killed', preempting: 'running' };

async function runOf(api: WandbApi, token: string, signal: AbortSignal): Promise<IncomingRun | null> {
  const [entity = '', project = '', name = ''] = token.split('/');
  const { project: found } = await api.ask<{ readonly project?: { readonly run?: RunNode | null } | null }>('Run', { entity, project, name }, signal);
  const run = found?.run;
  if (run === null || run === undefined) return null;
  const lines = (run.historyLineCount ?? 0) === 0 ? [] : await historyOf(api, { entity, project, name }, signal);
  const summary = parseMetadata(run.summaryMetrics ?? '{}');
  const state = states[run.state ?? ''] ?? 'finished';
  return {
    run: token, runId: run.name, name: (run.displayName ?? run.name).slice(0, 128), state, experiment: run.group ?? '', startedAt: timeOf(run.createdAt), endedAt: state === 'running' ? null : timeOf(run.heartbeatAt ?? run.createdAt),
    config: (configOfWandb(run.config ?? '{}') ?? {}) as IncomingRun['config'], summary: summary.ok ? (summary.value.value as IncomingRun['summary']) : {}, tags: run.tags ?? [], notes: run.notes ?? '', jobType: run.jobType === '' ? null : (run.jobType ?? null), history: lines,
  };
}

async function historyOf(api: WandbApi, { entity, project, name }: { readonly entity: string; readonly project: string; readonly name: string }, signal: AbortSignal): Promise<readonly string[]> {
  type Answer = { readonly project?: { readonly run?: { readonly history?: readonly string[] | null } | null } | null };
  return (await api.ask<Answer>('RunFullHistory', { entity, project, name, samples: historyLines }, signal)).project?.run?.history?.slice(0, historyLines) ?? [];
}

async function inGroups<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let begin = 0; begin < items.length; begin += concurrency) await Promise.all(items.slice(begin, begin + concurrency).map(work));
}
