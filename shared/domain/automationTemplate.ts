/**
 * Payload templates: text with `${…}` in it.
 *
 *   {"text": "${event_author} moved ${alias}", "accuracy": ${artifact_metadata.eval.accuracy | default(null)}}
 *
 * Inside the quotes of a JSON string a value is written with JSON's escapes, outside of them as a JSON value; so what comes from data
 * can't break out of its place. Functions stand behind a bar: `default(…)` for what isn't there, `upper`, `lower`, `short` (eight
 * characters, for digests), `json` (any value as text of JSON). `$${` writes `${`.
 */
import { assertNever } from './assert.ts';
import { valueAt } from './automationFilter.ts';
import type { FactValue } from './automationEvents.ts';
import { partOf } from './text.ts';
import { accept, refuse, type Refused, type Verdict } from './verdict.ts';

type TemplateFunction = { readonly name: 'upper' | 'lower' | 'short' | 'json' } | { readonly name: 'default'; readonly value: FactValue };

interface Hole {
	readonly kind: 'hole';
	/** The first step is a name that payloads have; what follows is a way into its value. */
	readonly name: string;
	readonly path: string | null;
	readonly functions: readonly TemplateFunction[];
	/** Between the quotes of a JSON string. */
	readonly quoted: boolean;
	readonly offset: number;
	readonly length: number;
}
type Piece = { readonly kind: 'text'; readonly text: string } | Hole;

export interface Template {
	readonly form: 'json' | 'text';
	readonly pieces: readonly Piece[];
	/** Names of the secrets that it wants, each once. */
	readonly secrets: readonly string[];
}

export const templateLimits = { characters: 64 * 1024, holes: 500 } as const;

/** Names that templates know. Those with `deep` have values inside, reached by a dot. */
export const templateNames = {
	event_type: 'flat', event_author: 'flat', entity_name: 'flat', project_name: 'flat', registry_name: 'flat',
	artifact_collection_name: 'flat', artifact_name: 'flat', artifact_type: 'flat', artifact_digest: 'flat', artifact_size: 'flat',
	artifact_version: 'flat', artifact_version_string: 'flat', artifact_version_index: 'flat', artifact_aliases: 'flat', artifact_tags: 'flat',
	artifact_metadata: 'deep', alias: 'flat', alias_previous_index: 'flat', tag: 'flat', state: 'flat', previous_state: 'flat',
	run_name: 'flat', run_id: 'flat', run_state: 'flat', metric_name: 'flat', metric_value: 'flat',
	message: 'flat', label: 'flat', address: 'flat', automation_name: 'flat', event_id: 'flat', event_time: 'flat', delivery_id: 'flat',
	secret: 'deep',
} as const;
export type TemplateName = keyof typeof templateNames;

const functionNames = ['default', 'upper', 'lower', 'short', 'json'] as const;

/** Reads a template. A JSON template must be JSON once its holes are filled, whatever they are filled with. */
export function parseTemplate(source: string, form: 'json' | 'text'): Verdict<Template> {
	if (source.length > templateLimits.characters) return bad(source, templateLimits.characters, source.length - templateLimits.characters, `A template has at most ${templateLimits.characters} characters`);
	const pieces: Piece[] = [];
	const secrets = new Set<string>();
	let text = '';
	let quoted = false;
	let holes = 0;
	for (let at = 0; at < source.length; ) {
		if (source.startsWith('$${', at)) {
			text += '${';
			at += 3;
		} else if (source.startsWith('${', at)) {
			const end = holeEnd(source, at + 2);
			if (end === -1) return bad(source, at, 2, 'This ${ has no } to end it');
			if (++holes > templateLimits.holes) return bad(source, at, end + 1 - at, `A template has at most ${templateLimits.holes} places to fill`);
			const hole = parseHole(source, at, end, quoted && form === 'json');
			if (!hole.ok) return hole;
			if (hole.value.name === 'secret' && hole.value.path !== null) secrets.add(hole.value.path);
			if (text !== '') pieces.push({ kind: 'text', text });
			text = '';
			pieces.push(hole.value);
			at = end + 1;
		} else {
			const character = source.charAt(at);
			if (quoted && character === '\\') {
				text += source.slice(at, at + 2);
				at += 2;
				continue;
			}
			if (character === '"') quoted = !quoted;
			text += character;
			at += 1;
		}
	}
	if (text !== '') pieces.push({ kind: 'text', text });
	const template: Template = { form, pieces, secrets: [...secrets] };
	return form === 'json' ? checkJson(source, template) : accept(template);
}

/** The closing brace, not one inside a function's value. */
function holeEnd(source: string, from: number): number {
	let quoted = false;
	let depth = 0;
	for (let at = from; at < source.length; at++) {
		const character = source.charAt(at);
		if (quoted && character === '\\') at += 1;
		else if (character === '"') quoted = !quoted;
		else if (quoted) continue;
		else if (character === '}' && depth === 0) return at;
		else if ('({['.includes(character)) depth += 1;
		else if (')}]'.includes(character)) depth -= 1;
		else if (character === '\n') return -1;
	}
	return -1;
}

function parseHole(source: string, start: number, end: number, quoted: boolean): Verdict<Hole> {
	const parts = splitAtBars(source, start + 2, end);
	const [first] = parts;
	if (first === undefined) return bad(source, start, end + 1 - start, 'Nothing is named here');
	const written = source.slice(first.from, first.to);
	const trimmed = written.trim();
	const nameAt = first.from + written.indexOf(trimmed);
	if (trimmed === '') return bad(source, start, end + 1 - start, 'Nothing is named here');
	const dot = trimmed.indexOf('.');
	const name = dot === -1 ? trimmed : trimmed.slice(0, dot);
	const path = dot === -1 ? null : trimmed.slice(dot + 1);
	if (!Object.hasOwn(templateNames, name)) return bad(source, nameAt, name.length, `There is no “${name}”: ${nearest(name)}`);
	if (templateNames[name as TemplateName] === 'flat' && path !== null) return bad(source, nameAt, trimmed.length, `${name} has nothing inside`);
	if (name === 'secret' && (path === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(path))) return bad(source, nameAt, trimmed.length, 'A secret is named like ${secret.DEPLOY_TOKEN}: letters, digits and _');
	if (path === '') return bad(source, nameAt, trimmed.length, 'A name is missing behind the dot');
	const functions: TemplateFunction[] = [];
	for (const part of parts.slice(1)) {
		const read = parseFunction(source, part.from, part.to);
		if (!read.ok) return read;
		functions.push(read.value);
	}
	return accept({ kind: 'hole', name, path, functions, quoted, offset: start, length: end + 1 - start });
}

function splitAtBars(source: string, from: number, to: number): { readonly from: number; readonly to: number }[] {
	const parts: { from: number; to: number }[] = [];
	let quoted = false;
	let begin = from;
	for (let at = from; at < to; at++) {
		const character = source.charAt(at);
		if (quoted && character === '\\') at += 1;
		else if (character === '"') quoted = !quoted;
		else if (character === '|' && !quoted) {
			parts.push({ from: begin, to: at });
			begin = at + 1;
		}
	}
	parts.push({ from: begin, to });
	return parts;
}

function parseFunction(source: string, from: number, to: number): Verdict<TemplateFunction> {
	const written = source.slice(from, to);
	const text = written.trim();
	const at = from + Math.max(0, written.indexOf(text));
	const call = /^([a-z]+)\s*(?:\(([\s\S]*)\))?$/.exec(text);
	const name = call?.[1];
	if (name === undefined || !(functionNames as readonly string[]).includes(name)) return bad(source, at, Math.max(1, text.length), `There is no such function; there are ${functionNames.join(', ')}`);
	const argument = call?.[2];
	if (name === 'default') {
		if (argument === undefined) return bad(source, at, text.length, 'default wants a value: default("none"), default(0), default(null)');
		try {
			return accept({ name, value: JSON.parse(argument) as FactValue });
		} catch {
			return bad(source, at, text.length, 'The value of default is JSON: text stands in double quotes');
		}
	}
	if (argument !== undefined) return bad(source, at, text.length, `${name} takes no value`);
	return accept({ name: name as 'upper' | 'lower' | 'short' | 'json' });
}

/** Fills each hole with what is worst for its place, and asks JSON. Where that fails, says where in the source. */
function checkJson(source: string, template: Template): Verdict<Template> {
	let filled = '';
	const origins: { readonly filled: number; readonly source: number }[] = [];
	let inSource = 0;
	for (const piece of template.pieces) {
		origins.push({ filled: filled.length, source: piece.kind === 'hole' ? piece.offset : inSource });
		if (piece.kind === 'text') {
			filled += piece.text;
			// `$${` is one character longer than what it writes.
			inSource += piece.text.length + (piece.text.split('${').length - 1);
		} else {
			filled += piece.quoted ? 'x' : '0';
			inSource = piece.offset + piece.length;
		}
	}
	try {
		JSON.parse(filled);
		return accept(template);
	} catch (thrown) {
		const message = thrown instanceof Error ? thrown.message : '';
		const found = /position (\d+)/.exec(message);
		const position = found === null ? filled.length : Number(found[1]);
		const origin = origins.findLast((one) => one.filled <= position) ?? { filled: 0, source: 0 };
		const offset = Math.min(source.length, origin.source + (position - origin.filled));
		return bad(source, Math.min(offset, Math.max(0, source.length - 1)), 1, 'With its places filled this is no JSON');
	}
}

export type TemplateValues = Readonly<Record<string, FactValue | undefined>>;

/**
 * Fills a template. What isn't there becomes `null` outside of quotes and nothing inside; `missing` names it, so that a dry run can say so.
 * `secrets` come in only here; a preview hands in marks instead.
 */
export function fillTemplate(template: Template, values: TemplateValues, secrets: Readonly<Record<string, string>>): { readonly text: string; readonly missing: readonly string[] } {
	const missing: string[] = [];
	let text = '';
	for (const piece of template.pieces) {
		if (piece.kind === 'text') {
			text += piece.text;
			continue;
		}
		const found = valueOf(piece, values, secrets);
		let value = found;
		for (const each of piece.functions) value = apply(each, value);
		if (value === undefined) missing.push(piece.path === null ? piece.name : `${piece.name}.${piece.path}`);
		if (template.form === 'text') text += asText(value ?? null);
		else if (piece.quoted) text += JSON.stringify(asText(value ?? null)).slice(1, -1);
		else text += JSON.stringify(value ?? null);
	}
	return { text, missing };
}

function valueOf(hole: Hole, values: TemplateValues, secrets: Readonly<Record<string, string>>): FactValue | undefined {
	if (hole.name === 'secret') return hole.path !== null && Object.hasOwn(secrets, hole.path) ? secrets[hole.path] : undefined;
	const value = Object.hasOwn(values, hole.name) ? values[hole.name] : undefined;
	if (value === undefined || value === null) return undefined;
	return hole.path === null ? value : valueAt(value, hole.path);
}

function apply(one: TemplateFunction, value: FactValue | undefined): FactValue | undefined {
	if (one.name === 'default') return value === undefined || value === null ? one.value : value;
	if (value === undefined) return undefined;
	switch (one.name) {
		case 'upper':
			return asText(value).toUpperCase();
		case 'lower':
			return asText(value).toLowerCase();
		case 'short':
			return asText(value).slice(0, 8);
		case 'json':
			return JSON.stringify(value);
		default:
			return assertNever(one, 'function');
	}
}

function asText(value: FactValue): string {
	if (value === null) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function bad(source: string, offset: number, length: number, problem: string): Refused {
	return refuse({ rule: 'malformed-template', subject: 'template', part: partOf(source, offset, length), problem });
}

/** The known name that is closest, or a few of them. */
function nearest(name: string): string {
	const close = Object.keys(templateNames).find((known) => known.includes(name) || (name.length > 3 && known.startsWith(name.slice(0, 4))));
	return close === undefined ? 'names are such as event_type, alias, artifact_version, artifact_metadata.KEY' : `perhaps ${close}`;
}
