import { useEffect, useMemo } from 'react';
import type { CollectionSummary, InputOf, RegistrySummary } from '#shared/contract/index.ts';
import { roleName } from '#shared/domain/roles.ts';
import { useCommand, useOperation, usePagedRows, useReadOnly } from '../../app/api/index.ts';
import { allow, forbid, rowDrag, useDropTarget } from '../../app/drag/index.ts';
import { formatPlace, navigate, placeOf, renamedPlace, useMovedTo, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { select, selected } from '../../app/selection.ts';
import { PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { AliasChip, Badge, Button, copyText, DataTable, EmptyState, formatQuantity, IconButton, Menu, NOTHING_SELECTED, RegistryGlyph, RelativeTime, Skeleton, TagChip, TypeIcon, type Column, type Selection, type Sort } from '../../ui/index.ts';
import { BadgeCheck, Boxes, Copy, Ellipsis, FileArchive, FileText, History, Lock, Pencil, Plus, SquareKanban, Star, Trash2, Users, Workflow } from '../../ui/icons.ts';
import { openBundleExport } from '../imports/index.ts';
import { linkTarget, openPromotion } from '../linking/index.ts';
import { openLogDialog } from '../logging/index.ts';
import { SyncSign, useIdsInSight, useSyncBadges, type SyncBadges } from '../sync/index.ts';
import { PastView } from './past/PastView.tsx';
import { barred, barredEntry, useWhyNot } from '../../app/rights.ts';
import { whyNot } from './rights.ts';
import { openNewCollection, openRegistryDialog } from './store.ts';
import { useTouch } from './useTouch.ts';
import styles from './Registries.module.css';

export function RegistryPlace({ place }: PlaceProps<'registry'>) {
  const registry = useOperation('registries.get', { name: place.registry });
  useMovedTo(place, renamedPlace(place, registry.data === undefined ? undefined : { registry: registry.data.name }));
  if (registry.error !== null) return <PlaceFailure alone error={registry.error} retry={registry.retry} />;
  if (registry.data === undefined) return <PlaceHeader title={place.registry} mark={<Skeleton width={24} height={24} />} />;
  return <Registry registry={registry.data} />;
}

type Sorting = { readonly column: 'name' | 'updated' | 'created'; readonly direction: 'ascending' | 'descending' };

function Registry({ registry }: { readonly registry: RegistrySummary }) {
  const readOnly = useReadOnly();
  const star = useCommand('stars.set');
  const [sorting, setSorting] = usePlaceState<Sorting>('sort', { column: 'name', direction: 'ascending' });
  const [selection, setSelection] = usePlaceState<Selection>('selection', NOTHING_SELECTED);
  const [past, setPast] = usePlaceState<string | null>('as of', null);
  const input: InputOf<'collections.list'> = useMemo(() => ({ registryId: registry.id, sort: sorting.column, direction: sorting.direction }), [registry.id, sorting]);
  const rows = usePagedRows('collections.list', input);
  const inSight = useIdsInSight(rows);
  const badges = useSyncBadges(registry.id, { collectionIds: inSight.ids });
  const columns = useMemo(() => columnsWith(badges), [badges]);
  const mayLink = whyNot(readOnly, registry, 'link.create');
  const mayPromote = useWhyNot()('links.promote', 'somewhere');
  const drop = useDropTarget<HTMLDivElement>(
    linkTarget(
      { registry, collection: null },
      {
        files: {
          verdict: mayLink === null ? allow(`Log, then link to a new collection of ${registry.name}`) : forbid(mayLink),
          onDrop: (paths) => openLogDialog({ paths, destination: { registry, collection: null } }),
        },
      },
    ),
  );
  useTouch('registry', registry.id);
  useEffect(() => select([selected.registry(registry)]), [registry]);

  const mayCreate = whyNot(readOnly, registry, 'collection.create');
  const mayEdit = whyNot(readOnly, registry, 'registry.rename');
  const mayState = whyNot(readOnly, registry, 'registry.setTypes');
  const mayDelete = registry.core ? 'A core registry stays.' : whyNot(readOnly, registry, 'registry.delete');
  return (
    <>
      <PlaceHeader
        mark={<RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} />}
        title={registry.name}
        beside={
          <>
            <IconButton icon={Star} size="small" className={registry.starred ? styles.starred : undefined} label={registry.starred ? 'Remove the star' : 'Star this registry'} aria-pressed={registry.starred} onClick={() => void star.execute({ kind: 'registry', id: registry.id, starred: !registry.starred })} />
            {registry.visibility === 'restricted' && <Badge icon={Lock}>members only</Badge>}
          </>
        }
        facts={
          <>
            <span>{registry.acceptedTypes === null ? 'every type' : registry.acceptedTypes.join(', ')}</span>
            <span>{formatQuantity(registry.linkCount, 'link')}</span>
            <span>you are {roleName(registry.role)}</span>
          </>
        }
        actions={
          <>
            {past === null && (
              <Button variant="primary" icon={Plus} onClick={() => openNewCollection(registry)} {...barred(mayCreate)}>
                New collection
              </Button>
            )}
            <Menu
              align="end"
              trigger={<IconButton icon={Ellipsis} label="More" />}
              items={[
                { id: 'edit', label: 'Edit registry…', icon: Pencil, disabled: mayEdit !== null, reason: mayEdit ?? '', onSelect: () => openRegistryDialog({ kind: 'edit registry', registry }) },
                { id: 'states', label: 'Lifecycle states…', icon: Workflow, disabled: mayState !== null, reason: mayState ?? '', onSelect: () => openRegistryDialog({ kind: 'lifecycle', registry }) },
                { id: 'cards', label: 'Cards…', icon: FileText, disabled: mayState !== null, reason: mayState ?? '', onSelect: () => openRegistryDialog({ kind: 'cards', registry }) },
                { id: 'board', label: 'Alias board', icon: SquareKanban, onSelect: () => navigate({ place: 'alias board', registry: registry.name }) },
                { id: 'past', label: 'As it was on…', icon: History, onSelect: () => setPast(new Date(Date.now() - 7 * 86_400_000).toISOString()) },
                { id: 'members', label: 'Members…', icon: Users, onSelect: () => navigate({ place: 'registry members', registry: registry.name }) },
                { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(placeOf.registry(registry.name))) },
                { id: 'bundle', label: 'Export as a bundle…', icon: FileArchive, disabled: registry.linkCount === 0, reason: 'Nothing is linked here yet.', onSelect: () => openBundleExport({ label: registry.name, registryIds: [registry.id] }) },
                { kind: 'separator' },
                { id: 'delete', label: 'Delete registry…', icon: Trash2, tone: 'danger', disabled: mayDelete !== null, reason: mayDelete ?? '', onSelect: () => openRegistryDialog({ kind: 'delete registry', registry }) },
              ]}
            />
          </>
        }
      />
      {past !== null && (
        <div className={styles.table}>
          <PastView registry={registry} at={past} onAt={setPast} onLeave={() => setPast(null)} />
        </div>
      )}
      {past === null && registry.description !== '' && <p className={styles.description}>{registry.description}</p>}
      <div
        className={styles.table}
        hidden={past !== null}
        ref={drop}
        {...rowDrag((index) => {
          const row = rows.getRow(index);
          return row === undefined ? null : { kind: 'collection', collection: row };
        })}
      >
        {rows.error !== null ? (
          <PlaceFailure error={rows.error} retry={rows.retry} />
        ) : (
          <DataTable<CollectionSummary>
            label={`Collections of ${registry.name}`}
            rowCount={rows.rowCount}
            getRow={rows.getRow}
            onRangeNeeded={inSight.onRangeNeeded}
            getRowId={(row) => String(row.id)}
            columns={columns}
            loading={rows.pending}
            sort={sorting}
            onSortChange={(next: Sort) => setSorting({ column: next.column === 'updated' ? 'updated' : next.column === 'created' ? 'created' : 'name', direction: next.direction })}
            selectionMode="single"
            selection={selection}
            onSelectionChange={setSelection}
            onActiveChange={(row) => row !== undefined && select([selected.collection(row)])}
            onOpen={(row) => navigate(placeOf.collection(row.registry, row.name))}
            getContextMenu={(row) => [
              { id: 'open', label: 'Open', onSelect: () => navigate(placeOf.collection(row.registry, row.name)) },
              { id: 'star', label: row.starred ? 'Remove the star' : 'Star', onSelect: () => void star.execute({ kind: 'collection', id: row.id, starred: !row.starred }) },
              { id: 'promote', label: 'Promote to another registry…', icon: BadgeCheck, keys: 'p', ...barredEntry(row.linkCount === 0 ? 'Nothing is linked here yet.' : mayPromote), onSelect: () => openPromotion({ links: [], from: row, type: row.type, to: null }) },
              { id: 'rename', label: 'Rename…', disabled: mayCreate !== null, reason: mayCreate ?? '', onSelect: () => openRegistryDialog({ kind: 'rename collection', collection: row }) },
              { kind: 'separator' },
              { id: 'delete', label: 'Delete…', tone: 'danger', disabled: mayCreate !== null, reason: mayCreate ?? '', onSelect: () => openRegistryDialog({ kind: 'delete collection', collection: row }) },
            ]}
            scrollKey={`registry ${registry.id}`}
            empty={
              <EmptyState
                icon={Boxes}
                title="No collections yet"
                text="A collection holds the chosen versions of one thing. Drag a version here, or make an empty one."
                action={
                  <Button onClick={() => openNewCollection(registry)} {...barred(mayCreate)}>
                    New collection
                  </Button>
                }
              />
            }
          />
        )}
      </div>
    </>
  );
}

const shownAliases = 3;

const columnsWith = (badges: SyncBadges): readonly Column<CollectionSummary>[] => [
  {
    id: 'name', header: 'Collection', width: 190, grow: 2, fixed: true, sortable: true, text: (row) => row.name,
    render: (row) => (
      <span className={styles.name}>
        <TypeIcon type={row.type} label={row.type} />
        <span className={styles.clip}>{row.name}</span>
        {row.starred && <Star size={12} aria-label="starred" className={styles.starred} />}
        <SyncSign badges={badges.get(row.id)} />
      </span>
    ),
  },
  { id: 'type', header: 'Type', width: 80, text: (row) => row.type },
  { id: 'links', header: 'Versions', width: 76, numeric: true, text: (row) => String(row.linkCount) },
  {
    id: 'aliases', header: 'Aliases', width: 344, grow: 2,
    render: (row) => (
      <span className={styles.cells}>
        {row.aliases.slice(0, shownAliases).map((alias) => (
          <span key={alias.name} className={styles.pair}>
            <AliasChip alias={alias.name} isProtected={alias.protected} />
            <span className={styles.aliasNumber}>v{alias.index}</span>
          </span>
        ))}
        {row.aliases.length > shownAliases && <span className={styles.dim}>+{row.aliases.length - shownAliases}</span>}
      </span>
    ),
  },
  {
    id: 'tags', header: 'Tags', width: 136, grow: 1,
    render: (row) => (
      <span className={styles.cells}>
        {row.tags.slice(0, 3).map((tag) => (
          <TagChip key={tag} tag={tag} />
        ))}
      </span>
    ),
  },
  { id: 'updated', header: 'Changed', width: 96, sortable: true, render: (row) => <RelativeTime time={row.updatedAt} /> },
];
