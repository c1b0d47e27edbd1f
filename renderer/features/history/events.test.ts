import { describe, expect, it } from 'vitest';
import { eventKinds } from '#shared/contract/index.ts';
import { allChanges, changesOf, toneOf, verbOf, wordOf } from './events.ts';

describe('events in words', () => {
  it('have a verb for every kind', () => {
    for (const kind of eventKinds) expect(verbOf(kind)).toMatch(/^[a-z][a-z ]+:?$/u);
    expect([toneOf('version.created'), toneOf('link.removed'), toneOf('alias.moved'), toneOf('version.updated')]).toEqual(['good', 'danger', 'accent', undefined]);
  });

  it('name the alias or tag and say what changed', () => {
    const moved = { kind: 'alias.moved', before: { alias: 'production', index: 2 }, after: { alias: 'production', index: 4 } } as const;
    expect(wordOf(moved)).toEqual({ kind: 'alias', word: 'production' });
    expect(changesOf(moved)).toEqual(['v2 → v4']);
    expect(changesOf({ before: null, after: { size: 2048, digest: 'a'.repeat(64) } })).toEqual(['size: 2.00 KiB', 'digest: aaaaaaaa']);
    expect(changesOf({ before: { index: null }, after: { index: 1 } })).toEqual(['v1']);
    expect(changesOf({ before: { displayName: 'a' }, after: { displayName: 'b', runId: 'x1' } })).toEqual(['display name: a → b', 'run ID: x1']);
    expect(changesOf({ before: 'x', after: 3 })).toEqual([]);
  });

  it('unfold every key, whole, with nothing where a side has none', () => {
    expect(allChanges({ before: { note: 'a', same: 1 }, after: { note: '', same: 1, types: ['model'] } })).toEqual([
      { key: 'note', was: 'a', is: '' }, { key: 'same', was: '1', is: '1' }, { key: 'types', was: null, is: '[\n  "model"\n]' },
    ]);
    expect(allChanges({ before: null, after: null })).toEqual([]);
    expect(allChanges({ before: 'x', after: null })).toEqual([{ key: 'value', was: 'x', is: null }]);
  });
});
