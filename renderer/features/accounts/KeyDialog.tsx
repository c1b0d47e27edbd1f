import { useState } from 'react';
import { explainError, type ProjectId, type RegistryId, type UserDetail, type UserId } from '#shared/contract/index.ts';
import type { Role } from '#shared/domain/roles.ts';
import { runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { Button, CodeBlock, Dialog, Field, Input, MultiCombobox, Segmented, Select } from '../../ui/index.ts';
import styles from './Accounts.module.css';

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: 'never', label: 'Until revoked' },
] as const;
type Lifetime = (typeof lifetimes)[number]['value'];

const rights = [
  { value: 'own', label: 'All of its owner’s' },
  { value: 'member', label: 'Read and write' },
  { value: 'viewer', label: 'Read only' },
] as const;
type Right = (typeof rights)[number]['value'];

const day = 24 * 60 * 60 * 1000;

/** Makes a key for oneself or for an account, and shows it once. */
export function KeyDialog({ owner, onClose }: { /** Whose key; null lets one choose. */ readonly owner: Pick<UserDetail, 'id' | 'displayName'> | null; readonly onClose: () => void }) {
  const self = useOperation('catalog.status', {}).data?.user;
  const services = useOperation('users.list', { kind: 'service' }).data?.items.filter((one) => one.removedAt === null) ?? [];
  const registries = useOperation('registries.list', {}).data?.items ?? [];
  const projects = useOperation('projects.list', { limit: 200 }).data?.items ?? [];
  const [name, setName] = useState('');
  const [userId, setUserId] = useState<string | null>(owner === null ? null : String(owner.id));
  const [lifetime, setLifetime] = useState<Lifetime>('never');
  const [right, setRight] = useState<Right>('own');
  const [where, setWhere] = useState<'everywhere' | 'chosen'>('everywhere');
  const [registryIds, setRegistryIds] = useState<readonly string[]>([]);
  const [projectIds, setProjectIds] = useState<readonly string[]>([]);
  const [key, setKey] = useState<string | null>(null);
  const nowhere = where === 'chosen' && registryIds.length + projectIds.length === 0;

  const { busy, error, submit } = useSubmit(async () => {
    if (name.trim() === '' || nowhere) return;
    const role: Role | null = right === 'own' ? null : right;
    const made = await runCommand(
      'keys.create',
      {
        name: name.trim(),
        ...(userId === null || userId === String(self?.id) ? {} : { userId: Number(userId) as UserId }),
        ...(lifetime === 'never' ? {} : { expiresAt: new Date(Date.now() + Number(lifetime) * day).toISOString() }),
        ...(role === null && where === 'everywhere' ? {} : { scope: { role, registryIds: where === 'everywhere' ? null : registryIds.map((id) => Number(id) as RegistryId), projectIds: where === 'everywhere' ? null : projectIds.map((id) => Number(id) as ProjectId) } }),
      },
      { toast: false },
    );
    if (made !== null) setKey(made.output.key);
  });

  if (key !== null) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={`Key “${name.trim()}”`}
        keepOnOutsidePress
        actions={
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <p className={styles.dim}>Copy it now: it is shown this once, and only its hash is kept.</p>
        <CodeBlock code={key} wrap />
      </Dialog>
    );
  }
  const owners = [
    ...(self === undefined ? [] : [{ value: String(self.id), label: `${self.displayName} (you)` }]),
    ...services.map((one) => ({ value: String(one.id), label: one.displayName, detail: 'service account' })),
    ...(owner === null || owner.id === self?.id || services.some((one) => one.id === owner.id) ? [] : [{ value: String(owner.id), label: owner.displayName }]),
  ];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New API key"
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={name.trim() === '' || nowhere} disabledReason={nowhere ? 'Choose a registry or a project, or let it count everywhere.' : 'A key needs a name.'}>
            Make the key
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Field label="Name" hint="Who or what will use it: “nightly CI”." {...(error === null ? {} : { error: explainError(error).sentence })}>
          <Input value={name} onValueChange={setName} autoFocus maxLength={128} />
        </Field>
        <Field label="Acts as" hint="It can do at most what its owner can.">
          <Select label="Acts as" options={owners} value={userId ?? (self === undefined ? null : String(self.id))} onValueChange={setUserId} />
        </Field>
        <Field label="May">
          <Segmented label="May" options={rights} value={right} onValueChange={setRight} />
        </Field>
        <Field label="Where">
          <Segmented
            label="Where"
            options={[
              { value: 'everywhere', label: 'Everywhere' },
              { value: 'chosen', label: 'Chosen registries and projects' },
            ]}
            value={where}
            onValueChange={setWhere}
          />
        </Field>
        {where === 'chosen' && (
          <>
            <Field label="Registries" optional>
              <MultiCombobox label="Registries" options={registries.map((one) => ({ value: String(one.id), label: one.name }))} values={registryIds} onValuesChange={setRegistryIds} />
            </Field>
            <Field label="Projects" optional>
              <MultiCombobox label="Projects" options={projects.map((one) => ({ value: String(one.id), label: `${one.entity}/${one.name}` }))} values={projectIds} onValuesChange={setProjectIds} />
            </Field>
          </>
        )}
        <Field label="Good for">
          <Segmented label="Good for" options={lifetimes} value={lifetime} onValueChange={setLifetime} />
        </Field>
      </div>
    </Dialog>
  );
}
