/** What an automation can wait for, and the facts about one event that filters and templates speak of. */

export const automationEvents = [
	'version.created', 'version.linked', 'version.unlinked',
	'alias.added', 'alias.moved', 'alias.removed',
	'tag.added', 'tag.removed',
	'approval.requested', 'approval.granted', 'approval.refused',
	'state.changed',
	'collection.created', 'collection.deleted', 'registry.created', 'registry.deleted',
	'run.finished', 'run.failed', 'run.metric',
	'sync.failed', 'integrity.failed',
] as const;
export type AutomationEvent = (typeof automationEvents)[number];

/**
 * Kinds of the history and what they are to an automation. A run that crashed has failed to whoever waits for it; a link taken back from
 * the trash is linked again.
 */
const heardAs: Readonly<Record<string, AutomationEvent>> = {
	'version.created': 'version.created',
	'link.created': 'version.linked', 'link.restored': 'version.linked', 'link.removed': 'version.unlinked',
	'alias.added': 'alias.added', 'alias.moved': 'alias.moved', 'alias.removed': 'alias.removed',
	'tag.added': 'tag.added', 'tag.removed': 'tag.removed',
	'approval.requested': 'approval.requested', 'approval.granted': 'approval.granted', 'approval.refused': 'approval.refused',
	'lifecycle.state_changed': 'state.changed',
	'collection.created': 'collection.created', 'collection.deleted': 'collection.deleted',
	'registry.created': 'registry.created', 'registry.deleted': 'registry.deleted',
	'run.finished': 'run.finished', 'run.failed': 'run.failed', 'run.crashed': 'run.failed', 'run.metric_reached': 'run.metric',
	'sync.failed': 'sync.failed', 'integrity.failed': 'integrity.failed',
};

/** What an event of the history is to automations; null when they don't hear of it. */
export function automationEventOf(kind: string): AutomationEvent | null {
	return Object.hasOwn(heardAs, kind) ? (heardAs[kind] ?? null) : null;
}

/** Kinds of the history that automations hear of. */
export const heardKinds: readonly string[] = Object.keys(heardAs);

/** Names that W&B's payloads carry as `event_type`, where it has one; ours otherwise. */
export function eventTypeText(event: AutomationEvent): string {
	switch (event) {
		case 'version.created':
			return 'CREATE_ARTIFACT';
		case 'version.linked':
			return 'LINK_ARTIFACT';
		case 'alias.added':
		case 'alias.moved':
			return 'ADD_ARTIFACT_ALIAS';
		case 'tag.added':
			return 'ADD_ARTIFACT_TAG';
		case 'run.metric':
			return 'RUN_METRIC';
		default:
			return event.toUpperCase().replace('.', '_');
	}
}

export type FactValue = string | number | boolean | null | readonly FactValue[] | { readonly [key: string]: FactValue };

/** One event as automations see it. Times are ISO 8601, sizes bytes. What an event has not is null or empty. */
export interface AutomationFacts {
	readonly event: AutomationEvent;
	/** In the history. */
	readonly eventId: number;
	readonly at: string;
	readonly actor: { readonly username: string; readonly displayName: string; readonly kind: 'person' | 'service' };
	readonly entrance: string;
	readonly message: string | null;
	/** Team of the project, or the organization for what is a registry's. */
	readonly entity: string;
	readonly registry: { readonly id: number; readonly name: string } | null;
	readonly collection: { readonly id: number; readonly name: string } | null;
	readonly project: { readonly id: number; readonly name: string } | null;
	readonly artifact: { readonly id: number; readonly name: string; readonly type: string } | null;
	/** Where it is about a link. */
	readonly link: { readonly id: number } | null;
	/** The version that it is about, with its number where it happened: in the collection for what is a registry's, else in its artifact. */
	readonly version: { readonly id: number; readonly number: number; readonly digest: string; readonly size: number; readonly aliases: readonly string[]; readonly tags: readonly string[]; readonly metadata: { readonly [key: string]: FactValue } } | null;
	/** The alias put, moved or removed; the number that it left. */
	readonly alias: string | null;
	readonly aliasFrom: number | null;
	readonly tag: string | null;
	readonly state: { readonly from: string | null; readonly to: string | null } | null;
	readonly run: { readonly id: number; readonly runId: string; readonly name: string; readonly state: string } | null;
	/** For `run.metric`: what passed which automation's threshold. */
	readonly metric: { readonly name: string; readonly value: number; readonly automationId: number } | null;
	/** Words for what it is about, such as `Models/gemma:v3`, and where to open it. */
	readonly label: string;
	readonly address: string | null;
}
