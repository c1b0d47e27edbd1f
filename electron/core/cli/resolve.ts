/** From what a person types to the ids that operations take. */
import { VitrineError, type CoreClient, type LinkId, type OutputOf, type VersionId } from '#shared/contract/index.ts';

export type Resolved = OutputOf<'addresses.resolve'>;

/** What an address names; without alias or number, the artifact or collection itself. */
export function resolve(client: CoreClient, address: string): Promise<Resolved> {
  return client.query('addresses.resolve', { address, prefer: 'container' });
}

export async function resolveVersion(client: CoreClient, address: string): Promise<{ readonly versionId: VersionId; readonly linkId: LinkId | null; readonly label: string }> {
  const found = await client.query('addresses.resolve', { address });
  if (found.versionId === null) throw new VitrineError('bad_input', { details: { explanation: `“${address}” names ${found.object.kind === 'artifact' ? 'an artifact' : `a ${found.object.kind}`}, not a version: add “:latest”, “:v3” or another alias.` } });
  return { versionId: found.versionId as VersionId, linkId: found.linkId as LinkId | null, label: found.object.label };
}
