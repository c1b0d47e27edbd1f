/**
 * The HTTP door: the contract's operations and the bytes of versions, for scripts. Closed until somebody opens it, on loopback unless
 * told otherwise; every request but the health check carries an API key.
 */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { explainError, operationList, VitrineError, type SerializedError, type UserId } from '#shared/contract/index.ts';
import type { CatalogPool } from '../catalog/index.ts';
import { runChecked, serializeFailure, type Dispatch } from '../host/dispatcher.ts';
import type { Log } from '../host/log.ts';
import type { OperationContext } from '../operations/context.ts';
import { mediaTypeOf } from '../operations/mediaTypes.ts';
import type { Store } from '../store/index.ts';
import { httpStatusOf } from './status.ts';
import { parseByteRange } from './range.ts';
import { createAttemptLimiter } from './attempts.ts';

export type DoorAddress = { readonly url: string; readonly host: string; readonly port: number };
export type DoorOptions = { readonly host?: string; readonly port?: number };
export type Door = {
  /** Opens, or answers where it is open already. Throws `blocked` when the port is taken. */
  start(options?: DoorOptions): Promise<DoorAddress>;
  readonly address: DoorAddress | null;
  /** Closes after the requests under way. */
  stop(): Promise<void>;
};

type DoorParts = { readonly dispatch: Dispatch; readonly catalog: CatalogPool; readonly store: Store; readonly log: Log; readonly applicationVersion: string };

/** Bodies are descriptions and lists of ids, never files: 32 MiB. */
const bodyLimitBytes = 32 * 1024 * 1024;

/**
 * Operations that name files of the machine core runs on. Only that machine's own person may, from that machine: an API key for the
 * catalog is no key to the disk.
 */
const operationsOnLocalFiles: ReadonlySet<string> = new Set(['versions.log', 'versions.export', 'imports.scan', 'catalog.restoreBackup', 'catalog.backup', 'door.start', 'door.stop']);

const loopbackAddresses: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export function createDoor(parts: DoorParts): Door {
  let server: FastifyInstance | null = null;
  let address: DoorAddress | null = null;

  return {
    get address() {
      return address;
    },
    async start(options = {}) {
      if (address !== null) return address;
      const host = options.host ?? '127.0.0.1';
      const opened = buildServer(parts, host);
      try {
        await opened.listen({ host, port: options.port ?? 0 });
      } catch (cause) {
        await opened.close();
        throw new VitrineError('blocked', { details: { explanation: `The HTTP door can’t be opened at ${host}:${options.port ?? 0}: ${(cause as NodeJS.ErrnoException).code ?? 'refused'}. Choose another port.` }, cause });
      }
      const bound = opened.server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : (options.port ?? 0);
      const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host;
      server = opened;
      address = { url: `http://${shown}:${port}`, host, port };
      parts.log('info', 'door', 'open', { host, port });
      return address;
    },
    async stop() {
      const open = server;
      server = null;
      address = null;
      await open?.close();
    },
  };
}

function buildServer(parts: DoorParts, host: string): FastifyInstance {
  const server = fastify({ bodyLimit: bodyLimitBytes, forceCloseConnections: 'idle', trustProxy: false, logger: false });
  const attempts = createAttemptLimiter({ perMinute: 30 });
  const listensOnLoopback = loopbackAddresses.has(host) || host === 'localhost';

  // A page in a browser must not reach a door on loopback under a name of its own (DNS rebinding), nor from another origin.
  server.addHook('onRequest', async (request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff').header('Cache-Control', 'no-store');
    if (listensOnLoopback && !isLoopbackName(request.headers.host)) return refuse(reply, 421, new VitrineError('permission_denied', { details: { explanation: 'This door answers only to the names of this machine.' } }).toJSON());
    if (request.headers.origin !== undefined) return refuse(reply, 403, new VitrineError('permission_denied', { details: { explanation: 'This door is not for pages in a browser.' } }).toJSON());
    return undefined;
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
  server.setNotFoundHandler((request, reply) => refuse(reply, 404, new VitrineError('not_found', { details: { explanation: `There is nothing at ${request.method} ${request.url.slice(0, 200)}.` } }).toJSON()));

  server.get('/healthz', () => ({ status: 'ok', version: parts.applicationVersion, rev: parts.dispatch.rev(), readOnly: parts.dispatch.readOnly() }));

  async function authenticate(request: FastifyRequest): Promise<UserId> {
    const from = request.ip;
    if (attempts.isBlocked(from)) throw new VitrineError('not_signed_in', { details: { explanation: 'Too many wrong keys; wait a minute.' } });
    const key = keyOf(request.headers.authorization);
    // The key itself is never compared: its SHA-256 is looked up, so that time says nothing about how much of it was right.
    const user = key === null ? null : await parts.catalog.write('internal.authenticateKey', { hash: createHash('sha256').update(key).digest('hex') }, { actorId: parts.catalog.status().defaultUserId, entrance: 'http', message: null });
    const found = user === null ? null : (user.output as { readonly userId: UserId } | null);
    if (found === null) {
      attempts.fail(from);
      throw new VitrineError('not_signed_in');
    }
    return found.userId;
  }

  function contextOf(request: FastifyRequest, reply: FastifyReply, actorId: UserId): OperationContext {
    const controller = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
    const message = request.headers['x-vitrine-message'];
    return { actorId, entrance: 'http', message: typeof message === 'string' ? message : null, signal: controller.signal, report: () => undefined };
  }

  server.post<{ Params: { name: string } }>('/api/operations/:name', async (request, reply) => {
    const actorId = await authenticate(request);
    const name = request.params.name;
    if (operationsOnLocalFiles.has(name) && !(loopbackAddresses.has(request.ip) && actorId === parts.catalog.status().defaultUserId)) {
      throw new VitrineError('permission_denied', { details: { explanation: `${name} works on files of the machine that serves; only its own user may, from there.` } });
    }
    const result = await runChecked(parts.dispatch, name, request.body ?? {}, contextOf(request, reply, actorId));
    return { output: result.output, undo: result.undo, rev: result.rev ?? parts.dispatch.rev() };
  });

  server.get('/api/operations', async (request) => {
    await authenticate(request);
    return {
      operations: operationList.map((operation) => ({
        name: operation.name, kind: operation.kind, summary: operation.summary, audience: operation.audience, errors: operation.errors,
        input: z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' }),
        output: z.toJSONSchema(operation.output, { unrepresentable: 'any' }),
      })),
    };
  });

  server.get<{ Params: { id: string; '*': string } }>('/api/versions/:id/files/*', async (request, reply) => {
    const actorId = await authenticate(request);
    const id = Number(request.params.id);
    if (!Number.isSafeInteger(id) || id < 1) throw new VitrineError('bad_input', { details: { explanation: 'The id of a version is a positive whole number.' } });
    const entry = (await parts.catalog.read('internal.entry', { id, path: request.params['*'] }, { actorId })) as { readonly sha256: string | null; readonly size: number; readonly reference: string | null };
    if (entry.sha256 === null) throw new VitrineError('object_missing', { details: { path: request.params['*'], explanation: `Its bytes are at ${entry.reference ?? 'another place'}.` } });
    const range = parseByteRange(request.headers.range, entry.size);
    reply.header('Content-Type', mediaTypeOf(request.params['*'])).header('Accept-Ranges', 'bytes').header('ETag', `"${entry.sha256}"`).header('Content-Disposition', 'attachment');
    if (range === 'unsatisfiable') {
      reply.header('Content-Range', `bytes */${entry.size}`);
      return refuse(reply, 416, new VitrineError('bad_input', { details: { explanation: `The range lies outside of the file’s ${entry.size} bytes.` } }).toJSON());
    }
    const reader = await parts.store.openReader(entry.sha256, range === null ? {} : { start: range.start, end: range.end });
    const { Readable } = await import('node:stream');
    if (range !== null) reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end - 1}/${entry.size}`);
    reply.header('Content-Length', range === null ? entry.size : range.end - range.start);
    return reply.send(Readable.from(reader, { objectMode: false }));
  });

  return server;
}

function refuse(reply: FastifyReply, status: number, error: SerializedError): FastifyReply {
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer realm="Vitrine"');
  return reply.code(status).header('Content-Type', 'application/json; charset=utf-8').send(JSON.stringify({ error: { ...error, ...explainError(error) } }));
}

/** `Authorization: Bearer KEY`, or `Basic` with the key as password, as W&B's clients send it. */
function keyOf(header: string | undefined): string | null {
  if (header === undefined || header.length > 2000) return null;
  const [scheme, value] = header.split(' ', 2);
  if (scheme === undefined || value === undefined) return null;
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic': {
      const decoded = Buffer.from(value, 'base64').toString('utf8');
      const colon = decoded.indexOf(':');
      return colon < 0 ? null : decoded.slice(colon + 1);
    }
    default:
      return null;
  }
}

function isLoopbackName(header: string | undefined): boolean {
  if (header === undefined) return false;
  const name = header.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === '127.0.0.1' || name === '[::1]';
}
