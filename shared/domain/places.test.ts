import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAlias, checkArtifactName, checkCollectionName, checkEntityName, checkProjectName, checkRegistryName } from './names.ts';
import { validatePathInArtifact } from './paths.ts';
import { formatPlace, parsePlace, settingsSections, versionTabs, type Place, type PlaceFocus } from './places.ts';
import type { Verdict } from './verdict.ts';
import { explainViolation } from './violations.ts';

test.each<[Place, string]>([
	[{ place: 'start' }, 'vitrine://start'],
	[{ place: 'registries' }, 'vitrine://registries'],
	[{ place: 'registry', registry: 'Models' }, 'vitrine://registry/Models'],
	[{ place: 'collection', registry: 'Models', collection: 'all minilm' }, 'vitrine://registry/Models/all%20minilm'],
	[{ place: 'linked version', registry: 'Models', collection: 'resnet', selector: { kind: 'number', number: 3 } }, 'vitrine://registry/Models/resnet/v3'],
	[{ place: 'linked version', organization: 'acme', registry: 'Models', collection: 'resnet', selector: { kind: 'alias', alias: 'production' }, tab: 'files', file: 'a/b.txt' }, 'vitrine://registry/Models/resnet/production?organization=acme&tab=files&file=a%2Fb.txt'],
	[{ place: 'projects' }, 'vitrine://projects'],
	[{ place: 'project', entity: 'vision', project: 'training' }, 'vitrine://project/vision/training'],
	[{ place: 'artifact', entity: 'vision', project: 'training', artifact: 'resnet' }, 'vitrine://project/vision/training/artifact/resnet'],
	[{ place: 'source version', entity: 'vision', project: 'training', artifact: 'resnet', selector: { kind: 'number', number: 0 }, tab: 'lineage' }, 'vitrine://project/vision/training/artifact/resnet/v0?tab=lineage'],
	[{ place: 'run', entity: 'vision', project: 'training', run: 'ab12cd34' }, 'vitrine://project/vision/training/run/ab12cd34'],
	[{ place: 'run', entity: 'vision', project: 'training', run: 'ab12cd34', tab: 'console' }, 'vitrine://project/vision/training/run/ab12cd34?tab=console'],
	[{ place: 'compared runs', entity: 'vision', project: 'training', runs: ['ab12cd34', 'sweep_2'] }, 'vitrine://project/vision/training/runs?runs=ab12cd34%20sweep_2'],
	[{ place: 'registry members', registry: 'Models' }, 'vitrine://members/Models'],
	[{ place: 'alias board' }, 'vitrine://board'],
	[{ place: 'alias board', registry: 'Models' }, 'vitrine://board/Models'],
	[{ place: 'lineage' }, 'vitrine://lineage'],
	[{ place: 'lineage', nodes: [{ kind: 'version', id: 12 }, { kind: 'run', id: 7 }] }, 'vitrine://lineage?nodes=v12.r7'],
	[{ place: 'lineage', focus: { place: 'linked version', registry: 'Models', collection: 'resnet', selector: { kind: 'number', number: 3 } } }, 'vitrine://lineage/registry/Models/resnet/v3'],
	[{ place: 'search', query: 'tag:"new york" size>1GB' }, 'vitrine://search?q=tag%3A%22new%20york%22%20size%3E1GB'],
	[{ place: 'search', query: '' }, 'vitrine://search'],
	[{ place: 'history', focus: { place: 'registry', registry: 'Models' }, query: 'alias:production' }, 'vitrine://history/registry/Models?q=alias%3Aproduction'],
	[{ place: 'automations', id: '01J' }, 'vitrine://automations/01J'],
	[{ place: 'approvals' }, 'vitrine://approvals'],
	[{ place: 'storage' }, 'vitrine://storage'],
	[{ place: 'sync' }, 'vitrine://sync'],
	[{ place: 'trash' }, 'vitrine://trash'],
	[{ place: 'settings', section: 'remotes' }, 'vitrine://settings/remotes'],
])('%j is %s and back', (place, link) => {
	expect(formatPlace(place)).toBe(link);
	expect(parsePlace(link)).toEqual({ ok: true, value: place });
});

test('as systems hand it over: the scheme in capitals, a slash at the end, parameters that nobody knows', () => {
	expect(parsePlace('VITRINE://registries/')).toEqual({ ok: true, value: { place: 'registries' } });
	expect(parsePlace('vitrine://registry/Models/?utm=x&tab=files')).toEqual({ ok: true, value: { place: 'registry', registry: 'Models' } });
});

describe('hostile links', () => {
	test.each([
		'',
		'vitrine:',
		'vitrine://',
		'vitrine:///',
		'vitrine:registries',
		'http://registries',
		`${'javascript'}://registries/%0aalert(1)`,
		'vitrine://nothing',
		'vitrine://registries/x',
		'vitrine://members',
		'vitrine://project/vision/training/run/ab12cd34?tab=nothing',
		'vitrine://members/Models/x',
		'vitrine://board/Models/x',
		'vitrine://project/vision/training/runs',
		'vitrine://project/vision/training/runs?runs=',
		'vitrine://project/vision/training/runs?runs=a%20..',
		'vitrine://project/vision/training/runs?runs=a%20a',
		`vitrine://project/vision/training/runs?runs=${Array.from({ length: 51 }, (_, index) => `r${index}`).join('%20')}`,
		'vitrine://registry',
		'vitrine://registry//resnet',
		'vitrine://registry/..',
		'vitrine://registry/%2e%2e/resnet',
		'vitrine://registry/Models/%2e%2e/v3',
		'vitrine://registry/Models/a%2Fb',
		'vitrine://registry/Models/a%00b',
		'vitrine://registry/Models/a%E2%80%AEb',
		'vitrine://registry/Models/resnet/v007',
		'vitrine://registry/Models/resnet/v3/more',
		'vitrine://registry/Mod%zz',
		'vitrine://registry/Mod%E9',
		'vitrine://registry/%c0%ae%c0%ae',
		'vitrine://registry/Models#x',
		'vitrine://user@registry/Models',
		'vitrine://registry/Models/resnet/v3?file=../../etc/passwd',
		'vitrine://registry/Models/resnet/v3?file=C:%5CWindows',
		'vitrine://registry/Models/resnet/v3?tab=constructor',
		'vitrine://project/vision/wandb-registry-x',
		'vitrine://project/vision/training/run/..',
		'vitrine://project/vision/training/run/a%20b',
		'vitrine://project/vision/training/artifact/a%20b',
		'vitrine://project/vision/training/artifact',
		'vitrine://automations/a/b',
		'vitrine://settings/__proto__',
		'vitrine://lineage/settings',
		'vitrine://lineage?nodes=',
		'vitrine://lineage?nodes=v1.v1',
		'vitrine://lineage?nodes=v0',
		'vitrine://lineage?nodes=v1.x2',
		'vitrine://lineage/lineage/registry/x',
		'vitrine://constructor',
		'vitrine://registry/Models resnet',
		'vitrine://registry/Mod\nels',
		'vitrine://registry/Mod\\els',
		' vitrine://registries',
	])('%j is refused, with a sentence', (link) => {
		const verdict = parsePlace(link);
		expect(verdict.ok).toBe(false);
		if (!verdict.ok) expect(explainViolation(verdict.violation)).not.toBe('');
	});
	test('10 MB', () => {
		expect(parsePlace(`vitrine://search?q=${'a'.repeat(10_000_000)}`).ok).toBe(false);
		expect(parsePlace(`vitrine://${'registry/'.repeat(1_000_000)}`).ok).toBe(false);
	});
});

const valid = (check: (text: string) => Verdict<string>, unit = "aZ9 _-.é:😀#?%&=+/~'()*!日%2e"): fc.Arbitrary<string> =>
	fc.string({ unit: fc.constantFrom(...unit), minLength: 1, maxLength: 10 }).map((text) => check(text)).filter((verdict) => verdict.ok).map((verdict) => (verdict.ok ? verdict.value : ''));
const selector = fc.oneof(fc.maxSafeNat().map((number) => ({ kind: 'number' as const, number })), valid(checkAlias).map((alias) => ({ kind: 'alias' as const, alias })));
const view = fc.record({ tab: fc.constantFrom(...versionTabs), file: valid(validatePathInArtifact, 'aZ9 ./%é&=?#+') }, { requiredKeys: [] });
const where = fc.record({ organization: valid((text) => checkEntityName('organization', text)), registry: valid(checkRegistryName) }, { requiredKeys: ['registry'] });
const project = fc.record({ entity: valid((text) => checkEntityName('team', text)), project: valid(checkProjectName) });
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/);
const focus: fc.Arbitrary<PlaceFocus> = fc.oneof(
	where.map((parts) => ({ place: 'registry' as const, ...parts })),
	fc.tuple(where, valid(checkCollectionName)).map(([parts, collection]) => ({ place: 'collection' as const, ...parts, collection })),
	fc.tuple(where, valid(checkCollectionName), selector, view).map(([parts, collection, chosen, shown]) => ({ place: 'linked version' as const, ...parts, collection, selector: chosen, ...shown })),
	project.map((parts) => ({ place: 'project' as const, ...parts })),
	fc.tuple(project, valid(checkArtifactName, 'aZ9_-.')).map(([parts, artifact]) => ({ place: 'artifact' as const, ...parts, artifact })),
	fc.tuple(project, valid(checkArtifactName, 'aZ9_-.'), selector, view).map(([parts, artifact, chosen, shown]) => ({ place: 'source version' as const, ...parts, artifact, selector: chosen, ...shown })),
	fc.tuple(project, id).map(([parts, run]) => ({ place: 'run' as const, ...parts, run })),
);
const wellFormed = fc.string({ unit: 'grapheme', maxLength: 30 });
const anyPlace: fc.Arbitrary<Place> = fc.oneof(
	fc.constantFrom('start' as const, 'registries' as const, 'projects' as const, 'storage' as const, 'trash' as const).map((place) => ({ place })),
	focus,
	fc.record({ place: fc.constant('lineage' as const), focus }, { requiredKeys: ['place'] }),
	fc.record({ place: fc.constant('search' as const), query: wellFormed }),
	fc.record({ place: fc.constant('history' as const), focus, query: wellFormed }, { requiredKeys: ['place'] }),
	fc.record({ place: fc.constantFrom('automations' as const, 'approvals' as const, 'sync' as const), id }, { requiredKeys: ['place'] }),
	fc.record({ place: fc.constant('settings' as const), section: fc.constantFrom(...settingsSections) }, { requiredKeys: ['place'] }),
);

test('every place is written as a link that every URL reader keeps whole, and read back the same', () => {
	fc.assert(
		fc.property(anyPlace, (place) => {
			const link = formatPlace(place);
			expect(link).toMatch(/^vitrine:\/\/[A-Za-z0-9%/?&=._-]+$/);
			expect(new URL(link).href).toBe(link);
			expect(parsePlace(link)).toEqual({ ok: true, value: place });
		}),
		{ numRuns: 2000 },
	);
});

test('no text makes it throw; what is read is written so that it is read the same', () => {
	const steps = fc.constantFrom('registry', 'project', 'lineage', 'history', 'search', 'settings', '/', '/', '..', '%2e', '%', '?', 'q=', '&', 'file=', 'tab=files', 'Models', 'v3', 'artifact', 'run', '#', ':', '%00', '%E9', 'é');
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.array(steps, { maxLength: 12 }).map((list) => `vitrine://${list.join('')}`)), (link) => {
			const verdict = parsePlace(link);
			if (verdict.ok) expect(parsePlace(formatPlace(verdict.value))).toEqual(verdict);
			else expect(explainViolation(verdict.violation)).not.toBe('');
		}),
		{ numRuns: 3000 },
	);
});
