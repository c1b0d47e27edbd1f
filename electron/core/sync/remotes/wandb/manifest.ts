/** Manifests of W&B's artifacts: read with suspicion, written as the client writes them. */
import { createHash } from 'node:crypto';
import { checkManifestPaths, explainViolation } from '#shared/domain/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';

export type ManifestEntry = { readonly path: string; readonly size: number; /** As the manifest has it: base64 of an MD5 for bytes, anything for a reference. */ readonly digest: string; readonly reference: string | null };

/** @throws VitrineError `remote_failed` for what is no manifest, `path_invalid` for paths that lead elsewhere */
export function readManifest(text: string, remote: string): readonly ManifestEntry[] {
  const { contents } = (parsed(text) ?? {}) as { readonly contents?: unknown };
  const wrong = (what: string): VitrineError => new VitrineError('remote_failed', { details: { remote, explanation: `${remote} sent a manifest ${what}.` } });
  if (typeof contents !== 'object' || contents === null) throw wrong('that can’t be read');
  const entries = Object.entries(contents as Readonly<Record<string, unknown>>).map(([path, value]): ManifestEntry => {
    const { digest, size, ref } = (typeof value === 'object' && value !== null ? value : {}) as { readonly digest?: unknown; readonly size?: unknown; readonly ref?: unknown };
    if (typeof digest !== 'string') throw wrong(`without a digest for “${path.slice(0, 200)}”`);
    const bytes = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : 0;
    return { path, size: bytes, digest, reference: typeof ref === 'string' && ref !== '' ? ref : null };
  });
  const verdict = checkManifestPaths(entries.map((entry) => entry.path));
  if (!verdict.ok) throw new VitrineError('path_invalid', { details: { violation: verdict.violation, explanation: explainViolation(verdict.violation) } });
  return entries;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Hexadecimal digits of an MD5 in base64; null for what is none. */
export function hexOfDigest(digest: string): string | null {
  const bytes = Buffer.from(digest, 'base64');
  return bytes.length === 16 && bytes.toString('base64') === digest ? bytes.toString('hex') : null;
}

/** What the manifest calls the digest of an entry: base64 for an MD5 in hexadecimal digits, and whatever a reference carries. */
export const digestOnWire = (md5: string): string => (/^[0-9a-f]{32}$/u.test(md5) ? Buffer.from(md5, 'hex').toString('base64') : md5);

export type OutgoingEntry = ManifestEntry & { readonly birthArtifactId: string };

export function writeManifest(entries: readonly OutgoingEntry[]): string {
  const contents = Object.fromEntries(entries.map(({ path, size, digest, reference, birthArtifactId }) => [path, { digest, size, ...(reference === null ? { birthArtifactID: birthArtifactId } : { ref: reference }) }]));
  return JSON.stringify({ version: 1, storagePolicy: 'wandb-storage-policy-v1', storagePolicyConfig: { storageLayout: 'V2' }, contents });
}

export const md5Base64 = (text: string): string => createHash('md5').update(text).digest('base64');

/** The bytes of a file, which end well only when they are the ones that the manifest speaks of. */
export async function* verified(content: AsyncIterable<Uint8Array>, digest: string, what: string, remote: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('md5');
  for await (const piece of content) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('base64') !== digest) throw new VitrineError('remote_failed', { details: { remote, explanation: `${remote} sent other bytes for “${what}” than its manifest says; they were not kept.` } });
}
