import { describe, expect, it } from 'vitest';
import { aliasGuard } from '#shared/domain/aliasGuard.ts';
import type { ArtifactId, CollectionId, LinkId, VersionId } from '#shared/contract/index.ts';
import { aliasProblem, splitAliases } from './AliasField.tsx';
import { describeMoves, moveVerdict, type AliasDrag, type AliasPlace } from './moves.ts';

const holder = { kind: 'collection', id: 1 as CollectionId } as const;
const production: AliasDrag = { kind: 'alias', alias: 'production', protected: true, holder, fromIndex: 3 };
const place = (part: Partial<AliasPlace> = {}): AliasPlace => ({ holder, target: { kind: 'link', id: 5 as LinkId }, index: 5, mayMoveProtected: true, ...part });

describe('moveVerdict', () => {
  it('says from where to where', () => {
    expect(moveVerdict(production, place())).toEqual({ allowed: true, effect: 'Move “production” from v3 to v5' });
  });

  it('has nothing to say where the alias stands already', () => {
    expect(moveVerdict(production, place({ index: 3 }))).toBeNull();
  });

  it.each([
    ['another collection', production, place({ holder: { kind: 'collection', id: 2 as CollectionId } }), /within its own collection/u],
    ['an artifact', production, place({ holder: { kind: 'artifact', id: 1 as ArtifactId }, target: { kind: 'version', id: 1 as VersionId } }), /within its own collection/u],
    ['somebody who is no admin', production, place({ mayMoveProtected: false }), /only an admin/u],
    ['“latest”', { ...production, alias: 'latest', protected: false }, place(), /follows/u],
  ] as const)('refuses %s', (_, alias, to, reason) => {
    const verdict = moveVerdict(alias, to);
    expect(verdict?.allowed).toBe(false);
    if (verdict?.allowed === false) expect(verdict.reason).toMatch(reason);
  });
});

describe('what is typed', () => {
  it('is parted at commas, semicolons and line breaks, each alias once', () => {
    expect(splitAliases(' a, b;c\r\nb\t two words ,,')).toEqual(['a', 'b', 'c', 'two words']);
  });

  it.each([['v7', /version number/u], ['a/b', /not allowed/u], ['latest', /follows/u], ['x'.repeat(200), /128/u]] as const)('is refused as an alias: %s', (alias, reason) => {
    expect(aliasProblem(alias, [])).toMatch(reason);
  });

  it('is refused where it is locked', () => {
    expect(aliasProblem('production', [{ alias: 'production', standsOn: 1, protected: true, lockedReason: 'Only an admin.' }])).toBe('Only an admin.');
    expect(aliasProblem('production', [])).toBeNull();
    expect(aliasProblem('prod-eu', [], aliasGuard(['prod-*']), 'Only an admin.')).toBe('Only an admin.');
    expect(aliasProblem('prod-eu', [], aliasGuard(['prod-*']), null)).toBeNull();
  });
});

describe('describeMoves', () => {
  it.each([
    [[{ alias: 'a', from: null, to: 4 }], 'Put “a” on v4'],
    [[{ alias: 'a', from: 2, to: 4 }, { alias: 'latest', from: 2, to: 4 }], 'Moved “a” from v2 to v4'],
    [[{ alias: 'a', from: 2, to: 4 }, { alias: 'b', from: null, to: 4 }], 'Put 2 aliases on v4'],
    [[], 'Nothing to change on v4'],
  ])('puts %j in words', (moves, words) => {
    expect(describeMoves(moves, 4)).toBe(words);
  });
});
