/** A collection as a table: pages sorted by any value of its versions, comparison, export, what there is to choose from. */
import type { Change } from '#shared/contract/changes.ts';
import type { CheckedInputOf, OutputOf, TableCell, TableColumn } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { csvLine, isoTime } from '#shared/domain/index.ts';
import type { ReadableDb } from '../connection.ts';
import { linkSummaries } from '../records/links.ts';
import { metricAt, metricKeyId, metricRanks, readSummary } from '../records/metrics.ts';
import { registryRow, type CollectionRow } from '../records/rows.ts';
import { branded, groupBy, inOrder, jsonObject, sortAliases, timestamp } from '../records/shared.ts';
import type { QueryScope } from '../scope.ts';
import { allOf, listOf, sql, type Sql } from '../sql.ts';
import { inState } from './filters.ts';
import { pageOfIds, stillTrue, type ListSpec, type PageInput } from './paging.ts';
import { jsonPath } from './search/conditions.ts';
import { seenCollection } from './visible.ts';

type View = Pick<CheckedInputOf<'collections.table'>, 'collectionId' | 'columns' | 'sort' | 'direction' | 'state'>;

/** Characters of a text, or of a list as text, that a cell shows. */
const shownCharacters = 256;
/** Rows written out at most. */
const exportedRows = 100_000;
/** Versions looked into for the columns that there are. */
const sampledVersions = 200;

export function collectionTable(scope: QueryScope, input: CheckedInputOf<'collections.table'>): OutputOf<'collections.table'> {
  const collection = seenCollection(scope, input.collectionId);
  const { ids, ...page } = pageOfLinks(scope.db, collection, input, input);
  return { items: rowsOf(scope.db, ids, input.columns), ...page };
}

function rowsOf(db: ReadableDb, ids: readonly number[], columns: readonly TableColumn[]): OutputOf<'collections.table'>['items'] {
  const cells = cellsOf(db, ids, columns);
  return linkSummaries(db, ids).map((link) => ({ ...link, cells: [...(cells.get(link.id) ?? columns.map(() => null))] }));
}

// Pages ------------------------------------------------------------------------------------------------------------------

type Page = { readonly ids: number[]; readonly nextCursor: string | null; readonly total: number; readonly position: number };

/** Ids of links. */
function pageOfLinks(db: ReadableDb, collection: CollectionRow, view: View, input: PageInput): Page {
  const standingHere = [sql`l.collection_id = ${collection.id}`, sql`l.removed_at IS NULL`];
  const here = [...standingHere, ...(view.state === undefined ? [] : inState(view.state))];
  const total = view.state === undefined ? collection.linkCount : (db.value<number>(sql`SELECT count(*) FROM links l WHERE ${allOf(here)}`) ?? 0);
  const descending = view.direction === 'descending';
  const name = `table of ${collection.id} ${JSON.stringify([view.sort, view.state])}`;
  const { sort } = view;
  if (sort.kind === 'own' && (sort.key === 'index' || sort.key === 'linked')) {
    const keys = { index: sql`l.idx`, linked: sql`l.linked_at` };
    // By time, the index of times is walked and what is in another state passed over.
    const where = sort.key === 'index' || view.state === undefined ? here : [...standingHere, sql`l.state = ${view.state}`];
    const page = pageOfIds(db, { name, from: sql`FROM links l`, where, key: keys[sort.key], id: sql`l.id`, descending, total: () => total }, input);
    return { ...page, position: page.position ?? 0 };
  }
  const concerns = (change: Change): boolean => movesRows(db, collection, sort, change);
  const listed = (segments: readonly Segment[]): readonly ListSpec[] => segments.map((segment, index) => ({ ...segment, name: `${name} ${index}`, descending, total: () => total, concerns }));
  if (sort.kind === 'own' && sort.key === 'state') return pageAcross(db, listed(stateSegments(db, collection, view, here)), total, input);
  const sorted = sort.kind === 'own' ? factSegments(db, collection, sort.key === 'size' ? 'size' : 'created', here) : sort.kind === 'metric' ? metricSegments(db, collection, sort.key, here) : metadataSegments(db, collection, sort.path, here);
  const page = pageAcross(db, listed(sorted), total, input);
  // A version stands once in a collection.
  const links = new Map(db.all<{ id: number; versionId: number }>(sql`
    SELECT l.id, l.version_id AS versionId FROM json_each(${JSON.stringify(page.ids)}) j CROSS JOIN links l ON l.version_id = j.value AND l.collection_id = ${collection.id} AND l.removed_at IS NULL`).map((row) => [row.versionId, row.id]));
  return { ...page, ids: inOrder(page.ids, links) };
}

/**
 * Whether a change can move rows of a collection's table: links that come, go or change their state name the collection, edits their version. What happens
 * elsewhere, such as runs that stream, leaves the places of a long table known.
 */
function movesRows(db: ReadableDb, collection: CollectionRow, sort: View['sort'], { entity, ids }: Change): boolean {
  const some = (found: (list: Sql) => unknown): boolean => ids === 'all' || found(listOf(ids)) !== undefined;
  switch (entity) {
    case 'catalog':
      return true;
    case 'collection':
      return ids === 'all' || ids.includes(collection.id);
    case 'registry':
      return ids === 'all' || ids.includes(collection.registryId);
    case 'version':
      return some((list) => db.value(sql`SELECT 1 FROM links WHERE version_id IN ${list} AND collection_id = ${collection.id} AND removed_at IS NULL LIMIT 1`));
    case 'run':
    case 'run_data':
      return sort.kind === 'metric' && some((list) => db.value(sql`SELECT 1 FROM run_outputs o CROSS JOIN links l ON l.version_id = o.version_id AND l.collection_id = ${collection.id} AND l.removed_at IS NULL WHERE o.run_id IN ${list} LIMIT 1`));
    default:
      return false;
  }
}

type Segment = Pick<ListSpec, 'from' | 'where' | 'key' | 'id'>;

/**
 * Numbers, then dates, then texts, then what has none of them, each a list by its own key, of version ids. Where the collection holds many of
 * all that an index has, the index is walked in its order and what isn't in the collection passed over; where it holds few, its own rows are
 * sorted. Walking reads about population ÷ links rows per row that it finds; sorting reads all links, each a few times as dear.
 */
function walks(db: ReadableDb, collection: CollectionRow, population: 'versions' | 'links'): boolean {
  const all = (population === 'versions' ? db.value<number>(sql`SELECT max(id) FROM versions`) : db.value<number>(sql`SELECT max(id) FROM links`)) ?? 0;
  return collection.linkCount ** 2 >= 32 * all;
}

/** The collection's standing links, joined to versions that an index hands out; `here` begins with the two conditions that this says already. */
const standing = (collection: CollectionRow, versionId: Sql): Sql => sql`CROSS JOIN links l ON l.version_id = ${versionId} AND l.collection_id = ${collection.id} AND l.removed_at IS NULL`;

/** The states in the order in which their lifecycle shows them, each a list by number, of ids of links; last what is in none of them. */
function stateSegments(db: ReadableDb, collection: CollectionRow, { direction, state }: View, here: readonly Sql[]): readonly Segment[] {
  const of = (where: readonly Sql[]): Segment => ({ from: sql`FROM links l`, where, key: sql`l.idx`, id: sql`l.id` });
  if (state !== undefined) return [of(here)];
  const names = registryRow(db, collection.registryId).lifecycle?.states.map((one) => one.name) ?? [];
  return [...(direction === 'descending' ? names.toReversed() : names).map((name) => of([...here, ...inState(name)])), of([...here, ...names.map((name) => sql`l.state <> ${name}`)])];
}

function factSegments(db: ReadableDb, collection: CollectionRow, fact: 'size' | 'created', here: readonly Sql[]): readonly Segment[] {
  const key = fact === 'size' ? sql`v.size` : sql`v.created_at`;
  if (!walks(db, collection, 'versions')) return [{ from: sql`FROM links l CROSS JOIN versions v ON v.id = l.version_id`, where: here, key, id: sql`v.id` }];
  const index = fact === 'size' ? sql`versions_by_size` : sql`versions_by_creation`;
  // A version that isn't committed is linked nowhere.
  return [{ from: sql`FROM versions v INDEXED BY ${index} ${standing(collection, sql`v.id`)}`, where: [sql`v.state = 'committed'`, ...here.slice(2)], key, id: sql`v.id` }];
}

function metricSegments(db: ReadableDb, collection: CollectionRow, key: string, here: readonly Sql[]): readonly Segment[] {
  const id = sql`l.version_id`;
  const keyId = metricKeyId(db, key);
  if (keyId === undefined) return [{ from: sql`FROM links l`, where: here, key: sql`l.idx`, id }];
  const walking = walks(db, collection, 'links');
  const from = walking
    ? sql`FROM metric_values n INDEXED BY metric_values_by_value ${standing(collection, sql`n.version_id`)}`
    : sql`FROM links l CROSS JOIN metric_values n ON n.version_id = l.version_id AND n.key_id = ${keyId}`;
  const where = walking ? [sql`n.key_id = ${keyId}`, ...here.slice(2)] : here;
  const ranked = [metricRanks.number, metricRanks.date, metricRanks.text].map((rank): Segment => ({ from, where: [...where, sql`n.rank = ${rank}`], key: sql`n.value`, id: sql`n.version_id` }));
  return [...ranked, { from: sql`FROM links l`, where: [...here, sql`NOT EXISTS (SELECT 1 FROM metric_values n WHERE n.version_id = l.version_id AND n.key_id = ${keyId})`], key: sql`l.idx`, id }];
}

function metadataSegments(db: ReadableDb, collection: CollectionRow, steps: readonly string[], here: readonly Sql[]): readonly Segment[] {
  const id = sql`l.version_id`;
  const rows = sql`FROM links l CROSS JOIN versions v ON v.id = l.version_id`;
  const path = jsonPath(steps);
  const keyId = db.value<number>(sql`SELECT id FROM metadata_keys WHERE key = ${steps.join('.')}`);
  if (keyId === undefined) return [{ from: rows, where: here, key: sql`l.idx`, id }];
  const type = sql`coalesce(json_type(v.metadata, ${path}), '')`;
  const value = sql`json_extract(v.metadata, ${path})`;
  const text = sql`CASE json_type(v.metadata, ${path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE json_extract(v.metadata, ${path}) END`;
  // What is too long or too much for the index of values has no place in the order either.
  const isNumber = sql`(${type} IN ('integer', 'real') AND EXISTS (SELECT 1 FROM metadata_numbers n WHERE n.key_id = ${keyId} AND n.number = ${value} AND n.version_id = v.id))`;
  const isDate = sql`(${type} = 'text' AND EXISTS (SELECT 1 FROM metadata_dates n WHERE n.key_id = ${keyId} AND n.at = iso_time(${value}) AND n.version_id = v.id))`;
  const isAnyText = sql`(${type} IN ('text', 'true', 'false') AND EXISTS (SELECT 1 FROM metadata_texts n WHERE n.key_id = ${keyId} AND n.text = ${text} AND n.version_id = v.id))`;
  const rest: Segment = { from: rows, where: [...here, sql`NOT ${isNumber}`, sql`NOT ${isAnyText}`], key: sql`l.idx`, id };
  if (!walks(db, collection, 'versions')) {
    return [
      { from: rows, where: [...here, isNumber], key: value, id },
      { from: rows, where: [...here, isDate], key: sql`iso_time(${value})`, id },
      { from: rows, where: [...here, isAnyText, sql`iso_time(${text}) IS NULL`], key: text, id },
      rest,
    ];
  }
  const walked = (table: Sql): Sql => sql`FROM ${table} n ${standing(collection, sql`n.version_id`)} CROSS JOIN versions v ON v.id = n.version_id`;
  const of = [sql`n.key_id = ${keyId}`, ...here.slice(2)];
  return [
    { from: walked(sql`metadata_numbers`), where: [...of, sql`${type} IN ('integer', 'real')`, sql`${value} = n.number`], key: sql`n.number`, id: sql`n.version_id` },
    { from: walked(sql`metadata_dates`), where: [...of, sql`${type} = 'text'`, sql`iso_time(${value}) = n.at`], key: sql`n.at`, id: sql`n.version_id` },
    { from: walked(sql`metadata_texts`), where: [...of, sql`iso_time(n.text) IS NULL`, sql`${type} IN ('text', 'true', 'false')`, sql`${text} = n.text`], key: sql`n.text`, id: sql`n.version_id` },
    rest,
  ];
}

/** One page over lists that follow each other. Its cursor says in which of them it goes on, and how many rows lie before that one. */
function pageAcross(db: ReadableDb, segments: readonly ListSpec[], total: number, input: PageInput): Page {
  let { segment, base, inner, position } = placeOf(db, segments, input);
  const start = base + position;
  const ids: number[] = [];
  while (segment < segments.length) {
    const spec = segments[segment] as ListSpec;
    const page = pageOfIds(db, spec, { limit: input.limit - ids.length, ...(inner === null ? (position === 0 ? {} : { position }) : { cursor: inner }) });
    ids.push(...page.ids);
    if (ids.length >= input.limit) {
      const more = page.nextCursor !== null || start + ids.length < total;
      return { ids, total, position: start, nextCursor: more ? `${segment}.${base}.${page.nextCursor ?? 'end'}` : null };
    }
    base += (page.position ?? position) + page.ids.length;
    segment += 1;
    inner = null;
    position = 0;
  }
  return { ids, total, position: start, nextCursor: null };
}

function placeOf(db: ReadableDb, segments: readonly ListSpec[], input: PageInput): { segment: number; base: number; inner: string | null; position: number } {
  if (input.cursor !== undefined) {
    const [, segment, base, inner] = /^([0-9]{1,3})\.([0-9]{1,9})\.([\w-]{1,900})$/.exec(input.cursor) ?? [];
    if (segment === undefined || base === undefined || inner === undefined || Number(segment) >= segments.length) throw new VitrineError('bad_input', { details: { explanation: 'The cursor can’t be read.' } });
    if (inner !== 'end') return { segment: Number(segment), base: Number(base), inner, position: positionIn(inner) };
    return { segment: Number(segment) + 1, base: Number(base) + countOf(db, segments[Number(segment)] as ListSpec), inner: null, position: 0 };
  }
  let base = 0;
  const position = input.position ?? 0;
  if (position > 0) {
    for (const [segment, spec] of segments.entries()) {
      const count = segment === segments.length - 1 ? Number.MAX_SAFE_INTEGER : countOf(db, spec);
      if (position < base + count) return { segment, base, inner: null, position: position - base };
      base += count;
    }
  }
  return { segment: 0, base: 0, inner: null, position: 0 };
}

/** The row number that stands in a cursor of one list; the list itself judges whether the cursor is its own. */
function positionIn(cursor: string): number {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const position: unknown = Array.isArray(read) ? read[3] : undefined;
    return typeof position === 'number' && Number.isSafeInteger(position) && position >= 0 ? position : 0;
  } catch {
    return 0;
  }
}

const counts = new WeakMap<ReadableDb, Map<string, { rev: number; readonly count: number }>>();

function countOf(db: ReadableDb, spec: ListSpec): number {
  let known = counts.get(db);
  if (known === undefined) counts.set(db, (known = new Map<string, { rev: number; readonly count: number }>()));
  const rev = db.value<number>(sql`SELECT max(rev) FROM feed`) ?? 0;
  const found = known.get(spec.name);
  if (found !== undefined && stillTrue(db, spec, found.rev, rev)) {
    found.rev = rev;
    return found.count;
  }
  const count = db.value<number>(sql`SELECT count(*) ${spec.from} WHERE ${allOf(spec.where)}`) ?? 0;
  if (known.size > 64) known.clear();
  known.set(spec.name, { rev, count });
  return count;
}

// Cells ------------------------------------------------------------------------------------------------------------------

type Source = { readonly metadata: unknown; readonly summary: Readonly<Record<string, unknown>> };

function cellsOf(db: ReadableDb, ids: readonly number[], columns: readonly TableColumn[]): ReadonlyMap<number, readonly TableCell[]> {
  if (columns.length === 0) return new Map();
  const sources = sourcesOf(db, ids, columns);
  return new Map(ids.map((id) => [id, columns.map((column) => cellOf(valueOf(sources.get(id), column)))]));
}

/** By link. */
function sourcesOf(db: ReadableDb, ids: readonly number[], columns: readonly TableColumn[]): ReadonlyMap<number, Source> {
  const metadata = columns.some((column) => column.kind === 'metadata');
  const metrics = columns.some((column) => column.kind === 'metric');
  const rows = db.all<{ id: number; metadata: string | null; summary: string | null }>(sql`
    SELECT l.id, ${metadata ? sql`v.metadata` : sql`NULL`} AS metadata, ${metrics ? sql`r.summary` : sql`NULL`} AS summary
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN links l ON l.id = j.value JOIN versions v ON v.id = l.version_id ${metrics ? sql`LEFT JOIN runs r ON r.id = v.run_id` : sql``}`);
  return new Map(rows.map((row) => [row.id, { metadata: row.metadata === null ? {} : jsonObject(row.metadata), summary: row.summary === null ? {} : readSummary(row.summary) }]));
}

function valueOf(source: Source | undefined, column: TableColumn): unknown {
  if (source === undefined) return undefined;
  if (column.kind === 'metadata') return at(source.metadata, column.path);
  return metricAt(source.summary, column.key);
}

function at(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner) || !Object.hasOwn(inner, step)) return undefined;
    inner = (inner as Readonly<Record<string, unknown>>)[step];
  }
  return inner;
}

function cellOf(value: unknown): TableCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, shownCharacters);
}

// What there is ----------------------------------------------------------------------------------------------------------

type ColumnType = OutputOf<'collections.columns'>['items'][number]['type'];

export function tableColumns(scope: QueryScope, input: CheckedInputOf<'collections.columns'>): OutputOf<'collections.columns'> {
  const { db } = scope;
  const collection = seenCollection(scope, input.collectionId);
  const ids = db.column<number>(sql`SELECT id FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL ORDER BY idx DESC LIMIT ${sampledVersions}`);
  const found = new Map<string, { readonly column: TableColumn; readonly types: ColumnType[] }>();
  const note = (column: TableColumn, value: unknown): void => {
    const key = JSON.stringify(column);
    const known = found.get(key) ?? { column, types: [] };
    known.types.push(typeOf(value));
    if (found.size < 2000 || found.has(key)) found.set(key, known);
  };
  const walk = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && path.length < 8) for (const [key, inner] of Object.entries(value)) { if (key !== '' && key.length <= 256) walk(inner, [...path, key]); }
    else if (path.length > 0 && value !== null) note({ kind: 'metadata', path: [...path] }, value);
  };
  const both: readonly TableColumn[] = [{ kind: 'metadata', path: ['x'] }, { kind: 'metric', key: 'x' }];
  for (const { metadata, summary } of sourcesOf(db, ids, both).values()) {
    walk(metadata, []);
    for (const [key, value] of Object.entries(summary)) if (key !== '' && key.length <= 512 && !key.startsWith('_') && value !== null && typeof value !== 'object') note({ kind: 'metric', key }, value);
  }
  const items = [...found.values()].map(({ column, types }) => ({ column, type: types.every((type) => type === types[0]) ? (types[0] ?? 'other') : ('other' as const), count: types.length }));
  return { items: items.toSorted((left, right) => right.count - left.count || (JSON.stringify(left.column) < JSON.stringify(right.column) ? -1 : 1)), lookedInto: ids.length };
}

function typeOf(value: unknown): ColumnType {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'string') return 'other';
  return isoTime(value) === null ? 'text' : 'date';
}

export function tableSeries(scope: QueryScope, input: CheckedInputOf<'collections.series'>): OutputOf<'collections.series'> {
  const { db } = scope;
  const collection = seenCollection(scope, input.collectionId);
  const rows = db.all<{ id: number; versionId: number; index: number; linkedAt: number; state: string }>(sql`
    SELECT id, version_id AS versionId, idx AS "index", linked_at AS linkedAt, state FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL ORDER BY idx DESC LIMIT ${input.limit}`).toReversed();
  const ids = rows.map((row) => row.id);
  const sources = sourcesOf(db, ids, input.columns);
  const aliases = groupBy(db.all<{ id: number; alias: string }>(sql`SELECT x.target_id AS id, x.alias FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN aliases x ON x.holder_kind = 'collection' AND x.target_id = j.value`), (row) => row.id);
  return {
    points: rows.map((row) => ({
      linkId: branded(row.id), versionId: branded(row.versionId), index: row.index, linkedAt: timestamp(row.linkedAt), aliases: sortAliases((aliases.get(row.id) ?? []).map((one) => one.alias)), state: row.state === '' ? null : row.state,
      values: input.columns.map((column) => {
        const value = valueOf(sources.get(row.id), column);
        return typeof value === 'number' && Number.isFinite(value) ? value : null;
      }),
    })),
    truncated: rows.length < collection.linkCount,
  };
}

/** Rows are written a page at a time, so that no more of them than one page is ever held apart from the text. */
export function exportTable(scope: QueryScope, input: CheckedInputOf<'collections.exportTable'>): OutputOf<'collections.exportTable'> {
  const { db } = scope;
  const collection = seenCollection(scope, input.collectionId);
  const parts = [csvLine(['version', 'aliases', 'state', 'source', 'size', 'linked_at', 'linked_by', 'note', ...input.columns.map((column) => (column.kind === 'metadata' ? `metadata.${column.path.join('.')}` : `metric.${column.key}`))])];
  let rows = 0;
  let cursor: string | null = null;
  do {
    const page: Page = pageOfLinks(db, collection, input, { limit: 1000, ...(cursor === null ? {} : { cursor }) });
    for (const row of rowsOf(db, page.ids, input.columns)) {
      parts.push(csvLine([`v${row.index}`, row.aliases.map((alias) => alias.name).join(' '), row.state, `${row.version.entity}/${row.version.project}/${row.version.artifact}:v${row.version.index}`, row.version.size, row.linkedAt, row.linkedBy.username, row.note, ...row.cells]));
    }
    rows += page.ids.length;
    cursor = page.nextCursor;
  } while (cursor !== null && rows < exportedRows);
  return { mediaType: 'text/csv', fileName: `${`${collection.registry} ${collection.name}`.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_').slice(0, 100)}.csv`, text: parts.join(''), rows, truncated: cursor !== null };
}
