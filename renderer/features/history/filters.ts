/** What the history is narrowed to: kinds of events, who, when. Written in an address as words that a person can read. */
import type { Entrance, EventKind, InputOf, UserId } from '#shared/contract/index.ts';
import { day } from '#shared/domain/time.ts';
import { entrances } from './events.ts';

export const groups = [
  { value: 'links', label: 'Links', prefixes: ['link.'] },
  { value: 'aliases', label: 'Aliases and states', prefixes: ['alias.', 'lifecycle.'] },
  { value: 'tags', label: 'Tags', prefixes: ['tag.'] },
  { value: 'versions', label: 'Versions', prefixes: ['version.', 'artifact.', 'hold.', 'trash.', 'integrity.'] },
  { value: 'registries', label: 'Registries', prefixes: ['registry.', 'collection.'] },
  { value: 'runs', label: 'Runs', prefixes: ['run.', 'project.', 'lineage.'] },
  { value: 'sync', label: 'Sync', prefixes: ['sync.', 'remote.', 'bucket.'] },
  { value: 'automations', label: 'Automations and approvals', prefixes: ['automation.', 'approval.'] },
  { value: 'catalog', label: 'Catalog and access', prefixes: ['catalog.', 'api_key.', 'settings.', 'member.', 'user.', 'team.', 'search.', 'import.'] },
] as const;
export type Group = (typeof groups)[number]['value'];

export const spans = [
  { value: 'any', label: 'Any time', days: null },
  { value: 'today', label: 'Today', days: 1 },
  { value: '7d', label: 'Last 7 days', days: 7 },
  { value: '30d', label: 'Last 30 days', days: 30 },
  { value: '90d', label: 'Last 90 days', days: 90 },
  { value: 'range', label: 'From … to …', days: null },
] as const;
export type Span = (typeof spans)[number]['value'];

export type Filters = {
  /** Empty: every kind. */
  readonly groups: readonly Group[];
  readonly actor: { readonly id: UserId; readonly name: string } | null;
  /** What it came in through; null: anything. */
  readonly entrance: Entrance | null;
  readonly span: Span;
  /** Days in UTC, `2026-05-03`, both included; only heeded in the span `range`. */
  readonly from: string;
  readonly to: string;
};

export const unfiltered: Filters = { groups: [], actor: null, entrance: null, span: 'any', from: '', to: '' };

export function isFiltered(filters: Filters): boolean {
  return filters.groups.length > 0 || filters.actor !== null || filters.entrance !== null || filters.span !== 'any';
}

/** The kinds of events in the chosen groups; undefined for all of them. */
export function kindsOf(chosen: readonly Group[], known: readonly EventKind[]): EventKind[] | undefined {
  if (chosen.length === 0) return undefined;
  const prefixes = groups.filter((group) => chosen.includes(group.value)).flatMap((group) => group.prefixes as readonly string[]);
  return known.filter((kind) => prefixes.some((prefix) => kind.startsWith(prefix)));
}

/**
 * What of `history.list` the filters ask for. Days are those of UTC, as the log's own times are; the bounds stay the same through a day, so
 * that the same filter is the same question.
 * @param now milliseconds
 */
export function questionOf(filters: Filters, known: readonly EventKind[], now: number): Pick<InputOf<'history.list'>, 'kinds' | 'actorId' | 'entrance' | 'since' | 'until'> {
  const kinds = kindsOf(filters.groups, known);
  const days = spans.find((span) => span.value === filters.span)?.days ?? null;
  const since = filters.span === 'range' ? (isDay(filters.from) ? `${filters.from}T00:00:00.000Z` : undefined) : days === null ? undefined : new Date(Math.floor(now / day) * day - (days - 1) * day).toISOString();
  const until = filters.span === 'range' && isDay(filters.to) ? `${filters.to}T23:59:59.999Z` : undefined;
  return {
    ...(kinds === undefined ? {} : { kinds }),
    ...(filters.actor === null ? {} : { actorId: filters.actor.id }),
    ...(filters.entrance === null ? {} : { entrance: filters.entrance }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** The filters as the query of an address: `kind:aliases,links by:4 via:cli from:2026-05-01 to:2026-05-03`. Undefined when nothing is filtered. */
export function queryOf(filters: Filters): string | undefined {
  const words: string[] = [];
  if (filters.groups.length > 0) words.push(`kind:${filters.groups.join(',')}`);
  if (filters.actor !== null) words.push(`by:${filters.actor.id}`);
  if (filters.entrance !== null) words.push(`via:${filters.entrance}`);
  if (filters.span === 'range') {
    if (isDay(filters.from)) words.push(`from:${filters.from}`);
    if (isDay(filters.to)) words.push(`to:${filters.to}`);
  } else if (filters.span !== 'any') words.push(`within:${filters.span}`);
  return words.length === 0 ? undefined : words.join(' ');
}

/** The filters that an address asks for. What isn't understood is passed over: an address may come from anywhere. */
export function filtersOf(query: string | undefined): Filters {
  let filters = unfiltered;
  for (const word of (query ?? '').split(/\s+/u)) {
    const [, key, value] = /^(kind|by|via|within|from|to):(.+)$/u.exec(word) ?? [];
    if (key === undefined || value === undefined) continue;
    if (key === 'kind') filters = { ...filters, groups: groups.map((group) => group.value).filter((group) => value.split(',').includes(group)) };
    else if (key === 'by' && /^[1-9]\d{0,14}$/u.test(value)) filters = { ...filters, actor: { id: Number(value) as UserId, name: '' } };
    else if (key === 'via') filters = { ...filters, entrance: entrances.find((entrance) => entrance === value) ?? filters.entrance };
    else if (key === 'within') filters = { ...filters, span: spans.find((span) => span.value === value && span.days !== null)?.value ?? filters.span };
    else if ((key === 'from' || key === 'to') && isDay(value)) filters = { ...filters, span: 'range', [key]: value };
  }
  return filters;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/u.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00.000Z`));
}
