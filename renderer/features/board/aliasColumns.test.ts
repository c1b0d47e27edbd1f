import { describe, expect, it } from 'vitest';
import { aliasColumns, behind } from './aliasColumns.ts';

describe('the columns of the board', () => {
  it('are the commonest aliases first, equal ones by name, without “latest”', () => {
    const columns = aliasColumns([{ alias: 'staging', collections: 2 }, { alias: 'alpha', collections: 1 }, { alias: 'beta', collections: 2 }, { alias: 'latest', collections: 9 }], []);
    expect(columns.map(({ alias }) => alias)).toEqual(['beta', 'staging', 'alpha']);
  });

  it('offer what a registry protects though it stands nowhere, and no patterns', () => {
    expect(aliasColumns([{ alias: 'beta', collections: 1 }], [{ protectedAliases: ['production', 'prod-*'] }])).toEqual([{ alias: 'beta', collections: 1 }, { alias: 'production', collections: 0 }]);
  });
});

describe('behind', () => {
  it('counts numbers, and is silent on the newest version', () => {
    expect(behind(4, 6)).toBe('2 behind');
    expect(behind(6, 6)).toBeUndefined();
    expect(behind(6, undefined)).toBeUndefined();
  });
});
