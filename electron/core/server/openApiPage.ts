/** The OpenAPI document as one page to read: no script, nothing from elsewhere, one style sheet that the content policy names by its hash. */
import { createHash } from 'node:crypto';
import { errorCodes } from '#shared/contract/index.ts';
import { openApiPath, type ApiOperation, type OpenApiDocument, type Schema } from './openApi.ts';
import { httpStatusOf } from './status.ts';

const style = `
:root { color-scheme: light dark; --line: light-dark(#d9d9de, #38383f); --dim: light-dark(#5c5c66, #a5a5b0); --sunken: light-dark(#f5f5f7, #1d1d21); --accent: light-dark(#3451b2, #9eb1ff); }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; color: light-dark(#1c1c21, #ededf0); background: light-dark(#fff, #151518); }
.page { display: grid; grid-template-columns: 200px minmax(0, 1fr); gap: 32px; max-width: 1120px; margin: 0 auto; padding: 24px; }
nav { position: sticky; top: 24px; align-self: start; max-height: calc(100vh - 48px); overflow: auto; font-size: 13px; }
nav ul, .errors { margin: 0; padding: 0; list-style: none; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
h1 { margin: 0 0 4px; font-size: 24px; }
h2 { margin: 32px 0 8px; font-size: 18px; }
code, pre, summary b { font-family: ui-monospace, monospace; font-size: 13px; }
p code { padding: 1px 4px; border-radius: 4px; background: var(--sunken); overflow-wrap: anywhere; }
details { border-top: 1px solid var(--line); }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { padding: 8px 4px; cursor: pointer; }
summary span { color: var(--dim); }
details > div { padding: 0 4px 16px 20px; }
pre { margin: 4px 0 12px; padding: 12px; overflow: auto; border-radius: 6px; background: var(--sunken); }
h3 { margin: 12px 0 0; font-size: 13px; color: var(--dim); font-weight: 600; }
.errors { columns: 2; }
.dim { color: var(--dim); }
@media (max-width: 720px) { .page { grid-template-columns: 1fr; gap: 16px; padding: 16px; } nav { position: static; max-height: none; } nav ul { display: flex; flex-wrap: wrap; gap: 0 12px; } .errors { columns: 1; } }
`;

/** What a browser may do with the page: show it in its own style, and nothing else. */
export const openApiPagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function openApiPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, { get, post }]) => [...(get === undefined ? [] : [{ path, method: 'GET', operation: get }]), ...(post === undefined ? [] : [{ path, method: 'POST', operation: post }])]);
  const sections = document.tags.map(({ name }) => `<section aria-labelledby="${name}"><h2 id="${name}">${escape(name)}</h2>${operations.filter(({ operation }) => operation.tags.includes(name)).map(one).join('')}</section>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Vitrine: HTTP interface</title><style>${style}</style></head>
<body><div class="page"><nav aria-label="Subjects"><ul><li><a href="#calling">Calling</a></li><li><a href="#errors">Errors</a></li>${document.tags.map(({ name }) => `<li><a href="#${name}">${escape(name)}</a></li>`).join('')}</ul></nav>
<main><h1>HTTP interface</h1><p class="dim">Vitrine ${escape(document.info.version)}, ${operations.length} operations. For programs: <a href="${openApiPath}">openapi.json</a> (OpenAPI 3.1), or <code>vitrine openapi</code>.</p>
<section aria-labelledby="calling"><h2 id="calling">Calling</h2>${document.info.description.split('\n\n').map((paragraph) => `<p>${inline(paragraph)}</p>`).join('')}</section>
<section aria-labelledby="errors"><h2 id="errors">Errors</h2><ul class="errors">${errorCodes.map((code) => `<li><code>${code}</code> <span class="dim">${httpStatusOf(code)}</span></li>`).join('')}</ul></section>
${sections.join('\n')}
</main></div></body></html>
`;
}

function one({ path, method, operation }: { readonly path: string; readonly method: string; readonly operation: ApiOperation }): string {
  const input = operation.requestBody?.content['application/json'].schema;
  const answer = operation.responses['200']?.content?.['application/json']?.schema as { readonly properties?: { readonly output?: Schema } } | undefined;
  const errors = operation['x-vitrine-errors'] ?? [];
  return `<details id="${escape(operation.operationId)}"><summary><b>${escape(operation.operationId)}</b> <span>${escape(operation.summary)}</span></summary><div>
<p><code>${method} ${escape(path)}</code></p><p>${escape(operation.description)}</p>
${input === undefined ? '' : `<h3>Input</h3><pre tabindex="0">${escape(shape(input))}</pre>`}${answer?.properties?.output === undefined ? '' : `<h3>Output</h3><pre tabindex="0">${escape(shape(answer.properties.output))}</pre>`}
${errors.length === 0 ? '' : `<h3>Errors beside those that each can give</h3><p>${errors.map((code) => `<code>${code}</code> ${httpStatusOf(code)}`).join(', ')}</p>`}</div></details>`;
}

/** A schema as people read shapes: `{ id: integer, name?: string }`, one field a line. */
export function shape(schema: Schema, indent = ''): string {
  const { type, properties, items, $ref } = schema as { readonly type?: string | readonly string[]; readonly properties?: { readonly [name: string]: Schema }; readonly items?: Schema; readonly $ref?: string };
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly unknown[]).map((value) => JSON.stringify(value)).join(' | ');
  const choice = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (choice !== undefined) return choice.map((each) => shape(each, indent)).join(' | ');
  if (type === 'array') return items === undefined ? 'any[]' : wrapped(shape(items, indent));
  if (type === 'object' || properties !== undefined) {
    const required = new Set((schema['required'] ?? []) as readonly string[]);
    const fields = Object.entries(properties ?? {}).map(([name, field]) => `${indent}  ${name}${required.has(name) ? '' : '?'}: ${shape(field, `${indent}  `)}${'default' in field ? ` = ${JSON.stringify(field['default'])}` : ''}`);
    const rest = schema['additionalProperties'];
    if (typeof rest === 'object' && rest !== null && Object.keys(rest).length > 0) fields.push(`${indent}  [key]: ${shape(rest as Schema, `${indent}  `)}`);
    return fields.length === 0 ? '{}' : `{\n${fields.join('\n')}\n${indent}}`;
  }
  return typeof type === 'string' ? type : Array.isArray(type) ? type.join(' | ') : 'any';
}

function wrapped(item: string): string {
  return /^\w+$/u.test(item) ? `${item}[]` : `(${item})[]`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Escaped, with what stands between backticks as code. */
function inline(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/gu, '<code>$1</code>');
}
