import { describe, expect, it } from 'vitest';
import type { LinkSummary } from '#shared/contract/index.ts';
import { roles } from '#shared/domain/roles.ts';
import { readOnlyReason, rightsOf } from './rights.ts';

const link = { registry: 'Models' } as LinkSummary;
const as = (role: (typeof roles)[number]) => rightsOf(false, link, { name: 'Models', role });

describe('rightsOf', () => {
  it('follows the table of roles where a link is looked at', () => {
    expect(roles.map((role) => as(role).download === null)).toEqual([false, true, true, true]);
    expect(roles.map((role) => as(role).editLink === null)).toEqual([false, false, true, true]);
    expect(roles.map((role) => as(role).mayMoveProtected)).toEqual([false, false, false, true]);
    expect(as('viewer').editLink).toContain('member');
  });

  it('holds back, with words, until the role is known', () => {
    expect(rightsOf(false, link, null)).toMatchObject({ mayMoveProtected: false });
    expect(rightsOf(false, link, null).editLink).not.toBeNull();
  });

  it('lets nobody write to a catalog that is read-only, and everybody look', () => {
    const rights = rightsOf(true, null, null);
    expect([rights.editVersion, rights.editLink, rights.editSourceAliases, rights.unlink]).toEqual([readOnlyReason, readOnlyReason, readOnlyReason, readOnlyReason]);
    expect(rights.download).toBeNull();
  });
});
