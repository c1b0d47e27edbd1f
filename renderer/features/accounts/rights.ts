import { roles, type Role } from '#shared/domain/roles.ts';
import { useWhyNot } from '../../app/rights.ts';

/** Why the one who looks can't manage people, teams and others' keys; null when they can. */
export function useManagingReason(): string | null {
  return useWhyNot()('users.create', 'organization');
}

/** The roles with what each may, in a few words, least first. */
export const roleWords: Readonly<Record<Role, { readonly label: string; readonly text: string }>> = {
  restricted_viewer: { label: 'Restricted viewer', text: 'sees, but downloads nothing' },
  viewer: { label: 'Viewer', text: 'sees and downloads' },
  member: { label: 'Member', text: 'logs, links, moves aliases' },
  admin: { label: 'Admin', text: 'manages people, roles and rules' },
};

/** A service account is at least a member. */
export function roleOptions(kind: 'person' | 'service' | 'team'): readonly { readonly value: Role; readonly label: string; readonly detail: string; readonly disabled?: boolean }[] {
  return roles.map((role) => ({ value: role, label: roleWords[role].label, detail: roleWords[role].text, ...(kind === 'service' && (role === 'viewer' || role === 'restricted_viewer') ? { disabled: true } : {}) }));
}
