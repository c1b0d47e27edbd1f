/** Which events an automation takes: conditions over the facts of one event, all of which must hold. */
import { assertNever } from './assert.ts';
import type { AutomationFacts, FactValue } from './automationEvents.ts';
import { fitsGlob } from './glob.ts';

/** A name with `*` for any run of characters and `?` for one, or a regular expression (which must fit somewhere, as in W&B). */
export interface NamePattern {
	readonly kind: 'glob' | 'regex';
	readonly text: string;
}

export const metadataComparisons = ['=', '!=', '>', '>=', '<', '<=', 'contains', 'exists'] as const;
export type MetadataComparison = (typeof metadataComparisons)[number];

export interface MetadataCondition {
	/** `eval.accuracy`: the way to the value, split at dots. */
	readonly path: string;
	readonly comparison: MetadataComparison;
	/** Read as a number where both sides are one. Ignored by `exists`. */
	readonly value: string | number | boolean;
}

export interface AutomationFilter {
	/** Any of them fits; an empty list asks nothing. */
	readonly aliases: readonly NamePattern[];
	readonly tags: readonly NamePattern[];
	/** Names of the collection or artifact. */
	readonly names: readonly NamePattern[];
	readonly types: readonly string[];
	readonly states: readonly string[];
	/** User names whose acts count alone, and whose acts don't. */
	readonly onlyBy: readonly string[];
	readonly notBy: readonly string[];
	readonly metadata: readonly MetadataCondition[];
}

export const noFilter: AutomationFilter = { aliases: [], tags: [], names: [], types: [], states: [], onlyBy: [], notBy: [], metadata: [] };

/** Tests a regular expression in time linear in the text. Handed in: the language's own engine can be made to run for years. */
export type RegexTest = (pattern: string, text: string) => boolean;

/** Where an automation listens. `organization` hears everything. */
export type AutomationScope =
	| { readonly kind: 'organization' }
	| { readonly kind: 'registry' | 'collection' | 'project'; readonly id: number };

/** Children made later are included: what counts is where the event happened. */
export function inScope(scope: AutomationScope, facts: AutomationFacts): boolean {
	switch (scope.kind) {
		case 'organization':
			return true;
		case 'registry':
			return facts.registry?.id === scope.id;
		case 'collection':
			return facts.collection?.id === scope.id;
		case 'project':
			return facts.project?.id === scope.id;
		default:
			return assertNever(scope, 'scope');
	}
}

export function fitsFilter(filter: AutomationFilter, facts: AutomationFacts, regex: RegexTest): boolean {
	const any = (patterns: readonly NamePattern[], names: readonly string[]): boolean =>
		patterns.length === 0 || names.some((name) => patterns.some((pattern) => fitsPattern(pattern, name, regex)));
	const actor = facts.actor.username;
	return (
		(filter.onlyBy.length === 0 || filter.onlyBy.includes(actor)) && !filter.notBy.includes(actor)
		&& (filter.types.length === 0 || (facts.artifact !== null && filter.types.includes(facts.artifact.type)))
		&& (filter.states.length === 0 || (typeof facts.state?.to === 'string' && filter.states.includes(facts.state.to)))
		&& any(filter.aliases, namesOf('aliases', facts)) && any(filter.tags, namesOf('tags', facts)) && any(filter.names, namesOf('names', facts))
		&& filter.metadata.every((condition) => fitsMetadata(condition, facts.version?.metadata ?? {}))
	);
}

/** What the patterns of a filter are held against: the alias or tag that the event is about; where it is about none, those that the version carries. */
export function namesOf(field: 'aliases' | 'tags' | 'names', facts: AutomationFacts): readonly string[] {
	switch (field) {
		case 'aliases':
			return facts.alias === null ? (facts.version?.aliases ?? []) : [facts.alias];
		case 'tags':
			return facts.tag === null ? (facts.version?.tags ?? []) : [facts.tag];
		case 'names':
			return [facts.collection?.name, facts.artifact?.name].filter((name) => name !== undefined);
		default:
			return assertNever(field, 'field');
	}
}

export function fitsPattern(pattern: NamePattern, name: string, regex: RegexTest): boolean {
	return pattern.kind === 'regex' ? regex(pattern.text, name) : fitsGlob(pattern.text, name, '?');
}

/** The value at `a.b.0`; undefined where there is none. A key that has dots itself is found as written, too. */
export function valueAt(from: FactValue, path: string): FactValue | undefined {
	if (isObject(from) && Object.hasOwn(from, path)) return from[path];
	let value: FactValue | undefined = from;
	for (const step of path.split('.')) {
		if (Array.isArray(value)) value = /^\d{1,9}$/.test(step) ? (value as readonly FactValue[])[Number(step)] : undefined;
		else if (value !== undefined && isObject(value) && Object.hasOwn(value, step)) value = value[step];
		else return undefined;
	}
	return value;
}

function isObject(value: FactValue): value is { readonly [key: string]: FactValue } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether one condition holds. */
export function fitsMetadata(condition: MetadataCondition, metadata: FactValue): boolean {
	const found = valueAt(metadata, condition.path);
	const { comparison, value } = condition;
	if (comparison === 'exists') return found !== undefined;
	if (found === undefined) return comparison === '!=';
	if (comparison === 'contains') {
		return Array.isArray(found) ? found.some((one) => String(one) === String(value)) : typeof found === 'string' && found.includes(String(value));
	}
	if (found === null || typeof found === 'object') return comparison === '!=';
	const left = Number(found);
	const right = Number(value);
	const numbers = typeof found !== 'boolean' && typeof value !== 'boolean' && String(found).trim() !== '' && String(value).trim() !== '' && !Number.isNaN(left) && !Number.isNaN(right);
	switch (comparison) {
		case '=':
			return numbers ? left === right : String(found) === String(value);
		case '!=':
			return numbers ? left !== right : String(found) !== String(value);
		// Only numbers have an order here: "10" < "9" would surprise.
		case '>':
			return numbers && left > right;
		case '>=':
			return numbers && left >= right;
		case '<':
			return numbers && left < right;
		case '<=':
			return numbers && left <= right;
		default:
			return assertNever(comparison, 'comparison');
	}
}
