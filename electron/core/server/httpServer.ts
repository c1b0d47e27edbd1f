/** The server behind the door: who may come in, and the addresses. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { explainError, VitrineError, type OutputOf, type SerializedError, type VersionDetail } from '#shared/contract/index.ts';
import type { CatalogPool } from '../catalog/index.ts';
import { runChecked, type Dispatch } from '../host/dispatcher.ts';
import { serializeFailure } from '../host/serializeFailure.ts';
import type { Log } from '../host/log.ts';
import type { OperationContext } from '../operations/context.ts';
import { mediaTypeOf } from '../operations/mediaTypes.ts';
import type { Uploads } from '../operations/uploads.ts';
import type { Store } from '../store/index.ts';
import { createAuthenticate, type KeyFound, type KeyHolder } from './keys.ts';
import { createMetrics } from './metrics.ts';
import { createHostNames, loopbackAddresses } from './names.ts';
import { createRemembered } from './remembered.ts';
import { reasonOf } from './reason.ts';
import { openApiDocument, openApiPagePath, openApiPath, operationsOnLocalFiles, type OpenApiDocument } from './openApi.ts';
import { openApiPage, openApiPagePolicy } from './openApiPage.ts';
import { sendObject } from './sendObject.ts';
import { createSlowClientGuard } from './slowClients.ts';
import { httpStatusOf } from './status.ts';
import { createPlainRequests } from './wandb/plainRequests.ts';
import { registerWandb, sendUiPage } from './wandb/routes.ts';

export type DoorParts = { /** The catalog's folder. */ readonly directory: string; readonly dispatch: Dispatch; readonly catalog: CatalogPool; readonly store: Store; readonly uploads: Uploads; readonly log: Log; readonly applicationVersion: string };

export type ServerOptions = {
  readonly host: string;
  /** Names beside the machine's own under which the door may be called. */
  readonly allowedHosts: readonly string[];
  /** PEM. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  /** Milliseconds in which a body must move, or its connection is cut off. */
  readonly slowClientPatience?: number;
};

/** Their metadata may be large. */
const versionsRemembered = 64;

/** On every answer. */
const everyAnswer = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' } as const;

/** Bodies of operations are descriptions and lists of ids, never files: 32 MiB. */
const bodyLimitBytes = 32 * 1024 * 1024;

export async function buildServer(parts: DoorParts, options: ServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: bodyLimitBytes, forceCloseConnections: 'idle', trustProxy: false, logger: false, requestTimeout: 0, connectionTimeout: 0,
    // A path inside of an artifact may be long, and so is the address that carries it.
    routerOptions: { maxParamLength: 16_384 },
    ...(options.tls === null ? {} : { https: { cert: options.tls.cert, key: options.tls.key } }),
  }) as unknown as FastifyInstance;
  const names = createHostNames({ host: options.host, allowed: options.allowedHosts });
  const holders = createRemembered<KeyFound>(parts.catalog, ['api_key', 'user']);
  const statuses = createRemembered<OutputOf<'catalog.status'>>(parts.catalog, ['team', 'user', 'member', 'setting']);
  const versions = createRemembered<VersionDetail>(parts.catalog, 'any', versionsRemembered);
  const authenticate = createAuthenticate(parts.catalog, holders);
  const metrics = createMetrics();
  const guard = createSlowClientGuard({
    ...(options.slowClientPatience === undefined ? {} : { patience: options.slowClientPatience }),
    onCut: (facts) => parts.log('warning', 'door', 'cut off a client that didn’t move', facts),
  });
  server.addHook('onClose', async () => {
    guard.close();
    holders.close();
    statuses.close();
    versions.close();
  });

  server.addHook('onRequest', async (request, reply) => {
    metrics.begin();
    reply.raw.once('close', () => metrics.end());
    guard.watch(request.raw, reply.raw);
    reply.headers(everyAnswer);
    if (!names.allows(request.headers.host)) return refuse(reply, 421, new VitrineError('permission_denied', { details: { explanation: 'This server does not answer to that name. Allow it with “vitrine serve --allow-host NAME”.' } }).toJSON());
    if (request.headers.origin !== undefined) return refuse(reply, 403, new VitrineError('permission_denied', { details: { explanation: 'This server is not for pages in a browser.' } }).toJSON());
    return undefined;
  });
  server.addHook('onResponse', async (request, reply) => {
    metrics.request({ route: request.routeOptions.url ?? 'none', method: request.method, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
    const sent = Number(reply.getHeader('content-length') ?? 0);
    if (request.method === 'GET' && reply.getHeader('accept-ranges') !== undefined && Number.isSafeInteger(sent)) metrics.bytes('out', sent);
  });

  server.setErrorHandler((thrown, _request, reply) => {
    const status = (thrown as { readonly statusCode?: number }).statusCode;
    if (status !== undefined && status >= 400 && status < 500) {
      const explanation = status === 413 ? `The body is larger than ${bodyLimitBytes} bytes.` : 'The body can’t be read as JSON.';
      return refuse(reply, status, new VitrineError(status === 413 ? 'too_large' : 'bad_input', { details: { explanation, limit: bodyLimitBytes } }).toJSON());
    }
    const failure = serializeFailure(thrown, 'http', parts.log);
    return refuse(reply, httpStatusOf(failure.code), failure);
  });
  server.setNotFoundHandler((request, reply) => {
    if (sendUiPage(request, reply)) return reply;
    return refuse(reply, 404, new VitrineError('not_found', { details: { explanation: `There is nothing at ${request.method} ${request.url.slice(0, 200)}.` } }).toJSON());
  });

  server.get('/healthz', () => ({ status: 'ok', version: parts.applicationVersion, rev: parts.dispatch.rev(), readOnly: parts.dispatch.readOnly() }));

  server.get('/metrics', async (request, reply) => {
    // From this machine itself without a key: that is where the one who watches it runs.
    if (!loopbackAddresses.has(request.ip)) await authenticate(request);
    const memory = process.memoryUsage();
    return reply.header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').send(metrics.text({
      vitrine_catalog_revision: parts.dispatch.rev(), vitrine_catalog_read_only: parts.dispatch.readOnly() ? 1 : 0, process_resident_memory_bytes: memory.rss, process_uptime_seconds: Math.round(process.uptime()),
    }));
  });

  function contextOf(request: FastifyRequest, reply: FastifyReply, holder: KeyHolder): OperationContext {
    const controller = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
    const asked = request.headers['x-vitrine-view-as'];
    // Never answered as somebody else than was asked for.
    if (asked !== undefined && !(typeof asked === 'string' && /^[1-9][0-9]{0,14}$/.test(asked))) throw new VitrineError('bad_input', { details: { explanation: 'X-Vitrine-View-As takes the id of a user.' } });
    return { ...holder, ...(asked === undefined ? {} : { viewAs: Number(asked) }), entrance: 'http', message: reasonOf(request), signal: controller.signal, report: () => undefined };
  }

  server.post<{ Params: { name: string } }>('/api/operations/:name', async (request, reply) => {
    const holder = await authenticate(request);
    const name = request.params.name;
    if (operationsOnLocalFiles.has(name) && !(loopbackAddresses.has(request.ip) && holder.actorId === parts.catalog.status().defaultUserId)) {
      throw new VitrineError('permission_denied', { details: { explanation: `${name} works on files of the machine that serves; only its own user may, from there.` } });
    }
    const result = await runChecked(parts.dispatch, name, request.body ?? {}, contextOf(request, reply, holder));
    return { output: result.output, undo: result.undo, rev: result.rev ?? parts.dispatch.rev() };
  });

  // The same for everybody, and read before one has a key: made once somebody asks.
  let document: OpenApiDocument | null = null;
  const documentNow = (): OpenApiDocument => (document ??= openApiDocument(parts.applicationVersion));
  server.get(openApiPath, () => documentNow());
  server.get(openApiPagePath, (_request, reply) => reply.header('Content-Type', 'text/html; charset=utf-8').header('Content-Security-Policy', openApiPagePolicy).send(openApiPage(documentNow())));

  server.get<{ Params: { id: string; '*': string } }>('/api/versions/:id/files/*', async (request, reply) => {
    const holder = await authenticate(request);
    const id = Number(request.params.id);
    if (!Number.isSafeInteger(id) || id < 1) throw new VitrineError('bad_input', { details: { explanation: 'The id of a version is a positive whole number.' } });
    const path = request.params['*'];
    const entry = (await parts.catalog.read('internal.entry', { id, path }, holder)) as { readonly sha256: string | null; readonly size: number; readonly reference: string | null };
    if (entry.sha256 === null) throw new VitrineError('object_missing', { details: { path, explanation: `Its bytes are at ${entry.reference ?? 'another place'}.` } });
    if (!(await sendObject(parts.store, request, reply, { sha256: entry.sha256, size: entry.size, mediaType: mediaTypeOf(path) }))) return refuse(reply, 416, new VitrineError('bad_input', { details: { explanation: `The range lies outside of the file’s ${entry.size} bytes.` } }).toJSON());
    return reply;
  });

  const answers = await registerWandb(server, { ...parts, authenticate, metrics, statuses, versions });
  const answerPlainly = createPlainRequests({ names, authenticate, metrics, guard, answers, headers: everyAnswer });
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  // Once it closes, the server says so to whoever still comes.
  listenBefore(server.server, (request, response) => !closing && answerPlainly(request, response));
  return server;
}

/** Gives each request to `takes` first; those that it doesn't take go to whom they went before. */
function listenBefore(server: FastifyInstance['server'], takes: (request: IncomingMessage, response: ServerResponse) => boolean): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!takes(request, response)) for (const listener of listeners) listener.call(server, request, response);
  });
}

function refuse(reply: FastifyReply, status: number, error: SerializedError): FastifyReply {
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="Vitrine"');
  return reply.code(status).header('Content-Type', 'application/json; charset=utf-8').send(JSON.stringify({ error: { ...error, ...explainError(error) } }));
}
