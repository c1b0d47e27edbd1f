import { useState } from 'react';
import type { JsonObject, RunDetail } from '#shared/contract/index.ts';
import { runCommand } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { navigate, PlaceLink, placeOf } from '../../app/routes/index.ts';
import { TagField } from '../logging/index.ts';
import { EditableText, Fact, Facts, runTones, Section, TabBody } from '../versions/index.ts';
import { Avatar, Button, Digest, formatQuantity, IconButton, RelativeTime, StatusDot, TagChip } from '../../ui/index.ts';
import { Pencil } from '../../ui/icons.ts';
import { formatValue } from './charts/ticks.ts';
import styles from './RunPlace.module.css';

/** Numbers of the summary shown large, at most. */
const mostMetrics = 12;

function metricsOf(summary: JsonObject): readonly (readonly [string, number])[] {
  return Object.entries(summary)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && !entry[0].startsWith('_'))
    .slice(0, mostMetrics);
}

/** What the run is: its results, its facts, notes and tags. */
export function Overview({ run }: { readonly run: RunDetail }) {
  const reason = useWhyNot()('runs.update', { team: run.entity });
  const metrics = metricsOf(run.summary);
  const none = <span className={styles.dim}>none given</span>;
  return (
    <TabBody name="overview" label="Overview">
      {metrics.length > 0 && (
        <Section title="Results">
          <dl className={styles.metrics}>
            {metrics.map(([name, value]) => (
              <div key={name} className={styles.metric}>
                <dt title={name}>{name}</dt>
                <dd title={String(value)}>{formatValue(value)}</dd>
              </div>
            ))}
          </dl>
        </Section>
      )}
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
          <Fact name="Run ID">
            <code>{run.runId}</code>
          </Fact>
          <Fact name="Job type">{run.jobType ?? none}</Fact>
          <Fact name="Group">{run.group ?? <span className={styles.dim}>none</span>}</Fact>
          <Fact name="Started">
            <RelativeTime time={run.createdAt} />
          </Fact>
          <Fact name="Ended">{run.finishedAt === null ? <span className={styles.dim}>not yet</span> : <RelativeTime time={run.finishedAt} />}</Fact>
          {run.state === 'running' && run.heartbeatAt !== null && (
            <Fact name="Last update">
              <RelativeTime time={run.heartbeatAt} />
            </Fact>
          )}
          {run.exitCode !== null && (
            <Fact name="Exit code">
              <code>{run.exitCode}</code>
            </Fact>
          )}
          <Fact name="By">
            <span className={styles.person}>
              <Avatar name={run.createdBy.displayName} /> {run.createdBy.displayName}
            </span>
          </Fact>
          <Fact name="Used and logged">
            {formatQuantity(run.inputCount, 'input')}, {formatQuantity(run.outputCount, 'output')}
          </Fact>
          <Fact name="Recorded">
            {formatQuantity(run.historyLines, 'step')}, {formatQuantity(run.outputLines, 'line of output', 'lines of output')}
          </Fact>
          {run.host !== null && <Fact name="Machine">{run.host}</Fact>}
          {run.program !== null && (
            <Fact name="Program">
              <code>{run.program}</code>
            </Fact>
          )}
          {run.commit !== null && (
            <Fact name="Commit">
              <Digest digest={run.commit} />
            </Fact>
          )}
        </Facts>
      </Section>
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
    <Section title="Tags" actions={draft === null ? <IconButton icon={Pencil} size="small" label="Edit tags" {...barred(reason)} onClick={() => setDraft(run.tags)} /> : undefined}>
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

