import { expect, test } from 'vitest';
import { factLines } from './facts.ts';

const aliases = [{ name: 'latest', protected: false }, { name: 'production', protected: true }];

test('facts have words where they have any', () => {
  expect(
    factLines({
      artifact: 'gemma', size: 2048, aliases, tags: ['text', 'small'], none: [], createdBy: { id: 1, username: 'ada', displayName: 'Ada', kind: 'person' }, loggedBy: null, starred: false,
      metadata: { acc: 0.93 }, empty: {}, description: '# Gemma\n\nSmall.', fileCount: 2,
      links: [{ linkId: 1, registry: 'Models', collection: 'Gemma', index: 3, aliases, note: 'small' }, { linkId: 2, registry: 'Edge', collection: 'Tiny', index: 0, aliases: [] }],
    }),
  ).toEqual([
    'artifact     gemma',
    'size         2.00 KiB (2048 bytes)',
    'aliases      latest, production (protected)',
    'tags         text, small',
    'none         –',
    'createdBy    ada',
    'loggedBy     –',
    'starred      no',
    'metadata     {"acc":0.93}',
    'empty        –',
    'description  # Gemma',
    '',
    '             Small.',
    'fileCount    2',
    'links        Models/Gemma:v3 (latest production (protected)), “small”',
    '             Edge/Tiny:v0',
  ]);
});

test('no fact moves the cursor', () => {
  expect(factLines({ description: 'red \u001b[31m', aliases: [{ name: 'a\u202eb' }] })).toEqual(['description  red \uFFFD[31m', 'aliases      a\uFFFDb']);
});
