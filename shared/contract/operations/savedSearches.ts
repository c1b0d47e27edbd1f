/** Searches that were kept: smart collections, filled anew each time they are opened. */
import { z } from 'zod';
import { Timestamp, UserSummary } from '../entities.ts';
import { SavedSearchId } from '../ids.ts';
import { defineCommand, defineQuery } from '../operation.ts';
import { SearchKind } from './search.ts';

export const SavedSearch = z.strictObject({
  id: SavedSearchId,
  name: z.string(),
  text: z.string(),
  kinds: z.array(SearchKind).nullable(),
  /** Whether everybody in the organization has it, or its owner alone. */
  shared: z.boolean(),
  owner: UserSummary,
  /** Whether the caller may rename, change and remove it. */
  mayEdit: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type SavedSearch = z.infer<typeof SavedSearch>;

const changing = ['not_found', 'name_invalid', 'already_exists', 'query_invalid', 'permission_denied', 'catalog_read_only', 'disk_full'] as const;

export const savedSearchOperations = [
  defineQuery({
    name: 'searches.list',
    summary: 'The caller’s own saved searches and those shared in the organization, by name.',
    input: () => z.strictObject({}),
    output: () => z.strictObject({ items: z.array(SavedSearch) }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'searches.save',
    summary: 'Keeps a search under a name; with an id, that saved search is changed.',
    input: () => z.strictObject({ id: SavedSearchId.optional(), name: z.string(), text: z.string().max(10_000), kinds: z.array(SearchKind).min(1).nullable().default(null), shared: z.boolean().default(false) }),
    output: () => SavedSearch,
    errors: changing,
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'searches.rename',
    summary: 'Gives a saved search another name.',
    input: () => z.strictObject({ id: SavedSearchId, name: z.string() }),
    output: () => SavedSearch,
    errors: changing,
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'searches.remove',
    summary: 'Forgets a saved search.',
    input: () => z.strictObject({ id: SavedSearchId }),
    output: () => z.strictObject({}),
    errors: ['not_found', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'restricted_viewer',
  }),
] as const;
