import { describe, expect, it } from 'vitest';
import { excerptOf } from './excerpt.ts';

describe('excerptOf', () => {
  it.each([
    ['## Summary\n\nTurns `queries` into **vectors** for [the shop](https://example.com).\nSecond line.\n\nAnother paragraph.', 'Turns queries into vectors for the shop. Second line.'],
    ['| a | b |\n|---|---|\n\n- one\n- two\n\nAt last words.', 'At last words.'],
    ['```\ncode here\n```\nAfter it.', 'After it.'],
    ['# Only a heading', ''],
    ['', ''],
  ])('takes the first words of %j', (card, words) => {
    expect(excerptOf(card)).toBe(words);
  });

  it('ends long words at a word', () => {
    const excerpt = excerptOf('word '.repeat(200));
    expect(excerpt.length).toBeLessThan(290);
    expect(excerpt.endsWith('word …')).toBe(true);
  });

  it('stays short whatever the card holds', () => {
    for (const card of ['['.repeat(50_000), `a${'*'.repeat(30_000)}b`, '![x]('.repeat(9_000)]) expect(excerptOf(card).length).toBeLessThanOrEqual(282);
  });
});
