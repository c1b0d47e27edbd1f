import { describe, expect, it } from 'vitest';
import type { RegistryId, Role, VersionId, VersionState } from '#shared/contract/index.ts';
import type { VersionRef } from '../selection.ts';
import { linkVerdict, type LinkDestination } from './linkVerdict.ts';

const version = (part: Partial<VersionRef> = {}): VersionRef => ({
  id: 1 as VersionId, entity: 'team', project: 'nlp', artifact: 'mini-lm', type: 'model', index: 2, state: 'committed' as VersionState, ...part,
});
const registry = (role: Role, acceptedTypes: readonly string[] | null = null): LinkDestination['registry'] => ({ id: 1 as RegistryId, name: 'Models', role, acceptedTypes: acceptedTypes === null ? null : [...acceptedTypes] });
const gemma = { id: 7, name: 'gemma', type: 'model' };

describe('linkVerdict', () => {
  it('allows what fits and says what would happen', () => {
    expect(linkVerdict([version()], { registry: registry('member'), collection: gemma })).toEqual({ allowed: true, effect: 'Link to gemma' });
    expect(linkVerdict([version(), version({ index: 3 })], { registry: registry('admin', ['model']), collection: null })).toEqual({ allowed: true, effect: 'Link 2 versions into a new collection of Models' });
  });

  it.each([
    ['another type than the collection’s', [version({ type: 'dataset' })], { registry: registry('admin'), collection: gemma }, /holds the type “model”, not “dataset”/u],
    ['a type the registry does not accept', [version()], { registry: registry('admin', ['dataset']), collection: null }, /accepts “dataset”, not “model”/u],
    ['too little a role', [version()], { registry: registry('viewer'), collection: gemma }, /role member/u],
    ['a version still being logged', [version({ state: 'pending' })], { registry: registry('member'), collection: gemma }, /still being logged/u],
    ['a deleted version', [version({ state: 'deleted' })], { registry: registry('member'), collection: gemma }, /deleted/u],
    ['several types at once', [version(), version({ type: 'dataset' })], { registry: registry('member'), collection: null }, /one type/u],
    ['nothing', [], { registry: registry('member'), collection: gemma }, /No version/u],
  ] as const)('refuses %s and says why', (_, versions, destination, reason) => {
    const verdict = linkVerdict(versions, destination);
    expect(verdict.allowed).toBe(false);
    if (!verdict.allowed) expect(verdict.reason).toMatch(reason);
  });
});
