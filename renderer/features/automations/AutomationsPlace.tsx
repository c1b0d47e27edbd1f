import { useState } from 'react';
import type { AutomationId, DeliveryId, OutputOf } from '#shared/contract/index.ts';
import { nameOfCopy } from '#shared/domain/automationNames.ts';
import { core, notify, runCommand, useOperation, usePagedRows } from '../../app/api/index.ts';
import { barred, barredEntry, useWhyNot, whereOf, type Where } from '../../app/rights.ts';
import { placeOfRef } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { AlertDialog, Badge, Button, type Column, copyText, DataTable, EmptyState, formatQuantity, IconButton, Menu, NOTHING_SELECTED, RelativeTime, type Selection, SkeletonLines, StatusDot, Switch, VisuallyHidden } from '../../ui/index.ts';
import { Copy, Ellipsis, FilePlus, Pencil, Plus, RotateCcw, Trash2, Zap } from '../../ui/icons.ts';
import { AutomationDialog } from './AutomationDialog.tsx';
import { DeliveryDialog } from './DeliveryDialog.tsx';
import type { Definition } from './draft.ts';
import { ImportDialog } from './ImportDialog.tsx';
import { Means } from './Means.tsx';
import styles from './Automations.module.css';

type Automation = OutputOf<'automations.list'>['items'][number];
type Delivery = OutputOf<'deliveries.list'>['items'][number];

/** What listens to the whole organization takes an admin of it, as what automations may use does. */
const organizationWide = 'secrets.set';

function whereOfScope(scope: Automation['scope']): Where {
  return scope === null || scope.kind === 'organization' ? 'organization' : whereOf(placeOfRef(scope));
}

const tones = { waiting: 'neutral', sending: 'accent', done: 'good', dead: 'danger', discarded: 'neutral', stopped: 'caution' } as const;

/** What happens by itself, what it did, and what it could not do. */
export function AutomationsPlace() {
  const automations = useOperation('automations.list', { limit: 500 });
  const whyNot = useWhyNot();
  const mayMake = whyNot('automations.create', 'somewhere');
  const whyNotManage = (item: Automation, operation: 'automations.update' | 'automations.remove'): string | null => whyNot(item.scope?.kind === 'organization' ? organizationWide : operation, whereOfScope(item.scope));
  const [editing, setEditing] = useState<{ readonly id: AutomationId | null; readonly definition: Definition | null } | null>(null);
  const [removing, setRemoving] = useState<Automation | null>(null);
  const [importing, setImporting] = useState(false);
  const items = automations.data?.items ?? [];
  const exportAll = async (): Promise<void> => {
    const { text, count } = await core().query('automations.export', {});
    await copyText(text);
    notify({ tone: 'good', title: `${formatQuantity(count, 'automation')} copied as YAML` });
  };
  return (
    <>
      <PlaceHeader
        icon={Zap}
        title="Automations"
        facts={automations.data === undefined ? undefined : <span>{items.length === 0 ? 'none yet' : formatQuantity(items.length, 'automation')}</span>}
        actions={
          <>
            <Button icon={Plus} variant="primary" {...barred(mayMake)} onClick={() => setEditing({ id: null, definition: null })}>
              New automation…
            </Button>
            <Menu
              align="end"
              trigger={<IconButton icon={Ellipsis} label="More" />}
              items={[
                { id: 'copy', label: 'Copy as YAML', icon: Copy, disabled: items.length === 0, reason: 'There is none yet.', onSelect: () => void exportAll() },
                { id: 'import', label: 'From YAML…', icon: FilePlus, ...barredEntry(whyNot('automations.import', 'somewhere')), onSelect: () => setImporting(true) },
              ]}
            />
          </>
        }
      />
      <PlaceBody>
        <div className={styles.page}>
          {automations.error !== null && automations.data === undefined ? (
            <PlaceFailure error={automations.error} retry={automations.retry} />
          ) : automations.data === undefined ? (
            <SkeletonLines lines={4} />
          ) : items.length === 0 ? (
            <EmptyState
              icon={Zap}
              title="Nothing happens by itself yet"
              text="An automation tells others, runs a command or puts an alias when something happens here: a version is linked, production moves, a run fails."
              action={
                <Button variant="primary" icon={Plus} {...barred(mayMake)} onClick={() => setEditing({ id: null, definition: null })}>
                  New automation…
                </Button>
              }
            />
          ) : (
            <>
              <VisuallyHidden>
                <h2>What happens by itself</h2>
              </VisuallyHidden>
              <ul className={styles.list} aria-label="Automations">
                {items.map((item) => (
                  <li key={item.id} className={styles.item}>
                    <div className={styles.what}>
                      <h3>{item.definition.name}</h3>
                      <p>{item.sentence}</p>
                      <div className={styles.facts}>
                        {item.lastFiredAt !== null && (
                          <Badge>
                            fired <RelativeTime time={item.lastFiredAt} />
                          </Badge>
                        )}
                        {item.deliveries.done > 0 && <Badge tone="good">{item.deliveries.done} done</Badge>}
                        {item.deliveries.waiting > 0 && <Badge>{item.deliveries.waiting} waiting</Badge>}
                        {item.deliveries.dead > 0 && <Badge tone="danger">{item.deliveries.dead} failed</Badge>}
                      </div>
                    </div>
                    <div className={styles.acts}>
                      <Switch
                        checked={item.definition.enabled}
                        {...barred(whyNotManage(item, 'automations.update'))}
                        label={item.definition.enabled ? 'On' : 'Off'}
                        onCheckedChange={(enabled) => void runCommand('automations.update', { id: item.id, enabled }, { done: `“${item.definition.name}” is ${enabled ? 'on' : 'off'}` })}
                        aria-label={`${item.definition.name} is on`}
                      />
                      <Button size="small" icon={Pencil} {...barred(whyNotManage(item, 'automations.update'))} aria-label={`Edit ${item.definition.name}`} onClick={() => setEditing({ id: item.id, definition: item.definition })}>
                        Edit…
                      </Button>
                      <Button size="small" icon={Copy} {...barred(mayMake)} aria-label={`Duplicate ${item.definition.name}`} onClick={() => setEditing({ id: null, definition: { ...item.definition, name: nameOfCopy(item.definition.name, items.map((each) => each.definition.name)) } })}>
                        Duplicate…
                      </Button>
                      <Button size="small" icon={Trash2} {...barred(whyNotManage(item, 'automations.remove'))} aria-label={`Remove ${item.definition.name}`} onClick={() => setRemoving(item)}>
                        Remove…
                      </Button>
                    </div>
                  </li>
                ))}
              </ul>
              <Deliveries />
            </>
          )}
          <Means />
        </div>
      </PlaceBody>
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
      {editing !== null && <AutomationDialog id={editing.id} definition={editing.definition} onClose={() => setEditing(null)} />}
      <AlertDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={`Remove “${removing?.definition.name ?? ''}”?`}
        description={`${removing === null || removing.deliveries.waiting === 0 ? '' : `${formatQuantity(removing.deliveries.waiting, 'delivery', 'deliveries')} that wait will be given up. `}Its log and its place in the history stay.`}
        confirmLabel="Remove"
        onConfirm={async () => {
          if (removing !== null) await runCommand('automations.remove', { id: removing.id }, { done: `Removed “${removing.definition.name}”` });
        }}
      />
    </>
  );
}

const stateName = ({ state }: Delivery): string => (state === 'dead' ? 'failed' : state);

const columns: readonly Column<Delivery>[] = [
  {
    // What is wrong stands beside it: it is what one looks for, in a small window as well.
    id: 'state', header: 'State', width: 200, grow: 2, fixed: true, text: (row) => [stateName(row), ...(row.problem === null ? [] : [row.problem])].join(': '),
    render: (row) => (
      <span className={styles.deliveryState}>
        <StatusDot tone={tones[row.state]} label={stateName(row)} busy={row.state === 'sending'} />
        {row.problem !== null && <span className={styles.deliveryProblem} title={row.problem}>{row.problem}</span>}
      </span>
    ),
  },
  { id: 'when', header: 'When', width: 84, render: (row) => <RelativeTime time={row.doneAt ?? row.createdAt} /> },
  { id: 'automation', header: 'Automation', width: 110, grow: 1, text: (row) => row.automation },
  { id: 'event', header: 'Event', width: 140, grow: 2, text: (row) => `${row.event.label} (${row.event.kind})` },
  // What a small window cuts off stands in the delivery itself.
  { id: 'target', header: 'To', width: 120, grow: 1, text: (row) => row.target },
  { id: 'attempts', header: 'Attempts', width: 84, numeric: true, text: (row) => String(row.attempts) },
];

function Deliveries() {
  const mayReplay = useWhyNot()('deliveries.replay', 'somewhere');
  const rows = usePagedRows('deliveries.list', {});
  const [selection, setSelection] = useState<Selection>(NOTHING_SELECTED);
  const [open, setOpen] = useState<DeliveryId | null>(null);
  const failed = useOperation('deliveries.list', { states: ['dead', 'stopped'], limit: 1000 }).data?.items ?? [];
  return (
    <section aria-label="Deliveries">
      <div className={styles.headline}>
        <h2>Deliveries</h2>
        {failed.length > 0 && (
          <Button icon={RotateCcw} {...barred(mayReplay)} onClick={() => void runCommand('deliveries.replay', { ids: failed.map((one) => one.id) }, { done: `${formatQuantity(failed.length, 'delivery', 'deliveries')} queued again` })}>
            {failed.length === 1 ? 'Send the failed one again' : `Send the ${failed.length} failed again`}
          </Button>
        )}
      </div>
      {rows.error !== null ? (
        <PlaceFailure error={rows.error} retry={rows.retry} compact />
      ) : !rows.pending && rows.rowCount === 0 ? (
        <EmptyState compact icon={Zap} title="Nothing was sent yet" text="What automations do is listed here, attempt by attempt." />
      ) : (
        // As high as its rows, up to a point.
        <div style={{ height: rows.pending ? 360 : Math.min(360, 56 + rows.rowCount * 40) }}>
          <DataTable<Delivery>
            label="Deliveries, newest first"
            columns={columns}
            rowCount={rows.rowCount}
            getRow={rows.getRow}
            onRangeNeeded={rows.onRangeNeeded}
            getRowId={(row) => String(row.id)}
            loading={rows.pending}
            selection={selection}
            onSelectionChange={setSelection}
            onOpen={(row) => setOpen(row.id)}
            getContextMenu={(row) => [
              { id: 'open', label: 'Open', onSelect: () => setOpen(row.id) },
              { id: 'replay', label: 'Send again', ...barredEntry(mayReplay ?? (row.state === 'sending' ? 'It is on its way.' : null)), onSelect: () => void runCommand('deliveries.replay', { ids: [row.id] }, { done: 'Queued again' }) },
            ]}
          />
        </div>
      )}
      {open !== null && <DeliveryDialog id={open} onClose={() => setOpen(null)} />}
    </section>
  );
}
