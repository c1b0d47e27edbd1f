import { beforeEach, describe, expect, it } from 'vitest';
import { aliasGuard } from '#shared/domain/aliasGuard.ts';
import { createClient, VitrineError, type ArtifactId, type CollectionId, type CoreClient, type LinkId, type VersionId } from '#shared/contract/index.ts';
import { provideCore } from '../../app/api/core.ts';
import { useReasonQuestion } from '../../app/api/reason.ts';
import { aliasProblem, splitAliases } from './AliasField.tsx';
import { describeMoves, foreseenVerdict, moveVerdict, planMove, putAliases, removeAlias, type AliasDrag, type AliasPlace } from './moves.ts';

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

describe('what is sent', () => {
  const sent: { readonly name: string; readonly input: unknown }[] = [];
  let needed: readonly string[] = [];
  let stands: number | null = null;
  beforeEach(() => {
    sent.length = 0;
    needed = [];
    stands = 3;
    const client = {
      ...createClient(),
      query: (_: string, { aliases }: { readonly aliases: readonly string[] }) => Promise.resolve({
        moves: aliases.map((alias) => ({ alias, from: stands, to: 5 })), refused: [], needsReason: false,
        needsApproval: aliases.filter((alias) => needed.includes(alias)).map((alias) => ({ alias, label: 'Models/x:v5', explanation: `“${alias}” waits.` })),
      }),
      execute: (name: string, input: unknown) => {
        sent.push({ name, input });
        if (name === 'aliases.set' && stands === 9) return Promise.reject(new VitrineError('alias_conflict', { details: { alias: 'a' } }));
        return Promise.resolve({ output: { moves: [], alias: 'a', link: { label: 'Models/x:v5' } }, undo: null });
      },
    };
    provideCore(client as unknown as CoreClient);
  });
  /** Answers the question as soon as it is asked. */
  const answering = (answer: string | null): (() => string[]) => {
    const titles: string[] = [];
    const stop = useReasonQuestion.subscribe(({ asked }) => {
      if (asked === null) return;
      titles.push(asked.question.title);
      asked.answer(answer);
    });
    return () => {
      stop();
      return titles;
    };
  };

  it('is held against where each alias was seen, else against where it stood when it was asked about', async () => {
    expect(await putAliases(place(), ['a', 'b'], new Map([['a', 1]]))).toBe(true);
    expect(sent).toEqual([{ name: 'aliases.set', input: { target: place().target, aliases: ['a', 'b'], expected: { a: 1, b: 3 } } }]);
    await removeAlias(place(), 'c');
    expect(sent[1]?.input).toEqual({ target: place().target, aliases: ['c'], expected: { c: 5 } });
    stands = 9;
    expect(await putAliases(place(), ['a'])).toBe(false);
  });

  it('is a request where an approval is needed and wished for; the others are put', async () => {
    needed = ['a'];
    const titles = answering('better');
    expect(await putAliases(place(), ['a', 'b'])).toBe(true);
    expect(sent).toEqual([
      { name: 'approvals.request', input: { linkId: 5, alias: 'a', message: 'better' } },
      { name: 'aliases.set', input: { target: place().target, aliases: ['b'], expected: { b: 3 } } },
    ]);
    expect(titles()).toEqual(['“a” needs an approval on v5']);
  });

  it('is nothing where somebody thinks better of it, however the alias was to move', async () => {
    needed = ['a', 'production'];
    const titles = answering(null);
    expect(await putAliases(place(), ['a', 'b'])).toBe(false);
    await planMove({ alias: production, to: place() });
    await planMove({ alias: { ...production, alias: 'a', protected: false }, to: place() });
    expect(sent).toEqual([]);
    expect(titles()).toEqual(['“a” needs an approval on v5', '“production” needs an approval on v5', '“a” needs an approval on v5']);
    expect(await foreseenVerdict(production, place())).toEqual({ allowed: true, effect: '“production” needs an approval on v5: dropping it asks for one' });
  });
});
