/**
 * Cuts off who neither sends nor takes: bodies have no time limit, since a large upload takes as long as it takes, but they must move.
 * A connection whose bytes wait for us is not slow: we are.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

export type SlowClientGuard = { watch(request: IncomingMessage, response: ServerResponse): void; close(): void };

type Watched = { readonly request: IncomingMessage; readonly response: ServerResponse; read: number; written: number; since: number };

export type SlowClientOptions = {
  /** Milliseconds in which the least number of bytes must come or go. */
  readonly patience?: number;
  readonly leastBytes?: number;
  readonly now?: () => number;
  readonly onCut?: (facts: { readonly url: string; readonly direction: 'in' | 'out' }) => void;
};

export function createSlowClientGuard(options: SlowClientOptions = {}): SlowClientGuard {
  const patience = options.patience ?? 60_000;
  const leastBytes = options.leastBytes ?? 1024;
  const now = options.now ?? (() => performance.now());
  const watched = new Set<Watched>();

  function look(): void {
    const at = now();
    for (const one of watched) {
      const { request, response } = one;
      const { socket } = request;
      const comes = !request.complete && request.readableLength === 0;
      const goes = request.complete && response.headersSent && socket.writableLength > 0;
      if (!comes && !goes) {
        restart(one, at);
        continue;
      }
      const moved = comes ? socket.bytesRead - one.read : socket.bytesWritten - one.written;
      if (moved >= leastBytes) {
        restart(one, at);
        continue;
      }
      if (at - one.since < patience) continue;
      watched.delete(one);
      options.onCut?.({ url: (request.url ?? '').slice(0, 40), direction: comes ? 'in' : 'out' });
      socket.destroy();
    }
  }

  function restart(one: Watched, at: number): void {
    one.read = one.request.socket.bytesRead;
    one.written = one.request.socket.bytesWritten;
    one.since = at;
  }

  const timer = setInterval(look, Math.max(50, patience / 6));
  timer.unref();
  return {
    watch(request, response) {
      const one: Watched = { request, response, read: request.socket.bytesRead, written: request.socket.bytesWritten, since: now() };
      watched.add(one);
      response.once('close', () => watched.delete(one));
    },
    close() {
      clearInterval(timer);
      watched.clear();
    },
  };
}
