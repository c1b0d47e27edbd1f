import { useState } from 'react';
import { explainError, type Lifecycle, type RegistrySummary, type Role } from '#shared/contract/index.ts';
import { checkLifecycle, standardLifecycle } from '#shared/domain/lifecycle.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { notify, runCommand, undoOffered, useOperation, useSubmit } from '../../../app/api/index.ts';
import { Button, Checkbox, Dialog, EmptyState, formatQuantity, IconButton, Input, Select } from '../../../ui/index.ts';
import { ArrowRight, Plus, Trash2, Workflow } from '../../../ui/icons.ts';
import { closeRegistryDialog } from '../store.ts';
import { HuePicker } from './HuePicker.tsx';
import { addState, addTransition, editableOf, lifecycleOf, removeState, renamedOf, type Editable } from './editable.ts';
import { Mapping } from './Mapping.tsx';
import { StateChip } from './StateChip.tsx';
import styles from './Lifecycle.module.css';

const roles: readonly { readonly value: Role; readonly label: string }[] = [{ value: 'member', label: 'members' }, { value: 'admin', label: 'admins' }];

/** The states of a registry's links and the ways between them; what stands against a change is said before it is tried. */
export function LifecycleDialog({ registry }: { readonly registry: RegistrySummary }) {
  const [edited, setEdited] = useState<Editable | null>(registry.lifecycle === null ? null : editableOf(registry.lifecycle));
  const lifecycle: Lifecycle | null = edited === null ? null : lifecycleOf(edited);
  const checked = lifecycle === null ? null : checkLifecycle(lifecycle);
  const doubled = edited !== null && new Set(edited.states.map((state) => state.name)).size < edited.states.length;
  const problem = doubled ? 'Two states have the same name.' : checked !== null && !checked.ok ? explainViolation(checked.violation) : null;
  const renamed = edited === null ? {} : renamedOf(edited);
  const preview = useOperation('registries.lifecyclePreview', { registryId: registry.id, lifecycle, renamed }, { enabled: problem === null, keepPrevious: true });
  const blockers = problem === null ? (preview.data?.blockers ?? []) : [];
  const counts = new Map(preview.data?.counts.map((count) => [count.state, count.links]));

  const { busy, error: failure, submit: save } = useSubmit(async () => {
    if (problem !== null || blockers.length > 0) return;
    const done = await runCommand('registries.setLifecycle', { registryId: registry.id, lifecycle, renamed }, { toast: false });
    closeRegistryDialog();
    if (done !== null) {
      notify({
        tone: 'good',
        title: lifecycle === null ? `${registry.name} does without states` : `${registry.name} has ${formatQuantity(lifecycle.states.length, 'state')}`,
        ...(done.output.links === 0 ? {} : { text: `${formatQuantity(done.output.links, 'version')} ${done.output.links === 1 ? 'was' : 'were'} put into one.` }),
        ...undoOffered(done.undo),
      });
    }
  });

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && closeRegistryDialog()}
      title={`Lifecycle of ${registry.name}`}
      description="States stand beside aliases: each version of a collection is in one, and goes on only by the ways that are drawn here."
      width="wide"
      keepOnOutsidePress
      onSubmit={save}
      {...(edited === null ? {} : { footnote: <Button variant="quiet" onClick={() => setEdited(null)}>Do without states</Button> })}
      actions={
        <>
          <Button onClick={closeRegistryDialog}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={problem !== null || blockers.length > 0 || (edited === null && registry.lifecycle === null)}>
            Save
          </Button>
        </>
      }
    >
      {edited === null ? (
        <EmptyState
          compact
          icon={Workflow}
          title={registry.lifecycle === null ? 'No states yet' : 'Versions will have no state'}
          text="A start: draft, candidate, approved, retired. Everything about it can be changed."
          action={
            <Button icon={Plus} onClick={() => setEdited(editableOf(standardLifecycle))}>
              Begin with these
            </Button>
          }
        />
      ) : (
        <div className={styles.parts}>
          <section aria-label="States">
            <h3 className={styles.heading}>States</h3>
            <ul className={styles.list}>
              {edited.states.map((state, at) => (
                <li key={state.key} className={styles.state}>
                  <HuePicker label={`Hue of ${state.name}`} value={state.hue} onValueChange={(hue) => setEdited({ ...edited, states: edited.states.map((one) => (one.key === state.key ? { ...one, hue } : one)) })} />
                  <Input size="small" aria-label={`Name of state ${at + 1}`} value={state.name} onValueChange={(name) => setEdited({ ...edited, states: edited.states.map((one) => (one.key === state.key ? { ...one, name } : one)) })} maxLength={128} />
                  <span className={styles.count}>{at === 0 ? 'new links begin here' : state.was !== null && (counts.get(state.was) ?? 0) > 0 ? formatQuantity(counts.get(state.was) ?? 0, 'version') : ''}</span>
                  <Checkbox label="final" checked={state.terminal} onCheckedChange={(terminal) => setEdited({ ...edited, states: edited.states.map((one) => (one.key === state.key ? { ...one, terminal } : one)), ways: terminal ? edited.ways.filter((way) => way.from !== state.key) : edited.ways })} />
                  <IconButton icon={Trash2} size="small" label={`Remove the state ${state.name}`} disabled={edited.states.length === 1} onClick={() => setEdited(removeState(edited, state.key))} />
                </li>
              ))}
            </ul>
            <Button size="small" icon={Plus} disabled={edited.states.length >= 30} onClick={() => setEdited(addState(edited))}>
              Add a state
            </Button>
          </section>
          <section aria-label="Ways between them">
            <h3 className={styles.heading}>Ways between them</h3>
            <ul className={styles.list}>
              {edited.ways.map((way) => {
                const options = edited.states.map((state) => ({ value: state.key, label: state.name }));
                const change = (part: Partial<typeof way>): void => setEdited({ ...edited, ways: edited.ways.map((one) => (one.key === way.key ? { ...one, ...part } : one)) });
                return (
                  <li key={way.key} className={styles.way}>
                    <Select size="small" label="From" options={options.filter((option) => edited.states.find((state) => state.key === option.value)?.terminal === false)} value={way.from} onValueChange={(from) => change({ from })} />
                    <ArrowRight aria-hidden className={styles.arrow} />
                    <Select size="small" label="To" options={options.filter((option) => option.value !== way.from)} value={way.to} onValueChange={(to) => change({ to })} />
                    <Select size="small" quiet label="By whom" options={roles} value={way.role} onValueChange={(role) => change({ role })} />
                    <Checkbox label="asks why" checked={way.needsReason} onCheckedChange={(needsReason) => change({ needsReason })} />
                    <IconButton icon={Trash2} size="small" label="Remove this way" onClick={() => setEdited({ ...edited, ways: edited.ways.filter((one) => one.key !== way.key) })} />
                  </li>
                );
              })}
            </ul>
            <Button size="small" icon={Plus} disabled={edited.states.length < 2} onClick={() => setEdited(addTransition(edited))}>
              Add a way
            </Button>
          </section>
          {lifecycle !== null && !doubled && <Mapping states={edited.states} lifecycle={lifecycle} onChange={(key, part) => setEdited({ ...edited, states: edited.states.map((one) => (one.key === key ? { ...one, ...part } : one)) })} />}
        </div>
      )}
      {(problem !== null || blockers.length > 0 || failure !== null) && (
        <div role="alert" className={styles.problem}>
          {problem}
          {blockers.map((blocker) => (
            <p key={blocker.state}>
              <StateChip state={blocker.state} /> {blocker.explanation}
            </p>
          ))}
          {failure !== null && `${explainError(failure).title}. ${explainError(failure).sentence}`}
        </div>
      )}
    </Dialog>
  );
}
