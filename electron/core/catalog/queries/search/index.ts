/** The search operations over the catalog's indexes. */
import { VitrineError } from '#shared/contract/errors.ts';
import type { CheckedInputOf, OutputOf, SearchHit, SearchKind } from '#shared/contract/index.ts';
import { explainQueryError, parseQuery, type QueryNode } from '#shared/domain/index.ts';
import { versionSummaries } from '../../records/versions.ts';
import type { Query, QueryScope } from '../../scope.ts';
import { sql } from '../../sql.ts';
import { complete } from './completion.ts';
import { nameWords, namedHits } from './named.ts';
import { searchVersions } from './versions.ts';

const allKinds: readonly SearchKind[] = ['registry', 'collection', 'artifact', 'project', 'run', 'version'];
/** Rows of other kinds that stand above the versions on the first page. */
const namedOnFirstPage = 12;

function versionHits(scope: QueryScope, ids: readonly number[]): readonly SearchHit[] {
  return versionSummaries(scope.db, ids).map((version) => ({ kind: 'version', version, snippet: null }));
}

function query(scope: QueryScope, input: CheckedInputOf<'search.query'>): OutputOf<'search.query'> {
  const { node, errors } = parseQuery(input.text);
  const [error] = errors;
  if (error !== undefined) {
    throw new VitrineError('query_invalid', { details: { errors, offset: error.span.offset, length: error.span.length, explanation: explainQueryError(error) } });
  }
  const kinds = new Set(input.kinds ?? allKinds);
  const before = cursorOf(input.cursor);
  const words = nameWords(node);
  const onlyNamed = !kinds.has('version');
  const named = before !== null || words === null ? [] : namedHits(scope, words, kinds, onlyNamed ? input.limit : Math.min(namedOnFirstPage, Math.max(1, input.limit - 1)));
  if (onlyNamed) return { items: [...named], nextCursor: null, total: named.length, totalIsExact: named.length < input.limit };
  const hits = searchVersions(scope, node, before, Math.max(1, input.limit - named.length), Date.now());
  const last = hits.ids.at(-1);
  return {
    items: [...named, ...versionHits(scope, hits.ids)],
    nextCursor: hits.more && last !== undefined ? String(last) : null,
    total: hits.total + named.length,
    totalIsExact: hits.totalIsExact,
  };
}

function cursorOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const id = Number(cursor);
  if (!/^[0-9]{1,15}$/.test(cursor) || id < 1) throw new VitrineError('bad_input', { details: { explanation: 'The cursor is not one that a search gave.' } });
  return id;
}

function quick(scope: QueryScope, input: CheckedInputOf<'search.quick'>): OutputOf<'search.quick'> {
  const text = input.text.trim();
  if (text === '') return { items: [], problem: null };
  const { node, errors } = parseQuery(text);
  const [error] = errors;
  if (error === undefined && !isWords(node)) return { items: query(scope, { text, limit: input.limit }).items, problem: null };
  const words = text.split(/\s+/).slice(0, 8);
  return {
    items: [...namedHits(scope, { words, type: null, tag: null }, new Set(allKinds), input.limit)],
    problem: error === undefined ? null : { explanation: explainQueryError(error), offset: error.span.offset, length: error.span.length },
  };
}

/** Nothing but words that a name may hold. */
function isWords(node: QueryNode | null): boolean {
  return node === null || (node.kind === 'and' ? node.children : [node]).every((part) => (part.kind === 'word' && !part.prefix) || part.kind === 'phrase');
}

function tagsInUse(scope: QueryScope, input: CheckedInputOf<'tags.list'>): OutputOf<'tags.list'> {
  const { prefix } = input;
  return {
    items: scope.db.all<{ tag: string; count: number }>(sql`
      SELECT tag, use_count AS count FROM tags WHERE use_count > 0 AND tag >= ${prefix} AND tag < ${`${prefix}\u{10FFFF}`} ORDER BY use_count DESC, tag LIMIT ${input.limit}`),
  };
}

export const searchQueries: Readonly<Record<string, Query>> = {
  'search.query': query,
  'search.complete': complete,
  'search.quick': quick,
  'tags.list': tagsInUse,
};
