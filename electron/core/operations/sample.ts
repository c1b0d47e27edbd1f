/**
 * The sample catalog: two months of a believable team. Everything goes through the commands that a person's acts go through, with the
 * times of the past, so that history, aliases and lineage are what the rules make of them.
 */
import { findOperation, VitrineError, type CommandName, type InputOf, type OutputOf, type UserId, type VersionId } from '#shared/contract/index.ts';
import type { CatalogPool, UndoStep } from '../catalog/index.ts';
import { acting, asking, type OperationContext } from './context.ts';
import type { Handlers, Rooms } from './index.ts';
import { digestsOf, entriesOfIngested } from './log.ts';
import { createDiary, type Diary } from './sample/diary.ts';
import { createRandom, type Random } from './sample/random.ts';
import { evaluationFiles, modelFiles, tasks, type Stage, type Task } from './sample/tasks.ts';
import type { SampleFile } from './sample/files.ts';
import { cardOf, datasetCardOf } from './sample/cards.ts';

const day = 86_400_000;
/** How far back the history goes, in days. */
const span = 61;

/** Versions per stage and task; six tasks of 25 make 150. */
const versionsPerStage: Readonly<Record<Stage, number>> = { raw: 3, prepared: 4, base: 5, tuned: 9, final: 4 };

const people = [
  { username: 'mira', displayName: 'Mira Okafor', kind: 'person' },
  { username: 'jonas', displayName: 'Jonas Lindqvist', kind: 'person' },
  { username: 'amara', displayName: 'Amara Diallo', kind: 'person' },
  { username: 'tomas', displayName: 'Tomás Ferreira', kind: 'person' },
  { username: 'ci-bot', displayName: 'CI', kind: 'service' },
] as const;

type Made = { readonly versionId: VersionId; readonly index: number; readonly score: number; readonly at: number; readonly task: Task; readonly stage: Stage };

/** Writes as somebody, at a time in the past. */
type Writer = <Name extends CommandName>(name: Name, input: InputOf<Name>, who: UserId, at: number, message?: string) => Promise<OutputOf<Name>>;

/** Acts at a time of the past, and notes the way back of all of it. */
class Past {
  readonly steps: UndoStep[] = [];
  readonly #catalog: CatalogPool;

  constructor(catalog: CatalogPool) {
    this.#catalog = catalog;
  }

  async act(name: string, input: unknown, actorId: UserId, at: number, message: string | null = null): Promise<unknown> {
    const { output, steps = [] } = await this.#catalog.write(name, input, { actorId, entrance: 'system', message, at: Math.round(at), part: true });
    this.steps.push(...steps);
    return output;
  }
}

function writerOf(past: Past): Writer {
  // Through the contract's schema as every entrance goes, so that defaults are filled in.
  return async (name, input, actorId, at, message) => (await past.act(name, findOperation(name)?.input.parse(input), actorId, at, message)) as never;
}

async function commit(rooms: Rooms, past: Past, files: readonly SampleFile[], facts: Readonly<Record<string, unknown>>, actorId: UserId, at: number): Promise<OutputOf<'versions.log'>> {
  const ingested = await rooms.store.ingest(files.map((file) => ({ path: file.path, size: file.bytes.length, content: once(file.bytes) })));
  const entries = entriesOfIngested(ingested);
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  return (await past.act('internal.commitVersion', { ...facts, entries, size, ...digestsOf(entries) }, actorId, at)) as OutputOf<'versions.log'>;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function typeOf(task: Task, stage: Stage): string {
  if (stage === 'raw' || stage === 'prepared') return 'dataset';
  return stage === 'final' ? task.finalType : 'model';
}

const jobs: Readonly<Record<Exclude<Stage, 'final'>, string>> = { raw: 'ingest', prepared: 'prepare', base: 'pretrain', tuned: 'finetune' };

function scoreOf(task: Task, stage: Stage, index: number, random: Random): number {
  if (stage === 'raw' || stage === 'prepared') return 0;
  const progress = stage === 'base' ? (index / 5) * 0.4 : stage === 'tuned' ? 0.3 + (index / 9) * 0.7 : 0.55 + (index / 4) * 0.4;
  return Number((task.from + (task.to - task.from) * Math.min(1, progress) + random.between(-0.012, 0.012)).toFixed(4));
}

function filesOf(task: Task, stage: Stage, index: number, score: number, random: Random): readonly SampleFile[] {
  switch (stage) {
    case 'raw':
    case 'prepared':
      return task.data(stage, index, random);
    case 'base':
    case 'tuned':
      return modelFiles(task, stage, index, score, random);
    case 'final':
      return task.finalType === 'model' ? modelFiles(task, 'final', index, score, random) : evaluationFiles(task, index, score, random);
  }
}

/** When each version of a task came to be, in order, so that whatever it was made from is older. Fractions of the two months. */
function schedule(): readonly { readonly stage: Stage; readonly index: number; readonly when: number }[] {
  const spans: Readonly<Record<Stage, readonly [number, number]>> = { raw: [0, 0.62], prepared: [0.03, 0.7], base: [0.1, 0.76], tuned: [0.16, 0.97], final: [0.3, 0.99] };
  return (Object.keys(spans) as Stage[])
    .flatMap((stage) => {
      const [first, last] = spans[stage];
      const count = versionsPerStage[stage];
      return Array.from({ length: count }, (_, index) => ({ stage, index, when: first + ((last - first) * index) / (count - 1) }));
    })
    .sort((left, right) => left.when - right.when);
}

const madeFrom: Readonly<Record<Stage, readonly Stage[]>> = { raw: [], prepared: ['raw'], base: ['prepared'], tuned: ['base', 'prepared'], final: ['tuned', 'prepared'] };

/** Taken back as one act: what it had made when it ended in the middle, too. */
async function addSample(rooms: Rooms, _input: unknown, context: OperationContext) {
  const past = new Past(rooms.catalog);
  try {
    return await makeSample(rooms, past, context);
  } catch (thrown) {
    // What is told is why it ended, not that the offer couldn’t be kept.
    if (past.steps.length > 0) await rooms.catalog.write('internal.breakImport', { source: 'the sample', steps: past.steps }, acting(context)).catch(() => undefined);
    throw thrown;
  }
}

async function makeSample(rooms: Rooms, past: Past, context: OperationContext) {
  const status = (await rooms.catalog.read('catalog.status', {}, asking(context))) as { readonly empty: boolean };
  if (!status.empty) throw new VitrineError('already_exists', { details: { explanation: 'The catalog has versions already; the sample only goes into an empty one.' } });
  const random = createRandom(20_260_503);
  const write = writerOf(past);
  const start = Date.now() - span * day;
  const owner = context.actorId;
  const userIds = new Map<string, UserId>();
  for (const person of people) {
    userIds.set(person.username, (await write('users.create', { ...person, role: 'member' }, owner, start - day)).id);
  }
  const idOf = (username: string): UserId => userIds.get(username) ?? owner;

  const { items: registries } = (await rooms.catalog.read('registries.list', {}, { actorId: owner })) as OutputOf<'registries.list'>;
  const models = registries.find((registry) => registry.name === 'Models');
  const datasets = registries.find((registry) => registry.name === 'Datasets');
  if (models === undefined || datasets === undefined) throw new VitrineError('blocked', { details: { explanation: 'The core registries Models and Datasets are gone; the sample needs them.' } });
  await write('registries.update', { id: models.id, protectedAliases: ['production'], description: 'What we ship. Only admins move production.' }, owner, start);
  await write('registries.update', { id: datasets.id, description: 'Data that models may be trained on.' }, owner, start);
  const edge = await write('registries.create', { name: 'Edge Models', description: 'Quantized and distilled models for devices.', acceptedTypes: ['model'], glyph: 'cpu', hue: 10 }, owner, start + day / 4);

  const collections = new Map<string, number>();
  for (const task of tasks) {
    const author = idOf(task.author);
    if (task.dataCollection !== '') collections.set(task.dataCollection, (await write('collections.create', { registryId: datasets.id, name: task.dataCollection, type: 'dataset', description: datasetCardOf(task), tags: [task.project] }, author, start + day / 2)).id);
    collections.set(task.modelCollection, (await write('collections.create', { registryId: models.id, name: task.modelCollection, type: 'model', description: cardOf(task), tags: [task.project, 'customer-facing'] }, author, start + day / 2)).id);
    if (task.edgeCollection !== null) collections.set(task.edgeCollection, (await write('collections.create', { registryId: edge.id, name: task.edgeCollection, type: 'model', description: cardOf(task), tags: ['on-device'] }, author, start + day / 2)).id);
  }
  const steps = tasks
    .flatMap((task, order) => schedule().map((step) => ({ ...step, task, at: start + day + (span - 2) * day * step.when + order * 3_600_000 * 3 + random.between(0, 3_600_000) })))
    .sort((left, right) => left.at - right.at);

  const newest = new Map<string, Made>();
  const links = new Map<string, { linkId: number; score: number }[]>();
  const diary = createDiary();
  let done = 0;
  for (const { task, stage, index, at } of steps) {
    // All that chance decides is decided here, in one order, whatever order the acts come to lie in.
    const author = idOf(stage === 'final' ? 'ci-bot' : task.author);
    const job = stage === 'final' ? task.finalJob : jobs[stage];
    const score = scoreOf(task, stage, index, random);
    const seconds = stage === 'base' || stage === 'tuned' ? random.whole(1200, 18_000) : random.whole(20, 600);
    const began = at - seconds * 1000;
    const project = { name: task.project };
    const runId = runIdOf(random);
    const config: InputOf<'runs.create'>['config'] = stage === 'base' || stage === 'tuned' ? { learning_rate: Number(random.between(1e-5, 3e-4).toPrecision(3)), epochs: random.whole(3, 20), batch_size: random.pick([16, 32, 64]), optimizer: 'adamw', seed: 1000 + index } : {};
    const files = filesOf(task, stage, index, score, random);
    const tags = tagsOf(stage, index, random);
    const loss = score === 0 ? 0 : Number((1 - score + random.between(0, 0.05)).toFixed(4));
    diary.plan(began, async () => {
      const run = await write('runs.create', {
        project, displayName: `${job}-${task.artifacts[stage]}-${index + 1}`, runId, jobType: job, group: stage === 'tuned' ? `sweep-${Math.floor(index / 3) + 1}` : null,
        tags: stage === 'tuned' ? ['finetune'] : [], config,
      }, author, began);
      const inputs = madeFrom[stage].flatMap((from) => newest.get(`${task.project}/${from}`)?.versionId ?? []);
      if (inputs.length > 0) diary.plan(began + 1000, async () => void (await write('runs.use', { id: run.id, versionIds: inputs }, author, began + 1000)));
      diary.plan(at, async () => {
        const logged = await commit(rooms, past, files, {
          project, artifact: task.artifacts[stage], type: typeOf(task, stage), runId: run.id, aliases: [], description: descriptionOf(task, stage, index, score), tags,
          metadata: score === 0 ? { source: stage === 'raw' ? 'warehouse export' : task.artifacts.raw } : { [task.metric]: score, framework: 'pytorch', architecture: task.architecture, ...(stage === 'final' && task.finalType === 'model' ? { precision: 'int8' } : {}) },
        }, author, at);
        const made: Made = { versionId: logged.versionId, index, score, at, task, stage };
        newest.set(`${task.project}/${stage}`, made);
        diary.plan(at + 2000, async () => {
          await write('runs.update', { id: run.id, state: stage === 'tuned' && index === 4 && task.project === 'product-search' ? 'failed' : 'finished', summary: score === 0 ? { files: logged.fileCount } : { [task.metric]: score, loss, runtime: seconds } }, author, at + 2000);
        });
        curate(diary, made, write, collections, links, { owner, author, bot: idOf('ci-bot') });
        done += 1;
        context.report({ phase: 'sample', done, total: steps.length, unit: 'rows', files: null, current: `${task.artifacts[stage]}:v${index}` });
      });
    });
  }
  await diary.act(context.signal);

  for (const [kind, id] of [['registry', models.id], ['collection', collections.get('Weld Detector')], ['collection', collections.get('Review Sentiment')]] as const) {
    if (id !== undefined) await write('stars.set', { kind, id, starred: true }, owner, Date.now());
  }
  const { undo } = await rooms.catalog.write('internal.noteSample', { steps: past.steps }, acting(context));
  return { output: { registries: 3, collections: collections.size, versions: steps.length, runs: steps.length } satisfies OutputOf<'catalog.addSample'>, undo };
}

function runIdOf(random: Random): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 8 }, () => letters[random.whole(0, letters.length - 1)]).join('');
}

function descriptionOf(task: Task, stage: Stage, index: number, score: number): string {
  switch (stage) {
    case 'raw':
      return `Export ${index + 1} of ${task.artifacts.raw}.`;
    case 'prepared':
      return `Cleaned and split. ${index === 0 ? 'First cut.' : 'Duplicates removed, classes balanced again.'}`;
    case 'base':
      return `Trained from scratch on ${task.artifacts.prepared}. ${task.metric} ${score}.`;
    case 'tuned':
      return `${index === 0 ? 'First fine-tuning.' : index % 3 === 0 ? 'New schedule, longer warm-up.' : 'Another point of the sweep.'} ${task.metric} ${score}.`;
    case 'final':
      return task.finalType === 'model' ? `Made for devices. ${task.metric} ${score} after conversion.` : `Held-out evaluation. ${task.metric} ${score}.`;
  }
}

function tagsOf(stage: Stage, index: number, random: Random): readonly string[] {
  const tags: string[] = [];
  if (stage === 'base' && index === 0) tags.push('baseline');
  if (stage === 'tuned' && index >= 6) tags.push('release');
  if (stage === 'tuned' && random.next() < 0.2) tags.push('needs review');
  if (stage === 'final') tags.push('nightly');
  return tags;
}

type Hands = { readonly owner: UserId; readonly author: UserId; readonly bot: UserId };

/** What the team does with a new version: not all are linked, and aliases move only to what is better. */
function curate(diary: Diary, made: Made, write: Writer, collections: ReadonlyMap<string, number>, links: Map<string, { linkId: number; score: number }[]>, hands: Hands): void {
  const { task, stage, index, at, score } = made;
  const name = stage === 'prepared' ? task.dataCollection : stage === 'tuned' && index % 4 !== 1 ? task.modelCollection : stage === 'final' && task.finalType === 'model' ? (task.edgeCollection ?? '') : '';
  const collectionId = collections.get(name);
  if (collectionId === undefined) return;
  const linkedAt = at + 45 * 60_000;
  diary.plan(linkedAt, async () => {
    const { links: [link] } = await write('links.create', { versionIds: [made.versionId], target: { kind: 'collection', id: collectionId as never }, aliases: [], note: index === 0 ? 'First one worth keeping.' : '' }, hands.author, linkedAt);
    if (link === undefined) return;
    const known = links.get(name) ?? [];
    links.set(name, [...known, { linkId: link.linkId, score }]);
    const giveAlias = (alias: string, who: UserId, when: number, message?: string): void =>
      diary.plan(when, async () => void (await write('aliases.set', { target: { kind: 'link', id: link.linkId }, aliases: [alias] }, who, when, message)));
    if (stage === 'prepared') {
      if (index % 2 === 1) giveAlias('training', hands.author, linkedAt + 3_600_000, 'Checked for leaks between the splits.');
      return;
    }
    giveAlias('candidate', hands.author, linkedAt + 60_000);
    const best = known.reduce((most, other) => Math.max(most, other.score), 0);
    if (score <= best) return;
    giveAlias('staging', hands.bot, linkedAt + 2 * 3_600_000, `${task.metric} ${score} beats ${best === 0 ? 'nothing before' : best}.`);
    if (known.length > 0 && index % 3 !== 1) giveAlias('production', hands.owner, Math.min(linkedAt + 20 * 3_600_000, Date.now() - 60_000), 'A day in staging without complaints.');
  });
}

export const sampleHandlers = { 'catalog.addSample': addSample } satisfies Handlers;
