/** The parts of the translation that need no catalog: ids, digests, filters, addresses that carry permission, limits, variables, statuses, pages. */
import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { errorCodes, isVitrineError, type UserId, type VersionId, type VitrineError } from '#shared/contract/index.ts';
import type { Asking } from './asking.ts';
import { createCapabilities, type Capability } from './capabilities.ts';
import { digestToWire, md5FromWire, md5ToWire } from './digests.ts';
import { messageOf, shownStatusOf, wandbStatusOf } from './failures.ts';
import { readFileStream } from './fileStream.ts';
import { collectionField, filterOf, namedSortOf, runField, runSortOf, versionField } from './filters.ts';
import { globalId, localId, localIdOrNull, readGlobalId } from './ids.ts';
import { graphqlLimits, holdToLimits, nestingOf } from './limits.ts';
import { notOfferedFields, refuseNotOffered } from './notOffered.ts';
import { pageOf } from './pages.ts';
import { artifactNodePartlyKnown } from './resolvers/versions.ts';
import { schema } from './schema/index.ts';
import { uiPageFor } from './uiPages.ts';
import { fitVariables } from './variables.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (thrown) {
    if (!isVitrineError(thrown)) throw thrown;
    return thrown.code;
  }
};
const operationOf = (source: string) => {
  const document = parse(source, { noLocation: true });
  const operation = document.definitions.find((definition) => definition.kind === 'OperationDefinition')!;
  return { document, operation };
};

describe('a version of which some is known', () => {
  test('is asked for only where something else is selected', async () => {
    let asked = 0;
    const whole = { __typename: 'Artifact', id: 'other', digest: 'other', size: 7, files: ({ first }: { readonly first: number }) => `${first} files` };
    const asking = { nodes: { version: async () => { asked += 1; return whole; } } } as unknown as Asking;
    const node = artifactNodePartlyKnown(asking, 12 as VersionId, { digest: 'abc' }) as Readonly<Record<string, unknown>>;
    const rest = (field: string, args: unknown = {}) => (node[field] as (args: unknown) => Promise<unknown>)(args);
    expect([node['__typename'], node['id'], node['state'], node['digest']]).toEqual(['Artifact', globalId('Artifact', 12), 'COMMITTED', 'abc']);
    expect(await Promise.resolve(node)).toBe(node);
    expect(asked).toBe(0);
    expect([await rest('size'), await rest('files', { first: 3 }), await rest('nothing')]).toEqual([7, '3 files', undefined]);
    expect(asked).toBe(3);
    const gone = artifactNodePartlyKnown({ nodes: { version: async () => null } } as unknown as Asking, 12 as VersionId, {}) as typeof node;
    await expect((gone['size'] as (args: unknown) => Promise<unknown>)({})).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('ids', () => {
  test('are base64 that decodes to itself and gives the number back', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (number) => {
      const id = globalId('Artifact', number);
      expect(Buffer.from(id, 'base64').toString('base64')).toBe(id);
      expect(localId(id, 'Artifact', 'Run')).toBe(number);
    }));
  });
  test('of another kind, of no number, or that decode to something else are refused', () => {
    for (const text of ['', 'x', globalId('Run', 7), globalId('Artifact', 'x'), globalId('Artifact', 0), globalId('Artifact', '01'), globalId('Artifact', -1), globalId('Artifact', '9'.repeat(17)), `${globalId('Artifact', 12)}=`, 'QXJ0aWZhY3Q6MQ']) {
      expect([text, localIdOrNull(text, 'Artifact')]).toEqual([text, null]);
      expect(codeOf(() => localId(text, 'Artifact'))).toBe('bad_input');
    }
    fc.assert(fc.property(fc.string(), (text) => void readGlobalId(text)));
  });
});

describe('digests', () => {
  test('go between hex and base64', () => {
    expect(md5ToWire('00'.repeat(16))).toBe('AAAAAAAAAAAAAAAAAAAAAA==');
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const hex = Buffer.from(bytes).toString('hex');
      expect(md5FromWire(md5ToWire(hex), 'x')).toBe(hex);
    }));
    for (const wrong of ['', 'abc', 'AAAA', `${md5ToWire('0'.repeat(32))}x`]) expect(codeOf(() => md5FromWire(wrong, 'x'))).toBe('bad_input');
    expect(digestToWire('an etag')).toBe('an etag');
  });
});

describe('filters', () => {
  test('keep their conditions and get our names', () => {
    expect(filterOf('{"state":"COMMITTED"}', versionField)).toBeUndefined();
    expect(filterOf('{"$and":[{"state":"COMMITTED"},{"createdAt":{"$gt":"2026"}}]}', versionField)).toEqual({ $and: [{ created_at: { $gt: '2026' } }] });
    expect(filterOf('{"$or":[{"config.lr.value":0.1},{"summary_metrics.loss":{"$lt":1}},{"tags":{"$in":["a"]}},{"jobType":"x"}]}', runField)).toEqual({ $or: [{ 'config.lr.value': 0.1 }, { 'summary.loss': { $lt: 1 } }, { tag: { $in: ['a'] } }, { job_type: 'x' }] });
    expect(filterOf('{"$or":[{"$and":[]}]}', collectionField)).toBeUndefined();
    expect(filterOf(null)).toBeUndefined();
  });
  test('that can’t be read are refused', () => {
    for (const wrong of ['[', '[]', '7', 'null', 'x'.repeat(200_000), '{"$and":'.repeat(40) + '1' + '}'.repeat(40), 5]) expect([String(wrong).slice(0, 20), codeOf(() => filterOf(wrong))]).toEqual([String(wrong).slice(0, 20), 'query_invalid']);
  });
  test('orders', () => {
    expect(namedSortOf('-created_at')).toEqual({ sort: 'created', direction: 'descending' });
    expect(namedSortOf('+name')).toEqual({ sort: 'name', direction: 'ascending' });
    expect(namedSortOf(null)).toBeNull();
    expect(runSortOf('-summary_metrics.loss')).toEqual({ sort: 'summary.loss', direction: 'descending' });
    expect(codeOf(() => namedSortOf('+size'))).toBe('query_invalid');
  });
});

describe('addresses that carry permission', () => {
  const holder = { actorId: 3 as UserId, keyId: 9 };
  const file: Capability = { for: 'file', versionId: 5, path: 'ü/x.bin' };

  test('give back what they were made for, and hold no key', () => {
    const capabilities = createCapabilities();
    const token = capabilities.issue(file, holder, 60);
    expect(token).toMatch(/^[\w-]+\.[\w-]+$/u);
    expect(capabilities.redeem(token, 'file')).toEqual({ capability: file, holder });
    expect(capabilities.redeem(capabilities.issue(file, { actorId: 3 as UserId }, 60), 'file').holder).toEqual({ actorId: 3 });
  });
  test('serve one purpose, for their time, in the process that made them', () => {
    let now = 1_000_000;
    const capabilities = createCapabilities({ now: () => now });
    const token = capabilities.issue(file, holder, 60);
    expect(codeOf(() => capabilities.redeem(token, 'upload'))).toBe('permission_denied');
    expect(codeOf(() => createCapabilities().redeem(token, 'file'))).toBe('permission_denied');
    now += 62_000;
    expect(codeOf(() => capabilities.redeem(token, 'file'))).toBe('permission_denied');
  });
  test('changed in any place, they are refused', () => {
    const capabilities = createCapabilities();
    const token = capabilities.issue(file, holder, 60);
    fc.assert(fc.property(fc.integer({ min: 0, max: token.length - 1 }), fc.constantFrom(...'AQgw-_.~ 0z'), (place, letter) => {
      const changed = token.slice(0, place) + letter + token.slice(place + 1);
      fc.pre(changed !== token);
      expect(codeOf(() => capabilities.redeem(changed, 'file'))).toBe('permission_denied');
    }), { numRuns: 500 });
    for (const wrong of ['', '.', 'a.b', `${token}=`, `${token}.x`, token.split('.')[0]!]) expect(codeOf(() => capabilities.redeem(wrong, 'file'))).toBe('permission_denied');
  });
});

describe('limits', () => {
  const hold = (source: string, variables = {}) => codeOf(() => {
    const { document, operation } = operationOf(source);
    holdToLimits(document, operation, variables);
  });
  test('let through what clients ask', () => {
    expect(hold('query Q($n: Int = 5000){project(name:"a"){artifactCollection(name:"c"){artifactMembership(aliasName:"v0"){files(first:$n){edges{node{name directUrl}}}}}}}')).toBe('none');
  });
  test('depth, aliases, fields, rows and fragments that hold one another', () => {
    const deep = (levels: number): string => `{entity(name:"a")${'{organization{orgEntity'.repeat(levels)}{name}${'}}'.repeat(levels)}}`;
    expect([hold(deep(5)), hold(deep(20))]).toEqual(['none', 'bad_input']);
    expect(hold(`{viewer{${Array.from({ length: 30 }, (_, index) => `a${index}: name`).join(' ')}}}`)).toBe('bad_input');
    expect(hold(`{${Array.from({ length: 11 }, (_, index) => `a${index}: viewer{id}`).join(' ')}}`)).toBe('bad_input');
    expect(hold('{models(first:10000){edges{node{runs(first:10000){edges{node{id}}}}}}}')).toBe('bad_input');
    expect(hold('query($n:Int){models(first:$n){edges{node{runs(first:$n){edges{node{id}}}}}}}', { n: 9999 })).toBe('bad_input');
    const bomb = Array.from({ length: 20 }, (_, index) => `fragment f${index} on User{...f${index + 1} ...f${index + 1}}`).join(' ');
    expect(hold(`{viewer{...f0}} ${bomb} fragment f20 on User{id}`)).toBe('bad_input');
    expect(hold('{viewer{...a}} fragment a on User{...b id} fragment b on User{...a}')).toBe('none');
    expect(nestingOf('{[({}))]')).toBe(4);
  });
  test('name the limit', () => {
    try {
      const { document, operation } = operationOf(`{viewer{${Array.from({ length: 30 }, (_, index) => `a${index}: name`).join(' ')}}}`);
      holdToLimits(document, operation, {});
      expect.unreachable();
    } catch (thrown) {
      expect(messageOf(thrown as VitrineError)).toContain(`more than ${graphqlLimits.aliases}`);
    }
  });
});

describe('variables', () => {
  test('unknown fields and undeclared variables go, everything else stays', () => {
    const { operation } = operationOf('mutation($input: CreateArtifactInput!, $files: [CreateArtifactFileSpecInput!]!){createArtifact(input:$input){artifact{id}}}');
    const fitted = fitVariables(schema, operation, { input: { entityName: 'a', cloudRegionID: null, aliases: [{ alias: 'x', artifactCollectionName: 'c', brandNew: 1 }], toString: 'x' }, files: [{ name: 'f', later: true }], usedAs: null });
    expect(fitted.variables).toEqual({ input: { entityName: 'a', aliases: [{ alias: 'x', artifactCollectionName: 'c' }] }, files: [{ name: 'f' }] });
    expect(fitted.dropped).toEqual(['input.cloudRegionID', 'input.aliases.brandNew', 'input.toString', 'files.later']);
  });
});

describe('what is not offered', () => {
  test('is refused by the name of the feature and the field', () => {
    const { document, operation } = operationOf('mutation M($c: UpsertSweepInput!){upsertSweep(input:$c){sweep{name}}}');
    try {
      refuseNotOffered(schema, document, operation);
      expect.unreachable();
    } catch (thrown) {
      expect(messageOf(thrown as VitrineError)).toBe('Vitrine does not offer sweeps (upsertSweep).');
    }
  });
  test('is found in fragments, and is in no part of the schema', () => {
    const { document, operation } = operationOf('{viewer{projects{edges{node{...p}}}}} fragment p on Project{triggers{id}}');
    expect(codeOf(() => refuseNotOffered(schema, document, operation))).toBe('not_offered');
    for (const { field } of notOfferedFields) {
      const [type = '', name = ''] = field.split('.');
      const known = schema.getType(type);
      expect([field, known !== undefined && 'getFields' in known && name in known.getFields()]).toEqual([field, false]);
    }
  });
});

describe('failures', () => {
  test('get only statuses that end a client’s tries, or 503', () => {
    const allowed = new Set([400, 401, 403, 404, 409, 413, 422, 503]);
    for (const code of errorCodes) expect([code, allowed.has(wandbStatusOf(code))]).toEqual([code, true]);
    for (const code of errorCodes) expect([code, wandbStatusOf(code, { conflictsAreRetried: true })]).not.toEqual([code, 409]);
  });
  test('are shown with their words by clients that would show the number alone', () => {
    expect(['W&B Public Client 0.23.0', 'W&B Public Client 0.29.1', 'W&B Public Client 0.31.0', 'W&B Internal Client 0.23.0', 'wandb-core', undefined].map((agent) => shownStatusOf(400, agent))).toEqual([200, 200, 400, 400, 400, 400]);
    expect([401, 403, 404, 409, 413, 503].map((status) => shownStatusOf(status, 'W&B Public Client 0.23.0'))).toEqual([401, 403, 404, 200, 413, 503]);
  });
});

describe('the file stream', () => {
  test('becomes what runs.append takes', () => {
    expect(readFileStream({})).toEqual({});
    expect(readFileStream({
      files: { 'wandb-history.jsonl': { offset: 2, content: ['{"a":NaN}'] }, 'wandb-events.jsonl': { offset: 0, content: ['{}'] }, 'output.log': { offset: 1, content: ['x'] }, 'wandb-summary.json': { offset: 0, content: ['{}', '{"a":1}'] }, 'other.txt': { offset: 0, content: ['?'] } },
      uploaded: ['a'], complete: true, exitcode: 3,
    })).toEqual({ history: { offset: 2, lines: ['{"a":NaN}'] }, system: { offset: 0, lines: ['{}'] }, output: { offset: 1, lines: ['x'] }, summaryText: '{"a":1}', uploaded: ['a'], complete: true, exitCode: 3 });
    for (const wrong of [null, 7, [], { files: { x: { offset: -1 } } }, { files: [] }, { exitcode: 'x' }]) expect(codeOf(() => readFileStream(wrong))).toBe('bad_input');
  });
});

describe('pages', () => {
  test('are put together from what an operation gives at once', async () => {
    const all = Array.from({ length: 25 }, (_, index) => index);
    const fetch = async ({ cursor, limit }: { readonly cursor?: string; readonly limit: number }) => {
      const start = Number(cursor ?? 0);
      const items = all.slice(start, start + limit);
      return { items, nextCursor: start + limit < all.length ? String(start + limit) : null, total: all.length };
    };
    expect((await pageOf({ first: 23 }, fetch, { largest: 10 })).items).toEqual(all.slice(0, 23));
    const first = await pageOf({ first: 7 }, fetch, { largest: 10 });
    const second = await pageOf({ first: 100, after: first.nextCursor }, fetch, { largest: 10 });
    expect([...first.items, ...second.items]).toEqual(all);
    expect([second.nextCursor, second.total]).toEqual([null, 25]);
  });
});

describe('addresses that the client prints', () => {
  const link = (path: string, query = '') => /href="([^"]+)"/u.exec(uiPageFor(path, new URLSearchParams(query))?.html ?? '')?.[1] ?? null;
  test('open the place in the window', () => {
    expect(link('/team/proj')).toBe('vitrine://project/team/proj');
    expect(link('/team/proj/runs/abc')).toBe('vitrine://project/team/proj/run/abc');
    expect(link('/team/proj/artifacts/model/net/v3')).toBe('vitrine://project/team/proj/artifact/net/v3');
    expect(link('/orgs/lab/registry/Models', 'selectionPath=lab%2Fwandb-registry-Models%2Fgood%20ones&view=membership&version=v2')).toBe('vitrine://registry/Models/good%20ones/v2');
    expect(link('/authorize', 'ref=models')).toBe('vitrine://settings/keys');
  });
  test('hostile ones make no page, or a page that holds nothing of theirs but text', () => {
    for (const path of ['/', '/a', '/%', '/a/%2e%2e', '/a/b/c/d/e/f/g', `/${'x'.repeat(5000)}/y`]) expect([path.slice(0, 20), uiPageFor(path, new URLSearchParams())]).toEqual([path.slice(0, 20), null]);
    const html = uiPageFor('/%22%3E%3Cscript%3E/p%3Cimg%3E', new URLSearchParams())?.html ?? '';
    expect(html).not.toMatch(/<script|<img/u);
  });
});

test('the schema is sound, and fields of the oldest clients are there', () => {
  const documents = ['query{serverInfo{features{name isEnabled}}}', 'query($n:String!){__type(name:$n){fields{name}}}', 'query{__schema{queryType{name}}}'];
  for (const document of documents) expect(validate(schema, parse(document))).toEqual([]);
});
