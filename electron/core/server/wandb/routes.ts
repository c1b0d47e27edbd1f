/** Every address that W&B's clients ask for. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isVitrineError, VitrineError, type OutputOf, type RunFile, type RunId, type VersionDetail, type VersionId } from '#shared/contract/index.ts';
import { nameKey } from '#shared/domain/index.ts';
import type { CatalogPool } from '../../catalog/index.ts';
import type { Dispatch } from '../../host/dispatcher.ts';
import { mediaTypeOf } from '../../operations/mediaTypes.ts';
import type { Incoming, Uploads } from '../../operations/uploads.ts';
import type { Store } from '../../store/index.ts';
import { addressKey } from '../addressKey.ts';
import type { Authenticate } from '../keys.ts';
import type { Metrics } from '../metrics.ts';
import type { Remembered } from '../remembered.ts';
import { sendObject } from '../sendObject.ts';
import { reasonOf } from '../reason.ts';
import { createAsking, type Asking, type EntryFacts, type WandbCaller } from './asking.ts';
import { createCapabilities } from './capabilities.ts';
import { answerGraphql } from './engine.ts';
import { failureOfThrown, shownStatusOf } from './failures.ts';
import { createRunMemory, readFileStream } from './fileStream.ts';
import { globalId, localIdOrNull } from './ids.ts';
import { createLeaving } from './leaving.ts';
import { createNodes } from './resolvers/index.ts';
import { uiPageFor, uiPagePolicy } from './uiPages.ts';

export type WandbParts = { readonly directory: string; readonly dispatch: Dispatch; readonly catalog: CatalogPool; readonly store: Store; readonly uploads: Uploads; readonly authenticate: Authenticate; readonly metrics: Metrics; readonly statuses: Remembered<OutputOf<'catalog.status'>>; readonly versions: Remembered<VersionDetail> };

/** GraphQL and what scripts stream: 32 MiB, packed or not. */
export const bodyLimitBytes = 32 * 1024 * 1024;
/** What is left of a refused body is read and dropped up to here, so that the client sees the answer; beyond, the connection ends. */
export const drainedBytes = 16 * 1024 * 1024;

/** The client never reads what answers an upload, nor lets go of it: with a body its connection would stay open for each file, until it has no more. */
const nothing = '';

const jsonType = 'application/json; charset=utf-8';
const inJson = { 'Content-Type': jsonType } as const;

export const uploadRoute = '/api/wandb/uploads/:token/:name';

const unzip = promisify(gunzip);

/** What of a request the operations behind it hear of, and what it is answered over. */
export type Asked = { readonly headers: IncomingHttpHeaders; readonly protocol: string; readonly response: ServerResponse };

/** An answer as it is sent. */
export type WireAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string };

export type WandbAnswers = {
  /** To a GraphQL request whose body was read. */
  graphql(body: unknown, asked: Asked, caller: WandbCaller): Promise<WireAnswer>;
  /** To bytes that are sent to an address which permits it. */
  upload(token: string, request: IncomingMessage, response: ServerResponse): Promise<WireAnswer>;
  /** To one that failed. */
  failure(thrown: unknown): WireAnswer;
};

/** Adds W&B's addresses; what they answer GraphQL is given back for those who read it themselves. */
export async function registerWandb(server: FastifyInstance, parts: WandbParts): Promise<WandbAnswers> {
  const { dispatch, catalog, store, metrics } = parts;
  const capabilities = createCapabilities({ secret: await addressKey(parts.directory) });
  const runs = createRunMemory();
  const leaving = createLeaving();
  const readInternal = (name: string, input: unknown, caller: WandbCaller): Promise<unknown> => catalog.read(name, input, caller);

  function askingFor({ headers, protocol, response }: Asked, caller: WandbCaller): Asking {
    return createAsking({ dispatch, statuses: parts.statuses, versions: parts.versions, readInternal, capabilities, caller, message: reasonOf({ headers }), baseUrl: `${protocol}://${headers.host ?? 'localhost'}`, signal: leaving.signalOf(response), createNodes });
  }
  const askedBy = (request: FastifyRequest, reply: FastifyReply): Asked => ({ headers: request.headers, protocol: request.protocol, response: reply.raw });
  const askingOf = (request: FastifyRequest, reply: FastifyReply, caller: WandbCaller): Asking => askingFor(askedBy(request, reply), caller);

  async function graphql(body: unknown, asked: Asked, caller: WandbCaller): Promise<WireAnswer> {
    const begun = performance.now();
    const answer = await answerGraphql(body, askingFor(asked, caller));
    metrics.graphql({ operation: answer.operation, status: answer.status, seconds: (performance.now() - begun) / 1000 });
    return { status: shownStatusOf(answer.status, asked.headers['user-agent']), headers: inJson, text: JSON.stringify(answer.body) };
  }

  async function upload(token: string, request: IncomingMessage, response: ServerResponse): Promise<WireAnswer> {
    const { capability, holder } = capabilities.redeem(token, 'upload');
    const received = await parts.uploads.receive(capability.uploadId, { ...bodyOf(request, response), ...(capability.part === null ? {} : { part: capability.part }) }, { ...holder, entrance: 'sdk' });
    metrics.bytes('in', received.size);
    return { status: 200, headers: { ETag: `"${received.md5}"` }, text: nothing };
  }

  // Telemetry is asked about before any key: only “there is nothing here” keeps a client from sending it.
  server.all('/sdk/otel/*', (_request, reply) => fail(reply, 404, 'Vitrine takes no telemetry.'));

  await server.register(async (json) => {
    json.removeAllContentTypeParsers();
    json.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, async (request: FastifyRequest, body: Buffer) => {
      // The key comes first: nobody without one makes us unpack and read 32 MiB.
      const encoding = request.headers['content-encoding'] ?? 'identity';
      let text = body;
      try {
        if (encoding === 'gzip') text = await unzip(body, { maxOutputLength: bodyLimitBytes });
        else if (encoding !== 'identity') throw new VitrineError('bad_input', { details: { explanation: `The body is encoded as “${encoding.slice(0, 50)}”: only gzip can be read.` } });
      } catch (thrown) {
        if (isVitrineError(thrown)) throw thrown;
        if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new VitrineError('too_large', { details: { explanation: `The body is larger than ${bodyLimitBytes} bytes when unpacked.`, limit: bodyLimitBytes } });
        throw unreadable();
      }
      return jsonOf(text);
    });
    json.setErrorHandler((thrown, _request, reply) => failThrown(reply, thrown));
    const callers = new WeakMap<FastifyRequest, WandbCaller>();
    json.addHook('preParsing', async (request) => {
      callers.set(request, await parts.authenticate(request));
    });
    const callerOf = (request: FastifyRequest): WandbCaller => {
      const caller = callers.get(request);
      if (caller === undefined) throw new VitrineError('not_signed_in');
      return caller;
    };

    json.post('/graphql', { bodyLimit: bodyLimitBytes }, async (request, reply) => sendAnswer(reply, await graphql(request.body, askedBy(request, reply), callerOf(request))));

    json.post<{ Params: { entity: string; project: string; run: string } }>('/files/:entity/:project/:run/file_stream', { bodyLimit: bodyLimitBytes }, async (request, reply) => {
      const caller = callerOf(request);
      const asking = askingOf(request, reply, caller);
      const appended = readFileStream(request.body);
      const { entity, project, run } = request.params;
      const key = `${caller.actorId} ${entity}/${project}/${run}`;
      const append = async (id: RunId) => asking.tell('runs.append', { id, ...appended });
      const find = async (): Promise<RunId> => {
        const { id } = await asking.ask('runs.get', { entity, project, runId: run });
        runs.set(key, id);
        return id;
      };
      const remembered = runs.get(key);
      let answer;
      try {
        answer = await append(remembered ?? (await find()));
      } catch (thrown) {
        // Deleted and made again meanwhile: it has another id.
        if (remembered === undefined || !isVitrineError(thrown) || thrown.code !== 'not_found') throw thrown;
        runs.forget(key);
        answer = await append(await find());
      }
      return answer.stopRequested ? { stopped: true } : {};
    });
  });

  await server.register(async (bytes) => {
    bytes.removeAllContentTypeParsers();
    bytes.addContentTypeParser('*', (_request, _payload, done) => done(null));
    // Bytes are bytes; and the client sends the parts of large files with a type that is empty, which nobody can parse.
    bytes.addHook('onRequest', async (request) => {
      delete request.headers['content-type'];
    });
    bytes.setErrorHandler((thrown, request, reply) => {
      if (Number(request.headers['content-length'] ?? 0) > drainedBytes) reply.header('Connection', 'close');
      return failThrown(reply, thrown);
    });

    bytes.route<{ Params: { token: string } }>({
      method: ['PUT', 'POST'], url: uploadRoute, bodyLimit: Number.MAX_SAFE_INTEGER,
      handler: async (request, reply) => sendAnswer(reply, await upload(request.params.token, request.raw, reply.raw)),
    });

    bytes.route<{ Params: { token: string } }>({
      method: ['PUT', 'POST'], url: '/api/wandb/run-file-uploads/:token/:name', bodyLimit: Number.MAX_SAFE_INTEGER,
      handler: async (request, reply) => {
        const { capability, holder } = capabilities.redeem(request.params.token, 'run file upload');
        await parts.uploads.saveRunFile({ ...bodyOf(request.raw, reply.raw), runId: capability.runId as RunId, name: capability.name }, { ...holder, entrance: 'sdk' });
        metrics.bytes('in', Number(request.headers['content-length'] ?? 0));
        return reply.code(200).send(nothing);
      },
    });

    bytes.get<{ Params: { token: string } }>('/api/wandb/files/:token/:name', async (request, reply) => {
      const { capability, holder } = capabilities.redeem(request.params.token, 'file');
      const entry = (await readInternal('internal.entry', { id: capability.versionId, path: capability.path }, holder)) as EntryFacts;
      return send(request, reply, entry, capability.path);
    });

    bytes.get<{ Params: { token: string } }>('/api/wandb/manifests/:token/:name', async (request, reply) => {
      const { capability, holder } = capabilities.redeem(request.params.token, 'manifest');
      const { text } = await askingOf(request, reply, holder).ask('versions.wandbManifest', { id: capability.versionId as VersionId, birthArtifactId: globalId('Artifact', capability.versionId) });
      return reply.header('Content-Type', 'application/json; charset=utf-8').send(text);
    });

    bytes.get<{ Params: { token: string } }>('/api/wandb/run-files/:token/:name', async (request, reply) => {
      const { capability, holder } = capabilities.redeem(request.params.token, 'run file');
      const file = (await readInternal('internal.runFile', { id: capability.runId, name: capability.name }, holder)) as RunFile;
      return send(request, reply, { path: capability.name, size: file.size, sha256: file.sha256, md5: file.md5, reference: null }, capability.name, file.mediaType);
    });

    bytes.get<{ Params: { entity: string; project: string; run: string; '*': string } }>('/files/:entity/:project/:run/*', async (request, reply) => {
      const caller = await parts.authenticate(request);
      const { entity, project, run, '*': name } = request.params;
      const { id } = await askingOf(request, reply, caller).ask('runs.get', { entity, project, runId: run });
      const file = (await readInternal('internal.runFile', { id, name }, caller)) as RunFile;
      return send(request, reply, { path: name, size: file.size, sha256: file.sha256, md5: file.md5, reference: null }, name, file.mediaType);
    });

    type V2 = { Params: { entity: string; project: string; collection: string; birth: string; hex: string; name: string } };
    bytes.get<V2>('/artifactsV2/:region/:entity/:project/:collection/:birth/:hex/:name', async (request, reply) => {
      const caller = await parts.authenticate(request);
      const entry = await entryByDigest(askingOf(request, reply, caller), caller, request.params);
      return send(request, reply, entry, request.params.name);
    });

    // As a manifest names the place where its client knows no collection.
    bytes.get<{ Params: { birth: string; hex: string } }>('/artifactsV2/:region/:entity/:birth/:hex', async (request, reply) => {
      const caller = await parts.authenticate(request);
      const entry = await entryOfBirth(caller, request.params);
      if (entry === null) throw new VitrineError('not_found', { details: { kind: 'file', label: request.params.hex.slice(0, 64) } });
      return send(request, reply, entry, entry.path);
    });

    async function send(request: FastifyRequest, reply: FastifyReply, entry: EntryFacts, name: string, mediaType = mediaTypeOf(name)): Promise<FastifyReply> {
      if (entry.sha256 === null) throw new VitrineError('object_missing', { details: { path: name, explanation: `Its bytes are at ${entry.reference ?? 'another place'}.` } });
      if (!(await sendObject(store, request, reply, { sha256: entry.sha256, size: entry.size, mediaType }))) return fail(reply, 416, `The range lies outside of the file’s ${entry.size} bytes.`);
      return reply;
    }
  });

  /** A file of the version that first had it, by its MD5; null where there is none for the caller. */
  async function entryOfBirth(caller: WandbCaller, where: { readonly birth: string; readonly hex: string }): Promise<EntryFacts | null> {
    const id = localIdOrNull(where.birth, 'Artifact');
    const md5 = where.hex.toLowerCase();
    return id === null || !/^[0-9a-f]{32}$/.test(md5) ? null : entryOfVersion(caller, id, md5);
  }

  async function entryOfVersion(caller: WandbCaller, id: number, md5: string): Promise<EntryFacts | null> {
    try {
      return (await readInternal('internal.entryByMd5', { id, md5 }, caller)) as EntryFacts;
    } catch (thrown) {
      if (isVitrineError(thrown) && (thrown.code === 'not_found' || thrown.code === 'version_unavailable')) return null;
      throw thrown;
    }
  }

  /** A file of a collection's version by its MD5. The version that first had it is tried first, then those of the collection. */
  async function entryByDigest(asking: Asking, caller: WandbCaller, where: { readonly entity: string; readonly project: string; readonly collection: string; readonly birth: string; readonly hex: string }): Promise<EntryFacts> {
    const md5 = where.hex.toLowerCase();
    const missing = new VitrineError('not_found', { details: { kind: 'file', label: `${where.collection.slice(0, 200)}: ${md5.slice(0, 64)}` } });
    if (!/^[0-9a-f]{32}$/.test(md5)) throw missing;
    const first = await entryOfBirth(caller, where);
    if (first !== null) return first;
    for (const versionId of await versionsOfCollection(asking, where)) {
      const found = await entryOfVersion(caller, versionId, md5);
      if (found !== null) return found;
    }
    throw missing;
  }

  async function versionsOfCollection(asking: Asking, where: { readonly entity: string; readonly project: string; readonly collection: string }): Promise<readonly number[]> {
    const latest = await asking.nodes.membershipNamed({ entity: where.entity, project: where.project, text: where.collection });
    if (latest === null) return [];
    const version = await asking.version(latest.versionId);
    if (version === null) return [];
    const own = nameKey(version.artifact) === nameKey(where.collection) && version.project === where.project;
    if (own) return (await asking.ask('versions.list', { artifactId: version.artifactId, sort: 'index', limit: 1000 })).items.map((one) => one.id);
    const link = version.links.find((one) => nameKey(one.collection) === nameKey(where.collection));
    return link === undefined ? [] : (await asking.ask('links.list', { collectionId: link.collectionId, limit: 1000 })).items.map((one) => one.version.id);
  }

  function failThrown(reply: FastifyReply, thrown: unknown): FastifyReply {
    const status = (thrown as { readonly statusCode?: number }).statusCode;
    if (!isVitrineError(thrown) && status !== undefined && status >= 400 && status < 500) return fail(reply, status === 413 ? 413 : 400, status === 413 ? `The body is larger than ${bodyLimitBytes} bytes.` : 'The request can’t be read.');
    return sendAnswer(reply, failureAnswer(thrown));
  }

  function failureAnswer(thrown: unknown): WireAnswer {
    const failure = failureOfThrown(thrown, dispatch.log);
    return {
      status: failure.status, headers: { ...inJson, ...(failure.status === 401 ? { 'WWW-Authenticate': 'Basic realm="Vitrine"' } : {}), ...(failure.status === 503 ? { 'Retry-After': '2' } : {}) },
      text: JSON.stringify({ errors: failure.errors, error: failure.errors[0]?.message ?? '', data: null }),
    };
  }

  return { graphql, upload, failure: failureAnswer };
}

/** What a body says. Throws `bad_input`. */
export function jsonOf(text: Buffer): unknown {
  try {
    return text.length === 0 ? {} : (JSON.parse(text.toString('utf8')) as unknown);
  } catch {
    throw unreadable();
  }
}

function unreadable(): VitrineError {
  return new VitrineError('bad_input', { details: { explanation: 'The body can’t be read as JSON.' } });
}

function sendAnswer(reply: FastifyReply, { status, headers, text }: WireAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(text);
}

function fail(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).header('Content-Type', jsonType).send(JSON.stringify({ errors: [{ message }], error: message, data: null }));
}

/** What is sent, as it comes. Throws `bad_input` for a length that is none. */
function bodyOf(request: IncomingMessage, response: ServerResponse): Incoming {
  const header = request.headers['content-length'];
  const size = header === undefined ? undefined : Number(header);
  if (size !== undefined && !Number.isSafeInteger(size)) throw new VitrineError('bad_input', { details: { explanation: 'Content-Length is not a number of bytes.' } });
  if (request.headers['content-encoding'] !== undefined && request.headers['content-encoding'] !== 'identity') throw new VitrineError('bad_input', { details: { explanation: 'Files are sent as they are, without an encoding.' } });
  const controller = new AbortController();
  response.once('close', () => {
    if (!request.complete) controller.abort();
  });
  return { content: request, signal: controller.signal, ...(size === undefined ? {} : { size }) };
}

/** A page for an address that the client printed, or false. */
export function sendUiPage(request: FastifyRequest, reply: FastifyReply): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const question = request.url.indexOf('?');
  const page = uiPageFor(question < 0 ? request.url : request.url.slice(0, question), new URLSearchParams(question < 0 ? '' : request.url.slice(question + 1)));
  if (page === null) return false;
  void reply.code(page.status).header('Content-Type', 'text/html; charset=utf-8').header('Content-Security-Policy', uiPagePolicy).header('Referrer-Policy', 'no-referrer').send(page.html);
  return true;
}
