import { useEffect, useMemo } from 'react';
import type { RunDetail, RunId } from '#shared/contract/index.ts';
import type { RunTab } from '#shared/domain/places.ts';
import { ask, core, runCommand, useLiveOperation, usePagedRows } from '../../app/api/index.ts';
import { navigate, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { select, selected } from '../../app/selection.ts';
import { PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { draftOf, EventList, JsonEditor, JsonTree, LineageTab, TabBody, TabFill, VersionTable } from '../versions/index.ts';
import { Button, EmptyState, Segmented, SkeletonLines, Tabs, type TabDefinition } from '../../ui/index.ts';
import { ArrowDownToLine, Braces, Package, Pencil } from '../../ui/icons.ts';
import { ChartsTab, type ChartedRun } from './charts/ChartsTab.tsx';
import { ConsoleTab } from './console/ConsoleTab.tsx';
import { FilesTab } from './files/FilesTab.tsx';
import { Overview } from './Overview.tsx';
import { RunHeader } from './RunHeader.tsx';
import styles from './RunPlace.module.css';

/** One run: what it measured, printed and saved, what it was told, what it used and logged. */
export function RunPlace({ place }: PlaceProps<'run'>) {
  const run = useLiveOperation('runs.get', { entity: place.entity, project: place.project, runId: place.run });
  const data = run.data;
  const id = data?.id;
  useEffect(() => {
    if (id !== undefined) core().execute('recents.touch', { kind: 'run', id }).catch(() => undefined);
  }, [id]);
  if (run.error !== null && (data === undefined || run.error.code === 'not_found')) return <PlaceFailure alone error={run.error} retry={run.retry} />;
  if (data === undefined) {
    return (
      <div className={styles.place}>
        <PlaceHeader title={place.run} />
        <SkeletonLines lines={8} />
      </div>
    );
  }
  return <Run run={data} place={place} />;
}

function Run({ run, place }: { readonly run: RunDetail; readonly place: PlaceProps<'run'>['place'] }) {
  // What streams or has streamed is looked at first; a run noted by hand has nothing to draw.
  const [first] = usePlaceState<RunTab>('first tab', () => (run.historyLines > 0 || run.state === 'running' ? 'charts' : 'overview'));
  const tab = place.tab ?? first;
  const listed = tab === 'artifacts' || tab === 'lineage';
  const { id, displayName, state } = run;
  // Lists and the graph select their own; everywhere else it is the run that is looked at.
  useEffect(() => {
    if (!listed) select([selected.run(run)]);
  }, [id, displayName, listed, tab]); // eslint-disable-line react-hooks/exhaustive-deps
  const charted = useMemo<readonly ChartedRun[]>(() => [{ id, displayName, state }], [id, displayName, state]);
  const tabs: readonly TabDefinition<RunTab>[] = [
    { value: 'charts', label: 'Charts' },
    { value: 'overview', label: 'Overview' },
    { value: 'system', label: 'System' },
    { value: 'console', label: 'Console' },
    { value: 'files', label: 'Files', count: run.fileCount },
    { value: 'artifacts', label: 'Inputs and outputs', count: run.inputCount + run.outputCount },
    { value: 'config', label: 'Config', count: keysOf(run.config) },
    { value: 'summary', label: 'Summary', count: keysOf(run.summary) },
    { value: 'lineage', label: 'Lineage' },
    { value: 'history', label: 'History' },
  ];
  return (
    <div className={styles.place}>
      <div className={styles.head}>
        <RunHeader run={run} place={place} />
      </div>
      <Tabs<RunTab>
        label="Parts of the run"
        className={styles.tabs}
        panelClassName={styles.panel}
        tabs={tabs}
        value={tab}
        onValueChange={(next) => {
          select([]);
          navigate({ ...place, tab: next }, { replace: true });
        }}
      >
        {(value) => <Content tab={value} run={run} charted={charted} />}
      </Tabs>
    </div>
  );
}

/** What the client keeps for itself (`_step`, `_wandb`) is not counted. */
function keysOf(values: object): number {
  return Object.keys(values).filter((key) => !key.startsWith('_')).length;
}

function Content({ tab, run, charted }: { readonly tab: RunTab; readonly run: RunDetail; readonly charted: readonly ChartedRun[] }) {
  switch (tab) {
    case 'charts':
      return <ChartsTab runs={charted} stream="history" />;
    case 'overview':
      return <Overview run={run} />;
    case 'system':
      return <ChartsTab runs={charted} stream="system" />;
    case 'console':
      return <ConsoleTab run={run} />;
    case 'files':
      return <FilesTab run={run} />;
    case 'artifacts':
      return <Versions id={run.id} team={run.entity} name={run.displayName} inputs={run.inputCount} outputs={run.outputCount} />;
    case 'config':
      return <Values run={run} part="config" />;
    case 'summary':
      return <Values run={run} part="summary" />;
    case 'lineage':
      return <LineageTab root={{ kind: 'run', id: run.id }} />;
    case 'history':
      return (
        <TabBody name="history" label="History">
          <EventList title="History" objects={[{ kind: 'run', id: run.id }]} empty="Changes to the run appear here, with who made them." />
        </TabBody>
      );
  }
}

const valueWords = {
  config: { label: 'Config', empty: 'No config', text: 'What the run was told: learning rate, batch size, seeds. In Python: wandb.init(config={"lr": 0.001}).' },
  summary: { label: 'Summary', empty: 'No summary', text: 'What came out of it: the last value of each metric, and what the script writes there. It fills as the script goes.' },
} as const;

function Values({ run, part }: { readonly run: RunDetail; readonly part: 'config' | 'summary' }) {
  const [draft, setDraft] = usePlaceState<string | null>(`draft ${part}`, null);
  const mayEdit = useWhyNot()('runs.update', { team: run.entity });
  const { label, empty, text } = valueWords[part];
  const edit = (
    <Button size="small" icon={Pencil} {...barred(mayEdit)} onClick={() => setDraft(draftOf(run[part]))}>
      Edit
    </Button>
  );
  return (
    <TabFill>
      {draft === null ? (
        <JsonTree label={label} value={run[part]} actions={edit} empty={<EmptyState icon={Braces} title={empty} text={text} />} />
      ) : (
        <JsonEditor
          label={label}
          original={run[part]}
          draft={draft}
          onDraftChange={setDraft}
          onClose={() => setDraft(null)}
          onSave={async (value) => {
            await runCommand('runs.update', { id: run.id, [part]: value }, { toast: false });
          }}
        />
      )}
    </TabFill>
  );
}

type Relation = 'used' | 'logged';

function Versions({ id, team, name, inputs, outputs }: { readonly id: RunId; readonly team: string; readonly name: string; readonly inputs: number; readonly outputs: number }) {
  const [relation, setRelation] = usePlaceState<Relation>('relation', outputs === 0 && inputs > 0 ? 'used' : 'logged');
  const input = { id, relation } as const;
  const rows = usePagedRows('runs.versions', input);
  return (
    <VersionTable
      team={team}
      key={relation}
      label={relation === 'used' ? `Inputs of ${name}` : `Outputs of ${name}`}
      rows={rows}
      named
      deletable={relation === 'logged'}
      loadRows={async (position, limit) => (await ask('runs.versions', { ...input, position, limit })).items}
      tools={
        <>
          <Segmented
            label="Versions"
            size="small"
            options={[
              { value: 'logged', label: `Outputs ${outputs}` },
              { value: 'used', label: `Inputs ${inputs}` },
            ]}
            value={relation}
            onValueChange={setRelation}
          />
          <span className={styles.dim}>Drag rows onto a collection to link them</span>
        </>
      }
      empty={
        relation === 'used' ? (
          <EmptyState icon={ArrowDownToLine} title="No inputs" text="Versions that a run declares as used appear here. In Python: run.use_artifact(“my-dataset:latest”)." />
        ) : (
          <EmptyState icon={Package} title="No outputs" text="Versions that a run logs appear here. In Python: run.log_artifact(…)." />
        )
      }
    />
  );
}
