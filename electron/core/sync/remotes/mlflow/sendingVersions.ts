/** A version on its way there: its bytes, the run that it comes from, and what it says of itself. */
import { isVitrineError } from '#shared/contract/errors.ts';
import { shown } from '../../http.ts';
import type { Outgoing, PushItem, PushOutcome } from '../connector.ts';
import { errorCodeOf, filterOf, redacted, tagsOf, timeOf, type Experiment, type ModelVersion, type Run } from './api.ts';
import { artifacts, bucketPath, encodePath, listArtifacts, proxyPath } from './artifacts.ts';
import { clipped, modelMaker } from './makingModels.ts';
import type { Place } from './place.ts';

/** The experiment in which runs stand that were made for versions sent from here. */
const experimentName = 'Vitrine';

export function versionsTo({ api, http, pace, bucketNamed }: Place) {
  const { makeModel } = modelMaker(api);

  async function sendVersion(item: Extract<PushItem, { readonly kind: 'version' }>, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
    if (item.known !== null) return { kind: 'sent', learned: {} };
    const files = await outgoing.files(item.versionId);
    if (files.some((file) => file.sha256 === null)) return { kind: 'dead', error: 'Its files are not here (they are references, or were not fetched yet): only bytes that are here can be sent.' };
    const learned = item.model === null ? await makeModel(item, '', [], signal) : {};
    const model = item.model ?? item.collection;
    const mark = { key: 'vitrine.mutation', value: item.mutationId };
    // It may have arrived before, and only its answer not.
    const standing = (await api.versions(model, signal, mark)).find((version) => tagsOf(version.tags)[mark.key] === mark.value);
    const version = standing ?? (await makeVersion(item, model, files, outgoing, signal));
    if ('kind' in version) return version;
    return {
      kind: 'sent',
      learned: {
        ...learned,
        version: {
          model, version: String(version.version), linkId: item.linkId,
          seen: { description: version.description ?? '', tags: tagsOf(version.tags), stage: version.current_stage ?? '', source: redacted(version.source ?? ''), runId: version.run_id === undefined || version.run_id === '' ? null : version.run_id, createdAt: timeOf(version.creation_timestamp), updatedAt: timeOf(version.last_updated_timestamp), user: version.user_id === undefined || version.user_id === '' ? null : version.user_id },
        },
      },
    };
  }

  async function makeVersion(item: Extract<PushItem, { readonly kind: 'version' }>, model: string, files: Awaited<ReturnType<Outgoing['files']>>, outgoing: Outgoing, signal: AbortSignal): Promise<ModelVersion | PushOutcome> {
    const run = await runFor(item, signal);
    const uri = run.info.artifact_uri ?? '';
    const inBucket = bucketPath(uri);
    const folder = proxyPath(uri);
    if (inBucket !== null) {
      const bucket = await bucketNamed(inBucket.bucket);
      if (bucket === null) return { kind: 'dead', error: `The server keeps its artifacts in the bucket “${shown(inBucket.bucket)}” and takes none itself: add that bucket with a key of your own.` };
      const there = new Map((await bucket.list(`${inBucket.key}/model/`, signal)).map((file) => [file.key, file.size]));
      for (const { sha256, path, size } of files) {
        const key = `${inBucket.key}/model/${path}`;
        if (sha256 !== null && there.get(key) !== size) await bucket.put(key, { size, sha256, read: (start, end) => outgoing.part(sha256, start, end) }, pace, signal);
      }
    } else if (folder === null) {
      return { kind: 'dead', error: `The server keeps its artifacts at ${shown(redacted(uri === '' ? 'an unknown place' : uri))} and takes none itself: start it with --serve-artifacts.` };
    } else {
      const there = new Map((await listArtifacts(http, `${folder}/model`, signal)).map((file) => [file.path, file.size]));
      for (const file of files) {
        // An upload that was cut off is not kept there, so one of the right size is whole.
        if (file.sha256 === null || there.get(file.path) === file.size) continue;
        await http.put(`${artifacts}/${encodePath(`${folder}/model/${file.path}`)}`, pace.hold(await outgoing.open(file.sha256), signal), file.size, signal);
      }
    }
    await api.post('runs/update', { run_id: run.info.run_id, status: 'FINISHED', ...(item.run?.endedAt == null ? { end_time: Date.now() } : { end_time: item.run.endedAt }) }, signal);
    return api.part<ModelVersion>(await api.post('model-versions/create', {
      name: model, source: `${run.info.artifact_uri ?? ''}/model`, run_id: run.info.run_id, description: clipped(item.description),
      tags: [{ key: 'vitrine.mutation', value: item.mutationId }, { key: 'vitrine.version', value: item.label }, { key: 'vitrine.digest', value: item.digest }, ...item.tags.map((key) => ({ key, value: '' }))],
    }, signal), 'model_version');
  }

  /** MLflow has every version come from a run: one per version sent, found again by its mark. */
  async function runFor(item: Extract<PushItem, { readonly kind: 'version' }>, signal: AbortSignal): Promise<Run> {
    const experimentId = await ownExperiment(signal);
    const { runs = [] } = await api.post<{ readonly runs?: readonly Run[] }>('runs/search', { experiment_ids: [experimentId], filter: filterOf('tags.`vitrine.mutation`', item.mutationId).text, max_results: 1 }, signal);
    const [standing] = runs;
    if (standing !== undefined) return standing;
    const run = api.part<Run>(await api.post('runs/create', {
      experiment_id: experimentId, run_name: item.run?.name ?? item.label, start_time: item.run?.startedAt ?? Date.now(), tags: [{ key: 'vitrine.mutation', value: item.mutationId }, { key: 'vitrine.version', value: item.label }],
    }, signal), 'run');
    const params = flat(item.run?.config).filter(([key, value]) => key.length <= 250 && value.length <= 6000).map(([key, value]) => ({ key, value }));
    const metrics = numbers(item.run?.summary).map(([key, value]) => ({ key, value, timestamp: item.run?.endedAt ?? Date.now(), step: 0 }));
    for (let begin = 0; begin < Math.max(params.length, metrics.length); begin += 100) {
      // What MLflow doesn't take of names and values isn't worth the version.
      await api.post('runs/log-batch', { run_id: run.info.run_id, params: params.slice(begin, begin + 100), metrics: metrics.slice(begin, begin + 100) }, signal).catch((thrown: unknown) => {
        if (!isVitrineError(thrown) || thrown.code !== 'remote_refused') throw thrown;
      });
    }
    return run;
  }

  async function ownExperiment(signal: AbortSignal): Promise<string> {
    const find = async () => (await api.find<{ readonly experiment: Experiment }>('experiments/get-by-name', { experiment_name: experimentName }, signal))?.experiment.experiment_id ?? null;
    const standing = await find();
    if (standing !== null) return standing;
    try {
      return (await api.post<{ readonly experiment_id: string }>('experiments/create', { name: experimentName }, signal)).experiment_id;
    } catch (thrown) {
      const made = errorCodeOf(thrown) === 'RESOURCE_ALREADY_EXISTS' ? await find() : null;
      if (made === null) throw thrown;
      return made;
    }
  }

  return { sendVersion };
}

/** Nested values by their dotted paths, as MLflow's parameters are flat. */
function flat(value: unknown, prefix = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return prefix === '' ? [] : [[prefix, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).filter(([key]) => prefix !== '' || !key.startsWith('_')).flatMap(([key, inner]) => flat(inner, prefix === '' ? key : `${prefix}.${key}`));
}

const numbers = (value: unknown): readonly (readonly [string, number])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]) && !entry[0].startsWith('_')) : [];
