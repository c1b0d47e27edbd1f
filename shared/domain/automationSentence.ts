/** An automation read back as a sentence: what a person agrees to when they switch it on. */
import { assertNever } from './assert.ts';
import type { AutomationEvent } from './automationEvents.ts';
import type { AutomationFilter, AutomationScope, MetadataCondition, NamePattern } from './automationFilter.ts';
import type { Severity } from './automationPayload.ts';

export type AutomationActionWords =
	| { readonly kind: 'webhook'; readonly url: string }
	| { readonly kind: 'slack'; readonly url: string; readonly severity: Severity }
	| { readonly kind: 'notification'; readonly title: string }
	| { readonly kind: 'job'; readonly job: string }
	| { readonly kind: 'set alias'; readonly alias: string }
	| { readonly kind: 'request approval'; readonly alias: string };

export interface AutomationWords {
	readonly event: AutomationEvent;
	readonly scope: AutomationScope;
	/** Name of what it listens to; unused for the organization. */
	readonly scopeName: string;
	readonly filter: AutomationFilter;
	/** For `run.metric`. */
	readonly threshold: { readonly metric: string; readonly comparison: '>' | '>=' | '<' | '<='; readonly value: number } | null;
	readonly actions: readonly AutomationActionWords[];
}

/** `When an alias matching prod-* moves in Models, by anyone but ci-bot, POST to https://….` */
export function automationSentence(words: AutomationWords): string {
	const { filter } = words;
	const parts = [`When ${happening(words)}${where(words)}`];
	if (filter.onlyBy.length > 0) parts.push(`by ${oneOf(filter.onlyBy)}`);
	if (filter.notBy.length > 0) parts.push(`by anyone but ${oneOf(filter.notBy)}`);
	const conditions = [
		...(filter.types.length > 0 ? [`its type is ${oneOf(filter.types)}`] : []),
		...(filter.states.length > 0 && words.event !== 'state.changed' ? [`its state is ${oneOf(filter.states)}`] : []),
		...(filter.names.length > 0 ? [`its name is ${patterns(filter.names)}`] : []),
		...(filter.aliases.length > 0 && !words.event.startsWith('alias.') ? [`it carries the alias ${patterns(filter.aliases)}`] : []),
		...(filter.tags.length > 0 && !words.event.startsWith('tag.') ? [`it carries the tag ${patterns(filter.tags)}`] : []),
		...filter.metadata.map(metadataWords),
	];
	if (conditions.length > 0) parts.push(`and ${conditions.join(', and ')}`);
	return `${parts.join(', ')}, ${words.actions.map(actionWords).join(', then ')}.`;
}

function happening({ event, filter, threshold }: AutomationWords): string {
	const alias = filter.aliases.length === 0 ? 'an alias' : `an alias matching ${patterns(filter.aliases)}`;
	const tag = filter.tags.length === 0 ? 'a tag' : `a tag matching ${patterns(filter.tags)}`;
	switch (event) {
		case 'version.created':
			return 'a version is logged';
		case 'version.linked':
			return 'a version is linked';
		case 'version.unlinked':
			return 'a version is unlinked';
		case 'alias.added':
			return `${alias} is added`;
		case 'alias.moved':
			return `${alias} moves`;
		case 'alias.removed':
			return `${alias} is removed`;
		case 'tag.added':
			return `${tag} is added`;
		case 'tag.removed':
			return `${tag} is removed`;
		case 'approval.requested':
			return 'an approval is requested';
		case 'approval.granted':
			return 'an approval is granted';
		case 'approval.refused':
			return 'an approval is refused';
		case 'state.changed':
			return filter.states.length === 0 ? 'a lifecycle state changes' : `a lifecycle state becomes ${oneOf(filter.states)}`;
		case 'collection.created':
			return 'a collection is created';
		case 'collection.deleted':
			return 'a collection is deleted';
		case 'registry.created':
			return 'a registry is created';
		case 'registry.deleted':
			return 'a registry is deleted';
		case 'run.finished':
			return 'a run finishes';
		case 'run.failed':
			return 'a run fails';
		case 'run.metric':
			return threshold === null ? 'a run’s metric passes a threshold' : `a run’s ${threshold.metric} is ${threshold.comparison} ${threshold.value}`;
		case 'sync.failed':
			return 'a sync fails';
		case 'integrity.failed':
			return 'damaged bytes are found';
		default:
			return assertNever(event, 'event');
	}
}

function where({ scope, scopeName }: AutomationWords): string {
	return scope.kind === 'organization' ? '' : ` in ${scopeName}`;
}

function actionWords(action: AutomationActionWords): string {
	switch (action.kind) {
		case 'webhook':
			return `POST to ${action.url}`;
		case 'slack':
			return `send a message${action.severity === 'info' ? '' : ` (${action.severity})`} to ${action.url}`;
		case 'notification':
			return `show a notification “${action.title}”`;
		case 'job':
			return `run the job “${action.job}”`;
		case 'set alias':
			return `put the alias ${action.alias} on that version`;
		case 'request approval':
			return `request approval for ${action.alias}`;
		default:
			return assertNever(action, 'action');
	}
}

function patterns(list: readonly NamePattern[]): string {
	return oneOf(list.map((pattern) => (pattern.kind === 'regex' ? `/${pattern.text}/` : pattern.text)));
}

function metadataWords({ path, comparison, value }: MetadataCondition): string {
	return comparison === 'exists' ? `its metadata has ${path}` : `its ${path} ${comparison === 'contains' ? 'contains' : comparison} ${typeof value === 'string' ? `“${value}”` : String(value)}`;
}

function oneOf(list: readonly string[]): string {
	const [only] = list;
	return list.length === 1 && only !== undefined ? only : `${list.slice(0, -1).join(', ')} or ${list.at(-1) ?? ''}`;
}
