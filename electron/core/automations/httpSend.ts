/** One HTTP request of an automation, with everything that could go wrong bounded: time, answer, redirects, addresses. */
import { Agent, request } from 'undici';
import { deliveryLimits } from '#shared/domain/index.ts';
import { AddressRefused, checkWritten, guardedLookup, isAllowedByName } from './guard.ts';

export type Outgoing = {
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string; /** Not sent on to another origin. */ readonly confidential: boolean }[];
  readonly body: string;
};

export type Sent =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null; /** Status line, headers and the beginning of the body. */ readonly response: string }
  | { readonly kind: 'failed'; readonly transient: boolean; readonly problem: string };

export type SendOptions = { readonly allowed: ReadonlySet<string>; readonly signal?: AbortSignal; /** Milliseconds for all of it. */ readonly timeout?: number; readonly lookup?: Parameters<typeof guardedLookup>[2]; /** Kept between requests; without them each has a connection of its own. */ readonly connections?: Connections; /** Certificates in PEM form that are trusted beside the system's. */ readonly ca?: string };

const redirects = 3;

/**
 * Connections that outlive a request, so that a thousand deliveries to one receiver don't shake hands a thousand times. A connection leads where
 * it led when its address was judged; what is allowed by name and what isn't never share one.
 */
export type Connections = { of(url: URL, options: SendOptions): Agent; close(): void };

const keptAgents = 64;

export function keptConnections(): Connections {
  const agents = new Map<string, Agent>();
  return {
    of(url, options) {
      const key = JSON.stringify([url.origin, isAllowedByName(url, options.allowed), options.ca ?? null]);
      const standing = agents.get(key);
      if (standing !== undefined) return standing;
      const [oldest] = agents.keys();
      if (oldest !== undefined && agents.size >= keptAgents) {
        void agents.get(oldest)?.close();
        agents.delete(oldest);
      }
      const made = agentFor(url, options);
      agents.set(key, made);
      return made;
    },
    close() {
      for (const agent of agents.values()) void agent.destroy();
      agents.clear();
    },
  };
}

function agentFor(url: URL, options: SendOptions): Agent {
  return new Agent({ connect: { lookup: guardedLookup(url, options.allowed, options.lookup), timeout: options.timeout ?? deliveryLimits.timeout, ...(options.ca === undefined ? {} : { ca: options.ca }) }, pipelining: 1, connections: 8 });
}

export async function sendHttp(outgoing: Outgoing, options: SendOptions): Promise<Sent> {
  // By hand: composed signals cost as much as a request to a near receiver.
  const ending = new AbortController();
  const late = setTimeout(() => ending.abort(new DOMException('It took too long.', 'TimeoutError')), options.timeout ?? deliveryLimits.timeout);
  const cutOff = (): void => ending.abort(options.signal?.reason);
  if (options.signal?.aborted === true) cutOff();
  else options.signal?.addEventListener('abort', cutOff, { once: true });
  const { signal } = ending;
  const origin = new URL(outgoing.url).origin;
  let url = new URL(outgoing.url);
  try {
    for (let hop = 0; ; hop++) {
      const answer = await once(url, outgoing, url.origin === origin, options, signal);
      if (answer.location === null) return answer.sent;
      if (hop >= redirects) return { kind: 'failed', transient: false, problem: `It redirects more than ${redirects} times, last to ${answer.location.origin}.` };
      url = answer.location;
    }
  } catch (thrown) {
    return failureOf(thrown, options.signal);
  } finally {
    clearTimeout(late);
    options.signal?.removeEventListener('abort', cutOff);
  }
}

async function once(url: URL, { headers, body }: Outgoing, sameOrigin: boolean, options: SendOptions, signal: AbortSignal): Promise<{ readonly sent: Sent; readonly location: URL | null }> {
  checkWritten(url, options.allowed);
  const agent = options.connections?.of(url, options) ?? agentFor(url, options);
  try {
    const answer = await request(url, {
      method: 'POST', dispatcher: agent, signal, body,
      headers: headers.filter((header) => sameOrigin || !header.confidential).flatMap(({ name, value }) => [name, value]),
    });
    const text = await beginningOf(answer);
    const lines = Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${Array.isArray(value) ? value.join(', ') : value}`]));
    const location = headerOf(answer.headers['location']);
    // Only these two say: the same request, there. Of the others nobody knows whether they mean a page to look at.
    const onward = (answer.statusCode === 307 || answer.statusCode === 308) && location !== null ? new URL(location, url) : null;
    return {
      sent: { kind: 'answered', status: answer.statusCode, retryAfter: headerOf(answer.headers['retry-after']), response: `HTTP ${answer.statusCode}\n${lines.join('\n')}\n\n${text}` },
      location: onward !== null && /^https?:$/u.test(onward.protocol) ? onward : null,
    };
  } finally {
    // A body that was not read to its end must not hold the connection; one that is kept lets go of it by itself.
    if (options.connections === undefined) void agent.destroy();
  }
}

function headerOf(value: string | readonly string[] | undefined): string | null {
  return value === undefined ? null : typeof value === 'string' ? value : (value[0] ?? null);
}

async function beginningOf({ statusCode, headers, body }: Awaited<ReturnType<typeof request>>): Promise<string> {
  // Most answers are short and say so: taken whole, they cost a third of what reading them by pieces does.
  const length = statusCode === 204 ? 0 : Number(headerOf(headers['content-length']) ?? NaN);
  if (length <= deliveryLimits.answer) return body.text();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= deliveryLimits.answer) return `${Buffer.concat(chunks).subarray(0, deliveryLimits.answer).toString('utf8')}\n[the rest was not read]`;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Names of errors that stay until somebody changes something. */
const lasting = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|ERR_INVALID|UND_ERR_INVALID_ARG|EPROTO/u;

function failureOf(thrown: unknown, asked: AbortSignal | undefined): Sent {
  const refused = innermost(thrown).find((each) => each instanceof AddressRefused);
  if (refused !== undefined) return { kind: 'failed', transient: false, problem: refused.message };
  if (asked?.aborted === true) return { kind: 'failed', transient: true, problem: 'It was cut off.' };
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return { kind: 'failed', transient: true, problem: `There was no whole answer within ${deliveryLimits.timeout / 1000} seconds.` };
  const codes = innermost(thrown).flatMap((each) => (each instanceof Error && 'code' in each && typeof each.code === 'string' ? [each.code] : []));
  const problem = thrown instanceof Error ? thrown.message || codes[0] || thrown.name : String(thrown);
  return { kind: 'failed', transient: !codes.some((code) => lasting.test(code)), problem };
}

function innermost(thrown: unknown): readonly unknown[] {
  const all: unknown[] = [];
  for (let each: unknown = thrown; each instanceof Error && all.length < 10; each = each.cause) all.push(each, ...(each instanceof AggregateError ? (each.errors as unknown[]) : []));
  return all;
}
