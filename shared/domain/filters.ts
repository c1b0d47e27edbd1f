/**
 * The filter language of W&B's public API: JSON in the manner of MongoDB.
 *
 *   {"name": "gemma"}                                         equal
 *   {"metadata.acc": {"$gt": 0.9, "$lt": 1}}                  both
 *   {"$or": [{"tag": "release"}, {"alias": {"$in": ["production", "staging"]}}]}
 *
 * Operators: `$and $or $nor $not $eq $ne $gt $gte $lt $lte $in $nin $exists $regex $contains $all $size`. Which fields there are depends
 * on what is filtered. The language is closed: what isn't known is refused, never passed on.
 */
import { accept, refuse, type Verdict } from './verdict.ts';
import { parseVersion } from './versions.ts';

/** What a field holds, and so what it may be compared with. `json` is a value of any kind at a path. */
export type FieldType = 'number' | 'text' | 'time' | 'version' | 'list' | 'json';

export interface FilterFields {
	/** Canonical names with their types. */
	readonly fields: Readonly<Record<string, FieldType>>;
	/** Fields with paths of their own behind a dot, such as `metadata`. */
	readonly roots: readonly string[];
	/** Other names that clients have for fields and roots. */
	readonly synonyms: Readonly<Record<string, string>>;
}

export type FilterValue = string | number | boolean | null;

/** `name` is canonical; `path` is what follows a root: the steps as written, split at dots. */
export interface FilterField {
	readonly name: string;
	readonly type: FieldType;
	readonly path: readonly string[];
}

export type Filter =
	| { readonly kind: 'and' | 'or'; readonly of: readonly Filter[] }
	| { readonly kind: 'not'; readonly of: Filter }
	| { readonly kind: 'compare'; readonly field: FilterField; readonly operator: '$eq' | '$gt' | '$gte' | '$lt' | '$lte'; readonly value: FilterValue }
	| { readonly kind: 'in' | 'all'; readonly field: FilterField; readonly values: readonly FilterValue[] }
	| { readonly kind: 'exists'; readonly field: FilterField; readonly exists: boolean }
	| { readonly kind: 'regex'; readonly field: FilterField; readonly pattern: string }
	| { readonly kind: 'contains'; readonly field: FilterField; readonly text: string }
	| { readonly kind: 'size'; readonly field: FilterField; readonly size: number };

export const filterLimits = { depth: 20, conditions: 500, listed: 10_000, patternLength: 200, pathSteps: 20 } as const;

const times = { created_at: 'time', updated_at: 'time' } as const;
const timeSynonyms = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;

export const registryFilterFields: FilterFields = { fields: { id: 'number', name: 'text', entity_id: 'number', description: 'text', ...times }, roots: [], synonyms: timeSynonyms };
export const collectionFilterFields: FilterFields = {
	fields: { artifact_collection_id: 'number', name: 'text', type: 'text', tag: 'list', description: 'text', ...times }, roots: [],
	synonyms: { ...timeSynonyms, id: 'artifact_collection_id', tags: 'tag' },
};
export const versionFilterFields: FilterFields = {
	fields: { id: 'number', version: 'version', tag: 'list', alias: 'list', description: 'text', digest: 'text', size: 'number', state: 'text', type: 'text', ...times }, roots: ['metadata'],
	synonyms: { ...timeSynonyms, tags: 'tag', aliases: 'alias', versionIndex: 'version', version_index: 'version' },
};
export const runFilterFields: FilterFields = {
	fields: { name: 'text', display_name: 'text', state: 'text', group: 'text', job_type: 'text', tag: 'list', username: 'text', entity: 'text', project: 'text', host: 'text', notes: 'text', duration: 'number', created_at: 'time', heartbeat_at: 'time' }, roots: ['config', 'summary'],
	synonyms: { createdAt: 'created_at', heartbeatAt: 'heartbeat_at', displayName: 'display_name', jobType: 'job_type', tags: 'tag', summary_metrics: 'summary', summaryMetrics: 'summary', user: 'username', 'user.username': 'username', description: 'notes' },
};

/** Reads a filter. Null, undefined and `{}` are no condition: an empty `and`. */
export function parseFilter(value: unknown, fields: FilterFields): Verdict<Filter> {
	let conditions = 0;

	const bad = (at: string, problem: string): Verdict<never> => refuse({ rule: 'malformed-filter', subject: 'search', at, problem });

	function parse(node: unknown, at: string, depth: number): Verdict<Filter> {
		if (depth > filterLimits.depth) return bad(at, `it is nested deeper than ${filterLimits.depth} levels`);
		if (!isObject(node)) return bad(at, 'a condition is a JSON object');
		const parts: Filter[] = [];
		for (const [key, inner] of Object.entries(node)) {
			const place = at === '' ? key : `${at}/${key}`;
			const part = key.startsWith('$') ? combine(key, inner, place, depth) : onField(key, inner, place, depth);
			if (!part.ok) return part;
			parts.push(part.value);
		}
		return accept(parts.length === 1 ? parts[0]! : { kind: 'and', of: parts });
	}

	function combine(key: string, inner: unknown, at: string, depth: number): Verdict<Filter> {
		if (key === '$not') {
			const negated = parse(inner, at, depth + 1);
			return negated.ok ? accept({ kind: 'not', of: negated.value }) : negated;
		}
		if (key !== '$and' && key !== '$or' && key !== '$nor') return bad(at, `there is no operator “${key}” here`);
		if (!Array.isArray(inner)) return bad(at, `“${key}” takes a list of conditions`);
		const of: Filter[] = [];
		for (const [index, one] of inner.entries()) {
			const part = parse(one, `${at}/${index}`, depth + 1);
			if (!part.ok) return part;
			of.push(part.value);
		}
		return accept(key === '$nor' ? { kind: 'not', of: { kind: 'or', of } } : { kind: key === '$and' ? 'and' : 'or', of });
	}

	function fieldOf(key: string, at: string): Verdict<FilterField> {
		const name = Object.hasOwn(fields.synonyms, key) ? fields.synonyms[key]! : key;
		if (Object.hasOwn(fields.fields, name)) return accept({ name, type: fields.fields[name]!, path: [] });
		const dot = key.indexOf('.');
		const head = dot < 0 ? key : key.slice(0, dot);
		const root = Object.hasOwn(fields.synonyms, head) ? fields.synonyms[head]! : head;
		if (!fields.roots.includes(root)) return bad(at, `there is no field “${key}”; there are ${[...Object.keys(fields.fields), ...fields.roots.map((one) => `${one}.…`)].join(', ')}`);
		const path = dot < 0 ? [] : key.slice(dot + 1).split('.');
		if (path.length === 0 || path.length > filterLimits.pathSteps || path.some((step) => step === '' || step.includes('"'))) return bad(at, `“${key}” is no path that can be looked up`);
		return accept({ name: root, type: 'json', path });
	}

	function onField(key: string, inner: unknown, at: string, depth: number): Verdict<Filter> {
		const field = fieldOf(key, at);
		if (!field.ok) return field;
		if (!isObject(inner)) return operation(field.value, '$eq', inner, at, depth);
		const parts: Filter[] = [];
		for (const [operator, operand] of Object.entries(inner)) {
			if (!operator.startsWith('$')) return bad(`${at}/${operator}`, `“${operator}” is no operator`);
			const part = operation(field.value, operator, operand, `${at}/${operator}`, depth + 1);
			if (!part.ok) return part;
			parts.push(part.value);
		}
		return accept(parts.length === 1 ? parts[0]! : { kind: 'and', of: parts });
	}

	function operation(field: FilterField, operator: string, operand: unknown, at: string, depth: number): Verdict<Filter> {
		conditions += 1;
		if (conditions > filterLimits.conditions) return bad(at, `it has more than ${filterLimits.conditions} conditions`);
		if (depth > filterLimits.depth) return bad(at, `it is nested deeper than ${filterLimits.depth} levels`);
		switch (operator) {
			case '$eq':
			case '$gt':
			case '$gte':
			case '$lt':
			case '$lte': {
				const value = valueOf(field, operand);
				if (value === undefined) return bad(at, expected(field, operand));
				if (value === null) return operator === '$eq' ? accept({ kind: 'exists', field, exists: false }) : bad(at, 'null is neither more nor less than anything');
				return accept({ kind: 'compare', field, operator, value });
			}
			case '$ne': {
				const equal = operation(field, '$eq', operand, at, depth);
				return equal.ok ? accept({ kind: 'not', of: equal.value }) : equal;
			}
			case '$in':
			case '$nin':
			case '$all': {
				if (!Array.isArray(operand) || operand.length > filterLimits.listed) return bad(at, `“${operator}” takes a list of at most ${filterLimits.listed} values`);
				const values: FilterValue[] = [];
				for (const one of operand as readonly unknown[]) {
					const value = valueOf(field, one);
					if (value === undefined || value === null) return bad(at, expected(field, one));
					values.push(value);
				}
				const listed: Filter = { kind: operator === '$all' ? 'all' : 'in', field, values };
				return accept(operator === '$nin' ? { kind: 'not', of: listed } : listed);
			}
			case '$exists':
				return typeof operand === 'boolean' ? accept({ kind: 'exists', field, exists: operand }) : bad(at, '“$exists” takes true or false');
			case '$regex':
				if (typeof operand !== 'string') return bad(at, '“$regex” takes a text');
				return isHarmlessPattern(operand) ? accept({ kind: 'regex', field, pattern: operand }) : bad(at, `this pattern can’t be used: at most ${filterLimits.patternLength} characters, no look-around, no references, no repeated groups that repeat inside`);
			case '$contains':
				// Of a list: one of its members; of a text: a part of it.
				return typeof operand === 'string' ? accept(field.type === 'list' ? { kind: 'compare', field, operator: '$eq', value: operand } : { kind: 'contains', field, text: operand }) : bad(at, '“$contains” takes a text');
			case '$size':
				return field.type === 'list' && typeof operand === 'number' && Number.isSafeInteger(operand) && operand >= 0 ? accept({ kind: 'size', field, size: operand }) : bad(at, '“$size” takes a whole number, on a field with several values');
			case '$not': {
				if (!isObject(operand)) return bad(at, '“$not” takes a condition');
				const parts: Filter[] = [];
				for (const [name, inner] of Object.entries(operand)) {
					const part = operation(field, name, inner, `${at}/${name}`, depth + 1);
					if (!part.ok) return part;
					parts.push(part.value);
				}
				return accept({ kind: 'not', of: { kind: 'and', of: parts } });
			}
			default:
				return bad(at, `there is no operator “${operator}”`);
		}
	}

	return value === undefined || value === null ? accept({ kind: 'and', of: [] }) : parse(value, '', 0);
}

/** The operand as the field's kind of value; undefined where it is none. Times become milliseconds since 1970 UTC, versions numbers. */
function valueOf(field: FilterField, operand: unknown): FilterValue | undefined {
	if (operand === null) return null;
	switch (field.type) {
		case 'number':
			if (typeof operand === 'string' && /^\d{1,15}$/.test(operand)) return Number(operand);
			return typeof operand === 'number' && Number.isFinite(operand) ? operand : undefined;
		case 'text':
		case 'list':
			return typeof operand === 'string' ? operand : undefined;
		case 'time': {
			if (typeof operand !== 'string') return undefined;
			// Without a zone UTC is meant, as the client's own times are.
			const time = Date.parse(/^\d{4}-\d{2}-\d{2}[T ][\d:.]+$/.test(operand) ? `${operand.replace(' ', 'T')}Z` : operand);
			return Number.isNaN(time) ? undefined : time;
		}
		case 'version': {
			if (typeof operand === 'number') return Number.isSafeInteger(operand) && operand >= 0 ? operand : undefined;
			return typeof operand === 'string' ? (parseVersion(operand) ?? (/^\d{1,15}$/.test(operand) ? Number(operand) : undefined)) : undefined;
		}
		case 'json':
			return typeof operand === 'string' || typeof operand === 'boolean' || (typeof operand === 'number' && Number.isFinite(operand)) ? operand : undefined;
	}
}

function expected(field: FilterField, found: unknown): string {
	const wanted: Readonly<Record<FieldType, string>> = { number: 'a number', text: 'a text', list: 'a text', time: 'a time (ISO 8601)', version: 'a version such as v3', json: 'a text, a number, true or false' };
	return `“${field.name}” is compared with ${wanted[field.type]}, not with ${(JSON.stringify(found) ?? 'nothing').slice(0, 60)}`;
}

/**
 * Whether a pattern can be tried on any text in time about proportional to its length: patterns come from callers, and one that backtracks
 * forever would hold up everybody.
 */
export function isHarmlessPattern(pattern: string): boolean {
	if (pattern.length > filterLimits.patternLength) return false;
	// Look-around, named groups, references.
	if (/\(\?(?!:)|\\[1-9]|\\k/.test(pattern.replace(/^\(\?[ims]+\)/, ''))) return false;
	// Per open group: whether something in it repeats or stands for choice.
	const groups: boolean[] = [];
	let repeats = 0;
	for (let at = 0; at < pattern.length; at += 1) {
		const letter = pattern[at]!;
		if (letter === '\\') at += 1;
		else if (letter === '[') {
			while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
		} else if (letter === '(') groups.push(false);
		else if (letter === '|') {
			if (groups.length > 0) groups[groups.length - 1] = true;
		} else if (letter === ')') {
			const inner = groups.pop() ?? false;
			const repeated = /^(?:[*+]|\{\d+,?\d*\})/.test(pattern.slice(at + 1));
			if (repeated && inner) return false;
			if (groups.length > 0 && (inner || repeated)) groups[groups.length - 1] = true;
		} else if (letter === '*' || letter === '+' || letter === '{') {
			repeats += 1;
			if (groups.length > 0) groups[groups.length - 1] = true;
		}
	}
	// Each further open repetition multiplies the time by the length of the text.
	if (repeats > 6) return false;
	try {
		return patternOf(pattern) instanceof RegExp;
	} catch {
		return false;
	}
}

const classNames: Readonly<Record<string, string>> = {
	alnum: '0-9A-Za-z', alpha: 'A-Za-z', ascii: '\\x00-\\x7f', blank: '\\t ', digit: '0-9', lower: 'a-z', punct: '!-\\/:-@\\[-`\\{-~', space: '\\s', upper: 'A-Z', word: '\\w', xdigit: '0-9A-Fa-f',
};

/**
 * A pattern as RE2 reads it, which is how the clients' documentation has patterns: flags at the start, `\A` and `\z`, named classes, and a
 * backslash before any sign (Python's `re.escape` writes `my\-run`). Throws a SyntaxError for what is none, or what we don't have.
 */
export function patternOf(pattern: string): RegExp {
	const flags = /^\(\?([ims]+)\)/.exec(pattern);
	const rest = flags === null ? pattern : pattern.slice(flags[0].length);
	let inClass = false;
	const source = rest.replaceAll(/\\(.?)|\[:(\w+):\]|[[\]]/gsu, (whole, escaped: string | undefined, named: string | undefined) => {
		if (escaped !== undefined) {
			if (!inClass && escaped === 'A') return '^';
			if (!inClass && escaped === 'z') return '$';
			// What means nothing before a sign is refused by the language before some of them.
			return /[\p{L}\p{N}]/u.test(escaped) || '^$\\.*+?()[]{}|/'.includes(escaped) || (inClass && escaped === '-') ? whole : escaped;
		}
		if (named !== undefined) {
			const members = inClass && Object.hasOwn(classNames, named) ? classNames[named] : undefined;
			if (members === undefined) throw new SyntaxError(`There is no class “${whole}” here.`);
			return members;
		}
		if (whole === '[') inClass = true;
		else inClass = false;
		return whole;
	});
	return new RegExp(source, `u${[...new Set(flags?.[1] ?? '')].join('')}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
