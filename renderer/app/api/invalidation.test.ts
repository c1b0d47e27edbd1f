import { describe, expect, it } from 'vitest';
import { changeEntities, findOperation, operationList } from '#shared/contract/index.ts';
import { invalidationTable, outsideCatalog, staleOperations } from './invalidation.ts';

const queries = operationList.filter((operation) => operation.kind === 'query').map((operation) => operation.name);
const covered = new Set<string>(Object.values(invalidationTable).flat());

describe('the invalidation table', () => {
  it.each(queries.filter((name) => !(outsideCatalog as readonly string[]).includes(name)))('makes %s stale by some change', (name) => {
    expect(covered).toContain(name);
  });

  it('has a row for every entity of the feed, and names queries only', () => {
    expect(Object.keys(invalidationTable).sort()).toEqual([...changeEntities].sort());
    for (const name of covered) expect(findOperation(name)?.kind).toBe('query');
  });

  it('joins the rows of all entities of a notice', () => {
    const stale = staleOperations({ rev: 2, previous: 1, changes: [{ entity: 'star', ids: [1] }, { entity: 'setting', ids: 'all' }] });
    expect(stale).toContain('settings.get');
    expect(stale).toContain('home.get');
    expect(stale).not.toContain('versions.files');
  });

  it('lets every view that draws aliases follow an alias move', () => {
    const stale = staleOperations({ rev: 1, previous: 0, changes: [{ entity: 'alias', ids: [1] }] });
    for (const name of ['links.list', 'links.get', 'versions.list', 'versions.get', 'collections.list', 'collections.get', 'lineage.neighbourhood', 'aliases.timeline', 'versions.links'] as const) {
      expect(stale).toContain(name);
    }
  });
});
