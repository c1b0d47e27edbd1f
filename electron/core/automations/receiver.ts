/** For tests: a receiver of webhooks that answers as told, or in one of the ways in which receivers fail. A real server on a real port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = { readonly path: string; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: string };
export type Behaviour = (request: Received, response: ServerResponse, message: IncomingMessage) => void;

export type Receiver = {
  readonly url: string;
  /** `host:port`. */
  readonly host: string;
  readonly received: readonly Received[];
  behave(behaviour: Behaviour): void;
  /** Resolves once so many requests have come in all. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
};

export const well: Behaviour = (_request, response) => {
  response.writeHead(204).end();
};

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let behaviour = well;
  const server: Server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const one = { path: message.url ?? '', headers: message.headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      for (const each of waiting) if (received.length >= each.count) each.resolve();
      behaviour(one, response, message);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    received,
    behave(next) {
      behaviour = next;
    },
    until: (count) => new Promise((resolve) => (received.length >= count ? resolve() : waiting.push({ count, resolve }))),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
