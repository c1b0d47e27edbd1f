import { useState } from 'react';
import type { RegistrySummary } from '#shared/contract/index.ts';
import { standardCardRule } from '#shared/domain/cards.ts';
import { checkArtifactType, checkCollectionName } from '#shared/domain/names.ts';
import { runCommand, useOperation, useReadOnly, useSubmit } from '../../app/api/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import { Button, Checkbox, Dialog, Field, Input, Select, TypeIcon } from '../../ui/index.ts';
import { TagField } from '../logging/index.ts';
import { barred } from '../../app/rights.ts';
import { whyNot } from './rights.ts';
import { closeRegistryDialog } from './store.ts';
import { problemOf } from './problemOf.ts';
import styles from './Registries.module.css';

/** Makes an empty collection of one type. */
export function CollectionDialog({ registry: given }: { readonly registry: RegistrySummary | null }) {
  const readOnly = useReadOnly();
  const registries = useOperation('registries.list', {});
  const inUse = useOperation('artifacts.types', {});
  const [chosen, setChosen] = useState<string | null>(given === null ? null : String(given.id));
  const registry = registries.data?.items.find((item) => String(item.id) === (chosen ?? '')) ?? given;
  const types = registry?.acceptedTypes ?? [...new Set(['model', 'dataset', ...(inUse.data?.items ?? []).map((item) => item.type)])];
  const [name, setName] = useState('');
  const [pickedType, setPickedType] = useState<string | null>(null);
  const [otherType, setOtherType] = useState('');
  const [tags, setTags] = useState<readonly string[]>([]);
  const [tagProblem, setTagProblem] = useState<string | null>(null);
  const [template, setTemplate] = useState(true);
  const type = otherType !== '' ? otherType : (pickedType ?? types[0] ?? 'model');
  const rule = useOperation('registries.cardRule', { registryId: registry?.id ?? (0 as never), type }, { enabled: registry !== null && registry !== undefined });
  const nameProblem = problemOf(name, checkCollectionName(name));
  const typeProblem = problemOf(otherType, checkArtifactType(otherType));

  const { busy, failure, submit } = useSubmit(async () => {
    if (registry === null || registry === undefined) return;
    const made = await runCommand('collections.create', { registryId: registry.id, name, type, description: template ? (rule.data ?? standardCardRule(type)).template : '', tags: [...tags] }, { toast: false });
    if (made === null) return;
    closeRegistryDialog();
    navigate(placeOf.collection(made.output.registry, made.output.name));
  });

  const reason = registry === null || registry === undefined ? 'Choose a registry.' : (whyNot(readOnly, registry, 'collection.create') ?? (name.trim() === '' ? 'Give it a name.' : (nameProblem ?? typeProblem ?? tagProblem)));
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) closeRegistryDialog();
      }}
      title={registry === null || registry === undefined ? 'New collection' : `New collection in ${registry.name}`}
      description="A collection holds the chosen versions of one thing, numbered v0, v1, … as they are linked."
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={closeRegistryDialog}>Cancel</Button>
          <Button variant="primary" type="submit" busy={busy} {...barred(reason)}>
            Create collection
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {given === null && (
          <Field label="Registry">
            <Select options={(registries.data?.items ?? []).map((item) => ({ value: String(item.id), label: item.name }))} value={chosen} onValueChange={setChosen} placeholder="Choose one" />
          </Field>
        )}
        <Field label="Name" error={nameProblem}>
          <Input value={name} onValueChange={setName} placeholder="Weld Detector" maxLength={200} />
        </Field>
        <Field label="Type" hint="Only versions of this type can be linked into it. It can’t be changed later.">
          <Select options={types.map((one) => ({ value: one, label: one, leading: <TypeIcon type={one} /> }))} value={types.includes(type) ? type : null} onValueChange={(next) => { setPickedType(next); setOtherType(''); }} placeholder={type} />
        </Field>
        {registry !== null && registry !== undefined && registry.acceptedTypes === null && (
          <Field label="Or another type" optional error={typeProblem}>
            <Input value={otherType} onValueChange={setOtherType} placeholder="evaluation" />
          </Field>
        )}
        <Field label="Tags" optional>
          <TagField values={tags} onValuesChange={setTags} onProblem={setTagProblem} />
        </Field>
        <Checkbox label={`Begin the card with the sections of a ${type}`} checked={template} onCheckedChange={setTemplate} />
        {failure !== null && (
          <p role="alert" className={styles.failure}>
            {failure}
          </p>
        )}
      </div>
    </Dialog>
  );
}
