/**
 * Addresses that carry their own permission: the client sends and fetches bytes without its key. Each is for one purpose, one thing, one
 * caller and a time; it holds no key, and can't be made or changed without the secret.
 */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { VitrineError, type UserId } from '#shared/contract/index.ts';

const Id = z.number().int().positive();
const Capability = z.discriminatedUnion('for', [
  z.strictObject({ for: z.literal('upload'), uploadId: Id, part: z.number().int().min(1).max(10_000).nullable() }),
  z.strictObject({ for: z.literal('run file upload'), runId: Id, name: z.string() }),
  z.strictObject({ for: z.literal('manifest'), versionId: Id }),
  z.strictObject({ for: z.literal('file'), versionId: Id, path: z.string() }),
  z.strictObject({ for: z.literal('run file'), runId: Id, name: z.string() }),
]);
export type Capability = z.infer<typeof Capability>;
export type CapabilityPurpose = Capability['for'];

/** Who asked for the address: the bytes come and go in their name. */
export type CapabilityHolder = { readonly actorId: UserId; readonly keyId?: number };

const Claims = z.strictObject({ capability: Capability, actorId: Id, keyId: Id.nullable(), expires: z.number().int() });

export type Capabilities = {
  /** A text of letters, digits, `-`, `_` and one dot. `seconds`: how long it holds. */
  issue(capability: Capability, holder: CapabilityHolder, seconds: number): string;
  /** What it permits. Throws `permission_denied` for one that is forged, changed, for another purpose, or past its time. */
  redeem<Purpose extends CapabilityPurpose>(token: string, purpose: Purpose): { readonly capability: Extract<Capability, { readonly for: Purpose }>; readonly holder: CapabilityHolder };
};

export function createCapabilities(options: { readonly secret?: Uint8Array; readonly now?: () => number } = {}): Capabilities {
  const secret = createSecretKey(options.secret ?? randomBytes(32));
  const now = options.now ?? Date.now;
  const sealOf = (body: string): Buffer => createHmac('sha256', secret).update(body).digest();

  return {
    issue(capability, holder, seconds) {
      const claims: z.infer<typeof Claims> = { capability, actorId: holder.actorId, keyId: holder.keyId ?? null, expires: Math.ceil(now() / 1000) + seconds };
      const body = Buffer.from(JSON.stringify(claims), 'utf8').toString('base64url');
      return `${body}.${sealOf(body).toString('base64url')}`;
    },
    redeem(token, purpose) {
      const dot = token.indexOf('.');
      const body = token.slice(0, Math.max(dot, 0));
      const seal = Buffer.from(token.slice(dot + 1), 'base64url');
      const expected = sealOf(body);
      // The text of the seal must be the only one that decodes to it: no two addresses for one permission.
      if (dot < 1 || seal.length !== expected.length || !timingSafeEqual(seal, expected) || seal.toString('base64url') !== token.slice(dot + 1)) throw refused('This address is not one that was given out here.');
      const claims = Claims.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
      if (claims.capability.for !== purpose) throw refused('This address is for something else.');
      if (claims.expires * 1000 < now()) throw refused('This address is past its time.');
      return { capability: claims.capability as never, holder: { actorId: claims.actorId as UserId, ...(claims.keyId === null ? {} : { keyId: claims.keyId }) } };
    },
  };
}

function refused(explanation: string): VitrineError {
  return new VitrineError('permission_denied', { details: { explanation } });
}
