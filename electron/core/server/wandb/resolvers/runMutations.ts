/** What a running script, or somebody who looks back at it, changes of a run. */
import { VitrineError, type RunId } from '#shared/contract/index.ts';
import { registryOfProject } from '#shared/domain/index.ts';
import type { Asking } from '../asking.ts';
import { globalId, localId, localIdOrNull, readGlobalId } from '../ids.ts';
import { teamNameOf } from './lookups.ts';

type UpsertInput = {
  readonly id?: string | null; readonly name?: string | null; readonly modelName?: string | null; readonly entityName?: string | null; readonly groupName?: string | null; readonly displayName?: string | null;
  readonly notes?: string | null; readonly description?: string | null; readonly config?: string | null; readonly commit?: string | null; readonly host?: string | null; readonly jobProgram?: string | null; readonly jobType?: string | null;
  readonly state?: string | null; readonly sweep?: string | null; readonly tags?: readonly string[] | null; readonly summaryMetrics?: string | null;
};
type RunAddress = { readonly entityName: string; readonly projectName: string; readonly runName: string };

const states = ['running', 'finished', 'failed', 'crashed', 'killed'] as const;

/** Where a script names no project, W&B's clients say so. */
const standardProject = 'uncategorized';

function stateOf(state: string | null | undefined): (typeof states)[number] | null {
  if (state === null || state === undefined) return null;
  const known = states.find((one) => one === state.toLowerCase());
  if (known !== undefined) return known;
  // A run that waits for its script is one that has begun, here.
  if (['pending', 'preempting', 'preempted'].includes(state.toLowerCase())) return 'running';
  throw new VitrineError('bad_input', { details: { explanation: `“${state.slice(0, 50)}” is no state of a run: ${states.join(', ')}.` } });
}

/** The id of the run that a team, a project and the client's own id name. Throws `not_found`. */
export async function runAt(asking: Asking, address: RunAddress): Promise<RunId> {
  return asking.runId({ entity: await teamNameOf(asking, address.entityName), project: address.projectName, runId: address.runName });
}

export async function upsertBucket(asking: Asking, input: UpsertInput): Promise<object> {
  if (input.sweep !== null && input.sweep !== undefined && input.sweep !== '') throw new VitrineError('not_offered', { details: { explanation: 'Vitrine does not offer sweeps (upsertBucket with a sweep).' } });
  const id = input.id === null || input.id === undefined || input.id === '' ? null : localIdOrNull(input.id, 'Run');
  if (input.id !== null && input.id !== undefined && input.id !== '' && id === null) throw new VitrineError('bad_input', { details: { explanation: 'The id is not that of a run.' } });
  const name = input.modelName === null || input.modelName === undefined || input.modelName === '' ? standardProject : input.modelName;
  const { run, inserted } = await asking.tell('runs.upsert', {
    ...(id === null ? { project: { entity: await teamNameOf(asking, input.entityName), name }, runId: input.name ?? null } : { id: id as RunId }),
    displayName: input.displayName ?? null, notes: input.notes ?? input.description ?? null, tags: input.tags === null || input.tags === undefined ? null : [...input.tags], group: input.groupName ?? null, jobType: input.jobType ?? null, configText: input.config ?? null, summaryText: input.summaryMetrics ?? null,
    host: input.host ?? null, program: input.jobProgram ?? null, commit: input.commit ?? null, state: stateOf(input.state),
  });
  return { serverSettings: { serverMessages: [] }, bucket: asking.nodes.run(run), inserted };
}

export async function createRunFiles(asking: Asking, input: RunAddress & { readonly files: readonly string[] }): Promise<object> {
  if (input.files.length > 10_000) throw new VitrineError('bad_input', { details: { explanation: 'At most 10000 files can be announced at once.' } });
  const runId = await runAt(asking, input);
  return { runID: globalId('Run', runId), uploadHeaders: [], files: input.files.map((name) => ({ name, uploadUrl: asking.address({ for: 'run file upload', runId, name }, name) })) };
}

export async function markRunFilesUploaded(asking: Asking, input: RunAddress & { readonly files: readonly string[] }): Promise<object> {
  const id = await runAt(asking, input);
  await asking.tell('runs.append', { id, uploaded: [...input.files] });
  return { success: true };
}

const alertLevels: Readonly<Record<string, 'info' | 'warning' | 'error'>> = { INFO: 'info', WARN: 'warning', ERROR: 'error' };

export async function notifyAlert(asking: Asking, input: RunAddress & { readonly title: string; readonly text: string; readonly severity?: string | null }): Promise<object> {
  const id = await runAt(asking, input);
  const title = input.title.trim() === '' ? 'Alert' : input.title;
  await asking.tell('runs.alert', { id, title: title.slice(0, 1000), text: input.text.slice(0, 10_000), level: alertLevels[input.severity ?? 'INFO'] ?? 'info' });
  return { success: true, clientMutationId: null };
}

export async function stopRun(asking: Asking, input: { readonly id: string }): Promise<object> {
  await asking.tell('runs.stop', { id: localId(input.id, 'Run') });
  return { success: true, clientMutationId: null };
}

export async function updateRunState(asking: Asking, input: { readonly id: string; readonly state: string }): Promise<object> {
  const state = stateOf(input.state);
  if (state !== null) await asking.tell('runs.update', { id: localId(input.id, 'Run'), state });
  return { success: true, clientMutationId: null };
}

export async function deleteRun(asking: Asking, input: { readonly id: string; readonly deleteArtifacts?: boolean | null }): Promise<object> {
  await asking.tell('runs.delete', { id: localId(input.id, 'Run'), deleteVersions: input.deleteArtifacts ?? false });
  return { clientMutationId: null };
}

export async function deleteFiles(asking: Asking, input: { readonly files: readonly string[] }): Promise<object> {
  const byRun = new Map<number, string[]>();
  for (const file of input.files) {
    const read = readGlobalId(file);
    const match = read?.kind === 'RunFile' ? /^([1-9]\d{0,15}):([\s\S]+)$/.exec(read.local) : null;
    if (match === null) throw new VitrineError('bad_input', { details: { explanation: 'Only files of runs can be deleted.' } });
    const run = Number(match[1]);
    byRun.set(run, [...(byRun.get(run) ?? []), match[2] ?? '']);
  }
  for (const [id, names] of byRun) await asking.tell('runs.deleteFiles', { id: id as RunId, names });
  return { success: true };
}

/** Runs live in the teams' projects; a registry holds none. */
export function refuseRegistry(project: string): void {
  if (registryOfProject(project) !== null) throw new VitrineError('bad_input', { details: { explanation: `“${project.slice(0, 120)}” is a registry: artifacts are logged into a project and then linked into it.` } });
}
