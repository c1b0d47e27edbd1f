/** Remotes as they are kept and as the contract shows them. */
import { createHash } from 'node:crypto';
import type { BytesPolicy, Remote, RemoteFields, RemoteFollow, RemoteKind } from '#shared/contract/index.ts';
import { sortedJson } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { branded, timestamp } from './shared.ts';

/** What is kept of a remote as JSON. Where the secret lies is known, the secret is not. */
export type RemoteSettings = {
  readonly url: string;
  readonly workspace: string | null;
  readonly credential: Remote['credential'];
  readonly project: string;
  /** Absent in what was written before there was W&B. */
  readonly destination?: string | null;
  readonly follow: RemoteFollow;
  readonly fields: RemoteFields;
  readonly bytes: BytesPolicy;
  /** Bytes a second; absent in what was kept before there was one. */
  readonly rate?: number | null;
};

/** One registry that follows: here, and by its name there, where that is not what every model's name begins from. */
export type RemotePlace = { readonly registryId: number; readonly registry: string; readonly there: string | null };

export type RemoteRow = {
  /** All registries that follow, the first one first. */
  readonly places: readonly RemotePlace[];
  readonly id: number; readonly kind: RemoteKind; readonly name: string; readonly registryId: number; readonly registry: string; readonly settings: RemoteSettings; readonly pushes: boolean; readonly paused: boolean;
  readonly createdAt: number;
};

type Columns = { readonly id: number; readonly kind: RemoteKind; readonly name: string; readonly registryId: number; readonly registry: string; readonly settings: string; readonly pushes: number; readonly paused: number; readonly createdAt: number };

const columns = sql`m.id, m.kind, m.name, m.registry_id AS registryId, r.name AS registry, m.settings, m.pushes, m.paused, m.created_at AS createdAt FROM remotes m JOIN registries r ON r.id = m.registry_id`;

/** Settings that came later are as they were before there were any. */
function settingsOf(text: string): RemoteSettings {
  const settings = JSON.parse(text) as RemoteSettings;
  return { ...settings, fields: { ...settings.fields, names: settings.fields.names ?? true, removals: settings.fields.removals ?? true, states: settings.fields.states ?? false, deletions: settings.fields.deletions ?? false, artifacts: settings.fields.artifacts ?? false, lifetimes: settings.fields.lifetimes ?? false, registries: settings.fields.registries ?? true } };
}

function rowOf(db: ReadableDb, { settings: text, pushes, paused, ...rest }: Columns): RemoteRow {
  const settings = settingsOf(text);
  return { ...rest, settings, pushes: pushes === 1, paused: paused === 1, places: [{ registryId: rest.registryId, registry: rest.registry, there: null }, ...otherPlaces(db, rest, settings)] };
}

function otherPlaces(db: ReadableDb, { id, kind, registryId }: Pick<Columns, 'id' | 'kind' | 'registryId'>, { follow }: RemoteSettings): readonly RemotePlace[] {
  // A server without registries of its own is followed by all of them.
  if (kind === 'mlflow' && follow.kind === 'organization') return db.all<RemotePlace>(sql`SELECT id AS registryId, name AS registry, NULL AS there FROM registries WHERE deleted_at IS NULL AND id <> ${registryId} ORDER BY name`);
  if (follow.kind === 'registry') return [];
  return db.all<RemotePlace>(sql`SELECT p.registry_id AS registryId, r.name AS registry, p.there FROM remote_registries p JOIN registries r ON r.id = p.registry_id WHERE p.remote_id = ${id} AND p.registry_id <> ${registryId} AND r.deleted_at IS NULL ORDER BY r.name`);
}

/** How a collection is called there: with its registry's name before it, unless that is the first one. */
export const modelNameOf = (place: RemotePlace, collection: string): string => (place.there === null ? collection : `${place.there}/${collection}`);

/** Which registry a model there belongs to, and its name without that; undefined where its registry does not follow. */
export function placeOfModel(remote: RemoteRow, model: string): { readonly place: RemotePlace; readonly name: string } | undefined {
  const [first] = remote.places;
  const slash = remote.kind === 'wandb' ? model.indexOf('/') : -1;
  if (slash === -1) return first === undefined ? undefined : { place: first, name: model };
  const place = remote.places.find((one) => one.there === model.slice(0, slash));
  return place === undefined ? undefined : { place, name: model.slice(slash + 1) };
}

export const followsCollection = ({ settings: { follow } }: RemoteRow, collectionId: number): boolean => follow.kind !== 'collections' || (follow.ids as readonly number[]).includes(collectionId);

export function remoteRow(db: ReadableDb, id: number): RemoteRow {
  const row = db.get<Columns>(sql`SELECT ${columns} WHERE m.id = ${id} AND m.removed_at IS NULL`);
  if (row === undefined) throw notFound('remote', String(id));
  return rowOf(db, row);
}

export function remoteRows(db: ReadableDb): readonly RemoteRow[] {
  return db.all<Columns>(sql`SELECT ${columns} WHERE m.removed_at IS NULL ORDER BY m.name, m.id`).map((row) => rowOf(db, row));
}

export function remoteOf({ settings, registryId, registry, createdAt, id, places, ...rest }: RemoteRow): Remote {
  const { project, destination = null, bytes, rate, ...shown } = settings;
  // What was kept before aliases could be chosen means any of them.
  const policy: BytesPolicy = bytes.kind === 'aliased' ? { kind: 'aliased', aliases: (bytes as Partial<typeof bytes>).aliases ?? [] } : bytes;
  return { id: branded(id), ...rest, ...shown, fields: settings.fields, project, destination, bytes: policy, rate: rate ?? null, registry: { id: branded(registryId), name: registry }, registries: places.map((place) => ({ id: branded(place.registryId), name: place.registry, there: place.there })), createdAt: timestamp(createdAt) };
}

/** The part of what the remote said last that is compared field by field. */
export type SeenModel = { readonly description: string; readonly tags: Readonly<Record<string, string>>; readonly aliases: Readonly<Record<string, string>> };
export type SeenVersion = {
  readonly description: string; readonly tags: Readonly<Record<string, string>>; readonly stage: string; readonly source: string; readonly runId: string | null; readonly createdAt: number; readonly updatedAt: number; readonly user: string | null;
  /** The remote's own id of what stands there, where it has one: what stands in several collections is one version. */
  readonly artifact?: string;
  /** Its time to live there as it was last seen or told, in days: null says nothing, 0 is for good; absent where it was never compared. */
  readonly ttlDays?: number | null;
  /** The stage there when it was last compared with the link's state here; absent where it never was. */
  readonly state?: string;
  /** Of the metadata there, as it was read: what changed here since stays. */
  readonly metadataHash?: string;
};

export const nothingSeen: SeenModel = { description: '', tags: {}, aliases: {} };

export const metadataHashOf = (metadata: unknown): string => createHash('sha256').update(sortedJson(metadata)).digest('base64url').slice(0, 22);
