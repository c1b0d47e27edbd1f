import { useEffect, useMemo } from 'react';
import type { OutputOf, ProjectSummary, RunState } from '#shared/contract/index.ts';
import { core, notifyFailure, usePagedRows } from '../../../app/api/index.ts';
import { formatPlace, navigate, placeOf, usePlaceState } from '../../../app/routes/index.ts';
import { openLineageOf } from '../../../app/lineageOfSelection.ts';
import { select, selected } from '../../../app/selection.ts';
import { pagedTable } from '../../../app/shell/index.ts';
import { mostComparedRuns, mostLineageNodes } from '#shared/domain/places.ts';
import { openConnect } from '../../connect/index.ts';
import { runTones } from '../../versions/index.ts';
import {
  Avatar, Button, copyText, DataTable, EmptyState, formatDuration, formatQuantity, isSelected, MultiCombobox, NOTHING_SELECTED, Popover, RelativeTime, Segmented, selectionSize, StatusDot, TagChips, Toolbar, ToolbarSpacer, useShortcut,
  type Column, type Selection, type Sort,
} from '../../../ui/index.ts';
import { Columns3, Copy, GitCompare, Play, SquareTerminal, Workflow } from '../../../ui/icons.ts';
import { useColumnChoice } from './useColumnChoice.ts';
import { cellText, isValueColumn, type ValueColumn } from './values.ts';
import list from '../../../app/shell/List.module.css';
import styles from './Runs.module.css';

type Row = OutputOf<'runs.list'>['items'][number];

const states = ['running', 'finished', 'failed', 'crashed', 'killed'] as const satisfies readonly RunState[];

/** The runs of a project, with the values that a person chose, and two or more of them to compare. */
export function RunsTable({ project }: { readonly project: ProjectSummary }) {
  const [state, setState] = usePlaceState<RunState | 'all'>('run state', 'all');
  const [sort, setSort] = usePlaceState<Sort>('run sort', { column: 'created', direction: 'descending' });
  const [selection, setSelection] = usePlaceState<Selection>('run selection', NOTHING_SELECTED);
  const choice = useColumnChoice(project.id);
  const input = { projectId: project.id, sort: sort.column, direction: sort.direction, columns: [...choice.columns], ...(state === 'all' ? {} : { state }) };
  const rows = usePagedRows('runs.list', input);
  const { getRow, rowCount } = rows;
  const open = (row: Row): void => navigate(placeOf.run(row));
  const chosen = useMemo(() => {
    const found: Row[] = [];
    for (let index = 0; index < Math.min(rowCount, 20_000) && found.length < mostComparedRuns + 1; index += 1) {
      const row = getRow(index);
      if (row !== undefined && isSelected(selection, String(row.id))) found.push(row);
    }
    return found;
  }, [selection, getRow, rowCount]);
  useEffect(() => {
    select(chosen.map(selected.run));
  }, [chosen]);
  const columns = useMemo(() => [...fixedColumns.slice(0, 2), ...choice.columns.map(valueColumn), ...fixedColumns.slice(2)], [choice.columns]);
  const count = selectionSize(selection, rowCount);
  const compare = async (): Promise<void> => {
    try {
      // Rows far away may not be here: the rest is asked for.
      const runs = chosen.length >= count ? chosen : (await core().query('runs.list', { ...input, limit: 1000 })).items.filter((row) => isSelected(selection, String(row.id)));
      navigate(placeOf.comparedRuns(project, runs.slice(0, mostComparedRuns).map((run) => run.runId)));
    } catch (thrown) {
      notifyFailure(thrown);
    }
  };
  /** Of all that are chosen, whether they are here or not: those chosen one by one are known by their ids, of “all” the first are asked for. */
  const showLineage = async (): Promise<void> => {
    try {
      const ids = selection.kind === 'some'
        ? [...selection.ids].map((id) => Number(id) as Row['id'])
        : (await core().query('runs.list', { ...input, limit: mostLineageNodes })).items.filter((row) => isSelected(selection, String(row.id))).map((row) => row.id);
      openLineageOf(ids.map((id) => ({ kind: 'run', id })), count);
    } catch (thrown) {
      notifyFailure(thrown);
    }
  };
  // The window’s own shortcut knows the rows at hand only; this one, which stands over it, all that are chosen.
  useShortcut({ id: 'lineage.ofSelection', keys: 'Shift+l', description: 'Lineage of what is selected', group: 'Versions', when: () => count > 1, onPress: () => void showLineage() });
  return (
    <div className={list.fill}>
      <Toolbar label="Filter the runs" lined className={list.tools}>
        <Segmented label="State" size="small" options={[{ value: 'all', label: 'All' }, ...states.map((one) => ({ value: one, label: `${one[0]?.toUpperCase() ?? ''}${one.slice(1)}` }))]} value={state} onValueChange={setState} />
        <ToolbarSpacer />
        <span className={list.dim}>{rows.pending ? '\u00a0' : count > 0 ? `${count} of ${formatQuantity(rowCount, 'run')}` : formatQuantity(rowCount, 'run')}</span>
        <Button size="small" icon={GitCompare} disabled={count < 2 || count > mostComparedRuns} disabledReason={count < 2 ? 'Choose two or more runs: their charts are drawn together.' : `At most ${mostComparedRuns} at once.`} onClick={() => void compare()}>
          Compare{count >= 2 && ` ${count}`}
        </Button>
        <Popover
          align="end"
          title="Columns"
          trigger={
            <Button size="small" icon={Columns3}>
              Columns
            </Button>
          }
        >
          <div className={styles.columns}>
            <p className={list.dim}>Values of config and summary, beside each run.</p>
            <MultiCombobox
              label="Columns"
              mono
              placeholder="summary.loss"
              options={[...new Set([...choice.columns, ...choice.known])].map((column) => ({ value: column, label: column }))}
              values={[...choice.columns]}
              onValuesChange={(next) => choice.choose(next.filter(isValueColumn))}
              onCreate={(text) => isValueColumn(text) && choice.choose([...choice.columns, text])}
              validateNew={(text) => (isValueColumn(text) ? undefined : 'Begin with config. or summary.')}
            />
          </div>
        </Popover>
      </Toolbar>
      <DataTable<Row>
        label="Runs"
        className={list.table}
        {...pagedTable(rows)}
        getRowId={(row) => String(row.id)}
        columns={columns}
        selectionMode="multiple"
        checkboxes
        loadIds={async (first, last) => (await core().query('runs.list', { ...input, position: first, limit: Math.min(1000, last - first) })).items.map((row) => String(row.id))}
        selection={selection}
        onSelectionChange={setSelection}
        sort={sort}
        onSortChange={setSort}
        onOpen={open}
        onPreview={open}
        typeAhead
        getContextMenu={(row) => [
          { id: 'open', label: 'Open', keys: 'Enter', onSelect: () => open(row) },
          { id: 'compare', label: 'Compare', icon: GitCompare, disabled: count < 2, reason: 'Choose two or more runs.', onSelect: () => void compare() },
          { id: 'lineage', label: count > 1 && isSelected(selection, String(row.id)) ? `Lineage of ${formatQuantity(count, 'run')}` : 'Lineage', icon: Workflow, keys: 'Shift+l', onSelect: () => (count > 1 && isSelected(selection, String(row.id)) ? void showLineage() : openLineageOf([{ kind: 'run', id: row.id }])) },
          { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(placeOf.run(row))) },
          { id: 'id', label: 'Copy run id', onSelect: () => void copyText(row.runId) },
        ]}
        scrollKey={`runs ${project.id} ${state} ${sort.column} ${sort.direction}`}
        empty={
          state === 'all' ? (
            <EmptyState
              icon={Play}
              title="No runs yet"
              text="A run is one training, evaluation or conversion. It appears here when a script begins one, with what it measured, used and logged."
              action={
                <Button icon={SquareTerminal} onClick={openConnect}>
                  Connect a script…
                </Button>
              }
            />
          ) : (
            <EmptyState icon={Play} title={`No run is ${state}`} action={<Button onClick={() => setState('all')}>Show all runs</Button>} />
          )
        }
      />
    </div>
  );
}

function valueColumn(name: ValueColumn): Column<Row> {
  return {
    id: name,
    header: name.slice(name.indexOf('.') + 1),
    width: 96,
    sortable: true,
    numeric: true,
    text: (row) => cellText(row.values[name]),
  };
}

const fixedColumns: readonly Column<Row>[] = [
  {
    id: 'name', header: 'Run', width: 220, grow: 1, fixed: true, sortable: true, text: (row) => row.displayName,
    render: (row) => (
      <span className={list.name}>
        <StatusDot tone={runTones[row.state]} label={row.state} wordless busy={row.state === 'running'} />
        <span className={list.strong}>{row.displayName}</span>
      </span>
    ),
  },
  { id: 'state', header: 'State', width: 80, sortable: true, text: (row) => row.state },
  { id: 'job', header: 'Job', width: 92, text: (row) => row.jobType ?? '' },
  { id: 'group', header: 'Group', width: 84, text: (row) => row.group ?? '' },
  {
    id: 'tags', header: 'Tags', width: 92,
    render: (row) => (
      <TagChips tags={row.tags} most={1} />
    ),
  },
  { id: 'took', header: 'Took', width: 84, numeric: true, text: (row) => (row.finishedAt === null ? '' : formatDuration(Date.parse(row.finishedAt) - Date.parse(row.createdAt))) },
  { id: 'created', header: 'Started', width: 92, sortable: true, render: (row) => <RelativeTime time={row.createdAt} /> },
  { id: 'by', header: 'By', width: 48, text: (row) => row.createdBy.displayName, render: (row) => <Avatar name={row.createdBy.displayName} /> },
];
