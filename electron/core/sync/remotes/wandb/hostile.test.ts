/** A server of W&B that lies, stumbles or leads astray: nothing of it is believed, and the key goes nowhere but to it. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isVitrineError } from '#shared/contract/errors.ts';
import { RemoteHttp, sentenceOf } from '../../http.ts';
import type { Connector, Unfetched } from '../connector.ts';
import { WandbApi } from './api.ts';
import { wandbConnector } from './connector.ts';

type Handle = (asked: { readonly operation: string; readonly variables: Readonly<Record<string, unknown>>; readonly path: string; readonly request: IncomingMessage }, answer: ServerResponse) => void;

let server: Server;
let other: Server;
let handle: Handle;
let url: string;
let otherUrl: string;
const othersHeard: (string | undefined)[] = [];
const operations: string[] = [];

const listen = async (one: Server): Promise<string> => {
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
};

beforeEach(async () => {
  othersHeard.length = 0;
  operations.length = 0;
  server = createServer((request, answer) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
    request.on('end', () => {
      const body = text === '' ? {} : (JSON.parse(text) as { readonly operationName?: string; readonly variables?: Readonly<Record<string, unknown>> });
      operations.push(body.operationName ?? request.url ?? '');
      handle({ operation: body.operationName ?? '', variables: body.variables ?? {}, path: request.url ?? '', request }, answer);
    });
  });
  other = createServer((request, answer) => {
    othersHeard.push(request.headers.authorization);
    answer.end('{}');
  });
  [url, otherUrl] = await Promise.all([listen(server), listen(other)]);
});

afterEach(async () => {
  for (const one of [server, other]) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
});

const signal = new AbortController().signal;
const connector = (): Connector => wandbConnector({ name: 'liar', workspace: 'acme/model', everything: false, destination: null, project: 'lab', http: new RemoteHttp({ name: 'liar', base: url, credential: { kind: 'basic', username: 'api', password: 'the-key' }, traffic: { requests: 0, bytesIn: 0, bytesOut: 0 } }) });

const say = (answer: ServerResponse, data: unknown): void => {
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ data }));
};

/** What an honest server would say on the way. */
const honest = (operation: string): unknown => {
  switch (operation) {
    case 'FetchOrganization':
      return { organization: { id: 'T3Jn', name: 'acme', orgEntity: { name: 'acme-org' } } };
    case 'FetchRegistry':
      return { entity: { project: { id: 'UDox', internalId: Buffer.from('ProjectInternalId:7').toString('base64'), name: 'wandb-registry-model' } } };
    case 'ArtifactMembershipByName':
      return { project: { artifactCollectionMembership: { id: 'bQ==', versionIndex: 0, aliases: [{ id: 'YQ==', alias: 'v0' }], artifactCollection: { name: 'm' }, artifact: { id: 'QXJ0aWZhY3Q6MQ==', state: 'COMMITTED', digest: 'd', size: 4, fileCount: 1, createdAt: '2026-01-01T00:00:00Z' } } } };
    case 'FetchArtifactManifest':
      return { artifact: { currentManifest: { file: { directUrl: `${url}/manifest` } } } };
    case 'GetArtifactMembershipFileUrls':
      return { project: { artifactCollection: { artifactMembership: { files: { pageInfo: { hasNextPage: false, endCursor: null }, edges: [{ node: { name: 'w.bin', directUrl: `${url}/bytes` } }] } } } } };
    default:
      return null;
  }
};

const unfetched: Unfetched = { remoteId: 1, versionId: 1, model: 'm', version: '0', source: 'team/lab/m:v0', runId: null } as never;

/** The words of what an act must be refused with. */
async function refusal(act: () => Promise<unknown>): Promise<{ readonly code: string; readonly words: string }> {
  try {
    await act();
  } catch (thrown) {
    if (isVitrineError(thrown)) return { code: thrown.code, words: sentenceOf(thrown) };
    throw thrown;
  }
  throw new Error('It was not refused.');
}

async function bytesOf(made: Connector): Promise<string> {
  let text = '';
  for (const file of await made.files(unfetched, signal)) {
    if (!('open' in file)) continue;
    for await (const piece of file.open(signal)) text += Buffer.from(piece).toString('utf8');
  }
  return text;
}

const manifest = (contents: unknown): string => JSON.stringify({ version: 1, storagePolicy: 'wandb-storage-policy-v1', storagePolicyConfig: { storageLayout: 'V2' }, contents });
const entry = { digest: 'jXd/OF09+8e5iWS0XsiW+A==', size: 4 };

describe('bytes', () => {
  const serve = (text: string, bytes: string, look: (request: IncomingMessage) => void = () => undefined): Handle => ({ operation, path, request }, answer) => {
    if (path === '/manifest') answer.end(text);
    else if (path === '/bytes') {
      look(request);
      answer.end(bytes);
    } else say(answer, honest(operation));
  };

  test('that are what the manifest says come, asked for without the key', async () => {
    const heard: (string | undefined)[] = [];
    const digest = createHash('md5').update('test').digest('base64');
    handle = serve(manifest({ 'w.bin': { digest, size: 4 } }), 'test', (request) => heard.push(request.headers.authorization));
    expect(await bytesOf(connector())).toBe('test');
    expect(heard).toEqual([undefined]);
  });

  test('that are others of the same length are refused', async () => {
    handle = serve(manifest({ 'w.bin': entry }), 'evil');
    expect(await refusal(() => bytesOf(connector()))).toMatchObject({ code: 'remote_failed', words: expect.stringContaining('other bytes') as unknown });
  });

  test('that are more or fewer are refused', async () => {
    handle = serve(manifest({ 'w.bin': entry }), 'too many');
    expect((await refusal(() => bytesOf(connector()))).words).toContain('more than the 4 bytes');
    handle = serve(manifest({ 'w.bin': entry }), 'tes');
    expect((await refusal(() => bytesOf(connector()))).code).toMatch(/remote_/u);
  });

  test('with paths that lead out of the folder are refused', async () => {
    for (const path of ['../w.bin', '/etc/w.bin', 'a/../../w.bin']) {
      handle = serve(manifest({ [path]: entry }), 'test');
      expect((await refusal(() => bytesOf(connector()))).code, path).toBe('path_invalid');
    }
  });

  test('with a manifest that is none are refused', async () => {
    for (const text of ['', 'null', '<html>', '{"contents":[]}'.replace('[]', '3'), manifest({ 'w.bin': { size: 4 } })]) {
      handle = serve(text, 'test');
      expect((await refusal(() => bytesOf(connector()))).code, text).toBe('remote_failed');
    }
  });
});

describe('the key', () => {
  test('does not follow a redirect to another host', async () => {
    handle = (_, answer) => {
      answer.writeHead(302, { location: `${otherUrl}/graphql` });
      answer.end();
    };
    const { steps } = await connector().test(signal);
    expect(steps.find((step) => step.verdict === 'failed')).toMatchObject({ step: 'server', detail: expect.stringContaining('leads on to') as unknown });
    expect(othersHeard).toEqual([]);
  });

  test('does not go along to an address of another host, nor does a redirect from there get anywhere', async () => {
    handle = ({ operation, path }, answer) => {
      if (path === '/manifest') answer.end(manifest({ 'w.bin': { digest: 'mZFLkyvTelC5g8XnyQrpOw==', size: 2 } }));
      else if (operation === 'GetArtifactMembershipFileUrls') say(answer, { project: { artifactCollection: { artifactMembership: { files: { pageInfo: {}, edges: [{ node: { name: 'w.bin', directUrl: `${otherUrl}/bytes` } }] } } } } });
      else say(answer, honest(operation));
    };
    expect(await bytesOf(connector())).toBe('{}');
    expect(othersHeard).toEqual([undefined]);
  });
});

describe('lists', () => {
  test('that lead in a circle, or nowhere, end', async () => {
    let page = 0;
    handle = ({ operation }, answer) => say(answer, operation === 'FetchRegistries' ? { organization: { orgEntity: { projects: { pageInfo: { hasNextPage: true, endCursor: `c${page++ % 2}` }, edges: [] } } } } : operation === 'Viewer' ? { viewer: { entity: 'team' } } : honest(operation));
    const { steps } = await connector().test(signal);
    expect(steps.find((step) => step.verdict === 'failed')?.detail).toContain('circle');
    expect(page).toBeLessThan(5);
  });

  test('without an end are left after so many pages', async () => {
    let page = 0;
    const api = new WandbApi('liar', new RemoteHttp({ name: 'liar', base: url, credential: { kind: 'none' }, traffic: { requests: 0, bytesIn: 0, bytesOut: 0 } }));
    const all = async (): Promise<void> => {
      for await (const rows of api.pages(async () => Promise.resolve({ edges: [], pageInfo: { hasNextPage: true, endCursor: String(page++) } }))) expect(rows).toEqual([]);
    };
    expect((await refusal(all)).words).toContain('without an end');
    expect(page).toBe(10_000);
  });

  test('of more bytes than an answer has are cut off', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 0x20);
    handle = (_, answer) => {
      answer.setHeader('content-type', 'application/json');
      const more = (): void => {
        while (!answer.destroyed && answer.write(megabyte)) { /* as long as somebody takes it */ }
        answer.once('drain', more);
      };
      more();
    };
    const { steps } = await connector().test(signal);
    expect(steps.find((step) => step.verdict === 'failed')?.detail).toContain('as one answer');
  }, 240_000);
});

describe('a server that stumbles', () => {
  test('is asked again after the time that it names, and then no more', async () => {
    let refused = 0;
    handle = ({ operation }, answer) => {
      if (refused < 2) {
        refused += 1;
        answer.writeHead(refused === 1 ? 429 : 503, { 'retry-after': '1' });
        answer.end('busy');
      } else say(answer, operation === 'Viewer' ? { viewer: null } : null);
    };
    const begun = performance.now();
    const { steps } = await connector().test(signal);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1900);
    expect(steps.find((step) => step.verdict === 'failed')).toMatchObject({ step: 'sign_in' });
    expect(operations).toEqual(['Viewer', 'Viewer', 'Viewer']);
  });

  test('that asks for a long time leaves it to the round', async () => {
    handle = (_, answer) => {
      answer.writeHead(429, { 'retry-after': '3600' });
      answer.end();
    };
    const { steps } = await connector().test(signal);
    expect(steps.find((step) => step.verdict === 'failed')?.detail).toContain('asks to wait');
    expect(operations).toEqual(['Viewer']);
  });

  test('that answers with errors is quoted, in one line', async () => {
    handle = (_, answer) => answer.end(JSON.stringify({ data: null, errors: [{ message: 'no\u001B[31m\nsuch <b>thing</b>' }] }));
    const { steps } = await connector().test(signal);
    expect(steps.find((step) => step.verdict === 'failed')?.detail).toMatch(/^[^\n]*such thing/u);
  });
});

describe('members of a registry', () => {
  const answers = (members: unknown, teamMembers: unknown): void => {
    handle = ({ operation }, answer) => say(answer, operation === 'RegistryUserMembers' ? { project: members === null ? null : { members } } : operation === 'RegistryTeamMembers' ? { project: { teamMembers } } : honest(operation));
  };

  test('are read with their roles, whatever else stands among them', async () => {
    answers([{ username: 'ada', name: 'Ada', email: 'ada@example.com', role: { name: 'admin' } }, null, { username: 7, name: '', role: null }, { username: 'bot', name: null, email: null, role: { name: 'restricted_viewer' } }, { username: 'x'.repeat(5000), role: { name: {} } }], [{ team: { name: 'vision' }, role: { name: 'member' } }, { team: null, role: { name: 'admin' } }]);
    const [first] = (await connector().members?.([], signal)) ?? [];
    expect(first).toEqual({
      registry: 'model', teams: [{ name: 'vision', role: 'member' }],
      people: [{ username: 'ada', name: 'Ada', email: 'ada@example.com', role: 'admin' }, { username: 'bot', name: null, email: null, role: 'restricted_viewer' }, { username: `${'x'.repeat(300)}…`, name: null, email: null, role: null }],
    });
  });

  test('that are no list, or that this key may not see, are no empty list', async () => {
    answers({ length: 1 }, []);
    expect(await refusal(async () => connector().members?.([], signal))).toMatchObject({ code: 'remote_failed', words: expect.stringContaining('does not say who the members of “model” are') as unknown });
    answers(null, []);
    expect(await refusal(async () => connector().members?.([], signal))).toMatchObject({ code: 'remote_failed' });
  });
});
