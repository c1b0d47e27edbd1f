import { describe, expect, it } from 'vitest';
import { completenessOf, sectionsOf, templateOf } from './cards.ts';

const expected = (type: string) => sectionsOf(type).map((section) => ({ name: section.title, required: section.title === 'Summary' }));

describe('cards', () => {
  it('begin empty: a template alone fills nothing', () => {
    for (const type of ['model', 'dataset', 'evaluation']) {
      expect(completenessOf(templateOf(type), expected(type))).toMatchObject({ score: 0, missing: expected(type) });
      expect(completenessOf('', expected(type)).score).toBe(0);
    }
  });

  it('count a section once a word stands below its heading, at any level and in any case; required ones twice', () => {
    const card = '# SUMMARY\n\nA model.\n\n### License ###\nMIT\n## Deploy\n<!-- later -->\n';
    const found = completenessOf(card, expected('model'));
    expect(found.missing.map((field) => field.name)).toEqual(['Architecture', 'Task', 'Deploy', 'References']);
    expect(found.score).toBeCloseTo(3 / 7);
  });

  it('are complete where nothing is expected', () => {
    expect(completenessOf('', []).score).toBe(1);
  });

  it('are not misled by comments that are not closed, nor by a million headings', () => {
    expect(completenessOf('## Summary\n<!-- text', expected('model')).score).toBe(0);
    expect(completenessOf('# Summary\n'.repeat(200_000), expected('model')).score).toBe(0);
  });
});
