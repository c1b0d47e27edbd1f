/** Which aliases are columns of the board, and in which order. */
import { latestAlias } from '#shared/domain/aliases.ts';
import type { RegistrySummary } from '#shared/contract/index.ts';

export type AliasColumn = { readonly alias: string; /** Collections among those looked at in which it stands. */ readonly count: number };

/** Columns beyond which nobody reads a board; the rest is found by filtering or in the collections themselves. */
export const mostColumns = 40;

/**
 * Every alias that stands in one of the collections, and those that a registry names as protected though they stand nowhere yet: the commonest
 * first, equal ones by name.
 */
export function aliasColumns(rows: Iterable<{ readonly aliases: readonly { readonly name: string }[] }>, registries: readonly Pick<RegistrySummary, 'protectedAliases'>[]): readonly AliasColumn[] {
  const counts = new Map<string, number>();
  for (const registry of registries) for (const alias of registry.protectedAliases) if (!alias.includes('*')) counts.set(alias, 0);
  for (const row of rows) for (const { name } of row.aliases) counts.set(name, (counts.get(name) ?? 0) + 1);
  counts.delete(latestAlias);
  return [...counts]
    .map(([alias, count]) => ({ alias, count }))
    .sort((one, other) => other.count - one.count || one.alias.localeCompare(other.alias, 'en', { numeric: true }))
    .slice(0, mostColumns);
}

/** Letters of a filter that count: each takes up to four of a pattern's 200. */
const longestFilter = 48;

/** A pattern that finds words in a name whatever their case: the filter language has no way to say so. */
export function anyCase(words: string): string {
  return Array.from(words.slice(0, longestFilter), (letter) => {
    const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
    if (lower !== upper && lower.length === letter.length && upper.length === letter.length) return `[${lower}${upper}]`;
    return /[\^$.*+?()[\]{}|/-]/u.test(letter) ? `\\${letter}` : letter;
  }).join('');
}

/** How far an alias is behind the newest version of its collection, in words; undefined when it stands on it. */
export function behind(index: number, latest: number | undefined): string | undefined {
  return latest === undefined || latest <= index ? undefined : `${latest - index} behind`;
}
