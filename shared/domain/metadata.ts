/**
 * Metadata: a JSON object, at most 100 keys at its top level, no infinite numbers; NaN becomes null, as the Python client
 * sends it. What is accepted is a fresh copy that shares nothing with what came in.
 */
import { partOf } from './text.ts';
import { accept, refuse, type Verdict } from './verdict.ts';

export const metadataLimits = {
	topLevelKeys: 100,
	/** Deep enough for every real configuration, shallow enough for every reader. The object itself is level 1. */
	depth: 100,
} as const;

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
	readonly [key: string]: JsonValue;
}

/** Checks a value that is already in memory. Keys such as `__proto__` stay ordinary keys. */
export function checkMetadata(value: unknown): Verdict<JsonObject> {
	if (!isObject(value)) return refuse({ rule: 'not-an-object', subject: 'metadata', found: kindOf(value) });
	const keys = Object.keys(value).length;
	if (keys > metadataLimits.topLevelKeys) return refuse({ rule: 'too-many-keys', subject: 'metadata', limit: metadataLimits.topLevelKeys, length: keys });
	return copy(value, [], new Set()) as Verdict<JsonObject>;
}

/**
 * Reads metadata from JSON text as it comes over the wire. Python writes NaN and Infinity bare, which JSON does not know:
 * NaN is read as null, an infinity is refused. `text` is the same text with NaN replaced: integers beyond 2^53 stay exact
 * in it, which `value` can't promise.
 */
export function parseMetadata(text: string): Verdict<{ readonly value: JsonObject; readonly text: string }> {
	const replaced = replaceBareNumbers(text);
	if (typeof replaced !== 'string') return refuse({ rule: 'infinite-number', subject: 'metadata', at: `position ${replaced.offset + 1}`, found: replaced.found });
	let parsed: unknown;
	try {
		parsed = JSON.parse(replaced);
	} catch (error) {
		const offset = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
		return refuse({ rule: 'not-json', subject: 'metadata', part: offset === undefined ? null : partOf(replaced, Number(offset), 20) });
	}
	const checked = checkMetadata(parsed);
	return checked.ok ? accept({ value: checked.value, text: replaced }) : checked;
}

/** Writes `null` where NaN stands outside a string; says where an infinity does. */
function replaceBareNumbers(text: string): string | { offset: number; found: string } {
	if (!text.includes('NaN') && !text.includes('Infinity')) return text;
	const token = /"|NaN|-?Infinity/g;
	const inString = /["\\]/g;
	let written = '';
	let last = 0;
	for (let match = token.exec(text); match; match = token.exec(text)) {
		if (match[0] === '"') {
			// Walked by hand: a pattern for whole strings runs out of stack on strings of megabytes.
			inString.lastIndex = token.lastIndex;
			let inner = inString.exec(text);
			while (inner && inner[0] === '\\') {
				inString.lastIndex = inner.index + 2;
				inner = inString.exec(text);
			}
			if (!inner) break;
			token.lastIndex = inner.index + 1;
			continue;
		}
		if (match[0] !== 'NaN') return { offset: match.index, found: match[0] };
		written += `${text.slice(last, match.index)}null`;
		last = token.lastIndex;
	}
	return written + text.slice(last);
}

function copy(value: unknown, at: readonly string[], above: Set<object>): Verdict<JsonValue> {
	switch (typeof value) {
		case 'string':
		case 'boolean':
			return accept(value);
		case 'number':
			if (Number.isNaN(value)) return accept(null);
			if (!Number.isFinite(value)) return refuse({ rule: 'infinite-number', subject: 'metadata', at: pointer(at), found: value > 0 ? 'Infinity' : '-Infinity' });
			return accept(value);
		case 'object':
			break;
		default:
			return refuse({ rule: 'unsupported-value', subject: 'metadata', at: pointer(at), found: kindOf(value) });
	}
	if (value === null) return accept(null);
	if (above.has(value)) return refuse({ rule: 'circular', subject: 'metadata', at: pointer(at) });
	if (at.length >= metadataLimits.depth) return refuse({ rule: 'too-deep', subject: 'metadata', limit: metadataLimits.depth, at: pointer(at) });
	above.add(value);
	let result: Verdict<JsonValue>;
	if (Array.isArray(value)) result = copyList(value, at, above);
	else if (isObject(value)) result = copyObject(value, at, above);
	else result = refuse({ rule: 'unsupported-value', subject: 'metadata', at: pointer(at), found: kindOf(value) });
	above.delete(value);
	return result;
}

function copyList(list: readonly unknown[], at: readonly string[], above: Set<object>): Verdict<JsonValue> {
	const items: JsonValue[] = [];
	for (let index = 0; index < list.length; index++) {
		const item = copy(list[index], [...at, String(index)], above);
		if (!item.ok) return item;
		items.push(item.value);
	}
	return accept(items);
}

function copyObject(object: Record<string, unknown>, at: readonly string[], above: Set<object>): Verdict<JsonValue> {
	const result: Record<string, JsonValue> = {};
	for (const key of Object.keys(object)) {
		const item = copy(object[key], [...at, key], above);
		if (!item.ok) return item;
		// Assigning to `__proto__` would change what the object is; defining it makes one more key.
		Object.defineProperty(result, key, { value: item.value, enumerable: true, writable: true, configurable: true });
	}
	return accept(result);
}

/** A plain object: no list, no date, no instance of a class. */
function isObject(value: unknown): value is Record<string, unknown> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	// An object from another realm has another Object.prototype, which itself has none above it.
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	switch (typeof value) {
		case 'object':
			return 'a special object';
		case 'undefined':
			return 'nothing';
		case 'bigint':
			return 'an integer too large for JSON';
		default:
			return `a ${typeof value}`;
	}
}

/** `/config/layers/3`, shortened in the middle of very deep ones. */
function pointer(at: readonly string[]): string {
	const steps = at.map((step) => (step.length > 40 ? `${step.slice(0, 40)}…` : step));
	return `/${(steps.length > 8 ? [...steps.slice(0, 4), '…', ...steps.slice(-3)] : steps).join('/')}`;
}

/** JSON that is the same whatever the order of its keys. */
export function sortedJson(value: unknown): string {
	const sorted = (inner: unknown): unknown =>
		Array.isArray(inner) ? inner.map(sorted) : typeof inner === 'object' && inner !== null ? Object.fromEntries(Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([key, one]) => [key, sorted(one)])) : inner;
	return JSON.stringify(sorted(value));
}
