import { useEffect } from 'react';
import type { CollectionDetail, RegistrySummary } from '#shared/contract/index.ts';
import { roleName } from '#shared/domain/roles.ts';
import { allow, forbid, useDropTarget } from '../../app/drag/index.ts';
import { runCommand, useCommand, useOperation, useReadOnly } from '../../app/api/index.ts';
import { formatPlace, navigate, placeOf, renamedPlace, useMovedTo, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { select, selected } from '../../app/selection.ts';
import { PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { Button, copyText, formatQuantity, IconButton, Menu, RegistryGlyph, SkeletonLines, Tabs, TagChip } from '../../ui/index.ts';
import { BadgeCheck, Copy, Ellipsis, FileArchive, Hash, History, Pencil, Plus, Star, Trash2 } from '../../ui/icons.ts';
import { openBundleExport } from '../imports/index.ts';
import { linkTarget, openPromotion } from '../linking/index.ts';
import { chooseAndLog, openLogDialog } from '../logging/index.ts';
import { SyncBadgeOnPage } from '../sync/index.ts';
import { CardTab } from './CardTab.tsx';
import { CompareTab } from './compare/CompareTab.tsx';
import { LinksTab } from './LinksTab.tsx';
import { barred, useWhyNot } from '../../app/rights.ts';
import { whyNot } from './rights.ts';
import { openRegistryDialog } from './store.ts';
import { TagEditor } from './TagEditor.tsx';
import { TimelineTab } from './TimelineTab.tsx';
import { useTouch } from './useTouch.ts';
import styles from './Registries.module.css';

export function CollectionPlace({ place }: PlaceProps<'collection'>) {
  const collection = useOperation('collections.get', { registry: place.registry, name: place.collection });
  const registry = useOperation('registries.get', { name: place.registry });
  useMovedTo(place, renamedPlace(place, collection.data === undefined ? undefined : { registry: collection.data.registry, collection: collection.data.name }));
  const error = collection.error ?? registry.error;
  if (error !== null) {
    return (
      <PlaceFailure
        alone
        error={error}
        retry={() => {
          collection.retry();
          registry.retry();
        }}
      />
    );
  }
  if (collection.data === undefined || registry.data === undefined) {
    return (
      <>
        <PlaceHeader title={place.collection} />
        <SkeletonLines lines={6} />
      </>
    );
  }
  return <Collection collection={collection.data} registry={registry.data} />;
}

type Tab = 'versions' | 'compare' | 'card' | 'timeline';

function Collection({ collection, registry }: { readonly collection: CollectionDetail; readonly registry: RegistrySummary }) {
  const readOnly = useReadOnly();
  const star = useCommand('stars.set');
  const [tab, setTab] = usePlaceState<Tab>('tab', 'versions');
  const mayLink = whyNot(readOnly, registry, 'link.create');
  const mayPromote = useWhyNot()('links.promote', 'somewhere');
  const destination = { registry, collection };
  const drop = useDropTarget<HTMLDivElement>(
    linkTarget(destination, {
      files: { verdict: mayLink === null ? allow(`Log, then link to ${collection.name}`) : forbid(mayLink), onDrop: (paths) => openLogDialog({ paths, destination }) },
    }),
  );
  useTouch('collection', collection.id);
  // The table of versions selects by itself, and is asked before this.
  useEffect(() => {
    if (tab !== 'versions') select([selected.collection(collection)]);
  }, [collection, tab]);

  const mayEdit = whyNot(readOnly, registry, 'card.edit');
  const mayDelete = whyNot(readOnly, registry, 'collection.delete');
  const mayAlias = whyNot(readOnly, registry, 'alias.change');
  const mayTag = whyNot(readOnly, registry, 'tag.change');
  const address = `wandb-registry-${collection.registry}/${collection.name}`;
  const card = useOperation('collections.card', { id: collection.id }).data;
  const filled = card?.fields.filter((field) => field.filled).length ?? 0;
  const cardLabel = card === undefined || card.complete ? 'Card' : `Card ${filled}/${card.fields.length}`;
  return (
    <div className={styles.tabs} ref={drop}>
      <PlaceHeader
        mark={<RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} />}
        title={collection.name}
        beside={
          <>
            <IconButton icon={Star} size="small" className={collection.starred ? styles.starred : undefined} label={collection.starred ? 'Remove the star' : 'Star this collection'} aria-pressed={collection.starred} onClick={() => void star.execute({ kind: 'collection', id: collection.id, starred: !collection.starred })} />
            <SyncBadgeOnPage registryId={registry.id} collectionIds={[collection.id]} />
          </>
        }
        facts={
          <>
            <span>{collection.type}</span>
            <span>{formatQuantity(collection.linkCount, 'version')}</span>
            <span>you are {roleName(collection.role)}</span>
          </>
        }
        actions={
          <>
            <Button icon={Plus} onClick={() => void chooseAndLog('folder', { destination })} {...barred(mayLink)}>
              Log a folder…
            </Button>
            <Button icon={BadgeCheck} onClick={() => openPromotion({ links: [], from: collection, type: collection.type, to: null })} {...barred(collection.linkCount === 0 ? 'Nothing is linked here yet.' : mayPromote)}>
              Promote…
            </Button>
            <Menu
              align="end"
              trigger={<IconButton icon={Ellipsis} label="More" />}
              items={[
                { id: 'rename', label: 'Rename…', icon: Pencil, disabled: mayEdit !== null, reason: mayEdit ?? '', onSelect: () => openRegistryDialog({ kind: 'rename collection', collection }) },
                { id: 'link', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(placeOf.collection(collection.registry, collection.name))) },
                { id: 'address', label: 'Copy address for scripts', icon: Hash, onSelect: () => void copyText(address) },
                { id: 'history', label: 'History of this collection', icon: History, onSelect: () => navigate({ place: 'history', focus: { place: 'collection', registry: collection.registry, collection: collection.name } }) },
                { id: 'bundle', label: 'Export as a bundle…', icon: FileArchive, disabled: collection.linkCount === 0, reason: 'Nothing is linked here yet.', onSelect: () => openBundleExport({ label: collection.name, collectionIds: [collection.id] }) },
                { kind: 'separator' },
                { id: 'delete', label: 'Delete collection…', icon: Trash2, tone: 'danger', disabled: mayDelete !== null, reason: mayDelete ?? '', onSelect: () => openRegistryDialog({ kind: 'delete collection', collection }) },
              ]}
            />
          </>
        }
      />
      <div className={styles.strip}>
        {collection.tags.map((tag) => (
          <TagChip
            key={tag}
            tag={tag}
            onPress={() => navigate({ place: 'search', query: `tag:${/\s/u.test(tag) ? `"${tag}"` : tag}` })}
            {...(mayTag === null ? { onRemove: () => void runCommand('tags.edit', { target: { kind: 'collection', id: collection.id }, remove: [tag] }, { done: `Removed the tag “${tag}”` }) } : {})}
          />
        ))}
        {mayTag === null && <TagEditor collection={collection} />}
      </div>
      <Tabs<Tab>
        label="Parts of the collection"
        className={styles.tabs}
        panelClassName={styles.panel}
        tabs={[
          { value: 'versions', label: 'Versions', count: collection.linkCount },
          { value: 'compare', label: 'Compare' },
          { value: 'card', label: cardLabel },
          { value: 'timeline', label: 'Aliases over time' },
        ]}
        value={tab}
        onValueChange={setTab}
      >
        {(value) => (value === 'versions' ? <LinksTab collection={collection} registry={registry} /> : value === 'compare' ? <CompareTab collection={collection} /> : value === 'card' ? <CardTab collection={collection} reason={mayEdit} /> : <TimelineTab collection={collection} reason={mayAlias} />)}
      </Tabs>
    </div>
  );
}
