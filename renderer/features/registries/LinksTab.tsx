import { useEffect, useMemo, useRef, useState } from 'react';
import type { CollectionDetail, InputOf, LinkSummary, OutputOf, RegistrySummary, TableColumn, TableLayout, TableSort } from '#shared/contract/index.ts';
import { usePagedRows, useReadOnly } from '../../app/api/index.ts';
import { useCommands } from '../../app/actions.ts';
import { rowDrag } from '../../app/drag/index.ts';
import { formatPlace, navigate, placeOf, usePlaceState } from '../../app/routes/index.ts';
import { openLineageOf } from '../../app/lineageOfSelection.ts';
import { linkedVersionRef, linkRef, select, selected } from '../../app/selection.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { Button, copyText, DataTable, Digest, EmptyState, formatQuantity, isSelected, NOTHING_SELECTED, RelativeTime, selectionSize, Size, TagChip, type Column, type ColumnState, type Selection, type Sort } from '../../ui/index.ts';
import { arrangeColumns } from '../../ui/data-table-columns.ts';
import { BadgeCheck, Boxes, Link2, Unlink, Workflow } from '../../ui/icons.ts';
import { AliasBar } from '../aliases/index.ts';
import { openLinkPicker, openPromotion } from '../linking/index.ts';
import { SyncSign, useIdsInSight, useSyncBadges } from '../sync/index.ts';
import { barred, barredEntry, useWhyNot } from '../../app/rights.ts';
import { whyNot } from './rights.ts';
import { StateCell } from './states/StateCell.tsx';
import { openStateMenu } from './states/states.ts';
import { cellText, columnKey, columnLabel, columnOf, columnOrigin, sortId, sortOf } from './table/tableColumns.ts';
import { TableTools } from './table/TableTools.tsx';
import { useTableChoice } from './table/useTableChoice.ts';
import { UnlinkDialog } from './UnlinkDialog.tsx';
import styles from './Registries.module.css';

type Sorting = { readonly by: TableSort; readonly direction: 'ascending' | 'descending' };
type Row = OutputOf<'collections.table'>['items'][number];
/** Columns that are there from the start but out of sight: what most people look for stands before them. */
const firstHidden = ['files', 'digest', 'by'] as const;

/** The version table of a collection. Aliases are dragged from row to row; rows are dragged to other collections. */
export function LinksTab({ collection, registry }: { readonly collection: CollectionDetail; readonly registry: RegistrySummary }) {
  const readOnly = useReadOnly();
  const [sorting, setSorting] = usePlaceState<Sorting>('sort', { by: { kind: 'own', key: 'index' }, direction: 'descending' });
  const [state, setState] = usePlaceState<string | null>('state', null);
  const [columnState, setColumnState] = usePlaceState<ColumnState>('columns', { widths: {}, hidden: firstHidden, order: [] });
  const choice = useTableChoice(collection.id);
  const [selection, setSelection] = usePlaceState<Selection>('selection', NOTHING_SELECTED);
  const [unlinking, setUnlinking] = useState<readonly LinkSummary[] | null>(null);
  const input: InputOf<'collections.table'> = useMemo(
    () => ({ collectionId: collection.id, columns: [...choice.columns], sort: sorting.by, direction: sorting.direction, ...(state === null ? {} : { state }) }),
    [collection.id, choice.columns, sorting, state],
  );
  const rows = usePagedRows('collections.table', input);
  const inSight = useIdsInSight(rows);
  const badges = useSyncBadges(registry.id, { linkIds: inSight.ids });
  const mayRemove = whyNot(readOnly, registry, 'link.remove');
  const whyNotThere = useWhyNot();
  const mayLinkOn = whyNotThere('links.create', 'somewhere');
  const mayPromote = whyNotThere('links.promote', 'somewhere');
  const mayAlias = whyNot(readOnly, registry, 'alias.change') === null;
  const mayMoveProtected = whyNot(readOnly, registry, 'protectedAlias.change') === null;

  const picked = useMemo(() => {
    const found: Row[] = [];
    if (selectionSize(selection, rows.rowCount) === 0) return found;
    for (let index = 0; index < rows.rowCount; index++) {
      const row = rows.getRow(index);
      if (row !== undefined && isSelected(selection, String(row.id))) found.push(row);
    }
    return found;
  }, [rows, selection]);
  useEffect(() => {
    select(picked.length === 0 ? [selected.collection(collection)] : picked.map(selected.link));
  }, [picked, collection]);

  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      { id: 'index', header: 'Version', width: 76, fixed: true, sortable: true, text: (row) => `v${row.index}`, render: (row) => <span className={styles.name}>v{row.index}<SyncSign badges={badges.get(row.id)} /></span> },
      {
        id: 'aliases', header: 'Aliases', width: 306, grow: 2, text: (row) => row.aliases.map((alias) => alias.name).join(' '),
        render: (row) => (
          <AliasBar
            compact
            holder={{ kind: 'collection', id: collection.id }}
            target={{ kind: 'link', id: row.id }}
            index={row.index}
            aliases={row.aliases}
            mayMoveProtected={mayMoveProtected}
            editable={mayAlias}
          />
        ),
      },
      ...(collection.lifecycle === null
        ? []
        : [{ id: 'state', header: 'State', width: 112, sortable: true, render: (row: Row) => <StateCell link={row} lifecycle={collection.lifecycle} editable={mayAlias} /> }]),
      ...choice.columns.map((column, at): Column<Row> => ({
        id: columnKey(column), header: headerOf(column, choice.columns), width: 104, sortable: true, numeric: choice.known.find((one) => columnKey(one.column) === columnKey(column))?.type === 'number', text: (row) => cellText(row.cells[at]),
      })),
      {
        id: 'source', header: 'Source', width: 180, grow: 1, text: (row) => `${row.version.project}/${row.version.artifact}:v${row.version.index}`,
        render: (row) => <span className={styles.clip} title={`${row.version.entity}/${row.version.project}/${row.version.artifact}:v${row.version.index}`}>{row.version.project}/{row.version.artifact}:v{row.version.index}</span>,
      },
      { id: 'size', header: 'Size', width: 96, numeric: true, sortable: true, render: (row) => <Size bytes={row.version.size} /> },
      { id: 'files', header: 'Files', width: 64, numeric: true, text: (row) => String(row.version.fileCount) },
      { id: 'digest', header: 'Digest', width: 96, render: (row) => <Digest digest={row.version.digest} focusable={false} /> },
      {
        id: 'tags', header: 'Tags', width: 160,
        render: (row) => (
          <span className={styles.cells}>
            {row.version.tags.slice(0, 2).map((tag) => (
              <TagChip key={tag} tag={tag} />
            ))}
          </span>
        ),
      },
      { id: 'linked', header: 'Linked', width: 116, sortable: true, render: (row) => <RelativeTime time={row.linkedAt} /> },
      { id: 'by', header: 'By', width: 96, text: (row) => row.linkedBy.displayName },
      { id: 'note', header: 'Note', width: 160, grow: 1, text: (row) => row.note, render: (row) => <span className={styles.clip} title={row.note}>{row.note}</span> },
    ],
    [collection.id, collection.lifecycle, choice, mayAlias, mayMoveProtected, badges],
  );

  const applyLayout = (layout: TableLayout): void => {
    const values = layout.columns.filter((column) => typeof column !== 'string');
    const order = layout.columns.map((column) => (typeof column === 'string' ? column : columnKey(column)));
    choice.choose(values);
    setSorting({ by: layout.sort, direction: layout.direction });
    setColumnState((before) => ({ widths: before.widths, order, hidden: columns.map((column) => column.id).filter((id) => columnOf(id) === null && !order.includes(id)) }));
  };

  const draggedFrom = (index: number) => {
    const pressed = rows.getRow(index);
    if (pressed === undefined) return null;
    const dragged = isSelected(selection, String(pressed.id)) ? picked : [pressed];
    return { kind: 'versions', versions: dragged.map(linkedVersionRef) } as const;
  };

  const promote = (links: readonly LinkSummary[]): void => openPromotion({ links: links.map(linkRef), from: collection, type: collection.type, to: null });

  const bar = useRef<HTMLDivElement>(null);
  const whyNoState = (chosen: readonly Row[]): string | null =>
    collection.lifecycle === null ? `${collection.registry} has no lifecycle states.` : (whyNot(readOnly, registry, 'alias.change') ?? (chosen.length === 0 ? 'Choose versions first.' : null));
  const changeState = (chosen: readonly Row[]): void => {
    const box = (bar.current ?? document.querySelector(`[role="grid"][aria-label="Versions of ${CSS.escape(collection.name)}"]`))?.getBoundingClientRect();
    void openStateMenu(
      chosen.flatMap((row) => (row.state === null ? [] : [{ id: row.id, label: `${row.collection} v${row.index}`, state: row.state }])),
      { x: (box?.left ?? 0) + 16, y: bar.current === null ? (box?.top ?? 0) + 28 : (box?.bottom ?? 0) },
    );
  };
  useCommands([{ id: 'links.state', label: 'Change the state…', group: 'Version', icon: Workflow, keys: 's', words: 'lifecycle approve candidate retire', available: () => whyNoState(picked) === null, run: () => changeState(picked) }]);

  if (rows.error !== null) return <PlaceFailure error={rows.error} retry={rows.retry} />;
  return (
    <>
      <TableTools
        collection={collection}
        choice={choice}
        view={{ columns: shownColumns(columns, columnState), sort: sorting.by, direction: sorting.direction }}
        onLayout={applyLayout}
        state={state}
        onStateChange={setState}
      />
      {picked.length > 1 && (
        <div ref={bar} className={styles.selectionBar} role="toolbar" aria-label="Selected versions">
          <span>{formatQuantity(picked.length, 'version')} selected</span>
          <span className={styles.spacer} />
          <Button size="small" icon={Link2} keys="l" {...barred(mayLinkOn)} onClick={() => openLinkPicker(picked.map(linkedVersionRef))}>
            Link to…
          </Button>
          <Button size="small" icon={Workflow} keys="Shift+l" onClick={() => openLineageOf(picked.map(({ version }) => ({ kind: 'version', id: version.id })))}>
            Lineage
          </Button>
          <Button size="small" icon={BadgeCheck} keys="p" {...barred(mayPromote)} onClick={() => promote(picked)}>
            Promote…
          </Button>
          {collection.lifecycle !== null && (
            <Button size="small" icon={Workflow} keys="s" onClick={() => changeState(picked)} {...barred(whyNoState(picked))}>
              State…
            </Button>
          )}
          <Button size="small" icon={Unlink} onClick={() => setUnlinking(picked)} {...barred(mayRemove)}>
            Unlink…
          </Button>
        </div>
      )}
      <div className={styles.table} {...rowDrag(draggedFrom)}>
        <DataTable<Row>
          label={`Versions of ${collection.name}`}
          rowCount={rows.rowCount}
          getRow={rows.getRow}
          onRangeNeeded={inSight.onRangeNeeded}
          getRowId={(row) => String(row.id)}
          columns={columns}
          loading={rows.pending}
          columnState={columnState}
          onColumnStateChange={setColumnState}
          sort={{ column: sortId(sorting.by), direction: sorting.direction }}
          onSortChange={(next: Sort) => {
            const by = sortOf(next.column);
            if (by !== null) setSorting({ by, direction: next.direction });
          }}
          selection={selection}
          onSelectionChange={setSelection}
          onOpen={(row) => navigate(placeOf.link(row))}
          onPreview={(row) => navigate({ ...placeOf.link(row), tab: 'files' } as ReturnType<typeof placeOf.link>)}
          onDelete={() => {
            if (mayRemove === null && picked.length > 0) setUnlinking(picked);
          }}
          getContextMenu={(row) => [
            { id: 'open', label: 'Open', onSelect: () => navigate(placeOf.link(row)) },
            { id: 'source', label: 'Open its source', onSelect: () => navigate(placeOf.version(row.version)) },
            { id: 'link', label: 'Link to…', keys: 'l', ...barredEntry(mayLinkOn), onSelect: () => openLinkPicker(isSelected(selection, String(row.id)) ? picked.map(linkedVersionRef) : [linkedVersionRef(row)]) },
            { id: 'promote', label: 'Promote to another registry…', keys: 'p', ...barredEntry(mayPromote), onSelect: () => promote(isSelected(selection, String(row.id)) ? picked : [row]) },
            ...(collection.lifecycle === null
              ? []
              : [{ id: 'state', label: 'Change the state…', keys: 's', disabled: whyNoState([row]) !== null, reason: whyNoState([row]) ?? '', onSelect: () => changeState(isSelected(selection, String(row.id)) ? picked : [row]) }]),
            { id: 'copy', label: 'Copy link', onSelect: () => void copyText(formatPlace(placeOf.link(row))) },
            { id: 'address', label: 'Copy address for scripts', onSelect: () => void copyText(`wandb-registry-${row.registry}/${row.collection}:v${row.index}`) },
            { kind: 'separator' },
            { id: 'unlink', label: 'Unlink…', tone: 'danger', disabled: mayRemove !== null, reason: mayRemove ?? '', onSelect: () => setUnlinking(isSelected(selection, String(row.id)) ? picked : [row]) },
          ]}
          scrollKey={`collection ${collection.id}`}
          empty={
            state !== null ? <EmptyState icon={Boxes} title={`Nothing is in the state “${state}”`} action={<Button onClick={() => setState(null)}>Show all states</Button>} /> :
            <EmptyState icon={Boxes} title="Nothing is linked yet" text="Drag a version onto this page, or press L on a version anywhere and choose this collection. Its aliases then stand here." />
          }
        />
      </div>
      {unlinking !== null && <UnlinkDialog links={unlinking} collection={collection} onClose={() => setUnlinking(null)} onDone={() => setSelection(NOTHING_SELECTED)} />}
    </>
  );
}

/** Its name; where metadata and a run's metric share it, also where it comes from. */
function headerOf(column: TableColumn, all: readonly TableColumn[]): string {
  const label = columnLabel(column);
  return all.some((other) => other.kind !== column.kind && columnLabel(other) === label) ? `${label} (${columnOrigin(column)})` : label;
}

/** The columns in sight in their order: the table's own by id, values as what they are. */
function shownColumns(columns: readonly Column<Row>[], state: ColumnState): TableLayout['columns'] {
  return arrangeColumns(columns, state).map((column) => columnOf(column.id) ?? column.id);
}
