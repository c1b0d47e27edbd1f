import { useState } from 'react';
import { explainError } from '#shared/contract/index.ts';
import { asVitrineError, runCommand } from '../../app/api/index.ts';
import { currentPlace, navigate, placeOf } from '../../app/routes/index.ts';
import { AlertDialog, formatQuantity } from '../../ui/index.ts';
import { closeRegistryDialog, type RegistryDialog } from './store.ts';

type Deletion = Extract<RegistryDialog, { readonly kind: 'delete registry' | 'delete collection' }>;

/** Asks before a registry or a collection goes to the trash, with what goes with it. */
export function DeleteDialog({ dialog }: { readonly dialog: Deletion }) {
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const isRegistry = dialog.kind === 'delete registry';
  const name = isRegistry ? dialog.registry.name : dialog.collection.name;
  const consequences = isRegistry
    ? [`${formatQuantity(dialog.registry.collectionCount, 'collection')} and ${formatQuantity(dialog.registry.linkCount, 'link')} go with it`]
    : [
        `${formatQuantity(dialog.collection.linkCount, 'link')} ${dialog.collection.linkCount === 1 ? 'goes' : 'go'} with it`,
        ...(dialog.collection.aliases.length === 0 ? [] : [`${formatQuantity(dialog.collection.aliases.length, 'alias', 'aliases')} ${dialog.collection.aliases.length === 1 ? 'goes' : 'go'}: ${dialog.collection.aliases.map((alias) => alias.name).slice(0, 6).join(', ')}`]),
      ];
  return (
    <AlertDialog
      open
      onOpenChange={(open) => {
        if (!open) closeRegistryDialog();
      }}
      title={`Delete ${name}?`}
      description="It goes to the trash and can be restored from there for a time."
      consequences={[...consequences, 'Source versions and their files stay: no bytes are freed']}
      confirmLabel={isRegistry ? 'Delete registry' : 'Delete collection'}
      {...(isRegistry ? { typeToConfirm: name } : {})}
      error={failure}
      onConfirm={async () => {
        setFailure(undefined);
        try {
          const place = currentPlace();
          if (isRegistry) {
            await runCommand('registries.delete', { id: dialog.registry.id }, { done: `Deleted ${name}` });
            if (place.place === 'registry' || place.place === 'collection') navigate({ place: 'registries' }, { replace: true });
          } else {
            await runCommand('collections.delete', { id: dialog.collection.id }, { done: `Deleted ${name}` });
            if (place.place === 'collection') navigate(placeOf.registry(dialog.collection.registry), { replace: true });
          }
          closeRegistryDialog();
        } catch (thrown) {
          const words = explainError(asVitrineError(thrown));
          setFailure(`${words.title}. ${words.sentence}`);
          throw thrown;
        }
      }}
    />
  );
}
