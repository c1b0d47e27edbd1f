import { describe, expect, it } from 'vitest';
import type { ProjectId, RegistryId } from '#shared/contract/index.ts';
import { keyState, scopeWords } from './keys.ts';

const now = Date.UTC(2026, 4, 3);
const registries = [{ id: 1, name: 'Models' }, { id: 2, name: 'Datasets' }];
const projects = [{ id: 7, name: 'lab' }];

describe('keys', () => {
  it('are good until they are revoked or expired', () => {
    expect(keyState({ revokedAt: null, expiresAt: null }, now)).toBe('good');
    expect(keyState({ revokedAt: null, expiresAt: '2026-05-03T00:00:00.000Z' }, now)).toBe('expired');
    expect(keyState({ revokedAt: null, expiresAt: '2026-05-04T00:00:00.000Z' }, now)).toBe('good');
    expect(keyState({ revokedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z' }, now)).toBe('revoked');
  });

  it('say what they may and where', () => {
    const id = <Id extends number>(value: number): Id => value as Id;
    expect(scopeWords(null, registries, projects)).toBe('all of its owner’s');
    expect(scopeWords({ role: 'viewer', registryIds: null, projectIds: null }, registries, projects)).toBe('read only');
    expect(scopeWords({ role: 'member', registryIds: [id<RegistryId>(1)], projectIds: [id<ProjectId>(7)] }, registries, projects)).toBe('read and write, in Models, lab');
    expect(scopeWords({ role: null, registryIds: [], projectIds: null }, registries, projects)).toBe('all of its owner’s, in every project');
    expect(scopeWords({ role: 'viewer', registryIds: [], projectIds: [] }, registries, projects)).toBe('read only, nowhere');
    expect(scopeWords({ role: 'viewer', registryIds: [id<RegistryId>(1), id<RegistryId>(2), id<RegistryId>(9)], projectIds: [id<ProjectId>(7)] }, registries, projects)).toBe('read only, in Models, Datasets and 2 more');
  });
});
