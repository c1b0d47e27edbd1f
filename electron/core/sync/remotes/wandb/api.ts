/** W&B's GraphQL endpoint, as far as it is used: asking, patience, paging. What each answer means is said by who asks. */
import { setTimeout as wait } from 'node:timers/promises';
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import { backoffMilliseconds } from '#shared/domain/index.ts';
import { shown, type RemoteHttp } from '../../http.ts';
import { documents, type DocumentName } from './documents.ts';

export type Edges<Node> = { readonly edges?: readonly ({ readonly node?: Node | null } | null)[] | null };
export type Page<Node> = Edges<Node> & { readonly totalCount?: number | null; readonly pageInfo?: { readonly endCursor?: string | null; readonly hasNextPage?: boolean | null } | null };
export type Place = { readonly name: string; readonly entity?: { readonly name: string } | null };
export type RunInfo = { readonly id: string; readonly name: string; readonly project?: Place | null };
export type Artifact = {
  readonly id: string; readonly state: string; readonly digest: string; readonly size: number; readonly fileCount: number; readonly description?: string | null; readonly createdAt: string; readonly updatedAt?: string | null; readonly tags?: readonly { readonly name: string }[] | null;
  /** Below nothing: for good; of no meaning where it is inherited. */
  readonly ttlDurationSeconds?: number | string | null; readonly ttlIsInherited?: boolean | null;
  readonly artifactType?: { readonly name: string } | null; readonly versionIndex?: number | null; readonly artifactSequence?: { readonly name: string; readonly project?: Place | null } | null;
  readonly createdBy?: ({ readonly __typename: string } & Partial<RunInfo>) | null;
};
export type Membership = {
  readonly id: string; readonly versionIndex?: number | null; readonly createdAt?: string; readonly aliases?: readonly { readonly alias: string }[] | null; readonly artifactCollection?: { readonly name: string; readonly project?: Place | null } | null; readonly artifact?: Artifact | null;
};
export type Collection = {
  readonly id: string; readonly name: string; readonly description?: string | null; readonly createdAt: string; readonly updatedAt?: string | null; readonly type?: { readonly name: string } | null; readonly tags?: Edges<{ readonly name: string }> | null;
};
export type Registry = { readonly id: string; readonly internalId?: string; readonly name: string; readonly description?: string | null; readonly readOnly?: boolean | null; readonly entity?: { readonly name: string; readonly organization?: { readonly name: string } | null } | null };

/** What the server refuses for good in GraphQL's own words. */
const understood = [400, 403, 404, 409, 410, 413, 422] as const;
/** A server that is busy is asked again right here this often; after that the round waits. */
const tries = 4;
const longestWait = 20_000;
const mostPages = 10_000;

export class WandbApi {
  readonly http: RemoteHttp;
  readonly #name: string;

  constructor(name: string, http: RemoteHttp) {
    this.#name = name;
    this.http = http;
  }

  /** @throws VitrineError `remote_refused` with what the server said, where it answers that it won't */
  async ask<Data>(operation: DocumentName, variables: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Data> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once<Data>(operation, variables, signal);
      } catch (thrown) {
        const pause = attempt < tries ? pauseOf(thrown, attempt) : null;
        if (pause === null) throw thrown;
        await wait(pause, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) throw new VitrineError('cancelled', { details: { operation: 'sync' } });
      }
    }
  }

  async #once<Data>(operation: DocumentName, variables: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Data> {
    const answer = await this.http.ask('/graphql', { method: 'POST', body: { operationName: operation, query: documents[operation], variables }, signal, heard: understood });
    const body = parsed(answer.text);
    const [error] = body?.errors ?? [];
    if (answer.status >= 400 || error !== undefined) {
      throw new VitrineError('remote_refused', { details: { remote: this.#name, status: answer.status, explanation: `${this.#name} answered: ${shown(typeof error?.message === 'string' ? error.message : answer.text)}` } });
    }
    if (typeof body?.data !== 'object' || body.data === null) throw this.nonsense(`answered ${operation} with what is no GraphQL (${shown(answer.type)})`);
    return body.data as Data;
  }

  /** Every page of a list: empty ones happen where we may not see what is on them. */
  async *pages<Node>(ask: (cursor: string | null) => Promise<Page<Node> | null | undefined>): AsyncGenerator<readonly Node[]> {
    const seen = new Set<string>();
    let cursor: string | null = null;
    for (let count = 0; count < mostPages; count++) {
      const page: Page<Node> | null | undefined = await ask(cursor);
      if (page === null || page === undefined) throw this.nonsense('has no such list, or lets nobody see it');
      yield nodesOf(page);
      const next: string | null = page.pageInfo?.hasNextPage === true ? (page.pageInfo.endCursor ?? null) : null;
      if (next === null) return;
      if (seen.has(next)) throw this.nonsense('gives a list that leads in a circle');
      seen.add(next);
      cursor = next;
    }
    throw this.nonsense(`gives a list without an end: ${mostPages} pages were read`);
  }

  /** A text from an address of its own, such as a manifest. */
  async text(url: string, most: number, signal: AbortSignal): Promise<string> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of this.http.read(url, null, signal)) {
      size += part.length;
      if (size > most) throw this.nonsense(`sent more than ${most} bytes for one manifest`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  }

  nonsense(what: string): VitrineError {
    return new VitrineError('remote_failed', { details: { remote: this.#name, explanation: `${this.#name} ${what}.` } });
  }
}

type Body = { readonly data?: unknown; readonly errors?: readonly { readonly message?: unknown }[] };

function parsed(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Body) : null;
  } catch {
    return null;
  }
}

/** Milliseconds until it is worth asking again; null where it isn't. */
function pauseOf(thrown: unknown, attempt: number): number | null {
  if (!isVitrineError(thrown) || thrown.code !== 'remote_failed' || typeof thrown.details['status'] !== 'number') return null;
  const after = thrown.details['retryAfterMilliseconds'];
  if (typeof after === 'number') return after <= longestWait ? after : null;
  return backoffMilliseconds(attempt, Math.random);
}

export const nodesOf = <Node>(list: Edges<Node> | null | undefined): readonly Node[] => (list?.edges ?? []).flatMap((edge) => edge?.node ?? []);

export const isRefused = (thrown: unknown): boolean => isVitrineError(thrown) && thrown.code === 'remote_refused';

export const timeOf = (text: string | null | undefined): number => {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) && time >= 0 ? time : 0;
};
