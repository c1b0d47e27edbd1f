/** What the one who looks may do in a registry: each right is null, or the reason why not. */
import type { Role } from '#shared/contract/index.ts';
import { compareRoles, registryActions, roleName, type RegistryAction } from '#shared/domain/roles.ts';
import { readOnlyReason } from '../../app/rights.ts';

export function whyNot(readOnly: boolean, registry: { readonly name: string; readonly role: Role }, action: RegistryAction): string | null {
  if (readOnly) return readOnlyReason;
  const needed = registryActions[action];
  return compareRoles(registry.role, needed) >= 0 ? null : `This needs the role ${roleName(needed)} in ${registry.name}; yours is ${roleName(registry.role)}.`;
}
