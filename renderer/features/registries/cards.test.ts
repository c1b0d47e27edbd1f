import { describe, expect, it } from 'vitest';
import { completenessOf, sectionsOf, templateOf } from './cards.ts';

describe('cards', () => {
  it('begin empty: a template alone fills nothing', () => {
    for (const type of ['model', 'dataset', 'evaluation']) {
      expect(completenessOf(templateOf(type), type)).toMatchObject({ filled: 0, sections: sectionsOf(type).length });
      expect(completenessOf('', type).filled).toBe(0);
    }
  });

  it('count a section once a word stands below its heading, at any level and in any case', () => {
    const card = '# SUMMARY\n\nA model.\n\n### License ###\nMIT\n## Deploy\n<!-- later -->\n';
    expect(completenessOf(card, 'model')).toEqual({ filled: 2, sections: 6, missing: ['Architecture', 'Task', 'Deploy', 'References'] });
  });

  it('are not misled by comments that are not closed, nor by a million headings', () => {
    expect(completenessOf('## Summary\n<!-- text', 'model').filled).toBe(0);
    expect(completenessOf('# Summary\n'.repeat(200_000), 'model').filled).toBe(0);
  });
});
