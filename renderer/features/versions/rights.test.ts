import { describe, expect, it } from 'vitest';
import type { LinkSummary } from '#shared/contract/index.ts';
import { roles } from '#shared/domain/roles.ts';
import { readOnlyReason, whyNot, type Eyes } from '../../app/rights.ts';
import { rightsOf } from './rights.ts';

const link = { registry: 'Models' } as LinkSummary;
const version = { entity: 'home', links: [] };
const eyes = (role: (typeof roles)[number], readOnly = false): Eyes => ({ readOnly, self: { id: 2 as never, username: 'noa', kind: 'person', role: 'restricted_viewer', teams: [{ id: 1 as never, name: 'home', role }] }, registries: [{ name: 'Models', role }] });
const seen = (role: (typeof roles)[number], through: LinkSummary | null, readOnly = false) => rightsOf(readOnly, (operation, where) => whyNot(eyes(role, readOnly), operation, where), version, through, through === null ? null : { name: 'Models', role });

describe('rightsOf', () => {
  it('follows the table of roles where a link is looked at', () => {
    expect(roles.map((role) => seen(role, link).download === null)).toEqual([false, true, true, true]);
    expect(roles.map((role) => seen(role, link).editLink === null)).toEqual([false, false, true, true]);
    expect(roles.map((role) => seen(role, link).mayMoveProtected)).toEqual([false, false, false, true]);
    expect(seen('viewer', link).editLink).toContain('member');
  });

  it('follows the role in the team where the version itself is edited', () => {
    for (const right of ['editVersion', 'deleteVersion', 'editSourceAliases', 'link'] as const) expect([right, roles.map((role) => seen(role, null)[right] === null)]).toEqual([right, [false, false, true, true]]);
    expect(roles.map((role) => seen(role, null).download === null)).toEqual([false, true, true, true]);
    const linked = (role: (typeof roles)[number]) => rightsOf(false, (operation, where) => whyNot({ ...eyes('restricted_viewer'), registries: [{ name: 'Models', role }] }, operation, where), { ...version, links: [{ registry: 'Models' }] }, null, null);
    expect(roles.map((role) => linked(role).download === null)).toEqual([false, true, true, true]);
    expect(seen('viewer', null).editVersion).toBe('This needs the role member in the team home; yours is viewer.');
  });

  it('holds back, with words, until the role in the registry is known', () => {
    const unknown = rightsOf(false, () => null, version, link, null);
    expect(unknown).toMatchObject({ mayMoveProtected: false });
    expect(unknown.editLink).not.toBeNull();
  });

  it('lets nobody write to a catalog that is read-only, and everybody look', () => {
    const rights = seen('admin', link, true);
    expect([rights.editVersion, rights.editLink, rights.editSourceAliases, rights.unlink]).toEqual([readOnlyReason, readOnlyReason, readOnlyReason, readOnlyReason]);
    expect(seen('admin', null, true).download).toBeNull();
  });
});
