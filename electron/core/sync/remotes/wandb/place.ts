/** Which registry of which organization a remote is, in W&B's own names. */
import { VitrineError } from '#shared/contract/errors.ts';
import { registryOfProject, registryProjectName } from '#shared/domain/index.ts';
import { nodesOf, type Page, type Registry, type WandbApi } from './api.ts';

export type RegistryPlace = {
  /** As the person wrote it. */
  readonly organization: string;
  /** The entity that owns the organization's registries. */
  readonly entity: string;
  readonly project: string;
  /** What lists are narrowed by. */
  readonly filter: string;
  readonly readOnly: boolean;
};

export type Wanted = { readonly organization: string; readonly registry: string };

/** `organization/registry`; null for anything else. */
export function wantedOf(workspace: string): Wanted | null {
  const match = /^([^/]+)\/(?:wandb-registry-)?([^/]+)$/u.exec(workspace.trim());
  return match?.[1] === undefined || match[2] === undefined ? null : { organization: match[1], registry: match[2] };
}

type Organization = { readonly organization?: { readonly id: string; readonly name: string; readonly orgEntity?: { readonly name: string } | null } | null };

export async function organizationEntity(api: WandbApi, organization: string, signal: AbortSignal): Promise<string | null> {
  const { organization: found } = await api.ask<Organization>('FetchOrganization', { org: organization }, signal);
  return found?.orgEntity?.name ?? null;
}

export async function findRegistry(api: WandbApi, entity: string, registry: string, signal: AbortSignal): Promise<Registry | null> {
  const answer = await api.ask<{ readonly entity?: { readonly project?: Registry | null } | null }>('FetchRegistry', { entity, name: registryProjectName(registry) }, signal);
  return answer.entity?.project ?? null;
}

/** @throws VitrineError `remote_refused` when there is no such registry, or none that we may see */
export async function locate(api: WandbApi, name: string, { organization, registry }: Wanted, signal: AbortSignal): Promise<RegistryPlace> {
  const missing = (what: string): VitrineError => new VitrineError('remote_refused', { details: { remote: name, status: 404, explanation: `${name} has no ${what}, or none that this key may see.` } });
  const entity = await organizationEntity(api, organization, signal);
  if (entity === null) throw missing(`organization “${organization}”`);
  const found = await findRegistry(api, entity, registry, signal);
  if (found === null) throw missing(`registry “${registry}” in “${organization}”`);
  return { organization, entity, project: found.name, filter: filterOf(found), readOnly: found.readOnly === true };
}

/** By the number within its id, as the client does; by name where there is none. */
function filterOf({ internalId, name }: Registry): string {
  const number = /:(\d+)$/u.exec(Buffer.from(internalId ?? '', 'base64').toString('utf8'))?.[1];
  return JSON.stringify(number === undefined ? { name } : { id: Number(number) });
}

export async function registriesOf(api: WandbApi, organization: string, signal: AbortSignal): Promise<readonly string[]> {
  type Answer = { readonly organization?: { readonly orgEntity?: { readonly projects?: Page<Registry> | null } | null } | null };
  const names: string[] = [];
  for await (const page of api.pages<Registry>(async (cursor) => (await api.ask<Answer>('FetchRegistries', { organization, cursor, perPage: 100 }, signal)).organization?.orgEntity?.projects)) {
    names.push(...page.flatMap((one) => registryOfProject(one.name) ?? []));
  }
  return names;
}

export const teamsOf = (viewer: { readonly teams?: Parameters<typeof nodesOf<{ readonly name: string }>>[0] }): readonly string[] => nodesOf(viewer.teams).map((team) => team.name);
