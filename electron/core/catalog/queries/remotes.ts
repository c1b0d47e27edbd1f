/** Remotes, what waits for them, what conflicts; and what the sync itself asks. */
import type { CheckedInputOf, DeadLetter, JsonObject, OutputOf, SyncConflict } from '#shared/contract/index.ts';
import { explainError } from '#shared/contract/explain.ts';
import { aliasGuard, latestAlias, stageOfState, type Base } from '#shared/domain/index.ts';
import { demand, notFound, organizationObject, registryObject, visibleRegistries } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { followsCollection, modelNameOf, remoteOf, remoteRow, remoteRows, type RemoteRow, type SeenModel, type SeenVersion } from '../records/remotes.ts';
import { collectionIdOf, sentHere, sentRows, type SentHere } from '../records/sent.ts';
import { approvalLacking } from '../records/approvals.ts';
import { collectionRow, linkRow, registryRow } from '../records/rows.ts';
import { branded, jsonObject, timestamp } from '../records/shared.ts';
import { collectionSubject, linkSubject } from '../records/subjects.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { tagsOf } from '../commands/tags.ts';
import { aliasSide, tokenOf } from '../commands/syncPull.ts';
import { seedTouches, takesType } from './remoteSeeds.ts';

/** Remotes of registries that the asker may see. */
function seenRemotes(scope: QueryScope): readonly RemoteRow[] {
  const visible = visibleRegistries(scope.db, scope.asker);
  return remoteRows(scope.db).filter((remote) => remote.places.some((place) => visible.has(place.registryId)));
}

export function listRemotes(scope: QueryScope): OutputOf<'remotes.list'> {
  return { items: seenRemotes(scope).map(remoteOf) };
}

export function getRemote(scope: QueryScope, input: CheckedInputOf<'remotes.get'>): OutputOf<'remotes.get'> {
  const found = seenRemotes(scope).find((remote) => ('id' in input ? remote.id === input.id : remote.name === input.name));
  if (found === undefined) throw notFound('remote', 'id' in input ? String(input.id) : input.name);
  return remoteOf(found);
}

/** For whoever is to change, test or read out a remote. */
export function manageRemote(scope: QueryScope, input: { readonly id: number }): OutputOf<'remotes.get'> {
  demand(scope.asker, 'organization.manage', organizationObject(scope.db));
  return remoteOf(remoteRow(scope.db, input.id));
}

export type RemoteCounts = { readonly remoteId: number; readonly waiting: number; readonly conflicts: number; readonly dead: number; readonly models: number; readonly versions: number; readonly skipped: readonly { readonly model: string; readonly why: string }[]; readonly skippedCount: number; readonly cursors: Readonly<Record<string, { readonly value: string; readonly at: number }>> };

/** What the catalog knows of where each remote stands; what goes on at the moment only the engine does. */
export function remoteCounts(scope: QueryScope): readonly (RemoteCounts & { readonly remote: OutputOf<'remotes.get'> })[] {
  const { db } = scope;
  return seenRemotes(scope).map((remote) => {
    const open = new Map(db.all<{ state: string; count: number }>(sql`SELECT state, count(DISTINCT touch) AS count FROM outbox WHERE remote_id = ${remote.id} AND state <> 'sent' GROUP BY state`).map((row) => [row.state, row.count]));
    const count = (text: ReturnType<typeof sql>): number => db.value<number>(text) ?? 0;
    const left = sql`FROM remote_models WHERE remote_id = ${remote.id} AND gone_at IS NULL AND skipped IS NOT NULL AND ${remote.settings.follow.kind} = 'registry'`;
    return {
      remoteId: remote.id, remote: remoteOf(remote),
      waiting: open.get('waiting') ?? 0, dead: open.get('dead') ?? 0,
      conflicts: count(sql`SELECT count(*) FROM sync_conflicts WHERE remote_id = ${remote.id} AND resolved_at IS NULL`),
      models: count(sql`SELECT count(*) FROM remote_models WHERE remote_id = ${remote.id} AND gone_at IS NULL`),
      versions: count(sql`SELECT count(*) FROM remote_versions WHERE remote_id = ${remote.id} AND gone_at IS NULL`),
      skipped: db.all<{ model: string; why: string }>(sql`SELECT name AS model, skipped AS why ${left} ORDER BY name LIMIT 20`), skippedCount: count(sql`SELECT count(*) ${left}`),
      cursors: Object.fromEntries(db.all<{ stream: string; value: string; at: number }>(sql`SELECT stream, value, at FROM cursors WHERE remote_id = ${remote.id}`).map(({ stream, value, at }) => [stream, { value, at }])),
    };
  });
}

export function listRounds(scope: QueryScope, input: CheckedInputOf<'sync.rounds'>): OutputOf<'sync.rounds'> {
  getRemote(scope, { id: input.remoteId });
  type Row = { readonly id: number; readonly remoteId: number; readonly startedAt: number; readonly milliseconds: number; readonly pulled: number; readonly pushed: number; readonly conflicts: number; readonly requests: number; readonly bytesIn: number; readonly bytesOut: number; readonly failure: string | null; readonly revocable: number };
  const rows = scope.db.all<Row>(sql`
    SELECT id, remote_id AS remoteId, started_at AS startedAt, milliseconds, pulled, pushed, conflicts, requests, bytes_in AS bytesIn, bytes_out AS bytesOut, failure,
      (SELECT count(*) FROM sync_sent s WHERE s.remote_id = sync_rounds.remote_id AND s.round_id = sync_rounds.id AND s.undone_at IS NULL) AS revocable FROM sync_rounds
    WHERE remote_id = ${input.remoteId} ORDER BY id DESC LIMIT ${input.limit}`);
  return { items: rows.map((row) => ({ ...row, remoteId: branded(row.remoteId), startedAt: timestamp(row.startedAt) })) };
}

export function listConflicts(scope: QueryScope, input: CheckedInputOf<'sync.conflicts'>): OutputOf<'sync.conflicts'> {
  const { db } = scope;
  const remotes = new Map(seenRemotes(scope).map((remote) => [remote.id, remote]));
  const visible = visibleRegistries(db, scope.asker);
  type Row = { readonly id: number; readonly registryId: number; readonly remoteId: number; readonly collectionId: number; readonly what: SyncConflict['what']; readonly field: string; readonly collection: string; readonly registry: string; readonly base: string; readonly mine: string; readonly theirs: string; readonly at: number };
  const rows = scope.db.all<Row>(sql`
    SELECT k.id, c.registry_id AS registryId, k.remote_id AS remoteId, k.collection_id AS collectionId, k.what, k.field, c.name AS collection, r.name AS registry, k.base, k.mine, k.theirs, k.at
    FROM sync_conflicts k JOIN collections c ON c.id = k.collection_id JOIN registries r ON r.id = c.registry_id WHERE k.resolved_at IS NULL ORDER BY k.id LIMIT 1000`);
  return {
    items: rows.flatMap((row): readonly SyncConflict[] => {
      const remote = remotes.get(row.remoteId);
      if (remote === undefined || !visible.has(row.registryId) || (input.remoteId !== undefined && remote.id !== input.remoteId)) return [];
      const side = (text: string) => JSON.parse(text) as SyncConflict['mine'];
      const linkId = row.what === 'alias' && side(row.base).value === side(row.mine).value ? side(row.theirs).linkId : undefined;
      const held = heldWords(db, row.collectionId, row.field, linkId);
      return [{ id: branded(row.id), remoteId: branded(row.remoteId), remote: remote.name, what: row.what, field: row.field, label: `${row.registry}/${row.collection}`, collectionId: branded(row.collectionId), base: side(row.base), mine: side(row.mine), theirs: side(row.theirs), held, awaitsApproval: held !== null && awaitsApproval(db, row.collectionId, row.field, linkId), at: timestamp(row.at) }];
    }),
  };
}

/** How collections or links stand with the remotes that they follow. */
export function listBadges(scope: QueryScope, input: CheckedInputOf<'sync.badges'>): OutputOf<'sync.badges'> {
  const { db } = scope;
  return { items: seenRemotes(scope).flatMap((remote) => ('collectionIds' in input ? collectionBadges(db, remote, seenPlaces(scope, remote), input.collectionIds) : linkBadges(db, remote, seenPlaces(scope, remote), input.linkIds))) };
}

type Badge = OutputOf<'sync.badges'>['items'][number];
/** Registries that follow and that the asker may see. */
const seenPlaces = (scope: QueryScope, remote: RemoteRow): readonly number[] => {
  const visible = visibleRegistries(scope.db, scope.asker);
  return remote.places.map((place) => place.registryId).filter((id) => visible.has(id));
};
/** What is still to be told, or was not taken, by what it is about: `alias 12` for every alias of collection 12. */
function openTouches(db: ReadableDb, remote: RemoteRow): ReadonlyMap<string, 'waiting' | 'differs'> {
  const open = new Map<string, 'waiting' | 'differs'>();
  for (const { touch, state } of db.all<{ touch: string; state: string }>(sql`SELECT DISTINCT touch, state FROM outbox WHERE remote_id = ${remote.id} AND state <> 'sent' UNION SELECT touch, 'conflict' FROM sync_conflicts WHERE remote_id = ${remote.id} AND resolved_at IS NULL`)) {
    const about = touch.split(' ').slice(0, 2).join(' ');
    if (open.get(about) !== 'differs') open.set(about, state === 'waiting' ? 'waiting' : 'differs');
  }
  return open;
}

const worst = (found: readonly ('waiting' | 'differs' | undefined)[]): 'waiting' | 'differs' | null => (found.includes('differs') ? 'differs' : found.includes('waiting') ? 'waiting' : null);

function collectionBadges(db: ReadableDb, remote: RemoteRow, registries: readonly number[], ids: readonly number[]): readonly Badge[] {
  const open = openTouches(db, remote);
  const rows = db.all<{ id: number; there: string | null; missing: number }>(sql`
    SELECT c.id, m.name AS there,
      EXISTS (SELECT 1 FROM links l WHERE l.collection_id = c.id AND l.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM remote_versions v WHERE v.link_id = l.id AND v.remote_id = ${remote.id} AND v.gone_at IS NULL)) AS missing
    FROM collections c LEFT JOIN remote_models m ON m.collection_id = c.id AND m.remote_id = ${remote.id} AND m.gone_at IS NULL
    WHERE c.id IN ${listOf(ids)} AND c.registry_id IN ${listOf(registries)} AND c.deleted_at IS NULL AND (c.type = 'model' OR ${remote.kind} = 'wandb')`);
  return rows.filter((row) => followsCollection(remote, row.id)).map((row): Badge => {
    const pending = worst(['alias', 'description', 'tag', 'collection', 'name'].map((kind) => open.get(`${kind} ${row.id}`)));
    return { id: row.id, remoteId: branded(remote.id), remote: remote.name, there: row.there, standing: row.there === null ? 'here' : pending ?? (row.missing === 1 ? 'waiting' : 'same') };
  });
}

function linkBadges(db: ReadableDb, remote: RemoteRow, registries: readonly number[], ids: readonly number[]): readonly Badge[] {
  const open = openTouches(db, remote);
  const rows = db.all<{ id: number; collectionId: number; versionId: number; there: string | null; fetched: number | null }>(sql`
    SELECT l.id, l.collection_id AS collectionId, l.version_id AS versionId, v.version AS there, v.fetched_at AS fetched FROM links l JOIN collections c ON c.id = l.collection_id
    LEFT JOIN remote_versions v ON v.link_id = l.id AND v.remote_id = ${remote.id} AND v.gone_at IS NULL
    WHERE l.id IN ${listOf(ids)} AND l.removed_at IS NULL AND c.registry_id IN ${listOf(registries)} AND (c.type = 'model' OR ${remote.kind} = 'wandb')`);
  return rows.filter((row) => followsCollection(remote, row.collectionId)).map((row): Badge => {
    const pending = worst([open.get(`link ${row.id}`), open.get(`text ${row.versionId}`), open.get(`mark ${row.versionId}`)]);
    return { id: row.id, remoteId: branded(remote.id), remote: remote.name, there: row.there, standing: row.there === null ? 'here' : pending ?? (row.fetched === null ? 'there' : 'same') };
  });
}

const awaitsApproval = (db: ReadableDb, collectionId: number, alias: string, linkId: number | null | undefined): boolean =>
  linkId != null && db.value(sql`SELECT 1 FROM links WHERE id = ${linkId} AND removed_at IS NULL`) !== undefined && approvalLacking(db, collectionRow(db, collectionId), linkId, alias) !== null;

/** Why a move that was made only there waits; `linkId` is where it would stand here, absent where both sides moved it. */
function heldWords(db: ReadableDb, collectionId: number, alias: string, linkId: number | null | undefined): string | null {
  if (linkId === undefined) return null;
  const collection = collectionRow(db, collectionId);
  if (linkId !== null && db.value(sql`SELECT 1 FROM links WHERE id = ${linkId} AND removed_at IS NULL`) === undefined) return 'The version that it stands on there is not linked here any more: restore the link, or keep yours.';
  const lacking = linkId === null ? null : approvalLacking(db, collection, linkId, alias);
  if (lacking !== null) return explainError(lacking).sentence;
  return aliasGuard(registryRow(db, collection.registryId).protectedAliases).has(alias) ? `“${alias}” is protected in ${collection.registry}: only who may move it decides.` : 'It may come here now: take theirs.';
}

const whats: Readonly<Record<string, DeadLetter['what']>> = { alias: 'alias', link: 'version', collection: 'collection', name: 'collection', description: 'description', text: 'description', tag: 'tag', mark: 'tag', state: 'state', ttl: 'time to live', metadata: 'metadata', artifact: 'version', registry: 'registry', run: 'run' };

export function listDeadLetters(scope: QueryScope, input: CheckedInputOf<'sync.deadLetters'>): OutputOf<'sync.deadLetters'> {
  const remotes = new Map(seenRemotes(scope).map((remote) => [remote.id, remote]));
  const rows = scope.db.all<{ seq: number; remoteId: number; touch: string; payload: string; error: string | null; attempts: number; at: number }>(sql`
    SELECT max(seq) AS seq, remote_id AS remoteId, touch, payload, last_error AS error, max(attempts) AS attempts, created_at AS at FROM outbox WHERE state = 'dead' GROUP BY remote_id, touch ORDER BY seq LIMIT 1000`);
  return {
    items: rows.flatMap((row): readonly DeadLetter[] => {
      const remote = remotes.get(row.remoteId);
      if (remote === undefined || (input.remoteId !== undefined && remote.id !== input.remoteId)) return [];
      if (!maySeeTouch(scope, row.touch)) return [];
      const [kind = '', id = '', ...rest] = row.touch.split(' ');
      const { subject } = JSON.parse(row.payload) as { readonly subject: { readonly label: string } };
      const value = kind === 'alias' || kind === 'tag' || kind === 'mark' ? rest.join(' ')
        : kind === 'description' ? (scope.db.value<string>(sql`SELECT description FROM collections WHERE id = ${Number(id)}`) ?? null)
        : kind === 'text' ? (scope.db.value<string>(sql`SELECT description FROM versions WHERE id = ${Number(id)}`) ?? null) : null;
      return [{ id: branded(row.seq), remoteId: branded(row.remoteId), remote: remote.name, what: whats[kind] ?? 'version', label: labelNow(scope.db, kind, Number(id)) ?? subject.label, value, editable: kind === 'alias' || kind === 'description' || kind === 'text', error: row.error ?? '', attempts: row.attempts, at: timestamp(row.at) }];
    }),
  };
}

/** What a change is about, as it is called now: since it was noted, it may have been renamed. Null where the name that was noted is the one to show. */
function labelNow(db: ReadableDb, kind: string, id: number): string | null {
  switch (kind) {
    case 'alias':
    case 'tag':
    case 'description':
    case 'collection':
      return db.value(sql`SELECT 1 FROM collections WHERE id = ${id}`) === undefined ? null : collectionSubject(collectionRow(db, id)).label;
    case 'link':
    case 'state': {
      if (db.value(sql`SELECT 1 FROM links WHERE id = ${id}`) === undefined) return null;
      const link = linkRow(db, id);
      return linkSubject(collectionRow(db, link.collectionId), link).label;
    }
    default:
      return null;
  }
}

/** Whether what a change is about stands in a registry that the asker may see; what is nowhere any more is nobody's secret. */
function maySeeTouch({ db, asker }: QueryScope, touch: string): boolean {
  const [kind, id] = touch.split(' ');
  if (kind === 'registry') return visibleRegistries(db, asker).has(Number(id));
  const collectionId = collectionIdOf(db, touch);
  return collectionId === null || visibleRegistries(db, asker).has(collectionRow(db, collectionId).registryId);
}

// For the engine ------------------------------------------------------------------------------------------------------

export type KnownModel = { readonly name: string; readonly hash: string; readonly createdAt: number; readonly updatedAt: number; readonly versions: readonly string[]; /** When each of its versions changed there last, as far as is known. */ readonly updatedAts: Readonly<Record<string, number>> };

/** What is known of models by name: enough to see which of them have to be looked at. */
export function knownModels(scope: QueryScope, input: { readonly remoteId: number; readonly names: readonly string[] }): readonly KnownModel[] {
  const rows = scope.db.all<Omit<KnownModel, 'versions' | 'updatedAts'> & { readonly versions: string }>(sql`
    SELECT m.name, m.hash, m.created_at AS createdAt, m.updated_at AS updatedAt,
      (SELECT json_group_object(v.version, json_extract(v.seen, '$.updatedAt')) FROM remote_versions v WHERE v.remote_id = m.remote_id AND v.model = m.name AND v.gone_at IS NULL) AS versions
    FROM remote_models m WHERE m.remote_id = ${input.remoteId} AND m.name IN ${listOf(input.names)} AND m.gone_at IS NULL`);
  return rows.map((row) => {
    const updatedAts = JSON.parse(row.versions) as Record<string, number>;
    return { ...row, versions: Object.keys(updatedAts), updatedAts };
  });
}

/** Models whose versions were not read for longest. */
export function staleModels(scope: QueryScope, input: { readonly remoteId: number; readonly limit: number }): readonly string[] {
  return scope.db.column<string>(sql`SELECT name FROM remote_models WHERE remote_id = ${input.remoteId} AND gone_at IS NULL AND skipped IS NULL ORDER BY versions_at, name LIMIT ${input.limit}`);
}

export function absentModels(scope: QueryScope, input: { readonly remoteId: number; readonly present: readonly string[] }): readonly string[] {
  return scope.db.column<string>(sql`SELECT name FROM remote_models WHERE remote_id = ${input.remoteId} AND gone_at IS NULL AND name NOT IN ${listOf(input.present)} ORDER BY name`);
}

export function unknownRuns(scope: QueryScope, input: { readonly remoteId: number; readonly runs: readonly string[] }): readonly string[] {
  const known = new Set(scope.db.column<string>(sql`SELECT run FROM remote_runs WHERE remote_id = ${input.remoteId} AND ended = 1 AND run IN ${listOf(input.runs)}`));
  return input.runs.filter((run) => !known.has(run));
}

/** `md5` in hexadecimal digits; of a reference, whatever checksum it carries. */
export type PushFile = { readonly path: string; readonly size: number; readonly sha256: string | null; readonly md5: string | null; readonly reference: string | null };

type Common = { readonly touch: string; /** The last of the changes that it stands for. */ readonly through: number; readonly mutationId: string; readonly attempts: number; readonly collectionId: number; readonly collection: string; /** What it is called there once it is, and the collection that is called so there already. */ readonly target: string; readonly taken: string | null; readonly registry: string; /** Its name there; null where it is not there yet. */ readonly model: string | null };
/** The run that logged a version. `runId` is its id here, `run` its id on the wire, `token` its name at the remote where it is known there; `inputs` are the remote's ids of what it used and what is there. */
export type PushRun = {
  readonly name: string; readonly config: unknown; readonly summary: unknown; readonly startedAt: number; readonly endedAt: number | null;
  readonly runId: number; readonly run: string; readonly token: string | null; readonly state: string; readonly jobType: string | null; readonly tags: readonly string[]; readonly notes: string; readonly inputs: readonly string[];
};

export type PushItem =
  | (Common & { readonly kind: 'collection'; readonly description: string; readonly tags: readonly string[] })
  | (Common & {
      readonly kind: 'version'; readonly linkId: number; readonly index: number; readonly versionId: number; readonly label: string; readonly description: string; readonly metadata: unknown; readonly tags: readonly string[]; readonly size: number; readonly digest: string;
      readonly run: PushRun | null; readonly known: string | null;
      readonly type: string; /** Name of its artifact here. */ readonly artifactName: string; /** What the collection says of itself, for one that is made with its first version. */ readonly card: { readonly description: string; readonly tags: readonly string[] };
      /** The remote's own id of it, where it is there already, only not in this collection. */ readonly artifact: string | null;
      /** Whether its bytes are only at a remote. */ readonly unfetched: boolean; /** Null where it says nothing of it, or it doesn't go over; 0: for good. */ readonly ttlDays: number | null;
    })
  /** The collection was deleted here; `withdrawn`: since the push that made it there was taken back. `versions`: those that are known to stand in it there, and go with it. */
  | (Common & { readonly kind: 'drop'; readonly withdrawn: boolean; readonly createdAt: number; readonly versions: readonly string[] })
  /** The link was taken away here and stands there; `withdrawn`: since the push that made it there was taken back; `deletes`: where the version there is the thing itself, it is to go. `createdAt`: when that version was made there. */
  | (Common & { readonly kind: 'unlink'; readonly withdrawn: boolean; readonly deletes: boolean; readonly createdAt: number; readonly version: string; readonly artifact: string | null; readonly label: string })
  | (Common & { readonly kind: 'alias'; readonly alias: string; readonly mine: string | null; /** Whether the version that it stands on waits to be sent itself. */ readonly behind: boolean; readonly seen: Base<string | null>; /** The remote's own time of the model when that was seen. */ readonly modelUpdatedAt: number; readonly sides: { readonly base: SyncConflict['base']; readonly mine: SyncConflict['mine'] } })
  | (Common & { readonly kind: 'description'; readonly mine: string; readonly seen: string })
  | (Common & { readonly kind: 'tag'; readonly tag: string; readonly mine: boolean })
  | (Common & { readonly kind: 'text'; readonly version: string; readonly mine: string; readonly seen: string })
  | (Common & { readonly kind: 'mark'; readonly version: string; readonly tag: string; readonly mine: boolean })
  /** The stage that stands for the link's state; `version` null: it is not there yet, and waits to be sent itself. */
  | (Common & { readonly kind: 'state'; readonly version: string | null; readonly seen: string; readonly mine: string })
  | (Common & { readonly kind: 'name'; readonly createdAt: number })
  /** What people wrote into its metadata; `seenHash`: of what stood there when it was read last, absent where it never was. */
  | (Common & { readonly kind: 'metadata'; readonly version: string; readonly mine: JsonObject; readonly seenHash: string | undefined })
  /** The version itself was deleted here, and is to go from its project there; `artifact` is the remote's own id of it. */
  | (Common & { readonly kind: 'erase'; readonly artifact: string; readonly label: string })
  /** `days` as it is kept: null says nothing, 0 is for good. */
  | (Common & { readonly kind: 'ttl'; readonly version: string; readonly days: number | null })
  /** Was made here, in an organization of which everything follows. */
  | { readonly kind: 'registry'; readonly touch: string; readonly through: number; readonly mutationId: string; readonly attempts: number; readonly registryId: number; readonly name: string; readonly description: string; readonly restricted: boolean; readonly types: readonly string[] | null }
  /** It logged more since it went there with a version. */
  | { readonly kind: 'run'; readonly touch: string; readonly through: number; readonly mutationId: string; readonly attempts: number; readonly label: string; readonly run: PushRun & { readonly token: string } }
  | { readonly kind: 'moot'; readonly touch: string; readonly through: number; readonly why: string };

/** The command of the catalog by which a push is taken back. */
const takingBack = 'internal.undoPush';

/** What a push would have to do: all that waits, and while nothing is pushed yet also all that stood here before. */
export function planWork(scope: QueryScope, input: { readonly remoteId: number }): readonly PushItem[] {
  const { db } = scope;
  const remote = remoteRow(db, input.remoteId);
  demand(scope.asker, 'registry.see', registryObject(db, registryRow(db, remote.registryId)));
  const rows = db.all<Open>(sql`SELECT touch, min(seq) AS first, max(seq) AS through, max(attempts) AS attempts FROM outbox WHERE remote_id = ${remote.id} AND state IN ('waiting', 'conflict') GROUP BY touch ORDER BY through`);
  const waiting = new Map(rows.map((row) => [row.touch, row]));
  const seeds = remote.pushes ? [] : seedTouches(db, remote).filter(({ touch }) => !waiting.has(touch)).map(({ touch }): Open => ({ touch, first: 0, through: 0, attempts: 0 }));
  return [...seeds, ...rows].map((row) => itemOf(scope, remote, row));
}

/** What waits for a remote, as it stands now, by its last change: an alias that moved again comes after the version that it moved to. */
export function pushWork(scope: QueryScope, input: { readonly remoteId: number; readonly limit: number; readonly after: number }): readonly PushItem[] {
  const remote = remoteRow(scope.db, input.remoteId);
  const rows = scope.db.all<Open>(sql`
    SELECT touch, min(seq) AS first, max(seq) AS through, max(attempts) AS attempts FROM outbox WHERE remote_id = ${remote.id} AND state = 'waiting' GROUP BY touch HAVING through > ${input.after} ORDER BY through LIMIT ${input.limit}`);
  const items = rows.map((row) => itemOf(scope, remote, row));
  // A version that goes at MLflow would leave its aliases behind: they go first; then versions, then what they stood in.
  const goes = (item: PushItem): boolean => item.kind === 'unlink' || item.kind === 'drop';
  return remote.kind === 'mlflow' ? [...items.filter((item) => !goes(item)), ...items.filter(goes)] : items;
}

type Open = { readonly touch: string; readonly first: number; readonly through: number; readonly attempts: number };

function itemOf(scope: QueryScope, remote: RemoteRow, row: Open): PushItem {
  const { db } = scope;
  const [kind = '', id = '', ...rest] = row.touch.split(' ');
  const word = rest.join(' ');
  const moot = (why: string): PushItem => ({ kind: 'moot', touch: row.touch, through: row.through, why });
  const mutationId = db.value<string>(sql`SELECT mutation_id FROM outbox WHERE seq = ${row.first}`) ?? row.touch;
  const { fields } = remote.settings;
  const withdrawn = db.value<string>(sql`SELECT operation FROM outbox WHERE seq = ${row.through}`) === takingBack;
  // What is taken back goes there also out of a collection that goes with it.
  const place = (collectionId: number): (Common & { readonly seen: SeenModel | null; readonly description: string }) | null => {
    const found = db.get<{ name: string; registry: string; registryId: number; description: string; type: string }>(sql`
      SELECT c.name, r.name AS registry, c.registry_id AS registryId, c.description, c.type FROM collections c JOIN registries r ON r.id = c.registry_id WHERE c.id = ${collectionId} AND (c.deleted_at IS NULL OR ${withdrawn ? 1 : 0})`);
    const at = remote.places.find((one) => one.registryId === found?.registryId);
    if (found === undefined || at === undefined || !takesType(remote, found.type)) return null;
    const model = db.get<{ name: string; seen: string }>(sql`SELECT name, seen FROM remote_models WHERE remote_id = ${remote.id} AND collection_id = ${collectionId} AND gone_at IS NULL`);
    return {
      touch: row.touch, through: row.through, mutationId, attempts: row.attempts, collectionId, collection: found.name, target: modelNameOf(at, found.name), taken: model === undefined ? takenBy(db, remote, collectionId, modelNameOf(at, found.name)) : null, registry: found.registry, model: model?.name ?? null,
      seen: model === undefined ? null : (JSON.parse(model.seen) as SeenModel), description: found.description,
    };
  };
  /** Where a version stands there. */
  const there = (versionId: number) =>
    db.get<{ model: string; version: string; seen: string; collectionId: number }>(sql`
      SELECT v.model, v.version, v.seen, l.collection_id AS collectionId FROM remote_versions v JOIN links l ON l.id = v.link_id WHERE v.remote_id = ${remote.id} AND v.version_id = ${versionId} AND v.gone_at IS NULL`);
  switch (kind) {
    case 'collection': {
      if (withdrawn || fields.deletions) {
        const made = db.get<{ name: string; registry: string; model: string; createdAt: number }>(sql`
          SELECT c.name, r.name AS registry, m.name AS model, m.created_at AS createdAt FROM collections c JOIN registries r ON r.id = c.registry_id JOIN remote_models m ON m.collection_id = c.id AND m.remote_id = ${remote.id} AND m.gone_at IS NULL
          WHERE c.id = ${Number(id)} AND c.deleted_at IS NOT NULL`);
        const versions = made === undefined || withdrawn ? [] : db.column<string>(sql`SELECT version FROM remote_versions WHERE remote_id = ${remote.id} AND model = ${made.model} AND gone_at IS NULL`);
        if (made !== undefined) return { kind: 'drop', withdrawn, versions, touch: row.touch, through: row.through, mutationId, attempts: row.attempts, collectionId: Number(id), collection: made.name, target: made.model, taken: null, registry: made.registry, model: made.model, createdAt: made.createdAt };
      }
      const at = place(Number(id));
      if (at === null) return moot(db.value(sql`SELECT 1 FROM collections WHERE id = ${Number(id)} AND deleted_at IS NULL`) === undefined ? 'What is deleted here stays at this remote.' : 'The collection is of a type that the remote has no place for.');
      const { seen: _, ...common } = at;
      return { ...common, kind: 'collection', tags: tagsOf(db, { kind: 'collection', id: at.collectionId }) };
    }
    case 'link': {
      const link = db.get<{ collectionId: number; versionId: number; index: number; removed: number | null }>(sql`SELECT collection_id AS collectionId, version_id AS versionId, idx AS "index", removed_at AS removed FROM links WHERE id = ${Number(id)}`);
      const at = link === undefined ? null : place(link.collectionId);
      if (link === undefined || at === null) return moot('The link was removed meanwhile.');
      if (link.removed !== null) {
        const stood = db.get<{ version: string; artifact: string | null; createdAt: number }>(sql`SELECT version, artifact, coalesce(json_extract(seen, '$.createdAt'), 0) AS createdAt FROM remote_versions WHERE remote_id = ${remote.id} AND link_id = ${Number(id)} AND gone_at IS NULL`);
        if (stood === undefined) return moot('The link was removed meanwhile.');
        if (!(remote.kind === 'mlflow' ? fields.deletions : fields.removals) && !withdrawn) return moot('What is unlinked here stays at this remote.');
        const { seen: _, description: __, ...common } = at;
        return { ...common, kind: 'unlink', withdrawn, deletes: fields.deletions, ...stood, label: `v${link.index}` };
      }
      const version = db.get<{ artifactName: string; type: string; label: string; description: string; metadata: string; size: number; digest: Uint8Array; runId: number | null; ttlDays: number | null }>(sql`
        SELECT a.name AS artifactName, a.type, a.name || ':v' || v.idx AS label, v.description, v.metadata, v.size, v.digest, v.run_id AS runId, v.ttl_days AS ttlDays FROM versions v JOIN artifacts a ON a.id = v.artifact_id WHERE v.id = ${link.versionId}`);
      if (version === undefined) return moot('The version is gone.');
      const run = version.runId === null ? null : pushRunOf(db, remote, version.runId);
      const artifact = db.value<string>(sql`
        SELECT v.artifact FROM remote_versions v JOIN remotes m ON m.id = v.remote_id WHERE v.version_id = ${link.versionId} AND v.artifact IS NOT NULL AND m.kind = ${remote.kind} AND json_extract(m.settings, '$.url') = ${remote.settings.url} LIMIT 1`) ?? null;
      const known = db.value<string>(sql`SELECT version FROM remote_versions WHERE remote_id = ${remote.id} AND link_id = ${Number(id)} AND gone_at IS NULL`) ?? null;
      const { seen: _, ...common } = at;
      return {
        ...common, kind: 'version', linkId: Number(id), index: link.index, versionId: link.versionId, label: version.label, description: version.description, metadata: JSON.parse(version.metadata), tags: tagsOf(db, { kind: 'version', id: link.versionId }),
        size: version.size, digest: Buffer.from(version.digest).toString('hex'), run, known,
        type: version.type, artifactName: version.artifactName, artifact, card: { description: at.description, tags: tagsOf(db, { kind: 'collection', id: link.collectionId }) },
        ttlDays: fields.lifetimes ? version.ttlDays : null,
        unfetched: db.value(sql`SELECT 1 FROM remote_versions WHERE version_id = ${link.versionId} AND fetched_at IS NULL`) !== undefined,
      };
    }
    case 'alias': {
      const at = place(Number(id));
      if (at === null) return moot('The collection is gone.');
      if (!fields.aliases) return moot('Aliases don’t go to this remote.');
      const linkId = db.value<number>(sql`SELECT target_id FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${at.collectionId} AND alias = ${word}`);
      const mine = linkId === undefined ? null : tokenOf(scope, remote.id, linkId);
      const seen: Base<string | null> = at.seen === null ? { known: true, value: null } : { known: true, value: at.seen.aliases[word] ?? null };
      const { seen: _, description: __, ...common } = at;
      const behind = mine?.startsWith('here ') === true && db.value(sql`SELECT 1 FROM outbox WHERE remote_id = ${remote.id} AND touch = ${`link ${String(linkId)}`} AND state = 'waiting'`) !== undefined;
      const modelUpdatedAt = db.value<number>(sql`SELECT updated_at FROM remote_models WHERE remote_id = ${remote.id} AND name = ${at.model ?? ''}`) ?? 0;
      return { ...common, kind: 'alias', alias: word, mine, behind, seen, modelUpdatedAt, sides: { base: conflictSide(scope, remote, at.model, seen.known ? seen.value : null), mine: conflictSide(scope, remote, at.model, mine) } };
    }
    case 'name': {
      const at = place(Number(id));
      if (at === null) return moot('The collection is gone.');
      if (!fields.names) return moot('Names don’t go to this remote.');
      if (at.model === null || at.model === at.target) return moot('It is called so there.');
      const createdAt = db.value<number>(sql`SELECT created_at FROM remote_models WHERE remote_id = ${remote.id} AND name = ${at.model}`) ?? 0;
      const { seen: _, description: __, ...common } = at;
      return { ...common, kind: 'name', createdAt };
    }
    case 'description': {
      const at = place(Number(id));
      if (at === null) return moot('The collection is gone.');
      if (!fields.descriptions) return moot('Descriptions don’t go to this remote.');
      const { seen, description, ...common } = at;
      return { ...common, kind: 'description', mine: description, seen: seen?.description ?? '' };
    }
    case 'tag': {
      const at = place(Number(id));
      if (at === null) return moot('The collection is gone.');
      if (!fields.tags) return moot('Tags don’t go to this remote.');
      const { seen: _, description: __, ...common } = at;
      return { ...common, kind: 'tag', tag: word, mine: tagsOf(db, { kind: 'collection', id: at.collectionId }).includes(word) };
    }
    case 'text':
    case 'mark': {
      const stands = there(Number(id));
      const at = stands === undefined ? null : place(stands.collectionId);
      if (stands === undefined || at === null) return moot('The version is not at the remote.');
      const { seen: _, description: __, ...common } = at;
      if (kind === 'mark') return fields.tags ? { ...common, kind: 'mark', version: stands.version, tag: word, mine: tagsOf(db, { kind: 'version', id: Number(id) }).includes(word) } : moot('Tags don’t go to this remote.');
      if (!fields.descriptions) return moot('Descriptions don’t go to this remote.');
      return { ...common, kind: 'text', version: stands.version, seen: (JSON.parse(stands.seen) as SeenVersion).description, mine: db.value<string>(sql`SELECT description FROM versions WHERE id = ${Number(id)}`) ?? '' };
    }
    case 'ttl': {
      const stands = there(Number(id));
      const at = stands === undefined ? null : place(stands.collectionId);
      if (stands === undefined || at === null) return moot('The version is not at the remote.');
      if (!fields.lifetimes || remote.kind !== 'wandb') return moot('Times to live don’t go to this remote.');
      const { seen: _, description: __, ...common } = at;
      return { ...common, kind: 'ttl', version: stands.version, days: db.value<number | null>(sql`SELECT ttl_days FROM versions WHERE id = ${Number(id)}`) ?? null };
    }
    case 'metadata': {
      const stands = there(Number(id));
      const at = stands === undefined ? null : place(stands.collectionId);
      if (stands === undefined || at === null) return moot('The version is not at the remote.');
      if (!fields.descriptions || remote.kind !== 'wandb') return moot('Metadata doesn’t go to this remote.');
      const { seen: _, description: __, ...common } = at;
      const { [remote.kind]: ___, ...mine } = jsonObject(db.value<string>(sql`SELECT metadata FROM versions WHERE id = ${Number(id)}`) ?? '{}');
      return { ...common, kind: 'metadata', version: stands.version, mine, seenHash: (JSON.parse(stands.seen) as SeenVersion).metadataHash };
    }
    case 'artifact': {
      if (!fields.artifacts || remote.kind !== 'wandb') return moot('A version that is deleted here stays in its project there.');
      if (db.value(sql`SELECT 1 FROM versions WHERE id = ${Number(id)} AND state = 'committed'`) !== undefined) return moot('It was restored meanwhile.');
      const stood = db.get<{ artifact: string; model: string; collectionId: number; collection: string; registry: string; label: string }>(sql`
        SELECT v.artifact, v.model, c.id AS collectionId, c.name AS collection, r.name AS registry, a.name || ':v' || x.idx AS label
        FROM remote_versions v JOIN versions x ON x.id = v.version_id JOIN artifacts a ON a.id = x.artifact_id JOIN links l ON l.id = v.link_id JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id
        WHERE v.remote_id = ${remote.id} AND v.version_id = ${Number(id)} AND v.artifact IS NOT NULL ORDER BY v.gone_at IS NULL DESC LIMIT 1`);
      return stood === undefined ? moot('It is not there any more.') : { ...stood, kind: 'erase', touch: row.touch, through: row.through, mutationId, attempts: row.attempts, target: stood.model, taken: null };
    }
    case 'registry': {
      const made = db.get<{ name: string; description: string; visibility: string; types: string | null }>(sql`SELECT name, description, visibility, accepted_types AS types FROM registries WHERE id = ${Number(id)} AND deleted_at IS NULL`);
      if (made === undefined) return moot('The registry is gone.');
      if (remote.places.some((one) => one.registryId === Number(id))) return moot('It follows already.');
      if (remote.kind !== 'wandb' || remote.settings.follow.kind !== 'organization' || !fields.registries) return moot('Registries made here don’t go to this remote.');
      return { kind: 'registry', touch: row.touch, through: row.through, mutationId, attempts: row.attempts, registryId: Number(id), name: made.name, description: made.description, restricted: made.visibility === 'restricted', types: made.types === null ? null : (JSON.parse(made.types) as string[]) };
    }
    case 'run': {
      const run = pushRunOf(db, remote, Number(id));
      if (run === null) return moot('The run was deleted meanwhile.');
      if (run.token === null) return moot('The run is not at the remote.');
      if (run.state === 'running') return moot('It goes on: what it logs goes there with its end.');
      return { kind: 'run', touch: row.touch, through: row.through, mutationId, attempts: row.attempts, label: run.name, run: { ...run, token: run.token } };
    }
    case 'state': {
      const link = db.get<{ collectionId: number; state: string; removed: number | null }>(sql`SELECT collection_id AS collectionId, state, removed_at AS removed FROM links WHERE id = ${Number(id)}`);
      const at = link === undefined || link.removed !== null ? null : place(link.collectionId);
      if (link === undefined || at === null) return moot('The link was removed meanwhile.');
      const { lifecycle } = registryRow(db, collectionRow(db, link.collectionId).registryId);
      if (!fields.states || lifecycle === null || remote.kind !== 'mlflow') return moot('Lifecycle states don’t go to this remote.');
      const stands = db.get<{ version: string; seen: string }>(sql`SELECT version, seen FROM remote_versions WHERE remote_id = ${remote.id} AND link_id = ${Number(id)} AND gone_at IS NULL`);
      if (stands === undefined && db.value(sql`SELECT 1 FROM outbox WHERE remote_id = ${remote.id} AND touch = ${`link ${id}`} AND state = 'waiting'`) === undefined) return moot('The version is not at the remote.');
      const { seen: _, description: __, ...common } = at;
      return { ...common, kind: 'state', version: stands?.version ?? null, seen: stands === undefined ? 'None' : (JSON.parse(stands.seen) as SeenVersion).stage, mine: stageOfState(lifecycle, link.state) };
    }
    default:
      return moot('The remote has no place for it.');
  }
}

/** Of two collections of one name in two registries only one can be there, where the remote has no registries. */
const takenBy = (db: ReadableDb, remote: RemoteRow, collectionId: number, name: string): string | null =>
  db.value<string>(sql`
    SELECT r.name || '/' || c.name FROM remote_models m JOIN collections c ON c.id = m.collection_id JOIN registries r ON r.id = c.registry_id
    WHERE m.remote_id = ${remote.id} AND m.name = ${name} AND m.gone_at IS NULL AND c.id <> ${collectionId} AND c.deleted_at IS NULL`) ?? null;

function pushRunOf(db: ReadableDb, remote: RemoteRow, runId: number): PushRun | null {
  const run = db.get<{ name: string; config: string; summary: string; startedAt: number; endedAt: number | null; run: string; state: string; jobType: string | null; tags: string; notes: string }>(sql`
    SELECT display_name AS name, config, summary, created_at AS startedAt, finished_at AS endedAt, run_id AS run, state, job_type AS jobType, tags, notes FROM runs WHERE id = ${runId} AND deleted_at IS NULL`);
  if (run === undefined) return null;
  return {
    ...run, runId, config: JSON.parse(run.config), summary: JSON.parse(run.summary), tags: JSON.parse(run.tags) as string[],
    token: db.value<string>(sql`SELECT run FROM remote_runs WHERE remote_id = ${remote.id} AND run_id = ${runId}`) ?? null,
    inputs: db.column<string>(sql`
      SELECT DISTINCT v.artifact FROM run_inputs i JOIN remote_versions v ON v.version_id = i.version_id JOIN remotes m ON m.id = v.remote_id
      WHERE i.run_id = ${runId} AND v.artifact IS NOT NULL AND m.kind = ${remote.kind} AND json_extract(m.settings, '$.url') = ${remote.settings.url}`),
  };
}


function conflictSide(scope: QueryScope, remote: RemoteRow, model: string | null, token: string | null): SyncConflict['mine'] {
  return aliasSide(scope, remote, model ?? '', token) as SyncConflict['mine'];
}

/** A side of a conflict in words, for a push that meets one. */
export function sideOf(scope: QueryScope, input: { readonly remoteId: number; readonly model: string; readonly token: string | null }): SyncConflict['mine'] {
  return conflictSide(scope, remoteRow(scope.db, input.remoteId), input.model, input.token);
}

/** What one round sent, or chosen items of it, as far as it is known here. */
export function sentWork(scope: QueryScope, input: { readonly remoteId: number } & ({ readonly roundId: number } | { readonly ids: readonly number[] })): readonly SentHere[] {
  const { db } = scope;
  const remote = remoteRow(db, input.remoteId);
  demand(scope.asker, 'registry.see', registryObject(db, registryRow(db, remote.registryId)));
  return sentRows(db, remote.id, input).map((row) => sentHere(db, remote, row));
}

export function pushFiles(scope: QueryScope, input: { readonly versionId: number }): readonly PushFile[] {
  return scope.db.all<{ path: string; size: number; sha256: Uint8Array | null; md5: Uint8Array | string | null; reference: string | null }>(sql`
    SELECT e.path, e.size, e.sha256, e.md5, e.reference FROM versions v JOIN manifest_entries e ON e.manifest_id = v.manifest_id WHERE v.id = ${input.versionId} ORDER BY e.path`)
    .map((row) => ({ ...row, sha256: row.sha256 === null ? null : Buffer.from(row.sha256).toString('hex'), md5: row.md5 === null || typeof row.md5 === 'string' ? row.md5 : Buffer.from(row.md5).toString('hex') }));
}

export type Unfetched = { readonly remoteId: number; readonly versionId: number; readonly model: string; readonly version: string; readonly source: string; readonly runId: string | null };

/** Versions whose bytes are only at a remote: those named, or those that the remote's policy wants here. */
export function unfetched(scope: QueryScope, input: { readonly versionIds?: readonly number[]; readonly remoteId?: number }): readonly Unfetched[] {
  const { db } = scope;
  const rows = db.all<Omit<Unfetched, 'source' | 'runId'> & { readonly seen: string; readonly linkId: number; readonly place: number }>(sql`
    SELECT remoteId, versionId, model, version, seen, linkId, place FROM (
      SELECT v.remote_id AS remoteId, v.version_id AS versionId, v.model, v.version, v.seen, v.link_id AS linkId, v.fetched_at AS fetchedAt,
        row_number() OVER (PARTITION BY v.remote_id, v.model ORDER BY CAST(v.version AS INTEGER) DESC) AS place
      FROM remote_versions v JOIN remotes m ON m.id = v.remote_id JOIN versions x ON x.id = v.version_id
      WHERE v.gone_at IS NULL AND m.removed_at IS NULL AND x.state = 'committed' AND (${input.remoteId ?? null} IS NULL OR v.remote_id = ${input.remoteId ?? null}))
    WHERE fetchedAt IS NULL AND (${input.versionIds === undefined ? null : 1} IS NULL OR versionId IN ${listOf(input.versionIds ?? [])})`);
  const policy = input.remoteId === undefined ? null : remoteRow(db, input.remoteId).settings.bytes;
  const aliased = (linkId: number, chosen: readonly string[]): boolean => {
    const aliases = db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND target_id = ${linkId} AND alias <> ${latestAlias}`);
    return chosen.length === 0 ? aliases.length > 0 : aliases.some((alias) => chosen.includes(alias));
  };
  const pinned = (linkId: number, chosen: readonly number[]): boolean => chosen.includes(db.value<number>(sql`SELECT collection_id FROM links WHERE id = ${linkId}`) ?? 0);
  return rows.flatMap(({ seen, linkId, place, ...row }) => {
    const wanted = policy === null || policy.kind === 'all' || (policy.kind === 'newest' && place <= policy.count) || (policy.kind === 'aliased' && aliased(linkId, policy.aliases ?? [])) || (policy.kind === 'pinned' && pinned(linkId, policy.collections));
    const { source, runId } = JSON.parse(seen) as SeenVersion;
    return wanted ? [{ ...row, source, runId }] : [];
  });
}
