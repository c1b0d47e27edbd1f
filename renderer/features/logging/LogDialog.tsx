import { useEffect, useMemo, useRef, useState } from 'react';
import { explainError, type OutputOf, type Progress, type VitrineError } from '#shared/contract/index.ts';
import { checkNewArtifact, checkProjectName } from '#shared/domain/names.ts';
import { explainViolation, type Violation } from '#shared/domain/violations.ts';
import { Button, Combobox, Dialog, EmptyState, Field, formatBytes, formatCount, formatQuantity, Input, ProgressBar, Segmented, TextArea } from '../../ui/index.ts';
import { ask, asVitrineError, notifyFailure, useOperation } from '../../app/api/index.ts';
import { rateMeter, type Pace } from '#shared/domain/rateMeter.ts';
import { PlaceFailure } from '../../app/shell/PlaceFailure.tsx';
import { AliasField } from '../aliases/index.ts';
import { logEach, logTogether, type LogForm } from './log.ts';
import { describePaths } from './names.ts';
import { chooseAndLog, closeLogDialog, useLogging, type LogRequest } from './store.ts';
import { TagField } from './TagField.tsx';
import { useScan } from './useScan.ts';
import styles from './Logging.module.css';

/** What logging opens, mounted once by the window. */
export function LogOverlay() {
  const request = useLogging((state) => state.request);
  return request === null ? null : <LogDialog key={request.id} request={request} />;
}

/** Where new things go when no project is there yet; the name that the W&B client gives, too. */
const firstProject = 'uncategorized';

function LogDialog({ request }: { readonly request: LogRequest }) {
  const { scan, again } = useScan(request.paths);
  const what = describePaths(request.paths);
  const title = request.destination === null ? 'Log a new version' : `Log and link to ${request.destination.collection?.name ?? request.destination.registry.name}`;
  if (scan.state === 'found' && scan.found.files > 0) return <LogFormDialog request={request} found={scan.found} title={title} />;
  return (
    <Dialog open title={title} description={what} onOpenChange={(open) => !open && closeLogDialog()} actions={<Button onClick={closeLogDialog}>Cancel</Button>}>
      {scan.state === 'found' ? (
        <EmptyState
          compact
          title="There are no files in it"
          text="A version is made of files: folders without any can’t be logged."
          action={<Button onClick={() => void chooseAndLog('folder', optionsOf(request))}>Choose another folder</Button>}
        />
      ) : scan.state === 'failed' ? (
        <PlaceFailure error={scan.error} retry={again} compact />
      ) : (
        <ProgressBar
          label="Looking at what is there"
          value={scan.progress?.files?.done ?? scan.progress?.done ?? 0}
          unit="count"
          note={scan.progress === null ? 'Counting files' : `${formatCount(scan.progress.files?.done ?? scan.progress.done)} files so far`}
        />
      )}
    </Dialog>
  );
}

function LogFormDialog({ request, found, title }: { readonly request: LogRequest; readonly found: OutputOf<'imports.scan'>; readonly title: string }) {
  const status = useOperation('catalog.status', {});
  const projects = useOperation('projects.list', { limit: 200 });
  const types = useOperation('artifacts.types', {});
  const [name, setName] = useState(found.suggestedName);
  const [type, setType] = useState(request.destination?.collection?.type ?? found.suggestedType);
  const [chosenProject, setChosenProject] = useState<string | null>(request.project === null ? null : projectKey(request.project));
  const [aliases, setAliases] = useState<readonly string[]>([]);
  const [aliasProblem, setAliasProblem] = useState<string | null>(null);
  const [tags, setTags] = useState<readonly string[]>([]);
  const [tagProblem, setTagProblem] = useState<string | null>(null);
  const [description, setDescription] = useState('');
  const [mode, setMode] = useState<'together' | 'each'>('together');
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [pace, setPace] = useState<Pace | null>(null);
  const [working, setWorking] = useState<AbortController | null>(null);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => { mounted.current = false; };
  }, []);

  const projectOptions = useMemo(
    () => (projects.data?.items ?? []).map((project) => ({ value: projectKey(project), label: project.name, detail: project.entity })),
    [projects.data],
  );
  const projectValue = chosenProject ?? projectOptions[0]?.value ?? firstProject;
  const project = projectOf(projectValue);
  const allProjectOptions = projectOptions.some((option) => option.value === projectValue)
    ? projectOptions
    : [...projectOptions, { value: projectValue, label: project.name, detail: 'New project' }];
  const typeNames = [...new Set([type, found.suggestedType, ...(types.data?.items.map((item) => item.type) ?? []), 'model', 'dataset'])].filter((one) => one !== '');

  const checked = checkNewArtifact(type, name);
  const violation: Violation | null = checked.ok ? null : checked.violation;
  const nameProblem = violation?.subject === 'artifact' && mode === 'together' ? explainViolation(violation) : null;
  const typeProblem = violation?.subject === 'artifact type' ? explainViolation(violation) : failure?.code === 'type_mismatch' ? explainError(failure).sentence : null;
  const checkedProject = checkProjectName(project.name);
  const projectProblem = checkedProject.ok ? null : explainViolation(checkedProject.violation);
  const blocked = nameProblem !== null || (typeProblem !== null && failure === null) || projectProblem !== null || aliasProblem !== null || tagProblem !== null;

  const log = async (): Promise<void> => {
    if (blocked || working !== null) return;
    const abort = new AbortController();
    setWorking(abort);
    setFailure(null);
    const meter = rateMeter();
    const onProgress = (next: Progress): void => {
      if (!mounted.current) return;
      setProgress(next);
      setPace(meter.add(next, performance.now()));
    };
    const watch = { signal: abort.signal, onProgress };
    try {
      // Enter may come before the projects are known: then the one that would have been offered is waited for, not passed over.
      const offered = chosenProject === null && projects.data === undefined ? (await ask('projects.list', { limit: 200 })).items[0] : undefined;
      const form: LogForm = { name, type, project: offered === undefined ? project : projectOf(projectKey(offered)), aliases: mode === 'together' ? aliases : [], tags, description };
      if (mode === 'together') await logTogether(form, request.paths, request.destination, watch);
      else await logEach(form, found.subfolders, watch);
      if (mounted.current) closeLogDialog();
    } catch (thrown) {
      const error = asVitrineError(thrown);
      if (mounted.current) {
        // Nothing is lost from the form: it stays as it was filled in.
        setWorking(null);
        setProgress(null);
        if (error.code !== 'cancelled') setFailure(error);
      } else {
        notifyFailure(error);
      }
    }
  };

  const canEach = found.subfolders.length > 1 && request.destination === null;
  return (
    <Dialog
      open
      width="wide"
      title={title}
      description={`${describePaths(request.paths)}: ${formatQuantity(found.files, 'file')}, ${formatBytes(found.bytes)}`}
      keepOnOutsidePress
      onOpenChange={(open) => !open && closeLogDialog()}
      onSubmit={() => void log()}
      footnote={working === null ? <Button variant="link" onClick={() => void chooseAndLog('folder', optionsOf(request))}>Choose another folder</Button> : 'It goes on when you close this.'}
      actions={
        working === null ? (
          <>
            <Button onClick={closeLogDialog}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={blocked} disabledReason="Something above needs to be put right first.">
              {mode === 'each' ? `Log ${found.subfolders.length} artifacts` : 'Log version'}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => working.abort()}>Stop</Button>
            <Button variant="primary" onClick={closeLogDialog}>Continue in the background</Button>
          </>
        )
      }
    >
      {working !== null ? (
        <Working label={mode === 'each' ? `Logging ${formatQuantity(found.subfolders.length, 'folder')}` : `Logging ${name}`} progress={progress} pace={pace} bytes={found.bytes} />
      ) : (
        <div className={styles.form}>
          {canEach && (
            <Field label="What becomes of the folders in it">
              <Segmented
                label="What becomes of the folders in it"
                value={mode}
                onValueChange={setMode}
                options={[{ value: 'together', label: 'One version of everything' }, { value: 'each', label: `${found.subfolders.length} artifacts, one per folder` }]}
              />
            </Field>
          )}
          <div className={styles.pair}>
            {mode === 'together' ? (
              <Field label="Artifact" error={nameProblem} hint="An artifact of that name gets a new version.">
                <Input value={name} onValueChange={setName} mono autoFocus />
              </Field>
            ) : (
              <Field label="Artifacts" hint="Named after their folders.">
                <Input value={found.subfolders.slice(0, 3).map((folder) => folder.name).join(', ') + (found.subfolders.length > 3 ? ' …' : '')} readOnly mono />
              </Field>
            )}
            <Field label="Type" error={typeProblem}>
              <Combobox value={type} onValueChange={(next) => { setType(next ?? ''); setFailure(null); }} onCreate={(next) => { setType(next); setFailure(null); }} options={typeNames.map((one) => ({ value: one, label: one }))} mono />
            </Field>
          </div>
          <Field label="Project" error={projectProblem} hint={status.data === undefined ? undefined : `Of the team ${project.entity ?? status.data.team.name}.`}>
            <Combobox value={projectValue} onValueChange={(next) => setChosenProject(next)} onCreate={(next) => setChosenProject(next)} options={allProjectOptions} mono />
          </Field>
          {mode === 'together' && (
            <Field label="Aliases" optional>
              <AliasField values={aliases} onValuesChange={setAliases} onProblem={setAliasProblem} />
            </Field>
          )}
          <Field label="Tags" optional>
            <TagField values={tags} onValuesChange={setTags} onProblem={setTagProblem} />
          </Field>
          <Field label="Description" optional>
            <TextArea value={description} onValueChange={setDescription} rows={2} />
          </Field>
          <FileSample found={found} />
          {failure !== null && failure.code !== 'type_mismatch' && <Failure error={failure} />}
        </div>
      )}
    </Dialog>
  );
}

function optionsOf(request: LogRequest) {
  return { ...(request.project === null ? {} : { project: request.project }), ...(request.destination === null ? {} : { destination: request.destination }) };
}

/** `entity/project`, or a bare name for one that is new in the own team. Neither part can hold a slash. */
function projectKey(project: { readonly entity: string; readonly name: string }): string {
  return `${project.entity}/${project.name}`;
}

function projectOf(key: string): { readonly entity: string | undefined; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { entity: undefined, name: key } : { entity: key.slice(0, slash), name: key.slice(slash + 1) };
}

function Working({ label, progress, pace, bytes }: { readonly label: string; readonly progress: Progress | null; readonly pace: Pace | null; readonly bytes: number }) {
  return (
    <div className={styles.working}>
      <ProgressBar
        label={label}
        value={progress?.done ?? 0}
        {...(progress === null ? { total: bytes } : progress.total === null ? {} : { total: progress.total })}
        unit={progress === null || progress.unit === 'bytes' ? 'bytes' : 'count'}
        {...(pace?.rate == null ? {} : { rate: pace.rate })}
      />
      <p className={styles.current}>{progress?.current ?? '\u00a0'}</p>
    </div>
  );
}

function FileSample({ found }: { readonly found: OutputOf<'imports.scan'> }) {
  return (
    <details className={styles.sample}>
      <summary>{formatQuantity(found.files, 'file')}</summary>
      <ul>
        {found.sample.map((file) => (
          <li key={file.path}>
            <span>{file.path}</span>
            <span>{formatBytes(file.size)}</span>
          </li>
        ))}
        {found.files > found.sample.length && <li className={styles.rest}>and {formatCount(found.files - found.sample.length)} more</li>}
      </ul>
    </details>
  );
}

function Failure({ error }: { readonly error: VitrineError }) {
  const { title, sentence, advice } = explainError(error);
  return (
    <p className={styles.failure} role="alert">
      <strong>{title}.</strong> {sentence} {advice}
    </p>
  );
}
