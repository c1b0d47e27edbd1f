/** Finds everything but versions by its name: the few rows that the palette and the head of a search show. */
import type { SearchHit, SearchKind } from '#shared/contract/index.ts';
import { countCodePoints, nameKey, type QueryNode } from '#shared/domain/index.ts';
import { visibleProjects, visibleRegistries } from '../../access.ts';
import { artifactSummaries } from '../../records/artifacts.ts';
import { collectionSummaries } from '../../records/collections.ts';
import { namedKinds, objectOfNameRow, type NamedKind } from '../../records/names.ts';
import { projectSummaries } from '../../records/projects.ts';
import { registrySummaries } from '../../records/registries.ts';
import { runSummaries } from '../../records/runs.ts';
import type { QueryScope } from '../../scope.ts';
import { allOf, listOf, sql, type Sql } from '../../sql.ts';

type Candidate = { readonly kind: NamedKind; readonly id: number; readonly name: string };

/** Names looked at before the best are chosen. */
const candidateLimit = 2000;

/** What the words of a query ask of a name; null when it asks for more than names can answer. */
export function nameWords(node: QueryNode | null): { readonly words: readonly string[]; readonly type: string | null; readonly tag: string | null } | null {
  if (node === null) return null;
  const words: string[] = [];
  let type: string | null = null;
  let tag: string | null = null;
  for (const part of node.kind === 'and' ? node.children : [node]) {
    if (part.kind === 'word' || part.kind === 'phrase') words.push(part.text);
    else if (part.kind === 'text' && part.field === 'name') words.push(part.value);
    else if (part.kind === 'text' && part.field === 'type' && !part.prefix && type === null) type = part.value;
    else if (part.kind === 'text' && part.field === 'tag' && !part.prefix && tag === null) tag = part.value;
    else return null;
  }
  return words.length === 0 && tag === null ? null : { words, type, tag };
}

function candidatesOf(scope: QueryScope, words: readonly string[], kinds: ReadonlySet<NamedKind>): readonly Candidate[] {
  const { db } = scope;
  const long = words.filter((word) => countCodePoints(word) >= 3);
  const longest = long.toSorted((left, right) => right.length - left.length)[0];
  const holdsAll = (name: string): boolean => words.every((word) => name.toLowerCase().includes(word.toLowerCase()));
  const found: Candidate[] = [];
  if (longest !== undefined) {
    const expression = long.map((word) => `"${word.replaceAll('\0', ' ').replaceAll('"', '""')}"`).join(' AND ');
    const ids = new Map<NamedKind, number[]>(namedKinds.map((kind) => [kind, []]));
    for (const row of db.column<number>(sql`SELECT rowid FROM names_fts WHERE names_fts MATCH ${expression} LIMIT ${candidateLimit}`)) {
      const { kind, id } = objectOfNameRow(row);
      ids.get(kind)?.push(id);
    }
    for (const kind of kinds) found.push(...namesOf(scope, kind, sql`id IN ${listOf(ids.get(kind) ?? [])}`));
  } else {
    // Too short for the index of parts: the beginnings of names, by their own indexes.
    const key = nameKey(words[0] ?? '');
    for (const kind of kinds) {
      const column = kind === 'run' ? sql`display_name` : kind === 'artifact' ? sql`name` : sql`name_key`;
      found.push(...namesOf(scope, kind, sql`${column} >= ${key} AND ${column} < ${`${key}\u{10FFFF}`}`));
    }
  }
  return found.filter((candidate) => holdsAll(candidate.name));
}

function namesOf(scope: QueryScope, kind: NamedKind, condition: Sql): readonly Candidate[] {
  const { db } = scope;
  const rows = (query: Sql): readonly Candidate[] => db.all<{ id: number; name: string }>(sql`${query} LIMIT ${candidateLimit}`).map((row) => ({ kind, ...row }));
  switch (kind) {
    case 'registry':
      return rows(sql`SELECT id, name FROM registries WHERE deleted_at IS NULL AND ${condition}`);
    case 'collection':
      return rows(sql`SELECT id, name FROM collections WHERE deleted_at IS NULL AND ${condition}`);
    case 'artifact':
      return rows(sql`SELECT id, name FROM artifacts WHERE deleted_at IS NULL AND ${condition}`);
    case 'project':
      return rows(sql`SELECT id, name FROM projects WHERE deleted_at IS NULL AND ${condition}`);
    case 'run':
      return rows(sql`SELECT id, display_name AS name FROM runs WHERE deleted_at IS NULL AND ${condition}`);
  }
}

/** Exact names first, then beginnings, then parts; what is curated before what is not; short before long. */
function rank(candidate: Candidate, text: string): readonly [number, number, number] {
  const name = candidate.name.toLowerCase();
  const wanted = text.toLowerCase();
  const fit = name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2;
  return [fit, namedKinds.indexOf(candidate.kind), name.length];
}

/** The best hits among everything that has a name, in order. */
export function namedHits(scope: QueryScope, asked: { readonly words: readonly string[]; readonly type: string | null; readonly tag: string | null }, kinds: ReadonlySet<SearchKind>, limit: number): readonly SearchHit[] {
  const wanted = new Set(namedKinds.filter((kind) => kinds.has(kind) && (asked.type === null || kind === 'collection' || kind === 'artifact') && (asked.tag === null || kind === 'collection')));
  if (wanted.size === 0) return [];
  const candidates = asked.words.length === 0 ? [] : candidatesOf(scope, asked.words, wanted);
  const text = asked.words.join(' ');
  const best = candidates
    .map((candidate) => ({ candidate, key: rank(candidate, text) }))
    .sort((left, right) => left.key[0] - right.key[0] || left.key[1] - right.key[1] || left.key[2] - right.key[2] || left.candidate.id - right.candidate.id)
    .map(({ candidate }) => candidate);
  if (wanted.has('collection')) best.push(...byCard(scope, asked).filter((found) => !best.some((known) => known.kind === 'collection' && known.id === found.id)));
  const hits: SearchHit[] = [];
  // Loaded a handful at a time, since some may turn out to be hidden from the asker.
  for (let at = 0; at < best.length && hits.length < limit; at += limit) hits.push(...load(scope, best.slice(at, at + limit), asked));
  return hits.slice(0, limit);
}

/** Collections whose card has the words, or that carry the tag. */
function byCard(scope: QueryScope, asked: { readonly words: readonly string[]; readonly tag: string | null }): readonly Candidate[] {
  const conditions = asked.words.map((word) => sql`(instr(lower(description), ${word.toLowerCase()}) > 0 OR instr(lower(name), ${word.toLowerCase()}) > 0)`);
  if (asked.tag !== null) conditions.push(sql`EXISTS (SELECT 1 FROM collection_tags x JOIN tags t ON t.id = x.tag_id WHERE x.collection_id = collections.id AND t.tag = ${asked.tag})`);
  return scope.db.all<{ id: number; name: string }>(sql`SELECT id, name FROM collections WHERE deleted_at IS NULL AND ${allOf(conditions)} ORDER BY updated_at DESC LIMIT 100`).map((row) => ({ kind: 'collection', ...row }));
}

function load(scope: QueryScope, candidates: readonly Candidate[], asked: { readonly type: string | null }): readonly SearchHit[] {
  const { db } = scope;
  const registries = visibleRegistries(db, scope.asker);
  const projects = visibleProjects(db, scope.asker);
  const idsOf = (kind: NamedKind): readonly number[] => candidates.filter((candidate) => candidate.kind === kind).map((candidate) => candidate.id);
  const seen = (projectId: number): boolean => projects === null || projects.has(projectId);
  const hits = new Map<string, SearchHit>();
  for (const registry of registrySummaries(scope, idsOf('registry').filter((id) => registries.has(id)))) hits.set(`registry ${registry.id}`, { kind: 'registry', registry, snippet: null });
  for (const collection of collectionSummaries(scope, idsOf('collection'))) {
    if (registries.has(collection.registryId) && (asked.type === null || collection.type === asked.type)) hits.set(`collection ${collection.id}`, { kind: 'collection', collection, snippet: null });
  }
  for (const artifact of artifactSummaries(db, idsOf('artifact'))) {
    if (seen(artifact.projectId) && (asked.type === null || artifact.type === asked.type)) hits.set(`artifact ${artifact.id}`, { kind: 'artifact', artifact, snippet: null });
  }
  for (const project of projectSummaries(db, idsOf('project'))) if (seen(project.id)) hits.set(`project ${project.id}`, { kind: 'project', project, snippet: null });
  for (const run of runSummaries(db, idsOf('run'))) if (seen(run.projectId)) hits.set(`run ${run.id}`, { kind: 'run', run, snippet: null });
  return candidates.flatMap((candidate) => hits.get(`${candidate.kind} ${candidate.id}`) ?? []);
}
