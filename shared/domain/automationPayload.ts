/** What a payload can say of an event, and the payload that is sent where no template is given. */
import { eventTypeText, type AutomationFacts, type FactValue } from './automationEvents.ts';
import type { TemplateName, TemplateValues } from './automationTemplate.ts';
import { formatVersion } from './versions.ts';

export interface PayloadContext {
	readonly automation: string;
	/** The same in every attempt, so that a receiver can tell a repetition. */
	readonly deliveryId: string;
}

/** Values by the names of `templateNames`. As in W&B, `artifact_version` is the address and `artifact_version_string` the short form. */
export function payloadValues(facts: AutomationFacts, { automation, deliveryId }: PayloadContext): TemplateValues {
	const { version, registry, project } = facts;
	const holder = facts.collection?.name ?? facts.artifact?.name ?? null;
	const within = registry === null ? (project?.name ?? null) : `wandb-registry-${registry.name}`;
	const number = version?.number ?? null;
	const values: Record<Exclude<TemplateName, 'secret'>, FactValue> = {
		event_type: eventTypeText(facts.event), event_author: facts.actor.username, entity_name: facts.entity, project_name: within, registry_name: registry?.name ?? null,
		artifact_collection_name: holder, artifact_name: facts.artifact?.name ?? null, artifact_type: facts.artifact?.type ?? null,
		artifact_digest: version?.digest ?? null, artifact_size: version?.size ?? null,
		artifact_version: number === null || holder === null ? null : `${facts.entity}/${within ?? ''}/${holder}:${formatVersion(number)}`,
		artifact_version_string: number === null || holder === null ? null : `${holder}:${formatVersion(number)}`,
		artifact_version_index: number, artifact_aliases: version?.aliases ?? null, artifact_tags: version?.tags ?? null, artifact_metadata: version?.metadata ?? null,
		alias: facts.alias, alias_previous_index: facts.aliasFrom, tag: facts.tag, state: facts.state?.to ?? null, previous_state: facts.state?.from ?? null,
		run_name: facts.run?.name ?? null, run_id: facts.run?.runId ?? null, run_state: facts.run?.state ?? null,
		metric_name: facts.metric?.name ?? null, metric_value: facts.metric?.value ?? null,
		message: facts.message, label: facts.label, address: facts.address, automation_name: automation, event_id: facts.eventId, event_time: facts.at, delivery_id: deliveryId,
	};
	return values;
}

/** The default payload: every value that is there, under the names that templates have. */
export function defaultPayload(facts: AutomationFacts, context: PayloadContext): Readonly<Record<string, FactValue>> {
	return Object.fromEntries(Object.entries(payloadValues(facts, context)).filter((entry): entry is [string, FactValue] => entry[1] !== null && entry[1] !== undefined));
}

export const severities = ['info', 'warning', 'error'] as const;
export type Severity = (typeof severities)[number];

/** A message as Slack and what imitates it take it: a plain line for notifications, and a coloured attachment. */
export function slackPayload(text: string, severity: Severity, facts: AutomationFacts): Readonly<Record<string, FactValue>> {
	const colours: Readonly<Record<Severity, string>> = { info: '#3b82f6', warning: '#d97706', error: '#dc2626' };
	return {
		text,
		attachments: [{ color: colours[severity], fallback: text, fields: [{ title: 'What', value: facts.label, short: true }, { title: 'Who', value: facts.actor.displayName, short: true }], ts: Math.floor(Date.parse(facts.at) / 1000) }],
	};
}
