import { useMemo } from 'react';
import type { RunDetail } from '#shared/contract/index.ts';
import { useLiveOperations } from '../../../app/api/index.ts';
import { navigate, PlaceLink, placeOf, usePlaceState, type PlaceProps } from '../../../app/routes/index.ts';
import { PlaceFailure, PlaceHeader } from '../../../app/shell/index.ts';
import { Button, DataTable, EmptyState, formatQuantity, SkeletonLines, Switch, Tabs, Toolbar, ToolbarSpacer, type Column } from '../../../ui/index.ts';
import { GitCompare, List } from '../../../ui/icons.ts';
import { ChartsTab, type ChartedRun } from '../charts/ChartsTab.tsx';
import { Swatch } from '../charts/Swatch.tsx';
import { hueAt } from '../charts/useChartColors.ts';
import { compareValues, type ComparedRow } from '../list/values.ts';
import styles from '../RunPlace.module.css';

type Tab = 'charts' | 'system' | 'values';

/** Runs of one project side by side: their metrics in the same charts, their values in the same table. */
export function ComparedRunsPlace({ place }: PlaceProps<'compared runs'>) {
  const { entity, project } = place;
  const states = useLiveOperations('runs.get', place.runs.map((runId) => ({ entity, project, runId })));
  const [tab, setTab] = usePlaceState<Tab>('tab', 'charts');
  const runs = useMemo(() => states.flatMap(({ data }) => (data === undefined ? [] : [data])), [states]);
  const said = JSON.stringify(runs.map(({ id, displayName, state }) => [id, displayName, state]));
  // The charts are asked anew only when a run itself is another one, not with each step it logs.
  const charted = useMemo<readonly ChartedRun[]>(() => runs.map(({ id, displayName, state }) => ({ id, displayName, state })), [said]); // eslint-disable-line react-hooks/exhaustive-deps
  const missing = states.filter((state) => state.error !== null && state.data === undefined);
  const waiting = runs.length + missing.length < place.runs.length;
  const [failure] = missing;
  if (failure?.error != null && runs.length === 0 && !waiting) return <PlaceFailure alone error={failure.error} retry={failure.retry} />;
  return (
    <div className={styles.place}>
      <div className={styles.head}>
        <PlaceHeader
          icon={GitCompare}
          title={`${place.runs.length} runs compared`}
          facts={
            <>
              <PlaceLink to={placeOf.project(entity, project)}>
                {entity}/{project}
              </PlaceLink>
              {missing.length > 0 && !waiting && <span>{formatQuantity(missing.length, 'run')} not found</span>}
            </>
          }
          actions={
            <Button icon={List} onClick={() => navigate(placeOf.project(entity, project))}>
              All runs
            </Button>
          }
        />
      </div>
      <Tabs<Tab>
        label="What is compared"
        className={styles.tabs}
        panelClassName={styles.panel}
        tabs={[
          { value: 'charts', label: 'Charts' },
          { value: 'system', label: 'System' },
          { value: 'values', label: 'Config and summary' },
        ]}
        value={tab}
        onValueChange={setTab}
      >
        {(value) => (waiting ? <SkeletonLines lines={10} /> : value === 'values' ? <Values runs={runs} /> : <ChartsTab key={value} runs={charted} stream={value === 'system' ? 'system' : 'history'} />)}
      </Tabs>
    </div>
  );
}

function Values({ runs }: { readonly runs: readonly RunDetail[] }) {
  const [all, setAll] = usePlaceState('all values', false);
  const every = useMemo(() => compareValues(runs), [runs]);
  const rows = useMemo(() => (all ? every : every.filter((row) => row.differs)), [every, all]);
  const names = JSON.stringify(runs.map((run) => [run.id, run.displayName]));
  const columns = useMemo<readonly Column<ComparedRow>[]>(
    () => [
      { id: 'path', header: 'Value', width: 220, fixed: true, text: (row) => row.path, render: (row) => <code className={row.differs ? styles.differs : undefined}>{row.path}</code> },
      { id: 'part', header: 'Of', width: 84, text: (row) => row.part },
      ...runs.map(
        (run, index): Column<ComparedRow> => ({
          id: String(run.id), header: run.displayName, width: 140, grow: 1,
          text: (row) => row.cells[index] ?? '',
          render: (row) => (
            <span className={styles.comparedCell} title={row.cells[index]}>
              {row.cells[index]}
            </span>
          ),
        }),
      ),
    ],
    [names], // eslint-disable-line react-hooks/exhaustive-deps
  );
  return (
    <div className={styles.compared}>
      <Toolbar label="Values" lined className={styles.comparedTools}>
        <span className={styles.dim}>
          {formatQuantity(every.filter((row) => row.differs).length, 'value')} differ of {every.length}
        </span>
        <ToolbarSpacer />
        <Switch checked={all} onCheckedChange={setAll} label="Equal ones, too" />
      </Toolbar>
      <ul className={styles.comparedRuns} aria-label="Runs">
        {runs.map((run, index) => (
          <li key={run.id}>
            <Swatch color={hueAt(index).token} dash={hueAt(index).dash} />
            <PlaceLink to={placeOf.run(run)}>{run.displayName}</PlaceLink>
          </li>
        ))}
      </ul>
      <DataTable<ComparedRow>
        label="Config and summary compared"
        className={styles.comparedTable}
        rowCount={rows.length}
        getRow={(index) => rows[index]}
        getRowId={(row) => `${row.part} ${row.path}`}
        columns={columns}
        selectionMode="none"
        empty={<EmptyState icon={GitCompare} title={every.length === 0 ? 'Nothing to compare' : 'They agree in all values'} text={every.length === 0 ? 'None of these runs has a config or a summary.' : 'Config and summary are the same in each of these runs.'} />}
      />
    </div>
  );
}
