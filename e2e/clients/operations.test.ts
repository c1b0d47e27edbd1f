/**
 * Every GraphQL operation and endpoint that the clients have, and what the door says to each. operations.json is the list; the page in README.md is
 * made of it; the clients' own programs are held against it, and so is the door.
 *
 * With VITRINE_WRITE_PAGE=1 the list and the page are written anew from what is found: look at the difference before it is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, parse, type DocumentNode, type OperationDefinitionNode, type TypeNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, type Client } from '../drivers/pythonClient.ts';
import { notedExercises } from './exercised.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

type Held = { readonly kind: string; readonly name: string; readonly sentBy: 'core' | 'python'; readonly document: string };
type Operation = {
  readonly name: string;
  readonly kind: string;
  readonly clients: readonly Client[];
  readonly sentBy: readonly string[];
  /** null: served. */
  readonly refused: string | null;
  /** What the door says when it is asked with names and ids that are nowhere: `data` without an error, or the error's code; null where that can't be asked. */
  readonly ofNothing: string | null;
  /** The file whose scenarios make the real client send it and get an answer. */
  readonly exercisedBy: string | null;
  /** Why no scenario makes the client send it, where none does. */
  readonly whyNot: string | null;
};
type Endpoint = { readonly request: string; readonly what: string; readonly withoutKey: number; readonly withKey: number; readonly answer: string };
type List = { readonly versions: Readonly<Record<Client, string>>; readonly operations: readonly Operation[]; readonly endpoints: readonly Endpoint[] };

const viaMemberships = 'only to a server that says it lacks lookups by collection (PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP, ARTIFACT_COLLECTION_MEMBERSHIP_FILES); Vitrine says it has them';
const ofCoreDownloads = 'only where the client’s core downloads an artifact; no call of its Python makes it (Artifact._download_using_core is called nowhere)';
const ofXxhash = 'only in its core, for digests of another kind that W&B’s own service can switch on; the door offers no such feature';

/** What the clients hold and no public call of theirs sends to this door. */
const notSent: Readonly<Record<string, string>> = {
  ArtifactByName: viaMemberships,
  ArtifactFileUrls: viaMemberships,
  ArtifactVersionFiles: viaMemberships,
  ArtifactFileURLs: ofCoreDownloads,
  ArtifactFileURLsByManifestEntries: ofCoreDownloads,
  ArtifactManifest: ofCoreDownloads,
  EvalTableProjectScope: 'only by an EvalTable that writes to W&B’s evaluation service, which is another server',
  FetchArtifactDigestAlgorithm: ofXxhash,
  XXHashDigestsEnabled: ofXxhash,
  OrgFeatureFlags: 'only in its core, for features of an organization; no public call leads there',
  QueryRunInfo: 'only by “wandb beta leet”, a program for a terminal, for runs that lie at W&B’s service in parquet files',
  RunUploadUrls: 'only to a server without createRunFiles',
  TypeFields: 'only where the client’s core links or downloads an artifact, which its Python does by itself',
};

const listPath = join(import.meta.dirname, 'operations.json');
const pagePath = join(import.meta.dirname, 'README.md');
const begin = '<!-- operations: made by operations.test.ts -->';
const end = '<!-- end of operations -->';
const list = JSON.parse(readFileSync(listPath, 'utf8')) as List;

let bench: Workbench;
const held = new Map<Client, { readonly version: string; readonly documents: readonly Held[] }>();

beforeAll(async () => {
  bench = await openWorkbench();
  for (const client of clients) held.set(client, (await bench.program(client, 'operations.py').told('documents')) as never);
}, 300_000);
afterAll(async () => bench.close());

const send = async (query: string, variables: unknown): Promise<{ readonly status: number; readonly messages: readonly string[]; readonly codes: readonly string[] }> => {
  const answer = await fetch(`${bench.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`api:${bench.apiKey}`).toString('base64')}` }, body: JSON.stringify({ query, variables }) });
  const body = (await answer.json()) as { readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[] };
  return { status: answer.status, messages: (body.errors ?? []).map((error) => error.message), codes: (body.errors ?? []).map((error) => error.extensions?.code ?? '') };
};

/** Placeholders that the older client replaces while it runs. */
const withoutPlaceholders = (document: string): string => document.replaceAll(/^\s*_[A-Z][A-Za-z_]*_\s*$/gmu, '');

const read = (document: string): DocumentNode | null => {
  try {
    return parse(withoutPlaceholders(document), { noLocation: true });
  } catch {
    return null;
  }
};

/** Something of the right kind that exists nowhere. */
const nothingOf = (type: TypeNode, operation: string): unknown => {
  if (type.kind === Kind.NON_NULL_TYPE) return nothingOf(type.type, operation);
  if (type.kind === Kind.LIST_TYPE) return [];
  switch (type.name.value) {
    case 'String': return 'nowhere';
    case 'ID': return Buffer.from('Artifact:999999999').toString('base64');
    case 'Int': case 'Int64': case 'Float': return 1;
    case 'Boolean': return false;
    case 'JSONString': return '{}';
    // Of an input the door takes the fields it knows. One mutation serves for projects and for registries: the name says which.
    default: return { name: operation.includes('Registry') ? 'wandb-registry-nowhere' : 'nowhere', entityName: 'nobody' };
  }
};

const operationOf = (document: DocumentNode): OperationDefinitionNode => document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)!;

type Said = { readonly refused: string | null; readonly ofNothing: string | null };

/** What the door says to a document of the client's. */
const answerOf = async ({ kind, name, document }: Held): Promise<Said> => {
  const readable = read(document);
  if (readable === null) {
    // Put together while the client runs: whether the door has its first field says whether it is served.
    const field = /[({]\s*(?:\w+\s*:\s*)?(\w+)\s*[({]/u.exec(document.slice(document.search(/\)\s*\{/u) + 1))?.[1] ?? '';
    const { messages } = await send(`${kind} Probe { ${field} }`, {});
    return { refused: messages.find((message) => message.includes('Vitrine does not offer') || message.includes('Cannot query field')) ?? null, ofNothing: null };
  }
  const variables = Object.fromEntries((operationOf(readable).variableDefinitions ?? []).filter((definition) => definition.type.kind === Kind.NON_NULL_TYPE).map((definition) => [definition.variable.name.value, nothingOf(definition.type, name)]));
  const { status, messages, codes } = await send(withoutPlaceholders(document), variables);
  const refused = messages.find((message, index) => (codes[index] === 'not_offered' && message.startsWith('Vitrine does not offer')) || /Cannot query field|Unknown (?:type|argument)|is not defined by type/u.test(message)) ?? null;
  return { refused, ofNothing: refused !== null ? null : codes.length > 0 ? (codes[0] ?? '') : status === 200 ? 'data' : `status ${status}` };
};

const found = async (exercised: ReadonlyMap<string, string | null>): Promise<readonly Operation[]> => {
  const byName = new Map<string, Held[]>();
  for (const client of clients) for (const one of held.get(client)!.documents) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const operations: Operation[] = [];
  for (const name of [...byName.keys()].toSorted((left, right) => (left < right ? -1 : 1))) {
    const documents = byName.get(name)!;
    const answers: Said[] = [];
    for (const document of documents) answers.push(await answerOf(document));
    operations.push({
      name, kind: documents[0]!.kind,
      clients: clients.filter((client) => held.get(client)!.documents.some((one) => one.name === name)),
      sentBy: [...new Set(documents.map((one) => one.sentBy))].toSorted(),
      refused: answers.find((answer) => answer.refused !== null)?.refused ?? null,
      ofNothing: answers.find((answer) => answer.ofNothing !== null)?.ofNothing ?? null,
      exercisedBy: exercised.get(name) ?? null,
      whyNot: notSent[name] ?? null,
    });
  }
  return operations;
};

const page = ({ versions, operations, endpoints }: List): string => {
  const accepted = operations.filter((one) => one.refused === null);
  const served = accepted.filter((one) => one.exercisedBy !== null).length;
  const who = (one: Operation): string => (one.clients.length === clients.length ? 'both' : one.clients.join(', '));
  return [
    begin,
    '',
    `${operations.length} operations of wandb ${versions.newest} (newest) and ${versions.older} (older): ${accepted.length} answered, ${operations.length - accepted.length} refused.`,
    `Of those answered, ${served} are sent by the real client in a scenario, which checks what comes of them (*served*); the other ${accepted.length - served} are valid to the door and`,
    'tried with names and ids that are nowhere, as the last column says (*accepted*); no public call of the client sends them here, for the reason given.',
    '',
    '| operation | kind | client | sent by | answer | exercised by | asked for what is nowhere |',
    '|---|---|---|---|---|---|---|',
    ...operations.map((one) => `| \`${one.name}\` | ${one.kind} | ${who(one)} | ${one.sentBy.join(', ')} | ${one.refused === null ? (one.exercisedBy === null ? `accepted; sent ${one.whyNot ?? ''}` : 'served') : `refused: ${one.refused}`} | ${one.exercisedBy?.replace('.test.ts', '') ?? ''} | ${one.ofNothing ?? ''} |`),
    '',
    '| endpoint | what it is for | without a key | with one, for what is not there | answer |',
    '|---|---|---|---|---|',
    ...endpoints.map((one) => `| \`${one.request}\` | ${one.what} | ${one.withoutKey} | ${one.withKey} | ${one.answer} |`),
    '',
    end,
  ].join('\n');
};

test('the list names every operation that the clients have, and what the door answers to it', { timeout: 180_000 }, async () => {
  const versions = { newest: held.get('newest')!.version, older: held.get('older')!.version };
  const operations = await found(process.env['VITRINE_WRITE_PAGE'] === '1' ? notedExercises() : new Map(list.operations.map((one) => [one.name, one.exercisedBy])));
  if (process.env['VITRINE_WRITE_PAGE'] === '1') {
    const written: List = { versions, operations, endpoints: list.endpoints };
    writeFileSync(listPath, `${JSON.stringify(written, null, 2)}\n`);
    const text = readFileSync(pagePath, 'utf8');
    writeFileSync(pagePath, `${text.slice(0, text.indexOf(begin))}${page(written)}${text.slice(text.indexOf(end) + end.length)}`);
    return;
  }
  expect(versions).toEqual(list.versions);
  expect(operations).toEqual(list.operations);
});

test('each operation is exercised by the real client, refused by name, or has a reason why no call of the client sends it', () => {
  const { operations } = JSON.parse(readFileSync(listPath, 'utf8')) as List;
  expect(operations.filter((one) => one.refused === null && (one.exercisedBy === null) !== (one.whyNot !== null)).map((one) => one.name)).toEqual([]);
});

test('the page says what the list says', () => {
  const current = JSON.parse(readFileSync(listPath, 'utf8')) as List;
  const text = readFileSync(pagePath, 'utf8');
  expect(text.slice(text.indexOf(begin), text.indexOf(end) + end.length)).toBe(page(current));
});

test('what is refused is refused by name', () => {
  for (const { name, refused } of list.operations) if (refused !== null) expect(`${name}: ${refused}`).toContain('Vitrine does not offer');
});

test('whatever is asked for what is nowhere gets data, or an error that says so: never a fault of ours', () => {
  const { operations } = JSON.parse(readFileSync(listPath, 'utf8')) as List;
  for (const { name, refused, ofNothing } of operations) if (refused === null && ofNothing !== null) expect(['data', 'not_found', 'bad_input', 'not_offered'], `${name}: ${ofNothing}`).toContain(ofNothing);
});

describe('endpoints', () => {
  test.each(list.endpoints)('$request', async ({ request, withoutKey, withKey }) => {
    const [method, path] = request.split(' ') as [string, string];
    const address = `${bench.url}${path.replace('{token}', 'nothing').replaceAll(/\{[a-zA-Z0-9]+\}/gu, 'x')}`;
    const ask = async (headers: Readonly<Record<string, string>>) => (await fetch(address, { method, headers: { 'content-type': 'application/json', ...headers }, ...(method === 'GET' ? {} : { body: '{}' }) })).status;
    expect([await ask({}), await ask({ authorization: `Basic ${Buffer.from(`api:${bench.apiKey}`).toString('base64')}` })]).toEqual([withoutKey, withKey]);
  });
});

test('each hostile input of the page is a test that there is', () => {
  const root = join(import.meta.dirname, '..', '..');
  const files: Readonly<Record<string, string>> = { H: 'electron/core/server/wandb/hostile.test.ts', F: 'e2e/clients/failures.test.ts', R: 'e2e/clients/roles.test.ts', U: 'electron/core/host/upkeep.test.ts', P: 'electron/core/server/wandb/pure.test.ts' };
  const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const list = page.slice(page.indexOf('## Hostile input'), page.indexOf('## The client\'s own tests'));
  const named = [...list.matchAll(/\b([HFRUP]) “([^”]+)”/gu)];
  expect(named.length).toBeGreaterThan(20);
  for (const [, file = '', title = ''] of named) expect(readFileSync(join(root, files[file] ?? ''), 'utf8'), `${file} “${title}”`).toContain(`'${title}'`);
});
