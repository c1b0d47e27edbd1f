import { useState } from 'react';
import type { InputOf, ReasonRequired, RegistrySummary, Visibility } from '#shared/contract/index.ts';
import { checkAlias, checkArtifactType, checkRegistryName } from '#shared/domain/names.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { notify, runCommand, sayDone, undoOffered, useOperation, useReadOnly, useSubmit } from '../../app/api/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import { Button, Dialog, Field, Input, MultiCombobox, RegistryGlyph, Segmented, Switch, TextArea } from '../../ui/index.ts';
import { barred, readOnlyReason, useWhyNot } from '../../app/rights.ts';
import { MarkChoices } from './MarkChoices.tsx';
import { whyNot } from './rights.ts';
import { closeRegistryDialog } from './store.ts';
import { problemOf } from './problemOf.ts';
import styles from './Registries.module.css';

/** Makes a registry, or changes one. Only what changed is sent. */
export function RegistryDialogForm({ registry }: { readonly registry: RegistrySummary | null }) {
  const readOnly = useReadOnly();
  const mayCreate = useWhyNot()('registries.create', 'organization');
  const [name, setName] = useState(registry?.name ?? '');
  const [description, setDescription] = useState(registry?.description ?? '');
  const [visibility, setVisibility] = useState<Visibility>(registry?.visibility ?? 'organization');
  const [everyType, setEveryType] = useState(registry === null ? false : registry.acceptedTypes === null);
  const [types, setTypes] = useState<readonly string[]>(registry?.acceptedTypes ?? ['model']);
  const [guarded, setGuarded] = useState<readonly string[]>(registry?.protectedAliases ?? []);
  const [reasonRequired, setReasonRequired] = useState<ReasonRequired>(registry?.reasonRequired ?? 'never');
  const [glyph, setGlyph] = useState(registry?.glyph ?? 'box');
  const [hue, setHue] = useState(registry?.hue ?? 7);
  const inUse = useOperation('artifacts.types', {});
  const nameProblem = problemOf(name, checkRegistryName(name));
  const mayAdministrate = registry === null ? null : whyNot(readOnly, registry, 'registry.setTypes');
  const typeOptions = [...new Set(['model', 'dataset', ...(inUse.data?.items ?? []).map((item) => item.type), ...types])].map((type) => ({ value: type, label: type }));
  const aliasOptions = [...new Set(['production', 'staging', ...guarded])].map((alias) => ({ value: alias, label: alias }));

  const { busy, failure, submit } = useSubmit(async () => {
    const acceptedTypes = everyType ? null : [...types];
    if (registry === null) {
      const made = await runCommand('registries.create', { name, description, visibility, acceptedTypes, glyph, hue }, { toast: false });
      if (made === null) return;
      if (guarded.length > 0 || reasonRequired !== 'never') await runCommand('registries.update', { id: made.output.id, protectedAliases: [...guarded], reasonRequired }, { toast: false });
      closeRegistryDialog();
      notify({ tone: 'good', title: `Made the registry ${made.output.name}`, ...undoOffered(made.undo) });
      navigate(placeOf.registry(made.output.name));
      return;
    }
    const changes: InputOf<'registries.update'> = {
      id: registry.id,
      ...(name === registry.name ? {} : { name }),
      ...(description === registry.description ? {} : { description }),
      ...(visibility === registry.visibility ? {} : { visibility }),
      ...(same(acceptedTypes, registry.acceptedTypes) ? {} : { acceptedTypes }),
      ...(same(guarded, registry.protectedAliases) ? {} : { protectedAliases: [...guarded] }),
      ...(reasonRequired === registry.reasonRequired ? {} : { reasonRequired }),
      ...(glyph === registry.glyph ? {} : { glyph }),
      ...(hue === registry.hue ? {} : { hue }),
    };
    const changed = await runCommand('registries.update', changes, { toast: false });
    if (changed === null) return;
    closeRegistryDialog();
    sayDone(changed.undo);
    if (changed.output.name !== registry.name) navigate(placeOf.registry(changed.output.name), { replace: true });
  });

  const asked = registry === null ? null : { id: registry.id, acceptedTypes: everyType ? null : [...types], visibility };
  const changed = registry !== null && (visibility !== registry.visibility || !same(everyType ? null : types, registry.acceptedTypes));
  const preview = useOperation('registries.updatePreview', asked ?? { id: 0 as never }, { enabled: changed, keepPrevious: true });
  const blockers = changed ? (preview.data?.blockers ?? []) : [];
  const incomplete = name.trim() === '' ? 'Give it a name.' : (nameProblem ?? (!everyType && types.length === 0 ? 'Choose at least one type.' : null));
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) closeRegistryDialog();
      }}
      title={registry === null ? 'New registry' : `Edit ${registry.name}`}
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={closeRegistryDialog}>Cancel</Button>
          <Button variant="primary" type="submit" busy={busy} {...barred((registry === null ? mayCreate : readOnly ? readOnlyReason : null) ?? incomplete)}>
            {registry === null ? 'Create registry' : 'Save'}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <div className={styles.markRow}>
          <RegistryGlyph name={name === '' ? 'New' : name} glyph={glyph} hue={hue} size="large" />
          <Field label="Name" error={nameProblem} hint="How people and scripts will call it: wandb-registry-<name>.">
            <Input value={name} onValueChange={setName} maxLength={200} disabled={registry?.core === true} />
          </Field>
        </div>
        <Field label="Description" optional>
          <TextArea grows value={description} onValueChange={setDescription} placeholder="What belongs in here" />
        </Field>
        <MarkChoices glyph={glyph} hue={hue} onGlyph={setGlyph} onHue={setHue} />
        <Field label="Visible to" hint={visibility === 'organization' ? 'Everybody of the organization sees it; roles decide who changes it.' : 'Members only; others don’t see that it exists.'}>
          <Segmented label="Visible to" options={[{ value: 'organization', label: 'Organization' }, { value: 'restricted', label: 'Members only' }]} value={visibility} onValueChange={setVisibility} />
        </Field>
        <Field label="Accepted types" hint={mayAdministrate ?? 'What may be linked into it. A type can be removed while no collection has it.'}>
          <div className={styles.types}>
            <Switch label="Every type" checked={everyType} onCheckedChange={setEveryType} />
            {!everyType && (
              <MultiCombobox
                options={typeOptions}
                values={types}
                onValuesChange={setTypes}
                onCreate={(type) => setTypes([...types, type])}
                validateNew={(type) => {
                  const verdict = checkArtifactType(type);
                  return verdict.ok ? undefined : explainViolation(verdict.violation);
                }}
                placeholder="model, dataset, …"
              />
            )}
          </div>
        </Field>
        <Field label="Protected aliases" optional hint="Only admins of the registry may put, move or remove these. A * stands for anything: prod-* protects every alias that begins so.">
          <MultiCombobox
            options={aliasOptions}
            values={guarded}
            onValuesChange={setGuarded}
            onCreate={(alias) => setGuarded([...guarded, alias])}
            validateNew={(alias) => {
              const verdict = checkAlias(alias);
              return verdict.ok ? undefined : explainViolation(verdict.violation);
            }}
            mono
            placeholder="production"
          />
        </Field>
        <Field label="Ask why" hint="The reason is kept in the history, with who did it and when.">
          <Segmented
            label="Ask why"
            options={[{ value: 'never', label: 'Never' }, { value: 'protected', label: 'For protected aliases' }, { value: 'all', label: 'For every alias' }]}
            value={reasonRequired}
            onValueChange={setReasonRequired}
          />
        </Field>
        {blockers.length > 0 && (
          <div role="alert" className={styles.blockers}>
            <strong>This stands against it:</strong>
            <ul>
              {blockers.map((blocker) => (
                <li key={`${blocker.setting} ${blocker.rule}`}>
                  {blocker.explanation}
                  {blocker.names.length > 0 && <span className={styles.dim}> {blocker.names.slice(0, 5).join(', ')}{blocker.names.length > 5 ? ` and ${blocker.names.length - 5} more` : ''}</span>}
                </li>
              ))}
            </ul>
          </div>
        )}
        {failure !== null && (
          <p role="alert" className={styles.failure}>
            {failure}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function same(left: readonly string[] | null, right: readonly string[] | null): boolean {
  return left === right || (left !== null && right !== null && left.length === right.length && left.every((item) => right.includes(item)));
}
