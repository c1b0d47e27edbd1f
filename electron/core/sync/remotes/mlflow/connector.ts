/**
 * MLflow as a remote: registered models are collections, model versions links, and what it does not tell is found by reading again.
 *
 * Its times don't move for aliases and tags, its pages go by offset, and it has neither stable ids nor compare-and-set: so every round reads
 * the models changed last (one request, which is all there is on a small server), a sweep reads all of them, each sweep reads the versions of
 * a few models again whatever their times say, and a push reads right before it writes.
 */
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import type { JsonObject, RemoteTestStep } from '#shared/contract/index.ts';
import { countCodePoints, pushVerdict } from '#shared/domain/index.ts';
import type { OpenBucket } from '../../bytes/bucket.ts';
import type { Pace } from '../../bytes/pace.ts';
import { baseOf, sentenceOf, shown, type RemoteHttp } from '../../http.ts';
import type { Connector, Desk, IncomingDataset, IncomingModel, IncomingRun, IncomingUse, IncomingVersion, Learned, Outgoing, PlaceholderEntry, PullMode, PullReport, PushItem, PushOutcome, RangeAnswer, RemoteFile, Standing, TestReport, Thing, Unfetched } from '../connector.ts';
import { aliasesOf, errorCodeOf, filterOf, hashOf, isMissing, MlflowApi, redacted, tagsOf, timeOf, type DatasetInput, type Experiment, type FileInfo, type ModelVersion, type RegisteredModel, type Run } from './api.ts';

const hotRows = 100;
/** A server's clock may have gone back by this much since the last round, in milliseconds. */
const overlap = 120_000;
/** Models per sweep whose versions are read again though nothing says so: tags of versions move no time. */
export const auditedPerSweep = 5;
const concurrency = 4;
const runsPerRequest = 100;
/** Versions that come in within one transaction. */
const versionsPerPage = 250;
/** What is gone is asked for by name before it is believed; more than this at once is believed at a later sweep. */
const askedByName = 50;
const longestDescription = 5000;
/** How often a change waits for the next reading because what it is about is not where it was; then it is refused. */
const mostMisses = 20;
/** A signed address is used for this many milliseconds: MLflow signs for five minutes unless told otherwise. */
const signedFor = 120_000;
/** The experiment in which runs stand that were made for versions sent from here. */
const experimentName = 'Vitrine';

type Place = {
  readonly name: string;
  readonly http: RemoteHttp;
  readonly workspace: string | null;
  readonly pace: Pace;
  /** The way to artifacts that lie in a bucket and not with the server; null where no such bucket is known here. */
  readonly bucketNamed: (bucket: string) => Promise<OpenBucket | null>;
};

export function mlflowConnector({ name, http, workspace, pace, bucketNamed }: Place): Connector {
  const api = new MlflowApi(http);
  /** Where the newest change was at the last round, by the server's clock. */
  let watermark = 0;

  // Reading ------------------------------------------------------------------------------------------------------------

  async function pull(desk: Desk, mode: PullMode, runs: boolean, signal: AbortSignal): Promise<PullReport> {
    const hot = await readHot(signal);
    const known = new Map((await desk.known(hot.rows.map((row) => row.name))).map((row) => [row.name, row]));
    const news = hot.rows.some((row) => known.get(row.name)?.createdAt !== timeOf(row.creation_timestamp));
    let rows = hot.rows;
    let { complete } = hot;
    // What is new may be something old under another name: only the whole tells.
    if (!complete && (mode === 'sweep' || news)) {
      const all = new Map<string, RegisteredModel>();
      for await (const page of api.allModels(signal)) {
        for (const row of page) all.set(row.name, row);
        desk.progress({ phase: 'read models', done: all.size, total: null, unit: 'rows', files: null, current: null });
      }
      // Rows that slid past a page's edge meanwhile.
      for (const row of hot.rows) if (!all.has(row.name)) all.set(row.name, row);
      rows = [...all.values()];
      complete = true;
      for (const row of await desk.known(rows.map((one) => one.name))) known.set(row.name, row);
    }
    const present = complete ? await confirmAbsent(desk, rows, signal) : null;
    const changed = rows.filter((row) => known.get(row.name)?.hash !== hashOf(row));
    const stale = complete && mode === 'sweep' ? new Set(await desk.stale(auditedPerSweep)) : new Set<string>();
    const audited = rows.filter((row) => stale.has(row.name) && !changed.includes(row));
    const pulled = await bring(desk, [...changed, ...audited], stale, known, present, runs, signal);
    watermark = Math.max(watermark, ...rows.map((row) => timeOf(row.last_updated_timestamp)));
    return { ...pulled, complete };
  }

  async function readHot(signal: AbortSignal): Promise<{ readonly rows: readonly RegisteredModel[]; readonly complete: boolean }> {
    const rows = new Map<string, RegisteredModel>();
    let token: string | undefined;
    for (;;) {
      const page = await api.models(hotRows, 'last_updated_timestamp DESC', token, signal);
      for (const row of page.models) rows.set(row.name, row);
      const last = page.models.at(-1);
      if (page.next === null) return { rows: [...rows.values()], complete: true };
      if (page.next === token || last === undefined || watermark === 0 || timeOf(last.last_updated_timestamp) < watermark - overlap) return { rows: [...rows.values()], complete: false };
      token = page.next;
    }
  }

  /** The names that are there: those that were listed, and those that were not and are there all the same, or that we may only not see any more. */
  async function confirmAbsent(desk: Desk, rows: readonly RegisteredModel[], signal: AbortSignal): Promise<readonly string[]> {
    const present = rows.map((row) => row.name);
    const absent = await desk.absent(present);
    for (const [index, gone] of absent.entries()) {
      if (index >= askedByName) {
        present.push(gone);
        continue;
      }
      try {
        if ((await api.find('registered-models/get', { name: gone }, signal)) !== null) present.push(gone);
      } catch (thrown) {
        if (!isVitrineError(thrown) || thrown.code !== 'remote_sign_in') throw thrown;
        present.push(gone);
      }
    }
    return present;
  }

  async function bring(desk: Desk, rows: readonly RegisteredModel[], stale: ReadonlySet<string>, known: ReadonlyMap<string, { readonly hash: string; readonly createdAt: number; readonly updatedAt: number; readonly versions: readonly string[] }>, present: readonly string[] | null, runs: boolean, signal: AbortSignal) {
    let applied = 0;
    let conflicts = 0;
    let page: IncomingModel[] = [];
    let size = 0;
    const uses: IncomingUse[] = [];
    // One page is written while the next is read: the order stays, and a failure shows at the next page.
    let writing: Promise<void> = Promise.resolve();
    const write = async (models: readonly IncomingModel[]): Promise<void> => {
      if (runs) uses.push(...(await bringRuns(desk, models, signal)));
      const pulled = await desk.apply(models, null, http.clock.offset);
      applied += pulled.applied;
      conflicts += pulled.conflicts;
    };
    const flush = async (): Promise<void> => {
      if (page.length === 0) return;
      const models = page;
      page = [];
      size = 0;
      await writing;
      writing = write(models);
      writing.catch(() => undefined);
    };
    // What is gone goes first, with all that is new beside it: together they show what was only renamed.
    if (present !== null && (await desk.absent(present)).length > 0) {
      const pulled = await desk.apply(rows.filter((row) => !known.has(row.name)).map((row) => ({ ...incoming(row), hash: '', versions: null })), present, http.clock.offset);
      applied += pulled.applied;
      conflicts += pulled.conflicts;
    }
    try {
      for (let begin = 0; begin < rows.length; begin += concurrency) {
        const group = rows.slice(begin, begin + concurrency);
        const read = await Promise.all(group.map(async (listed): Promise<IncomingModel | null> => {
          const was = known.get(listed.name);
          const ownAlone = was !== undefined && was.createdAt === timeOf(listed.creation_timestamp) && was.updatedAt === timeOf(listed.last_updated_timestamp) && was.hash.split('.')[1] === hashOf(listed).split('.')[1] && !stale.has(listed.name)
            && Object.values(aliasesOf(listed)).every((version) => was.versions.includes(version));
          if (ownAlone) return { ...incoming(listed), versions: null };
          const found = await readVersions(listed, was?.versions ?? [], signal);
          return found === null ? null : { ...incoming(found.row), versions: found.versions.map((version) => incomingVersion(desk, found.row, version)) };
        }));
        for (const model of read) {
          // The next round finds it as it is then.
          if (model === null) continue;
          page.push(model);
          size += 1 + (model.versions?.length ?? 0);
        }
        desk.progress({ phase: 'read versions', done: Math.min(rows.length, begin + concurrency), total: rows.length, unit: 'rows', files: null, current: group[0]?.name ?? null });
        if (size >= versionsPerPage) await flush();
      }
    } finally {
      // Also where reading failed: nothing is written behind the round's back.
      await flush();
      await writing;
    }
    // Whatever was used may be a version of any model: so after all of them.
    if (uses.length > 0) await desk.applyUses(uses);
    return { applied, conflicts };
  }

  /**
   * The versions of a model that was listed, which are asked for by its name: a model that was renamed in between has none under that name, and
   * must not be taken for one that lost all of them. So where versions lack that were known, or that an alias stands on, the model itself is
   * looked at again. Null: it is not there any more under that name, or does not keep still.
   */
  async function readVersions(listed: RegisteredModel, known: readonly string[], signal: AbortSignal): Promise<{ readonly row: RegisteredModel; readonly versions: readonly ModelVersion[] } | null> {
    let row = listed;
    for (let turn = 0; turn < 3; turn++) {
      const versions = (await api.versions(row.name, signal)).filter((version) => (version.status ?? 'READY') === 'READY');
      const found = new Set(versions.map((version) => String(version.version)));
      if ([...known, ...Object.values(aliasesOf(row))].every((version) => found.has(version))) return { row, versions };
      const answer = await api.find<{ readonly registered_model: RegisteredModel }>('registered-models/get', { name: row.name }, signal);
      if (answer === null) return null;
      const now = api.part<RegisteredModel>(answer, 'registered_model');
      if (timeOf(now.creation_timestamp) === timeOf(row.creation_timestamp) && timeOf(now.last_updated_timestamp) === timeOf(row.last_updated_timestamp)) return { row, versions };
      row = now;
    }
    return null;
  }

  const incoming = (row: RegisteredModel) => ({
    name: row.name, createdAt: timeOf(row.creation_timestamp), updatedAt: timeOf(row.last_updated_timestamp), description: row.description ?? '', tags: tagsOf(row.tags), aliases: aliasesOf(row), hash: hashOf(row),
  });

  function incomingVersion(desk: Desk, row: RegisteredModel, version: ModelVersion): IncomingVersion {
    const number = String(version.version);
    const entries: readonly PlaceholderEntry[] = [{
      path: 'mlflow-model', size: 0, sha256: null, md5: `${timeOf(row.creation_timestamp)}-${timeOf(version.creation_timestamp)}`, reference: `${http.base}/#/models/${encodeURIComponent(row.name)}/versions/${encodeURIComponent(number)}`,
    }];
    return {
      version: number, createdAt: timeOf(version.creation_timestamp), updatedAt: timeOf(version.last_updated_timestamp), description: version.description ?? '', tags: tagsOf(version.tags), stage: version.current_stage ?? '', source: redacted(version.source ?? ''),
      runId: version.run_id === undefined || version.run_id === '' ? null : version.run_id, user: version.user_id === undefined || version.user_id === '' ? null : version.user_id, entries, ...desk.digests(entries),
    };
  }

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

  // Writing ------------------------------------------------------------------------------------------------------------

  function judge(item: PushItem): string | null {
    if (item.kind !== 'moot' && item.taken !== null) return `The model “${item.target}” there is the collection “${item.taken}”: rename one of the two.`;
    switch (item.kind) {
      case 'moot':
        return item.why;
      case 'unlink':
        return item.withdrawn ? null : unlinkedHereAlone;
      case 'drop':
        return null;
      case 'collection':
      case 'version':
        if (item.model === null && /[/:]/u.test(item.collection)) return `MLflow takes no “/” or “:” in a model’s name, as in “${item.collection}”.`;
        return null;
      case 'state':
        return null;
      case 'name':
        return /[/:]/u.test(item.collection) ? `MLflow takes no “/” or “:” in a model’s name, as in “${item.collection}”.` : null;
      case 'alias':
        // What could never be there needs not be taken away.
        if (item.mine === null) return null;
        if (!/^[\p{L}\p{M}\p{N}_-]+$/u.test(item.alias)) return `MLflow’s aliases have letters, digits, “_” and “-” only, unlike “${item.alias}”.`;
        if (/^(?:latest|v\d+)$/iu.test(item.alias)) return `MLflow keeps “${item.alias}” for itself.`;
        return null;
      case 'description':
      case 'text':
        return countCodePoints(item.mine) > longestDescription ? `MLflow takes descriptions of at most ${longestDescription} characters; this one has ${countCodePoints(item.mine)}.` : null;
      case 'tag':
      case 'mark':
        return item.tag.length > 250 ? 'MLflow takes tags of at most 250 characters.' : null;
    }
  }

  async function push(item: PushItem, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
    if (item.kind === 'moot') return { kind: 'moot', why: item.why };
    // A version of a model is the thing itself there, not a link to it.
    if (item.kind === 'unlink' && !item.withdrawn) return { kind: 'moot', why: unlinkedHereAlone };
    const objection = judge(item);
    if (objection !== null) return { kind: 'dead', error: objection };
    try {
      return await send(item, outgoing, signal);
    } catch (thrown) {
      // Renamed or deleted there since it was read: the next reading says which.
      if (isMissing(thrown) && item.model !== null && item.attempts < mostMisses) return { kind: 'later', error: 'It is not there any more as it was read: read again first.' };
      if (isVitrineError(thrown) && thrown.code === 'remote_refused') return { kind: 'dead', error: sentenceOf(thrown) };
      throw thrown;
    }
  }

  async function send(item: Exclude<PushItem, { readonly kind: 'moot' }>, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
    const sent = (learned: Learned): PushOutcome => ({ kind: 'sent', learned });
    switch (item.kind) {
      case 'collection':
        return sent(item.model === null ? await makeModel(item, item.description, item.tags, signal) : {});
      case 'version':
        return sendVersion(item, outgoing, signal);
      case 'alias':
        return sendAlias(item, signal);
      case 'unlink':
        return withdrawVersion(item, signal);
      case 'drop':
        return withdrawModel(item, signal);
      case 'name':
        return sendName(item, signal);
      case 'description': {
        const learned = item.model === null ? await makeModel(item, item.mine, [], signal) : {};
        const model = item.model ?? item.collection;
        // Whoever wrote there after it was last read is heard first: the next reading decides who was later.
        if (item.model !== null && (await describedNow(model, signal)) !== item.seen) return { kind: 'later', error: 'It was written there meanwhile: read again first.' };
        await api.patch('registered-models/update', { name: model, description: item.mine }, signal);
        return sent({ ...learned, description: { model, value: item.mine } });
      }
      case 'tag': {
        const learned = item.model === null ? await makeModel(item, '', [], signal) : {};
        const model = item.model ?? item.collection;
        await (item.mine ? api.post('registered-models/set-tag', { name: model, key: item.tag, value: '' }, signal) : absentIsWell(api.delete('registered-models/delete-tag', { name: model, key: item.tag }, signal), () => modelNow(model, signal)));
        return sent({ ...learned, tag: { model, tag: item.tag, stands: item.mine } });
      }
      case 'text':
        if ((await describedNow(item.model ?? '', signal, item.version)) !== item.seen) return { kind: 'later', error: 'It was written there meanwhile: read again first.' };
        await api.patch('model-versions/update', { name: item.model, version: item.version, description: item.mine }, signal);
        return sent({ text: { model: item.model ?? '', version: item.version, value: item.mine } });
      case 'state': {
        if (item.version === null) return { kind: 'later', error: 'The version that it is about goes first.' };
        const version = { name: item.model, version: item.version };
        const { current_stage: stage = 'None' } = api.part<ModelVersion>(await api.get('model-versions/get', { name: item.model ?? '', version: item.version }, signal), 'model_version');
        if (stage !== item.mine && stage !== item.seen) return { kind: 'later', error: 'Its stage was changed there meanwhile: read again first.' };
        if (stage !== item.mine) await api.post('model-versions/transition-stage', { ...version, stage: item.mine, archive_existing_versions: false }, signal);
        return sent({ stage: { model: item.model ?? '', version: item.version, value: item.mine } });
      }
      case 'mark':
        await (item.mine ? api.post('model-versions/set-tag', { name: item.model, version: item.version, key: item.tag, value: '' }, signal) : absentIsWell(api.delete('model-versions/delete-tag', { name: item.model, version: item.version, key: item.tag }, signal), () => describedNow(item.model ?? '', signal, item.version)));
        return sent({ mark: { model: item.model ?? '', version: item.version, tag: item.tag, stands: item.mine } });
    }
  }

  /** Only what a push from here made, and only while nobody has built on it there. */
  async function withdrawVersion(item: Extract<PushItem, { readonly kind: 'unlink' }>, signal: AbortSignal): Promise<PushOutcome> {
    const model = item.model ?? '';
    const gone: PushOutcome = { kind: 'sent', learned: { gone: { model, version: item.version } } };
    const found = await api.find<{ readonly model_version?: ModelVersion }>('model-versions/get', { name: model, version: item.version }, signal);
    if (found?.model_version === undefined) {
      await modelNow(model, signal);
      return gone;
    }
    if (tagsOf(found.model_version.tags)['vitrine.mutation'] === undefined) return { kind: 'dead', error: `Version ${item.version} there was not made from here.` };
    const aliases = found.model_version.aliases ?? [];
    if (aliases.length > 0) return { kind: 'dead', error: `“${aliases.map(String).map(shown).join('”, “')}” was put on version ${item.version} there meanwhile.` };
    await absentIsWell(api.delete('model-versions/delete', { name: model, version: item.version }, signal), () => modelNow(model, signal));
    return gone;
  }

  async function withdrawModel(item: Extract<PushItem, { readonly kind: 'drop' }>, signal: AbortSignal): Promise<PushOutcome> {
    const model = item.model ?? '';
    const gone: PushOutcome = { kind: 'sent', learned: { dropped: { model } } };
    const found = await api.find<{ readonly registered_model?: RegisteredModel }>('registered-models/get', { name: model }, signal);
    if (found?.registered_model === undefined || timeOf(found.registered_model.creation_timestamp) !== item.createdAt) return gone;
    if ((await api.versions(model, signal)).length > 0) return { kind: 'dead', error: `“${model}” has versions there: it stays.` };
    await absentIsWell(api.delete('registered-models/delete', { name: model }, signal));
    return gone;
  }

  async function now(thing: Thing, signal: AbortSignal): Promise<Standing> {
    const nothing: Standing = { value: null, holds: [] };
    switch (thing.kind) {
      case 'alias':
        return { value: await aliasNow(thing.model, thing.alias, signal), holds: [] };
      case 'model':
      case 'description':
      case 'tag': {
        const found = (await api.find<{ readonly registered_model?: RegisteredModel }>('registered-models/get', { name: thing.model }, signal))?.registered_model;
        if (found === undefined) return nothing;
        if (thing.kind === 'description') return { value: found.description ?? '', holds: [] };
        if (thing.kind === 'tag') return { value: tagsOf(found.tags)[thing.tag] ?? null, holds: [] };
        return { value: found.name, holds: (await api.versions(thing.model, signal)).map((version) => String(version.version)) };
      }
      case 'version':
      case 'text':
      case 'mark': {
        const found = (await api.find<{ readonly model_version?: ModelVersion }>('model-versions/get', { name: thing.model, version: thing.version }, signal))?.model_version;
        if (found === undefined) return nothing;
        if (thing.kind === 'text') return { value: found.description ?? '', holds: [] };
        if (thing.kind === 'mark') return { value: tagsOf(found.tags)[thing.tag] ?? null, holds: [] };
        return { value: String(found.version), holds: (found.aliases ?? []).map(String) };
      }
    }
  }

  /** What was to go and is gone is done, as long as what it was to go from is there: else that was renamed or deleted, and the next reading says which. */
  async function absentIsWell(work: Promise<unknown>, standing?: () => Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
      await standing?.();
    }
  }

  const modelNow = async (model: string, signal: AbortSignal): Promise<RegisteredModel> => api.part<RegisteredModel>(await api.get('registered-models/get', { name: model }, signal), 'registered_model');

  async function describedNow(model: string, signal: AbortSignal, version?: string): Promise<string> {
    if (version === undefined) return (await modelNow(model, signal)).description ?? '';
    return api.part<ModelVersion>(await api.get('model-versions/get', { name: model, version }, signal), 'model_version').description ?? '';
  }

  async function sendName(item: Extract<PushItem, { readonly kind: 'name' }>, signal: AbortSignal): Promise<PushOutcome> {
    const from = item.model ?? '';
    const learned: Learned = { renamed: { from, to: item.collection } };
    try {
      await api.post('registered-models/rename', { name: from, new_name: item.collection }, signal);
    } catch (thrown) {
      // It may have arrived before, and only its answer not: then the model of that very moment has the new name.
      const standing = isMissing(thrown) || errorCodeOf(thrown) === 'RESOURCE_ALREADY_EXISTS' ? await api.find<{ readonly registered_model: RegisteredModel }>('registered-models/get', { name: item.collection }, signal) : null;
      if (standing === null || timeOf(standing.registered_model.creation_timestamp) !== item.createdAt) throw thrown;
    }
    return { kind: 'sent', learned };
  }

  async function makeModel(item: { readonly collection: string; readonly collectionId: number }, description: string, tags: readonly string[], signal: AbortSignal): Promise<Learned> {
    let model: RegisteredModel;
    let made = true;
    try {
      model = api.part(await api.post('registered-models/create', { name: item.collection, description: clipped(description), tags: tags.map((key) => ({ key, value: '' })) }, signal), 'registered_model');
    } catch (thrown) {
      if (errorCodeOf(thrown) !== 'RESOURCE_ALREADY_EXISTS') throw thrown;
      // By us, before an answer was lost, or by somebody else: the next pull compares what it says.
      made = false;
      model = api.part(await api.get('registered-models/get', { name: item.collection }, signal), 'registered_model');
    }
    return { model: { name: model.name, collectionId: item.collectionId, createdAt: timeOf(model.creation_timestamp), updatedAt: timeOf(model.last_updated_timestamp), made } };
  }

  async function sendAlias(item: Extract<PushItem, { readonly kind: 'alias' }>, signal: AbortSignal): Promise<PushOutcome> {
    const { model, alias, mine } = item;
    if (model === null) return mine === null ? { kind: 'moot', why: 'The model is not there.' } : { kind: 'dead', error: 'Its model is not at the remote: see what was refused before it.' };
    if (item.behind) return { kind: 'later', error: 'The version that it stands on goes first.' };
    if (mine?.startsWith('here ') === true) return { kind: 'dead', error: 'The version that it stands on is not at the remote: see what was refused before it.' };
    const theirs = await aliasNow(model, alias, signal);
    const learned: Learned = { alias: { model, alias, value: mine } };
    const verdict = pushVerdict<string | null>(item.seen, mine, theirs, 'compare and set');
    // An alias that stands nowhere, or a model that is not there any more under that name: only the former decides anything.
    if (theirs === null && verdict !== 'send') await modelNow(model, signal);
    switch (verdict) {
      case 'done':
        return { kind: 'sent', learned };
      case 'conflict':
        return { kind: 'conflict', model, collectionId: item.collectionId, alias, base: item.sides.base, mine: item.sides.mine, theirs: { value: theirs, shown: theirs === null ? 'on no version' : `on version ${theirs} there`, linkId: null } };
      case 'send':
        await (mine === null ? absentIsWell(api.delete('registered-models/alias', { name: model, alias }, signal), () => modelNow(model, signal)) : api.post('registered-models/alias', { name: model, alias, version: mine }, signal));
        return { kind: 'sent', learned };
    }
  }

  async function aliasNow(model: string, alias: string, signal: AbortSignal): Promise<string | null> {
    // Asked by the alias, so that one that was left behind on a version that is gone stands nowhere.
    const found = await api.find<{ readonly model_version?: ModelVersion }>('registered-models/alias', { name: model, alias }, signal).catch((thrown: unknown) => {
      if (errorCodeOf(thrown) === 'INVALID_PARAMETER_VALUE') return null;
      throw thrown;
    });
    return found?.model_version === undefined ? null : String(found.model_version.version);
  }

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
      const there = new Map((await list(`${folder}/model`, signal)).map((file) => [file.path, file.size]));
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

  // Files --------------------------------------------------------------------------------------------------------------

  const artifacts = '/api/2.0/mlflow-artifacts/artifacts';

  async function list(folder: string, signal: AbortSignal): Promise<readonly { readonly path: string; readonly size: number }[]> {
    const found: { readonly path: string; readonly size: number }[] = [];
    const folders = [''];
    for (let index = 0; index < folders.length; index++) {
      const inside = folders[index] ?? '';
      if (folders.length > 100_000) throw new VitrineError('too_large', { details: { explanation: 'The server lists more than 100,000 folders.' } });
      const { files = [] } = await http.json<{ readonly files?: readonly FileInfo[] }>(artifacts, { query: { path: inside === '' ? folder : `${folder}/${inside}` }, signal });
      for (const file of files) {
        const path = inside === '' ? file.path : `${inside}/${file.path}`;
        if (file.is_dir === true) folders.push(path);
        else found.push({ path, size: Number(file.file_size ?? 0) });
      }
    }
    return found;
  }

  /**
   * How parts of a file are had, found out with the first that is large: from an address in the bucket that the server signs, where its artifacts
   * lie in one (asked for parts itself, it would bring the whole file anew for each); else from the server, where that reads its own disk.
   */
  let parts: 'signed' | 'served' | 'none' | null = null;
  const signed = new Map<string, { readonly url: URL; readonly until: number }>();

  async function signedAddress(path: string, signal: AbortSignal): Promise<URL | null> {
    const known = signed.get(path);
    if (known !== undefined && known.until > Date.now()) return known.url;
    const answer = await http.ask(`/api/2.0/mlflow-artifacts/presigned/${encodePath(path)}`, { signal }).catch((thrown: unknown) => {
      // 501: its artifacts lie on its own disk. It comes as a failure of the server, and is none.
      if (isVitrineError(thrown) && (thrown.code === 'remote_failed' || thrown.code === 'remote_refused')) return null;
      throw thrown;
    });
    if (answer === null || answer.status >= 300) return null;
    const { url } = JSON.parse(answer.text) as { readonly url?: unknown };
    const address = typeof url === 'string' ? URL.parse(url) : null;
    if (address === null) return null;
    signed.set(path, { url: address, until: Date.now() + signedFor });
    return address;
  }

  async function rangeOf(version: Unfetched, folder: string, path: string, start: number, end: number, signal: AbortSignal): Promise<RangeAnswer | null> {
    if (parts === null || parts === 'signed') {
      const address = await signedAddress(`${folder}/${path}`, signal);
      if (address !== null) {
        parts = 'signed';
        return http.range(address, undefined, start, end, signal);
      }
      if (parts === 'signed') return null;
    }
    if (parts === 'none') return null;
    const answer = await http.range('/model-versions/get-artifact', { name: version.model, version: version.version, path }, start, end, signal).catch((thrown: unknown) => {
      if (parts === null && isVitrineError(thrown) && thrown.code === 'remote_refused') return null;
      throw thrown;
    });
    parts ??= answer === null ? 'none' : 'served';
    return answer;
  }

  async function files(version: Unfetched, signal: AbortSignal): Promise<readonly RemoteFile[]> {
    const { artifact_uri: uri } = await api.get<{ readonly artifact_uri: string }>('model-versions/get-download-uri', { name: version.model, version: version.version }, signal);
    const inBucket = bucketPath(uri);
    if (inBucket !== null) {
      const bucket = await knownBucket(inBucket.bucket, uri);
      const prefix = `${inBucket.key}/`;
      return (await bucket.list(prefix, signal)).filter(({ key }) => key !== prefix).map(({ key, size }): RemoteFile => ({
        path: key.slice(prefix.length), size, range: (start, end, stop) => bucket.get(key, { start, end }, stop),
        async *open(stop) {
          yield* (await bucket.get(key, null, stop)).content;
        },
      }));
    }
    const folder = proxyPath(uri);
    if (folder === null) throw new VitrineError('not_offered', { details: { explanation: `${name} keeps the files of ${version.model} version ${version.version} at ${shown(redacted(uri))}, which only who has the key to that place can read.` } });
    return (await list(folder, signal)).map((file): RemoteFile => ({
      ...file, open: (stop) => http.read(`${artifacts}/${encodePath(`${folder}/${file.path}`)}`, file.size, stop), range: (start, end, stop) => rangeOf(version, folder, file.path, start, end, stop),
    }));
  }

  async function knownBucket(bucket: string, uri: string): Promise<OpenBucket> {
    const found = await bucketNamed(bucket);
    if (found === null) throw new VitrineError('not_offered', { details: { explanation: `${name} keeps artifacts in the bucket “${shown(bucket)}” (${shown(redacted(uri))}) and does not serve them itself: add that bucket with a key of your own, and they come straight from it.` } });
    return found;
  }

  // Testing ------------------------------------------------------------------------------------------------------------

  /** Older servers know nothing of workspaces, not even that they have none. */
  async function offersWorkspaces(signal: AbortSignal): Promise<boolean> {
    const answer = await http.ask('/api/3.0/mlflow/server-info', { signal, bare: true });
    if (answer.status !== 200) return false;
    try {
      return (JSON.parse(answer.text) as { readonly workspaces_enabled?: unknown }).workspaces_enabled === true;
    } catch {
      return false;
    }
  }

  async function namesOfWorkspaces(signal: AbortSignal): Promise<readonly string[]> {
    const { workspaces = [] } = await http.json<{ readonly workspaces?: readonly { readonly name?: string }[] }>('/api/3.0/mlflow/workspaces', { signal, bare: true });
    return workspaces.flatMap(({ name: one }) => one ?? []).toSorted();
  }

  async function test(signal: AbortSignal): Promise<TestReport> {
    const steps: RemoteTestStep[] = [];
    const report = (more: Partial<TestReport> = {}): TestReport => {
      for (const step of ['address', 'server', 'sign_in', 'workspace', 'read'] as const) if (!steps.some((one) => one.step === step)) steps.push({ step, verdict: 'skipped', detail: 'Not tried, since a step before it failed.', advice: null });
      return { steps, version: null, user: null, workspaces: [], ...more };
    };
    const failed = (step: RemoteTestStep['step'], thrown: unknown, advice: string): void => {
      if (!isVitrineError(thrown)) throw thrown;
      steps.push({ step, verdict: 'failed', detail: sentenceOf(thrown), advice });
    };
    let version: string | null = null;
    try {
      const answer = await http.ask('/version', { signal, bare: true });
      steps.push({ step: 'address', verdict: 'well', detail: `${baseOf(http.base).host} answers.`, advice: null });
      version = /^\d+\.\d+[\w.]*$/u.test(answer.text.trim()) ? answer.text.trim() : null;
      if (version === null) {
        steps.push({ step: 'server', verdict: 'failed', detail: `What answers there is no MLflow server: ${shown(answer.text)}`, advice: 'Give the address that MLFLOW_TRACKING_URI has, with its path if it has one.' });
        return report();
      }
      const major = Number(version.split('.')[0]);
      steps.push(major < 2 ? { step: 'server', verdict: 'failed', detail: `MLflow ${version} is too old: it has no aliases.`, advice: 'MLflow 2.3 or newer is needed; 3 is what this was tried with.' } : { step: 'server', verdict: 'well', detail: `MLflow ${version}.`, advice: major < 3 ? 'Tried with MLflow 3; 2.x may differ in places.' : null });
      if (major < 2) return report({ version });
    } catch (thrown) {
      if (isVitrineError(thrown) && thrown.code === 'remote_sign_in') {
        steps.push({ step: 'address', verdict: 'well', detail: `${baseOf(http.base).host} answers.`, advice: null }, { step: 'server', verdict: 'skipped', detail: 'It says what it is only to whom it knows.', advice: null });
        failed('sign_in', thrown, 'Check user name and password, or the token.');
        return report();
      }
      failed('address', thrown, 'Check the address, and that the server runs and can be reached from here.');
      return report();
    }
    let workspaces: readonly string[] = [];
    try {
      const offers = await offersWorkspaces(signal);
      if (workspace !== null && !offers) {
        steps.push({ step: 'workspace', verdict: 'failed', detail: `This server has no workspaces, so there is no “${workspace}”.`, advice: 'Leave the workspace empty, or start the server with --enable-workspaces.' });
        return report({ version });
      }
      // Asked without the header, which the server would refuse for a workspace that isn’t there before it answers anything.
      if (offers) workspaces = await namesOfWorkspaces(signal);
      if (workspace !== null && workspaces.length > 0 && !workspaces.includes(workspace)) {
        steps.push({ step: 'sign_in', verdict: 'well', detail: 'The credential is accepted.', advice: null }, { step: 'workspace', verdict: 'failed', detail: `There is no workspace “${workspace}”, or none that you may see.`, advice: `There are: ${workspaces.slice(0, 20).join(', ')}.` });
        return report({ version, workspaces: [...workspaces] });
      }
      const { models } = await api.models(1, 'name ASC', undefined, signal);
      steps.push({ step: 'sign_in', verdict: 'well', detail: 'The credential is accepted.', advice: null });
      steps.push(workspace !== null ? { step: 'workspace', verdict: 'well', detail: `The workspace “${workspace}”.`, advice: null } : { step: 'workspace', verdict: 'skipped', detail: offers ? 'The server’s default one.' : 'The server’s own.', advice: null });
      steps.push({ step: 'read', verdict: 'well', detail: models.length === 0 ? 'The registry can be read; there is no model yet, or none that you may see.' : 'The registry can be read.', advice: 'Whether it can be written shows with the first push.' });
    } catch (thrown) {
      failed(isVitrineError(thrown) && thrown.code === 'remote_sign_in' ? 'sign_in' : 'read', thrown, isVitrineError(thrown) && thrown.code === 'remote_sign_in' ? 'Check user name and password, or the token.' : 'Look at the server’s log.');
      return report({ version });
    }
    const user = await http.json<{ readonly user?: { readonly username?: string } }>('/api/2.0/mlflow/users/current', { signal }).then(({ user: who }) => who?.username ?? null, () => null);
    return report({ version, user, workspaces: [...workspaces] });
  }

  return { test, pull, judge, now, push, files };
}

const unlinkedHereAlone = 'Unlinking here deletes nothing on an MLflow server.';

const clipped = (description: string): string => Array.from(description).slice(0, longestDescription).join('');

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Bucket and key behind an `s3:` address; null for any other. */
function bucketPath(uri: string): { readonly bucket: string; readonly key: string } | null {
  const match = /^s3:\/\/([^/?#]+)\/+([^?#]+)$/u.exec(uri);
  const key = match?.[2]?.replace(/\/+$/u, '') ?? '';
  return match?.[1] === undefined || key === '' ? null : { bucket: match[1], key };
}

/** The path behind `mlflow-artifacts:`, which the server itself serves; null for bytes that lie elsewhere. */
function proxyPath(uri: string): string | null {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+)$/u.exec(uri);
  const path = match?.[1]?.replace(/\/+$/u, '') ?? null;
  return path === null || path.split('/').includes('..') ? null : path;
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

/** Nested values by their dotted paths, as MLflow's parameters are flat. */
function flat(value: unknown, prefix = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return prefix === '' ? [] : [[prefix, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).filter(([key]) => prefix !== '' || !key.startsWith('_')).flatMap(([key, inner]) => flat(inner, prefix === '' ? key : `${prefix}.${key}`));
}

const numbers = (value: unknown): readonly (readonly [string, number])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]) && !entry[0].startsWith('_')) : [];
