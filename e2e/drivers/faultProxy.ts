/** A proxy before a server that fails as networks and servers do, when told to. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | { readonly kind: 'pass'; /** By the name that it was asked for, in place of its own. */ readonly host?: string }
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The connection is cut before the server hears of it. */
  | { readonly kind: 'drop' }
  /** The server does it, and nobody hears its answer: the request hangs until the proxy closes or `release` is called. */
  | { readonly kind: 'withhold' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The server does it, and the connection is cut before its answer is heard. */
  | { readonly kind: 'lose' }
  /** Half of the answer comes, as if it were whole. */
  | { readonly kind: 'truncate' }
  /** The server hears it twice; the second answer is the one that is heard. */
  | { readonly kind: 'repeat' };

export type Asked = { readonly method: string; readonly path: string; readonly authorization?: string };

export type FaultProxy = {
  readonly url: string;
  readonly asked: Asked[];
  /** Decides what becomes of each request; absent: all pass. */
  decide(rule: ((asked: Asked) => Fault) | null): void;
  /** As soon as a request of that path was withheld, after the server answered it. */
  withheld(path: string): Promise<void>;
  close(): Promise<void>;
};

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const asked: Asked[] = [];
  let rule: ((one: Asked) => Fault) | null = null;
  const held: string[] = [];
  const waiting: { readonly path: string; resolve(): void }[] = [];

  /** Whole requests and answers, for faults that need them whole. */
  function exchange(incoming: IncomingMessage, body: Buffer): Promise<{ readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly body: Buffer }> {
    return new Promise((resolve, reject) => {
      const upstream = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host, 'content-length': String(body.length), 'transfer-encoding': undefined } }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.once('end', () => {
          resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(pieces) });
        });
      });
      upstream.once('error', reject);
      upstream.end(body);
    });
  }

  async function whole(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer, fault: 'lose' | 'truncate' | 'repeat'): Promise<void> {
    let answer = await exchange(incoming, body);
    if (fault === 'repeat') answer = await exchange(incoming, body);
    if (fault === 'lose') {
      incoming.socket.destroy();
      return;
    }
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
    outgoing.writeHead(answer.status, headers);
    outgoing.end(fault === 'truncate' ? answer.body.subarray(0, Math.floor(answer.body.length / 2)) : answer.body);
  }

  async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  }

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, withhold: string | null, host = new URL(target).host): void {
    const upstream = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers: { ...incoming.headers, host } }, (answer) => {
      if (withhold !== null) {
        answer.resume();
        answer.once('end', () => {
          held.push(withhold);
          for (const one of waiting) if (withhold.includes(one.path)) one.resolve();
        });
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.once('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  }

  const server = createServer((incoming, outgoing) => {
    const { authorization } = incoming.headers;
    const one: Asked = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', ...(authorization === undefined ? {} : { authorization }) };
    asked.push(one);
    const fault = rule?.(one) ?? { kind: 'pass' };
    switch (fault.kind) {
      case 'lose':
      case 'truncate':
      case 'repeat':
        void bodyOf(incoming).then((body) => whole(incoming, outgoing, body, fault.kind)).catch(() => outgoing.destroy());
        return;
      case 'pass':
        forward(incoming, outgoing, null, fault.host);
        return;
      case 'answer':
        incoming.resume();
        outgoing.writeHead(fault.status, { 'content-type': 'text/html', ...fault.headers });
        outgoing.end(fault.body ?? '<html>no</html>');
        return;
      case 'drop':
        incoming.socket.destroy();
        return;
      case 'withhold':
        forward(incoming, outgoing, one.path);
        return;
      case 'delay':
        setTimeout(() => forward(incoming, outgoing, null), fault.milliseconds);
        return;
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`, asked,
    decide: (next) => {
      rule = next;
    },
    withheld: (path) => (held.some((one) => one.includes(path)) ? Promise.resolve() : new Promise((resolve) => waiting.push({ path, resolve }))),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
