/**
 * MLflow's file store: a folder `mlruns` with a folder per experiment, in it one per run (parameters, metrics, tags, artifacts), and `models`
 * with the registered models. Read as files, with no MLflow at hand; links inside of it that lead out are refused by the store's own scan.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { VitrineError, type CancelSignal, type CheckedInputOf, type JsonObject, type OutputOf, type RunState } from '#shared/contract/index.ts';
import { checkAlias } from '#shared/domain/index.ts';
import type { IngestedFile, LocalSourceFile } from '../../store/index.ts';
import { asking } from '../context.ts';
import { entriesOfIngested } from '../log.ts';
import { suggestArtifactType } from '../suggestions.ts';
import type { Importing, LinkWish } from './steps.ts';

/** Bytes of one small file (a parameter, a tag, a description of a run) that are read. */
const smallBytes = 1024 * 1024;
/** Bytes of the points of one metric that are read. */
const metricBytes = 256 * 1024 * 1024;

type Facts = Readonly<Record<string, unknown>>;

async function textOf(file: string, limit: number): Promise<string | null> {
  const facts = await lstat(file).catch(() => null);
  if (facts === null || !facts.isFile()) return null;
  if (facts.size > limit) throw new VitrineError('too_large', { details: { limit, explanation: `“${file}” has ${facts.size} bytes; at most ${limit} are read.` } });
  return await readFile(file, 'utf8');
}

async function metaOf(folder: string): Promise<Facts | null> {
  const text = await textOf(path.join(folder, 'meta.yaml'), smallBytes);
  if (text === null) return null;
  let read: unknown;
  try {
    // Anchors could make a small file huge.
    read = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new VitrineError('bad_input', { details: { explanation: `“${path.join(folder, 'meta.yaml')}” is no YAML: ${(cause as Error).message.split('\n')[0] ?? ''}` }, cause });
  }
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Facts) : null;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}

/** Files below a folder of small files, by their names; keys may hold slashes, which are folders. */
async function valuesIn(folder: string, prefix = ''): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const entry of await readdir(path.join(folder, prefix), { withFileTypes: true }).catch(() => [])) {
    const key = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) for (const [inner, value] of await valuesIn(folder, key)) values.set(inner, value);
    else if (entry.isFile()) values.set(key, ((await textOf(path.join(folder, key), smallBytes)) ?? '').replace(/\n$/, ''));
  }
  return values;
}

const textIn = (facts: Facts, key: string): string => (typeof facts[key] === 'string' || typeof facts[key] === 'number' ? String(facts[key]) : '');

/** Numbers as the file store writes them, or the words of newer ones. */
const states: Readonly<Record<string, RunState>> = { '1': 'running', '2': 'running', '3': 'finished', '4': 'failed', '5': 'killed', RUNNING: 'running', SCHEDULED: 'running', FINISHED: 'finished', FAILED: 'failed', KILLED: 'killed' };

/** What has a name of its own in MLflow becomes one that Vitrine takes. */
function nameFrom(text: string, forbidden: RegExp, otherwise: string): string {
  const name = text.replaceAll(forbidden, '-').replace(/^[-.\s]+|[-\s]+$/gu, '').slice(0, 120);
  return name === '' ? otherwise : name;
}

const projectName = (text: string): string => nameFrom(text, /[/\\#?%:\r\n]/gu, 'mlflow');
const artifactName = (text: string): string => nameFrom(text, /[^a-zA-Z0-9_\-.]/gu, 'model');
const runName = (text: string): string | null => (/^[A-Za-z0-9_-]{1,128}$/.test(text) ? text : null);

export async function importMlruns(importing: Importing, input: CheckedInputOf<'imports.mlruns'>) {
  if (!path.isAbsolute(input.folder)) throw new VitrineError('path_invalid', { details: { path: input.folder, explanation: `“${input.folder}” is not an absolute path.` } });
  const root = path.resolve(input.folder);
  if ((await lstat(root).catch(() => null))?.isDirectory() !== true) throw new VitrineError('not_found', { details: { kind: 'folder', label: root } });
  const folders = (await foldersIn(root)).filter((name) => name !== 'models' && name !== '.trash');
  const experiments: { readonly folder: string; readonly project: string; readonly runs: readonly string[] }[] = [];
  for (const name of folders) {
    const meta = await importing.attempt('experiment', name, () => metaOf(path.join(root, name)));
    if (meta === null) continue;
    if (textIn(meta, 'lifecycle_stage') === 'deleted') {
      importing.log.note('experiment', textIn(meta, 'name') || name, 'skipped', null, 'It is deleted in MLflow.');
      continue;
    }
    experiments.push({ folder: path.join(root, name), project: projectName(textIn(meta, 'name') || name), runs: await foldersIn(path.join(root, name)) });
  }
  if (experiments.length === 0 && !(await foldersIn(root)).includes('models')) throw new VitrineError('bad_input', { details: { explanation: `“${root}” holds no experiments: it takes a folder “mlruns” as MLflow’s file store makes it.` } });
  const total = experiments.reduce((sum, one) => sum + one.runs.length, 0);
  const runs = new Map<string, TakenRun>();
  let done = 0;
  for (const experiment of experiments) {
    for (const folder of experiment.runs) {
      importing.progress('runs', (done += 1), total, `${experiment.project}/${folder}`);
      const taken = await importing.attempt('run', `${experiment.project}/${folder}`, () => takeRun(importing, experiment.project, path.join(experiment.folder, folder), input.entity, root));
      if (taken !== null) runs.set(folder, taken);
    }
  }
  await takeModels(importing, root, input.registry.name, input.entity, runs);
  return await importing.finish('mlruns');
}

type TakenRun = { readonly id: number | null; readonly folder: string; readonly project: string; readonly label: string };

async function takeRun(importing: Importing, project: string, folder: string, entity: string | undefined, root: string): Promise<TakenRun | null> {
  const meta = await metaOf(folder);
  // Folders beside the runs, such as the logged models of MLflow 3.
  if (meta === null || (meta['run_id'] === undefined && meta['run_uuid'] === undefined)) {
    importing.log.note('folder', path.relative(root, folder), 'skipped', null, 'It is no run.');
    return null;
  }
  const runId = runName(textIn(meta, 'run_id') || textIn(meta, 'run_uuid'));
  const label = `${project}/${runId ?? path.basename(folder)}`;
  if (runId === null) throw new VitrineError('bad_input', { details: { explanation: 'Its id is not one that a run can have.' } });
  if (textIn(meta, 'lifecycle_stage') === 'deleted') {
    importing.log.note('run', label, 'skipped', null, 'It is deleted in MLflow.');
    return null;
  }
  const origin = `mlruns:${entity ?? ''}`;
  const key = `${project}/${runId}`;
  const before = (await importing.rooms.catalog.read('internal.importedBefore', { origin, key }, asking(importing.context))) as number | null;
  if (before !== null) {
    importing.log.note('run', label, 'same', label);
    return { id: before, folder, project, label };
  }
  const [params, tags] = [await valuesIn(path.join(folder, 'params')), await valuesIn(path.join(folder, 'tags'))];
  const { lines, summary, points } = await metricsOf(path.join(folder, 'metrics'));
  const artifacts = await foldersOrFiles(path.join(folder, 'artifacts'));
  if (importing.dryRun) {
    importing.log.note('run', label, 'taken', label, `${params.size} parameters, ${points} points of metrics`);
    if (artifacts) importing.log.note('version', `${label}/artifacts`, 'taken', `${project}/${artifactName(`run-${runId}`)}`);
    return { id: null, folder, project, label };
  }
  const state = states[textIn(meta, 'status')] ?? 'finished';
  const projectInput = { ...(entity === undefined ? {} : { entity }), name: project };
  const config = Object.fromEntries([...params].map(([name, value]) => [name, { value: scalar(value) }]));
  const { run, inserted } = await importing.act('runs.upsert', {
    project: projectInput, runId, displayName: (textIn(meta, 'run_name') || tags.get('mlflow.runName') || runId).slice(0, 512), notes: notesOf(meta, tags), tags: ['mlflow'],
    configText: JSON.stringify(config), program: tags.get('mlflow.source.name')?.slice(0, 4096) ?? null, commit: tags.get('mlflow.source.git.commit')?.slice(0, 128) ?? null,
  });
  // A run that was begun by an import that ended in the middle has some of its lines already.
  const from = run.historyLines;
  for (let at = from; at < lines.length; at += linesAtOnce) {
    importing.throwIfCancelled();
    await importing.act('runs.append', { id: run.id, history: { offset: at, lines: lines.slice(at, at + linesAtOnce) } });
  }
  await importing.act('runs.append', { id: run.id, summaryText: JSON.stringify(summary) });
  if (artifacts) await takeFolder(importing, path.join(folder, 'artifacts'), { source: `${label}/artifacts`, project: projectInput, artifact: artifactName(`run-${runId}`), runId: run.id, description: 'Artifacts of an MLflow run.' });
  await importing.act('runs.update', { id: run.id, state: state === 'running' ? 'crashed' : state });
  await importing.internal('internal.noteImported', { origin, key, kind: 'run', id: run.id, projectId: run.projectId });
  importing.log.note('run', label, 'taken', `${run.entity}/${project}/${runId}`, inserted ? null : 'A run of this id was here already; what was missing was added.');
  return { id: run.id, folder, project, label };
}

const linesAtOnce = 5000;

async function foldersOrFiles(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0;
}

function notesOf(meta: Facts, tags: ReadonlyMap<string, string>): string {
  const time = (key: string): string | null => {
    const at = Number(meta[key]);
    return Number.isFinite(at) && at > 0 ? new Date(at).toISOString() : null;
  };
  const lines = [tags.get('mlflow.note.content') ?? '', `Ran in MLflow${time('start_time') === null ? '' : ` from ${time('start_time')}`}${time('end_time') === null ? '' : ` to ${time('end_time')}`}, by ${textIn(meta, 'user_id') || 'somebody'}.`];
  const own = [...tags].filter(([name]) => !name.startsWith('mlflow.'));
  return [...lines, ...own.map(([name, value]) => `- ${name}: ${value}`)].filter((line) => line !== '').join('\n\n').slice(0, 100_000);
}

function scalar(text: string): string | number | boolean {
  if (text === 'True' || text === 'true') return true;
  if (text === 'False' || text === 'false') return false;
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) && String(number) === text ? number : text;
}

/** Points of all metrics as one line per step, and the last value of each. */
async function metricsOf(folder: string): Promise<{ readonly lines: readonly string[]; readonly summary: JsonObject; readonly points: number }> {
  const steps = new Map<number, Record<string, number>>();
  const summary: JsonObject = {};
  let points = 0;
  for (const key of await metricFiles(folder)) {
    let last = { step: Number.NEGATIVE_INFINITY, at: Number.NEGATIVE_INFINITY };
    for (const line of ((await textOf(path.join(folder, key), metricBytes)) ?? '').split('\n')) {
      const [at, value, step = '0'] = line.trim().split(/\s+/);
      const [time, number, index] = [Number(at), Number(value), Number(step)];
      if (at === undefined || value === undefined || at === '' || !Number.isFinite(number) || !Number.isSafeInteger(index) || !Number.isFinite(time)) continue;
      const row = steps.get(index) ?? { _step: index, _timestamp: time / 1000 };
      row[key] = number;
      row['_timestamp'] = Math.max(row['_timestamp'] ?? 0, time / 1000);
      steps.set(index, row);
      points += 1;
      if (index > last.step || (index === last.step && time >= last.at)) {
        last = { step: index, at: time };
        summary[key] = number;
      }
    }
  }
  return { lines: [...steps.values()].sort((left, right) => left['_step']! - right['_step']!).map((row) => JSON.stringify(row)), summary, points };
}

async function metricFiles(folder: string, prefix = ''): Promise<readonly string[]> {
  const found = await readdir(path.join(folder, prefix), { withFileTypes: true }).catch(() => []);
  const files: string[] = [];
  for (const entry of found) {
    const key = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await metricFiles(folder, key)));
    else if (entry.isFile()) files.push(key);
  }
  return files;
}

type FolderWish = { readonly source: string; readonly project: { readonly entity?: string; readonly name: string }; readonly artifact: string; readonly runId?: number | undefined; readonly description: string; readonly type?: string; readonly tags?: readonly string[]; readonly aliases?: readonly string[] };

/** Takes a folder's files into the store and makes a version of them. */
async function takeFolder(importing: Importing, folder: string, wish: FolderWish): Promise<{ readonly id: number; readonly index: number } | null> {
  return await importing.attempt('version', wish.source, async () => {
    const scanned = await importing.rooms.store.scanFolder(folder, { signal: importing.context.signal });
    if (scanned.files.length === 0) throw new VitrineError('not_found', { details: { kind: 'file', label: folder } });
    const entity = wish.project.entity ?? (await importing.ask('catalog.status', {})).team.name;
    if (importing.dryRun && (await importing.orNull(importing.ask('artifacts.get', { entity, project: wish.project.name, name: wish.artifact }))) === null) {
      importing.log.note('version', wish.source, 'taken', `${wish.project.name}/${wish.artifact}`);
      importing.log.bytes += scanned.totalBytes;
      return null;
    }
    // Where the artifact is here, its versions may be these bytes: a dry run reads them, and keeps nothing.
    const entries = entriesOfIngested(importing.dryRun ? await digested(scanned.files, importing.context.signal) : await importing.rooms.store.ingest(scanned.files, { signal: importing.context.signal }));
    return await importing.version({
      source: wish.source, project: wish.project, artifact: wish.artifact, type: wish.type ?? suggestArtifactType(entries.map((entry) => entry.path)), description: wish.description, metadata: {}, aliases: wish.aliases ?? [], tags: wish.tags ?? [], entries,
      ...(wish.runId === undefined ? {} : { runId: wish.runId }),
    });
  });
}

async function digested(files: readonly LocalSourceFile[], signal: CancelSignal): Promise<readonly IngestedFile[]> {
  const found: IngestedFile[] = [];
  for (const file of files) {
    const [sha256, md5] = [createHash('sha256'), createHash('md5')];
    let size = 0;
    for await (const piece of createReadStream(file.absolutePath)) {
      if (signal.aborted) throw new VitrineError('cancelled');
      sha256.update(piece as Buffer);
      md5.update(piece as Buffer);
      size += (piece as Buffer).length;
    }
    found.push({ path: file.path, size, sha256: sha256.digest('hex'), md5: md5.digest('hex'), deduplicated: true });
  }
  return found;
}

// Registered models ---------------------------------------------------------------------------------------------------------

async function takeModels(importing: Importing, root: string, registryName: string, entity: string | undefined, runs: ReadonlyMap<string, TakenRun>): Promise<void> {
  const models = path.join(root, 'models');
  const names = await foldersIn(models);
  if (names.length === 0) return;
  const registry = await importing.registry(registryName);
  if (registry === null && !importing.dryRun) return;
  for (const [at, name] of names.entries()) {
    importing.progress('models', at + 1, names.length, name);
    await importing.attempt('collection', name, () => takeModel(importing, root, path.join(models, name), name, registry, registryName, entity, runs));
  }
}

async function takeModel(importing: Importing, root: string, folder: string, name: string, registry: OutputOf<'registries.get'> | null, registryName: string, entity: string | undefined, runs: ReadonlyMap<string, TakenRun>): Promise<void> {
  const meta = (await metaOf(folder)) ?? {};
  const aliases = await valuesIn(path.join(folder, 'aliases'));
  const versions = (await foldersIn(folder)).flatMap((one) => {
    const number = /^version-(\d{1,9})$/.exec(one)?.[1];
    return number === undefined ? [] : [{ folder: path.join(folder, one), number: Number(number) }];
  }).sort((left, right) => left.number - right.number);
  const newestInStage = new Map<string, number>();
  const links: (LinkWish & { readonly number: number; readonly stage: string })[] = [];
  for (const version of versions) {
    const facts = (await metaOf(version.folder)) ?? {};
    const source = `${name}/${version.number}`;
    const stage = textIn(facts, 'current_stage').toLowerCase();
    const from = sourceFolder(root, textIn(facts, 'source'), textIn(facts, 'run_id'), runs);
    if (from === null) {
      importing.log.note('version', source, 'skipped', null, `Its files are not in this folder: ${textIn(facts, 'source') || 'no source is named'}.`);
      continue;
    }
    const run = runs.get(textIn(facts, 'run_id'));
    const tags = await valuesIn(path.join(version.folder, 'tags'));
    const project = { ...(entity === undefined ? {} : { entity }), name: run?.project ?? 'mlflow' };
    const made = await takeFolder(importing, from, {
      source, project, artifact: artifactName(name), type: 'model', description: [textIn(facts, 'description'), ...[...tags].map(([key, value]) => `- ${key}: ${value}`)].filter((line) => line !== '').join('\n'),
      ...(run?.id === undefined || run.id === null ? {} : { runId: run.id }),
    });
    if (made === null && !importing.dryRun) continue;
    if (stage !== '' && stage !== 'none') newestInStage.set(stage, version.number);
    const named = [...aliases].filter(([, target]) => Number(target) === version.number).map(([alias]) => alias);
    links.push({ source, versionId: made?.id ?? null, index: version.number, aliases: named.filter((alias) => checkAlias(alias).ok), note: '', number: version.number, stage });
  }
  // MLflow lets several versions stand in a stage; an alias stands on one, the newest.
  const wishes = links.map(({ number, stage, ...link }) => ({ ...link, aliases: [...new Set([...link.aliases, ...(newestInStage.get(stage) === number ? [stage] : [])])] }));
  await importing.links(registry, registryName, { source: name, name: nameFrom(name, /\//gu, 'model'), type: 'model', description: textIn(meta, 'description'), tags: [] }, wishes);
}

/** Where the files of a registered version lie: only inside of the folder that was given. */
function sourceFolder(root: string, source: string, runId: string, runs: ReadonlyMap<string, TakenRun>): string | null {
  const run = runs.get(runId);
  const inRun = /\/artifacts(?:\/(.*))?$/.exec(source) ?? /^runs:\/[^/]+\/(.*)$/.exec(source);
  if (run === undefined || inRun === null) return null;
  const below = path.resolve(run.folder, 'artifacts', inRun[1] ?? '');
  return below === path.join(run.folder, 'artifacts') || below.startsWith(path.join(run.folder, 'artifacts') + path.sep) ? (below.startsWith(root + path.sep) ? below : null) : null;
}
