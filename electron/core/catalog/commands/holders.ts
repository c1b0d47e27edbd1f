/**
 * What the rules of aliases and links need to know of an artifact or a collection, and how what they answer is written. Only the part
 * that an act can touch is read, so that a collection of a hundred thousand links costs what one of ten does.
 */
import type { AliasMove, AliasState, CollectionState } from '#shared/domain/index.ts';
import { formatVersion, latestAlias } from '#shared/domain/index.ts';
import type { EventKind, ObjectKind } from '#shared/contract/entities.ts';
import type { ReadableDb } from '../connection.ts';
import { artifactNamesOf, type CollectionRow, type VersionRow } from '../records/rows.ts';
import { linkSubject, versionSubject } from '../records/subjects.ts';
import { demandApproval, gatesOf } from '../records/approvals.ts';
import { markAllForSearch } from '../search-index.ts';
import type { CommandScope } from '../scope.ts';
import { allOf, joinSql, listOf, sql, type Sql } from '../sql.ts';

/** A standing link, or a committed version, by its number. */
export type Target = { readonly id: number; readonly versionId: number; readonly index: number; /** Made by this very act: it is gone again where the act is refused. */ readonly fresh?: boolean };

export type Slice = {
  readonly targets: ReadonlyMap<number, Target>;
  readonly aliases: ReadonlyMap<string, number>;
};

export type SliceWish = {
  /** Versions that may be standing here. */
  readonly versionIds?: readonly number[];
  readonly targetIds?: readonly number[];
  readonly aliases?: readonly string[];
  /** How many will go: that many of the highest, and one more, must be known for `latest` to follow. */
  readonly going?: number;
};

/** Part of a collection: links that stand, with the aliases that may move. */
export function collectionSlice(db: ReadableDb, collectionId: number, wish: SliceWish): Slice {
  return slice(db, 'collection', collectionId, wish, {
    from: sql`FROM links t WHERE t.collection_id = ${collectionId} AND t.removed_at IS NULL`,
    versionId: sql`t.version_id`,
  });
}

/** Part of an artifact: versions that are committed. */
export function artifactSlice(db: ReadableDb, artifactId: number, wish: SliceWish): Slice {
  return slice(db, 'artifact', artifactId, wish, {
    from: sql`FROM versions t WHERE t.artifact_id = ${artifactId} AND t.state = 'committed'`,
    versionId: sql`t.id`,
  });
}

type Source = { readonly from: Sql; readonly versionId: Sql };

function slice(db: ReadableDb, kind: 'artifact' | 'collection', holderId: number, wish: SliceWish, source: Source): Slice {
  const names = [...new Set([latestAlias, ...(wish.aliases ?? [])])];
  const conditions = [sql`x.alias IN ${listOf(names)}`];
  if (wish.targetIds !== undefined) conditions.push(sql`x.target_id IN ${listOf(wish.targetIds)}`);
  const standing = db.all<{ alias: string; targetId: number }>(sql`
    SELECT x.alias, x.target_id AS targetId FROM aliases x WHERE x.holder_kind = ${kind} AND x.holder_id = ${holderId} AND (${joinSql(conditions, sql` OR `)})`);
  const targets = new Map<number, Target>();
  const take = (condition: Sql, tail: Sql = sql``) => {
    for (const row of db.all<Target>(sql`SELECT t.id, ${source.versionId} AS versionId, t.idx AS "index" ${source.from} AND ${allOf([condition])} ${tail}`)) targets.set(row.index, row);
  };
  const ids = [...new Set([...standing.map((row) => row.targetId), ...(wish.targetIds ?? [])])];
  if (ids.length > 0) take(sql`t.id IN ${listOf(ids)}`);
  if (wish.versionIds !== undefined && wish.versionIds.length > 0) take(sql`${source.versionId} IN ${listOf(wish.versionIds)}`);
  if (wish.going !== undefined) take(sql`1`, sql`ORDER BY t.idx DESC LIMIT ${wish.going + 1}`);
  const indexById = new Map([...targets.values()].map((target) => [target.id, target.index]));
  const aliases = new Map<string, number>();
  for (const { alias, targetId } of standing) {
    const index = indexById.get(targetId);
    if (index !== undefined) aliases.set(alias, index);
  }
  return { targets, aliases };
}

export function aliasState(part: Slice): AliasState {
  return { versions: new Set(part.targets.keys()), aliases: part.aliases };
}

export function collectionState(part: Slice, next: number): CollectionState {
  return { numbering: { next }, links: new Map([...part.targets.values()].map((target) => [String(target.versionId), target.index])), aliases: part.aliases };
}

/** The holder of aliases whose moves are written. */
export type Holder =
  | { readonly kind: 'collection'; readonly collection: CollectionRow }
  | { readonly kind: 'artifact'; readonly artifact: Pick<VersionRow, 'artifactId' | 'entity' | 'project' | 'artifact' | 'projectId'> };

export function holderIdOf(holder: Holder): number {
  return holder.kind === 'collection' ? holder.collection.id : holder.artifact.artifactId;
}

/**
 * Writes moves, tells of them, and says how they are undone. What a person moved is an event of its own; where `latest` went by itself
 * belongs to the event that made it go.
 */
export function writeMoves(scope: CommandScope, holder: Holder, moves: readonly AliasMove[], targets: ReadonlyMap<number, Target>, causeEvent: number | null): void {
  const { db } = scope;
  const holderId = holderIdOf(holder);
  const marked = new Set<number>();
  const gates = holder.kind === 'collection' && moves.some((move) => move.to !== null && move.alias !== latestAlias) ? gatesOf(db, holder.collection.registryId) : [];
  for (const move of moves) {
    const from = move.from === null ? undefined : targets.get(move.from);
    const to = move.to === null ? undefined : targets.get(move.to);
    // Here and nowhere else: every way in ends in this loop.
    if (to !== undefined && holder.kind === 'collection') demandApproval(db, gates, holder.collection, to, move.alias);
    if (to === undefined) db.run(sql`DELETE FROM aliases WHERE holder_kind = ${holder.kind} AND holder_id = ${holderId} AND alias = ${move.alias}`);
    else {
      db.run(sql`
        INSERT INTO aliases (holder_kind, holder_id, alias, target_id) VALUES (${holder.kind}, ${holderId}, ${move.alias}, ${to.id})
        ON CONFLICT (holder_kind, holder_id, alias) DO UPDATE SET target_id = excluded.target_id`);
    }
    const subject = to ?? from;
    if (move.alias === latestAlias) {
      if (holder.kind === 'collection') db.run(sql`UPDATE collections SET latest_link_id = ${to?.id ?? null} WHERE id = ${holderId}`);
      else db.run(sql`UPDATE artifacts SET latest_version_id = ${to?.id ?? null} WHERE id = ${holderId}`);
    }
    const event = move.alias === latestAlias && causeEvent !== null ? causeEvent : subject === undefined ? null : recordMove(scope, holder, move, from, to, subject);
    if (event !== null) {
      db.run(sql`
        INSERT INTO alias_moves (holder_kind, holder_id, event_id, alias, from_index, to_index) VALUES (${holder.kind}, ${holderId}, ${event}, ${move.alias}, ${move.from}, ${move.to})
        ON CONFLICT DO UPDATE SET to_index = excluded.to_index`);
    }
    for (const target of [from, to]) {
      if (target === undefined) continue;
      marked.add(target.versionId);
      scope.changed(holder.kind === 'collection' ? 'link' : 'version', target.id);
    }
  }
  if (moves.length > 0) {
    markAllForSearch(db, [...marked]);
    scope.changed('alias', holderId);
    scope.changed(holder.kind, holderId);
  }
}

function recordMove(scope: CommandScope, holder: Holder, move: AliasMove, from: Target | undefined, to: Target | undefined, subject: Target): number {
  const kind: EventKind = move.to === null ? 'alias.removed' : move.from === null ? 'alias.added' : 'alias.moved';
  const about: { kind: ObjectKind; id: number }[] = [];
  for (const target of [from, to]) {
    if (target === undefined) continue;
    if (holder.kind === 'collection') about.push({ kind: 'link', id: target.id });
    about.push({ kind: 'version', id: target.versionId });
  }
  if (holder.kind === 'collection') about.push({ kind: 'collection', id: holder.collection.id }, { kind: 'registry', id: holder.collection.registryId });
  else about.push({ kind: 'artifact', id: holder.artifact.artifactId }, { kind: 'project', id: holder.artifact.projectId });
  return scope.record({
    kind,
    subject: holder.kind === 'collection' ? linkSubject(holder.collection, subject) : versionSubject(artifactNamesOf({ ...holder.artifact, id: 0, type: '', index: 0, state: 'committed', trashId: null }), subject),
    before: { alias: move.alias, index: move.from },
    after: { alias: move.alias, index: move.to },
    about,
  });
}

/** The wishes that take moves back, as an undo keeps them. `latest` follows by itself. */
export function inverseWishes(moves: readonly AliasMove[]): readonly { readonly alias: string; readonly to: number | null; readonly expected: number | null }[] {
  return moves.filter((move) => move.alias !== latestAlias).map((move) => ({ alias: move.alias, to: move.from, expected: move.to }));
}

/** `production moved to v3`: for the undo button. */
export function describeMoves(moves: readonly AliasMove[]): string {
  const own = moves.filter((move) => move.alias !== latestAlias);
  const [move] = own;
  if (move === undefined) return 'Change aliases';
  if (own.length > 1) return `Change ${own.length} aliases`;
  if (move.to === null) return `Remove alias “${move.alias}”`;
  return move.from === null ? `Put “${move.alias}” on ${formatVersion(move.to)}` : `Move “${move.alias}” to ${formatVersion(move.to)}`;
}
