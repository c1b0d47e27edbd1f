import { useState } from 'react';
import type { TeamDetail, UserDetail } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { AlertDialog, Avatar, Badge, Button, EmptyState, formatQuantity, IconButton, Menu, RelativeTime, Select, SkeletonLines, VisuallyHidden, type MenuEntry } from '../../ui/index.ts';
import { Cpu, Ellipsis, KeyRound, Pencil, Plus, Trash2, UserPlus, Users, X } from '../../ui/icons.ts';
import { KeyDialog } from './KeyDialog.tsx';
import { NewTeamDialog, UserDialog } from './UserDialog.tsx';
import { roleOptions, useManagingReason } from './rights.ts';
import styles from './Accounts.module.css';

type Open = { readonly kind: 'user'; readonly user: UserDetail | null; readonly as: 'person' | 'service' } | { readonly kind: 'remove'; readonly user: UserDetail } | { readonly kind: 'key'; readonly user: UserDetail } | { readonly kind: 'team' };

/** Who belongs to the organization, and the teams that projects belong to. */
export function AccessSection() {
  const users = useOperation('users.list', {});
  const reason = useManagingReason();
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => setOpen(null);
  if (users.error !== null && users.data === undefined) return <PlaceFailure error={users.error} retry={users.retry} />;
  if (users.data === undefined) return <SkeletonLines lines={8} />;
  const present = users.data.items.filter((user) => user.removedAt === null);
  const people = present.filter((user) => user.kind === 'person');
  const services = present.filter((user) => user.kind === 'service');
  return (
    <>
      <div className={styles.headline}>
        <h2>People</h2>
        <Button icon={UserPlus} onClick={() => setOpen({ kind: 'user', user: null, as: 'person' })} {...barred(reason)}>
          Add a person…
        </Button>
      </div>
      <Accounts label="People" users={people} reason={reason} onOpen={setOpen} />
      <div className={styles.headline}>
        <h2>Service accounts</h2>
        <Button icon={Plus} onClick={() => setOpen({ kind: 'user', user: null, as: 'service' })} {...barred(reason)}>
          New service account…
        </Button>
      </div>
      {services.length === 0 ? (
        <EmptyState compact icon={Cpu} title="No service accounts" text="A CI job or a training box should act under a name of its own, not under a person’s: its keys can be revoked, and history says that it was the machine." />
      ) : (
        <Accounts label="Service accounts" users={services} reason={reason} onOpen={setOpen} />
      )}
      <Teams users={present} reason={reason} onNew={() => setOpen({ kind: 'team' })} />
      {open?.kind === 'user' && <UserDialog user={open.user} kind={open.as} onClose={close} />}
      {open?.kind === 'key' && <KeyDialog owner={open.user} onClose={close} />}
      {open?.kind === 'team' && <NewTeamDialog onClose={close} />}
      {open?.kind === 'remove' && (
        <AlertDialog
          open
          onOpenChange={(next) => !next && close()}
          title={`Remove ${open.user.displayName}?`}
          description="Rights end at once. What was done stays in history under this name, and runs and versions stay."
          consequences={[open.user.keyCount === 0 ? 'No key is revoked' : `${formatQuantity(open.user.keyCount, 'key')} revoked: scripts that use them are refused`]}
          confirmLabel="Remove"
          tone="danger"
          onConfirm={async () => {
            await runCommand('users.remove', { id: open.user.id }, { done: `Removed ${open.user.displayName}` });
          }}
        />
      )}
    </>
  );
}

function Accounts({ label, users, reason, onOpen }: { readonly label: string; readonly users: readonly UserDetail[]; readonly reason: string | null; readonly onOpen: (open: Open) => void }) {
  const self = useOperation('catalog.status', {}).data?.user.id;
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" className={styles.roles}>Role</th>
          <th scope="col">Teams</th>
          <th scope="col">Keys</th>
          <th scope="col">Last seen</th>
          <th scope="col" className={styles.acts}>
            <VisuallyHidden>Acts</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => {
          const entries: readonly MenuEntry[] = [
            { id: 'edit', label: 'Edit…', icon: Pencil, disabled: reason !== null && user.id !== self, reason: reason ?? '', onSelect: () => onOpen({ kind: 'user', user, as: user.kind }) },
            { id: 'key', label: 'New key…', icon: KeyRound, disabled: reason !== null && user.id !== self, reason: reason ?? '', onSelect: () => onOpen({ kind: 'key', user }) },
            { kind: 'separator' },
            { id: 'remove', label: 'Remove…', icon: Trash2, tone: 'danger', disabled: reason !== null || user.id === self, reason: reason ?? 'You can’t remove yourself.', onSelect: () => onOpen({ kind: 'remove', user }) },
          ];
          return (
            <tr key={user.id}>
              <th scope="row">
                <span className={styles.who}>
                  <Avatar name={user.displayName} />
                  <span className={styles.names}>
                    <span className={styles.strong}>
                      {user.displayName} {user.id === self && <Badge>you</Badge>}
                    </span>
                    <span className={styles.dim}>
                      {user.username}
                      {user.email !== null && `, ${user.email}`}
                    </span>
                  </span>
                </span>
              </th>
              <td className={styles.role}>
                <Select
                  quiet
                  size="small"
                  label={`Role of ${user.displayName}`}
                  options={roleOptions(user.kind)}
                  value={user.role}
                  {...barred(reason)}
                  onValueChange={(role) => void runCommand('users.update', { id: user.id, role }, { done: `${user.displayName} is now ${role.replace('_', ' ')}` })}
                />
              </td>
              <td className={styles.dim}>{user.teams.map((team) => team.name).join(', ') || 'none'}</td>
              <td className={styles.count}>{user.keyCount}</td>
              <td className={styles.dim}>{user.lastSeenAt === null ? 'never' : <RelativeTime time={user.lastSeenAt} />}</td>
              <td className={styles.acts}>
                <Menu align="end" trigger={<IconButton icon={Ellipsis} size="small" label={`More for ${user.displayName}`} />} items={entries} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Teams({ users, reason, onNew }: { readonly users: readonly UserDetail[]; readonly reason: string | null; readonly onNew: () => void }) {
  const teams = useOperation('teams.list', {});
  return (
    <>
      <div className={styles.headline}>
        <h2>Teams</h2>
        <Button icon={Plus} onClick={onNew} {...barred(reason)}>
          New team…
        </Button>
      </div>
      <p className={styles.dim}>A project belongs to a team; who is in it may log there. A team can also be given a role in a registry.</p>
      {teams.error !== null && teams.data === undefined ? (
        <PlaceFailure error={teams.error} retry={teams.retry} compact />
      ) : teams.data === undefined ? (
        <SkeletonLines lines={3} />
      ) : (
        teams.data.items.map((team) => <Team key={team.id} team={team} users={users} />)
      )}
    </>
  );
}

function Team({ team, users }: { readonly team: TeamDetail; readonly users: readonly UserDetail[] }) {
  // The organization’s admins, and the team’s own.
  const mayManage = useWhyNot()('teams.setMember', { team: team.name });
  const outside = users.filter((user) => !team.members.some((member) => member.user.id === user.id));
  const set = (userId: UserDetail['id'], role: UserDetail['role'], done: string): void => void runCommand('teams.setMember', { teamId: team.id, userId, role }, { done });
  return (
    <section className={styles.team} aria-label={`Team ${team.name}`}>
      <div className={styles.teamHead}>
        <Users aria-hidden />
        <h3>{team.name}</h3>
        <span className={styles.dim}>
          {formatQuantity(team.projectCount, 'project')}, {formatQuantity(team.members.length, 'member')}
        </span>
        {outside.length > 0 && (
          <Menu
            align="end"
            trigger={
              <Button size="small" icon={UserPlus} {...barred(mayManage)}>
                Add
              </Button>
            }
            items={outside.slice(0, 50).map((user): MenuEntry => ({ id: String(user.id), label: user.displayName, onSelect: () => set(user.id, 'member', `${user.displayName} is in ${team.name}`) }))}
          />
        )}
      </div>
      <ul className={styles.members}>
        {team.members.map(({ user, role }) => (
          <li key={user.id}>
            <span className={styles.who}>
              <Avatar name={user.displayName} /> {user.displayName}
              {user.kind === 'service' && <Badge>service account</Badge>}
            </span>
            <Select quiet size="small" label={`Role of ${user.displayName} in ${team.name}`} options={roleOptions(user.kind)} value={role} {...barred(mayManage)} onValueChange={(next) => set(user.id, next, `${user.displayName} is ${next.replace('_', ' ')} in ${team.name}`)} />
            <IconButton icon={X} size="small" label={`Take ${user.displayName} out of ${team.name}`} {...barred(mayManage)} onClick={() => set(user.id, null, `${user.displayName} is out of ${team.name}`)} />
          </li>
        ))}
        {team.members.length === 0 && <li className={styles.dim}>Nobody yet.</li>}
      </ul>
    </section>
  );
}
