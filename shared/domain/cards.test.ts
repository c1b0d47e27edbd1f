import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cardCompleteness, checkCardRule, standardCardRule } from './cards.ts';

const rule = { template: '## Summary\n\nSay what it is.\n\n## License\n\n<!-- terms -->\n', fields: [{ name: 'Summary', required: true }, { name: 'License', required: true }, { name: 'Notes', required: false }] };
const filled = (card: string): string[] => cardCompleteness(card, rule).fields.filter((one) => one.filled).map((one) => one.name);

test('a template is empty, whatever hints stand in it', () => {
	for (const type of ['model', 'dataset', 'tokenizer', 'constructor']) {
		const standard = standardCardRule(type);
		const { score, missing, complete } = cardCompleteness(standard.template, standard);
		expect([score, complete, missing.length > 0]).toEqual([0, false, true]);
	}
	expect(filled(rule.template)).toEqual([]);
});

test('a section is filled by what stands under its heading, at any level, in any case', () => {
	expect(filled('# SUMMARY\nGood.\n')).toEqual(['Summary']);
	expect(filled('## Summary ##\n### In detail\nGood.\n## License\n')).toEqual(['Summary']);
	expect(filled('## Summary\n\n## License\nMIT\n')).toEqual(['License']);
	expect(filled('## Summary\n<!-- later -->\n## License\n<!-- open')).toEqual([]);
	expect(filled('```\n## Summary\ntext\n```\n')).toEqual([]);
	expect(filled('####### Summary\ntext')).toEqual([]);
	expect(filled('## License\r\nMIT\r\n')).toEqual(['License']);
});

test('required sections count twice', () => {
	const { score, missing, complete } = cardCompleteness('## Summary\nx\n## Notes\ny', rule);
	expect([score, missing, complete]).toEqual([3 / 5, ['License'], false]);
	expect(cardCompleteness('', { template: '', fields: [] })).toMatchObject({ score: 0, complete: true });
});

test('any text has a score between nothing and all', () => {
	fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom('## Summary', '# License', '```', '~~~', '<!--', '-->', ''), fc.string())), (lines) => {
		const { score, fields } = cardCompleteness(lines.join('\n'), rule);
		expect(score).toBeGreaterThanOrEqual(0);
		expect(score).toBeLessThanOrEqual(1);
		expect(fields.map((one) => one.name)).toEqual(['Summary', 'License', 'Notes']);
	}));
});

test('rules', () => {
	expect(checkCardRule({ template: '', fields: [{ name: 'A', required: true }, { name: 'a', required: false }] })).toEqual({ ok: true, value: { template: '', fields: [{ name: 'A', required: true }] } });
	expect(checkCardRule({ template: '', fields: [{ name: 'a\nb', required: true }] }).ok).toBe(false);
	expect(checkCardRule({ template: '', fields: [{ name: '', required: true }] }).ok).toBe(false);
});
