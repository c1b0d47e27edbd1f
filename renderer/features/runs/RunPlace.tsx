import { useEffect, useState } from 'react';
import type { JsonObject, RunDetail, RunId } from '#shared/contract/index.ts';
import { ask, core, runCommand, useOperation, usePagedRows } from '../../app/api/index.ts';
import { formatPlace, navigate, PlaceLink, placeOf, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { select, selected } from '../../app/selection.ts';
import { PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { TagField } from '../logging/index.ts';
import { draftOf, EditableText, EventList, Fact, Facts, JsonEditor, JsonTree, LineageTab, readOnlyReason, runTones, Section, TabBody, TabFill, useReadOnly, VersionTable } from '../versions/index.ts';
import { Avatar, Button, copyText, EmptyState, formatCount, formatDuration, formatQuantity, IconButton, Menu, RelativeTime, SkeletonLines, StatusDot, Tabs, TagChip, type TabDefinition } from '../../ui/index.ts';
import { ArrowDownToLine, Braces, Copy, Ellipsis, Hash, History, Package, Pencil } from '../../ui/icons.ts';
import styles from './RunPlace.module.css';

/** One run: what it was told, what came out of it, what it used and logged. */
export function RunPlace({ place }: PlaceProps<'run'>) {
  const run = useOperation('runs.get', { entity: place.entity, project: place.project, runId: place.run });
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

type Tab = 'overview' | 'config' | 'summary' | 'inputs' | 'outputs' | 'lineage' | 'history';

function Run({ run, place }: { readonly run: RunDetail; readonly place: PlaceProps<'run'>['place'] }) {
  const [tab, setTab] = usePlaceState<Tab>('tab', 'overview');
  const listed = tab === 'inputs' || tab === 'outputs' || tab === 'lineage';
  // Lists and the graph select their own; everywhere else it is the run that is looked at.
  useEffect(() => {
    if (!listed) select([selected.run(run)]);
  }, [run, listed, tab]);
  const tabs: readonly TabDefinition<Tab>[] = [
    { value: 'overview', label: 'Overview' },
    { value: 'config', label: 'Config', count: Object.keys(run.config).length },
    { value: 'summary', label: 'Summary', count: Object.keys(run.summary).length },
    { value: 'inputs', label: 'Inputs', count: run.inputCount },
    { value: 'outputs', label: 'Outputs', count: run.outputCount },
    { value: 'lineage', label: 'Lineage' },
    { value: 'history', label: 'History' },
  ];
  return (
    <div className={styles.place}>
      <div className={styles.head}>
        <PlaceHeader
          mark={<StatusDot tone={runTones[run.state]} label={run.state} wordless busy={run.state === 'running'} />}
          title={run.displayName}
          facts={
            <>
              <span>{run.state}</span>
              {run.jobType !== null && <span>{run.jobType}</span>}
              <span>
                began <RelativeTime time={run.createdAt} />
              </span>
              <Took run={run} />
            </>
          }
          actions={
            <Menu
              align="end"
              trigger={<IconButton icon={Ellipsis} label="More" />}
              items={[
                { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(place)) },
                { id: 'id', label: 'Copy run id', icon: Hash, onSelect: () => void copyText(run.runId) },
                { id: 'history', label: 'Open in History', icon: History, onSelect: () => navigate({ place: 'history', focus: place }) },
              ]}
            />
          }
        />
      </div>
      <Tabs<Tab>
        label="Parts of the run"
        className={styles.tabs}
        panelClassName={styles.panel}
        tabs={tabs}
        value={tab}
        onValueChange={(next) => {
          select([]);
          setTab(next);
        }}
      >
        {(value) => <Content tab={value} run={run} />}
      </Tabs>
    </div>
  );
}

function Took({ run }: { readonly run: RunDetail }) {
  if (run.finishedAt === null) return null;
  return <span>took {formatDuration(Date.parse(run.finishedAt) - Date.parse(run.createdAt))}</span>;
}

function Content({ tab, run }: { readonly tab: Tab; readonly run: RunDetail }) {
  switch (tab) {
    case 'overview':
      return <Overview run={run} />;
    case 'config':
      return <Values run={run} part="config" />;
    case 'summary':
      return <Values run={run} part="summary" />;
    case 'inputs':
      return <Versions key="used" id={run.id} name={run.displayName} relation="used" />;
    case 'outputs':
      return <Versions key="logged" id={run.id} name={run.displayName} relation="logged" />;
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

/** Numbers of the summary shown large, at most. */
const mostMetrics = 12;

function metricsOf(summary: JsonObject): readonly (readonly [string, number])[] {
  return Object.entries(summary)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && !entry[0].startsWith('_'))
    .slice(0, mostMetrics);
}

function formatMetric(value: number): string {
  if (Number.isInteger(value)) return formatCount(value);
  const size = Math.abs(value);
  return size >= 0.001 && size < 1_000_000 ? new Intl.NumberFormat('en', { maximumSignificantDigits: 5 }).format(value) : value.toExponential(3);
}

function Overview({ run }: { readonly run: RunDetail }) {
  const readOnly = useReadOnly();
  const reason = readOnly ? readOnlyReason : null;
  const metrics = metricsOf(run.summary);
  return (
    <TabBody name="overview" label="Overview">
      {metrics.length > 0 && (
        <Section title="What came out">
          <dl className={styles.metrics}>
            {metrics.map(([name, value]) => (
              <div key={name} className={styles.metric}>
                <dt title={name}>{name}</dt>
                <dd title={String(value)}>{formatMetric(value)}</dd>
              </div>
            ))}
          </dl>
        </Section>
      )}
      <Section title="Facts">
        <Facts label="Facts of the run">
          <Fact name="State">
            <StatusDot tone={runTones[run.state]} label={run.state} busy={run.state === 'running'} />
          </Fact>
          <Fact name="Project">
            <PlaceLink to={placeOf.project(run.entity, run.project)}>
              {run.entity}/{run.project}
            </PlaceLink>
          </Fact>
          <Fact name="Run id">
            <code>{run.runId}</code>
          </Fact>
          <Fact name="Job">{run.jobType ?? <span className={styles.dim}>none given</span>}</Fact>
          <Fact name="Group">{run.group ?? <span className={styles.dim}>none</span>}</Fact>
          <Fact name="Began">
            <RelativeTime time={run.createdAt} />
          </Fact>
          <Fact name="Ended">{run.finishedAt === null ? <span className={styles.dim}>not yet</span> : <RelativeTime time={run.finishedAt} />}</Fact>
          <Fact name="By">
            <span className={styles.person}>
              <Avatar name={run.createdBy.displayName} /> {run.createdBy.displayName}
            </span>
          </Fact>
          <Fact name="Used and logged">
            {formatQuantity(run.inputCount, 'input')}, {formatQuantity(run.outputCount, 'output')}
          </Fact>
        </Facts>
      </Section>
      <EditableText
        title="Notes"
        text={run.notes}
        empty="No notes: what was tried, what was learnt."
        placeholder="What was tried, what was learnt."
        reason={reason}
        longest={1_000_000}
        onSave={async (notes) => {
          await runCommand('runs.update', { id: run.id, notes }, { toast: false });
        }}
      />
      <RunTags run={run} reason={reason} />
    </TabBody>
  );
}

function RunTags({ run, reason }: { readonly run: RunDetail; readonly reason: string | null }) {
  const [draft, setDraft] = useState<readonly string[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    if (draft === null || problem !== null || busy) return;
    setBusy(true);
    const done = await runCommand('runs.update', { id: run.id, tags: [...draft] }, { done: 'Changed the tags' });
    setBusy(false);
    if (done !== null) setDraft(null);
  };
  return (
    <Section title="Tags" actions={draft === null ? <IconButton icon={Pencil} size="small" label="Edit tags" disabled={reason !== null} {...(reason === null ? {} : { disabledReason: reason })} onClick={() => setDraft(run.tags)} /> : undefined}>
      {draft === null ? (
        run.tags.length === 0 ? (
          <p className={styles.dim}>No tags.</p>
        ) : (
          <div className={styles.chips}>
            {run.tags.map((tag) => (
              <TagChip key={tag} tag={tag} onPress={() => navigate({ place: 'search', query: `tag:${/\s/u.test(tag) ? `"${tag}"` : tag}` })} />
            ))}
          </div>
        )
      ) : (
        <form
          className={styles.tagForm}
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <TagField label="Tags" values={draft} onValuesChange={setDraft} onProblem={setProblem} />
          <div className={styles.buttons}>
            <Button type="submit" variant="primary" busy={busy} disabled={problem !== null} disabledReason={problem ?? ''}>
              Save
            </Button>
            <Button onClick={() => setDraft(null)}>Cancel</Button>
          </div>
        </form>
      )}
    </Section>
  );
}

const valueWords = {
  config: { label: 'Config', empty: 'No config', text: 'What the run was told: learning rate, batch size, seeds. Scripts give it when they begin a run.' },
  summary: { label: 'Summary', empty: 'No summary', text: 'What came out of it at the end: losses, scores. Scripts write it as they go.' },
} as const;

function Values({ run, part }: { readonly run: RunDetail; readonly part: 'config' | 'summary' }) {
  const [draft, setDraft] = usePlaceState<string | null>(`draft ${part}`, null);
  const readOnly = useReadOnly();
  const { label, empty, text } = valueWords[part];
  const edit = (
    <Button size="small" icon={Pencil} disabled={readOnly} disabledReason={readOnlyReason} onClick={() => setDraft(draftOf(run[part]))}>
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

function Versions({ id, name, relation }: { readonly id: RunId; readonly name: string; readonly relation: 'used' | 'logged' }) {
  const input = { id, relation } as const;
  const rows = usePagedRows('runs.versions', input);
  return (
    <VersionTable
      label={relation === 'used' ? `Inputs of ${name}` : `Outputs of ${name}`}
      rows={rows}
      named
      deletable={relation === 'logged'}
      loadRows={async (position, limit) => (await ask('runs.versions', { ...input, position, limit })).items}
      tools={<span className={styles.dim}>{relation === 'used' ? 'What it used' : 'What it logged'}; drag rows onto a collection to link them</span>}
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
