/** A proxy before a server that fails as networks and servers do, when told to. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The connection is cut before the server hears of it. */
  | { readonly kind: 'drop' }
  /** The server does it, and nobody hears its answer: the request hangs until the proxy closes or `release` is called. */
  | { readonly kind: 'withhold' }
  | { readonly kind: 'delay'; readonly milliseconds: number };

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

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, withhold: string | null): void {
    const upstream = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host } }, (answer) => {
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
      case 'pass':
        forward(incoming, outgoing, null);
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
