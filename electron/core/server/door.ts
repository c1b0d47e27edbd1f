/**
 * The HTTP door: the contract's operations, the bytes of versions, and W&B's protocol, for scripts. Closed until somebody opens it, on
 * loopback unless told otherwise; every request but the health check carries an API key, or has an address that carries its own permission.
 */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { VitrineError } from '#shared/contract/index.ts';
import type { DoorParts } from './httpServer.ts';

export type DoorAddress = { readonly url: string; readonly host: string; readonly port: number };
export type DoorOptions = {
  readonly host?: string;
  readonly port?: number;
  /** Names beside the machine's own under which the door may be called. */
  readonly allowedHosts?: readonly string[];
  /** Files in PEM form. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  readonly slowClientPatience?: number;
};
export type Door = {
  /** Opens, or answers where it is open already. Throws `blocked` when the port is taken. */
  start(options?: DoorOptions): Promise<DoorAddress>;
  readonly address: DoorAddress | null;
  /** Takes no more connections, and closes after the requests under way, but no later than after `grace` milliseconds. */
  stop(options?: { readonly grace?: number }): Promise<void>;
};

/** Milliseconds that requests under way get where nobody says otherwise. */
const standardGrace = 5000;

export function createDoor(parts: DoorParts): Door {
  let server: FastifyInstance | null = null;
  let address: DoorAddress | null = null;
  let starting: Promise<DoorAddress> | null = null;

  async function open(options: DoorOptions): Promise<DoorAddress> {
    const host = options.host ?? '127.0.0.1';
    const tls = options.tls === undefined ? null : { cert: await readPem(options.tls.certFile, 'certificate'), key: await readPem(options.tls.keyFile, 'key') };
    // Loaded when a door is opened, which in most windows never happens: the server and GraphQL are half of core's code.
    const { buildServer } = await import('./httpServer.ts');
    await parts.catalog.readNearby();
    let opened: FastifyInstance;
    try {
      opened = await buildServer(parts, { host, allowedHosts: options.allowedHosts ?? [], tls, ...(options.slowClientPatience === undefined ? {} : { slowClientPatience: options.slowClientPatience }) });
    } catch (cause) {
      if (tls === null) throw cause;
      throw new VitrineError('bad_input', { details: { explanation: `The certificate and the key can’t be used for TLS: ${cause instanceof Error ? cause.message : 'they don’t fit'}.` }, cause });
    }
    try {
      await opened.listen({ host, port: options.port ?? 0 });
    } catch (cause) {
      await opened.close();
      throw new VitrineError('blocked', { details: { explanation: `The server can’t be started at ${host}:${options.port ?? 0}: ${(cause as NodeJS.ErrnoException).code ?? 'refused'}. Choose another port.` }, cause });
    }
    const bound = opened.server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : (options.port ?? 0);
    const shown = options.allowedHosts?.[0] ?? (host === '0.0.0.0' || host === '::' ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host);
    server = opened;
    address = { url: `${tls === null ? 'http' : 'https'}://${shown}:${port}`, host, port };
    parts.log('info', 'door', 'open', { host, port, tls: tls !== null });
    return address;
  }

  return {
    get address() {
      return address;
    },
    async start(options = {}) {
      if (address !== null) return address;
      starting ??= open(options).finally(() => {
        starting = null;
      });
      return starting;
    },
    async stop(options = {}) {
      await starting?.catch(() => undefined);
      const closing = server;
      server = null;
      address = null;
      if (closing === null) return;
      const late = setTimeout(() => closing.server.closeAllConnections(), options.grace ?? standardGrace);
      try {
        await closing.close();
      } finally {
        clearTimeout(late);
      }
    },
  };
}

async function readPem(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new VitrineError('file_unreadable', { details: { path: file, reason: `the ${what} can’t be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})` }, cause });
  }
}
