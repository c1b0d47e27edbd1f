import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManifestEntry } from '#shared/contract/index.ts';
import type { JsonObject } from '#shared/domain/metadata.ts';
import { compareFiles, compareMetadata, stepTo } from './difference.ts';

const file = (path: string, content: string, size = content.length): ManifestEntry => ({ path, size, sha256: content.padEnd(64, '0'), md5: null, reference: null });

describe('compareFiles', () => {
  it('tells added, removed, changed, moved and unchanged apart', () => {
    const before = [file('a.txt', 'aa'), file('b.txt', 'bbb'), file('c.txt', 'c'), file('old/d.bin', 'dddd')];
    const after = [file('a.txt', 'aa'), file('b.txt', 'bxbx'), file('new/d.bin', 'dddd'), file('e.txt', 'eeeee')];
    const { changes, unchanged, growth } = compareFiles(before, after);
    expect(changes.map((change) => `${change.kind} ${change.path}`)).toEqual(['changed b.txt', 'removed c.txt', 'added e.txt', 'moved new/d.bin']);
    expect(changes.find((change) => change.kind === 'moved')?.before?.path).toBe('old/d.bin');
    expect(unchanged).toBe(1);
    expect(growth).toBe(15 - 10);
  });

  it('takes empty files for alike, not for moved', () => {
    expect(compareFiles([file('a', 'e', 0)], [file('b', 'e', 0)]).changes.map((change) => change.kind)).toEqual(['removed', 'added']);
  });

  it('holds references against their address and checksum', () => {
    const reference = (md5: string): ManifestEntry => ({ path: 'x', size: 5, sha256: null, md5, reference: 's3://bucket/x' });
    expect(compareFiles([reference('1')], [reference('1')]).unchanged).toBe(1);
    expect(compareFiles([reference('1')], [reference('2')]).changes[0]?.kind).toBe('changed');
  });

  it('accounts for every path once, whatever differs', () => {
    const manifest = fc.uniqueArray(fc.record({ path: fc.constantFrom(...'abcdefgh'), content: fc.constantFrom('1', '2', '3') }), { selector: (entry) => entry.path });
    fc.assert(
      fc.property(manifest, manifest, (left, right) => {
        const before = left.map((entry) => file(entry.path, entry.content));
        const after = right.map((entry) => file(entry.path, entry.content));
        const { changes, unchanged } = compareFiles(before, after);
        const from = changes.filter((change) => change.before !== null).length + unchanged;
        const to = changes.filter((change) => change.after !== null).length + unchanged;
        expect([from, to]).toEqual([before.length, after.length]);
        expect(compareFiles(before, before).changes).toEqual([]);
      }),
    );
  });
});

describe('compareMetadata', () => {
  it('goes value by value, lists by position', () => {
    const before = { acc: 0.9, layers: [{ width: 32 }, { width: 64 }], gone: true, kind: 'a' };
    const after = { acc: 0.93, layers: [{ width: 32 }, { width: 48 }, { width: 16 }], kind: { name: 'a' }, new: null };
    expect(compareMetadata(before, after).map((change) => `${change.kind} ${change.path}`).sort()).toEqual(
      ['added layers[2]', 'added new', 'changed acc', 'changed kind', 'changed layers[1].width', 'removed gone'].sort(),
    );
  });

  it('finds nothing between an object and its copy, and keeps keys such as __proto__ ordinary', () => {
    const odd = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as JsonObject;
    expect(compareMetadata(odd, JSON.parse(JSON.stringify(odd)) as JsonObject)).toEqual([]);
    expect(compareMetadata({}, odd).map((change) => change.path).sort()).toEqual(['__proto__', 'constructor']);
  });

  it('writes paths as code would', () => {
    expect(stepTo('', 'plain')).toBe('plain');
    expect(stepTo('a', 'b c')).toBe('a["b c"]');
    expect(stepTo('a', 'b.c')).toBe('a["b.c"]');
  });
});
