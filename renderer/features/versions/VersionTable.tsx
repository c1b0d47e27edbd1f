import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { VersionSummary } from '#shared/contract/index.ts';
import { AliasBar } from '../aliases/index.ts';
import { openLinkPicker } from '../linking/index.ts';
import { exportVersion } from '../logging/index.ts';
import { notifyFailure, type PagedRows } from '../../app/api/index.ts';
import { rowDrag } from '../../app/drag/index.ts';
import { setPreferences } from '../../app/preferences.ts';
import { formatPlace, navigate, placeOf, usePlaceState } from '../../app/routes/index.ts';
import { openLineageOf } from '../../app/lineageOfSelection.ts';
import { select, selected, versionRef } from '../../app/selection.ts';
import { pagedTable } from '../../app/shell/index.ts';
import {
  Avatar, Button, copyText, DataTable, Digest, formatCount, formatQuantity, IconButton, isSelected, NOTHING_SELECTED, RelativeTime, selectionSize, Size, TagChips, Toolbar, ToolbarSpacer, TypeIcon,
  type Column, type MenuEntry, type Selection, type Sort,
} from '../../ui/index.ts';
import { Copy, Download, Link2, Tag, Trash2, X, Workflow } from '../../ui/icons.ts';
import { AddTagsDialog } from './AddTagsDialog.tsx';
import { DeleteVersionsDialog } from './DeleteVersionsDialog.tsx';
import { barred, barredEntry, useWhyNot } from '../../app/rights.ts';
import { sourceHolder } from './shown.ts';
import styles from './VersionTable.module.css';

export type VersionTableProps = {
  /** Accessible name, and what its state is remembered by. */
  /** The team in whose projects they lie. */
  readonly team: string;
  readonly label: string;
  readonly rows: PagedRows<VersionSummary>;
  /** Rows from a position on, for acts on rows that were never in sight. */
  readonly loadRows: (position: number, limit: number) => Promise<readonly VersionSummary[]>;
  /** With the artifact's name in each row: for lists of several artifacts. Without, rows are `vN`. */
  readonly named?: boolean;
  readonly sort?: Sort;
  readonly onSortChange?: (sort: Sort) => void;
  /** Whether versions can be deleted from here. */
  readonly deletable?: boolean;
  readonly empty: ReactNode;
  /** At the left of the line above the table. */
  readonly tools?: ReactNode;
};

/** Rows looked through for what is selected, before it is asked for again. */
const mostLooked = 20_000;
const pageSize = 1000;
/** As many as one call takes. */
const mostAtOnce = 10_000;

function lineageOf(versions: readonly VersionSummary[]): void {
  openLineageOf(versions.map(({ id }) => ({ kind: 'version', id })));
}

/**
 * Versions of an artifact, or of a run: rows are dragged into registries, alias chips from row to row; several are acted on at once.
 */
export function VersionTable({ team, label, rows, loadRows, named = false, sort, onSortChange, deletable = true, empty, tools }: VersionTableProps) {
  const [selection, setSelection] = usePlaceState<Selection>(`selection ${label}`, NOTHING_SELECTED);
  const [deleting, setDeleting] = useState<readonly VersionSummary[] | null>(null);
  const [tagging, setTagging] = useState<readonly VersionSummary[] | null>(null);
  const [gathering, setGathering] = useState(false);
  const whyNot = useWhyNot();
  const mayLink = whyNot('links.create', 'somewhere');
  const mayEdit = whyNot('versions.update', { team });
  const mayDelete = whyNot('versions.delete', { team });
  const { rowCount, getRow } = rows;
  const count = selectionSize(selection, rowCount);

  const loadedSelection = useCallback((): readonly VersionSummary[] => {
    const found: VersionSummary[] = [];
    if (selection.kind === 'some' && selection.ids.size === 0) return found;
    for (let index = 0; index < Math.min(rowCount, mostLooked); index += 1) {
      const row = getRow(index);
      if (row === undefined || !isSelected(selection, String(row.id))) continue;
      found.push(row);
      if (selection.kind === 'some' && found.length === selection.ids.size) break;
    }
    return found;
  }, [selection, rowCount, getRow]);

  // The inspector follows; a thousand of them are as good as all for what it says.
  useEffect(() => {
    select(loadedSelection().slice(0, 1000).map(selected.version));
  }, [loadedSelection]);

  /** All that is selected, those never in sight included. */
  const gather = async (): Promise<readonly VersionSummary[]> => {
    const loaded = loadedSelection();
    if (loaded.length >= count) return loaded;
    const found: VersionSummary[] = [];
    for (let position = 0; position < rowCount && found.length < Math.min(count, mostAtOnce); position += pageSize) {
      const page = await loadRows(position, pageSize);
      found.push(...page.filter((row) => isSelected(selection, String(row.id))));
      if (page.length === 0) break;
    }
    return found.slice(0, mostAtOnce);
  };
  const withSelection = (act: (versions: readonly VersionSummary[]) => void): void => {
    setGathering(true);
    gather()
      .then((versions) => {
        if (versions.length > 0) act(versions);
      }, notifyFailure)
      .finally(() => setGathering(false));
  };

  const columns = useMemo(() => columnsOf(named, mayEdit === null), [named, mayEdit]);
  const menuOf = (row: VersionSummary): readonly MenuEntry[] => {
    const several = count > 1 && isSelected(selection, String(row.id));
    const what = several ? ` ${formatCount(count)} versions` : '';
    return [
      ...(several ? [] : [{ id: 'open', label: 'Open', keys: 'Enter', onSelect: () => navigate(placeOf.version(row)) } as const]),
      { id: 'link', label: `Link${what} to…`, icon: Link2, keys: 'l', ...barredEntry(mayLink), onSelect: () => withSelection((versions) => openLinkPicker(versions.map(versionRef))) },
      { id: 'lineage', label: several ? `Lineage of${what}` : 'Lineage', icon: Workflow, keys: 'Shift+l', onSelect: () => (several ? withSelection(lineageOf) : lineageOf([row])) },
      { id: 'tag', label: several ? `Tag${what}…` : 'Add tags…', icon: Tag, ...barredEntry(mayEdit), onSelect: () => withSelection(setTagging) },
      ...(several
        ? []
        : ([
            { id: 'export', label: 'Export the files…', icon: Download, ...barredEntry(row.linkCount > 0 ? null : whyNot('versions.export', { team })), onSelect: () => void exportVersion(row) },
            { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(placeOf.version(row))) },
          ] as const)),
      ...(deletable
        ? ([
            { kind: 'separator' },
            { id: 'delete', label: `Delete${what}…`, icon: Trash2, keys: 'Delete', tone: 'danger', ...barredEntry(mayDelete), onSelect: () => withSelection(setDeleting) },
          ] as const)
        : []),
    ];
  };

  return (
    <div className={styles.frame}>
      <Toolbar label={`Tools for ${label.toLowerCase()}`} lined className={styles.tools}>
        {count === 0 ? (
          <>
            {tools}
            <ToolbarSpacer />
            <span className={styles.dim}>{rows.pending ? '\u00a0' : formatQuantity(rowCount, 'version')}</span>
          </>
        ) : (
          <>
            <IconButton icon={X} size="small" label="Select nothing" onClick={() => setSelection(NOTHING_SELECTED)} />
            <strong className={styles.count} role="status">
              {formatCount(count)} selected
            </strong>
            <Button size="small" icon={Link2} busy={gathering} keys="l" {...barred(mayLink)} onClick={() => withSelection((versions) => openLinkPicker(versions.map(versionRef)))}>
              Link to…
            </Button>
            <Button size="small" icon={Tag} busy={gathering} {...barred(mayEdit)} onClick={() => withSelection(setTagging)}>
              Tag…
            </Button>
            <Button size="small" icon={Workflow} busy={gathering} keys="Shift+l" onClick={() => withSelection(lineageOf)}>
              Lineage
            </Button>
            {deletable && (
              <Button size="small" icon={Trash2} busy={gathering} {...barred(mayDelete)} onClick={() => withSelection(setDeleting)}>
                Delete…
              </Button>
            )}
            <ToolbarSpacer />
            <span className={styles.dim}>of {formatCount(rowCount)}</span>
          </>
        )}
      </Toolbar>
      <div
        className={styles.around}
        {...rowDrag((index) => {
          const pressed = getRow(index);
          if (pressed === undefined) return null;
          const picked = isSelected(selection, String(pressed.id)) ? loadedSelection() : [pressed];
          return { kind: 'versions', versions: (picked.length === 0 ? [pressed] : picked).map(versionRef) };
        })}
      >
        <DataTable<VersionSummary>
          label={label}
          className={styles.table}
          {...pagedTable(rows)}
          getRowId={(row) => String(row.id)}
          columns={columns}
          loadIds={async (first, last) => (await loadRows(first, Math.min(pageSize, last - first))).map((row) => String(row.id))}
          {...(sort === undefined ? {} : { sort })}
          {...(onSortChange === undefined ? {} : { onSortChange })}
          selection={selection}
          onSelectionChange={setSelection}
          onOpen={(row) => navigate(placeOf.version(row))}
          onPreview={() => setPreferences({ inspectorOpen: true })}
          {...(deletable && mayDelete === null ? { onDelete: () => count > 0 && withSelection(setDeleting) } : {})}
          getContextMenu={menuOf}
          scrollKey={`versions ${label}`}
          empty={empty}
        />
      </div>
      {deleting !== null && (
        <DeleteVersionsDialog
          versions={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => setSelection(NOTHING_SELECTED)}
        />
      )}
      {tagging !== null && <AddTagsDialog versions={tagging} onClose={() => setTagging(null)} />}
    </div>
  );
}

function columnsOf(named: boolean, editable: boolean): readonly Column<VersionSummary>[] {
  return [
    named
      ? {
          id: 'index', header: 'Version', width: 180, grow: 1, fixed: true, text: (row) => `${row.artifact} v${row.index}`,
          render: (row) => (
            <span className={styles.name}>
              <TypeIcon type={row.type} label={row.type} />
              <span className={styles.clip}>{row.artifact}</span>
              <span className={styles.dim}>v{row.index}</span>
            </span>
          ),
        }
      : { id: 'index', header: 'Version', width: 84, fixed: true, sortable: true, text: (row) => `v${row.index}`, render: (row) => <span className={styles.number}>v{row.index}</span> },
    {
      id: 'aliases', header: 'Aliases', width: 160, grow: 1,
      render: (row) => <AliasBar compact {...sourceHolder(row)} aliases={row.aliases} mayMoveProtected editable={editable} />,
    },
    {
      id: 'tags', header: 'Tags', width: 124,
      render: (row) => <TagChips tags={row.tags} most={1} />,
    },
    { id: 'size', header: 'Size', width: 84, numeric: true, sortable: !named, render: (row) => <Size bytes={row.size} /> },
    { id: 'files', header: 'Files', width: 56, numeric: true, text: (row) => formatCount(row.fileCount) },
    { id: 'links', header: 'Links', width: 56, numeric: true, text: (row) => (row.linkCount === 0 ? '' : formatCount(row.linkCount)) },
    { id: 'digest', header: 'Digest', width: 84, render: (row) => <Digest digest={row.digest} focusable={false} /> },
    { id: 'created', header: 'Logged', width: 88, sortable: !named, render: (row) => <RelativeTime time={row.createdAt} /> },
    { id: 'by', header: 'By', width: 48, text: (row) => row.createdBy.displayName, render: (row) => <Avatar name={row.createdBy.displayName} /> },
  ];
}
