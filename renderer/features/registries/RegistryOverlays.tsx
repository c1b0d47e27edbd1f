import { CardRuleDialog } from './cards/CardRuleDialog.tsx';
import { CollectionDialog } from './CollectionDialog.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { RegistryDialogForm } from './RegistryDialogForm.tsx';
import { RenameCollectionDialog } from './RenameCollectionDialog.tsx';
import { LifecycleDialog } from './states/LifecycleDialog.tsx';
import { useRegistryDialog } from './store.ts';

/** The dialogs of this feature, one at a time; mounted once by the frame. */
export function RegistryOverlays() {
  const open = useRegistryDialog((state) => state.open);
  switch (open?.kind) {
    case undefined:
      return null;
    case 'new registry':
      return <RegistryDialogForm registry={null} />;
    case 'edit registry':
      return <RegistryDialogForm registry={open.registry} />;
    case 'lifecycle':
      return <LifecycleDialog registry={open.registry} />;
    case 'cards':
      return <CardRuleDialog registry={open.registry} {...(open.type === undefined ? {} : { first: open.type })} />;
    case 'new collection':
      return <CollectionDialog registry={open.registry} />;
    case 'rename collection':
      return <RenameCollectionDialog collection={open.collection} />;
    case 'delete registry':
    case 'delete collection':
      return <DeleteDialog dialog={open} />;
  }
}
