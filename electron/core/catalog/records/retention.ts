/** Holds, times to live, and the bytes that something alone keeps: asked by commands and queries alike. */
import type { EffectiveTimeToLive, Hold, Lapse } from '#shared/contract/entities.ts';
import { effectiveTimeToLive, expiryOf, type LinkedStretch } from '#shared/domain/index.ts';
import type { ReadableDb } from '../connection.ts';
import { listOf, sql, type Sql } from '../sql.ts';
import { artifactNamesOf, artifactRow, versionRow } from './rows.ts';
import { branded, inOrder, timestamp } from './shared.ts';
import { artifactSubject, versionSubject } from './subjects.ts';
import { timeToLiveOf } from './timeToLive.ts';

// Holds ---------------------------------------------------------------------------------------------------------------

/** Whether a hold keeps a version: its own, or one on its artifact. Names the row `v`. */
export const heldVersion = sql`(EXISTS (SELECT 1 FROM holds h WHERE h.kind = 'version' AND h.object_id = v.id AND h.released_at IS NULL)
  OR EXISTS (SELECT 1 FROM holds h WHERE h.kind = 'artifact' AND h.object_id = v.artifact_id AND h.released_at IS NULL))`;

/** Ids of the holds that stand on versions or on their artifacts. */
export function holdsOn(db: ReadableDb, versionIds: readonly number[]): number[] {
  return db.column<number>(sql`
    SELECT h.id FROM holds h WHERE h.released_at IS NULL AND h.kind = 'version' AND h.object_id IN ${listOf(versionIds)}
    UNION SELECT h.id FROM holds h WHERE h.released_at IS NULL AND h.kind = 'artifact' AND h.object_id IN (SELECT v.artifact_id FROM versions v WHERE v.id IN ${listOf(versionIds)}) ORDER BY 1`);
}

export function holdReasons(db: ReadableDb, versionId: number): string[] {
  const ids = holdsOn(db, [versionId]);
  return ids.length === 0 ? [] : db.column<string>(sql`SELECT reason FROM holds WHERE id IN ${listOf(ids)} ORDER BY id`);
}

type HoldRow = {
  readonly id: number; readonly kind: 'version' | 'artifact'; readonly objectId: number; readonly reason: string; readonly placedBy: number; readonly placedAt: number; readonly releasedBy: number | null;
  readonly releasedAt: number | null; readonly releaseReason: string | null;
};

export function holdsOf(db: ReadableDb, ids: readonly number[]): Hold[] {
  const rows = db.all<HoldRow>(sql`
    SELECT id, kind, object_id AS objectId, reason, placed_by AS placedBy, placed_at AS placedAt, released_by AS releasedBy, released_at AS releasedAt, release_reason AS releaseReason
    FROM holds WHERE id IN ${listOf(ids)}`);
  const people = new Map(db.all<{ id: number; username: string; displayName: string; kind: 'person' | 'service' }>(sql`
    SELECT id, username, display_name AS displayName, kind FROM users WHERE id IN ${listOf([...new Set(rows.flatMap((row) => [row.placedBy, row.releasedBy ?? row.placedBy]))])}`).map((row) => [row.id, { ...row, id: branded<Hold['placedBy']['id']>(row.id) }]));
  const person = (id: number): Hold['placedBy'] => people.get(id) ?? { id: branded(id), username: String(id), displayName: String(id), kind: 'person' };
  return inOrder(ids, new Map(rows.map((row) => {
    const { registryId: _, ...object } = heldSubject(db, row.kind, row.objectId);
    return [row.id, {
      id: branded(row.id), object, reason: row.reason, placedBy: person(row.placedBy), placedAt: timestamp(row.placedAt),
      released: row.releasedAt === null || row.releasedBy === null ? null : { by: person(row.releasedBy), at: timestamp(row.releasedAt), reason: row.releaseReason ?? '' },
    } satisfies Hold];
  })));
}

export function heldSubject(db: ReadableDb, kind: 'version' | 'artifact', id: number) {
  if (kind === 'artifact') return artifactSubject(artifactRow(db, id));
  const version = versionRow(db, id);
  return versionSubject(artifactNamesOf(version), version);
}

// Times to live ---------------------------------------------------------------------------------------------------------

/** When a version was linked somewhere: what stands now and what stood once. */
export function linkedStretches(db: ReadableDb, versionId: number): readonly LinkedStretch[] {
  return db.all<LinkedStretch>(sql`
    SELECT linked_at AS "from", removed_at AS until FROM links WHERE version_id = ${versionId} AND removed_at IS NULL
    UNION ALL SELECT linked_at, removed_at FROM links WHERE version_id = ${versionId} AND removed_at IS NOT NULL`);
}

export function lapseOf(db: ReadableDb, version: { readonly id: number; readonly createdAt: number }, days: number | null, now: number): Lapse {
  if (days === null) return { kind: 'never' };
  const expiry = expiryOf(version.createdAt, days, linkedStretches(db, version.id), now);
  switch (expiry.kind) {
    case 'never':
      return { kind: 'never' };
    case 'paused':
      return { kind: 'paused', leftMilliseconds: expiry.left };
    case 'at':
      return { kind: 'at', at: timestamp(expiry.time) };
  }
}

export type TimeToLiveKind = 'version' | 'artifact' | 'project';

export function timeToLive(db: ReadableDb, kind: TimeToLiveKind, id: number, now: number): EffectiveTimeToLive {
  switch (kind) {
    case 'project': {
      const own = timeToLiveOf(db.value<number | null>(sql`SELECT ttl_days FROM projects WHERE id = ${id}`) ?? null);
      return { own, effective: effectiveTimeToLive({ version: { kind: 'inherit' }, artifact: { kind: 'inherit' }, project: own }), lapse: null, held: false };
    }
    case 'artifact': {
      const row = db.get<{ own: number | null; project: number | null; held: number }>(sql`
        SELECT a.ttl_days AS own, p.ttl_days AS project, EXISTS (SELECT 1 FROM holds h WHERE h.kind = 'artifact' AND h.object_id = a.id AND h.released_at IS NULL) AS held
        FROM artifacts a JOIN projects p ON p.id = a.project_id WHERE a.id = ${id}`);
      const own = timeToLiveOf(row?.own ?? null);
      return { own, effective: effectiveTimeToLive({ version: { kind: 'inherit' }, artifact: own, project: timeToLiveOf(row?.project ?? null) }), lapse: null, held: row?.held === 1 };
    }
    case 'version': {
      const row = db.get<{ own: number | null; artifact: number | null; project: number | null; createdAt: number; held: number }>(sql`
        SELECT v.ttl_days AS own, a.ttl_days AS artifact, p.ttl_days AS project, v.created_at AS createdAt, ${heldVersion} AS held
        FROM versions v JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id WHERE v.id = ${id}`);
      const own = timeToLiveOf(row?.own ?? null);
      const effective = effectiveTimeToLive({ version: own, artifact: timeToLiveOf(row?.artifact ?? null), project: timeToLiveOf(row?.project ?? null) });
      return { own, effective, lapse: lapseOf(db, { id, createdAt: row?.createdAt ?? 0 }, effective?.days ?? null, now), held: row?.held === 1 };
    }
  }
}

const day = 86_400_000;

export type Lapsing = { readonly id: number; readonly days: number; readonly from: TimeToLiveKind; readonly at: number; readonly size: number };

/** Versions that nothing links and nothing holds, whose time ends before `until` (UTC milliseconds), soonest first. Names a condition over the project, `v.project_id`. */
export function lapsingVersions(db: ReadableDb, until: number, where: readonly Sql[] = []): Lapsing[] {
  const [visible = sql`1`] = where;
  const free = sql`v.state = 'committed' AND v.link_count = 0 AND NOT ${heldVersion} AND ${visible}`;
  // The earliest that each can end: links of the past put it off, which is looked at one by one below.
  const rows = db.all<{ id: number; createdAt: number; days: number; from: TimeToLiveKind; size: number; linked: number }>(sql`
    SELECT v.id, v.created_at AS createdAt, v.ttl_days AS days, 'version' AS "from", v.size, EXISTS (SELECT 1 FROM links l WHERE l.version_id = v.id AND l.removed_at IS NOT NULL) AS linked
    FROM versions v WHERE v.ttl_days > 0 AND v.created_at + v.ttl_days * 86400000 <= ${until} AND ${free}
    UNION ALL SELECT v.id, v.created_at, a.ttl_days, 'artifact', v.size, EXISTS (SELECT 1 FROM links l WHERE l.version_id = v.id AND l.removed_at IS NOT NULL)
    FROM artifacts a CROSS JOIN versions v ON v.artifact_id = a.id WHERE a.ttl_days > 0 AND a.deleted_at IS NULL AND v.ttl_days IS NULL AND v.created_at + a.ttl_days * 86400000 <= ${until} AND ${free}
    UNION ALL SELECT v.id, v.created_at, p.ttl_days, 'project', v.size, EXISTS (SELECT 1 FROM links l WHERE l.version_id = v.id AND l.removed_at IS NOT NULL)
    FROM projects p CROSS JOIN artifacts a ON a.project_id = p.id CROSS JOIN versions v ON v.artifact_id = a.id
    WHERE p.ttl_days > 0 AND p.deleted_at IS NULL AND a.deleted_at IS NULL AND a.ttl_days IS NULL AND v.ttl_days IS NULL AND v.created_at + p.ttl_days * 86400000 <= ${until} AND ${free}`);
  return rows.flatMap((row) => {
    const { id, days, from, size } = row;
    if (row.linked === 0) return [{ id, days, from, size, at: row.createdAt + days * day }];
    const expiry = expiryOf(row.createdAt, days, linkedStretches(db, id), until);
    return expiry.kind === 'at' && expiry.time <= until ? [{ id, days, from, size, at: expiry.time }] : [];
  }).sort((left, right) => left.at - right.at || left.id - right.id);
}

// Bytes -----------------------------------------------------------------------------------------------------------------

/** Whether a version still holds its bytes: it stands, can be restored, or is held. Names the row `v`. */
export function holding(now: number): Sql {
  return sql`(v.state <> 'deleted' OR EXISTS (SELECT 1 FROM trash t WHERE t.id = v.trash_id AND t.restored_at IS NULL AND t.purged_at IS NULL AND t.expires_at > ${now}) OR ${heldVersion})`;
}

/** Whether something that is no version needs the content `c.sha256`: a file of another run, one in the trash included, or an upload under way. */
const neededElsewhere = (runs: Sql): Sql => sql`(EXISTS (SELECT 1 FROM run_files f WHERE f.sha256 = c.sha256 AND f.run_id NOT IN ${runs}) OR EXISTS (SELECT 1 FROM uploads u WHERE u.sha256 = c.sha256) OR EXISTS (SELECT 1 FROM upload_parts u WHERE u.sha256 = c.sha256))`;

/**
 * Bytes that nothing would need any more without these versions, and without the files of these runs: each content counted once, content that any
 * other version, a file of another run or an upload shares not counted. Manifests as clients wrote them count too; their sizes are only known to the
 * store, so they are left out.
 */
export function bytesHeldAlone(db: ReadableDb, versionIds: readonly number[], now: number, runIds: readonly number[] = []): number {
  if (versionIds.length === 0 && runIds.length === 0) return 0;
  const list = listOf(versionIds);
  const runs = listOf(runIds);
  return db.value<number>(sql`
    WITH going AS MATERIALIZED (
      SELECT DISTINCT g.manifest_id AS id FROM versions g WHERE g.id IN ${list}
        AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.manifest_id = g.manifest_id AND v.id NOT IN ${list} AND ${holding(now)})
    ), contents AS MATERIALIZED (
      SELECT sha256, max(size) AS size FROM (
        SELECT e.sha256, e.size FROM going JOIN manifest_entries e ON e.manifest_id = going.id WHERE e.sha256 IS NOT NULL
        UNION ALL SELECT f.sha256, f.size FROM run_files f WHERE f.run_id IN ${runs}
      ) GROUP BY sha256
    )
    SELECT coalesce(sum(c.size), 0) FROM contents c WHERE NOT ${neededElsewhere(runs)} AND NOT EXISTS (
      SELECT 1 FROM manifest_entries o JOIN versions v ON v.manifest_id = o.manifest_id WHERE o.sha256 = c.sha256 AND o.manifest_id NOT IN (SELECT id FROM going) AND ${holding(now)})`) ?? 0;
}
