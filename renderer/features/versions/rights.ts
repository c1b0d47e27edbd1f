/** What the one who looks at a version may do with it: each right is null, or the reason why not. */
import { compareRoles, registryActions, roleName, type RegistryAction } from '#shared/domain/roles.ts';
import type { LinkSummary, RegistrySummary } from '#shared/contract/index.ts';

export type Rights = {
  /** Description, metadata, tags: they belong to the version, wherever it is linked. */
  readonly editVersion: string | null;
  /** Aliases on the source side. */
  readonly editSourceAliases: string | null;
  /** Aliases and note of the link; equal to `editVersion` where there is no link. */
  readonly editLink: string | null;
  readonly unlink: string | null;
  readonly mayMoveProtected: boolean;
  /** Files and previews. */
  readonly download: string | null;
};

export const readOnlyReason = 'The catalog is read-only: you can look, not change.';

export function rightsOf(readOnly: boolean, link: LinkSummary | null, registry: Pick<RegistrySummary, 'name' | 'role'> | null): Rights {
  const write = readOnly ? readOnlyReason : null;
  const inRegistry = (action: RegistryAction): string | null => {
    if (link === null) return null;
    if (registry === null) return 'One moment: your role is being looked up.';
    const needed = registryActions[action];
    return compareRoles(registry.role, needed) >= 0 ? null : `This needs the role ${roleName(needed)} in ${registry.name}; yours is ${roleName(registry.role)}.`;
  };
  return {
    editVersion: write,
    editSourceAliases: write,
    editLink: write ?? inRegistry('alias.change'),
    unlink: write ?? inRegistry('link.remove'),
    mayMoveProtected: link === null || (registry !== null && compareRoles(registry.role, registryActions['protectedAlias.change']) >= 0),
    download: inRegistry('version.download'),
  };
}
