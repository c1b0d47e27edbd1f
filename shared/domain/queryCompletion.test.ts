import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery } from './query.ts';
import { applyCompletion, completeQuery, completionText } from './queryCompletion.ts';

/** `|` marks the caret. */
function at(marked: string): ReturnType<typeof completeQuery> {
	const caret = marked.indexOf('|');
	return completeQuery(marked.replace('|', ''), caret);
}

test('nothing begun: the fields', () => {
	expect(at('|').candidates).toEqual(expect.arrayContaining(['type:', 'tag:', 'size>', 'metadata.', 'is:']));
	expect(at('a |')).toMatchObject({ replace: { offset: 2, length: 0 }, wants: null });
	expect(at('(|').replace).toEqual({ offset: 1, length: 0 });
	expect(at('-|').replace).toEqual({ offset: 1, length: 0 });
});
test('a word begun: fields that begin so, and words', () => {
	expect(at('x ta|')).toEqual({ replace: { offset: 2, length: 2 }, candidates: ['tag:'], wants: { kind: 'words', prefix: 'ta' } });
	expect(at('x t|ag').replace).toEqual({ offset: 2, length: 3 });
});
test('values', () => {
	expect(at('tag:|')).toEqual({ replace: { offset: 4, length: 0 }, candidates: [], wants: { kind: 'values', field: 'tag', prefix: '' } });
	expect(at('tag:re|')).toEqual({ replace: { offset: 4, length: 2 }, candidates: [], wants: { kind: 'values', field: 'tag', prefix: 're' } });
	expect(at('tag:"new y|')).toMatchObject({ replace: { offset: 4, length: 6 }, wants: { kind: 'values', field: 'tag', prefix: 'new y' } });
	expect(at('is:l|').candidates).toEqual(['linked', 'latest']);
	expect(at('has:|').candidates).toContain('card');
	expect(at('updated:|').candidates).toContain('<7d');
	expect(at('updated:<|').candidates).toContain('7d');
	expect(at('size>1|').candidates).toContain('1GB');
});
test('keys', () => {
	expect(at('metadata.ac|')).toEqual({ replace: { offset: 0, length: 11 }, candidates: [], wants: { kind: 'metadata keys', prefix: 'ac', after: 'comparison' } });
	expect(at('has:metric.v|')).toMatchObject({ replace: { offset: 4 }, wants: { kind: 'metric keys', prefix: 'v', after: 'has' } });
});
test('what the catalog answers is quoted where it must be', () => {
	expect(completionText({ kind: 'values', field: 'tag', prefix: '' }, 'new york')).toBe('"new york"');
	expect(completionText({ kind: 'values', field: 'tag', prefix: '' }, 'release')).toBe('release');
	expect(completionText({ kind: 'words', prefix: '' }, 'NOT')).toBe('"NOT"');
	expect(completionText({ kind: 'metadata keys', prefix: '', after: 'comparison' }, ['learning rate', 'a.b'])).toBe('metadata."learning rate"."a.b"');
	expect(applyCompletion('tag:re x', { offset: 4, length: 2 }, '"r e"')).toEqual({ text: 'tag:"r e" x', caret: 9 });
});
test('whatever the text and the caret: an answer, inside the text; an answered value is read back', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom('tag:', 'a', ' ', '"', '(', 'metadata.', 'is:', 'size>', '-', '*', '\\', '😀'), { maxLength: 12 }).map((list) => list.join('')), fc.integer({ min: -3, max: 60 }), fc.string({ minLength: 1, maxLength: 6 }), (text, caret, answer) => {
			const completion = completeQuery(text, caret);
			expect(completion.replace.offset).toBeGreaterThanOrEqual(0);
			expect(completion.replace.offset + completion.replace.length).toBeLessThanOrEqual(text.length);
			if (answer.trim() !== '') expect(parseQuery(`tag:${completionText({ kind: 'values', field: 'tag', prefix: '' }, answer)}`).node).toMatchObject({ kind: 'text', value: answer });
		}),
	);
});
