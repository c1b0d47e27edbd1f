import { useMemo, useState } from 'react';
import type { ObjectKind, OutputOf, TrashId, TrashItem } from '#shared/contract/index.ts';
import { day, minute } from '#shared/domain/time.ts';
import { notify, runCommand, useOperation, usePagedRows } from '../../app/api/index.ts';
import { barred, barredEntry, useWhyNot } from '../../app/rights.ts';
import { navigate, PlaceLink, placeOfRef, usePlaceState } from '../../app/routes/index.ts';
import { PlaceBody, PlaceHeader, pagedTable } from '../../app/shell/index.ts';
import { announce, Avatar, Badge, Button, type Column, copyText, DataTable, EmptyState, formatBytes, formatQuantity, type Icon, isSelected, NOTHING_SELECTED, RelativeTime, type Selection, selectionSize, Size } from '../../ui/index.ts';
import { Activity, Boxes, Clock, Copy, Link2, Package, RotateCcw, Shapes, Trash2 } from '../../ui/icons.ts';
import { useNow } from '../history/index.ts';
import { PurgeDialog } from './PurgeDialog.tsx';
import { TrashDaysDialog } from './TrashDaysDialog.tsx';
import { whyNotRestore } from './rights.ts';
import styles from './Trash.module.css';

const kinds: { readonly [Kind in ObjectKind]?: { readonly label: string; readonly icon: Icon } } = {
  link: { label: 'Link', icon: Link2 },
  collection: { label: 'Collection', icon: Boxes },
  registry: { label: 'Registry', icon: Shapes },
  version: { label: 'Version', icon: Package },
  artifact: { label: 'Artifact', icon: Package },
  run: { label: 'Run', icon: Activity },
};
const other = { label: 'Thing', icon: Trash2 } as const;

const idOf = (item: TrashItem): string => String(item.id);

/** What was deleted and can come back: what, by whom, and when it goes for good. */
export function TrashPlace() {
  const rows = usePagedRows('trash.list', {});
  const whyNot = useWhyNot();
  const mayPurge = whyNot('trash.purge', 'somewhere');
  const [selection, setSelection] = usePlaceState<Selection>('selection', NOTHING_SELECTED);
  const retention = useOperation('retention.get', {});
  const [purging, setPurging] = useState<readonly TrashId[] | 'all' | null>(null);
  const [changingDays, setChangingDays] = useState(false);
  const [restoring, setRestoring] = useState<ReadonlySet<number>>(new Set());

  const picked = useMemo(() => {
    const found: TrashItem[] = [];
    if (selectionSize(selection, rows.rowCount) === 0) return found;
    for (let index = 0; index < rows.rowCount; index++) {
      const row = rows.getRow(index);
      if (row !== undefined && isSelected(selection, idOf(row))) found.push(row);
    }
    return found;
  }, [rows, selection]);

  const restore = async (items: readonly TrashItem[]): Promise<void> => {
    const wanted = items.filter((item) => whyNotRestore(item, whyNot) === null && !restoring.has(item.id));
    if (wanted.length === 0) return;
    setRestoring((before) => new Set([...before, ...wanted.map((item) => item.id)]));
    try {
      await restoreAll(wanted);
      setSelection(NOTHING_SELECTED);
    } finally {
      setRestoring((before) => new Set([...before].filter((id) => !wanted.some((item) => item.id === id))));
    }
  };

  const columns = useMemo<readonly Column<TrashItem>[]>(
    () => [
      {
        id: 'what', header: 'What', width: 280, grow: 3, fixed: true, text: (item) => item.object.label,
        render: (item) => {
          const { icon: Mark } = kinds[item.object.kind] ?? other;
          return (
            <span className={styles.name}>
              <Mark aria-hidden />
              <span className={styles.clip}>{item.object.label}</span>
              {contents(item) !== '' && <span className={styles.dim}>{contents(item)}</span>}
            </span>
          );
        },
      },
      { id: 'kind', header: 'Kind', width: 100, text: (item) => (kinds[item.object.kind] ?? other).label },
      { id: 'by', header: 'Deleted by', width: 160, text: (item) => item.deletedBy.displayName, render: (item) => <Avatar name={item.deletedBy.displayName} named /> },
      { id: 'frees', header: 'Frees', width: 96, numeric: true, render: (item) => (item.bytesFreed === 0 ? <span className={styles.dim}>nothing</span> : <Size bytes={item.bytesFreed} />) },
      { id: 'deleted', header: 'Deleted', width: 108, render: (item) => <RelativeTime time={item.deletedAt} /> },
      { id: 'goes', header: 'Goes for good', width: 148, render: (item) => <Goes at={item.expiresAt} /> },
      {
        id: 'restore', header: 'Restore', width: 108, align: 'end',
        render: (item) => {
          const reason = whyNotRestore(item, whyNot);
          return (
            <Button
              size="small"
              icon={RotateCcw}
              tabIndex={-1}
              busy={restoring.has(item.id)}
              aria-label={`Restore ${item.object.label}`}
              {...barred(reason)}
              onClick={() => void restore([item])}
            >
              Restore
            </Button>
          );
        },
      },
    ],
    // `restore` reads what is listed here and nothing else.
    [whyNot, restoring], // eslint-disable-line react-hooks/exhaustive-deps
  );

  const mayRestore = picked.length > 0 && picked.every((item) => whyNotRestore(item, whyNot) !== null) ? whyNotRestore(picked[0] as TrashItem, whyNot) : null;
  return (
    <>
      <PlaceHeader
        icon={Trash2}
        title="Trash"
        facts={
          rows.pending || rows.error !== null ? undefined : (
            <>
              <span>{rows.rowCount === 0 ? 'empty' : formatQuantity(rows.rowCount, 'thing')}</span>
              {retention.data !== undefined && rows.rowCount > 0 && <span>purging frees {formatBytes(retention.data.bytes)}</span>}
            </>
          )
        }
        actions={
          <>
          {retention.data !== undefined && (
            <Button icon={Clock} onClick={() => setChangingDays(true)} {...barred(whyNot('retention.set', 'organization'))}>
              Kept {formatQuantity(retention.data.trashDays, 'day')}
            </Button>
          )}
          <Button icon={Trash2} {...barred(mayPurge ?? (rows.rowCount === 0 ? 'The trash is empty.' : null))} onClick={() => setPurging(picked.length > 0 ? picked.map((item) => item.id) : 'all')}>
            {picked.length > 0 ? `Purge ${picked.length}…` : 'Purge all…'}
          </Button>
          <Button
            icon={RotateCcw}
            variant={picked.length > 0 ? 'primary' : 'normal'}
            keys="Enter"
            {...barred(mayRestore ?? (picked.length === 0 ? 'Choose what to restore.' : null))}
            busy={picked.some((item) => restoring.has(item.id))}
            onClick={() => void restore(picked)}
          >
            {picked.length > 1 ? `Restore ${picked.length}` : 'Restore'}
          </Button>
          </>
        }
      />
      <PlaceBody layout="fill">
        {rows.rowCount > 0 && (
          <p className={styles.lead}>
            Restoring puts a thing back where it was, with those of its aliases that stand nowhere else by then. When its time is over it goes for good, and its bytes can be freed in <PlaceLink to={{ place: 'storage' }}>Storage</PlaceLink>.
          </p>
        )}
        <DataTable<TrashItem>
          label="Trash, newest first"
          className={styles.table ?? ''}
          {...pagedTable(rows)}
          getRowId={idOf}
          columns={columns}
          selection={selection}
          onSelectionChange={setSelection}
          onOpen={(item) => void restore(isSelected(selection, idOf(item)) && picked.length > 0 ? picked : [item])}
          getContextMenu={(item) => {
            const reason = whyNotRestore(item, whyNot);
            const many = isSelected(selection, idOf(item)) && picked.length > 1;
            return [
              { id: 'restore', label: many ? `Restore ${picked.length}` : 'Restore', icon: RotateCcw, ...barredEntry(reason), onSelect: () => void restore(many ? picked : [item]) },
              { id: 'purge', label: many ? `Purge ${picked.length}…` : 'Purge…', icon: Trash2, tone: 'danger', ...barredEntry(mayPurge), onSelect: () => setPurging((many ? picked : [item]).map((one) => one.id)) },
              { id: 'copy', label: 'Copy its name', icon: Copy, onSelect: () => void copyText(item.object.label) },
            ];
          }}
          scrollKey="trash"
          empty={<EmptyState icon={Trash2} title="The trash is empty" text="What you delete or unlink waits here for a while: links, collections, registries, versions and runs. Until its time is over it can be put back where it was." />}
        />
      </PlaceBody>
      {purging !== null && <PurgeDialog ids={purging === 'all' ? null : purging} onClose={() => setPurging(null)} onPurged={() => setSelection(NOTHING_SELECTED)} />}
      {changingDays && retention.data !== undefined && <TrashDaysDialog retention={retention.data} onClose={() => setChangingDays(false)} />}
    </>
  );
}

/** What lies in a thing and comes back with it. */
function contents({ versions, links }: TrashItem): string {
  return [...(versions > 1 ? [formatQuantity(versions, 'version')] : []), ...(links > 1 ? [formatQuantity(links, 'link')] : [])].join(', ');
}

/** “in 5 days”; what goes within a day is marked. */
function Goes({ at }: { readonly at: string }) {
  const now = useNow(minute);
  const soon = Date.parse(at) - now < day;
  return soon ? (
    <Badge tone="caution" icon={Clock}>
      <RelativeTime time={at} />
    </Badge>
  ) : (
    <RelativeTime time={at} />
  );
}

async function restoreAll(items: readonly TrashItem[]): Promise<void> {
  const [only] = items;
  if (items.length === 1 && only !== undefined) {
    const place = placeOfRef(only.object);
    const done = await runCommand('trash.restore', { id: only.id, including: only.inside !== null }, {
      done: ({ label, also }: OutputOf<'trash.restore'>) => `Restored ${label}${also.length === 0 ? '' : ` with ${also.join(', ')}, in which it lies`}`,
      ...(place === null ? {} : { action: () => ({ label: 'Open', onPress: () => navigate(place) }) }),
    });
    if (done !== null) announce(`Restored ${only.object.label}`, 'polite');
    return;
  }
  const done = await runCommand('trash.restoreAll', { ids: items.map((item) => item.id) }, { done: ({ restored }) => `Restored ${formatQuantity(restored.length, 'thing')}` });
  const refused = done?.output.refused ?? [];
  const [first] = refused;
  if (first === undefined) return;
  notify({
    tone: 'danger',
    title: refused.length === 1 ? `${first.label} can’t be restored` : `${formatQuantity(refused.length, 'thing')} can’t be restored`,
    text: first.why,
    details: refused.map(({ label, why }) => `${label}: ${why}`).join('\n'),
  });
}
