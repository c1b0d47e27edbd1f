import { useState } from 'react';
import { explainError, type UserDetail } from '#shared/contract/index.ts';
import type { Role } from '#shared/domain/roles.ts';
import { notify, runCommand, sayDone, undoOffered, useSubmit } from '../../app/api/index.ts';
import { Button, Dialog, Field, Input, Select } from '../../ui/index.ts';
import { roleOptions } from './rights.ts';
import styles from './Accounts.module.css';

/** Takes a person or a service account in, or changes one. */
export function UserDialog({ user, kind, onClose }: { readonly user: UserDetail | null; readonly kind: 'person' | 'service'; readonly onClose: () => void }) {
  const [username, setUsername] = useState(user?.username ?? '');
  const [displayName, setDisplayName] = useState(user?.displayName ?? '');
  const [email, setEmail] = useState(user?.email ?? '');
  const [role, setRole] = useState<Role>(user?.role ?? 'member');
  const service = kind === 'service';
  const { busy, error: failed, submit } = useSubmit(async () => {
    const done = await (user === null
      ? runCommand('users.create', { username: username.trim(), ...(displayName.trim() === '' ? {} : { displayName: displayName.trim() }), email: email.trim() === '' ? null : email.trim(), kind, role }, { toast: false })
      : runCommand('users.update', { id: user.id, displayName: displayName.trim(), email: email.trim() === '' ? null : email.trim() }, { toast: false }));
    onClose();
    sayDone(done?.undo ?? null);
  });
  const error = failed === null ? undefined : explainError(failed).sentence;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={user === null ? (service ? 'New service account' : 'Add a person') : `Edit ${user.displayName}`}
      description={user === null ? (service ? 'A name that a machine works under. It signs in with API keys only.' : 'They work in this catalog through its server, with an API key that you or they make.') : undefined}
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={user === null ? username.trim() === '' : displayName.trim() === ''} disabledReason="It needs a name.">
            {user === null ? (service ? 'Make the account' : 'Add') : 'Save'}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {user === null && (
          <Field label={service ? 'Account name' : 'Username'} hint={service ? 'Short, without spaces: ci-trainer.' : 'Short, without spaces: as it stands in addresses and history.'} error={error}>
            <Input value={username} onValueChange={setUsername} autoFocus mono maxLength={128} />
          </Field>
        )}
        <Field label="Name" optional={user === null} {...(user === null ? {} : { error })}>
          <Input value={displayName} onValueChange={setDisplayName} maxLength={128} />
        </Field>
        {!service && (
          <Field label="Email" optional>
            <Input type="email" value={email} onValueChange={setEmail} maxLength={320} />
          </Field>
        )}
        {user === null && (
          <Field label="Role in the organization">
            <Select label="Role in the organization" options={roleOptions(kind)} value={role} onValueChange={setRole} />
          </Field>
        )}
      </div>
    </Dialog>
  );
}

export function NewTeamDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const { busy, error: failed, submit } = useSubmit(async () => {
    const done = await runCommand('teams.create', { name: name.trim() }, { toast: false });
    onClose();
    if (done !== null) notify({ tone: 'good', title: `Made the team ${done.output.name}`, ...undoOffered(done.undo) });
  });
  const error = failed === null ? undefined : explainError(failed).sentence;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New team"
      description="A space for projects, with members of its own. Its name is the first part of their addresses: it is what scripts give as entity."
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={name.trim() === ''} disabledReason="A team needs a name.">
            Make the team
          </Button>
        </>
      }
    >
      <Field label="Name" error={error}>
        <Input value={name} onValueChange={setName} autoFocus mono maxLength={128} />
      </Field>
    </Dialog>
  );
}
