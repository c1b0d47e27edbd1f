/**
 * What a search asks of a version, as conditions. Each can test one version (`probe`, an SQL condition on the row `v`); many can also list
 * the versions that fulfil it (`list`: a SELECT of ids), and say about how many there are, so that a search begins with what is rarest.
 */
import { VitrineError } from '#shared/contract/errors.ts';
import { assertNever, countCodePoints, nameKey, timeRange, type Comparison, type QueryNode } from '#shared/domain/index.ts';
import type { QueryScope } from '../../scope.ts';
import { visibleRegistries } from '../../access.ts';
import { allOf, joinSql, listOf, sql, type Sql } from '../../sql.ts';
import { matchExpression } from './words.ts';

export type Condition = {
  /** On the row `v` of versions. */
  readonly probe: Sql;
  /** The same on an id alone, where that suffices: asked before the version's row is read, most of which lie far apart. */
  readonly probeId?: (id: Sql) => Sql;
  /** SELECT of version ids as `id`, none twice; null where only testing is possible. */
  readonly list: Sql | null;
  /**
   * How the list comes newest (highest id) first: by an index, when that order is asked for; by itself, row by row; or only by sorting all of
   * it. The first two cost no more than the head that is read.
   */
  readonly order: 'indexed' | 'streamed' | 'sorted';
  /** About how many versions fulfil it: exact up to `countedMatches`. Counted when first asked for, since not every plan needs to know. */
  readonly estimate: () => number;
};

export type SearchFacts = { readonly scope: QueryScope; /** Versions in all. */ readonly total: number; readonly now: number };

/** Matches are counted no further than this when a plan is made. */
export const countedMatches = 5000;

function counting(facts: SearchFacts, list: Sql): () => number {
  return once(() => {
    const found = facts.scope.db.value<number>(sql`SELECT count(*) FROM (SELECT 1 FROM (${list}) LIMIT ${countedMatches})`) ?? 0;
    // Past the bound nobody knows: guessed as a tenth of everything, which neither begins with it nor rules it out.
    return found < countedMatches ? found : Math.max(countedMatches, Math.floor(facts.total / 10));
  });
}

function once(work: () => number): () => number {
  let known: number | null = null;
  return () => (known ??= work());
}

function testOnly(probe: Sql, estimate: () => number): Condition {
  return { probe, list: null, order: 'sorted', estimate };
}

/** `rows`: the matches before what stands twice is dropped, where that is dearer than counting. */
function sorted(facts: SearchFacts, probe: Sql, ids: Sql, rows: Sql = ids): Condition {
  return { probe, list: ids, order: 'sorted', estimate: counting(facts, rows) };
}

const nothingFound: Condition = { probe: sql`0`, list: sql`SELECT 0 AS id WHERE 0`, order: 'sorted', estimate: () => 0 };

export function conditionOf(facts: SearchFacts, node: QueryNode): Condition {
  switch (node.kind) {
    case 'and':
      return everyOf(facts, node.children);
    case 'or':
      return anyOf(node.children.map((child) => conditionOf(facts, child)));
    case 'not': {
      const child = conditionOf(facts, node.child);
      return testOnly(sql`NOT (${child.probe})`, once(() => Math.max(0, facts.total - child.estimate())));
    }
    case 'word':
    case 'phrase':
      return everyOf(facts, [node]);
    case 'text':
      return textCondition(facts, node);
    case 'size':
      return sorted(facts, sql`v.size ${operatorOf(node.comparison)} ${node.bytes}`, sql`SELECT id FROM versions WHERE state = 'committed' AND size ${operatorOf(node.comparison)} ${node.bytes}`);
    case 'time': {
      const { from, until } = timeRange(node.comparison, node.time, facts.now);
      const bounds = (column: Sql): Sql => allOf([...(from === null ? [] : [sql`${column} >= ${from}`]), ...(until === null ? [] : [sql`${column} < ${until}`])]);
      return node.field === 'updated'
        ? sorted(facts, bounds(sql`v.updated_at`), sql`SELECT id FROM versions WHERE state = 'committed' AND ${bounds(sql`updated_at`)}`)
        : sorted(facts, bounds(sql`v.created_at`), sql`SELECT id FROM versions WHERE state = 'committed' AND ${bounds(sql`created_at`)}`);
    }
    case 'metadata':
      return metadataCondition(facts, node);
    case 'metric':
      return testOnly(sql`EXISTS (SELECT 1 FROM runs r WHERE r.id = v.run_id AND json_type(r.summary, ${jsonPath([node.key])}) IN ('integer', 'real') AND json_extract(r.summary, ${jsonPath([node.key])}) ${operatorOf(node.comparison)} ${node.value})`, () => facts.total);
    case 'is':
      return isCondition(facts, node.fact);
    case 'has':
      return hasCondition(facts, node.fact);
    case 'has metadata': {
      const keys = metadataKeys(facts, node.path);
      if (keys === null) return nothingFound;
      return testOnly(sql`json_type(v.metadata, ${jsonPath(node.path)}) IS NOT NULL`, () => facts.total);
    }
    case 'has metric':
      return testOnly(sql`EXISTS (SELECT 1 FROM runs r WHERE r.id = v.run_id AND json_type(r.summary, ${jsonPath([node.key])}) IS NOT NULL)`, () => facts.total);
    default:
      return assertNever(node, 'query');
  }
}

function operatorOf(comparison: Comparison): Sql {
  switch (comparison) {
    case '=':
      return sql`=`;
    case '<':
      return sql`<`;
    case '<=':
      return sql`<=`;
    case '>':
      return sql`>`;
    case '>=':
      return sql`>=`;
    default:
      return assertNever(comparison, 'comparison');
  }
}

/** A path for SQLite's JSON functions, each key quoted. */
export function jsonPath(keys: readonly string[]): string {
  return `$${keys.map((key) => `.${JSON.stringify(key)}`).join('')}`;
}

/** All of them. Words go to the index together, which intersects them itself, as far as no file path has them. */
function everyOf(facts: SearchFacts, nodes: readonly QueryNode[]): Condition {
  const conditions: Condition[] = [];
  const together: string[] = [];
  for (const node of nodes) {
    if (node.kind !== 'word' && node.kind !== 'phrase') {
      conditions.push(conditionOf(facts, node));
      continue;
    }
    const expression = matchExpression(node);
    if (expression === null) throw new VitrineError('query_invalid', { details: { explanation: `“${node.text}” has nothing in it that could be found.`, span: node.span } });
    const inPaths = pathCondition(facts, expression);
    if (inPaths === null) together.push(expression);
    else conditions.push(anyOf([wordCondition(facts, expression), inPaths]));
  }
  if (together.length > 0) conditions.push(wordCondition(facts, together.join(' AND ')));
  return allTogether(conditions);
}

function wordCondition(facts: SearchFacts, expression: string): Condition {
  const ids = sql`SELECT rowid AS id FROM versions_fts WHERE versions_fts MATCH ${expression}`;
  const probeId = (id: Sql): Sql => sql`EXISTS (SELECT 1 FROM versions_fts f WHERE f.rowid = ${id} AND versions_fts MATCH ${expression})`;
  return { probe: probeId(sql`v.id`), probeId, list: ids, order: 'indexed', estimate: counting(facts, ids) };
}

/** Versions with a file whose path has the words; null when no manifest has them. */
function pathCondition(facts: SearchFacts, expression: string): Condition | null {
  const manifests = facts.scope.db.column<number>(sql`SELECT rowid FROM paths_fts WHERE paths_fts MATCH ${expression} LIMIT ${countedMatches + 1}`);
  if (manifests.length === 0) return null;
  if (manifests.length > countedMatches) return testOnly(sql`EXISTS (SELECT 1 FROM paths_fts f WHERE f.rowid = v.manifest_id AND paths_fts MATCH ${expression})`, () => facts.total);
  const list = listOf(manifests);
  return sorted(facts, sql`v.manifest_id IN ${list}`, sql`SELECT id FROM versions WHERE manifest_id IN ${list} AND state = 'committed'`);
}

/** Begins with the rarest that can be listed; the others test what it lists. */
function allTogether(conditions: readonly Condition[]): Condition {
  const [first, ...others] = conditions;
  if (first === undefined) return testOnly(sql`1`, () => Number.MAX_SAFE_INTEGER);
  if (others.length === 0) return first;
  const probe = sql`(${joinSql(conditions.map((condition) => sql`(${condition.probe})`), sql` AND `)})`;
  const estimate = once(() => Math.min(...conditions.map((condition) => condition.estimate())));
  const lead = conditions.filter((condition) => condition.list !== null).reduce<Condition | null>((best, condition) => (best === null || costOf(condition) < costOf(best) ? condition : best), null);
  if (lead === null || lead.list === null) return testOnly(probe, estimate);
  const rest = conditions.filter((condition) => condition !== lead);
  const byId = rest.flatMap((condition) => condition.probeId?.(sql`d.id`) ?? []);
  const byRow = rest.filter((condition) => condition.probeId === undefined).map((condition) => sql`(${condition.probe})`);
  const list = byRow.length === 0
    ? sql`SELECT d.id FROM (${lead.list}) d WHERE ${joinSql(byId, sql` AND `)}`
    : sql`SELECT d.id FROM (${lead.list}) d CROSS JOIN versions v WHERE ${joinSql([...byId, sql`v.id = d.id`, ...byRow], sql` AND `)}`;
  return { probe, list, order: lead.order, estimate };
}

/** A list that must be sorted is read whole before its first row comes. */
function costOf(condition: Condition): number {
  return condition.order === 'sorted' ? condition.estimate() : condition.estimate() / 4;
}

function anyOf(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  if (only !== undefined && conditions.length === 1) return only;
  const probe = sql`(${joinSql(conditions.map((condition) => sql`(${condition.probe})`), sql` OR `)})`;
  const estimate = once(() => conditions.reduce((sum, condition) => sum + condition.estimate(), 0));
  const lists = conditions.flatMap((condition) => condition.list ?? []);
  if (lists.length < conditions.length) return testOnly(probe, estimate);
  // A part that is long and must be sorted makes the whole wait for it.
  if (conditions.some((condition) => condition.order === 'sorted' && condition.estimate() >= countedMatches)) {
    return { probe, estimate, order: 'sorted', list: joinSql(lists.map((list) => sql`SELECT id FROM (${list})`), sql` UNION `) };
  }
  // In one order, a union is merged row by row, each part by its own index. The limit keeps SQLite from dropping the order of a part of a query.
  return { probe, estimate, order: 'streamed', list: sql`SELECT id FROM (${joinSql(lists.map((list) => sql`SELECT id FROM (${list})`), sql` UNION `)} ORDER BY 1 DESC LIMIT -1)` };
}

type TextNode = Extract<QueryNode, { readonly kind: 'text' }>;

/** The least text above every text that begins so, for a range over an index. */
function pastPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

function matches(column: Sql, node: TextNode, value: string): Sql {
  return node.prefix ? sql`${column} >= ${value} AND ${column} < ${pastPrefix(value)}` : sql`${column} = ${value}`;
}

function textCondition(facts: SearchFacts, node: TextNode): Condition {
  const { db } = facts.scope;
  switch (node.field) {
    case 'type':
      return sorted(facts, matches(sql`v.type`, node, node.value), sql`SELECT id FROM versions WHERE state = 'committed' AND ${matches(sql`type`, node, node.value)}`);
    case 'tag': {
      const tags = db.all<{ id: number; uses: number }>(sql`SELECT id, use_count AS uses FROM tags WHERE ${matches(sql`tag`, node, node.value)} LIMIT 1000`);
      const [only] = tags;
      if (only === undefined) return nothingFound;
      if (tags.length === 1) {
        const probeId = (id: Sql): Sql => sql`EXISTS (SELECT 1 FROM version_tags x WHERE x.version_id = ${id} AND x.tag_id = ${only.id})`;
        return { probe: probeId(sql`v.id`), probeId, list: sql`SELECT version_id AS id FROM version_tags WHERE tag_id = ${only.id}`, order: 'indexed', estimate: () => only.uses };
      }
      const list = listOf(tags.map((tag) => tag.id));
      return sorted(facts, sql`EXISTS (SELECT 1 FROM version_tags x WHERE x.version_id = v.id AND x.tag_id IN ${list})`, sql`SELECT DISTINCT version_id AS id FROM version_tags WHERE tag_id IN ${list}`);
    }
    case 'alias': {
      const registries = listOf([...visibleRegistries(db, facts.scope.asker).keys()]);
      const alias = matches(sql`x.alias`, node, node.value);
      return sorted(
        facts,
        sql`(EXISTS (SELECT 1 FROM aliases x WHERE x.holder_kind = 'artifact' AND x.target_id = v.id AND ${alias})
          OR EXISTS (SELECT 1 FROM links l JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = l.id JOIN collections c ON c.id = l.collection_id
            WHERE l.version_id = v.id AND l.removed_at IS NULL AND c.registry_id IN ${registries} AND ${alias}))`,
        sql`SELECT x.target_id AS id FROM aliases x WHERE ${alias} AND x.holder_kind = 'artifact'
          UNION SELECT l.version_id FROM aliases x JOIN links l ON l.id = x.target_id JOIN collections c ON c.id = l.collection_id
            WHERE ${alias} AND x.holder_kind = 'collection' AND l.removed_at IS NULL AND c.registry_id IN ${registries}`,
      );
    }
    case 'name': {
      const artifacts = artifactsNamed(facts, node);
      const collections = collectionsNamed(facts, node);
      const list = listOf(artifacts.map((artifact) => artifact.id));
      const probe = sql`(v.artifact_id IN ${list} OR EXISTS (SELECT 1 FROM links l WHERE l.version_id = v.id AND l.removed_at IS NULL AND l.collection_id IN ${listOf(collections)}))`;
      const ids = sql`SELECT id FROM versions WHERE artifact_id IN ${list} AND state = 'committed' UNION SELECT version_id FROM links WHERE collection_id IN ${listOf(collections)} AND removed_at IS NULL`;
      if (artifacts.length === 0 && collections.length === 0) return nothingFound;
      const estimate = artifacts.reduce((sum, artifact) => sum + artifact.versions, collections.length);
      return { probe, list: ids, order: 'sorted', estimate: () => estimate };
    }
    case 'registry': {
      const visible = visibleRegistries(db, facts.scope.asker);
      const registries = db.column<number>(sql`SELECT id FROM registries WHERE deleted_at IS NULL AND ${matches(sql`name_key`, node, nameKey(node.value))}`).filter((id) => visible.has(id));
      return linkedIn(facts, sql`SELECT id FROM collections WHERE deleted_at IS NULL AND registry_id IN ${listOf(registries)}`);
    }
    case 'collection': {
      const visible = listOf([...visibleRegistries(db, facts.scope.asker).keys()]);
      return linkedIn(facts, sql`SELECT id FROM collections WHERE deleted_at IS NULL AND registry_id IN ${visible} AND ${matches(sql`name_key`, node, nameKey(node.value))}`);
    }
    case 'project': {
      const projects = listOf(db.column<number>(sql`SELECT id FROM projects WHERE deleted_at IS NULL AND ${matches(sql`name_key`, node, nameKey(node.value))}`));
      return sorted(facts, sql`v.project_id IN ${projects}`, sql`SELECT id FROM versions WHERE state = 'committed' AND project_id IN ${projects}`);
    }
    case 'file': {
      const expression = matchExpression({ kind: 'phrase', text: node.value }, node.prefix);
      return (expression === null ? null : pathCondition(facts, expression)) ?? nothingFound;
    }
    case 'state': {
      // Lifecycle states stand on links, each in its registry.
      const registries = listOf([...visibleRegistries(db, facts.scope.asker).keys()]);
      const state = matches(sql`l.state`, node, node.value);
      const standing = sql`l.removed_at IS NULL AND l.state <> '' AND ${state} AND c.registry_id IN ${registries}`;
      return sorted(
        facts,
        sql`EXISTS (SELECT 1 FROM links l JOIN collections c ON c.id = l.collection_id WHERE l.version_id = v.id AND ${standing})`,
        sql`SELECT DISTINCT l.version_id AS id FROM links l JOIN collections c ON c.id = l.collection_id WHERE ${standing}`,
      );
    }
    case 'by': {
      const people = db.column<number>(node.value === 'me' && !node.prefix ? sql`SELECT ${facts.scope.actorId}` : sql`SELECT id FROM users WHERE ${matches(sql`username`, node, node.value)} LIMIT 1000`);
      if (people.length === 0) return nothingFound;
      const list = listOf(people);
      const registries = listOf([...visibleRegistries(db, facts.scope.asker).keys()]);
      return testOnly(sql`(v.created_by IN ${list} OR EXISTS (SELECT 1 FROM links l JOIN collections c ON c.id = l.collection_id
        WHERE l.version_id = v.id AND l.removed_at IS NULL AND l.linked_by IN ${list} AND c.registry_id IN ${registries}))`, () => facts.total);
    }
    default:
      return assertNever(node.field, 'field');
  }
}

/** Artifacts with the text anywhere in their name (with `prefix`, at its beginning), with their numbers of versions. */
function artifactsNamed(facts: SearchFacts, node: TextNode): readonly { readonly id: number; readonly versions: number }[] {
  const rows = namedRows(facts, node.value, 2);
  const found = facts.scope.db.all<{ id: number; name: string; versions: number }>(rows === null
    ? sql`SELECT id, name, version_count AS versions FROM artifacts WHERE deleted_at IS NULL AND instr(lower(name), ${node.value.toLowerCase()}) > 0 LIMIT 20000`
    : sql`SELECT id, name, version_count AS versions FROM artifacts WHERE deleted_at IS NULL AND id IN ${listOf(rows)}`);
  return node.prefix ? found.filter((artifact) => artifact.name.toLowerCase().startsWith(node.value.toLowerCase())) : found;
}

function collectionsNamed(facts: SearchFacts, node: TextNode): readonly number[] {
  const visible = visibleRegistries(facts.scope.db, facts.scope.asker);
  const rows = namedRows(facts, node.value, 1);
  const found = facts.scope.db.all<{ id: number; name: string; registryId: number }>(rows === null
    ? sql`SELECT id, name, registry_id AS registryId FROM collections WHERE deleted_at IS NULL AND instr(lower(name), ${node.value.toLowerCase()}) > 0 LIMIT 20000`
    : sql`SELECT id, name, registry_id AS registryId FROM collections WHERE deleted_at IS NULL AND id IN ${listOf(rows)}`);
  return found.filter((row) => visible.has(row.registryId) && (!node.prefix || row.name.toLowerCase().startsWith(node.value.toLowerCase()))).map((row) => row.id);
}

/** Ids of the objects of a kind (its place in `namedKinds`) whose name has the text in it; null where it is too short for the index. */
export function namedRows(facts: Pick<SearchFacts, 'scope'>, text: string, place: number): readonly number[] | null {
  if (countCodePoints(text) < 3) return null;
  const rows = facts.scope.db.column<number>(sql`SELECT rowid FROM names_fts WHERE names_fts MATCH ${`"${text.replaceAll('"', '""')}"`} LIMIT 20000`);
  return rows.filter((row) => row % 8 === place).map((row) => Math.floor(row / 8));
}

function linkedIn(facts: SearchFacts, collections: Sql): Condition {
  return sorted(
    facts,
    sql`EXISTS (SELECT 1 FROM links l WHERE l.version_id = v.id AND l.removed_at IS NULL AND l.collection_id IN (${collections}))`,
    sql`SELECT DISTINCT version_id AS id FROM links WHERE removed_at IS NULL AND collection_id IN (${collections})`,
  );
}

/** Ids of the metadata keys that a path may be stored under; null when no version has it. */
function metadataKeys(facts: SearchFacts, path: readonly string[]): number | null {
  return facts.scope.db.value<number>(sql`SELECT id FROM metadata_keys WHERE key = ${path.join('.')}`) ?? null;
}

function metadataCondition(facts: SearchFacts, node: Extract<QueryNode, { readonly kind: 'metadata' }>): Condition {
  const key = metadataKeys(facts, node.path);
  if (key === null) return nothingFound;
  const path = jsonPath(node.path);
  const value = node.value;
  if (typeof value === 'number') {
    const comparison = operatorOf(node.comparison);
    return sorted(
      facts,
      sql`(json_type(v.metadata, ${path}) IN ('integer', 'real') AND json_extract(v.metadata, ${path}) ${comparison} ${value})`,
      sql`SELECT DISTINCT version_id AS id FROM metadata_numbers WHERE key_id = ${key} AND number ${comparison} ${value}`,
      sql`SELECT version_id AS id FROM metadata_numbers WHERE key_id = ${key} AND number ${comparison} ${value}`,
    );
  }
  if (typeof value === 'string') {
    const test = node.prefix
      ? sql`json_extract(v.metadata, ${path}) >= ${value} AND json_extract(v.metadata, ${path}) < ${pastPrefix(value)}`
      : sql`json_extract(v.metadata, ${path}) = ${value}`;
    return sorted(
      facts,
      sql`(json_type(v.metadata, ${path}) = 'text' AND ${test})`,
      node.prefix
        ? sql`SELECT DISTINCT version_id AS id FROM metadata_texts WHERE key_id = ${key} AND text >= ${value} AND text < ${pastPrefix(value)}`
        : sql`SELECT version_id AS id FROM metadata_texts WHERE key_id = ${key} AND text = ${value}`,
    );
  }
  return testOnly(sql`json_type(v.metadata, ${path}) = ${value === null ? 'null' : value ? 'true' : 'false'}`, () => facts.total);
}

function isCondition(facts: SearchFacts, fact: 'linked' | 'starred' | 'latest'): Condition {
  switch (fact) {
    case 'linked':
      return sorted(facts, sql`v.link_count > 0`, sql`SELECT DISTINCT version_id AS id FROM links WHERE removed_at IS NULL`);
    case 'starred':
      return sorted(
        facts,
        sql`EXISTS (SELECT 1 FROM stars s WHERE s.user_id = ${facts.scope.actorId} AND s.kind = 'version' AND s.object_id = v.id)`,
        sql`SELECT object_id AS id FROM stars WHERE user_id = ${facts.scope.actorId} AND kind = 'version'`,
      );
    case 'latest':
      return sorted(
        facts,
        sql`EXISTS (SELECT 1 FROM aliases x WHERE x.holder_kind = 'artifact' AND x.target_id = v.id AND x.alias = 'latest')`,
        sql`SELECT target_id AS id FROM aliases WHERE alias = 'latest' AND holder_kind = 'artifact'`,
      );
    default:
      return assertNever(fact, 'fact');
  }
}

function hasCondition(facts: SearchFacts, fact: 'alias' | 'tag' | 'card' | 'note' | 'metadata' | 'run' | 'reference'): Condition {
  switch (fact) {
    case 'alias':
      return testOnly(sql`(EXISTS (SELECT 1 FROM aliases x WHERE x.holder_kind = 'artifact' AND x.target_id = v.id)
        OR EXISTS (SELECT 1 FROM links l JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = l.id WHERE l.version_id = v.id AND l.removed_at IS NULL))`, () => facts.total);
    case 'tag':
      return testOnly(sql`EXISTS (SELECT 1 FROM version_tags x WHERE x.version_id = v.id)`, () => facts.total);
    case 'card':
      return testOnly(sql`v.description <> ''`, () => facts.total);
    case 'note':
      return sorted(facts, sql`EXISTS (SELECT 1 FROM links l WHERE l.version_id = v.id AND l.removed_at IS NULL AND l.note <> '')`, sql`SELECT DISTINCT version_id AS id FROM links WHERE removed_at IS NULL AND note <> ''`);
    case 'metadata':
      return testOnly(sql`v.metadata <> '{}'`, () => facts.total);
    case 'run':
      return testOnly(sql`v.run_id IS NOT NULL`, () => facts.total);
    case 'reference':
      return testOnly(sql`EXISTS (SELECT 1 FROM manifest_entries e WHERE e.manifest_id = v.manifest_id AND e.reference IS NOT NULL)`, () => facts.total);
    default:
      return assertNever(fact, 'fact');
  }
}
