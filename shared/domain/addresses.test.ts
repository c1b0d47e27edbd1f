import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress, parseLinkTarget, parseRegistryAddress, parseSourceAddress, type Address } from './addresses.ts';
import { checkAlias, checkArtifactName, checkCollectionName, checkEntityName, checkProjectName, checkRegistryName } from './names.ts';
import type { Verdict } from './verdict.ts';
import { explainViolation } from './violations.ts';

const rule = (verdict: Verdict<unknown>): string => (verdict.ok ? 'ok' : verdict.violation.rule);

describe('registry addresses', () => {
	test('the forms', () => {
		expect(parseAddress('acme/wandb-registry-Models/resnet:v3')).toEqual({ ok: true, value: { kind: 'registry', organization: 'acme', registry: 'Models', collection: 'resnet', selector: { kind: 'number', number: 3 } } });
		expect(parseAddress('wandb-registry-Models/resnet:production')).toMatchObject({ value: { organization: null, selector: { kind: 'alias', alias: 'production' } } });
		expect(parseAddress('wandb-registry-Models/resnet')).toMatchObject({ value: { selector: null } });
		expect(parseAddress('My Org/wandb-registry-Configuration Pipeline/a b')).toMatchObject({ value: { organization: 'My Org', registry: 'Configuration Pipeline', collection: 'a b' } });
	});
	test('a collection with a colon needs its selector', () => {
		const address: Address = { kind: 'registry', organization: null, registry: 'Models', collection: 'a:b', selector: null };
		expect(formatAddress(address)).toBe('wandb-registry-Models/a:b:latest');
		expect(parseAddress('wandb-registry-Models/a:b:v1')).toMatchObject({ value: { collection: 'a:b', selector: { number: 1 } } });
	});
	test('link targets have none', () => {
		expect(rule(parseLinkTarget('wandb-registry-Models/resnet'))).toBe('ok');
		expect(rule(parseLinkTarget('wandb-registry-Models/resnet:v1'))).toBe('malformed-address');
		expect(rule(parseLinkTarget('vision/resnet'))).toBe('malformed-address');
	});
});

describe('source addresses', () => {
	test('the forms', () => {
		expect(parseAddress('resnet:latest')).toEqual({ ok: true, value: { kind: 'source', entity: null, project: null, artifact: 'resnet', selector: { kind: 'alias', alias: 'latest' } } });
		expect(parseAddress('vision/resnet:v0')).toMatchObject({ value: { entity: 'vision', project: null } });
		expect(parseAddress('vision/training/resnet')).toMatchObject({ value: { entity: 'vision', project: 'training', artifact: 'resnet', selector: null } });
	});
	test('each kind only where it is asked for', () => {
		expect(rule(parseSourceAddress('wandb-registry-Models/resnet'))).toBe('malformed-address');
		expect(rule(parseRegistryAddress('vision/training/resnet'))).toBe('malformed-address');
		expect(rule(parseRegistryAddress('resnet'))).toBe('malformed-address');
	});
});

test.each([
	['', 'empty'],
	['/', 'malformed-address'],
	['a/', 'malformed-address'],
	['/a', 'malformed-address'],
	['a//b', 'malformed-address'],
	['a/b/c/d', 'malformed-address'],
	['a:', 'empty'],
	['a:v007', 'version-number'],
	['a:b:c', 'forbidden-character'],
	['a:b/c', 'forbidden-character'],
	['ünder', 'forbidden-character'],
	['..', 'only-dots'],
	['../../etc', 'only-dots'],
	['a/wandb-registry-/x', 'reserved'],
	['wandb-registry-a#b/x', 'forbidden-character'],
	['x'.repeat(2000), 'malformed-address'],
	['wandb-registry-Models/resnet:v3\n', 'control-character'],
])('%j: %s', (text, expected) => {
	const verdict = parseAddress(text);
	expect(rule(verdict)).toBe(expected);
	if (!verdict.ok) expect(explainViolation(verdict.violation)).not.toBe('');
});

const valid = (check: (text: string) => Verdict<string>, unit = 'aZ9 _-.é:😀#'): fc.Arbitrary<string> =>
	fc.string({ unit: fc.constantFrom(...unit), minLength: 1, maxLength: 12 }).map((text) => check(text)).filter((verdict) => verdict.ok).map((verdict) => (verdict.ok ? verdict.value : ''));
const selector = fc.oneof(fc.constant(null), fc.maxSafeNat().map((number) => ({ kind: 'number' as const, number })), valid(checkAlias).map((alias) => ({ kind: 'alias' as const, alias })));
const anyAddress: fc.Arbitrary<Address> = fc.oneof(
	fc.record({ kind: fc.constant('registry' as const), organization: fc.option(valid((text) => checkEntityName('organization', text))), registry: valid(checkRegistryName), collection: valid(checkCollectionName), selector }),
	fc.record({ artifact: valid(checkArtifactName, 'aZ9_-.'), entity: fc.option(valid((text) => checkEntityName('team', text))), project: fc.option(valid(checkProjectName)), selector }).map((parts): Address => ({ kind: 'source', ...parts, project: parts.entity === null ? null : parts.project })),
);

test('what is written is read back the same', () => {
	fc.assert(
		fc.property(anyAddress, (address) => {
			const meant = address.kind === 'registry' && address.selector === null && address.collection.includes(':') ? { ...address, selector: { kind: 'alias', alias: 'latest' } } : address;
			expect(parseAddress(formatAddress(address))).toEqual({ ok: true, value: meant });
		}),
		{ numRuns: 1000 },
	);
});

test('no text makes it throw; what is read is written so that it is read the same', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.array(fc.constantFrom('a', '/', ':', 'wandb-registry-', 'v1', '..', '%2f', ' ', 'é'), { maxLength: 10 }).map((list) => list.join(''))), (text) => {
			const verdict = parseAddress(text);
			if (verdict.ok) expect(parseAddress(formatAddress(verdict.value))).toEqual(verdict);
			else expect(explainViolation(verdict.violation)).not.toBe('');
		}),
		{ numRuns: 2000 },
	);
});
