/**
 * Who may do what, and why. One function decides for every entrance; its answer names the grant that gave the right, or
 * the one that is missing.
 */
import { assertNever } from './assert.ts';
import { quote } from './text.ts';
import { accept, refuse, type Verdict } from './verdict.ts';
import type { Named } from './violations.ts';

/** From the least to the most. The words are those of the W&B protocol. */
export const roles = ['restricted_viewer', 'viewer', 'member', 'admin'] as const;
export type Role = (typeof roles)[number];

export function isRole(text: string): text is Role {
	return (roles as readonly string[]).includes(text);
}

/** Below zero when `left` is the lesser role. No role at all is the least. */
export function compareRoles(left: Role | null, right: Role | null): number {
	return rank(left) - rank(right);
}

export function highestRole(candidates: Iterable<Role | null>): Role | null {
	let highest: Role | null = null;
	for (const role of candidates) if (compareRoles(role, highest) > 0) highest = role;
	return highest;
}

function rank(role: Role | null): number {
	return role === null ? -1 : roles.indexOf(role);
}

/** What can be done in a registry, and the least role that may: the access table, row by row. */
export const registryActions = {
	'registry.see': 'restricted_viewer',
	'registry.search': 'restricted_viewer',
	'registry.seeHistory': 'restricted_viewer',
	'registry.seeMembers': 'restricted_viewer',
	'version.use': 'viewer',
	'version.download': 'viewer',
	'version.preview': 'viewer',
	'link.create': 'member',
	'link.remove': 'member',
	'link.note': 'member',
	'link.setState': 'member',
	'alias.change': 'member',
	'tag.change': 'member',
	'card.edit': 'member',
	'collection.create': 'member',
	'collection.delete': 'member',
	'automation.manage': 'member',
	'approval.request': 'member',
	'comment.write': 'member',
	'registry.rename': 'member',
	'registry.setVisibility': 'admin',
	'registry.setTypes': 'admin',
	'registry.manageMembers': 'admin',
	'registry.manageProtectedAliases': 'admin',
	'registry.setReasons': 'admin',
	'registry.setLifecycle': 'admin',
	'registry.setCardRules': 'admin',
	'registry.manageApprovalRules': 'admin',
	'registry.delete': 'admin',
	'protectedAlias.change': 'admin',
	'protectedAlias.removeCarrier': 'admin',
} as const satisfies Record<string, Role>;

/** What can be done in the organization itself. */
export const organizationActions = {
	'organization.see': 'restricted_viewer',
	'registry.create': 'member',
	'organization.manage': 'admin',
} as const satisfies Record<string, Role>;

/** What can be done on the source side, in a project of a team. */
export const projectActions = {
	'project.see': 'restricted_viewer',
	'source.use': 'viewer',
	'source.link': 'viewer',
	'source.log': 'member',
	'source.edit': 'member',
	'source.delete': 'member',
	'lineage.edit': 'member',
	'hold.place': 'member',
	'hold.release': 'admin',
	'project.manage': 'admin',
} as const satisfies Record<string, Role>;

/** What each action is, in words: “may …”. */
export const actionLabels: { readonly [A in Action]: string } = {
	'hold.place': 'place holds',
	'hold.release': 'release holds',
	'registry.see': 'see it, its collections, versions and metadata',
	'registry.search': 'find what is in it',
	'registry.seeHistory': 'read its history',
	'registry.seeMembers': 'see its members',
	'version.use': 'use its versions in runs',
	'version.download': 'download files',
	'version.preview': 'preview files',
	'link.create': 'link versions',
	'link.remove': 'unlink versions',
	'link.note': 'write notes on links',
	'link.setState': 'change the lifecycle state of links',
	'alias.change': 'put, move and remove aliases',
	'tag.change': 'add and remove tags',
	'card.edit': 'edit cards',
	'collection.create': 'create collections',
	'collection.delete': 'delete collections',
	'automation.manage': 'manage automations',
	'approval.request': 'request approvals',
	'comment.write': 'comment',
	'registry.rename': 'rename it',
	'registry.setVisibility': 'change its visibility',
	'registry.setTypes': 'change the types it accepts',
	'registry.manageMembers': 'manage members and their roles',
	'registry.manageProtectedAliases': 'choose which aliases are protected',
	'registry.setReasons': 'choose when a reason is asked for',
	'registry.setLifecycle': 'define its lifecycle states',
	'registry.setCardRules': 'set the rules of its cards',
	'registry.manageApprovalRules': 'manage approval rules',
	'registry.delete': 'delete it',
	'protectedAlias.change': 'put, move and remove protected aliases',
	'protectedAlias.removeCarrier': 'unlink or delete what carries a protected alias',
	'organization.see': 'see the organization',
	'registry.create': 'create registries',
	'organization.manage': 'manage people, teams and keys',
	'project.see': 'see it, its artifacts and runs',
	'source.use': 'use its versions',
	'source.link': 'link its versions',
	'source.log': 'log versions',
	'source.edit': 'edit descriptions, metadata, tags and aliases',
	'source.delete': 'delete versions and artifacts',
	'lineage.edit': 'draw lineage edges by hand',
	'project.manage': 'manage its team',
};

/** The actions that an object of a kind has. */
export function actionsOn(kind: AccessObject['kind']): readonly Action[] {
	const table = kind === 'registry' ? registryActions : kind === 'organization' ? organizationActions : projectActions;
	return Object.keys(table) as Action[];
}

export type RegistryAction = keyof typeof registryActions;
export type OrganizationAction = keyof typeof organizationActions;
export type ProjectAction = keyof typeof projectActions;
export type Action = RegistryAction | OrganizationAction | ProjectAction;

/** Who asks. */
export interface Asker {
	readonly kind: 'user' | 'service account';
	readonly id: string;
	readonly name: string;
	/** Null for somebody who does not belong to the organization. */
	readonly organizationRole: Role | null;
	readonly teams: readonly { readonly team: Named; readonly role: Role }[];
	/** What counts at most through the API key that is used; absent where none is, or an unlimited one. */
	readonly limit?: KeyLimit;
}

/** The scope of an API key. It only ever takes away. */
export interface KeyLimit {
	/** The highest role that counts; null for no limit. */
	readonly role: Role | null;
	/** Ids of the only registries and projects that it reaches; null for all. */
	readonly registryIds: readonly string[] | null;
	readonly projectIds: readonly string[] | null;
}

export type Visibility = 'organization' | 'restricted';

/** A role given in one registry, to a user, a service account or a team. */
export interface RegistryGrant {
	readonly holder: 'user' | 'service account' | 'team';
	readonly holderId: string;
	readonly role: Role;
}

export interface OrganizationObject extends Named {
	readonly kind: 'organization';
}

export interface RegistryObject extends Named {
	readonly kind: 'registry';
	readonly visibility: Visibility;
	readonly grants: readonly RegistryGrant[];
}

export interface ProjectObject extends Named {
	readonly kind: 'project';
	readonly team: Named;
}

export type AccessObject = OrganizationObject | RegistryObject | ProjectObject;

/** Where a role comes from. */
export type Grant =
	| { readonly through: 'organization role' | 'organization visibility' | 'registry role' | 'service account'; readonly role: Role }
	| { readonly through: 'team registry role' | 'team role'; readonly role: Role; readonly team: Named };

export type Decision =
	| { readonly allowed: true; readonly action: Action; readonly needed: Role; readonly because: Grant; readonly grants: readonly Grant[] }
	| {
			readonly allowed: false;
			readonly action: Action;
			readonly needed: Role;
			/** The role that the asker has; null when there is none. */
			readonly role: Role | null;
			/** False when the asker must not learn that the object exists: answer as if it did not. */
			readonly visible: boolean;
			/** Any one of these would give the right. */
			readonly missing: readonly Missing[];
			readonly grants: readonly Grant[];
			/** Set where the asker has the right, but not through the key that is used. */
			readonly throughKey?: Role | null;
	  };

/** A grant that would do, if it were there. */
export type Missing = { readonly through: 'organization role' | 'registry role' | 'team registry role' | 'team role'; readonly role: Role; readonly team?: Named };

/** The table's actions per kind of object, so that asking for an action that an object has not does not compile. */
export interface ActionsOf {
	readonly organization: OrganizationAction;
	readonly registry: RegistryAction;
	readonly project: ProjectAction;
}

/** May `asker` do `action` with `object`? The answer is the same for every entrance, and says why. */
export function decide<O extends AccessObject>(asker: Asker, action: ActionsOf[O['kind']], object: O): Decision {
	const needed = leastRole(object.kind, action);
	const grants = grantsOf(asker, object);
	const because = strongest(grants);
	if (because !== null && compareRoles(because.role, needed) >= 0) return { allowed: true, action, needed, because, grants };
	const denied = { allowed: false, action, needed, role: because?.role ?? null, visible: because !== null, missing: missingFor(asker, needed, object), grants } as const;
	if (asker.limit === undefined) return denied;
	const own = strongest(ownGrants(asker, object));
	return own !== null && compareRoles(own.role, needed) >= 0 ? { ...denied, throughKey: asker.limit.role } : denied;
}

/** The highest role that any grant gives, or null. */
export function effectiveRole(asker: Asker, object: AccessObject): Role | null {
	return strongest(grantsOf(asker, object))?.role ?? null;
}

/** Whether the asker may know that the object exists. */
export function isVisible(asker: Asker, object: AccessObject): boolean {
	return effectiveRole(asker, object) !== null;
}

/**
 * Every grant that counts for the asker, each with where it comes from.
 *
 * In a registry that the organization can see, the organization role counts as it is and is at least viewer. In a
 * restricted registry it counts only when it is admin: its members are named there. On a source project the team role
 * counts, and the organization's admins are admins.
 */
export function grantsOf(asker: Asker, object: AccessObject): readonly Grant[] {
	const grants = ownGrants(asker, object);
	if (asker.limit === undefined) return grants;
	const cap = capThrough(asker.limit, object);
	return cap === 'none' ? [] : cap === null ? grants : grants.map((grant) => (compareRoles(grant.role, cap) > 0 ? { ...grant, role: cap } : grant));
}

/** The highest role that a key lets count on an object; null for no limit. */
function capThrough(limit: KeyLimit, object: AccessObject): Role | 'none' | null {
	switch (object.kind) {
		case 'organization':
			// A key for some registries or projects makes no new ones and manages nobody.
			return limit.registryIds === null && limit.projectIds === null ? limit.role : lesserRole('restricted_viewer', limit.role);
		case 'registry':
			return limit.registryIds === null || limit.registryIds.includes(object.id) ? limit.role : 'none';
		case 'project':
			return limit.projectIds === null || limit.projectIds.includes(object.id) ? limit.role : 'none';
		default:
			return assertNever(object, 'object');
	}
}

function lesserRole(role: Role, limit: Role | null): Role {
	return limit === null || compareRoles(role, limit) < 0 ? role : limit;
}

/** The same without the key. */
function ownGrants(asker: Asker, object: AccessObject): readonly Grant[] {
	const own = asker.organizationRole;
	// Somebody outside the organization has nothing in it, whatever old grants may still name them.
	if (own === null) return [];
	const grants: Grant[] = [];
	switch (object.kind) {
		case 'organization':
			grants.push({ through: 'organization role', role: own });
			break;
		case 'registry':
			if (own === 'admin' || object.visibility === 'organization') grants.push({ through: 'organization role', role: own });
			if (object.visibility === 'organization') grants.push({ through: 'organization visibility', role: 'viewer' });
			for (const grant of object.grants) {
				if (grant.holder === 'team') {
					const membership = asker.teams.find((candidate) => candidate.team.id === grant.holderId);
					if (membership) grants.push({ through: 'team registry role', role: grant.role, team: membership.team });
				} else if (grant.holder === asker.kind && grant.holderId === asker.id) grants.push({ through: 'registry role', role: grant.role });
			}
			break;
		case 'project': {
			if (own === 'admin') grants.push({ through: 'organization role', role: own });
			const membership = asker.teams.find((candidate) => candidate.team.id === object.team.id);
			if (membership) grants.push({ through: 'team role', role: membership.role, team: membership.team });
			break;
		}
		default:
			return assertNever(object, 'object');
	}
	// Service accounts are at least members wherever they have anything at all.
	if (asker.kind === 'service account' && grants.length > 0) grants.push({ through: 'service account', role: 'member' });
	return grants;
}

/** A service account can't be given less than member. */
export function checkGrant(holder: RegistryGrant['holder'], role: Role): Verdict<Role> {
	return holder === 'service account' && compareRoles(role, 'member') < 0 ? refuse({ rule: 'service-account-role', subject: 'registry', role }) : accept(role);
}

/** A new role in the organization; null takes somebody out. `admins` counts the people who are its admins now. */
export function checkOrganizationRole(change: { readonly holder: 'user' | 'service account'; readonly from: Role; readonly to: Role | null; readonly admins: number }): Verdict<Role | null> {
	const { holder, from, to, admins } = change;
	// A service account is no admin that a person could fall back on.
	if (holder === 'user' && from === 'admin' && to !== 'admin' && admins <= 1) return refuse({ rule: 'last-admin', subject: 'organization' });
	return to === null ? accept(null) : checkGrant(holder, to);
}

/** Why, in one sentence; to whoever asked, or about somebody else by name. */
export function explainDecision(decision: Decision, about?: string): string {
	if (decision.allowed) return `Allowed: ${describeGrant(decision.because)}; ${roleName(decision.needed)} is needed.`;
	if (decision.throughKey !== undefined) return `Not allowed through this API key: this needs ${roleName(decision.needed)}, and ${decision.throughKey === null ? 'the key is limited to other registries or projects' : `the key counts as ${roleName(decision.throughKey)} at most`}.`;
	const ways = decision.missing.map(describeMissing).join(', or ');
	const have = about === undefined
		? decision.role === null ? 'you have no role here' : `your role here is ${roleName(decision.role)}`
		: decision.role === null ? `${about} has no role here` : `the role of ${about} here is ${roleName(decision.role)}`;
	return `Not allowed: this needs ${roleName(decision.needed)}, and ${have}. What would give it: ${ways}.`;
}

/** `restricted_viewer` as people write it. */
export function roleName(role: Role): string {
	return role.replace('_', ' ');
}

function describeGrant(grant: Grant): string {
	switch (grant.through) {
		case 'organization role':
			return `the role ${roleName(grant.role)} in the organization`;
		case 'organization visibility':
			return 'the registry is visible to the whole organization, which makes everybody a viewer';
		case 'registry role':
			return `the role ${roleName(grant.role)} in this registry`;
		case 'team registry role':
			return `the team ${quote(grant.team.name)} is ${roleName(grant.role)} of this registry`;
		case 'team role':
			return `the role ${roleName(grant.role)} in the team ${quote(grant.team.name)}`;
		case 'service account':
			return 'a service account is at least a member';
		default:
			return assertNever(grant, 'grant');
	}
}

function describeMissing(missing: Missing): string {
	switch (missing.through) {
		case 'organization role':
			return `the role ${roleName(missing.role)} in the organization`;
		case 'registry role':
			return `the role ${roleName(missing.role)} in this registry`;
		case 'team registry role':
			return `the role ${roleName(missing.role)} in this registry for ${missing.team ? `the team ${quote(missing.team.name)}` : 'one of the teams'}`;
		case 'team role':
			return `the role ${roleName(missing.role)} in the team${missing.team ? ` ${quote(missing.team.name)}` : ''}`;
		default:
			return assertNever(missing.through, 'grant');
	}
}

function strongest(grants: readonly Grant[]): Grant | null {
	let found: Grant | null = null;
	for (const grant of grants) if (found === null || compareRoles(grant.role, found.role) > 0) found = grant;
	return found;
}

function leastRole(kind: AccessObject['kind'], action: Action): Role {
	const table: Record<string, Role> = kind === 'registry' ? registryActions : kind === 'organization' ? organizationActions : projectActions;
	// An action that the table does not have is a mistake of the program that only casts let through: nobody may.
	return Object.hasOwn(table, action) ? table[action]! : neverReached(action);
}

function neverReached(action: string): never {
	throw new Error(`No such action: ${action}`);
}

function missingFor(asker: Asker, needed: Role, object: AccessObject): readonly Missing[] {
	if (asker.organizationRole === null) return [{ through: 'organization role', role: needed }];
	switch (object.kind) {
		case 'organization':
			return [{ through: 'organization role', role: needed }];
		case 'registry': {
			const organizationWide: Role = object.visibility === 'organization' ? needed : 'admin';
			return [
				{ through: 'registry role', role: needed },
				...asker.teams.map((membership) => ({ through: 'team registry role' as const, role: needed, team: membership.team })),
				{ through: 'organization role', role: organizationWide },
			];
		}
		case 'project':
			return [
				{ through: 'team role', role: needed, team: object.team },
				{ through: 'organization role', role: 'admin' },
			];
		default:
			return assertNever(object, 'object');
	}
}
