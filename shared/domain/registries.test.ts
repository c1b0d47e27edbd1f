import { describe, expect, test } from 'vitest';
import { acceptsType, blockersOfTypes, blockersOfVisibility, setAcceptedTypes, type RegistrySettings } from './registries.ts';
import { explainViolation } from './violations.ts';

const custom: RegistrySettings = { name: 'Vision', coreType: null, visibility: 'restricted', acceptedTypes: ['model', 'dataset'], collections: [{ name: 'resnet', type: 'model' }, { name: 'vit', type: 'model' }] };

describe('accepted types', () => {
	test('adding is free, removing is when nothing holds the type', () => {
		expect(setAcceptedTypes(custom, 'all').ok).toBe(true);
		expect(setAcceptedTypes(custom, ['model', 'model', 'report'])).toEqual({ ok: true, value: ['model', 'report'] });
		expect(setAcceptedTypes(custom, ['dataset'])).toMatchObject({ violation: { rule: 'type-in-use', type: 'model', collections: ['resnet', 'vit'] } });
		expect(blockersOfTypes({ ...custom, acceptedTypes: 'all' }, ['model'])).toEqual([]);
		expect(blockersOfTypes(custom, []).map((blocker) => blocker.rule)).toEqual(['last-type', 'type-in-use']);
		expect(acceptsType('all', 'x')).toBe(true);
		expect(acceptsType(['model'], 'x')).toBe(false);
	});
	test('a core registry keeps its own type', () => {
		expect(blockersOfTypes({ ...custom, name: 'Models', coreType: 'model', collections: [] }, ['dataset']).map((blocker) => blocker.rule)).toEqual(['core-registry']);
		expect(blockersOfTypes({ ...custom, name: 'Models', coreType: 'model' }, ['model', 'dataset'])).toEqual([]);
	});
});

describe('visibility', () => {
	test('widening lists the sources that not everybody may see', () => {
		const [blocker] = blockersOfVisibility(custom, 'organization', { admins: 1, restrictedSources: ['vision/secret:v1'] });
		expect(blocker && explainViolation(blocker)).toContain('vision/secret:v1');
		expect(blockersOfVisibility(custom, 'organization', { admins: 0, restrictedSources: [] })).toEqual([]);
	});
	test('narrowing needs an admin; nothing changes without a change; core registries stay', () => {
		const open = { ...custom, visibility: 'organization' as const };
		expect(blockersOfVisibility(open, 'restricted', { admins: 0, restrictedSources: [] }).map((blocker) => blocker.rule)).toEqual(['last-admin']);
		expect(blockersOfVisibility(open, 'restricted', { admins: 1, restrictedSources: ['x'] })).toEqual([]);
		expect(blockersOfVisibility(custom, 'restricted', { admins: 0, restrictedSources: ['x'] })).toEqual([]);
		expect(blockersOfVisibility({ ...open, coreType: 'model' }, 'restricted', { admins: 1, restrictedSources: [] }).map((blocker) => blocker.rule)).toEqual(['core-registry']);
	});
});
