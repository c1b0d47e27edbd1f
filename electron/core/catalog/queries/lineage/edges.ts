/**
 * The edges of the catalog, read a frontier at a time. What the asker may not see is not there: no walk goes through it and no count
 * counts it.
 */
import { visibleProjects, visibleRegistries } from '../../access.ts';
import type { ReadableDb } from '../../connection.ts';
import type { QueryScope } from '../../scope.ts';
import { listOf, nothing, sql, type Sql } from '../../sql.ts';
import { codeOf, idsByKind, type Code, type Kind } from './codes.ts';

export type Direction = 'upstream' | 'downstream';

/** Edges from members of a frontier (`owner`) to their neighbours in one direction, owner by owner in the frontier's order. */
export type Steps = { readonly owner: readonly Code[]; readonly other: readonly Code[]; /** Whether these are all. */ readonly complete: boolean };

type Pair = { readonly owner: number; readonly other: number };

/** How far neighbours are counted for a badge. */
const countedNeighbours = 10_000;
/** Edges by hand that are looked at in one step: people draw few. */
const readByHand = 100_000;

export class EdgeReader {
  readonly #db: ReadableDb;
  /** JSON of the projects and registries that may be seen; null when that is all projects. */
  readonly #visible: { readonly projects: string; readonly registries: string } | null;
  readonly #anyManual: boolean;

  constructor(scope: QueryScope) {
    this.#db = scope.db;
    const visible = visibleProjects(scope.db, scope.asker);
    this.#visible = visible === null ? null : { projects: JSON.stringify([...visible]), registries: JSON.stringify([...visibleRegistries(scope.db, scope.asker).keys()]) };
    this.#anyManual = scope.db.value(sql`SELECT 1 FROM manual_edges LIMIT 1`) !== undefined;
  }

  /** Whether there is anything that the asker may not see. */
  get restricted(): boolean {
    return this.#visible !== null;
  }

  get anyManual(): boolean {
    return this.#anyManual;
  }

  /** Those of the nodes that are there and may be seen, in their order. */
  seen(codes: readonly Code[]): Code[] {
    const { versions, runs } = idsByKind(codes);
    const there = new Set<Code>();
    if (versions.length > 0) for (const id of this.#db.column<number>(sql`SELECT v.id FROM json_each(${JSON.stringify(versions)}) j CROSS JOIN versions v ON v.id = j.value WHERE 1 ${this.#seenEnd(sql`v.id`, 'version')}`)) there.add(codeOf('version', id));
    if (runs.length > 0) for (const id of this.#db.column<number>(sql`SELECT r.id FROM json_each(${JSON.stringify(runs)}) j CROSS JOIN runs r ON r.id = j.value WHERE 1 ${this.#seenEnd(sql`r.id`, 'run')}`)) there.add(codeOf('run', id));
    return codes.filter((code) => there.has(code));
  }

  /** Neighbours of all of `frontier`, at most `limit` of each relation; newest first for each, where these are all. */
  read(frontier: readonly Code[], direction: Direction, limit: number): Steps {
    const { versions, runs } = idsByKind(frontier);
    const upstream = direction === 'upstream';
    const owner: Code[] = [];
    const other: Code[] = [];
    let complete = true;
    const take = (pairs: readonly Pair[], ownerBit: 0 | 1, otherBit: 0 | 1): void => {
      if (pairs.length > limit) complete = false;
      const count = Math.min(pairs.length, limit);
      for (let at = 0; at < count; at++) {
        const pair = pairs[at]!;
        owner.push(pair.owner * 2 + ownerBit);
        other.push(pair.other * 2 + otherBit);
      }
    };
    if (versions.length > 0) take(this.#pairs(versions, upstream ? sql`run_outputs` : sql`run_inputs`, sql`version_id`, sql`run_id`, 'run', limit + 1), 0, 1);
    if (runs.length > 0) take(this.#pairs(runs, upstream ? sql`run_inputs` : sql`run_outputs`, sql`run_id`, sql`version_id`, 'version', limit + 1), 1, 0);
    if (this.#anyManual) {
      for (const [kind, ids] of [['version', versions], ['run', runs]] as const) {
        if (ids.length === 0) continue;
        for (const otherKind of ['version', 'run'] as const) {
          const list = JSON.stringify(ids);
          const seen = this.#seenEnd(upstream ? sql`e.from_id` : sql`e.to_id`, otherKind);
          take(
            upstream
              ? this.#db.all<Pair>(sql`SELECT j.value AS owner, e.from_id AS other FROM json_each(${list}) j CROSS JOIN manual_edges e ON e.to_kind = ${kind} AND e.to_id = j.value AND e.from_kind = ${otherKind} ${seen} LIMIT ${limit + 1}`)
              : this.#db.all<Pair>(sql`SELECT j.value AS owner, e.to_id AS other FROM json_each(${list}) j CROSS JOIN manual_edges e ON e.from_kind = ${kind} AND e.from_id = j.value AND e.to_kind = ${otherKind} ${seen} LIMIT ${limit + 1}`),
            kind === 'run' ? 1 : 0, otherKind === 'run' ? 1 : 0,
          );
        }
      }
    }
    return { owner, other, complete };
  }

  /**
   * Up to `share` neighbours of each member of a frontier that is too wide to read whole: a fan of 50,000 uses beside a node with one parent
   * must not take the parent's place.
   */
  readShares(frontier: readonly Code[], direction: Direction, share: number): Steps {
    const owner: Code[] = [];
    const other: Code[] = [];
    let complete = true;
    for (const code of frontier) {
      const steps = this.read([code], direction, share);
      // Edges by hand come on top of the share of the others; a share is a share of all.
      const count = Math.min(share, steps.other.length);
      for (let at = 0; at < count; at++) {
        owner.push(code);
        other.push(steps.other[at]!);
      }
      if (!steps.complete || count < steps.other.length) complete = false;
    }
    return { owner, other, complete };
  }

  #pairs(ids: readonly number[], table: Sql, ownColumn: Sql, otherColumn: Sql, otherKind: Kind, limit: number): Pair[] {
    const seen = this.#seenEnd(sql`e.${otherColumn}`, otherKind);
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      return this.#db.all<Pair>(sql`SELECT e.${ownColumn} AS owner, e.${otherColumn} AS other FROM ${table} e WHERE e.${ownColumn} = ${only} ${seen} ORDER BY e.${otherColumn} DESC LIMIT ${limit}`);
    }
    // Not sorted by SQLite, which would read a whole fan for that: rows come owner by owner, oldest first, and are turned here.
    const pairs = this.#db.all<Pair>(sql`SELECT e.${ownColumn} AS owner, e.${otherColumn} AS other FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN ${table} e ON e.${ownColumn} = j.value WHERE 1 ${seen} LIMIT ${limit}`);
    return turnedByOwner(pairs);
  }

  /** The condition that a node may be seen: through its project, a version through a registry that links it as well. */
  #seenEnd(id: Sql, kind: Kind): Sql {
    if (this.#visible === null) return nothing;
    const { projects, registries } = this.#visible;
    return kind === 'run'
      ? sql`AND EXISTS (SELECT 1 FROM runs x WHERE x.id = ${id} AND x.project_id IN (SELECT value FROM json_each(${projects})))`
      : sql`AND (EXISTS (SELECT 1 FROM versions x WHERE x.id = ${id} AND x.project_id IN (SELECT value FROM json_each(${projects})))
          OR EXISTS (SELECT 1 FROM links l JOIN collections c ON c.id = l.collection_id WHERE l.version_id = ${id} AND l.removed_at IS NULL AND c.deleted_at IS NULL
            AND c.registry_id IN (SELECT value FROM json_each(${registries}))))`;
  }

  /** How many neighbours each of the nodes has on a side in the whole catalog, counted no further than matters to a badge. */
  degrees(codes: readonly Code[], direction: Direction, knownOfRuns?: ReadonlyMap<number, number>): ReadonlyMap<Code, number> {
    const { versions, runs } = idsByKind(codes);
    const upstream = direction === 'upstream';
    const found = new Map<Code, number>();
    const bound = sql`${countedNeighbours}`;
    for (const [kind, ids] of [['version', versions], ['run', runs]] as const) {
      if (ids.length === 0) continue;
      if (kind === 'run' && knownOfRuns !== undefined) {
        for (const id of ids) found.set(codeOf('run', id), Math.min(countedNeighbours, knownOfRuns.get(id) ?? 0));
        continue;
      }
      const [table, own, end, endKind] = kind === 'version'
        ? [upstream ? sql`run_outputs` : sql`run_inputs`, sql`version_id`, sql`e.run_id`, 'run' as const]
        : [upstream ? sql`run_inputs` : sql`run_outputs`, sql`run_id`, sql`e.version_id`, 'version' as const];
      const counted = sql`(SELECT count(*) FROM (SELECT 1 FROM ${table} e WHERE e.${own} = j.value ${this.#seenEnd(end, endKind)} LIMIT ${bound}))`;
      for (const row of this.#db.all<{ id: number; count: number }>(sql`SELECT j.value AS id, ${counted} AS count FROM ${listOf(ids)} j`)) found.set(codeOf(kind, row.id), row.count);
    }
    if (this.#anyManual) for (const code of this.#ownersByHand(codes, direction)) found.set(code, (found.get(code) ?? 0) + 1);
    return found;
  }

  /** One entry per edge by hand of one of the nodes: that node. */
  #ownersByHand(codes: readonly Code[], direction: Direction): Code[] {
    const { versions, runs } = idsByKind(codes);
    const ends: Code[] = [];
    for (const [kind, ids] of [['version', versions], ['run', runs]] as const) {
      if (ids.length === 0) continue;
      for (const otherKind of ['version', 'run'] as const) {
        const list = JSON.stringify(ids);
        const rows = direction === 'upstream'
          ? this.#db.column<number>(sql`SELECT j.value FROM json_each(${list}) j CROSS JOIN manual_edges e ON e.to_kind = ${kind} AND e.to_id = j.value AND e.from_kind = ${otherKind} ${this.#seenEnd(sql`e.from_id`, otherKind)} LIMIT ${readByHand}`)
          : this.#db.column<number>(sql`SELECT j.value FROM json_each(${list}) j CROSS JOIN manual_edges e ON e.from_kind = ${kind} AND e.from_id = j.value AND e.to_kind = ${otherKind} ${this.#seenEnd(sql`e.to_id`, otherKind)} LIMIT ${readByHand}`);
        for (const id of rows) ends.push(codeOf(kind, id));
      }
    }
    return ends;
  }
}

/** Each owner's rows in the opposite order, owners as they came. */
function turnedByOwner(pairs: readonly Pair[]): Pair[] {
  const turned: Pair[] = [];
  for (let end = 0; end < pairs.length;) {
    const begin = end;
    while (end < pairs.length && pairs[end]!.owner === pairs[begin]!.owner) end++;
    for (let at = end - 1; at >= begin; at--) turned.push(pairs[at]!);
  }
  return turned;
}
