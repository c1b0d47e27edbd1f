/** Which aliases are columns of the board, and in which order. */
import { latestAlias } from '#shared/domain/aliases.ts';
import type { RegistrySummary } from '#shared/contract/index.ts';

export type AliasColumn = { readonly alias: string; /** In how many collections it stands. */ readonly collections: number };

/** Columns beyond which nobody reads a board; the rest is found by filtering or in the collections themselves. */
export const mostColumns = 40;

/**
 * Every alias in use, and those that a registry names as protected though they stand nowhere yet: the commonest first, equal ones by name.
 */
export function aliasColumns(inUse: readonly AliasColumn[], registries: readonly Pick<RegistrySummary, 'protectedAliases'>[]): readonly AliasColumn[] {
  const counts = new Map<string, number>();
  for (const registry of registries) for (const alias of registry.protectedAliases) if (!alias.includes('*')) counts.set(alias, 0);
  for (const { alias, collections } of inUse) counts.set(alias, collections);
  counts.delete(latestAlias);
  return [...counts]
    .map(([alias, collections]) => ({ alias, collections }))
    .sort((one, other) => other.collections - one.collections || one.alias.localeCompare(other.alias, 'en', { numeric: true }))
    .slice(0, mostColumns);
}

/** How far an alias is behind the newest version of its collection, in words; undefined when it stands on it. */
export function behind(index: number, latest: number | undefined): string | undefined {
  return latest === undefined || latest <= index ? undefined : `${latest - index} behind`;
}
