/**
 * What a registry's settings may change to. A change that something stands against is refused with what stands there, so
 * that it can be cleared away.
 */
import type { Visibility } from './roles.ts';
import { accept, refuse, type Verdict } from './verdict.ts';
import type { Violation } from './violations.ts';

/** All types, or the ones named. */
export type AcceptedTypes = 'all' | readonly string[];

export function acceptsType(accepted: AcceptedTypes, type: string): boolean {
	return accepted === 'all' || accepted.includes(type);
}

/** The two registries that every catalog starts with. Their visibility and own type are fixed. */
export const coreRegistries = [
	{ name: 'Models', type: 'model' },
	{ name: 'Datasets', type: 'dataset' },
] as const;

/** The type of the core registry that W&B calls so: it has `model` and `dataset` where we have Models and Datasets. Null for any other name. */
export function coreTypeNamed(name: string): string | null {
	return coreRegistries.find((registry) => registry.type === name)?.type ?? null;
}

export interface RegistrySettings {
	readonly name: string;
	/** The type that a core registry was made for; null in a custom one. */
	readonly coreType: string | null;
	readonly visibility: Visibility;
	readonly acceptedTypes: AcceptedTypes;
	/** Its collections, those in the trash included: restoring one must stay possible. */
	readonly collections: readonly { readonly name: string; readonly type: string }[];
}

/** Everything that stands against accepting only `next`. Empty when nothing does. */
export function blockersOfTypes(registry: RegistrySettings, next: AcceptedTypes): readonly Violation[] {
	if (next === 'all') return [];
	const blockers: Violation[] = [];
	if (next.length === 0) blockers.push({ rule: 'last-type', subject: 'registry' });
	if (registry.coreType !== null && !next.includes(registry.coreType)) blockers.push({ rule: 'core-registry', subject: 'registry', registry: registry.name });
	const held = new Map<string, string[]>();
	for (const collection of registry.collections) {
		if (next.includes(collection.type)) continue;
		const names = held.get(collection.type);
		if (names) names.push(collection.name);
		else held.set(collection.type, [collection.name]);
	}
	for (const [type, collections] of held) blockers.push({ rule: 'type-in-use', subject: 'registry', type, collections });
	return blockers;
}

/** The accepted types after the change, or the first thing that stands against it. */
export function setAcceptedTypes(registry: RegistrySettings, next: AcceptedTypes): Verdict<AcceptedTypes> {
	const [blocker] = blockersOfTypes(registry, next);
	return blocker ? refuse(blocker) : accept(next === 'all' ? next : [...new Set(next)]);
}

/**
 * Everything that stands against a visibility. Narrowing needs an admin to stay among the members; widening would show
 * versions from sources that not everybody in the organization may see.
 */
export function blockersOfVisibility(
	registry: RegistrySettings,
	next: Visibility,
	facts: {
		/** Users and teams that would be admins of the restricted registry. */
		readonly admins: number;
		/** Linked versions from sources that not everybody in the organization may see, by their addresses. */
		readonly restrictedSources: readonly string[];
	},
): readonly Violation[] {
	if (next === registry.visibility) return [];
	const blockers: Violation[] = [];
	if (registry.coreType !== null) blockers.push({ rule: 'core-registry', subject: 'registry', registry: registry.name });
	if (next === 'restricted' && facts.admins === 0) blockers.push({ rule: 'last-admin', subject: 'registry' });
	if (next === 'organization' && facts.restrictedSources.length > 0) blockers.push({ rule: 'restricted-source', subject: 'registry', sources: facts.restrictedSources });
	return blockers;
}

