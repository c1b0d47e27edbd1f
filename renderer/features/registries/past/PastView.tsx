import { useMemo, useState } from 'react';
import type { CollectionId, OutputOf, RegistrySummary } from '#shared/contract/index.ts';
import { usePagedRows, useOperation } from '../../../app/api/index.ts';
import { pagedTable } from '../../../app/shell/index.ts';
import { AliasChip, Button, DataTable, EmptyState, formatExactTime, formatQuantity, Input, RelativeTime, TypeIcon, type Column } from '../../../ui/index.ts';
import { ArrowLeft, Boxes, Clock, History } from '../../../ui/icons.ts';
import { StateChip } from '../states/StateChip.tsx';
import { stateHue } from '../states/states.ts';
import { fromLocal, toLocal } from './localTime.ts';
import styles from './Past.module.css';

type CollectionRow = OutputOf<'registries.asOf'>['items'][number];
type LinkRow = OutputOf<'collections.asOf'>['items'][number];
type Opened = { readonly id: CollectionId; readonly name: string };

/** A registry as it was at a time: to be looked at, never to be changed. */
export function PastView({ registry, at, onAt, onLeave }: { readonly registry: RegistrySummary; readonly at: string; readonly onAt: (at: string) => void; readonly onLeave: () => void }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const past = useOperation('registries.asOf', { registryId: registry.id, at, limit: 1 }, { keepPrevious: true });
  return (
    <>
      <div className={styles.banner} role="status">
        <History aria-hidden />
        <span className={styles.words}>
          <strong>{past.data?.registry ?? registry.name} as it was</strong> on {formatExactTime(Date.parse(at))}. Nothing can be changed here.
        </span>
        <Input type="datetime-local" size="small" aria-label="As of" value={toLocal(at)} onValueChange={(text) => {
          const next = fromLocal(text);
          if (next !== null) onAt(next);
        }} />
        <Button size="small" onClick={onLeave}>
          Back to now
        </Button>
      </div>
      {opened === null ? (
        <PastCollections registry={registry} at={at} existed={past.data?.existed ?? true} onOpen={setOpened} />
      ) : (
        <>
          <div className={styles.within}>
            <Button size="small" variant="quiet" icon={ArrowLeft} onClick={() => setOpened(null)}>
              All collections
            </Button>
            <strong>{opened.name}</strong>
          </div>
          <PastLinks collection={opened} registry={registry} at={at} />
        </>
      )}
    </>
  );
}

function PastCollections({ registry, at, existed, onOpen }: { readonly registry: RegistrySummary; readonly at: string; readonly existed: boolean; readonly onOpen: (opened: Opened) => void }) {
  const rows = usePagedRows('registries.asOf', { registryId: registry.id, at });
  const open = (row: CollectionRow): void => onOpen({ id: row.collectionId, name: row.name });
  const columns = useMemo<readonly Column<CollectionRow>[]>(
    () => [
      {
        id: 'name', header: 'Collection', width: 200, grow: 2, fixed: true, text: (row) => row.name,
        render: (row) => (
          <span className={styles.name}>
            <TypeIcon type={row.type} label={row.type} />
            {row.name}
          </span>
        ),
      },
      { id: 'links', header: 'Versions', width: 80, numeric: true, text: (row) => String(row.linkCount) },
      {
        id: 'aliases', header: 'Aliases', width: 320, grow: 3, text: (row) => row.aliases.map((alias) => `${alias.alias} v${alias.index}`).join(', '),
        render: (row) => (
          <span className={styles.cells}>
            {row.aliases.filter((alias) => alias.alias !== 'latest').map((alias) => (
              <span key={alias.alias} className={styles.pair}>
                <AliasChip alias={alias.alias} />v{alias.index}
              </span>
            ))}
          </span>
        ),
      },
    ],
    [],
  );
  return (
    <DataTable<CollectionRow>
      label={`Collections of ${registry.name} at that time`}
      {...pagedTable(rows)}
      getRowId={(row) => String(row.collectionId)}
      columns={columns}
      selectionMode="single"
      onOpen={open}
      getContextMenu={(row) => [{ id: 'open', label: 'Versions at that time', onSelect: () => open(row) }]}
      empty={<EmptyState icon={Clock} title={existed ? 'It had no collections then' : 'It wasn’t there yet'} text="Choose a later time." />}
    />
  );
}

function PastLinks({ collection, registry, at }: { readonly collection: Opened; readonly registry: RegistrySummary; readonly at: string }) {
  const rows = usePagedRows('collections.asOf', { collectionId: collection.id, at });
  const columns = useMemo<readonly Column<LinkRow>[]>(
    () => [
      { id: 'index', header: 'Version', width: 84, fixed: true, text: (row) => `v${row.index}` },
      {
        id: 'aliases', header: 'Aliases', width: 240, grow: 2, text: (row) => row.aliases.join(', '),
        render: (row) => (
          <span className={styles.cells}>
            {row.aliases.map((alias) => (
              <AliasChip key={alias} alias={alias} />
            ))}
          </span>
        ),
      },
      { id: 'state', header: 'State', width: 120, render: (row) => (row.state === null ? null : <StateChip state={row.state} hue={stateHue(registry.lifecycle, row.state)} />) },
      { id: 'source', header: 'Source', width: 240, grow: 2, text: (row) => row.source },
      { id: 'linked', header: 'Linked', width: 110, render: (row) => <RelativeTime time={row.linkedAt} /> },
      { id: 'by', header: 'By', width: 120, text: (row) => row.linkedBy.displayName },
    ],
    [registry.lifecycle],
  );
  return (
    <DataTable<LinkRow>
      label={`Versions of ${collection.name} at that time`}
      {...pagedTable(rows)}
      getRowId={(row) => String(row.linkId)}
      columns={columns}
      selectionMode="none"
      empty={<EmptyState icon={Boxes} title="Nothing was linked then" text={`${formatQuantity(0, 'version')} at that time.`} />}
    />
  );
}
