import { useEffect, useMemo, type KeyboardEvent } from 'react';
import type { InputOf, RegistrySummary } from '#shared/contract/index.ts';
import { announce } from '../../ui/announce.ts';
import { usePagedRows, useOperation, useReadOnly } from '../../app/api/index.ts';
import { navigate, placeOf, renamedPlace, useMovedTo, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { Button, DataTable, EmptyState, formatQuantity, Input, Select, SkeletonLines, Toolbar, type Column, type ColumnState, type Sort } from '../../ui/index.ts';
import { Boxes, Search, SquareKanban } from '../../ui/icons.ts';
import { pickUp } from '../../app/drag/index.ts';
import { aliasColumns } from './aliasColumns.ts';
import { BoardCell } from './BoardCell.tsx';
import { BoardFacts } from './BoardFacts.tsx';
import { BoardName, LatestCell } from './BoardName.tsx';
import { cellOf, factsOf, openCellMenu, takeOff, wordsOf, type BoardRow, type RegistryFacts } from './cells.ts';
import { useBoardCell } from './store.ts';
import { VersionShelf } from './VersionShelf.tsx';
import styles from './Board.module.css';

type Sorting = { readonly column: 'name' | 'updated'; readonly direction: 'ascending' | 'descending' };
const every = '\u0000';
const unchanged: ColumnState = { widths: {}, hidden: [], order: [] };

/** Aliases as columns, collections as rows: what stands where, how far behind, and moved by dragging. */
export function BoardPlace({ place }: PlaceProps<'alias board'>) {
  const registries = useOperation('registries.list', {});
  const shown = useMemo(() => registries.data?.items.filter((registry) => place.registry === undefined || registry.name === place.registry), [registries.data, place.registry]);
  const renamed = useOperation('registries.get', { name: place.registry ?? '' }, { enabled: place.registry !== undefined && shown?.length === 0 });
  useMovedTo(place, renamedPlace(place, renamed.data === undefined ? undefined : { registry: renamed.data.name }));
  if (renamed.error !== null) return <PlaceFailure alone error={renamed.error} retry={renamed.retry} />;
  if (registries.error !== null) return <PlaceFailure alone error={registries.error} retry={registries.retry} />;
  if (registries.data === undefined || shown === undefined) {
    return (
      <>
        <PlaceHeader icon={SquareKanban} title="Alias board" />
        <SkeletonLines lines={8} />
      </>
    );
  }
  return <Board registries={shown} all={registries.data.items} chosen={place.registry ?? null} />;
}

function Board({ registries, all, chosen }: { readonly registries: readonly RegistrySummary[]; readonly all: readonly RegistrySummary[]; readonly chosen: string | null }) {
  const readOnly = useReadOnly();
  const [sorting, setSorting] = usePlaceState<Sorting>('sort', { column: 'name', direction: 'ascending' });
  const [text, setText] = usePlaceState('filter', '');
  const [columnState, setColumnState] = usePlaceState<ColumnState>('columns', unchanged);
  const registryId = chosen === null ? undefined : registries[0]?.id;
  const words = text.trim();
  const input: InputOf<'aliases.board'> = useMemo(
    () => ({ sort: sorting.column, direction: sorting.direction, ...(registryId === undefined ? {} : { registryId }), ...(words === '' ? {} : { text: words }) }),
    [registryId, sorting, words],
  );
  const rows = usePagedRows('aliases.board', input);
  const { getRow, rowCount } = rows;
  const inUse = useOperation('aliases.board', { ...(registryId === undefined ? {} : { registryId }), ...(words === '' ? {} : { text: words }), limit: 1 }, { keepPrevious: true });
  const known = useMemo<ReadonlyMap<number, RegistryFacts>>(() => new Map(registries.map((registry) => [registry.id, factsOf(registry)])), [registries]);

  // Other rows: the keyboard stands on a row as a whole again.
  useEffect(() => useBoardCell.setState({ collectionId: null, alias: null, pointed: null }), [chosen, words]);

  const names = useMemo(() => aliasColumns(inUse.data?.columns ?? [], registries).map((column) => column.alias).join('\n'), [inUse.data, registries]);
  const aliases = useMemo(() => (names === '' ? [] : names.split('\n')), [names]);
  const columns = useMemo<readonly Column<BoardRow>[]>(
    () => [
      {
        id: 'name', header: 'Collection', width: 210, grow: 1, fixed: true, sortable: true, text: (row) => row.name,
        render: (row) => <BoardName row={row} registry={chosen === null ? known.get(row.registryId)?.registry : undefined} />,
      },
      ...aliases.map((alias): Column<BoardRow> => ({
        id: `alias ${alias}`, header: alias, width: 164, minWidth: 104,
        render: (row) => {
          const of = known.get(row.registryId);
          return of === undefined ? null : <BoardCell cell={cellOf(row, alias, of.guard, readOnly)} lifecycle={of.registry.lifecycle} />;
        },
      })),
      { id: 'latest', header: 'latest', width: 124, render: (row) => <LatestCell row={row} registry={known.get(row.registryId)?.registry} /> },
    ],
    [aliases, known, chosen, readOnly],
  );

  /** Among what is loaded: only what is in sight is pointed at or dragged. */
  const rowOf = (collectionId: number): BoardRow | undefined => {
    for (let index = 0; index < rowCount; index += 1) {
      const row = getRow(index);
      if (row?.collectionId === collectionId) return row;
    }
    return undefined;
  };

  /** Left and right go from alias to alias in the row that has the keyboard. */
  const press = (event: KeyboardEvent, row: BoardRow | undefined): boolean => {
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    const of = known.get(row.registryId);
    const shownAliases = aliases.filter((alias) => !columnState.hidden.includes(`alias ${alias}`));
    const at = shownAliases.indexOf(useBoardCell.getState().alias ?? '');
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const next = shownAliases[at + (event.key === 'ArrowRight' ? 1 : -1)] ?? null;
      if (next === null && event.key === 'ArrowRight') return true;
      useBoardCell.setState({ collectionId: row.collectionId, alias: next, pointed: null, now: Date.now() });
      announce(next === null || of === undefined ? row.name : wordsOf(cellOf(row, next, of.guard, readOnly), Date.now()));
      if (next !== null) document.querySelector(`[data-board-cell="${row.collectionId} ${CSS.escape(next)}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      return true;
    }
    const alias = shownAliases[at];
    if (event.key === 'Escape' && alias !== undefined) {
      useBoardCell.setState({ alias: null });
      return true;
    }
    if (alias === undefined || of === undefined) return false;
    const cell = cellOf(row, alias, of.guard, readOnly);
    if (event.key === 'Enter' || event.key === ' ') openCellMenu(cell);
    else if (event.key.toLowerCase() === 'm' && cell.drag !== null) pickUp(cell.drag);
    else if ((event.key === 'Delete' || event.key === 'Backspace') && cell.drag !== null) void takeOff(cell);
    else return false;
    return true;
  };

  return (
    <>
      <PlaceHeader icon={SquareKanban} title="Alias board" facts={<span>{rows.pending ? '\u00a0' : formatQuantity(rowCount, 'collection')}</span>}>
        <Toolbar label="What the board shows" className={styles.tools}>
          <Select
            label="Registry"
            options={[{ value: every, label: 'All registries' }, ...all.map((registry) => ({ value: registry.name, label: registry.name }))]}
            value={chosen ?? every}
            onValueChange={(registry) => navigate(registry === every ? { place: 'alias board' } : { place: 'alias board', registry }, { replace: true })}
          />
          <Input icon={Search} aria-label="Filter collections" placeholder="Filter collections" value={text} onValueChange={setText} className={styles.filter} />
        </Toolbar>
      </PlaceHeader>
      <div className={styles.table}>
        {rows.error !== null ? (
          <PlaceFailure error={rows.error} retry={rows.retry} />
        ) : (
          <DataTable<BoardRow>
            label="Aliases of collections"
            lines={2}
            rowCount={rowCount}
            getRow={getRow}
            onRangeNeeded={rows.onRangeNeeded}
            getRowId={(row) => String(row.collectionId)}
            columns={columns}
            columnState={columnState}
            onColumnStateChange={setColumnState}
            loading={rows.pending}
            sort={sorting}
            onSortChange={(next: Sort) => setSorting({ column: next.column === 'updated' ? 'updated' : 'name', direction: next.direction })}
            selectionMode="none"
            onActiveChange={(row) => useBoardCell.setState({ collectionId: row?.collectionId ?? null })}
            onOpen={(row) => navigate(placeOf.collection(row.registry, row.name))}
            onRowKeyDown={press}
            getContextMenu={(row) => [{ id: 'open', label: 'Open collection', onSelect: () => navigate(placeOf.collection(row.registry, row.name)) }]}
            scrollKey={`board ${chosen ?? ''}`}
            empty={
              words === '' ? (
                <EmptyState icon={Boxes} title="No collections yet" text="Each collection of a registry is a row here, each alias a column: production, staging, whatever you use." action={<Button onClick={() => navigate({ place: 'registries' })}>Open registries</Button>} />
              ) : (
                <EmptyState icon={Search} title="No collection by that name" text="Change or empty the filter." action={<Button onClick={() => setText('')}>Show all</Button>} />
              )
            }
          />
        )}
      </div>
      <BoardFacts rowOf={rowOf} registries={known} readOnly={readOnly} />
      <VersionShelf mayMoveProtected={(collectionId) => rowOf(collectionId)?.mayChangeProtected ?? false} />
    </>
  );
}
