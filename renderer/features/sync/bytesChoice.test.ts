import { describe, expect, it } from 'vitest';
import type { Remote } from '#shared/contract/index.ts';
import { onDemand, policyWords, rateWords, readBytes, typedBytes } from './bytesChoice.ts';

const policies: readonly Remote['bytes'][] = [
  { kind: 'on_demand' },
  { kind: 'aliased', aliases: [] },
  { kind: 'aliased', aliases: ['production', 'champion'] },
  { kind: 'newest', count: 12 },
  { kind: 'pinned', collections: [4, 7] as never },
  { kind: 'all' },
];

describe('a policy', () => {
  it('stands in the fields as it was, and is read from them as it stood', () => {
    for (const bytes of policies) for (const rate of [null, 1024, 1_500_000, 20 * 1024 * 1024]) expect(readBytes(typedBytes({ bytes, rate }))).toEqual({ ok: true, bytes, rate });
  });

  it('is not sent while something in it can’t be read', () => {
    const problem = (change: Partial<typeof onDemand>) => {
      const read = readBytes({ ...onDemand, ...change });
      return read.ok ? null : read.field;
    };
    for (const newest of ['', '0', '1001', '2.5', 'three']) expect(problem({ kind: 'newest', newest })).toBe('newest');
    expect(problem({ kind: 'pinned' })).toBe('collections');
    for (const rate of ['fast', '-1', '1 byte', '1000', '20 parsec']) expect(problem({ rate })).toBe('rate');
    // What stands in fields that are not asked is no obstacle.
    expect(problem({ kind: 'all', newest: '' })).toBeNull();
  });

  it('takes a rate as people write it, and aliases with whatever stands between them', () => {
    for (const rate of ['20MB', ' 20 MiB ', '20 MB/s', '20480 KB / s']) expect(readBytes({ ...onDemand, rate })).toMatchObject({ rate: 20 * 1024 * 1024 });
    expect(readBytes({ ...onDemand, kind: 'aliased', aliases: ' production,,champion , production' })).toMatchObject({ bytes: { aliases: ['production', 'champion'] } });
  });

  it('is said in words', () => {
    expect(policies.map((bytes) => policyWords({ bytes, kind: 'mlflow' }))).toEqual(['When asked for', 'Of versions with an alias', 'Of versions with the alias production or champion', 'Of the newest 12 versions of each model', 'Of 2 pinned collections', 'Of every version']);
    expect(policyWords({ bytes: { kind: 'newest', count: 1 }, kind: 'wandb' })).toBe('Of the newest version of each collection');
    expect([null, 20 * 1024 * 1024].map((rate) => rateWords({ rate }))).toEqual(['as fast as it goes', 'at most 20.0 MiB/s']);
  });
});
