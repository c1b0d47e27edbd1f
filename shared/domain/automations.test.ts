import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	automationSentence, defaultPayload, deliveryLimits, fillTemplate, fitsFilter, fitsGlob, inScope, nameOfCopy, nextStep, noFilter, parseTemplate, payloadValues, restOf, retryAfterOf, valueAt,
	type AutomationFacts, type AutomationFilter, type FactValue, type Template, type Verdict,
} from './index.ts';

const facts: AutomationFacts = {
	event: 'alias.moved', eventId: 7, at: '2026-05-03T10:00:00.000Z', actor: { username: 'ada', displayName: 'Ada', kind: 'person' }, entrance: 'window', message: 'better on “rare” words', entity: 'lab',
	registry: { id: 1, name: 'Models' }, collection: { id: 2, name: 'gemma' }, project: { id: 3, name: 'train' }, artifact: { id: 4, name: 'gemma-ft', type: 'model' },
	link: { id: 6 },
	version: { id: 5, number: 3, digest: 'abcdef0123456789', size: 10, aliases: ['latest', 'prod-eu'], tags: ['release'], metadata: { eval: { accuracy: 0.93, note: 'say "hi"\n' }, 'a.b': 1, layers: [1, 2] } },
	alias: 'prod-eu', aliasFrom: 2, tag: null, state: null, run: null, metric: null, label: 'Models/gemma:v3', address: 'vitrine://x',
};
const regex = (pattern: string, text: string): boolean => new RegExp(pattern).test(text);
const fits = (filter: Partial<AutomationFilter>): boolean => fitsFilter({ ...noFilter, ...filter }, facts, regex);
const value = <T>(verdict: Verdict<T>): T => {
	if (!verdict.ok) throw new Error(JSON.stringify(verdict.violation));
	return verdict.value;
};
const template = (source: string, form: 'json' | 'text' = 'json'): Template => value(parseTemplate(source, form));
const values = payloadValues(facts, { automation: 'tell', deliveryId: 'd1' });

describe('a copy', () => {
	it('has a name of its own, never too long', () => {
		expect(nameOfCopy('tell', [])).toBe('tell copy');
		expect(nameOfCopy('tell', ['tell copy', 'tell copy 2'])).toBe('tell copy 3');
		expect(nameOfCopy('x'.repeat(128), [])).toBe(`${'x'.repeat(123)} copy`);
	});
});

describe('filters', () => {
	it('ask all of what they name', () => {
		expect(fits({})).toBe(true);
		expect(fits({ aliases: [{ kind: 'glob', text: 'prod-*' }] })).toBe(true);
		expect(fits({ aliases: [{ kind: 'glob', text: 'prod-?' }] })).toBe(false);
		expect(fits({ aliases: [{ kind: 'regex', text: '^prod-(eu|us)$' }] })).toBe(true);
		expect(fits({ names: [{ kind: 'glob', text: 'gemma' }], types: ['model'] })).toBe(true);
		expect(fits({ types: ['dataset'] })).toBe(false);
		expect(fits({ onlyBy: ['ada'] })).toBe(true);
		expect(fits({ notBy: ['ada'] })).toBe(false);
		expect(fits({ tags: [{ kind: 'glob', text: 'rel*' }] })).toBe(true);
	});

	it('compare numbers as numbers, and have no order for anything else', () => {
		expect(fits({ metadata: [{ path: 'eval.accuracy', comparison: '>', value: '0.9' }] })).toBe(true);
		expect(fits({ metadata: [{ path: 'eval.accuracy', comparison: '<', value: 0.9 }] })).toBe(false);
		expect(fits({ metadata: [{ path: 'eval.note', comparison: '>', value: 'a' }] })).toBe(false);
		expect(fits({ metadata: [{ path: 'a.b', comparison: '=', value: 1 }] })).toBe(true);
		expect(fits({ metadata: [{ path: 'layers', comparison: 'contains', value: 2 }] })).toBe(true);
		expect(fits({ metadata: [{ path: 'none', comparison: 'exists', value: '' }] })).toBe(false);
		expect(fits({ metadata: [{ path: 'none', comparison: '!=', value: 1 }] })).toBe(true);
		expect(valueAt(facts.version?.metadata ?? {}, 'layers.1')).toBe(2);
		expect(valueAt(facts.version?.metadata ?? {}, 'constructor')).toBeUndefined();
	});

	it('listen where they were told to', () => {
		expect(inScope({ kind: 'organization' }, facts)).toBe(true);
		expect(inScope({ kind: 'collection', id: 2 }, facts)).toBe(true);
		expect(inScope({ kind: 'project', id: 2 }, facts)).toBe(false);
	});
});

describe('globs', () => {
	it('agree with the regular expression that they stand for', () => {
		const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*', '?'), maxLength: 8 });
		fc.assert(fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 10 }), (pattern, name) => {
			const source = Array.from(pattern).map((one) => (one === '*' ? '.*' : one === '?' ? '.' : one)).join('');
			expect(fitsGlob(pattern, name, '?')).toBe(new RegExp(`^${source}$`).test(name));
		}));
	});
});

describe('templates', () => {
	it('write values by their place', () => {
		const made = template('{"text": "${event_author} moved ${alias}", "accuracy": ${artifact_metadata.eval.accuracy}, "note": "${artifact_metadata.eval.note}", "all": ${artifact_metadata}, "was": ${alias_previous_index}}');
		const { text, missing } = fillTemplate(made, values, {});
		expect(missing).toEqual([]);
		expect(JSON.parse(text)).toEqual({ text: 'ada moved prod-eu', accuracy: 0.93, note: 'say "hi"\n', all: facts.version?.metadata, was: 2 });
	});

	it('have functions, defaults and escapes', () => {
		const made = template('{"a": "${artifact_digest | short | upper}", "b": ${artifact_metadata.none | default({"x": "}"})}, "c": "$${alias}", "d": "${artifact_metadata.layers | json}", "e": ${tag}}');
		const { text, missing } = fillTemplate(made, values, {});
		expect(JSON.parse(text)).toEqual({ a: 'ABCDEF01', b: { x: '}' }, c: '${alias}', d: '[1,2]', e: null });
		expect(missing).toEqual(['tag']);
	});

	it('name their secrets, which come in only when they are filled', () => {
		const made = template('{"token": "${secret.DEPLOY}"}');
		expect(made.secrets).toEqual(['DEPLOY']);
		expect(fillTemplate(made, values, { DEPLOY: 'a"b' }).text).toBe('{"token": "a\\"b"}');
	});

	it.each([
		['{"a": ${alais}}', 9, 'There is no “alais”'],
		['{"a": ${alias.x}}', 9, 'has nothing inside'],
		['{"a": ${alias', 7, 'has no }'],
		['{"a": ${alias | shout}}', 17, 'no such function'],
		['{"a": ${alias | default(none)}}', 17, 'JSON'],
		['{"a": "${secret.}"}', 10, 'A secret is named'],
		['{"a": ${alias} "b"}', 16, 'no JSON'],
		['{"a": ${}}', 7, 'Nothing is named'],
	])('refuse %s at its spot', (source, position, problem) => {
		const verdict = parseTemplate(source, 'json');
		expect(verdict).toMatchObject({ ok: false, violation: { rule: 'malformed-template', part: { position } } });
		expect(!verdict.ok && 'problem' in verdict.violation && verdict.violation.problem).toContain(problem);
	});

	it('stay JSON whatever they are filled with', () => {
		const made = template('{"t": "${message}", "v": ${message}, "m": {"k": ["${artifact_metadata.x}", ${artifact_metadata.x}]}}');
		fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (message, x) => {
			const { text } = fillTemplate(made, { message, artifact_metadata: { x: x as FactValue } }, {});
			const read = JSON.parse(text) as { t: string; v: string };
			expect(read.t).toBe(message);
			expect(read.v).toBe(message);
		}));
	});

	it('never throw, whatever is written', () => {
		fc.assert(fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', '"', '\\', '|', '(', ')', '.', 'a', 'alias', 'secret', ' ', '\n', ':'), maxLength: 40 }), fc.constantFrom('json' as const, 'text' as const), (source, form) => {
			const verdict = parseTemplate(source, form);
			if (verdict.ok) expect(typeof fillTemplate(verdict.value, values, {}).text).toBe('string');
			else expect(verdict.violation.rule).toBe('malformed-template');
		}), { numRuns: 2000 });
	});
});

describe('the default payload', () => {
	it('says what is there under the names of templates', () => {
		expect(defaultPayload(facts, { automation: 'tell', deliveryId: 'd1' })).toMatchObject({ event_type: 'ADD_ARTIFACT_ALIAS', artifact_version: 'lab/wandb-registry-Models/gemma:v3', artifact_version_string: 'gemma:v3', artifact_version_index: 3, alias: 'prod-eu', delivery_id: 'd1' });
		expect(defaultPayload(facts, { automation: 'tell', deliveryId: 'd1' })).not.toHaveProperty('tag');
	});
});

describe('the schedule', () => {
	it('waits longer each time, within its bounds, and ends', () => {
		fc.assert(fc.property(fc.integer({ min: 1, max: deliveryLimits.attempts - 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
			const step = nextStep({ kind: 'answered', status: 500, retryAfter: null }, attempt, random);
			const whole = Math.min(deliveryLimits.longest, deliveryLimits.first * 2 ** (attempt - 1));
			expect(step.kind).toBe('again');
			if (step.kind === 'again') {
				expect(step.in).toBeGreaterThanOrEqual(whole / 2 - 1);
				expect(step.in).toBeLessThanOrEqual(whole + 1);
			}
		}));
		expect(nextStep({ kind: 'failed', transient: true }, deliveryLimits.attempts, 0)).toEqual({ kind: 'dead', why: 'attempts' });
	});

	it('knows what passes with time', () => {
		expect(nextStep({ kind: 'answered', status: 204, retryAfter: null }, 1, 0)).toEqual({ kind: 'done' });
		expect(nextStep({ kind: 'answered', status: 404, retryAfter: null }, 1, 0)).toEqual({ kind: 'dead', why: 'refused' });
		expect(nextStep({ kind: 'answered', status: 302, retryAfter: null }, 1, 0)).toEqual({ kind: 'dead', why: 'refused' });
		expect(nextStep({ kind: 'answered', status: 429, retryAfter: 90_000 }, 1, 0)).toEqual({ kind: 'again', in: 90_000 });
		expect(retryAfterOf('120', 0)).toBe(120_000);
		expect(retryAfterOf('Thu, 01 Jan 1970 00:01:00 GMT', 0)).toBe(60_000);
		expect(retryAfterOf('soon', 0)).toBeNull();
		expect([restOf(4), restOf(5), restOf(6)]).toEqual([0, 60_000, 120_000]);
	});
});

describe('the sentence', () => {
	it('reads an automation back', () => {
		expect(automationSentence({
			event: 'alias.moved', scope: { kind: 'registry', id: 1 }, scopeName: 'Models', threshold: null,
			filter: { ...noFilter, aliases: [{ kind: 'glob', text: 'prod-*' }], notBy: ['ci-bot'], metadata: [{ path: 'eval.accuracy', comparison: '>', value: 0.9 }] },
			actions: [{ kind: 'webhook', url: 'https://example.org/hook' }],
		})).toBe('When an alias matching prod-* moves in Models, by anyone but ci-bot, and its eval.accuracy > 0.9, POST to https://example.org/hook.');
	});
});
