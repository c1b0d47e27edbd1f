/** Stands between a client and the door, passes everything on as it is, and remembers what was asked and answered. */
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Recorded = {
  readonly method: string;
  readonly path: string;
  /** Name of the GraphQL operation, where it is one. */
  readonly operation: string | null;
  readonly query: string | null;
  readonly variables: unknown;
  readonly status: number;
  /** What a script streamed, where it is that. */
  readonly streamed: unknown;
  /** The answer’s text, where it is GraphQL. */
  readonly answer: string | null;
  readonly milliseconds: number;
};

export type Recorder = {
  readonly url: string;
  readonly requests: readonly Recorded[];
  /** Resolves when the next request is passed on to the door whole: of that GraphQL operation, or to an address that begins so. */
  passedOn(what: { readonly operation: string } | { readonly path: string }): Promise<void>;
  /** Names of the GraphQL operations that were asked, in order. */
  operations(): readonly string[];
  close(): Promise<void>;
};

/** Opens a recorder before a door. The door sees the recorder’s own address as the host, so URLs that it answers lead through here, too. */
export async function recordBefore(doorUrl: string): Promise<Recorder> {
  const door = new URL(doorUrl);
  const requests: Recorded[] = [];
  const awaited = new Set<{ readonly isMeant: (path: string, operation: string | null) => boolean; readonly resolve: () => void }>();
  const server = createServer({ requestTimeout: 0 }, (incoming, outgoing) => {
    const begun = performance.now();
    const isGraphql = incoming.url === '/graphql';
    const isStream = incoming.url?.endsWith('/file_stream') === true;
    const asked: Buffer[] = [];
    const answered: Buffer[] = [];
    const passed = forward({ host: door.hostname, port: door.port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer: IncomingMessage) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      if (isGraphql) answer.on('data', (chunk: Buffer) => answered.push(chunk));
      answer.pipe(outgoing);
      answer.on('end', () => {
        const body = isGraphql ? readGraphql(asked) : null;
        requests.push({
          method: incoming.method ?? '', path: incoming.url ?? '', operation: body?.name ?? null, query: body?.query ?? null, variables: body?.variables ?? null, streamed: isStream ? readJson(asked) : null,
          status: answer.statusCode ?? 0, answer: isGraphql ? Buffer.concat(answered).toString('utf8') : null, milliseconds: performance.now() - begun,
        });
      });
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    if (isGraphql || isStream) incoming.on('data', (chunk: Buffer) => asked.push(chunk));
    incoming.on('end', () => {
      for (const one of awaited) {
        if (!one.isMeant(incoming.url ?? '', isGraphql ? (readGraphql(asked)?.name ?? null) : null)) continue;
        awaited.delete(one);
        one.resolve();
      }
    });
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    passedOn: (what) =>
      new Promise((resolve) => {
        awaited.add({ isMeant: (path, operation) => ('path' in what ? path.startsWith(what.path) : operation === what.operation), resolve });
      }),
    operations: () => requests.flatMap(({ operation }) => (operation === null ? [] : [operation])),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readGraphql(parts: readonly Buffer[]): { readonly name: string | null; readonly query: string; readonly variables: unknown } | null {
  if (parts.length === 0) return null;
  try {
    const { query, variables } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { readonly query: string; readonly variables?: unknown };
    return { name: /\b(?:query|mutation|subscription)\s+(\w+)/u.exec(query)?.[1] ?? null, query, variables: variables ?? null };
  } catch {
    return null;
  }
}

function readJson(pieces: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    return null;
  }
}
