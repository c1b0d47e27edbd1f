import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	checkGrant,
	compareRoles,
	decide,
	effectiveRole,
	explainDecision,
	highestRole,
	isVisible,
	organizationActions,
	projectActions,
	registryActions,
	roles,
	type Asker,
	type OrganizationAction,
	type ProjectAction,
	type ProjectObject,
	type RegistryAction,
	type RegistryObject,
	type Role,
} from './roles.ts';

const vision = { id: 't1', name: 'vision' };
const ada: Asker = { kind: 'user', id: 'u1', name: 'ada', organizationRole: 'viewer', teams: [{ team: vision, role: 'member' }] };
const models: RegistryObject = { kind: 'registry', id: 'r1', name: 'Models', visibility: 'organization', grants: [] };
const secret: RegistryObject = { ...models, name: 'Secret', visibility: 'restricted' };
const project: ProjectObject = { kind: 'project', id: 'p1', name: 'resnet', team: vision };
const organization = { kind: 'organization', id: 'o1', name: 'acme' } as const;

/** The access table of the product, as written there: which roles may, from the least. */
const table: Record<RegistryAction, Role> = {
	'registry.see': 'restricted_viewer', 'registry.search': 'restricted_viewer', 'registry.seeHistory': 'restricted_viewer', 'registry.seeMembers': 'restricted_viewer',
	'version.use': 'viewer', 'version.download': 'viewer', 'version.preview': 'viewer',
	'link.create': 'member', 'link.remove': 'member', 'link.note': 'member', 'link.setState': 'member', 'alias.change': 'member', 'tag.change': 'member', 'card.edit': 'member',
	'collection.create': 'member', 'collection.delete': 'member', 'automation.manage': 'member', 'approval.request': 'member', 'comment.write': 'member', 'registry.rename': 'member',
	'registry.setVisibility': 'admin', 'registry.setTypes': 'admin', 'registry.manageMembers': 'admin', 'registry.manageProtectedAliases': 'admin', 'registry.setReasons': 'admin', 'registry.setLifecycle': 'admin', 'registry.setCardRules': 'admin', 'registry.manageApprovalRules': 'admin', 'registry.delete': 'admin',
	'protectedAlias.change': 'admin', 'protectedAlias.removeCarrier': 'admin',
};

describe('the table', () => {
	test.each(Object.entries(table))('%s needs %s', (action, least) => {
		for (const role of roles) {
			const decision = decide({ ...ada, teams: [] }, action as RegistryAction, { ...secret, grants: [{ holder: 'user', holderId: 'u1', role }] });
			expect(decision.allowed).toBe(roles.indexOf(role) >= roles.indexOf(least));
		}
	});
	test('creating a registry is for members of the organization', () => {
		for (const role of roles) expect(decide({ ...ada, organizationRole: role }, 'registry.create', organization).allowed).toBe(role === 'member' || role === 'admin');
	});
});

describe('where a role comes from', () => {
	test('the highest of organization, registry and team', () => {
		const grants: RegistryObject['grants'] = [
			{ holder: 'user', holderId: 'u1', role: 'viewer' },
			{ holder: 'team', holderId: 't1', role: 'admin' },
			{ holder: 'user', holderId: 'somebody else', role: 'admin' },
		];
		expect(decide(ada, 'registry.delete', { ...secret, grants })).toMatchObject({ allowed: true, because: { through: 'team registry role', role: 'admin', team: vision } });
		expect(effectiveRole({ ...ada, teams: [] }, { ...secret, grants })).toBe('viewer');
	});
	test('a registry that the organization sees makes everybody in it at least a viewer', () => {
		expect(decide({ ...ada, organizationRole: 'restricted_viewer' }, 'version.download', models)).toMatchObject({ allowed: true, because: { through: 'organization visibility' } });
		expect(decide({ ...ada, organizationRole: 'member' }, 'link.create', models)).toMatchObject({ allowed: true, because: { through: 'organization role' } });
	});
	test('a restricted registry does not exist for those whom nothing names', () => {
		const decision = decide({ ...ada, organizationRole: 'member' }, 'registry.see', secret);
		expect(decision).toMatchObject({ allowed: false, visible: false, role: null });
		expect(isVisible(ada, secret)).toBe(false);
		expect(isVisible({ ...ada, organizationRole: 'admin' }, secret)).toBe(true);
	});
	test('outside the organization there is nothing, old grants or not', () => {
		const outside = { ...ada, organizationRole: null };
		expect(isVisible(outside, models)).toBe(false);
		expect(isVisible(outside, { ...models, grants: [{ holder: 'user', holderId: 'u1', role: 'admin' }] })).toBe(false);
		expect(isVisible(outside, project)).toBe(false);
	});
	test('a user and a service account with the same id are two', () => {
		expect(isVisible(ada, { ...secret, grants: [{ holder: 'service account', holderId: 'u1', role: 'admin' }] })).toBe(false);
	});
	test('a service account is at least a member where it is anything, and nothing where it is nothing', () => {
		const robot: Asker = { kind: 'service account', id: 's1', name: 'ci', organizationRole: 'viewer', teams: [] };
		expect(effectiveRole(robot, models)).toBe('member');
		expect(effectiveRole(robot, secret)).toBeNull();
		expect(checkGrant('service account', 'viewer')).toMatchObject({ ok: false, violation: { rule: 'service-account-role' } });
		expect(checkGrant('service account', 'member').ok).toBe(true);
		expect(checkGrant('user', 'restricted_viewer').ok).toBe(true);
	});
	test('projects belong to teams', () => {
		expect(decide(ada, 'source.log', project)).toMatchObject({ allowed: true, because: { through: 'team role' } });
		expect(decide({ ...ada, teams: [] }, 'project.see', project)).toMatchObject({ allowed: false, visible: false });
		expect(decide({ ...ada, teams: [], organizationRole: 'admin' }, 'project.manage', project).allowed).toBe(true);
	});
});

describe('through a key with a scope', () => {
	const limit = { role: null, registryIds: null, projectIds: null } as const;
	const boss: Asker = { ...ada, organizationRole: 'admin' };
	test('no more counts than its role, and the refusal says so', () => {
		const reading: Asker = { ...boss, limit: { ...limit, role: 'viewer' } };
		expect(decide(reading, 'version.download', models).allowed).toBe(true);
		const refused = decide(reading, 'link.create', models);
		expect(refused).toMatchObject({ allowed: false, visible: true, role: 'viewer', throughKey: 'viewer' });
		expect(explainDecision(refused)).toContain('the key counts as viewer at most');
		expect(decide(reading, 'source.log', project).allowed).toBe(false);
		expect(decide(reading, 'organization.manage', organization).allowed).toBe(false);
	});
	test('nothing counts but its registries and projects; the others are not there', () => {
		const narrow: Asker = { ...boss, limit: { role: null, registryIds: ['r1'], projectIds: [] } };
		expect(decide(narrow, 'registry.delete', models).allowed).toBe(true);
		expect(decide(narrow, 'registry.see', { ...models, id: 'r2' })).toMatchObject({ allowed: false, visible: false });
		expect(isVisible(narrow, project)).toBe(false);
		expect(decide(narrow, 'organization.see', organization).allowed).toBe(true);
		expect(decide(narrow, 'registry.create', organization).allowed).toBe(false);
	});
	test('for any asker, object and scope, a key never gives a right that its owner has not', () => {
		const role = fc.constantFrom(null, ...roles);
		const asker = fc.record({ organizationRole: role, team: fc.constantFrom(...roles), service: fc.boolean() }).map(({ organizationRole, team, service }): Asker => ({ ...ada, kind: service ? 'service account' : 'user', organizationRole, teams: [{ team: vision, role: team }] }));
		const scope = fc.record({ role, registryIds: fc.constantFrom(null, [], ['r1']), projectIds: fc.constantFrom(null, [], ['p1']) });
		fc.assert(fc.property(asker, scope, fc.constantFrom(models, secret, project, organization), (who, limited, object) => {
			const actions = object.kind === 'registry' ? registryActions : object.kind === 'project' ? projectActions : organizationActions;
			for (const action of Object.keys(actions)) {
				const through = decide({ ...who, limit: limited }, action as never, object as never);
				if (through.allowed) expect(decide(who, action as never, object as never).allowed).toBe(true);
				if (through.allowed && limited.role !== null) expect(compareRoles(limited.role, through.needed)).toBeGreaterThanOrEqual(0);
			}
		}));
	});
});

describe('explanations', () => {
	test('what gave the right', () => {
		expect(explainDecision(decide(ada, 'version.use', models))).toBe('Allowed: the role viewer in the organization; viewer is needed.');
	});
	test('what is missing', () => {
		const text = explainDecision(decide(ada, 'registry.setTypes', models));
		expect(text).toContain('this needs admin, and your role here is viewer');
		expect(text).toContain('the team “vision”');
	});
});

test('an action that the table does not have is nobody\'s right', () => {
	expect(() => decide({ ...ada, organizationRole: 'admin' }, 'constructor' as RegistryAction, models)).toThrow();
});

const anyRole = fc.constantFrom(...roles);
const anyAsker: fc.Arbitrary<Asker> = fc.record({
	kind: fc.constantFrom('user' as const, 'service account' as const),
	id: fc.constantFrom('u1', 'u2'),
	name: fc.constant('x'),
	organizationRole: fc.option(anyRole),
	teams: fc.uniqueArray(fc.record({ team: fc.constantFrom(vision, { id: 't2', name: 'audio' }), role: anyRole }), { maxLength: 2, selector: (membership) => membership.team.id }),
});
const anyRegistry: fc.Arbitrary<RegistryObject> = fc.record({
	kind: fc.constant('registry' as const),
	id: fc.constant('r'),
	name: fc.constant('R'),
	visibility: fc.constantFrom('organization' as const, 'restricted' as const),
	grants: fc.array(fc.record({ holder: fc.constantFrom('user' as const, 'team' as const, 'service account' as const), holderId: fc.constantFrom('u1', 'u2', 't1', 't2'), role: anyRole }), { maxLength: 4 }),
});
const anyAction = fc.constantFrom(...(Object.keys(registryActions) as RegistryAction[]));

describe('for everybody and everything', () => {
	test('a higher role, one more grant, or a wider visibility never takes a right away', () => {
		fc.assert(
			fc.property(anyAsker, anyRegistry, anyAction, anyRole, (asker, registry, action, role) => {
				if (!decide(asker, action, registry).allowed) return;
				const more = [
					decide({ ...asker, organizationRole: highestRole([asker.organizationRole, role]) }, action, registry),
					decide({ ...asker, teams: asker.teams.map((membership) => ({ ...membership, role: highestRole([membership.role, role])! })) }, action, registry),
					decide(asker, action, { ...registry, grants: [...registry.grants, { holder: 'user', holderId: asker.id, role }] }),
					decide(asker, action, { ...registry, grants: registry.grants.map((grant) => ({ ...grant, role: highestRole([grant.role, role])! })) }),
					decide(asker, action, { ...registry, visibility: 'organization' }),
				];
				for (const decision of more) expect(decision.allowed).toBe(true);
			}),
		);
	});
	test('the reason given is a grant that is there and suffices; each missing grant, once there, suffices', () => {
		fc.assert(
			fc.property(anyAsker, anyRegistry, anyAction, (asker, registry, action) => {
				const decision = decide(asker, action, registry);
				expect(explainDecision(decision)).toMatch(/\.$/);
				if (decision.allowed) {
					expect(decision.grants).toContain(decision.because);
					expect(compareRoles(decision.because.role, decision.needed)).toBeGreaterThanOrEqual(0);
					return;
				}
				expect(decision.visible).toBe(isVisible(asker, registry));
				for (const missing of decision.missing) {
					if (missing.through === 'organization role') expect(decide({ ...asker, organizationRole: highestRole([asker.organizationRole, missing.role]) }, asker.organizationRole === null ? 'registry.see' : action, { ...registry, visibility: asker.organizationRole === null ? 'organization' : registry.visibility }).allowed).toBe(true);
					else {
						const grant = missing.through === 'registry role' ? { holder: asker.kind, holderId: asker.id, role: missing.role } : { holder: 'team' as const, holderId: missing.team!.id, role: missing.role };
						expect(decide(asker, action, { ...registry, grants: [...registry.grants, grant] }).allowed).toBe(true);
					}
				}
			}),
		);
	});
	test('who may do nothing with an object may not see it, and who may see it may see it', () => {
		fc.assert(
			fc.property(anyAsker, anyRegistry, (asker, registry) => {
				expect(decide(asker, 'registry.see', registry).allowed).toBe(isVisible(asker, registry));
			}),
		);
	});
	test('every action of every table is decided', () => {
		const admin = { ...ada, organizationRole: 'admin' as const };
		for (const action of Object.keys(registryActions)) expect(decide(admin, action as RegistryAction, secret).allowed).toBe(true);
		for (const action of Object.keys(projectActions)) expect(decide(admin, action as ProjectAction, project).allowed).toBe(true);
		for (const action of Object.keys(organizationActions)) expect(decide(admin, action as OrganizationAction, organization).allowed).toBe(true);
	});
});
