/**
 * Requests to a remote: through the platform's fetch, with what must hold for every one of them. Never follows a redirect (the credential
 * would go along to whoever it leads to), never waits without an end, never reads an answer without a limit, and counts what it costs.
 */
import { VitrineError } from '#shared/contract/errors.ts';
import { explainError } from '#shared/contract/explain.ts';
import { ServerClock } from './serverClock.ts';

export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

export type Traffic = { requests: number; bytesIn: number; bytesOut: number };

export type Answer = { readonly status: number; readonly type: string; readonly text: string; readonly date: number | null };

/** What is sent to an address: where it is a whole one of its own (`https://…`) it carries its own permission, and neither our credential nor our headers go along. */
const isWhole = (path: string): boolean => /^https?:\/\//iu.test(path);

export type HttpOptions = {
  readonly name: string;
  readonly base: string;
  readonly credential: Credential;
  readonly headers?: Readonly<Record<string, string>>;
  readonly traffic: Traffic;
  /** Milliseconds until the first byte of an answer. */
  readonly patience?: number;
};

export type Call = { readonly method?: string; readonly query?: Readonly<Record<string, string | number | undefined>>; readonly body?: unknown; /** Without the headers that stand for every other call. */ readonly bare?: boolean; readonly signal: AbortSignal; /** Statuses that the caller understands by itself: they come back as answers. */ readonly heard?: readonly number[] };

type Body = NonNullable<RequestInit['body']>;

const patience = 60_000;
/** Bytes a millisecond: an upload may take as long as it takes at this. */
const slowestUpload = 50;
/** An answer in JSON above this many bytes is no answer to anything that was asked. */
const largestAnswer = 64 * 1024 * 1024;
/** A file of which less than this many bytes came within the patience is cut off: it would never end. */
const leastProgress = 1024;

export class RemoteHttp {
  readonly clock = new ServerClock();
  readonly #options: HttpOptions;
  readonly #base: URL;

  /** @throws VitrineError `bad_input` when the address is none */
  constructor(options: HttpOptions) {
    this.#options = options;
    this.#base = baseOf(options.base);
  }

  get base(): string {
    return this.#base.href.replace(/\/$/u, '');
  }

  get traffic(): Traffic {
    return this.#options.traffic;
  }

  /** An answer of any status but those that say that nobody is there or that we may not in. */
  async ask(path: string, call: Call): Promise<Answer> {
    const response = await this.#send(path, call, call.body === undefined ? undefined : JSON.stringify(call.body), call.body === undefined ? {} : { 'content-type': 'application/json' });
    const text = await this.#text(response);
    const answer = { status: response.status, type: response.headers.get('content-type') ?? '', text, date: dateOf(response) };
    if (call.heard?.includes(answer.status) !== true) this.#refuse(answer, response);
    return answer;
  }

  /** JSON of a call that went well. @throws VitrineError `remote_refused` with `details.errorCode` as the server gave it */
  async json<Value>(path: string, call: Call): Promise<Value> {
    const answer = await this.ask(path, call);
    const value = parsed(answer);
    // A refusal that was cut off on its way is none: what it refused, and why, nobody knows.
    if (value === undefined && answer.text !== '' && /\bjson\b/u.test(answer.type)) throw this.#nonsense('sent an answer that breaks off');
    if (answer.status >= 400) {
      const { error_code: errorCode, message } = (typeof value === 'object' && value !== null ? value : {}) as { readonly error_code?: unknown; readonly message?: unknown };
      throw new VitrineError('remote_refused', { details: { remote: this.#options.name, status: answer.status, errorCode: typeof errorCode === 'string' ? errorCode : null, explanation: `${this.#options.name} answered: ${shown(typeof message === 'string' ? message : answer.text)}` } });
    }
    if (value === undefined) throw this.#nonsense(`answered ${shown(answer.type)} where JSON was expected`);
    return value as Value;
  }

  /** The bytes of a file, as they come. @throws VitrineError `remote_failed` when they end early */
  async *read(path: string, size: number | null, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const response = await this.#send(path, { signal }, undefined, {});
    if (response.status >= 400 || response.body === null) {
      const answer = { status: response.status, type: '', text: await this.#text(response), date: null };
      this.#refuse(answer, response);
      throw new VitrineError('remote_refused', { details: { remote: this.#options.name, status: response.status, explanation: `${this.#options.name} does not give the file (${response.status}): ${shown(answer.text)}` } });
    }
    yield* this.#pieces(response, size, signal);
  }

  async *#pieces(response: Response, size: number | null, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let read = 0;
    let before = 0;
    const late = this.#arrived(response);
    const watch = setInterval(() => {
      if (read - before < leastProgress) late?.abort(new DOMException('The bytes stopped coming', 'TimeoutError'));
      before = read;
    }, this.#options.patience ?? patience);
    try {
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
        read += piece.length;
        this.#options.traffic.bytesIn += piece.length;
        if (size !== null && read > size) throw this.#nonsense(`sent more than the ${size} bytes that it listed`);
        yield piece;
      }
    } catch (thrown) {
      throw thrown instanceof VitrineError ? thrown : this.#unreachable(thrown, signal);
    } finally {
      clearInterval(watch);
    }
    // The proxy sends no length, so an answer that was cut short looks like one that ended.
    if (size !== null && read !== size) throw this.#nonsense(`sent ${read} of ${size} bytes`);
  }

  /**
   * Bytes `[start, end)` of a file, from a path of the server or from an address that the server signed and that gets no credential of ours;
   * null where what answers gives the whole only. @throws VitrineError as `read`
   */
  async range(at: string | URL, query: Call['query'], start: number, end: number, signal: AbortSignal): Promise<{ readonly etag: string | null; readonly content: AsyncGenerator<Uint8Array> } | null> {
    const range = { range: `bytes=${start}-${end - 1}` };
    const response = at instanceof URL ? await this.#sendUnsigned(at, range, signal) : await this.#send(at, { signal, ...(query === undefined ? {} : { query }) }, undefined, range);
    if (response.status === 206 && response.body !== null && response.headers.get('content-range')?.startsWith(`bytes ${start}-${end - 1}/`) === true) return { etag: response.headers.get('etag'), content: this.#pieces(response, end - start, signal) };
    if (response.status < 300) {
      this.#arrived(response);
      await response.body?.cancel().catch(() => undefined);
      return null;
    }
    const answer = { status: response.status, type: '', text: await this.#text(response), date: null };
    this.#refuse(answer, response);
    throw new VitrineError('remote_refused', { details: { remote: this.#options.name, status: response.status, explanation: `${this.#options.name} does not give the file (${response.status}): ${shown(answer.text)}` } });
  }

  async #sendUnsigned(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    this.#guard(url);
    this.#options.traffic.requests += 1;
    try {
      return await this.#patiently(signal, this.#options.patience ?? patience, (stop) => fetch(url, { redirect: 'manual', signal: stop, headers: { 'user-agent': 'vitrine', ...headers } }));
    } catch (thrown) {
      throw this.#unreachable(thrown, signal);
    }
  }

  /** An address that the server gives is no less guarded than the server itself, and never one where machines keep what only they may read. */
  #guard(url: URL): void {
    if (url.protocol !== 'https:' && (url.protocol !== 'http:' || this.#base.protocol !== 'http:')) throw this.#nonsense(`leads to ${shown(url.origin)}, which is less guarded than it is itself`);
    if (/^(?:169\.254\.|\[fe[89ab])/u.test(url.hostname)) throw this.#nonsense(`leads to ${shown(url.hostname)}, an address of no server`);
  }

  async put(path: string, content: AsyncIterable<Uint8Array>, size: number, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const { traffic } = this.#options;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of content) {
        traffic.bytesOut += piece.length;
        yield piece;
      }
    }
    const response = await this.#send(path, { method: 'PUT', signal }, size === 0 ? new Uint8Array(0) : (ReadableStream.from(counted()) as unknown as Body), { 'content-type': 'application/octet-stream', 'content-length': String(size), ...headers }, 600_000 + size / slowestUpload);
    const answer = { status: response.status, type: '', text: await this.#text(response), date: null };
    this.#refuse(answer, response);
    if (answer.status >= 400) throw new VitrineError('remote_refused', { details: { remote: this.#options.name, status: answer.status, explanation: `${this.#options.name} does not take the file (${answer.status}): ${shown(answer.text)}` } });
  }

  async #send(path: string, call: Call, body: Body | undefined, headers: Readonly<Record<string, string>>, wait = this.#options.patience ?? patience): Promise<Response> {
    const { credential, traffic } = this.#options;
    // Joined, never resolved: a server may lie below a path of its own.
    const whole = isWhole(path);
    const url = new URL(whole ? path : `${this.base}${path}`);
    if (whole) this.#guard(url);
    for (const [key, value] of Object.entries(call.query ?? {})) if (value !== undefined) url.searchParams.set(key, String(value));
    const authorization = whole ? undefined : credential.kind === 'basic' ? `Basic ${Buffer.from(`${credential.username}:${credential.password}`, 'utf8').toString('base64')}` : credential.kind === 'token' ? `Bearer ${credential.token}` : undefined;
    traffic.requests += 1;
    if (typeof body === 'string') traffic.bytesOut += Buffer.byteLength(body);
    try {
      const sentAt = Date.now();
      const response = await this.#patiently(call.signal, wait, (stop) => fetch(url, {
        method: call.method ?? 'GET', redirect: 'manual', signal: stop,
        headers: { accept: 'application/json', 'user-agent': 'vitrine', ...(whole || call.bare === true ? {} : this.#options.headers), ...headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body, duplex: 'half' }),
      } as RequestInit));
      const date = dateOf(response);
      // What took long says little of when the server looked at its clock.
      if (date !== null && call.method === undefined) this.clock.heard(sentAt, Date.now(), date);
      return response;
    } catch (thrown) {
      throw this.#unreachable(thrown, call.signal);
    }
  }

  readonly #deadlines = new WeakMap<Response, { readonly timer: NodeJS.Timeout; readonly late: AbortController }>();

  /** Cuts off what has not answered in time; what has, goes on until `#arrived` says that its bytes may take as long as they take. */
  async #patiently(signal: AbortSignal, wait: number, send: (stop: AbortSignal) => Promise<Response>): Promise<Response> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException('It does not answer in time', 'TimeoutError')), wait);
    try {
      const response = await send(AbortSignal.any([signal, late.signal]));
      this.#deadlines.set(response, { timer, late });
      return response;
    } catch (thrown) {
      clearTimeout(timer);
      throw thrown;
    }
  }

  /** What can still cut it off. */
  #arrived(response: Response): AbortController | undefined {
    const deadline = this.#deadlines.get(response);
    clearTimeout(deadline?.timer);
    return deadline?.late;
  }

  async #text(response: Response): Promise<string> {
    if (response.body === null) {
      this.#arrived(response);
      return '';
    }
    const decoder = new TextDecoder();
    let text = '';
    let read = 0;
    try {
      if (Number(response.headers.get('content-length') ?? 0) > largestAnswer) throw this.#nonsense(`offers more than ${largestAnswer} bytes as one answer`);
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
        read += piece.length;
        this.#options.traffic.bytesIn += piece.length;
        if (read > largestAnswer) throw this.#nonsense(`sent more than ${largestAnswer} bytes as one answer`);
        text += decoder.decode(piece, { stream: true });
      }
    } catch (thrown) {
      throw thrown instanceof VitrineError ? thrown : this.#unreachable(thrown, new AbortController().signal);
    } finally {
      this.#arrived(response);
    }
    return text + decoder.decode();
  }

  /** Statuses that are about the server or about us, whatever was asked. */
  #refuse(answer: Answer, response: Response): void {
    const { name } = this.#options;
    const { status } = answer;
    if (status === 401) throw new VitrineError('remote_sign_in', { details: { remote: name, status, explanation: `${name} does not know the credential, or asks for one.` } });
    if (status === 403) throw new VitrineError('remote_sign_in', { details: { remote: name, status, explanation: `${name} does not allow it: ${shown(answer.text)}` } });
    if (status >= 300 && status < 400) throw this.#nonsense(`leads on to ${shown(hostOf(response.headers.get('location')))}; enter that address instead, if you trust it`);
    if (status === 429 || status >= 500) {
      const after = retryAfter(response);
      throw new VitrineError('remote_failed', { details: { remote: name, status, ...(after === null ? {} : { retryAfterMilliseconds: after }), explanation: status === 429 ? `${name} asks to wait.` : `${name} failed (${status}): ${shown(answer.text)}` } });
    }
  }

  /** What a server said that makes no sense. */
  nonsense(what: string): VitrineError {
    return this.#nonsense(what);
  }

  #nonsense(what: string): VitrineError {
    return new VitrineError('remote_failed', { details: { remote: this.#options.name, explanation: `${this.#options.name} ${what}.` } });
  }

  #unreachable(thrown: unknown, signal: AbortSignal): VitrineError {
    if (signal.aborted) return new VitrineError('cancelled', { details: { operation: 'sync' } });
    return new VitrineError('remote_unreachable', { details: { remote: this.#options.name, reason: reasonOf(thrown), explanation: `${this.#options.name} at ${this.#base.host} can’t be reached: ${reasonOf(thrown)}.` }, cause: thrown });
  }
}

/** @throws VitrineError `bad_input` */
export function baseOf(text: string): URL {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new VitrineError('bad_input', { details: { explanation: `“${text}” is no web address: it begins with https:// or http://.` } });
  if (url.username !== '' || url.password !== '') throw new VitrineError('bad_input', { details: { explanation: 'Credentials don’t go into the address: enter them by themselves, so that they can be kept apart.' } });
  url.hash = '';
  url.search = '';
  return url;
}

function parsed(answer: Answer): unknown {
  try {
    return answer.text === '' ? undefined : JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}

const dateOf = (response: Response): number | null => {
  const at = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(at) ? null : at;
};

function retryAfter(response: Response): number | null {
  const text = response.headers.get('retry-after');
  if (text === null) return null;
  const seconds = Number(text);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) && wait > 0 ? Math.min(wait, 3_600_000) : null;
}

const hostOf = (location: string | null): string => (location === null ? 'another place' : (URL.parse(location)?.origin ?? location));

/** One line of what a server says, without what terminals and windows could take for more. */
export function shown(text: string): string {
  const line = text.replaceAll(/<[^>]*>/gu, ' ').replaceAll(/\s+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line === '' ? 'nothing' : line;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'there is no such host', EAI_AGAIN: 'the host’s name can’t be looked up', ECONNRESET: 'the connection was cut', ETIMEDOUT: 'it does not answer', EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no network', UND_ERR_SOCKET: 'the connection was cut', UND_ERR_CONNECT_TIMEOUT: 'it does not answer', UND_ERR_HEADERS_TIMEOUT: 'it does not answer', UND_ERR_BODY_TIMEOUT: 'the answer stopped midway', DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (set NODE_EXTRA_CA_CERTS to trust it)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by somebody unknown (set NODE_EXTRA_CA_CERTS to trust it)', UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by somebody unknown (set NODE_EXTRA_CA_CERTS to trust it)', CERT_HAS_EXPIRED: 'its certificate has expired', ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

export function reasonOf(thrown: unknown): string {
  let innermost = 'the connection failed';
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    const { code } = error as { readonly code?: unknown };
    innermost = error.message;
    if (error.name === 'TimeoutError') return 'it does not answer in time';
    if (typeof code === 'string') return reasons[code] ?? code;
    if (error instanceof AggregateError && error.errors[0] instanceof Error) {
      const inner = (error.errors[0] as { readonly code?: unknown }).code;
      if (typeof inner === 'string') return reasons[inner] ?? inner;
    }
  }
  return innermost;
}

/** What a failure says, in a sentence. */
export const sentenceOf = (error: VitrineError): string => explainError(error).sentence;
