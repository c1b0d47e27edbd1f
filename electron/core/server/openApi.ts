/** The HTTP interface as an OpenAPI 3.1 document: derived from the contract, so that it can't say anything else than core does. */
import { z } from 'zod';
import { errorCodes, operationList, type ErrorCode } from '#shared/contract/index.ts';
import { httpStatusOf } from './status.ts';

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type Schema = { readonly [key: string]: unknown };
type Response = { readonly description: string; readonly content?: { readonly [mediaType: string]: { readonly schema: Schema } } };
export type ApiOperation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Schema[];
  readonly security?: readonly Schema[];
  readonly requestBody?: { readonly required: boolean; readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: { readonly [status: string]: Response };
  /** Codes that this operation gives beside those that each can give. */
  readonly 'x-vitrine-errors'?: readonly ErrorCode[];
  readonly 'x-vitrine-kind'?: 'query' | 'command';
  readonly 'x-vitrine-audience'?: string;
};
export type OpenApiDocument = {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description: string; readonly license: { readonly name: string; readonly identifier: string } };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly security: readonly Schema[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: { readonly [path: string]: { readonly get?: ApiOperation; readonly post?: ApiOperation } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema }; readonly parameters: { readonly [name: string]: Schema }; readonly securitySchemes: { readonly [name: string]: Schema } };
};

/** Where `vitrine serve` has the document and its readable form. Both are the same for everybody, and open without a key. */
export const openApiPath = '/openapi.json';
export const openApiPagePath = '/api/docs';

/** What any operation may answer. */
export const commonErrors: readonly ErrorCode[] = ['bad_input', 'not_signed_in', 'permission_denied', 'too_large', 'cancelled', 'unexpected', 'core_unavailable', 'deadline_exceeded'];

/**
 * Operations that name files of the machine core runs on. Only that machine's own person may, from that machine: an API key for the
 * catalog is no key to the disk.
 */
export const operationsOnLocalFiles: ReadonlySet<string> = new Set(['versions.log', 'versions.export', 'runs.exportFiles', 'imports.scan', 'imports.legacyRegistry', 'imports.gto', 'imports.mlruns', 'imports.bundle', 'bundles.inspect', 'bundles.export', 'history.export', 'history.signHead', 'catalog.restoreBackup', 'catalog.backup', 'door.start', 'door.stop']);

const introduction = `Every operation of the catalog over HTTP: \`POST /api/operations/NAME\` with its input as JSON.

Each request carries an API key (\`vitrine key create NAME\`), as \`Authorization: Bearer KEY\` or as the password of \`Basic\`. A key may do what its user may, and less where it was given a scope. The health check, this document and its page take no key.

A command says why in the history with the header \`X-Vitrine-Message\`. An administrator sees what somebody else would be answered with \`X-Vitrine-View-As\` (queries only).

A failure is \`{"error": {"code", "details", "retryable", "title", "sentence", "advice"}}\` with one of a closed set of codes; the HTTP status follows from the code. \`retryable\` says whether the same request may go well later without a change.

The server answers under the machine's own names and those of \`--allow-host\`, and to no page in a browser (\`Origin\`). Bodies hold at most 32 MiB.`;

/** @param version of the application */
export function openApiDocument(version: string): OpenApiDocument {
  const schemas: { [name: string]: Schema } = {};
  /** JSON Schema of a shape. What refers to itself is moved among the components, where OpenAPI can point at it. */
  const schemaOf = (shape: z.ZodType, io: 'input' | 'output'): Schema => {
    const { $schema: _dialect, $defs, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' }) as Schema & { readonly $defs?: { readonly [name: string]: Schema } };
    let text = JSON.stringify(schema);
    for (const [name, inner] of Object.entries($defs ?? {})) text = text.replaceAll(`"#/$defs/${name}"`, `"#/components/schemas/${hoisted(name, inner)}"`);
    return JSON.parse(text) as Schema;
  };
  const hoisted = (name: string, inner: Schema): string => {
    const content = (as: string): string => JSON.stringify(inner).replaceAll(`"#/$defs/${name}"`, `"#/components/schemas/${as}"`);
    for (let number = 1; ; number++) {
      const as = number === 1 ? 'Json' : `Json${number}`;
      const standing = schemas[as];
      if (standing !== undefined && JSON.stringify(standing) !== content(as)) continue;
      schemas[as] ??= JSON.parse(content(as)) as Schema;
      return as;
    }
  };

  schemas['Failure'] = {
    type: 'object', additionalProperties: false, required: ['error'],
    properties: {
      error: {
        type: 'object', additionalProperties: false, required: ['code', 'details', 'retryable', 'title', 'sentence', 'advice'],
        properties: {
          code: { enum: errorCodes }, details: { type: 'object', description: 'Facts about the failure: names, limits, offending parts.' }, retryable: { type: 'boolean' },
          title: { type: 'string' }, sentence: { type: 'string', description: 'What happened, for people.' }, advice: { type: ['string', 'null'], description: 'What to do next.' },
        },
      },
    },
  };
  const failure: Response['content'] = { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } };
  const failures = (codes: readonly ErrorCode[]): { [status: string]: Response } => {
    const byStatus = new Map<number, ErrorCode[]>();
    for (const code of new Set([...commonErrors, ...codes])) byStatus.set(httpStatusOf(code), [...(byStatus.get(httpStatusOf(code)) ?? []), code]);
    return Object.fromEntries([...byStatus].sort(([left], [right]) => left - right).map(([status, each]) => [String(status), { description: each.join(', '), content: failure }]));
  };

  const paths: { [path: string]: { get?: ApiOperation; post?: ApiOperation } } = {};
  for (const operation of operationList) {
    const tag = tagOf(operation.name);
    const input = schemaOf(operation.input, 'input');
    const required = Array.isArray(input['required']) && input['required'].length > 0;
    paths[`/api/operations/${operation.name}`] = {
      post: {
        operationId: operation.name, tags: [tag], summary: operation.summary,
        description: [
          operation.kind === 'query' ? 'A query: it changes nothing.' : 'A command: it may change the catalog.',
          audienceWords(operation.audience),
          ...(operation.long ? ['It takes as long as its bytes do.'] : []),
          ...(operationsOnLocalFiles.has(operation.name) ? ['It works on files of the machine that serves: only its own user may, from there.'] : []),
        ].join(' '),
        parameters: [{ $ref: `#/components/parameters/${operation.kind === 'command' ? 'Message' : 'ViewAs'}` }],
        requestBody: { required, content: { 'application/json': { schema: input } } },
        responses: {
          200: {
            description: 'Done.',
            content: { 'application/json': { schema: {
              type: 'object', additionalProperties: false, required: ['output', 'undo', 'rev'],
              properties: { output: schemaOf(operation.output, 'output'), undo: { description: 'What takes it back, for undo.apply; null where nothing does.' }, rev: { type: 'integer', description: 'Revision of the catalog that the answer belongs to.' } },
            } } },
          },
          ...failures(operation.errors),
        },
        'x-vitrine-errors': operation.errors, 'x-vitrine-kind': operation.kind, 'x-vitrine-audience': operation.audience,
      },
    };
  }
  const path = (name: string, schema: Schema, description: string): Schema => ({ name, in: 'path', required: true, schema, description });
  paths['/api/versions/{id}/files/{path}'] = {
    get: {
      operationId: 'files.read', tags: ['files'], summary: 'The bytes of one file of a version.', description: 'Ranges are answered. A path with slashes stands in the address as it is.',
      parameters: [path('id', { type: 'integer', minimum: 1 }, 'Id of the version.'), path('path', { type: 'string' }, 'Path of the file inside the version.')],
      responses: { 200: { description: 'The file.', content: { '*/*': { schema: {} } } }, 206: { description: 'The range that was asked for.', content: { '*/*': { schema: {} } } }, 416: { description: 'The range lies outside of the file.', content: failure }, ...failures(['not_found', 'object_missing', 'object_damaged']) },
    },
  };
  paths['/healthz'] = {
    get: {
      operationId: 'health', tags: ['server'], summary: 'Whether core answers.', description: 'Takes no key.', security: [],
      responses: { 200: { description: 'It does.', content: { 'application/json': { schema: { type: 'object', required: ['status', 'version', 'rev', 'readOnly'], properties: { status: { const: 'ok' }, version: { type: 'string' }, rev: { type: 'integer' }, readOnly: { type: 'boolean' } } } } } } },
    },
  };
  paths['/metrics'] = { get: { operationId: 'metrics', tags: ['server'], summary: 'Counts and times, in Prometheus’ text form.', description: 'Takes no key from the machine itself.', responses: { 200: { description: 'The metrics.', content: { 'text/plain': { schema: { type: 'string' } } } }, ...failures([]) } } };
  paths[openApiPath] = { get: { operationId: 'openapi', tags: ['server'], summary: 'This document.', description: 'Takes no key.', security: [], responses: { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } } } } };

  return {
    openapi: '3.1.1',
    info: { title: 'Vitrine', version, description: introduction, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/', description: 'Where vitrine serve listens.' }],
    security: [{ key: [] }, { password: [] }],
    tags: [...new Set(Object.values(paths).flatMap((each) => [...(each.get?.tags ?? []), ...(each.post?.tags ?? [])]))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      parameters: {
        Message: { name: 'X-Vitrine-Message', in: 'header', required: false, schema: { type: 'string' }, description: 'Why, kept in the history.' },
        ViewAs: { name: 'X-Vitrine-View-As', in: 'header', required: false, schema: { type: 'integer', minimum: 1 }, description: 'Id of the user whose answer an administrator wants to see.' },
      },
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key of Vitrine.' }, password: { type: 'http', scheme: 'basic', description: 'Any user name, the API key as password.' } },
    },
  };
}

function tagOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

function audienceWords(audience: (typeof operationList)[number]['audience']): string {
  return audience === 'anyone' ? 'For everybody with a key.' : `Takes at least the role ${audience.replace('_', ' ')} where it acts.`;
}
