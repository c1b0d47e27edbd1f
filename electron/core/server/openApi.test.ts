/** The OpenAPI document: valid by the published schema of OpenAPI 3.1, and nothing else than the contract. */
import { createHash } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCodes, operationList, type OutputOf } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { commonErrors, openApiDocument, type Schema } from './openApi.ts';
import { openApiPage, shape } from './openApiPage.ts';
import { httpStatusOf } from './status.ts';

const document = openApiDocument('1.2.3');

describe('the document', () => {
  it('is OpenAPI 3.1 by the published schema, and its references lead somewhere', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    // The validator does find what is wrong.
    expect((await new Validator().validate({ ...structuredClone(document), paths: { 'no-slash': {} } })).valid).toBe(false);
    for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/gu)) {
      const found = (reference ?? '').slice(2).split('/').reduce<unknown>((at, step) => (at as { readonly [key: string]: unknown } | undefined)?.[step], document);
      expect(found, reference).toBeDefined();
    }
  });

  it('has each operation of the contract once, with its sentence, its errors by their statuses, and who may', () => {
    const posts = Object.entries(document.paths).flatMap(([path, { post }]) => (post === undefined ? [] : [{ path, ...post }]));
    expect(posts.map(({ path }) => path)).toEqual(operationList.map(({ name }) => `/api/operations/${name}`));
    for (const [index, operation] of operationList.entries()) {
      const post = posts[index];
      expect(post).toMatchObject({ operationId: operation.name, summary: operation.summary, 'x-vitrine-errors': operation.errors, 'x-vitrine-kind': operation.kind, 'x-vitrine-audience': operation.audience });
      for (const code of [...commonErrors, ...operation.errors]) expect(post?.responses[String(httpStatusOf(code))]?.description.split(', ')).toContain(code);
    }
    expect(Object.keys(document.paths).filter((path) => document.paths[path]?.get !== undefined)).toEqual(['/api/versions/{id}/files/{path}', '/healthz', '/metrics', '/openapi.json']);
    expect(document.security).toEqual([{ key: [] }, { password: [] }]);
    expect((document.components.schemas['Failure'] as { properties: { error: { properties: { code: { enum: unknown } } } } }).properties.error.properties.code.enum).toEqual(errorCodes);
  });

  it('describes shapes that a schema validator can compile', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'root', components: document.components });
    for (const { post } of Object.values(document.paths)) {
      if (post === undefined) continue;
      const whole = JSON.parse(JSON.stringify([post.requestBody?.content['application/json'].schema, post.responses['200']?.content?.['application/json']?.schema]).replaceAll('"#/components/', '"root#/components/')) as Schema[];
      for (const schema of whole) expect(() => ajv.compile(schema)).not.toThrow();
    }
  });

  it('reads as shapes', () => {
    expect(shape({ type: 'object', required: ['id'], properties: { id: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' }, default: [] }, of: { anyOf: [{ const: 'a' }, { type: 'null' }] } } })).toBe('{\n  id: integer\n  tags?: string[] = []\n  of?: "a" | null\n}');
  });
});

describe('the door', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vitrine-openapi-'));
  let core: Core;
  let url: string;
  let key: string;
  beforeAll(async () => {
    core = await openCore({ dataDirectory: join(directory, 'data'), applicationVersion: '1.2.3', log: () => undefined, listen: false });
    key = ((await core.run('keys.create', { name: 'test' }, {})).output as OutputOf<'keys.create'>).key;
    ({ url } = await core.door.start());
  });
  afterAll(async () => {
    await core.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('serves it without a key, and the page without a script, under a policy that its own style fits', async () => {
    expect(await (await fetch(`${url}/openapi.json`)).json()).toEqual(JSON.parse(JSON.stringify(document)));
    const answer = await fetch(`${url}/api/docs`);
    const page = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page).toBe(openApiPage(document));
    expect(page).not.toMatch(/<script|javascript:|\son\w+=|https?:\/\//u);
    const sheet = /<style>(.*?)<\/style>/su.exec(page)?.[1] ?? '';
    expect(answer.headers.get('content-security-policy')).toContain(`'sha256-${createHash('sha256').update(sheet).digest('base64')}'`);
    for (const { name } of operationList) expect(page).toContain(`<details id="${name}">`);
  });

  it('answers as the document says: an answer, a failure, and no key', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'root', components: document.components });
    const schemaOf = (name: string, status: number) => ajv.compile(JSON.parse(JSON.stringify(document.paths[`/api/operations/${name}`]?.post?.responses[String(status)]?.content?.['application/json']?.schema).replaceAll('"#/components/', '"root#/components/')) as Schema);
    const call = async (name: string, input: unknown, headers: Record<string, string>): Promise<void> => {
      const answer = await fetch(`${url}/api/operations/${name}`, { method: 'POST', body: JSON.stringify(input), headers: { 'content-type': 'application/json', ...headers } });
      const body: unknown = await answer.json();
      const validate = schemaOf(name, answer.status);
      expect(validate(body), JSON.stringify([body, validate.errors])).toBe(true);
    };
    const bearer = { authorization: `Bearer ${key}` };
    await call('registries.list', {}, bearer);
    await call('registries.list', {}, { authorization: `Basic ${Buffer.from(`api:${key}`).toString('base64')}` });
    await call('registries.get', { name: 'Models' }, bearer);
    await call('registries.get', { name: 'none' }, bearer);
    await call('registries.get', { nonsense: 1 }, bearer);
    await call('automations.create', { definition: { name: 'x', event: 'alias.moved', actions: [{ kind: 'notification', title: 'hi' }] } }, bearer);
    await call('automations.list', {}, bearer);
    await call('history.list', {}, bearer);
    await call('registries.list', {}, {});
  });
});
