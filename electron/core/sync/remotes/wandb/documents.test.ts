/** Every document that is sent is one that W&B's server, as far as its public client shows it, and our own door understand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema as door } from '../../../server/wandb/schema/index.ts';
import { documents } from './documents.ts';

const known = buildSchema(readFileSync(join(import.meta.dirname, 'testing', 'schema.graphql'), 'utf8'));

describe.each(Object.entries(documents))('%s', (name, text) => {
  const document: DocumentNode = parse(text);
  test('is one operation of that name', () => {
    expect(document.definitions.map((one) => (one as OperationDefinitionNode).name?.value)).toEqual([name]);
  });
  test('holds against the schema that the public client shows', () => {
    expect(validate(known, document).map((error) => error.message)).toEqual([]);
  });
  test('holds against the schema of our own door', () => {
    expect(validate(door, document).map((error) => error.message)).toEqual([]);
  });
});

test('a field that nobody knows is found', () => {
  expect(validate(known, parse('query Viewer { viewer { nickname } }')).map((error) => error.message)).toEqual([expect.stringContaining('nickname')]);
});
