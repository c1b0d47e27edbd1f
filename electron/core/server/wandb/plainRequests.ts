/**
 * What W&B's clients send all day, answered without the server's router, hooks and parsers: a script that logs a version sends eight requests of
 * GraphQL and two small files, and those took a good part of what answering them takes. Whatever is out of the ordinary goes the server's own way, with the same answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticate } from '../keys.ts';
import type { Metrics } from '../metrics.ts';
import type { HostNames } from '../names.ts';
import type { SlowClientGuard } from '../slowClients.ts';
import { bodyLimitBytes, drainedBytes, jsonOf, uploadRoute, type WandbAnswers, type WireAnswer } from './routes.ts';

export type PlainRequestsParts = {
  readonly names: HostNames;
  readonly authenticate: Authenticate;
  readonly metrics: Metrics;
  readonly guard: SlowClientGuard;
  readonly answers: WandbAnswers;
  /** On every answer of the door. */
  readonly headers: Readonly<Record<string, string>>;
};

const graphqlRoute = '/graphql';
/** A file to an address that carries its own permission; such addresses as are made here, as they are made. */
const uploadAddress = /^\/api\/wandb\/uploads\/([\w.-]{1,2000})\/[\w.-]{1,80}$/;

/** Answers a request and says so; false for one that it leaves to the server, untouched. */
export function createPlainRequests(parts: PlainRequestsParts): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { names, authenticate, metrics, guard, answers } = parts;

  const isPlain = ({ headers }: IncomingMessage, mostBytes: number): boolean =>
    headers['content-encoding'] === undefined && headers.origin === undefined && isLengthTaken(headers['content-length'], mostBytes) && names.allows(headers.host);

  async function answerToGraphql(request: IncomingMessage, response: ServerResponse): Promise<WireAnswer | null> {
    const { headers, socket } = request;
    // The key comes first: nobody without one makes us read a body.
    const caller = await authenticate({ ip: socket.remoteAddress ?? '', headers });
    const body = await wholeOf(request);
    return body === null ? null : await answers.graphql(jsonOf(body), { headers, protocol: 'encrypted' in socket ? 'https' : 'http', response }, caller);
  }

  /** `answerTo` answers null where the client is gone. */
  async function serve(request: IncomingMessage, response: ServerResponse, route: string, answerTo: () => Promise<WireAnswer | null>): Promise<void> {
    const begun = performance.now();
    metrics.begin();
    response.once('close', () => metrics.end());
    response.once('finish', () => metrics.request({ route, method: request.method ?? '', status: response.statusCode, seconds: (performance.now() - begun) / 1000 }));
    // Who goes away in the middle of an answer is told of by `close`.
    response.on('error', () => undefined);
    guard.watch(request, response);
    let answer: WireAnswer | null;
    try {
      answer = await answerTo();
    } catch (thrown) {
      answer = answers.failure(thrown);
    }
    if (answer === null || response.destroyed) return;
    response.writeHead(answer.status, { ...parts.headers, ...answer.headers, 'Content-Length': Buffer.byteLength(answer.text) });
    response.end(answer.text);
  }

  return (request, response) => {
    const { method, url = '', headers } = request;
    if (method === 'POST' && url === graphqlRoute && headers['content-type'] === 'application/json' && isPlain(request, bodyLimitBytes)) {
      void serve(request, response, graphqlRoute, () => answerToGraphql(request, response));
      return true;
    }
    const token = method === 'PUT' ? uploadAddress.exec(url)?.[1] : undefined;
    if (token === undefined || !isPlain(request, drainedBytes)) return false;
    void serve(request, response, uploadRoute, () => answers.upload(token, request, response));
    return true;
  };
}

/** Whether a body is announced, and as one that is taken. */
function isLengthTaken(header: string | undefined, mostBytes: number): boolean {
  return header !== undefined && /^[1-9]\d{0,8}$/.test(header) && Number(header) <= mostBytes;
}

/** The body; null where its client went away before all of it was there. */
function wholeOf(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    if (request.destroyed) {
      resolve(null);
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.once('end', () => resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)));
    request.once('error', () => resolve(null));
    request.once('close', () => resolve(null));
  });
}
