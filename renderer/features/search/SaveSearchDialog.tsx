import { useState } from 'react';
import { explainError, type SavedSearch } from '#shared/contract/index.ts';
import { notify, runCommand, useSubmit } from '../../app/api/index.ts';
import { Button, Dialog, Field, Input, Switch } from '../../ui/index.ts';

/** Keeps a search as a smart collection, or gives one that is kept another name. */
export function SaveSearchDialog({ text, saved, onClose }: { readonly text: string; readonly saved: SavedSearch | null; readonly onClose: () => void }) {
  const [name, setName] = useState(saved?.name ?? '');
  const [shared, setShared] = useState(saved?.shared ?? false);
  const { error: failure, submit: save } = useSubmit(async () => {
    if (name.trim() === '') return;
    await runCommand('searches.save', { ...(saved === null ? {} : { id: saved.id }), name: name.trim(), text, kinds: saved?.kinds ?? null, shared }, { toast: false });
    onClose();
    notify({ tone: 'good', title: saved === null ? `Saved “${name.trim()}”: it stands in the sidebar` : `Changed “${name.trim()}”` });
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={saved === null ? 'Save this search' : `Edit “${saved.name}”`}
      description="A smart collection: filled anew each time it is opened."
      width="narrow"
      onSubmit={save}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={name.trim() === ''}>
            Save
          </Button>
        </>
      }
    >
      <Field label="Name" error={failure === null ? undefined : explainError(failure).sentence} hint={text}>
        <Input value={name} onValueChange={setName} autoFocus maxLength={200} placeholder="Release candidates" />
      </Field>
      <Switch checked={shared} onCheckedChange={setShared} label="For everybody in the organization" />
    </Dialog>
  );
}
