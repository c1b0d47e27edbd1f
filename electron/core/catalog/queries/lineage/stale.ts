/** What was built from versions that others have taken the place of. */
import type { CheckedInputOf, LineageStaleInput, LineageStaleReason, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { assertNever, latestAlias } from '#shared/domain/index.ts';
import { visibleRegistries } from '../../access.ts';
import { timestamp } from '../../records/shared.ts';
import type { QueryScope } from '../../scope.ts';
import { listOf, sql } from '../../sql.ts';
import { seenCollection, seenProject } from '../visible.ts';
import { codeOf, idOf, idsByKind, isRun, keyOf, type Code } from './codes.ts';
import { EdgeReader } from './edges.ts';
import { describeNodes } from './nodes.ts';
import { seenNode } from './roots.ts';
import { closure } from './walk.ts';

/** Nodes that are looked at upstream of one version. */
const ancestryBound = { nodes: 10_000, edges: 50_000 } as const;

export function lineageStale(scope: QueryScope, input: CheckedInputOf<'lineage.stale'>): OutputOf<'lineage.stale'> {
  const edges = new EdgeReader(scope);
  const page = candidates(scope, edges, input);
  const judge = new Judge(scope, input.aliases);
  const items: OutputOf<'lineage.stale'>['items'] = [];
  const named = new Set<Code>();
  for (const code of page.codes) {
    const walked = closure(edges, [code], 'upstream', { depth: input.up, bound: ancestryBound });
    const ancestry = new Set(walked.codes);
    const inputs = walked.codes.filter((one) => one !== code && !isRun(one));
    judge.look(inputs);
    const found: LineageStaleInput[] = [];
    for (const one of inputs) {
      const reasons = judge.reasons(one, ancestry);
      if (reasons.length === 0) continue;
      const through = walked.through.get(one) ?? code;
      found.push({ key: keyOf(one), degree: walked.degree.get(one)!, through: keyOf(through), reasons: reasons.map((one) => one.reason) });
      named.add(one).add(through);
      for (const { nowId } of reasons) if (nowId !== null) named.add(codeOf('version', nowId));
    }
    if (found.length === 0) continue;
    named.add(code);
    items.push({ key: keyOf(code), inputs: found, complete: walked.complete });
  }
  return { items, nodes: describeNodes(scope, edges, edges.seen([...named])), checked: page.codes.length, nextCursor: page.nextCursor };
}

type Page = { readonly codes: readonly Code[]; readonly nextCursor: string | null };

function candidates(scope: QueryScope, edges: EdgeReader, input: CheckedInputOf<'lineage.stale'>): Page {
  const { of, limit } = input;
  const after = input.cursor === undefined ? 0 : Number(input.cursor);
  if (!Number.isSafeInteger(after) || after < 0) throw new VitrineError('bad_input', { details: { explanation: 'The cursor is not one that this list gave.' } });
  if (of === undefined) return linksInUse(scope, edges, input.aliases, null, after, limit);
  switch (of.kind) {
    case 'version':
    case 'run':
      return { codes: [seenNode(edges, of)], nextCursor: null };
    case 'collection':
      return linksInUse(scope, edges, input.aliases, seenCollection(scope, of.id).id, after, limit);
    case 'project': {
      seenProject(scope, of.id);
      const rows = scope.db.all<{ id: number; versionId: number }>(sql`
        SELECT id, latest_version_id AS versionId FROM artifacts WHERE project_id = ${of.id} AND deleted_at IS NULL AND latest_version_id IS NOT NULL AND id > ${after} ORDER BY id LIMIT ${limit + 1}`);
      return { codes: rows.slice(0, limit).map((row) => codeOf('version', row.versionId)), nextCursor: rows.length > limit ? String(rows[limit - 1]!.id) : null };
    }
    default:
      return assertNever(of, 'what is asked about');
  }
}

/** Versions on which a watched alias stands in a registry, by the id of their link. */
function linksInUse(scope: QueryScope, edges: EdgeReader, aliases: readonly string[], collectionId: number | null, after: number, limit: number): Page {
  const { db } = scope;
  const registries = visibleRegistries(db, scope.asker);
  const links = new Set<number>();
  for (const alias of aliases) {
    const ids = collectionId === null
      ? db.column<number>(sql`SELECT target_id FROM aliases WHERE alias = ${alias} AND holder_kind = 'collection' AND target_id > ${after} ORDER BY target_id LIMIT ${limit + 1}`)
      : db.column<number>(sql`SELECT target_id FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${collectionId} AND alias = ${alias} AND target_id > ${after}`);
    for (const id of ids) links.add(id);
  }
  const ordered = [...links].sort((left, right) => left - right);
  const here = ordered.slice(0, limit);
  const rows = db.all<{ id: number; versionId: number; registryId: number }>(sql`
    SELECT l.id, l.version_id AS versionId, c.registry_id AS registryId FROM json_each(${JSON.stringify(here)}) j CROSS JOIN links l ON l.id = j.value
    JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id WHERE c.deleted_at IS NULL AND r.deleted_at IS NULL`);
  const seen = edges.seen([...new Set(rows.filter((row) => registries.has(row.registryId)).map((row) => codeOf('version', row.versionId)))]);
  return { codes: seen, nextCursor: ordered.length > limit ? String(here.at(-1)) : null };
}

type Reason = { readonly reason: LineageStaleReason; readonly nowId: number | null };
type Looked = { readonly artifactId: number; readonly artifact: string; readonly idx: number; readonly deletedAt: number | null; readonly state: string; readonly latestId: number | null; readonly latestIdx: number | null };
type LinkRow = { readonly collectionId: number; readonly collection: string; readonly registryId: number; readonly idx: number };

/** Judges inputs one by one and remembers the verdicts: many versions come from the same few. */
class Judge {
  readonly #scope: QueryScope;
  readonly #aliases: readonly string[];
  readonly #registries: ReadonlyMap<number, unknown>;
  readonly #reasons = new Map<Code, readonly Reason[]>();

  constructor(scope: QueryScope, aliases: readonly string[]) {
    this.#scope = scope;
    this.#aliases = aliases;
    this.#registries = visibleRegistries(scope.db, scope.asker);
  }

  /** Judges those that were not judged yet. */
  look(codes: readonly Code[]): void {
    const fresh = codes.filter((code) => !this.#reasons.has(code));
    const { db } = this.#scope;
    const { versions } = idsByKind(fresh);
    const list = JSON.stringify(versions);
    const inUse = new Set<number>([
      ...db.column<number>(sql`SELECT x.target_id FROM json_each(${list}) j CROSS JOIN aliases x ON x.holder_kind = 'artifact' AND x.target_id = j.value WHERE x.alias IN ${listOf(this.#aliases)}`),
      ...db.all<{ id: number; registryId: number }>(sql`
        SELECT l.version_id AS id, c.registry_id AS registryId FROM json_each(${list}) j CROSS JOIN links l ON l.version_id = j.value AND l.removed_at IS NULL
        JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = l.id JOIN collections c ON c.id = l.collection_id
        WHERE c.deleted_at IS NULL AND x.alias IN ${listOf(this.#aliases)}`).filter((row) => this.#registries.has(row.registryId)).map((row) => row.id),
    ]);
    for (const code of fresh) this.#reasons.set(code, inUse.has(idOf(code)) ? [] : this.#judge(idOf(code)));
  }

  /** Why the input is out of date for something with that ancestry: what took its place must not have gone in as well. */
  reasons(code: Code, ancestry: ReadonlySet<Code>): readonly Reason[] {
    return (this.#reasons.get(code) ?? []).filter((reason) => reason.nowId === null || !ancestry.has(codeOf('version', reason.nowId)));
  }

  #judge(id: number): readonly Reason[] {
    const { db } = this.#scope;
    const row = db.get<Looked>(sql`
      SELECT v.artifact_id AS artifactId, t.name || '/' || p.name || '/' || a.name AS artifact, v.idx, v.state, v.deleted_at AS deletedAt, a.latest_version_id AS latestId,
        (SELECT n.idx FROM versions n WHERE n.id = a.latest_version_id) AS latestIdx
      FROM versions v JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id JOIN teams t ON t.id = p.team_id WHERE v.id = ${id}`);
    if (row === undefined) return [];
    const reasons: Reason[] = [];
    if (row.state === 'deleted') reasons.push({ reason: { why: 'deleted', alias: null, holder: null, in: null, now: null, since: row.deletedAt === null ? null : timestamp(row.deletedAt) }, nowId: null });
    for (const alias of this.#aliases) {
      if (alias === latestAlias) {
        if (row.latestId === null || row.latestId === id) continue;
        const since = db.value<number>(sql`SELECT created_at FROM versions WHERE artifact_id = ${row.artifactId} AND idx > ${row.idx} ORDER BY idx LIMIT 1`) ?? null;
        reasons.push({
          reason: { why: 'superseded', alias, holder: row.artifact, in: 'artifact', now: { key: keyOf(codeOf('version', row.latestId)), index: row.latestIdx ?? 0 }, since: since === null ? null : timestamp(since) },
          nowId: row.latestId,
        });
        continue;
      }
      const left = this.#left('artifact', row.artifactId, alias, row.idx);
      if (left !== null) reasons.push(this.#moved(alias, row.artifact, 'artifact', left, db.get<Target>(sql`SELECT v.id, v.idx FROM aliases x JOIN versions v ON v.id = x.target_id WHERE x.holder_kind = 'artifact' AND x.holder_id = ${row.artifactId} AND x.alias = ${alias}`)));
    }
    const links = db.all<LinkRow>(sql`
      SELECT l.collection_id AS collectionId, r.name || '/' || c.name AS collection, c.registry_id AS registryId, l.idx FROM links l JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id
      WHERE l.version_id = ${id} AND l.removed_at IS NULL AND c.deleted_at IS NULL`).filter((link) => this.#registries.has(link.registryId));
    for (const link of links) {
      for (const alias of this.#aliases) {
        const left = alias === latestAlias ? this.#nextLink(link) : this.#left('collection', link.collectionId, alias, link.idx);
        if (left === null) continue;
        const now = db.get<Target>(sql`
          SELECT l.version_id AS id, l.idx FROM aliases x JOIN links l ON l.id = x.target_id WHERE x.holder_kind = 'collection' AND x.holder_id = ${link.collectionId} AND x.alias = ${alias}`);
        reasons.push(this.#moved(alias, link.collection, 'collection', left, now));
      }
    }
    return reasons;
  }

  #moved(alias: string, holder: string, where: 'artifact' | 'collection', since: number, now: Target | undefined): Reason {
    return {
      reason: {
        why: alias === latestAlias ? 'superseded' : now === undefined ? 'alias_gone' : 'alias_moved', alias, holder, in: where,
        now: now === undefined ? null : { key: keyOf(codeOf('version', now.id)), index: now.idx }, since: timestamp(since),
      },
      nowId: now?.id ?? null,
    };
  }

  /** When an alias last left a number of a holder; null when it never stood there. */
  #left(kind: 'artifact' | 'collection', holderId: number, alias: string, index: number): number | null {
    return this.#scope.db.value<number>(sql`
      SELECT e.at FROM alias_moves m JOIN events e ON e.id = m.event_id
      WHERE m.holder_kind = ${kind} AND m.holder_id = ${holderId} AND m.alias = ${alias} AND m.from_index = ${index} ORDER BY m.event_id DESC LIMIT 1`) ?? null;
  }

  #nextLink(link: LinkRow): number | null {
    return this.#scope.db.value<number>(sql`SELECT linked_at FROM links WHERE collection_id = ${link.collectionId} AND idx > ${link.idx} AND removed_at IS NULL ORDER BY idx LIMIT 1`) ?? null;
  }
}

type Target = { readonly id: number; readonly idx: number };
