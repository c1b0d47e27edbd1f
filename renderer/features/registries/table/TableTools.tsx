import { useState } from 'react';
import type { CollectionDetail, TableColumn, TableLayout } from '#shared/contract/index.ts';
import { bridge } from '../../../app/bridge.ts';
import { ask, notify, notifyFailure, runCommand, useOperation } from '../../../app/api/index.ts';
import { Button, Dialog, Field, Input, Menu, MultiCombobox, Popover, Select } from '../../../ui/index.ts';
import { Columns3, Download, LayoutDashboard, Plus, Trash2 } from '../../../ui/icons.ts';
import { columnKey, columnLabel, columnOf, columnOrigin } from './tableColumns.ts';
import type { TableChoice } from './useTableChoice.ts';
import styles from './Table.module.css';

export type TableView = Pick<TableLayout, 'columns' | 'sort' | 'direction'>;

export type TableToolsProps = {
  readonly collection: CollectionDetail;
  readonly choice: TableChoice;
  /** The table as it is on show, to be kept or written out. */
  readonly view: TableView;
  readonly onLayout: (layout: TableLayout) => void;
  readonly state: string | null;
  readonly onStateChange: (state: string | null) => void;
};

const every = '\u0000';

/** What a table shows: which values, which states, in which layout; and the way out of it. */
export function TableTools({ collection, choice, view, onLayout, state, onStateChange }: TableToolsProps) {
  const [naming, setNaming] = useState(false);
  const layouts = useOperation('collections.layouts', { collectionId: collection.id });
  const kept = layouts.data?.items ?? [];
  return (
    <div className={styles.tools} role="toolbar" aria-label="What the table shows">
      {collection.lifecycle !== null && (
        <Select
          label="State"
          size="small"
          options={[{ value: every, label: 'All states' }, ...collection.lifecycle.states.map((one) => ({ value: one.name, label: one.name }))]}
          value={state ?? every}
          onValueChange={(next) => onStateChange(next === every ? null : next)}
        />
      )}
      <span className={styles.spacer} />
      <ColumnsButton choice={choice} />
      <Menu
        align="end"
        trigger={
          <Button size="small" icon={LayoutDashboard}>
            Layouts
          </Button>
        }
        items={[
          ...(kept.length === 0 ? [] : [{ kind: 'heading' as const, label: 'Kept layouts' }]),
          ...kept.map((layout) => ({ id: `use ${layout.name}`, label: layout.name, onSelect: () => onLayout(layout) })),
          ...(kept.length === 0 ? [] : [{ kind: 'separator' as const }]),
          { id: 'save', label: 'Keep this layout…', icon: Plus, onSelect: () => setNaming(true) },
          ...(kept.length === 0
            ? []
            : [
                {
                  kind: 'submenu' as const, id: 'forget', label: 'Forget a layout', icon: Trash2,
                  items: kept.map((layout) => ({ id: `forget ${layout.name}`, label: layout.name, onSelect: () => void runCommand('collections.deleteLayout', { collectionId: collection.id, name: layout.name }, { done: `Forgot the layout “${layout.name}”` }) })),
                },
              ]),
        ]}
      />
      <Button size="small" icon={Download} tooltip="The whole table as a file" onClick={() => void exportTable(collection, view, choice.columns, state)}>
        CSV
      </Button>
      {naming && <LayoutDialog collection={collection} view={view} taken={kept.map((layout) => layout.name)} onClose={() => setNaming(false)} />}
    </div>
  );
}

function ColumnsButton({ choice }: { readonly choice: TableChoice }) {
  const options = [...new Map([...choice.columns, ...choice.known.map((one) => one.column)].map((column) => [columnKey(column), column])).entries()];
  return (
    <Popover
      align="end"
      title="Values of the versions"
      trigger={
        <Button size="small" icon={Columns3}>
          Columns
        </Button>
      }
    >
      <div className={styles.columns}>
        <p className={styles.dim}>From the metadata of each version, and from the summary of the run that logged it.</p>
        <MultiCombobox
          label="Columns"
          mono
          placeholder="accuracy"
          options={options.map(([key, column]) => ({ value: key, label: columnLabel(column), detail: columnOrigin(column) }))}
          values={choice.columns.map(columnKey)}
          onValuesChange={(keys) => choice.choose(keys.flatMap((key) => columnOf(key) ?? []))}
          emptyText="The versions have no such value."
        />
      </div>
    </Popover>
  );
}

async function exportTable(collection: CollectionDetail, view: TableView, columns: readonly TableColumn[], state: string | null): Promise<void> {
  try {
    const table = await ask('collections.exportTable', { collectionId: collection.id, columns: [...columns], sort: view.sort, direction: view.direction, ...(state === null ? {} : { state }) });
    const file = await bridge().saveText({ title: `${collection.name} as CSV`, name: table.fileName, text: table.text });
    if (file !== null) {
      notify({
        tone: table.truncated ? 'caution' : 'good',
        title: `Wrote ${table.rows.toLocaleString('en-US')} rows to ${file}`,
        ...(table.truncated ? { text: 'There are more than a file takes: choose a state to write fewer.' } : {}),
        action: { label: 'Show', onPress: () => void bridge().revealInFolder(file) },
      });
    }
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

function LayoutDialog({ collection, view, taken, onClose }: { readonly collection: CollectionDetail; readonly view: TableView; readonly taken: readonly string[]; readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const save = async (): Promise<void> => {
    if (name.trim() === '') return;
    const done = await runCommand('collections.saveLayout', { collectionId: collection.id, name: name.trim(), layout: { columns: [...view.columns], sort: view.sort, direction: view.direction } }, { done: `Kept the layout “${name.trim()}”` });
    if (done !== null) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Keep this layout"
      description="Columns with their order, and what the table is sorted by. For you, in this collection."
      width="narrow"
      onSubmit={() => void save()}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={name.trim() === ''}>
            {taken.includes(name.trim()) ? 'Replace' : 'Keep'}
          </Button>
        </>
      }
    >
      <Field label="Name" {...(taken.includes(name.trim()) ? { hint: 'There is one of that name: it is replaced.' } : {})}>
        <Input value={name} onValueChange={setName} maxLength={100} autoFocus />
      </Field>
    </Dialog>
  );
}
