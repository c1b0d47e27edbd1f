/** What the one who looks at a version may do with it: each right is null, or the reason why not. */
import { compareRoles, registryActions, roleName, type RegistryAction } from '#shared/domain/roles.ts';
import type { LinkMark, LinkSummary, OperationName, RegistrySummary } from '#shared/contract/index.ts';
import { readOnlyReason, type Where } from '../../app/rights.ts';

export type Rights = {
  /** Description, metadata, tags: they belong to the version, wherever it is linked. */
  readonly editVersion: string | null;
  readonly deleteVersion: string | null;
  /** Link it somewhere: the place is chosen later, and judged then. */
  readonly link: string | null;
  /** Aliases on the source side. */
  readonly editSourceAliases: string | null;
  /** Aliases and note of the link; null where there is no link. */
  readonly editLink: string | null;
  readonly unlink: string | null;
  readonly mayMoveProtected: boolean;
  /** Files and previews. */
  readonly download: string | null;
};

/** `whyNot` knows the roles outside of registries. */
export function rightsOf(readOnly: boolean, whyNot: (operation: OperationName, where: Where) => string | null, version: { readonly entity: string; readonly links: readonly Pick<LinkMark, 'registry'>[] }, link: LinkSummary | null, registry: Pick<RegistrySummary, 'name' | 'role'> | null): Rights {
  const write = readOnly ? readOnlyReason : null;
  const team = { team: version.entity };
  const inRegistry = (action: RegistryAction): string | null => {
    if (link === null) return null;
    if (registry === null) return 'One moment: your role is being looked up.';
    const needed = registryActions[action];
    return compareRoles(registry.role, needed) >= 0 ? null : `This needs the role ${roleName(needed)} in ${registry.name}; yours is ${roleName(registry.role)}.`;
  };
  return {
    editVersion: whyNot('versions.update', team),
    deleteVersion: whyNot('versions.delete', team),
    link: whyNot('links.create', 'somewhere'),
    editSourceAliases: whyNot('versions.update', team),
    editLink: write ?? inRegistry('alias.change'),
    unlink: write ?? inRegistry('link.remove'),
    mayMoveProtected: link === null || (registry !== null && compareRoles(registry.role, registryActions['protectedAlias.change']) >= 0),
    // What is linked may be had by whoever may have it there.
    download: link === null ? (version.links.some(({ registry: at }) => whyNot('versions.export', { registry: at }) === null) ? null : whyNot('versions.export', team)) : inRegistry('version.download'),
  };
}
