/**
 * A run's config as W&B's client writes it, `{"lr": {"value": 0.1, "desc": null}, "_wandb": {"value": …}}`, and as people read it,
 * `{"lr": 0.1}`.
 */
import type { JsonObject, JsonValue } from './metadata.ts';
import { parseLooseJson } from './looseJson.ts';

/** Under this key the client keeps what is its own. */
export const wandbConfigKey = '_wandb';

/** The plain config; null where the text is no JSON object. */
export function configOfWandb(text: string): JsonObject | null {
	const read = parseLooseJson(text, 'words');
	if (!isObject(read)) return null;
	const config: Record<string, JsonValue> = Object.create(null) as Record<string, JsonValue>;
	for (const [key, entry] of Object.entries(read)) {
		if (key === wandbConfigKey) continue;
		// Old clients wrote bare values.
		config[key] = (isObject(entry) && Object.hasOwn(entry, 'value') ? entry['value'] : entry) as JsonValue;
	}
	return { ...config };
}

/** The client's form of a plain config. */
export function wandbOfConfig(config: JsonObject): string {
	return JSON.stringify(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value }])));
}

/** What the client keeps for itself, as text: at least `{"t": {}}`, by which it knows a run that can be resumed. */
export function wandbPartOfConfig(text: string, keys: readonly string[] | null): string {
	const read = parseLooseJson(text, 'words');
	const own = isObject(read) ? read[wandbConfigKey] : undefined;
	const value = isObject(own) && isObject(own['value']) ? own['value'] : {};
	const wanted = { t: {}, ...value };
	return JSON.stringify(keys === null ? wanted : Object.fromEntries(Object.entries(wanted).filter(([key]) => keys.includes(key))));
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
