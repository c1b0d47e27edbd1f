import { useState } from 'react';
import { explainError, type InputOf, type OutputOf, type RegistryId } from '#shared/contract/index.ts';
import { runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { Button, Checkbox, Dialog, Field, Input, Select, SkeletonLines, TextArea } from '../../ui/index.ts';
import { Plus, Trash2 } from '../../ui/icons.ts';
import { conditionsIn, conditionsText, unreadConditions } from '../automations/index.ts';
import styles from './Approvals.module.css';

type Gate = OutputOf<'gates.list'>['gates'][number];

/** What aliases of a registry need before they may be put. */
export function GatesDialog({ onClose }: { readonly onClose: () => void }) {
  const registries = useOperation('registries.list', {}).data?.items.filter((registry) => registry.role === 'admin') ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const registryId = chosen ?? (registries[0] === undefined ? null : String(registries[0].id));
  return registryId === null ? (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Gates" actions={<Button variant="primary" onClick={onClose}>Close</Button>}>
      <p>Gates are set by admins of a registry; there is none of which you are one.</p>
    </Dialog>
  ) : (
    <Editor key={registryId} registryId={Number(registryId) as RegistryId} registries={registries.map((registry) => ({ value: String(registry.id), label: registry.name }))} onChoose={setChosen} onClose={onClose} />
  );
}

function Editor({ registryId, registries, onChoose, onClose }: { readonly registryId: RegistryId; readonly registries: readonly { readonly value: string; readonly label: string }[]; readonly onChoose: (id: string) => void; readonly onClose: () => void }) {
  const kept = useOperation('gates.list', { registryId });
  const [changed, setChanged] = useState<readonly Gate[] | null>(null);
  const gates = changed ?? kept.data?.gates ?? [];
  const set = (index: number, change: Partial<Gate>): void => setChanged(gates.map((gate, each) => (each === index ? { ...gate, ...change } : gate)));
  const { busy, error, submit } = useSubmit(async () => {
    await runCommand('gates.set', { registryId, gates: gates as InputOf<'gates.set'>['gates'] }, { toast: false });
    onClose();
  });
  const toggle = (index: number, kind: 'card' | 'licence' | 'integrity' | 'scan', on: boolean): void => {
    const gate = gates[index];
    if (gate !== undefined) set(index, { checks: [...gate.checks.filter((check) => check.kind !== kind), ...(on ? [kind === 'scan' ? { kind, cautions: false } : { kind }] : [])] });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Gates"
      description="What aliases need before they may be put on a version. Nobody approves their own request."
      width="wide"
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={changed === null || gates.some((gate) => gate.alias.trim() === '')} disabledReason={changed === null ? 'Nothing was changed.' : 'A gate needs an alias.'}>
            Save
          </Button>
        </>
      }
    >
      <div className={styles.gates}>
        <Field label="Registry" {...(error === null ? {} : { error: explainError(error).sentence })}>
          <Select label="Registry" options={registries} value={String(registryId)} onValueChange={onChoose} />
        </Field>
        {kept.data === undefined ? (
          <SkeletonLines lines={3} />
        ) : (
          gates.map((gate, index) => (
            <div key={index} className={styles.gate} role="group" aria-label={`Gate ${index + 1}`}>
              <Field label="Alias or pattern">
                <Input mono value={gate.alias} placeholder="production, prod-*" onValueChange={(alias) => set(index, { alias })} />
              </Field>
              <Field label="Approvals">
                <Select label="Approvals" options={['0', '1', '2', '3', '4', '5'].map((value) => ({ value, label: value }))} value={String(gate.approvals)} onValueChange={(value) => set(index, { approvals: Number(value) })} />
              </Field>
              <Field label="By">
                <Select label="By" options={[{ value: 'admin', label: 'Admins' }, { value: 'member', label: 'Members' }]} value={gate.deciders} onValueChange={(deciders) => set(index, { deciders })} />
              </Field>
              <Button icon={Trash2} aria-label={`Remove the gate before ${gate.alias === '' ? 'nothing yet' : gate.alias}`} onClick={() => setChanged(gates.filter((_, each) => each !== index))} />
              <div className={styles.checks}>
                <Checkbox checked={gate.checks.some((check) => check.kind === 'card')} onCheckedChange={(on) => toggle(index, 'card', on)} label="Card filled" />
                <Checkbox checked={gate.checks.some((check) => check.kind === 'licence')} onCheckedChange={(on) => toggle(index, 'licence', on)} label="Licence set" />
                <Checkbox checked={gate.checks.some((check) => check.kind === 'integrity')} onCheckedChange={(on) => toggle(index, 'integrity', on)} label="Integrity verified" />
                <Checkbox checked={gate.checks.some((check) => check.kind === 'scan')} onCheckedChange={(on) => toggle(index, 'scan', on)} label="Safety scan clean" />
              </div>
              <Metrics key={`${gates.length} ${index}`} gate={gate} onChange={(checks) => set(index, { checks })} />
            </div>
          ))
        )}
        <Button icon={Plus} onClick={() => setChanged([...gates, { alias: '', approvals: 1, deciders: 'admin', checks: [] }])}>
          Add a gate
        </Button>
      </div>
    </Dialog>
  );
}

type MetricCheck = Extract<Gate['checks'][number], { readonly kind: 'metric' }>;
const isMetric = (check: Gate['checks'][number]): check is MetricCheck => check.kind === 'metric';

/** Conditions on the version's metadata, one a line. What can't be read yet stays in the field and counts for nothing. */
function Metrics({ gate, onChange }: { readonly gate: Gate; readonly onChange: (checks: Gate['checks']) => void }) {
  const [text, setText] = useState(() => conditionsText(gate.checks.filter(isMetric)));
  const [unread] = unreadConditions(text);
  return (
    <Field label="Metrics" optional className={styles.wide ?? ''} {...(unread === undefined ? { hint: 'A condition on the metadata per line: eval.accuracy > 0.9' } : { error: `“${unread}” can’t be read: write a key, one of > >= < <= = != contains exists, and a value.` })}>
      <TextArea
        mono
        rows={2}
        value={text}
        onValueChange={(next) => {
          setText(next);
          onChange([...gate.checks.filter((check) => !isMetric(check)), ...conditionsIn(next).map((condition) => ({ kind: 'metric' as const, ...condition }))]);
        }}
      />
    </Field>
  );
}
