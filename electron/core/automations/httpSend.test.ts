import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveryLimits } from '#shared/domain/index.ts';
import { isAllowedByName, isPublicAddress } from './guard.ts';
import { keptConnections, sendHttp, type Outgoing, type Sent } from './httpSend.ts';
import { startReceiver, well, type Receiver } from './receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const outgoing = (url = `${receiver.url}/hook`): Outgoing => ({ url, headers: [{ name: 'content-type', value: 'application/json', confidential: false }, { name: 'authorization', value: 'Bearer hush', confidential: true }], body: '{"a":1}' });
const send = (more: { readonly url?: string; readonly timeout?: number; readonly allowed?: readonly string[]; readonly lookup?: Parameters<typeof sendHttp>[1]['lookup']; readonly ca?: string } = {}): Promise<Sent> =>
  sendHttp(outgoing(more.url), { allowed: new Set(more.allowed ?? [receiver.host]), timeout: more.timeout ?? 2000, ...(more.lookup === undefined ? {} : { lookup: more.lookup }), ...(more.ca === undefined ? {} : { ca: more.ca }) });

/** Stands in for the system's resolver: names that no test may really ask for. Answers in turn, the last one for ever. */
const fakeLookup = (...answers: readonly (readonly string[])[]): NonNullable<Parameters<typeof sendHttp>[1]['lookup']> => {
  let turn = 0;
  return ((_name: string, _options: unknown, callback: (error: null, addresses: unknown) => void) => {
    const addresses = answers[Math.min(turn++, answers.length - 1)] ?? [];
    callback(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  }) as never;
};

describe('a receiver that fails', () => {
  it('by hanging is left after the time', async () => {
    receiver.behave(() => undefined);
    expect(await send({ timeout: 200 })).toMatchObject({ kind: 'failed', transient: true });
  });

  it('by dropping the connection is tried again', async () => {
    receiver.behave((_request, response) => response.destroy());
    expect(await send()).toMatchObject({ kind: 'failed', transient: true });
  });

  it('by dripping is left after the time, however lively it is', async () => {
    receiver.behave((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });
    expect(await send({ timeout: 300 })).toMatchObject({ kind: 'failed', transient: true });
  });

  it('with an answer of a gigabyte is heard for its beginning alone', async () => {
    let written = 0;
    receiver.behave((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      const more = (): void => {
        while (written < 1024 && !response.destroyed) {
          written += 1;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const sent = await send();
    expect(sent).toMatchObject({ kind: 'answered', status: 200 });
    if (sent.kind === 'answered') expect(sent.response.length).toBeLessThan(deliveryLimits.answer + 1000);
    expect(written).toBeLessThan(100);
  });

  it.each([500, 503, 429, 404, 200])('answering %i is told as it answered', async (status) => {
    receiver.behave((_request, response) => response.writeHead(status, { 'retry-after': '7' }).end('words'));
    expect(await send()).toEqual({ kind: 'answered', status, retryAfter: '7', response: expect.stringContaining('words') as unknown });
  });

  it('with nobody there is tried again', async () => {
    const other = await startReceiver();
    await other.close();
    expect(await send({ url: other.url, allowed: [other.host] })).toMatchObject({ kind: 'failed', transient: true });
  });

  it('with a wrong certificate is not tried again; a trusted one is heard', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-certificate-'));
    const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'certificate.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_request, response) => response.writeHead(204).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await send({ url: `https://localhost:${port}/`, allowed: [`localhost:${port}`] })).toMatchObject({ kind: 'failed', transient: false });
      expect(await send({ url: `https://localhost:${port}/`, allowed: [`localhost:${port}`], ca: readFileSync(certificate, 'utf8') })).toMatchObject({ kind: 'answered', status: 204 });
      // No TLS at all behind an https address.
      expect(await send({ url: receiver.url.replace('http:', 'https:') })).toMatchObject({ kind: 'failed', transient: false });
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the guard', () => {
  it.each(['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0', '100.64.0.1', '::1', '::', 'fe80::1', 'fd00::1', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '224.0.0.1', '255.255.255.255', 'nonsense'])('keeps away from %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it.each(['8.8.8.8', '2606:4700::1111'])('lets through to %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(['http://169.254.169.254/', 'http://[::ffff:169.254.169.254]/', 'http://2130706433/', 'http://0x7f.1/', 'http://127.1/', 'http://user@127.0.0.1/', 'http://[::1]:80/', 'http://localhost/'])('refuses %s, however it is written', async (url) => {
    expect(await send({ url, allowed: [] })).toMatchObject({ kind: 'failed', transient: false, problem: expect.stringContaining('allow') as unknown });
  });

  it('judges a name by where it leads when the connection is made, each time anew', async () => {
    const { port } = new URL(receiver.url);
    receiver.behave(well);
    const url = `http://hooks.example:${port}/`;
    expect(await send({ url, allowed: [], lookup: fakeLookup(['127.0.0.1']) })).toMatchObject({ kind: 'failed', transient: false });
    // One good address among bad ones gains nothing.
    expect(await send({ url, allowed: [], lookup: fakeLookup(['8.8.8.8', '127.0.0.1']) })).toMatchObject({ kind: 'failed', transient: false });
    expect(await send({ url, allowed: [`hooks.example:${port}`], lookup: fakeLookup(['127.0.0.1']) })).toMatchObject({ kind: 'answered', status: 204 });
    expect(isAllowedByName(new URL('http://HOOKS.example./'), new Set(['hooks.example']))).toBe(true);
    expect(isAllowedByName(new URL(`http://hooks.example:1/`), new Set(['hooks.example:2']))).toBe(false);
  });

  it('looks again after a redirect, and tells no other origin what is confidential', async () => {
    const inside = await startReceiver();
    const before = receiver.received.length;
    receiver.behave((request, response) => (request.path === '/hook' ? response.writeHead(307, { location: `${inside.url}/inside` }).end() : well(request, response, null as never)));
    expect(await send()).toMatchObject({ kind: 'failed', transient: false });
    expect(inside.received).toHaveLength(0);
    expect(await send({ allowed: [receiver.host, inside.host] })).toMatchObject({ kind: 'answered', status: 204 });
    expect(receiver.received.slice(before).map((one) => one.headers['authorization'])).toEqual(['Bearer hush', 'Bearer hush']);
    expect(inside.received.map((one) => [one.path, one.body, one.headers['authorization']])).toEqual([['/inside', '{"a":1}', undefined]]);
    // Round and round ends; a page to look at is no place to send to.
    receiver.behave((_request, response) => response.writeHead(308, { location: '/hook' }).end());
    expect(await send()).toMatchObject({ kind: 'failed', transient: false });
    receiver.behave((_request, response) => response.writeHead(302, { location: `${inside.url}/page` }).end());
    expect(await send({ allowed: [receiver.host, inside.host] })).toMatchObject({ kind: 'answered', status: 302 });
    await inside.close();
  });

  it('keeps a connection for the next request, unless the answer was not read to its end; what is allowed no more is not reached through it', async () => {
    const connections = keptConnections();
    const sockets = new Set<unknown>();
    receiver.behave((request, response, message) => {
      sockets.add(message.socket);
      well(request, response, message);
    });
    try {
      const again = (allowed = [receiver.host]): Promise<Sent> => sendHttp(outgoing(), { allowed: new Set(allowed), connections });
      for (let each = 0; each < 5; each++) expect(await again()).toMatchObject({ kind: 'answered', status: 204 });
      const before = sockets.size;
      expect(before).toBeLessThan(3);
      expect(await again([])).toMatchObject({ kind: 'failed', transient: false });
      expect(sockets.size).toBe(before);
      receiver.behave((_request, response, message) => {
        sockets.add(message.socket);
        response.end('x'.repeat(deliveryLimits.answer * 4));
      });
      expect(await again()).toMatchObject({ kind: 'answered', status: 200 });
      receiver.behave((request, response, message) => {
        sockets.add(message.socket);
        well(request, response, message);
      });
      // However large it was: nothing of it is left before the next answer.
      expect(await again()).toMatchObject({ kind: 'answered', status: 204 });
    } finally {
      connections.close();
    }
  });

  it('holds no connection open behind it', async () => {
    receiver.behave(well);
    await send();
    // Whoever connects next is served: nothing waits.
    const { hostname, port } = new URL(receiver.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.destroy();
        resolve();
      });
      socket.once('error', reject);
    });
  });
});
