import { useState } from 'react';
import type { CollectionDetail, CollectionSummary } from '#shared/contract/index.ts';
import { checkCollectionName } from '#shared/domain/names.ts';
import { runCommand, sayDone, useSubmit } from '../../app/api/index.ts';
import { currentPlace, navigate, placeOf } from '../../app/routes/index.ts';
import { Button, Dialog, Field, Input } from '../../ui/index.ts';
import { barred } from '../../app/rights.ts';
import { closeRegistryDialog } from './store.ts';
import { problemOf } from './problemOf.ts';
import styles from './Registries.module.css';

export function RenameCollectionDialog({ collection }: { readonly collection: CollectionSummary | CollectionDetail }) {
  const [name, setName] = useState(collection.name);
  const problem = problemOf(name, checkCollectionName(name));
  const { busy, failure, submit } = useSubmit(async () => {
    const renamed = await runCommand('collections.update', { id: collection.id, name }, { toast: false });
    if (renamed === null) return;
    closeRegistryDialog();
    sayDone(renamed.undo);
    const place = currentPlace();
    if (place.place === 'collection' && place.collection === collection.name) navigate(placeOf.collection(renamed.output.registry, renamed.output.name), { replace: true });
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) closeRegistryDialog();
      }}
      title={`Rename ${collection.name}`}
      description="The old name goes on leading here, until another collection takes it."
      width="narrow"
      onSubmit={submit}
      actions={
        <>
          <Button onClick={closeRegistryDialog}>Cancel</Button>
          <Button variant="primary" type="submit" busy={busy} {...barred(name === collection.name ? 'It has this name already.' : name.trim() === '' ? 'Give it a name.' : (problem ?? null))}>
            Rename
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Field label="Name" error={problem}>
          <Input value={name} onValueChange={setName} maxLength={200} />
        </Field>
        {failure !== null && (
          <p role="alert" className={styles.failure}>
            {failure}
          </p>
        )}
      </div>
    </Dialog>
  );
}
