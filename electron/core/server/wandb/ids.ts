/**
 * The ids of this protocol: base64 of `Kind:number`. Clients decode some of them (users, teams, projects) and pass all of them back, so
 * each must be base64 that decodes to itself.
 */
import { VitrineError } from '#shared/contract/index.ts';

export type GlobalKind =
  | 'Organization' | 'OrganizationEntity' | 'Entity' | 'User' | 'ApiKey' | 'Project' | 'Registry' | 'ProjectInternalId' | 'Run' | 'RunFile'
  | 'ArtifactType' | 'ArtifactSequence' | 'ArtifactPortfolio' | 'Artifact' | 'ArtifactAlias' | 'ArtifactCollectionMembership' | 'ArtifactManifest' | 'File' | 'Tag' | 'Upload';

export function globalId(kind: GlobalKind, local: number | string): string {
  return Buffer.from(`${kind}:${local}`, 'utf8').toString('base64');
}

export type GlobalReference = { readonly kind: string; readonly local: string };

/** The kind and the rest of an id, or null for a text that is none. */
export function readGlobalId(text: string): GlobalReference | null {
  if (text.length > 8192) return null;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return null;
  const decoded = bytes.toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 1 ? null : { kind: decoded.slice(0, colon), local: decoded.slice(colon + 1) };
}

/** The number in an id of one of these kinds. Throws `bad_input` for any other text. */
export function localId<Id extends number>(text: string, ...kinds: readonly GlobalKind[]): Id {
  const id = localIdOrNull(text, ...kinds);
  if (id === null) throw new VitrineError('bad_input', { details: { explanation: `“${text.slice(0, 100)}” is not the id of ${kinds.map((kind) => `a ${kind}`).join(' or ')}.` } });
  return id as Id;
}

export function localIdOrNull(text: string, ...kinds: readonly GlobalKind[]): number | null {
  const read = readGlobalId(text);
  if (read === null || !(kinds as readonly string[]).includes(read.kind) || !/^[1-9]\d{0,15}$/.test(read.local)) return null;
  const number = Number(read.local);
  return Number.isSafeInteger(number) ? number : null;
}
