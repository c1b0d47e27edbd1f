/** Who a request comes from: the API key in its header, looked up by its hash. */
import { hash as digestOf } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { VitrineError, type UserId } from '#shared/contract/index.ts';
import type { CatalogPool } from '../catalog/index.ts';
import { createAttemptLimiter } from './attempts.ts';
import { createRateLimiter } from './rates.ts';
import type { Remembered } from './remembered.ts';

export type KeyHolder = { readonly actorId: UserId; readonly keyId?: number };
export type Authenticate = (request: { /** Where it comes from. */ readonly ip: string; readonly headers: IncomingHttpHeaders }) => Promise<KeyHolder>;

/** Milliseconds after which the use of a key is noted again. */
const notedEvery = 60_000;

/** Whose a key is, under its hash. */
export type KeyFound = { readonly userId: UserId; readonly keyId: number };

export function createAuthenticate(catalog: CatalogPool, holders: Remembered<KeyFound>): Authenticate {
  const attempts = createAttemptLimiter({ perMinute: 30 });
  const rates = createRateLimiter({ perSecond: 1000, burst: 20_000 });
  const noted = new Map<string, number>();

  return async (request) => {
    const from = request.ip;
    if (attempts.isBlocked(from)) throw new VitrineError('not_signed_in', { details: { explanation: 'Too many wrong keys; wait a minute.' } });
    const key = keyOf(request.headers.authorization);
    // The key itself is never compared: its SHA-256 is looked up, so that time says nothing about how much of it was right.
    const hash = key === null ? null : digestOf('sha256', key);
    const actorId = catalog.status().defaultUserId;
    const found = hash === null ? null : await holders.get(hash, async () => (await catalog.read('internal.authenticateKey', { hash }, { actorId })) as KeyFound | null);
    if (found === null || hash === null) {
      attempts.fail(from);
      throw new VitrineError('not_signed_in');
    }
    rates.take(hash);
    if (Date.now() - (noted.get(hash) ?? 0) >= notedEvery && !catalog.status().readOnly) {
      noted.delete(hash);
      noted.set(hash, Date.now());
      if (noted.size > 10_000) noted.delete(noted.keys().next().value ?? '');
      await catalog.write('internal.authenticateKey', { hash }, { actorId, entrance: 'http', message: null });
    }
    return { actorId: found.userId, keyId: found.keyId };
  };
}

/** `Authorization: Bearer KEY`, or `Basic` with the key as password, as W&B's clients send it. */
export function keyOf(header: string | undefined): string | null {
  if (header === undefined || header.length > 2000) return null;
  const [scheme, value] = header.split(' ', 2);
  if (scheme === undefined || value === undefined) return null;
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic': {
      const decoded = Buffer.from(value, 'base64').toString('utf8');
      const colon = decoded.indexOf(':');
      return colon < 0 ? null : decoded.slice(colon + 1);
    }
    default:
      return null;
  }
}
