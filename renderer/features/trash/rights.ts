/** Whether the one who looks may put a thing back: null, or the reason why not. Core judges again, with all that it knows. */
import type { RegistrySummary, TrashItem } from '#shared/contract/index.ts';
import { compareRoles, registryActions, roleName, type RegistryAction } from '#shared/domain/roles.ts';
import { placeOfRef } from '../../app/routes/index.ts';

export function whyNotRestore(item: TrashItem, readOnly: boolean, registries: readonly Pick<RegistrySummary, 'name' | 'role'>[] | undefined): string | null {
  if (readOnly) return 'The catalog is read-only: you can look, not change.';
  const place = placeOfRef(item.object);
  const action = actionFor(item);
  if (action === null || place === null || (place.place !== 'registry' && place.place !== 'collection' && place.place !== 'linked version')) return null;
  // A registry in the trash is not among them; then core says.
  const registry = registries?.find((one) => one.name === place.registry);
  if (registry === undefined) return null;
  const needed = registryActions[action];
  return compareRoles(registry.role, needed) >= 0 ? null : `This needs the role ${roleName(needed)} in ${registry.name}; yours is ${roleName(registry.role)}.`;
}

function actionFor({ object }: TrashItem): RegistryAction | null {
  switch (object.kind) {
    case 'link':
      return 'link.create';
    case 'collection':
      return 'collection.create';
    case 'registry':
      return 'registry.delete';
    default:
      return null;
  }
}
