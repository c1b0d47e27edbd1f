/**
 * The sync: for each remote one loop that reads what changed there, sends what waits here, and says where it stands (the phases are drawn in
 * the contract, at `SyncPhase`). Works through the catalog's own queries and commands, each a transaction; whatever a crash cuts off is
 * done again and found done.
 */
import { assertNever, backoffMilliseconds, rateMeter } from '#shared/domain/index.ts';
import { isVitrineError, VitrineError, type OutputOf, type Progress, type RegistryMembersThere, type Remote, type SentItem, type SyncPhase, type SyncPlan, type SyncState, type UserId } from '#shared/contract/index.ts';
import type { CatalogPool } from '../catalog/index.ts';
import type { BytesSources } from '../catalog/queries/bytes.ts';
import type { PushItem } from '../catalog/queries/remotes.ts';
import type { Log } from '../host/log.ts';
import type { Vault } from '../host/vault.ts';
import { digestsOf } from '../operations/log.ts';
import type { Store } from '../store/index.ts';
import { createBytes, lastingFailures, type Bytes } from './bytes/index.ts';
import { Pace } from './bytes/pace.ts';
import { credentialOf } from './credentials.ts';
import { RemoteHttp, sentenceOf, type Credential, type Traffic } from './http.ts';
import { isOfModel, type Connector, type Desk, type KnownModel, type Outgoing, type PushFile, type PushOutcome, type SentHere, type TestReport, type Unfetched } from './remotes/connector.ts';
import { planItemOf, sentItemOf, summed } from './plan.ts';

export type SyncTimes = {
  /** Between two rounds, in milliseconds. */
  readonly interval: number;
  /** Every how many rounds everything is read. */
  readonly sweepEvery: number;
  /** After a change here, so that several go together. */
  readonly debounce: number;
};

export const syncTimes: SyncTimes = { interval: 30_000, sweepEvery: 10, debounce: 400 };

export type SyncRooms = { readonly catalog: CatalogPool; readonly store: Store; readonly vault: Vault; readonly log: Log };

export type RoundReport = { readonly pulled: number; readonly pushed: number; readonly conflicts: number; readonly dead: number; readonly requests: number; readonly bytesIn: number; readonly bytesOut: number };
export type RoundOptions = { readonly everything: boolean; readonly signal: AbortSignal; readonly report: (progress: Progress) => void };

export type SyncEngine = {
  /** Begins the loops; without it, rounds run only when asked for. */
  start(): void;
  stop(): Promise<void>;
  round(remoteId: number, options: RoundOptions): Promise<RoundReport>;
  /** What a remote's own loop says of itself at the moment. */
  standing(remoteId: number): Standing;
  plan(remoteId: number, signal: AbortSignal): Promise<SyncPlan>;
  /** What was sent in a round, or some of it, and whether it can be taken back; the remote is read. */
  sent(remoteId: number, which: { readonly roundId: number } | { readonly ids: readonly number[] }, signal: AbortSignal): Promise<readonly SentItem[]>;
  /** Who is a member of its registries there. @throws VitrineError `not_offered` where such a server has no members */
  members(remoteId: number, signal: AbortSignal): Promise<readonly RegistryMembersThere[]>;
  test(place: { readonly kind: Remote['kind']; readonly url: string; readonly workspace: string | null; readonly credential: Credential }, signal: AbortSignal): Promise<TestReport>;
  /** Bytes of versions, to and fro. */
  readonly bytes: Bytes;
  /** A remote was added, changed or removed: what is known of how to reach it counts no more. With `bytes`, nor does what its policy was bringing here: that is chosen anew, at the new rate. */
  changed(remoteId: number, what?: { readonly bytes: boolean }): void;
  /** Cuts off what a remote's loop is at, and comes back once it is at nothing. */
  halt(remoteId: number): Promise<void>;
  /** Tells when a loop stands elsewhere than before. */
  onStanding(listener: (remoteId: number) => void): () => void;
};

export type Standing = { readonly phase: SyncPhase; readonly failure: SyncState['failure']; readonly attempts: number; readonly nextTryAt: number | null; /** When a round last went well; when one last saw everything. */ readonly lastSuccessAt: number | null; readonly lastCompleteAt: number | null; readonly fetching: Fetching | null };

/** With the version whose files come, by which it is judged who may read of it. */
export type Fetching = NonNullable<SyncState['fetching']> & { readonly versionId: number | null };

type Loop = { lastSuccessAt: number | null; lastCompleteAt: number | null; phase: SyncPhase; failure: SyncState['failure']; attempts: number; nextTryAt: number | null; /** When the next round is due, as `performance.now()`. */ due: number | null; timer: NodeJS.Timeout | null; running: Promise<RoundReport> | null; halting: AbortController; /** Ends what the policy was bringing, once there is another one. */ choosing: AbortController; fetching: Fetching | null; /** When that was told last, as `performance.now()`. */ toldAt: number; rounds: number; again: boolean };

type Connected = { /** The settings that it was made of. */ readonly settings: string; readonly connector: Connector; readonly traffic: Traffic; readonly pace: Pace };

const pushBatch = 200;
/** Of a run's history, as many as go with one request. */
const historyLines = 1000;
/** How often it is told how far files have come, in milliseconds: each time the window asks. */
const tellEvery = 1000;
/** Of those that don't stand on each other: as many are sent before it is looked at what came of them. */
const pushGroup = 50;
/** What one server is asked at once, at most. */
const pushConcurrency = 4;

/** From the first on, those that don't stand on each other: single fields of models and versions that are there; those of one model beside each other. */
function together(items: readonly PushItem[]): readonly PushItem[] {
  const alone = items.findIndex((item) => !(item.kind === 'tag' || item.kind === 'mark' || item.kind === 'text' || item.kind === 'ttl' || item.kind === 'description' || item.kind === 'alias') || item.model === null || (item.kind === 'alias' && (item.behind || item.mine?.startsWith('here ') === true)));
  const group = alone === -1 ? items : items.slice(0, Math.max(1, alone));
  return [...Map.groupBy(group, (item) => (isOfModel(item) ? item.model : null)).values()].flat();
}

/** Waits for all of them, also where one failed: none goes on by itself afterwards. */
async function allOf<Value>(works: readonly Promise<Value>[]): Promise<readonly Value[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** Each of them, so many at a time, none waiting for a slower one beside it. Once one failed no other begins; all that began are waited for. */
async function severalAtOnce<Item, Value>(items: readonly Item[], most: number, work: (item: Item) => Promise<Value>): Promise<readonly Value[]> {
  const values: Value[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        values[index] = await work(items[index] as Item);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  await allOf(Array.from({ length: Math.min(most, items.length) }, worker));
  return values;
}

export function createSync(rooms: SyncRooms, times: SyncTimes = syncTimes): SyncEngine {
  const { catalog, store } = rooms;
  const loops = new Map<number, Loop>();
  const connectors = new Map<number, Connected>();
  const listeners = new Set<(remoteId: number) => void>();
  const ending = new AbortController();
  let started = false;
  let stopListening: (() => void) | null = null;
  let debounced: NodeJS.Timeout | null = null;

  const actorId = (): UserId => catalog.status().defaultUserId;
  const read = async <Value>(name: string, input: unknown): Promise<Value> => (await catalog.read(name, input, { actorId: actorId() })) as Value;
  const write = async <Value>(remoteId: number, name: string, input: unknown): Promise<Value> => (await catalog.write(name, input, { actorId: actorId(), entrance: 'sync', message: null, remoteId })).output as Value;

  function loopOf(remoteId: number): Loop {
    let loop = loops.get(remoteId);
    if (loop === undefined) loops.set(remoteId, (loop = { lastSuccessAt: null, lastCompleteAt: null, phase: 'idle', failure: null, attempts: 0, nextTryAt: null, due: null, timer: null, running: null, halting: new AbortController(), choosing: new AbortController(), fetching: null, toldAt: -Infinity, rounds: 0, again: false }));
    return loop;
  }

  function stand(remoteId: number, change: Partial<Loop>): void {
    Object.assign(loopOf(remoteId), change);
    for (const listener of listeners) listener(remoteId);
  }

  async function connect(place: { readonly kind: Remote['kind']; readonly name: string; readonly url: string; readonly workspace: string | null; readonly destination: string | null; readonly project: string; readonly follow?: Remote['follow'] }, credential: Credential, traffic: Traffic, pace: Pace): Promise<Connector> {
    switch (place.kind) {
      case 'mlflow': {
        // What only those need who have such a remote is loaded when it is.
        const { mlflowConnector } = await import('./remotes/mlflow/connector.ts');
        return mlflowConnector({ name: place.name, workspace: place.workspace, pace, bucketNamed: (name) => bytes.bucketNamed(name), http: new RemoteHttp({ name: place.name, base: place.url, credential, traffic, ...(place.workspace === null ? {} : { headers: { 'X-MLFLOW-WORKSPACE': place.workspace } }) }) });
      }
      case 'wandb': {
        const { wandbConnector } = await import('./remotes/wandb/connector.ts');
        // A key alone is a password: the user's name is the same for everybody.
        const key: Credential = credential.kind === 'token' ? { kind: 'basic', username: 'api', password: credential.token } : credential;
        return wandbConnector({ name: place.name, workspace: place.workspace ?? '', everything: place.follow?.kind === 'organization', destination: place.destination, project: place.project, http: new RemoteHttp({ name: place.name, base: place.url, credential: key, traffic }) });
      }
      default:
        return assertNever(place.kind, 'kind of remote');
    }
  }

  async function connectorOf(remote: Remote): Promise<Connected> {
    // Settings can change without a word to this engine: by an undo, or by another process.
    const settings = JSON.stringify([remote.name, remote.destination, remote.project, remote.follow, remote.rate]);
    const known = connectors.get(remote.id);
    if (known?.settings === settings) return known;
    const traffic: Traffic = { requests: 0, bytesIn: 0, bytesOut: 0 };
    const pace = new Pace(remote.rate);
    const made = { settings, traffic, pace, connector: await connect(remote, await credentialOf(rooms.vault, remote), traffic, pace) };
    connectors.set(remote.id, made);
    return made;
  }

  // One round -----------------------------------------------------------------------------------------------------------

  function deskOf(remote: Remote, report: (progress: Progress) => void): Desk {
    const remoteId = remote.id;
    return {
      known: (names) => read<readonly KnownModel[]>('internal.knownModels', { remoteId, names }),
      absent: (present) => read('internal.absentModels', { remoteId, present }),
      stale: (limit) => read('internal.staleModels', { remoteId, limit }),
      unknownRuns: (runs) => read('internal.unknownRuns', { remoteId, runs }),
      apply: (models, present, clockOffset, within) => write(remoteId, 'internal.applyRemote', { remoteId, models, present, clockOffset, ...(within === undefined ? {} : { within }) }),
      places: async (there) => {
        const following = async (): Promise<readonly string[]> => (await read<Remote>('remotes.get', { id: remoteId })).registries.flatMap((one) => one.there ?? []);
        const known = await following();
        if (there === null) return known;
        const all = there.every((name) => known.includes(name)) ? known : await write<readonly string[]>(remoteId, 'internal.placeRegistries', { remoteId, there });
        return all.filter((name) => there.includes(name));
      },
      applyRuns: async (runs, missing) => void (await write(remoteId, 'internal.applyRemoteRuns', { remoteId, runs, missing })),
      applyUses: async (uses) => void (await write(remoteId, 'internal.applyRemoteUses', { remoteId, uses })),
      digests: (entries) => digestsOf(entries),
      progress: report,
    };
  }

  function round(remoteId: number, options: RoundOptions): Promise<RoundReport> {
    const loop = loopOf(remoteId);
    const begin = (): Promise<RoundReport> => {
      // Whatever was due before is done by this one.
      loop.due = null;
      loop.again = false;
      return runRound(remoteId, options);
    };
    // One at a time: who asks meanwhile waits for it and then has one of their own.
    const turn = (loop.running ?? Promise.resolve(null)).then(begin, begin);
    loop.running = turn;
    const ended = (): void => {
      if (loop.running !== turn) return;
      loop.running = null;
      planNext(remoteId);
    };
    turn.then(ended, ended);
    return turn;
  }

  async function runRound(remoteId: number, options: RoundOptions): Promise<RoundReport> {
    const remote = await read<Remote>('remotes.get', { id: remoteId });
    const loop = loopOf(remoteId);
    if (remote.paused) throw new VitrineError('blocked', { details: { explanation: `“${remote.name}” is paused: resume it first.` } });
    const signal = AbortSignal.any([options.signal, ending.signal, loop.halting.signal]);
    const startedAt = Date.now();
    const begun = performance.now();
    const sweep = options.everything || loop.rounds % times.sweepEvery === 0;
    let traffic: Traffic = { requests: 0, bytesIn: 0, bytesOut: 0 };
    let before: Traffic = { ...traffic };
    const tally = { pulled: 0, pushed: 0, conflicts: 0, dead: 0 };
    const cost = () => ({ requests: traffic.requests - before.requests, bytesIn: traffic.bytesIn - before.bytesIn, bytesOut: traffic.bytesOut - before.bytesOut });
    const note = (failure: string | null, cursors: Readonly<Record<string, string>>) => {
      const { pulled, pushed, conflicts, dead } = tally;
      const worth = pulled + pushed + conflicts + dead > 0 || failure !== null || options.everything;
      return write(remoteId, 'internal.noteRound', { remoteId, cursors, round: worth ? { remoteId, startedAt, milliseconds: performance.now() - begun, pulled, pushed, conflicts, ...cost(), failure } : null });
    };
    try {
      const { connector, ...made } = await connectorOf(remote);
      traffic = made.traffic;
      before = { ...traffic };
      stand(remoteId, { phase: 'pulling', nextTryAt: null });
      const pulled = await connector.pull(deskOf(remote, options.report), sweep ? 'sweep' : 'hot', remote.fields.runs, signal);
      tally.pulled = pulled.applied;
      tally.conflicts = pulled.conflicts;
      if (remote.pushes) await pushAll(remote, connector, signal, tally, options.report);
      await fetchWanted(remote, signal, options.report);
      loop.rounds += 1;
      const now = String(Date.now());
      const learned = { changes: now, ...(pulled.complete ? { aliases: now } : {}), ...(pulled.complete && sweep ? { versionTags: now } : {}) };
      const firstTime = loop.failure !== null || loop.rounds === 1;
      // How far all is known is written down when something happened or after a sweep; in between it is enough to know it.
      if (tally.pulled + tally.pushed + tally.conflicts + tally.dead > 0 || sweep || firstTime) await note(null, learned);
      const open = (await counts(remoteId))?.conflicts ?? 0;
      stand(remoteId, { phase: open > 0 ? 'conflict' : 'idle', failure: null, attempts: 0, nextTryAt: null, lastSuccessAt: Number(now), ...(pulled.complete ? { lastCompleteAt: Number(now) } : {}) });
      return { ...tally, ...cost() };
    } catch (thrown) {
      if (isVitrineError(thrown) && thrown.code === 'cancelled') {
        stand(remoteId, { phase: 'idle' });
        throw thrown;
      }
      if (!isVitrineError(thrown)) rooms.log('error', 'sync', 'round failed', { remote: remote.name, stack: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
      const error = isVitrineError(thrown) ? thrown : new VitrineError('unexpected', { details: { id: 'sync' }, cause: thrown });
      const sentence = sentenceOf(error);
      const firstOfItsKind = loop.failure?.code !== error.code;
      const attempts = loop.attempts + 1;
      const wait = error.code === 'remote_sign_in' ? null : backoffMilliseconds(attempts, Math.random, typeof error.details['retryAfterMilliseconds'] === 'number' ? error.details['retryAfterMilliseconds'] : null);
      stand(remoteId, {
        phase: error.code === 'remote_sign_in' ? 'sign_in' : error.code === 'remote_unreachable' ? 'offline' : 'backing_off', failure: { code: error.code, sentence, at: new Date().toISOString() }, attempts, nextTryAt: wait === null ? null : Date.now() + wait,
      });
      // Weeks without a network are one line of the history, not one for each try.
      if (firstOfItsKind || tally.pulled + tally.pushed > 0) await note(sentence, {});
      throw error;
    }
  }

  async function pushAll(remote: Remote, connector: Connector, signal: AbortSignal, tally: { pushed: number; conflicts: number; dead: number }, report: (progress: Progress) => void): Promise<void> {
    const outgoing: Outgoing = {
      catalogId: catalog.status().catalogId,
      files: (versionId) => read<readonly PushFile[]>('internal.pushFiles', { versionId }),
      open: (sha256) => store.openReader(sha256),
      part: (sha256, start, end) => store.readRange(sha256, start, end),
      async *history(runId) {
        let cursor: string | null = null;
        do {
          const page: OutputOf<'runs.history'> = await read('runs.history', { id: runId, stream: 'history', limit: historyLines, ...(cursor === null ? {} : { cursor }) });
          if (page.lines.length > 0) yield page.lines;
          cursor = page.nextCursor;
        } while (cursor !== null);
      },
    };
    // What was put off waits for the next reading; the rest goes on.
    let after = 0;
    for (;;) {
      const items = await read<readonly PushItem[]>('internal.pushWork', { remoteId: remote.id, limit: pushBatch, after });
      if (items.length === 0) return;
      stand(remote.id, { phase: 'pushing' });
      for (let begin = 0, made = false; begin < items.length && !made; ) {
        const group = together(items.slice(begin, begin + pushGroup));
        let left = items.length - begin;
        const outcomes = await severalAtOnce(group, pushConcurrency, async (item) => {
          const outcome = await pushOne(remote, connector, item, outgoing, signal);
          // Counted as it comes: what went before a failure went.
          if (outcome.kind === 'conflict') tally.conflicts += 1;
          else if (outcome.kind === 'dead') tally.dead += 1;
          else if (outcome.kind === 'sent') tally.pushed += 1;
          else if (outcome.kind === 'later') after = Math.max(after, item.through);
          left -= 1;
          report({ phase: 'send', done: tally.pushed, total: tally.pushed + left, unit: 'rows', files: null, current: null });
          return outcome;
        });
        begin += group.length;
        // What came about there (a model, a version, a name) others stand on: they are looked up anew.
        made = outcomes.some((outcome) => outcome.kind === 'sent' && (outcome.learned.model !== undefined || outcome.learned.version !== undefined || outcome.learned.renamed !== undefined || outcome.learned.registry !== undefined));
      }
    }
  }

  async function pushOne(remote: Remote, connector: Connector, item: PushItem, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
    const noted = async (outcome: PushOutcome): Promise<void> => {
      if (outcome.kind === 'sent' && outcome.learned.registry !== undefined) await write(remote.id, 'internal.noteRegistry', { remoteId: remote.id, touch: item.touch, through: item.through, ...outcome.learned.registry });
      else await write(remote.id, 'internal.notePush', { remoteId: remote.id, touch: item.touch, through: item.through, outcome });
    };
    try {
      let outcome = await connector.push(item, outgoing, signal);
      if (outcome.kind === 'conflict') outcome = { ...outcome, theirs: await read('internal.sideOf', { remoteId: remote.id, model: outcome.model, token: outcome.theirs.value }) };
      await noted(outcome);
      return outcome;
    } catch (thrown) {
      // What is missing here won't be there at the next try either.
      if (isVitrineError(thrown) && (thrown.code === 'object_missing' || thrown.code === 'object_damaged')) {
        const outcome: PushOutcome = { kind: 'dead', error: 'Its bytes are missing or damaged in the store here.' };
        await noted(outcome);
        return outcome;
      }
      if (isVitrineError(thrown) && thrown.code !== 'cancelled') await noted({ kind: 'later', error: sentenceOf(thrown) });
      throw thrown;
    }
  }

  // Bytes ---------------------------------------------------------------------------------------------------------------

  const bytes: Bytes = createBytes(rooms, async (remoteId) => {
    const remote = await read<Remote>('remotes.get', { id: remoteId });
    const { connector, pace } = await connectorOf(remote);
    return { name: remote.name, connector, pace };
  });

  async function fetchWanted(remote: Remote, signal: AbortSignal, report: (progress: Progress) => void): Promise<void> {
    const loop = loopOf(remote.id);
    loop.choosing = new AbortController();
    const { signal: chosenAnew } = loop.choosing;
    // A policy that changed since this round began is not the one to go by.
    const { bytes: policy } = await read<Remote>('remotes.get', { id: remote.id });
    const wanted = policy.kind === 'on_demand' ? [] : await read<readonly Unfetched[]>('internal.unfetched', { remoteId: remote.id });
    let left = wanted.length;
    try {
      for (const version of wanted) {
        await fetchOne(remote, version, left - 1, AbortSignal.any([signal, chosenAnew]), report);
        left -= 1;
      }
    } catch (thrown) {
      // What the new policy wants comes with the round that follows.
      if (!chosenAnew.aborted || signal.aborted) throw thrown;
      left = 0;
    } finally {
      if (loop.fetching !== null || left > 0) stand(remote.id, { fetching: left === 0 ? null : { versionId: null, label: null, done: 0, total: null, rate: null, waiting: left } });
    }
  }

  async function fetchOne(remote: Remote, version: Unfetched, waiting: number, signal: AbortSignal, report: (progress: Progress) => void): Promise<void> {
    const [known] = await read<readonly BytesSources[]>('internal.bytesSources', { versionIds: [version.versionId] });
    const label = known?.label ?? version.model;
    const meter = rateMeter();
    const came = (done: number, total: number | null): void => {
      const loop = loopOf(remote.id);
      // A file that broke off begins anew: what came of it no longer counts, and that is no speed.
      const rate = total === null ? null : meter.add({ phase: label, done, total }, performance.now()).rate;
      loop.fetching = { versionId: version.versionId, label, done, total, rate: rate === null ? null : Math.max(0, rate), waiting };
      if (performance.now() - loop.toldAt >= tellEvery) stand(remote.id, { toldAt: performance.now() });
    };
    came(0, null);
    try {
      await bytes.fetch([version.versionId], {
        signal,
        report: (progress) => {
          report(progress);
          came(progress.done, progress.total);
        },
      });
    } catch (thrown) {
      // One whose bytes can't be had doesn't keep the others from coming.
      if (!isVitrineError(thrown) || !lastingFailures.has(thrown.code)) throw thrown;
      rooms.log('warning', 'sync', 'bytes can not be fetched', { remote: remote.name, model: version.model, version: version.version, code: thrown.code });
    }
  }

  // The loops -----------------------------------------------------------------------------------------------------------

  type Counted = { readonly remoteId: number; readonly remote: Remote; readonly waiting: number; readonly conflicts: number };
  const counts = async (remoteId: number): Promise<Counted | undefined> => (await read<readonly Counted[]>('internal.remoteCounts', {})).find((row) => row.remoteId === remoteId);

  /** A round in so many milliseconds at the latest. Never puts off one that is due earlier; while one runs, the next waits for its end. */
  function plan(remoteId: number, wait: number): void {
    const loop = loopOf(remoteId);
    if (!started || ending.signal.aborted) return;
    loop.due = Math.min(loop.due ?? Infinity, performance.now() + wait);
    if (loop.timer !== null) clearTimeout(loop.timer);
    loop.timer = loop.running !== null ? null : setTimeout(() => void turn(remoteId), Math.min(Math.max(0, loop.due - performance.now()), 2_147_483_647)).unref();
  }

  /** After a round: the usual next one, or the next try. What became due while it ran stays due. */
  function planNext(remoteId: number): void {
    const loop = loopOf(remoteId);
    if (loop.phase !== 'sign_in' || loop.due !== null) plan(remoteId, loop.nextTryAt !== null ? Math.max(250, loop.nextTryAt - Date.now()) : loop.again ? times.debounce : times.interval);
    if (loop.nextTryAt === null && loop.due !== null) stand(remoteId, { nextTryAt: Math.round(Date.now() + loop.due - performance.now()) });
  }

  async function turn(remoteId: number): Promise<void> {
    const loop = loopOf(remoteId);
    loop.timer = null;
    loop.due = null;
    const remote = await read<Remote>('remotes.get', { id: remoteId }).catch(() => null);
    if (remote === null) {
      loops.delete(remoteId);
      return;
    }
    if (remote.paused) {
      stand(remoteId, { phase: 'paused', nextTryAt: null });
      return;
    }
    // How it failed is said already, with when it is tried again.
    await round(remoteId, { everything: false, signal: ending.signal, report: () => undefined }).catch(() => undefined);
  }

  async function lookForChanges(): Promise<void> {
    debounced = null;
    for (const { remoteId, remote, waiting } of await read<readonly Counted[]>('internal.remoteCounts', {})) {
      const loop = loops.get(remoteId);
      if (loop === undefined) {
        plan(remoteId, 0);
        continue;
      }
      if (loop.running !== null) loop.again ||= waiting > 0;
      // While nobody answers, a change here is no reason to ask more often.
      else if (waiting > 0 && remote.pushes && !remote.paused && loop.attempts === 0 && loop.phase !== 'sign_in') plan(remoteId, 0);
    }
  }

  return {
    start() {
      if (started || catalog.status().readOnly) return;
      started = true;
      stopListening = catalog.onChanges((notice) => {
        if (!notice.changes.some(({ entity }) => entity === 'remote' || entity === 'catalog') || debounced !== null) return;
        debounced = setTimeout(() => void lookForChanges().catch(() => undefined), times.debounce);
        debounced.unref();
      });
      void lookForChanges().catch(() => undefined);
    },
    async stop() {
      ending.abort();
      stopListening?.();
      if (debounced !== null) clearTimeout(debounced);
      for (const loop of loops.values()) if (loop.timer !== null) clearTimeout(loop.timer);
      await Promise.allSettled([...loops.values()].flatMap((loop) => loop.running ?? []));
    },
    round,
    standing(remoteId) {
      const loop = loops.get(remoteId);
      return loop === undefined ? { phase: 'idle', failure: null, attempts: 0, nextTryAt: null, lastSuccessAt: null, lastCompleteAt: null, fetching: null } : { phase: loop.phase, failure: loop.failure, attempts: loop.attempts, nextTryAt: loop.nextTryAt, lastSuccessAt: loop.lastSuccessAt, lastCompleteAt: loop.lastCompleteAt, fetching: loop.fetching };
    },
    async plan(remoteId, signal) {
      const remote = await read<Remote>('remotes.get', { id: remoteId });
      const { connector } = await connectorOf(remote);
      const items = await read<readonly PushItem[]>('internal.planWork', { remoteId });
      const planned = [];
      for (const item of items) planned.push(await planItemOf(connector, item, items, signal));
      return summed(remote.id, planned);
    },
    async sent(remoteId, which, signal) {
      const remote = await read<Remote>('remotes.get', { id: remoteId });
      const all = await read<readonly SentHere[]>('internal.sentWork', { remoteId, ...which });
      const { connector } = await connectorOf(remote);
      const items: SentItem[] = [];
      // What stands on something comes before it: whether that goes decides about the rest.
      const depth = (one: SentHere): number => (one.kind === 'model' ? 2 : one.kind === 'version' ? 1 : 0);
      for (const level of [0, 1, 2]) {
        const going = all.filter((one) => items.some((item) => item.id === one.id && item.verdict === 'take_back'));
        const here = all.filter((one) => depth(one) === level);
        for (let begin = 0; begin < here.length; begin += pushConcurrency) items.push(...(await allOf(here.slice(begin, begin + pushConcurrency).map((one) => sentItemOf(connector, one, going, remote.name, signal)))));
      }
      return items;
    },
    async members(remoteId, signal) {
      const remote = await read<Remote>('remotes.get', { id: remoteId });
      const { connector } = await connectorOf(remote);
      if (connector.members === undefined) throw new VitrineError('not_offered', { details: { explanation: `“${remote.name}” is an MLflow server: its registry has no members.` } });
      return connector.members(remote.registries.flatMap((one) => one.there ?? []), AbortSignal.any([signal, ending.signal]));
    },
    async test(place, signal) {
      const host = URL.parse(place.url)?.host ?? place.url;
      const connector = await connect({ ...place, name: host, destination: null, project: '' }, place.credential, { requests: 0, bytesIn: 0, bytesOut: 0 }, new Pace(null));
      return connector.test(AbortSignal.any([signal, ending.signal]));
    },
    bytes: {
      ...bytes,
      fetch: (versionIds, work) => bytes.fetch(versionIds, { ...work, signal: AbortSignal.any([work.signal, ending.signal]) }),
      put: (bucketId, versionIds, work) => bytes.put(bucketId, versionIds, { ...work, signal: AbortSignal.any([work.signal, ending.signal]) }),
    },
    changed(remoteId, what) {
      connectors.delete(remoteId);
      const loop = loops.get(remoteId);
      if (what?.bytes === true) loop?.choosing.abort();
      if (loop !== undefined) stand(remoteId, { attempts: 0, nextTryAt: null, phase: loop.phase === 'paused' || loop.phase === 'sign_in' ? 'idle' : loop.phase });
      plan(remoteId, 0);
    },
    async halt(remoteId) {
      const loop = loopOf(remoteId);
      loop.halting.abort();
      await loop.running?.catch(() => undefined);
      loop.halting = new AbortController();
    },
    onStanding(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
