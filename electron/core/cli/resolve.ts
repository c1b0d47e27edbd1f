/** From what a person types to the ids that operations take. */
import { isVitrineError, VitrineError, type CoreClient, type LinkId, type LinkTarget, type OutputOf, type RegistryId, type VersionId, type UserId } from '#shared/contract/index.ts';
import type { WholeNumber } from './common.ts';
import { explainViolation, parseLinkTarget } from '#shared/domain/index.ts';

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

/** A collection to link into, which may be new. */
export async function linkTargetOf(client: CoreClient, text: string): Promise<LinkTarget> {
  const spelled = /^wandb-registry-|\/wandb-registry-/.test(text) ? text : `wandb-registry-${text}`;
  const verdict = parseLinkTarget(spelled);
  if (!verdict.ok) throw new VitrineError('name_invalid', { details: { violation: verdict.violation, explanation: explainViolation(verdict.violation) } });
  const registry = await client.query('registries.get', { name: verdict.value.registry });
  try {
    const collection = await client.query('collections.get', { registry: registry.name, name: verdict.value.collection });
    return { kind: 'collection', id: collection.id };
  } catch (thrown) {
    if (!isVitrineError(thrown) || thrown.code !== 'not_found') throw thrown;
    return { kind: 'new_collection', registryId: registry.id as RegistryId, name: verdict.value.collection };
  }
}

export async function linkOf(client: CoreClient, address: string): Promise<LinkId> {
  const { linkId } = await resolveVersion(client, address);
  if (linkId === null) throw new VitrineError('bad_input', { details: { explanation: `“${address}” is a source version, not a link: name it as wandb-registry-NAME/collection:v3.` } });
  return linkId;
}

/** `--expect v3`: where aliases were seen. */
export function expectedOf(text: string | undefined, aliases: readonly string[], wholeNumber: WholeNumber): { expected?: Record<string, number | null> } {
  if (text === undefined) return {};
  const number = text === 'none' ? null : wholeNumber('--expect', text.replace(/^v/, ''), 0, Number.MAX_SAFE_INTEGER);
  return { expected: Object.fromEntries(aliases.map((alias) => [alias, number])) };
}

/** A registry by its name, with or without `wandb-registry-`. @throws VitrineError `not_found` */
export async function registryIdOf(client: CoreClient, name: string): Promise<RegistryId> {
  return (await client.query('registries.get', { name: name.replace(/^wandb-registry-/, '') })).id;
}

/** @throws VitrineError `not_found` */
export async function userIdOf(client: CoreClient, username: string): Promise<UserId> {
  return (await client.query('users.get', { username })).id;
}
