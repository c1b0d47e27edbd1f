/** The runs that versions come from, and the datasets and models that these used. */
import type { JsonObject } from '#shared/contract/index.ts';
import type { Desk, IncomingDataset, IncomingModel, IncomingRun, IncomingUse, PlaceholderEntry } from '../connector.ts';
import { redacted, tagsOf, timeOf, type DatasetInput, type Experiment, type Run } from './api.ts';
import type { Place } from './place.ts';

const concurrency = 4;
const runsPerRequest = 100;

export function runsOf({ api }: Pick<Place, 'api'>) {
  let experiments: ReadonlyMap<string, string> | null = null;

  /** The runs that versions come from, with the datasets that they used; answers which logged models they used. */
  async function bringRuns(desk: Desk, models: readonly IncomingModel[], signal: AbortSignal): Promise<readonly IncomingUse[]> {
    const wanted = [...new Set(models.flatMap((model) => (model.versions ?? []).flatMap((version) => version.runId ?? [])))];
    const unknown = wanted.length === 0 ? [] : await desk.unknownRuns(wanted);
    const uses: IncomingUse[] = [];
    for (let begin = 0; begin < unknown.length; begin += runsPerRequest) {
      const ids = unknown.slice(begin, begin + runsPerRequest);
      experiments ??= await allExperiments(signal);
      if (experiments.size === 0) return uses;
      const search = () => api.post<{ readonly runs?: readonly Run[] }>('runs/search', { experiment_ids: [...(experiments ?? new Map<string, string>()).keys()], filter: `attributes.run_id IN (${ids.map((id) => `'${id.replaceAll("'", '')}'`).join(',')})`, max_results: 1000, run_view_type: 'ALL' }, signal);
      let { runs = [] } = await search();
      if (runs.length < ids.length) {
        // An experiment may be newer than our list of them.
        experiments = await allExperiments(signal);
        ({ runs = [] } = await search());
      }
      const found = new Set(runs.map((run) => run.info.run_id));
      await desk.applyRuns(runs.map((run) => incomingRun(desk, run, experiments?.get(run.info.experiment_id) ?? '')), ids.filter((id) => !found.has(id)));
      uses.push(...(await usedModels(runs, signal)));
    }
    return uses;
  }

  /** A search says which logged models came of a run, and not which ones it used: that takes a question for each run that has to do with any. */
  async function usedModels(runs: readonly Run[], signal: AbortSignal): Promise<readonly IncomingUse[]> {
    const uses: IncomingUse[] = [];
    const asked = runs.filter((run) => (run.outputs?.model_outputs ?? []).length > 0);
    for (let begin = 0; begin < asked.length; begin += concurrency) {
      const whole = await Promise.all(asked.slice(begin, begin + concurrency).map(async ({ info }) => (await api.find<{ readonly run?: Run }>('runs/get', { run_id: info.run_id }, signal))?.run));
      for (const run of whole) for (const { model_id: model } of run?.inputs?.model_inputs ?? []) if (run !== undefined && model !== undefined) uses.push({ run: run.info.run_id, source: `models:/${model}` });
    }
    return uses;
  }

  async function allExperiments(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    let token: string | undefined;
    do {
      const page: { readonly experiments?: readonly Experiment[]; readonly next_page_token?: string } = await api.post('experiments/search', { max_results: 1000, view_type: 'ALL', ...(token === undefined ? {} : { page_token: token }) }, signal);
      const before = found.size;
      for (const one of page.experiments ?? []) found.set(one.experiment_id, one.name);
      token = found.size === before || page.next_page_token === '' ? undefined : page.next_page_token;
    } while (token !== undefined);
    return found;
  }

  return { bringRuns };
}

const states: Readonly<Record<string, IncomingRun['state']>> = { RUNNING: 'running', SCHEDULED: 'running', FINISHED: 'finished', FAILED: 'failed', KILLED: 'killed' };

function incomingRun(desk: Desk, run: Run, experiment: string): IncomingRun {
  const tags = tagsOf(run.data?.tags);
  const datasets = (run.inputs?.dataset_inputs ?? []).flatMap(({ dataset }) => (dataset?.name === undefined ? [] : [{ name: dataset.name, digest: dataset.digest ?? null, source: dataset.source_type ?? null }]));
  const own = Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith('mlflow.') && key !== 'mlflow.note.content' && key !== 'mlflow.log-model.history'));
  const started = timeOf(run.info.start_time);
  return {
    run: run.info.run_id, name: (run.info.run_name ?? tags['mlflow.runName'] ?? run.info.run_id).slice(0, 128), state: states[run.info.status ?? ''] ?? 'finished', experiment, startedAt: started, endedAt: run.info.end_time === undefined ? null : timeOf(run.info.end_time),
    config: { ...Object.fromEntries((run.data?.params ?? []).map(({ key, value }) => [key, value])), _mlflow: { ...own, ...(datasets.length === 0 ? {} : { datasets }) } } as JsonObject,
    summary: Object.fromEntries((run.data?.metrics ?? []).filter(({ value }) => Number.isFinite(value)).map(({ key, value }) => [key, value])),
    tags: Object.entries(tags).filter(([key, value]) => value === '' && !key.startsWith('mlflow.')).map(([key]) => key), notes: tags['mlflow.note.content'] ?? '',
    datasets: (run.inputs?.dataset_inputs ?? []).flatMap((input) => incomingDataset(desk, input) ?? []),
  };
}

/** Longer schemas say more of the columns than anybody reads here. */
const longestSchema = 10_000;

/** What stands for a dataset that a run used: MLflow knows its name, a digest of a kind of its own, and where it says that it came from. */
function incomingDataset(desk: Desk, { dataset, tags }: DatasetInput): IncomingDataset | null {
  const said = (key: keyof NonNullable<DatasetInput['dataset']>): string => (typeof dataset?.[key] === 'string' ? dataset[key] : '');
  const [name, digest, sourceType, schema] = [said('name').slice(0, 500), said('digest').slice(0, 500), said('source_type').slice(0, 500), said('schema')];
  if (name === '') return null;
  const source = placeOf(said('source'));
  // Where it lies is shown, and never followed from here: so what could be followed without being asked for is none of what is shown.
  const reference = /^(?:s3|gs|abfss?|wasbs?|hf|dbfs|https?):/u.test(source) ? source : `mlflow-dataset:${encodeURIComponent(name)}/${encodeURIComponent(digest)}`;
  const entries: readonly PlaceholderEntry[] = [{ path: 'dataset', size: 0, sha256: null, md5: digest === '' ? null : digest, reference }];
  const context = tagsOf(tags)['mlflow.data.context'] ?? '';
  return {
    name, usedAs: context === '' ? null : context.slice(0, 128), entries, ...desk.digests(entries),
    metadata: { mlflow: { dataset: name, ...(digest === '' ? {} : { digest }), ...(sourceType === '' ? {} : { sourceType }), ...(source === '' ? {} : { source }), ...(schema === '' || schema.length > longestSchema ? {} : { schema }) } },
  };
}

/** The source of a dataset is JSON of a shape that depends on its kind; of that, what looks like an address, without credentials. */
function placeOf(told: string): string {
  try {
    const found: unknown = JSON.parse(told);
    const { uri, url, path } = (typeof found === 'object' && found !== null ? found : {}) as { readonly uri?: unknown; readonly url?: unknown; readonly path?: unknown };
    const place = [uri, url, path].find((one) => typeof one === 'string');
    return typeof place === 'string' ? redacted(place.slice(0, 2000)) : '';
  } catch {
    return '';
  }
}
