import type { CollectionId, RegistrySummary } from '#shared/contract/index.ts';
import { IconButton, RegistryGlyph, TypeIcon } from '../../ui/index.ts';
import { Boxes, Box, FolderTree, Plus, Search, Star, Workflow, type Icon } from '../../ui/icons.ts';
import { linkTarget } from '../../features/linking/index.ts';
import { openLogDialog } from '../../features/logging/index.ts';
import { openNewRegistry } from '../../features/registries/index.ts';
import { allow, forbid, pressToDrag, useDropTarget, type DragPayload, type LinkDestination } from '../drag/index.ts';
import { useOperation } from '../api/index.ts';
import { barred, useWhyNot } from '../rights.ts';
import type { SidebarNode } from './useSidebarTree.ts';
import styles from './Sidebar.module.css';

/** The content of one row of the sidebar's tree; registries and collections take what is dropped on them. */
export function SidebarRow({ node, label, unfold }: { readonly node: SidebarNode; readonly label: string; readonly unfold: () => void }) {
  switch (node.kind) {
    case 'heading':
      return (
        <>
          <span className={styles.heading}>{label}</span>
          {label === 'Registries' && <NewRegistryButton />}
        </>
      );
    case 'registry':
      return <RegistryRow registry={node.registry} unfold={unfold} />;
    case 'collection':
      return <CollectionRow destination={{ registry: node.registry, collection: node.collection }} name={node.collection.name} type={node.collection.type} count={node.collection.linkCount} />;
    case 'search':
      return <PlainRow icon={Search} label={label} />;
    case 'more':
      return <span className={styles.quiet}>{label}</span>;
    case 'object':
      return node.object.kind === 'collection' ? <StarredCollection id={node.object.id} label={label} /> : node.object.kind === 'registry' ? <StarredRegistry id={node.object.id} label={label} /> : <PlainRow icon={iconOf(node.object.kind)} label={label} />;
  }
}

function NewRegistryButton() {
  const mayCreate = useWhyNot()('registries.create', 'organization');
  return <IconButton icon={Plus} size="small" label="New registry" tabIndex={-1} className={styles.headingButton} {...barred(mayCreate)} onClick={openNewRegistry} />;
}

function iconOf(kind: string): Icon {
  if (kind === 'version' || kind === 'artifact') return Box;
  if (kind === 'project') return FolderTree;
  return kind === 'run' ? Workflow : Star;
}

function PlainRow({ icon: RowIcon, label }: { readonly icon: Icon; readonly label: string }) {
  return (
    <>
      <RowIcon className={styles.icon} aria-hidden />
      <span className={styles.name}>{label}</span>
    </>
  );
}

/** The whole row is the target, not just its words. */
function useRowTarget(destination: LinkDestination | undefined, onLinger?: () => void) {
  const ref = useDropTarget<HTMLElement>(
    destination === undefined
      ? undefined
      : linkTarget(destination, {
          ...(onLinger === undefined ? {} : { onLinger }),
          files: {
            verdict: mayLink(destination) ? allow(`Log, then link to ${destination.collection?.name ?? `a new collection of ${destination.registry.name}`}`) : forbid(`Linking into ${destination.registry.name} needs the role member.`),
            onDrop: (paths) => openLogDialog({ paths, destination }),
          },
        }),
  );
  return (element: HTMLElement | null) => (element === null ? undefined : ref(element.closest<HTMLElement>('[role="treeitem"], [data-drop-row]') ?? element));
}

function mayLink({ registry }: LinkDestination): boolean {
  return registry.role === 'member' || registry.role === 'admin';
}

function RegistryRow({ registry, unfold }: { readonly registry: RegistrySummary; readonly unfold: () => void }) {
  const ref = useRowTarget({ registry, collection: null }, unfold);
  return (
    <span ref={ref} className={styles.row}>
      <RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} size="small" />
      <span className={styles.name}>{registry.name}</span>
      <span className={styles.count} data-count={registry.collectionCount} aria-hidden />
    </span>
  );
}

function CollectionRow({ destination, name, type, count }: { readonly destination: LinkDestination; readonly name: string; readonly type: string; readonly count: number }) {
  const ref = useRowTarget(destination);
  const { registry, collection } = destination;
  const dragged = (): DragPayload | null => (collection === null ? null : { kind: 'collection', collection: { id: collection.id as CollectionId, registryId: registry.id, registry: registry.name, name, type, linkCount: count } });
  return (
    <span ref={ref} className={styles.row} onPointerDown={(event) => pressToDrag(event, dragged)}>
      <TypeIcon type={type} className={styles.icon} />
      <span className={styles.name}>{name}</span>
      <span className={styles.count} data-count={count} aria-hidden />
    </span>
  );
}

function StarredCollection({ id, label }: { readonly id: number; readonly label: string }) {
  const { data: collection } = useOperation('collections.get', { id: id as never });
  const registries = useOperation('registries.list', {}).data?.items;
  const registry = registries?.find((one) => one.id === collection?.registryId);
  return collection === undefined || registry === undefined ? (
    <PlainRow icon={Boxes} label={label} />
  ) : (
    <CollectionRow destination={{ registry, collection }} name={collection.name} type={collection.type} count={collection.linkCount} />
  );
}

function StarredRegistry({ id, label }: { readonly id: number; readonly label: string }) {
  const registry = useOperation('registries.list', {}).data?.items.find((one) => one.id === id);
  return registry === undefined ? <PlainRow icon={Boxes} label={label} /> : <RegistryRow registry={registry} unfold={() => undefined} />;
}

/** A registry in the folded sidebar: its glyph alone, a target all the same. */
export function RailGlyph({ registry, onOpen, unfold }: { readonly registry: RegistrySummary; readonly onOpen: () => void; readonly unfold: () => void }) {
  const ref = useRowTarget({ registry, collection: null }, unfold);
  return (
    <button ref={ref} type="button" data-drop-row="" className={styles.railItem} aria-label={registry.name} title={registry.name} onClick={onOpen}>
      <RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} />
    </button>
  );
}
