import { useState, useSyncExternalStore } from 'react';
import { explainError, type RunDetail } from '#shared/contract/index.ts';
import { asVitrineError, runCommand, useCommand } from '../../app/api/index.ts';
import { barred, barredEntry, useWhyNot } from '../../app/rights.ts';
import { formatPlace, navigate, placeOf, type PlaceProps } from '../../app/routes/index.ts';
import { PlaceHeader } from '../../app/shell/index.ts';
import { runTones } from '../versions/index.ts';
import { AlertDialog, Avatar, Button, Checkbox, copyText, formatDuration, formatQuantity, IconButton, Input, Menu, RelativeTime, StatusDot, TagChip, type MenuEntry } from '../../ui/index.ts';
import { CircleX, Copy, Ellipsis, Hash, History, Layers, Pencil, Trash2 } from '../../ui/icons.ts';
import { GroupDialog } from './GroupDialog.tsx';
import styles from './RunPlace.module.css';

/** Tags beside the name, at most; the rest is counted. */
const shownTags = 3;

/** State, name, and what tells one run from another. */
export function RunHeader({ run, place }: { readonly run: RunDetail; readonly place: PlaceProps<'run'>['place'] }) {
  const whyNot = useWhyNot();
  const team = { team: run.entity };
  const mayEdit = whyNot('runs.update', team);
  const [naming, setNaming] = useState(false);
  const [grouping, setGrouping] = useState(false);
  const [ending, setEnding] = useState<'stop' | 'delete' | null>(null);
  const entries: readonly MenuEntry[] = [
    { id: 'rename', label: 'Rename…', icon: Pencil, ...barredEntry(mayEdit), onSelect: () => setNaming(true) },
    { id: 'group', label: 'Group and job type…', icon: Layers, ...barredEntry(mayEdit), onSelect: () => setGrouping(true) },
    { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(place)) },
    { id: 'id', label: 'Copy run id', icon: Hash, onSelect: () => void copyText(run.runId) },
    { id: 'history', label: 'Open in History', icon: History, onSelect: () => navigate({ place: 'history', focus: place }) },
    { kind: 'separator' },
    { id: 'delete', label: 'Delete run…', icon: Trash2, tone: 'danger', ...barredEntry(whyNot('runs.delete', team)), onSelect: () => setEnding('delete') },
  ];
  return (
    <>
      <PlaceHeader
        mark={<StatusDot tone={runTones[run.state]} label={run.state} wordless busy={run.state === 'running'} />}
        title={naming ? <NameField run={run} onClose={() => setNaming(false)} /> : run.displayName}
        beside={
          <>
            {!naming && <IconButton icon={Pencil} size="small" label="Rename the run" {...barred(mayEdit)} onClick={() => setNaming(true)} />}
            {run.tags.slice(0, shownTags).map((tag) => (
              <TagChip key={tag} tag={tag} />
            ))}
            {run.tags.length > shownTags && <span className={styles.dim}>+{run.tags.length - shownTags}</span>}
          </>
        }
        actions={
          <>
            {run.state === 'running' && (
              <Button icon={CircleX} {...barred(whyNot('runs.stop', team) ?? (run.stopRequested ? 'It was asked to stop and will hear so with its next message.' : null))} onClick={() => setEnding('stop')}>
                {run.stopRequested ? 'Stopping' : 'Stop…'}
              </Button>
            )}
            <Menu align="end" trigger={<IconButton icon={Ellipsis} label="More" />} items={entries} />
          </>
        }
      >
        <div className={styles.facts}>
          <span>{stateWords(run)}</span>
          <code title="Run id">{run.runId}</code>
          {run.jobType !== null && <span title="Job type">{run.jobType}</span>}
          {run.group !== null && <span title="Group">group {run.group}</span>}
          <span className={styles.person}>
            <Avatar name={run.createdBy.displayName} /> {run.createdBy.displayName}
          </span>
          <span>
            started <RelativeTime time={run.createdAt} />
          </span>
          <Took run={run} />
        </div>
      </PlaceHeader>
      <AlertDialog
        open={ending === 'stop'}
        onOpenChange={(open) => !open && setEnding(null)}
        title={`Stop “${run.displayName}”?`}
        description="The script is asked to stop; it hears so with its next message, ends as after Ctrl+C, and its run is then killed."
        confirmLabel="Ask it to stop"
        onConfirm={async () => {
          await runCommand('runs.stop', { id: run.id });
        }}
      />
      {grouping && <GroupDialog run={run} onClose={() => setGrouping(false)} />}
      {ending === 'delete' && <DeleteDialog run={run} onClose={() => setEnding(null)} />}
    </>
  );
}

function stateWords(run: RunDetail): string {
  if (run.state === 'failed' && run.exitCode !== null) return `failed with exit code ${run.exitCode}`;
  return run.state;
}

function subscribeToSeconds(onTick: () => void): () => void {
  const timer = setInterval(onTick, 1000);
  return () => clearInterval(timer);
}

function Took({ run }: { readonly run: RunDetail }) {
  return run.finishedAt === null ? run.state === 'running' ? <Running since={Date.parse(run.createdAt)} /> : null : <span>took {formatDuration(Date.parse(run.finishedAt) - Date.parse(run.createdAt))}</span>;
}

function Running({ since }: { readonly since: number }) {
  const now = useSyncExternalStore(subscribeToSeconds, () => Math.floor(Date.now() / 1000));
  return <span>for {formatDuration(Math.max(0, now * 1000 - since))}</span>;
}

function NameField({ run, onClose }: { readonly run: RunDetail; readonly onClose: () => void }) {
  const [name, setName] = useState(run.displayName);
  const [failure, setFailure] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    const wanted = name.trim();
    if (wanted === '' || wanted === run.displayName) {
      onClose();
      return;
    }
    try {
      await runCommand('runs.update', { id: run.id, displayName: wanted }, { toast: false });
      onClose();
    } catch (thrown) {
      setFailure(explainError(asVitrineError(thrown)).sentence);
    }
  };
  return (
    <form
      className={styles.nameForm}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Input
        autoFocus
        aria-label="Name of the run"
        value={name}
        maxLength={512}
        invalid={failure !== null}
        onValueChange={setName}
        onFocus={(event) => event.currentTarget.select()}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          onClose();
        }}
      />
      <Button type="submit" variant="primary" size="small">
        Save
      </Button>
      <Button size="small" onClick={onClose}>
        Cancel
      </Button>
      {failure !== null && (
        <span role="alert" className={styles.failure}>
          {failure}
        </span>
      )}
    </form>
  );
}

function DeleteDialog({ run, onClose }: { readonly run: RunDetail; readonly onClose: () => void }) {
  const [withVersions, setWithVersions] = useState(false);
  const remove = useCommand('runs.delete');
  return (
    <AlertDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete “${run.displayName}”?`}
      description={
        <>
          <p>With its metrics, console and files it goes to the trash, from where it can be restored for a time. Lineage shows that it was here.</p>
          {run.outputCount > 0 && <Checkbox checked={withVersions} onCheckedChange={setWithVersions} label={`Move the ${formatQuantity(run.outputCount, 'version')} it logged to the trash, too`} />}
        </>
      }
      consequences={[formatQuantity(run.historyLines, 'step'), formatQuantity(run.outputLines, 'line of output', 'lines of output'), formatQuantity(run.fileCount, 'file')]}
      confirmLabel="Delete"
      tone="danger"
      onConfirm={async () => {
        const done = await remove.execute({ id: run.id, deleteVersions: withVersions }, { done: `Deleted “${run.displayName}”` });
        if (done !== null) navigate(placeOf.project(run.entity, run.project), { replace: true });
      }}
    />
  );
}
