/** The Mongo-like conditions and the orders that clients send, in the words of the operations' own filter language. */
import { VitrineError, type SortDirection } from '#shared/contract/index.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const longestFilter = 100_000;
const deepestFilter = 32;

/** Reads a filter argument. Undefined where it asks for everything. Throws `query_invalid` with what can't be read. */
export function filterOf(argument: unknown, fieldOf: (field: string) => string | null = (field) => field): Json | undefined {
  if (argument === null || argument === undefined || argument === '') return undefined;
  if (typeof argument !== 'string' || argument.length > longestFilter) throw invalid(`A filter is JSON text of at most ${longestFilter} characters.`);
  let read: unknown;
  try {
    read = JSON.parse(argument);
  } catch {
    throw invalid('The filter is not JSON.');
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw invalid('A filter is a JSON object such as {"name": {"$regex": "gemma"}}.');
  const translated = translate(read as Json, fieldOf, 0);
  return typeof translated === 'object' && translated !== null && Object.keys(translated).length === 0 ? undefined : translated;
}

/** `fieldOf` gives a field's name in our language, or null for one that is always so and is left out. */
function translate(condition: Json, fieldOf: (field: string) => string | null, depth: number): Json {
  if (depth > deepestFilter) throw invalid(`The filter is nested more than ${deepestFilter} levels deep.`);
  if (Array.isArray(condition)) return condition.map((one: Json) => translate(one, fieldOf, depth + 1));
  if (typeof condition !== 'object' || condition === null) return condition;
  const translated: Record<string, Json> = {};
  for (const [key, value] of Object.entries(condition)) {
    if (key.startsWith('$')) {
      const logical = key === '$and' || key === '$or' || key === '$nor' || key === '$not';
      const inner = logical ? translate(value as Json, fieldOf, depth + 1) : (value as Json);
      // What asks for nothing holds for everything; the language itself knows no empty list.
      if (key === '$and' && Array.isArray(inner)) {
        const kept = inner.filter((one: Json) => !isEmpty(one));
        if (kept.length > 0) translated[key] = kept;
      } else if (key === '$or' && Array.isArray(inner)) {
        if (inner.length > 0 && !inner.some(isEmpty)) translated[key] = inner;
      } else translated[key] = inner;
      continue;
    }
    const field = fieldOf(key);
    if (field !== null) translated[field] = value as Json;
  }
  return translated;
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** Versions are only ever shown once committed. */
export function versionField(field: string): string | null {
  if (field === 'state') return null;
  return camel(field);
}

/** `config.lr.value`, `summary_metrics.loss`, `displayName`, as the run table of W&B names them. */
export function runField(field: string): string | null {
  if (field.startsWith('config.')) return field;
  const summary = /^summary(?:_metrics|Metrics)?\.(.+)$/.exec(field);
  if (summary !== null) return `summary.${summary[1] ?? ''}`;
  if (field === 'tags') return 'tag';
  return camel(field);
}

export function collectionField(field: string): string | null {
  if (field === 'state') return null;
  return field === 'tags' ? 'tag' : camel(field);
}

function camel(field: string): string {
  return field.includes('.') ? field : field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export type Order = { readonly field: string; readonly direction: SortDirection };

/** `+name`, `-created_at`; without a sign, rising. Null where none is asked for. */
export function orderOf(argument: unknown): Order | null {
  if (typeof argument !== 'string' || argument === '' || argument.length > 600) return null;
  const sign = argument[0];
  const field = sign === '+' || sign === '-' ? argument.slice(1) : argument;
  return { field, direction: sign === '-' ? 'descending' : 'ascending' };
}

type NamedSort = { readonly sort: 'name' | 'updated' | 'created'; readonly direction: SortDirection };

/** An order of registries and collections. Throws `query_invalid` for a field they can't be ordered by. */
export function namedSortOf(argument: unknown): NamedSort | null {
  const order = orderOf(argument);
  if (order === null) return null;
  switch (camel(order.field)) {
    case 'name':
      return { sort: 'name', direction: order.direction };
    case 'created_at':
      return { sort: 'created', direction: order.direction };
    case 'updated_at':
      return { sort: 'updated', direction: order.direction };
    default:
      throw invalid(`Nothing can be ordered by “${order.field.slice(0, 100)}”: use name, created_at or updated_at.`);
  }
}

/** An order of versions. */
export function versionSortOf(argument: unknown): { readonly sort: 'created' | 'updated' | 'index' | 'size'; readonly direction: SortDirection } | null {
  const order = orderOf(argument);
  if (order === null) return null;
  switch (camel(order.field)) {
    case 'created_at':
      return { sort: 'created', direction: order.direction };
    case 'updated_at':
      return { sort: 'updated', direction: order.direction };
    case 'version_index':
    case 'version':
    case 'index':
      return { sort: 'index', direction: order.direction };
    case 'size':
      return { sort: 'size', direction: order.direction };
    default:
      throw invalid(`Versions can’t be ordered by “${order.field.slice(0, 100)}”: use created_at, updated_at, version_index or size.`);
  }
}

/** An order of runs: by time of creation, or by a value of config or summary. */
export function runSortOf(argument: unknown): { readonly sort: string; readonly direction: SortDirection } | null {
  const order = orderOf(argument);
  if (order === null) return null;
  const field = runField(order.field) ?? '';
  if (field.startsWith('config.') || field.startsWith('summary.')) return { sort: field, direction: order.direction };
  if (field === 'created_at' || field === 'updated_at') return { sort: 'created', direction: order.direction };
  if (field === 'heartbeat_at') return { sort: 'heartbeat', direction: order.direction };
  if (field === 'duration') return { sort: 'duration', direction: order.direction };
  if (field === 'name' || field === 'display_name') return { sort: 'name', direction: order.direction };
  if (field === 'state') return { sort: 'state', direction: order.direction };
  throw invalid(`Runs can’t be ordered by “${order.field.slice(0, 100)}”: use created_at, heartbeat_at, duration, display_name, state, config.… or summary_metrics.….`);
}

function invalid(explanation: string): VitrineError {
  return new VitrineError('query_invalid', { details: { explanation } });
}
