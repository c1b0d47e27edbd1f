/**
 * The way into a running core for other processes of the same person: a local socket that only they may open. Frames are a
 * 4-byte big-endian length followed by that many bytes of JSON in UTF-8.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { VitrineError, type Transport } from '#shared/contract/index.ts';
import { createInbox } from './inbox.ts';

/** A frame larger than this is not ours: 256 MiB. */
const maximumFrameBytes = 256 * 1024 * 1024;
/** Longest path that a Unix socket's address holds on every system (macOS has 104 bytes with the NUL). */
const maximumSocketPathBytes = 100;

/** Where the socket of a catalog folder is: in it where the path is short enough, else under the temporary folder by its hash. */
export function socketPathOf(dataDirectory: string): string {
  const absolute = path.resolve(dataDirectory);
  const hash = createHash('sha256').update(absolute).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\vitrine-${hash}`;
  const inside = path.join(absolute, 'core.sock');
  if (Buffer.byteLength(inside) <= maximumSocketPathBytes) return inside;
  return path.join(tmpdir(), `vitrine-${userInfo().uid}`, `${hash}.sock`);
}

function transportOverSocket(socket: Socket): Transport {
  const inbox = createInbox();
  let buffered: Buffer[] = [];
  let bufferedBytes = 0;
  let wanted = -1;
  socket.setNoDelay(true);

  function take(count: number): Buffer {
    const all = buffered.length === 1 ? buffered[0]! : Buffer.concat(buffered);
    const head = all.subarray(0, count);
    const rest = all.subarray(count);
    buffered = rest.length === 0 ? [] : [rest];
    bufferedBytes = rest.length;
    return head;
  }

  socket.on('data', (chunk: Buffer) => {
    buffered.push(chunk);
    bufferedBytes += chunk.length;
    for (;;) {
      if (wanted < 0) {
        if (bufferedBytes < 4) return;
        wanted = take(4).readUInt32BE(0);
        if (wanted > maximumFrameBytes) {
          socket.destroy();
          return;
        }
      }
      if (bufferedBytes < wanted) return;
      const frame = take(wanted);
      wanted = -1;
      let message: unknown;
      try {
        message = JSON.parse(frame.toString('utf8'));
      } catch {
        socket.destroy();
        return;
      }
      inbox.deliver(message);
    }
  });
  // A peer that goes away mid-write is told by `close`; the error itself says nothing more.
  socket.on('error', () => undefined);

  return {
    post(message) {
      const body = Buffer.from(JSON.stringify(message), 'utf8');
      const head = Buffer.alloc(4);
      head.writeUInt32BE(body.length, 0);
      socket.cork();
      socket.write(head);
      socket.write(body);
      socket.uncork();
    },
    onMessage: inbox.onMessage,
    onClose(next) {
      socket.on('close', next);
    },
    close() {
      socket.end();
    },
  };
}

export type SocketListener = {
  readonly path: string;
  /** How many others are connected. */
  readonly connections: number;
  /** Resolves once nobody is connected, or after so many milliseconds. */
  untilAlone(milliseconds: number): Promise<void>;
  /** Lets nobody in any more and resolves when those who are have gone by themselves. */
  drain(): Promise<void>;
  /** Closes at once, whoever is connected. */
  close(): Promise<void>;
};

/**
 * Listens on the catalog's socket. Call only while owning the catalog: a socket file left by an owner that died is removed.
 */
export async function listenOnSocket(dataDirectory: string, accept: (transport: Transport) => void): Promise<SocketListener> {
  const socketPath = socketPathOf(dataDirectory);
  if (process.platform !== 'win32') {
    await mkdir(path.dirname(socketPath), { recursive: true, mode: 0o700 });
    await rm(socketPath, { force: true });
  }
  const open = new Set<Socket>();
  const whenAlone = new Set<() => void>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      if (open.size === 0) for (const tell of whenAlone) tell();
    });
    accept(transportOverSocket(socket));
  });
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= new Promise((resolve) => server.close(() => resolve())));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Between bind and chmod the file has the mask's rights: narrow the mask, not only the file.
    const mask = process.platform === 'win32' || !canChangeMask() ? null : process.umask(0o177);
    server.listen(socketPath, () => {
      server.off('error', reject);
      resolve();
    });
    if (mask !== null) process.umask(mask);
  });
  if (process.platform !== 'win32') await chmod(socketPath, 0o600);
  return {
    path: socketPath,
    get connections() {
      return open.size;
    },
    untilAlone: (milliseconds) =>
      open.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            const tell = (): void => {
              whenAlone.delete(tell);
              clearTimeout(timer);
              resolve();
            };
            const timer = setTimeout(tell, milliseconds);
            whenAlone.add(tell);
          }),
    drain: stop,
    async close() {
      const closed = stop();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function canChangeMask(): boolean {
  // Worker threads may read the mask but not set it.
  try {
    process.umask(process.umask());
    return true;
  } catch {
    return false;
  }
}

/** Connects to the core that owns a catalog folder; `core_unavailable` when none listens. */
export function connectToSocket(dataDirectory: string): Promise<Transport> {
  const socketPath = socketPathOf(dataDirectory);
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(transportOverSocket(socket));
    });
    socket.once('error', (cause) => reject(new VitrineError('core_unavailable', { details: { directory: dataDirectory }, cause })));
  });
}
