import { useState } from 'react';
import type { RegistryMember, RegistrySummary, TeamId, UserId } from '#shared/contract/index.ts';
import { compareRoles, registryActions, roleName, roles, type RegistryAction, type Role } from '#shared/domain/roles.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { readOnlyReason } from '../../app/rights.ts';
import { navigate, placeOf, renamedPlace, useMovedTo, type PlaceProps } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { AlertDialog, Avatar, Badge, Button, Dialog, Field, formatQuantity, IconButton, MultiCombobox, RegistryGlyph, Select, SkeletonLines, VisuallyHidden } from '../../ui/index.ts';
import { Boxes, Check, Lock, UserPlus, Users, X } from '../../ui/icons.ts';
import { RegistryAccess } from './RegistryAccess.tsx';
import { roleOptions, roleWords } from './rights.ts';
import styles from './Accounts.module.css';

/** Who holds which role in a registry, and what a role may. */
export function MembersPlace({ place }: PlaceProps<'registry members'>) {
  const registry = useOperation('registries.get', { name: place.registry });
  useMovedTo(place, renamedPlace(place, registry.data === undefined ? undefined : { registry: registry.data.name }));
  if (registry.error !== null) return <PlaceFailure alone error={registry.error} retry={registry.retry} />;
  if (registry.data === undefined) return <PlaceHeader icon={Users} title={`Members of ${place.registry}`} />;
  return <Members registry={registry.data} />;
}

function Members({ registry }: { readonly registry: RegistrySummary }) {
  const members = useOperation('registries.members', { registryId: registry.id });
  const readOnly = useOperation('catalog.status', {}).data?.readOnly ?? false;
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<RegistryMember | null>(null);
  const reason = readOnly ? readOnlyReason : compareRoles(registry.role, registryActions['registry.manageMembers']) >= 0 ? null : `This needs the role admin in ${registry.name}; yours is ${roleName(registry.role)}.`;
  const named = members.data?.items.filter((member) => member.through === 'registry') ?? [];
  const others = members.data?.items.filter((member) => member.through === 'organization') ?? [];
  return (
    <>
      <PlaceHeader
        mark={<RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} />}
        title={`Members of ${registry.name}`}
        beside={registry.visibility === 'restricted' ? <Badge icon={Lock}>members only</Badge> : undefined}
        facts={<span>you are {roleName(registry.role)}</span>}
        actions={
          <>
            <Button icon={Boxes} onClick={() => navigate(placeOf.registry(registry.name))}>
              The registry
            </Button>
            <Button variant="primary" icon={UserPlus} onClick={() => setAdding(true)} disabled={reason !== null} {...(reason === null ? {} : { disabledReason: reason })}>
              Add members…
            </Button>
          </>
        }
      />
      <PlaceBody>
        <div className={styles.pane}>
          <p className={styles.dim}>
            {registry.visibility === 'organization'
              ? 'Everybody in the organization is at least a viewer here. A role given here, to a person or to a team, counts where it is higher.'
              : 'Only those named here, and the organization’s admins, see that this registry exists.'}
          </p>
          {members.error !== null && members.data === undefined ? (
            <PlaceFailure error={members.error} retry={members.retry} />
          ) : members.data === undefined ? (
            <SkeletonLines lines={6} />
          ) : (
            <>
              <h2>Named in this registry</h2>
              {named.length === 0 ? <p className={styles.dim}>Nobody is named here.</p> : <MemberTable label="Named in this registry" members={named} registry={registry} reason={reason} onRemove={setRemoving} />}
              {others.length > 0 && (
                <>
                  <h2>Through the organization</h2>
                  <MemberTable label="Through the organization" members={others} registry={registry} reason={reason} onRemove={null} />
                </>
              )}
            </>
          )}
          <RegistryAccess registry={registry} />
          <h2>What a role may</h2>
          <RoleTable own={registry.role} />
        </div>
      </PlaceBody>
      {adding && <AddDialog registry={registry} members={named} onClose={() => setAdding(false)} />}
      <AlertDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={`Take ${removing === null ? '' : nameOf(removing)} out of ${registry.name}?`}
        description={registry.visibility === 'organization' ? 'The role given here ends; what the organization gives them stays.' : 'They no longer see that this registry exists, unless they are admins of the organization.'}
        confirmLabel="Take out"
        tone="danger"
        onConfirm={async () => {
          if (removing === null) return;
          const { holder } = removing;
          await runCommand('registries.removeMembers', { registryId: registry.id, ...(holder.kind === 'user' ? { userIds: [holder.user.id] } : { teamIds: [holder.id] }) }, { done: `Took ${nameOf(removing)} out of ${registry.name}` });
        }}
      />
    </>
  );
}

function nameOf({ holder }: RegistryMember): string {
  return holder.kind === 'user' ? holder.user.displayName : `the team ${holder.name}`;
}

type TableProps = { readonly label: string; readonly members: readonly RegistryMember[]; readonly registry: RegistrySummary; readonly reason: string | null; readonly onRemove: ((member: RegistryMember) => void) | null };

function MemberTable({ label, members, registry, reason, onRemove }: TableProps) {
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Who</th>
          <th scope="col">Role</th>
          <th scope="col">
            <VisuallyHidden>Acts</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {members.map((member) => {
          const { holder } = member;
          const kind = holder.kind === 'team' ? 'team' : holder.user.kind;
          return (
            <tr key={holder.kind === 'user' ? `user ${holder.user.id}` : `team ${holder.id}`}>
              <th scope="row">
                <span className={styles.who}>
                  {holder.kind === 'user' ? <Avatar name={holder.user.displayName} /> : <Users aria-hidden />}
                  <span className={styles.names}>
                    <span className={styles.strong}>{holder.kind === 'user' ? holder.user.displayName : holder.name}</span>
                    <span className={styles.dim}>{kind === 'team' ? 'team' : kind === 'service' ? 'service account' : holder.kind === 'user' ? holder.user.username : ''}</span>
                  </span>
                </span>
              </th>
              <td className={onRemove === null ? undefined : styles.role}>
                {onRemove === null ? (
                  roleWords[member.role].label
                ) : (
                  <Select
                    quiet
                    size="small"
                    label={`Role of ${nameOf(member)}`}
                    options={roleOptions(kind)}
                    value={member.role}
                    disabled={reason !== null}
                    onValueChange={(role) =>
                      void runCommand('registries.updateMember', { registryId: registry.id, member: holder.kind === 'user' ? { userId: holder.user.id } : { teamId: holder.id }, role }, { done: `${nameOf(member)} is now ${roleName(role)} in ${registry.name}` })
                    }
                  />
                )}
              </td>
              <td className={styles.acts}>{onRemove !== null && <IconButton icon={X} size="small" label={`Take ${nameOf(member)} out`} disabled={reason !== null} disabledReason={reason ?? ''} onClick={() => onRemove(member)} />}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The access table in words, from the rules that core asks. */
const rows: readonly (readonly [string, RegistryAction])[] = [
  ['See collections, versions, history and members; search', 'registry.see'],
  ['Use, preview and download versions', 'version.download'],
  ['Link and unlink, move aliases, edit tags, cards and notes', 'link.create'],
  ['Create and delete collections', 'collection.create'],
  ['Rename the registry', 'registry.rename'],
  ['Move protected aliases, remove what carries one', 'protectedAlias.change'],
  ['Manage members, visibility, types and rules', 'registry.manageMembers'],
  ['Delete the registry', 'registry.delete'],
];

function RoleTable({ own }: { readonly own: Role }) {
  return (
    <table className={styles.roles} aria-label="What a role may">
      <thead>
        <tr>
          <th scope="col">
            <VisuallyHidden>What</VisuallyHidden>
          </th>
          {roles.map((role) => (
            <th key={role} scope="col" data-own={role === own || undefined}>
              {roleWords[role].label}
              {role === own && <VisuallyHidden> (yours)</VisuallyHidden>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([words, action]) => (
          <tr key={action}>
            <th scope="row">{words}</th>
            {roles.map((role) => (
              <td key={role} data-own={role === own || undefined}>
                {compareRoles(role, registryActions[action]) >= 0 ? <Check role="img" aria-hidden={false} aria-label="yes" /> : <VisuallyHidden>no</VisuallyHidden>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AddDialog({ registry, members, onClose }: { readonly registry: RegistrySummary; readonly members: readonly RegistryMember[]; readonly onClose: () => void }) {
  const users = useOperation('users.list', {}).data?.items ?? [];
  const teams = useOperation('teams.list', {}).data?.items ?? [];
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [role, setRole] = useState<Role>('member');
  const inside = new Set(members.map(({ holder }) => (holder.kind === 'user' ? `user ${holder.user.id}` : `team ${holder.id}`)));
  const options = [
    ...teams.map((team) => ({ value: `team ${team.id}`, label: team.name, detail: `team, ${formatQuantity(team.members.length, 'member')}` })),
    ...users.filter((user) => user.removedAt === null).map((user) => ({ value: `user ${user.id}`, label: user.displayName, detail: user.kind === 'service' ? 'service account' : user.username })),
  ].filter((option) => !inside.has(option.value));
  const idsOf = (kind: string): number[] => chosen.flatMap((one) => (one.startsWith(`${kind} `) ? [Number(one.slice(kind.length + 1))] : []));
  const service = users.some((user) => user.kind === 'service' && chosen.includes(`user ${user.id}`));
  const add = async (): Promise<void> => {
    const done = await runCommand(
      'registries.addMembers',
      { registryId: registry.id, userIds: idsOf('user') as UserId[], teamIds: idsOf('team') as TeamId[], role },
      { done: ({ added }) => `Added ${formatQuantity(added, 'member')} to ${registry.name}` },
    );
    if (done !== null) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Add members to ${registry.name}`}
      keepOnOutsidePress
      onSubmit={() => void add()}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={chosen.length === 0} disabledReason="Choose a person or a team.">
            Add{chosen.length > 1 && ` ${chosen.length}`}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Field label="People and teams">
          <MultiCombobox label="People and teams" options={options} values={chosen} onValuesChange={setChosen} emptyText="Everybody is here already" />
        </Field>
        <Field label="Role">
          <Select label="Role" options={roleOptions(service ? 'service' : 'person')} value={role} onValueChange={setRole} />
        </Field>
      </div>
    </Dialog>
  );
}
