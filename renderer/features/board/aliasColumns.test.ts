import { describe, expect, it } from 'vitest';
import { aliasColumns, anyCase, behind } from './aliasColumns.ts';

const row = (...names: readonly string[]) => ({ aliases: names.map((name) => ({ name, protected: false, index: 1 })) });

describe('the columns of the board', () => {
  it('are the commonest aliases first, equal ones by name, without “latest”', () => {
    const columns = aliasColumns([row('staging', 'latest'), row('staging', 'beta'), row('beta', 'alpha')], []);
    expect(columns).toEqual([{ alias: 'beta', count: 2 }, { alias: 'staging', count: 2 }, { alias: 'alpha', count: 1 }]);
  });

  it('offer what a registry protects though it stands nowhere, and no patterns', () => {
    expect(aliasColumns([row('beta')], [{ protectedAliases: ['production', 'prod-*'] }])).toEqual([{ alias: 'beta', count: 1 }, { alias: 'production', count: 0 }]);
  });
});

describe('a filter by name', () => {
  it.each([['weld', 'Weld Detector', true], ['INT8', 'weld detector int8', true], ['a.b', 'a-b', false], ['a.b', 'A.B', true], ['(x)', 'f(X)', true]])('%s in %s', (words, name, found) => {
    expect(new RegExp(anyCase(words), 'u').test(name)).toBe(found);
  });
});

describe('behind', () => {
  it('counts numbers, and is silent on the newest version', () => {
    expect(behind(4, 6)).toBe('2 behind');
    expect(behind(6, 6)).toBeUndefined();
    expect(behind(6, undefined)).toBeUndefined();
  });
});
