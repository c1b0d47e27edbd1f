/**
 * From events to deliveries, and from deliveries to the world.
 *
 * The history is the queue of events: whatever is in it was committed, and the engine reads on from its cursor. What an event sets off is
 * queued together with the cursor's move; an attempt is written down before anything leaves and again when it ended. So an end at any point
 * loses nothing, and what may have gone out twice is known. Writes of others cost nothing more than they did.
 */
import type { ChangeNotice } from '#shared/contract/index.ts';
import { inScope, nextStep, restOf, type AutomationFacts, type DeliveryTimes } from '#shared/domain/index.ts';
import type { AttemptEnd, ToQueue } from '../catalog/commands/automations.ts';
import type { OpenDelivery, Rule } from '../catalog/queries/automations.ts';
import { actionsOf, impossible, together, traits, type Attempted, type Prepared } from './actions.ts';
import type { AutomationPort } from './port.ts';
import { passes, ruleBook, type RuleBook } from './rules.ts';

export type Engine = {
  /** Resolves once what is committed by now has been looked at and nothing is due: for tests and orderly ends. */
  settled(): Promise<void>;
  /** Ends in order: attempts under way are cut off and will be made again. */
  stop(): Promise<void>;
};

export type EngineOptions = {
  readonly log: (level: 'info' | 'warning' | 'error', message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly random?: () => number;
  readonly now?: () => number;
  /** How long is waited between attempts. */
  readonly times?: DeliveryTimes;
  /** Certificates in PEM form trusted beside the system's. */
  readonly ca?: string;
  /** Milliseconds that a target is left alone after an attempt could not be written down. */
  readonly afterTrouble?: number;
  /** Targets that are served at once. */
  readonly parallel?: number;
};

const factsAtOnce = 500;
/** Events are gathered for so many milliseconds before they are looked at: whoever makes many, one after the other, is not held up by a look at each. */
const gathering = 25;
const openAtOnce = 5000;
/** Events that set nothing off are not looked at again after this many. */
const cursorEvery = 2000;
/** An automation's action sets off another one: so long a chain is a loop through something that can't be seen. */
const longestChain = 10;
const metricDelay = 500;
const day = 24 * 60 * 60_000;
const keptDays = 30;
/** How long a target is left alone after an attempt that could not even be written down, such as on a full disk. */
const afterTrouble = 5000;

type Target = { readonly name: string; readonly waiting: OpenDelivery[]; busy: boolean; failures: number; restUntil: number; /** Requests of a batch: more while all goes well and fast. */ atOnce: number; /** What could not be written down yet, such as on a full disk. */ unwritten: SentBatch | null };

type Begun = { readonly delivery: OpenDelivery; readonly prepared: Prepared | null; readonly attemptId: number };

type SentBatch = {
  readonly ended: readonly AttemptEnd[];
  readonly kept: readonly { readonly delivery: OpenDelivery; readonly next: AttemptEnd['next'] }[];
  /** Begun, and never sent. */
  readonly unsent: readonly { readonly id: number; readonly attemptId: number }[];
  /** All went well, and soon. */
  readonly smooth: boolean;
};

const mostAtOnce = 64;
/** Milliseconds after which nothing more of a batch is sent: what was sent should not stay unwritten for long. */
const batchTime = 50;
/** Facts are kept from the look at an event to its first attempt: for so many events, and as many milliseconds. */
const knownAtMost = 1000;
const knownFor = 2000;
const nothingSent: SentBatch = { ended: [], kept: [], unsent: [], smooth: true };
const nothing: ReadonlySet<number> = new Set();

const cancelledBefore = impossible('It was cancelled.');

export function startEngine(port: AutomationPort, options: EngineOptions): Engine {
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const parallel = options.parallel ?? 16;
  const stopping = new AbortController();
  const targets = new Map<string, Target>();
  /** Everything that waits, by id, as its target has it. */
  const open = new Map<number, OpenDelivery>();
  const underWay = new Map<number, AbortController>();
  const running = new Set<Promise<void>>();
  const actions = actionsOf(port, options);
  /** Actions under way that make events. */
  const acting = new Set<Promise<Attempted>>();
  const arriving = new Set<number>();
  /** Queued a moment ago, and being asked for already. */
  const fresh = new Set<number>();
  /** Written down as done, and not told as such yet. */
  const done = new Set<number>();
  /** What the last looks learnt of events that are about to be told, so that it is not read a second time. */
  const known = new Map<number, { readonly at: number; readonly facts: readonly AutomationFacts[] }>();
  let taking = false;
  /** More targets have something due than are served at once. */
  let crowded = false;
  let book: RuleBook | null = null;
  /** The newest event that the book knows of: what came later may have changed it, before any notice says so. */
  let bookHead = 0;
  /** How often the book was thrown away. */
  let outdated = 0;
  let cursor: number | null = null;
  let keptCursor = 0;
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let lookTimer: NodeJS.Timeout | null = null;
  let timer: NodeJS.Timeout | null = null;
  let metricTimer: NodeJS.Timeout | null = null;
  const metricRuns = new Set<number>();
  /** Somebody began to wait for metrics: what runs report already counts. */
  let allRunning = false;

  const stopListening = port.onChanges(heard);
  let sweeping: Promise<void> | null = null;
  const sweeper = setInterval(sweep, day / 4);
  sweeper.unref();
  look();
  // At once too: most windows are closed again before a quarter of a day is over.
  sweep();

  /** Forgets the log of what went well long ago, by steps, so that no command waits long behind it. */
  function sweep(): void {
    sweeping ??= (async () => {
      while (!stopping.signal.aborted && (await port.sweep(now() - keptDays * day)).more);
    })()
      .catch(put('sweep'))
      .finally(() => (sweeping = null));
  }

  function heard(notice: ChangeNotice): void {
    let matters = false;
    for (const { entity, ids } of notice.changes) {
      // A registry changes with every link; where that changes what makers see, its event says so.
      if (entity === 'automation' || entity === 'member' || entity === 'user') forgetBook();
      if (entity === 'event' || entity === 'automation') matters = true;
      if (entity === 'delivery') {
        if (ids === 'all') void takeOpen().catch(put('open'));
        else for (const id of ids) if (!done.delete(id) && !fresh.has(id) && (!open.has(id) || waitsLater(id))) arriving.add(id);
        if (arriving.size > 0) void takeArriving().catch(put('open'));
        const told = ids === 'all' ? null : new Set(ids);
        const watched = [...underWay.keys()].filter((id) => told?.has(id) !== false);
        if (watched.length > 0) void cutOff(watched).catch(put('cancel'));
      }
      if ((entity === 'run_data' || entity === 'run') && ids !== 'all' && (book === null || book.thresholds.length > 0)) for (const id of ids) metricRuns.add(id);
    }
    if (metricRuns.size > 0) metricTimer ??= setTimeout(() => void lookAtMetrics().catch(put('metrics')), metricDelay);
    if (matters) lookTimer ??= setTimeout(look, gathering);
  }

  function put(what: string): (thrown: unknown) => void {
    return (thrown) => {
      if (!stopping.signal.aborted) options.log('error', `${what} of automations went wrong`, { reason: thrown instanceof Error ? thrown.stack : String(thrown) });
    };
  }

  // Events ------------------------------------------------------------------------------------------------------------------------------

  function look(): void {
    if (lookTimer !== null) clearTimeout(lookTimer);
    lookTimer = null;
    lookAgain = true;
    looking ??= (async () => {
      while (lookAgain && !stopping.signal.aborted) {
        lookAgain = false;
        await lookOnce();
      }
    })()
      .catch(put('matching'))
      .finally(() => {
        looking = null;
        // Something came between the last look and now.
        if (lookAgain && !stopping.signal.aborted) look();
      });
  }

  function forgetBook(): void {
    book = null;
    outdated += 1;
  }

  async function rulesNow(): Promise<RuleBook> {
    for (;;) {
      const known = book;
      if (known !== null) return known;
      const asked = outdated;
      const { rules, head } = await port.rules();
      // Read before what made the last one old, or before another that was read meanwhile.
      if (asked !== outdated || head < bookHead) continue;
      const made = ruleBook(rules);
      book = made;
      bookHead = head;
      if (made.thresholds.length > 0) {
        allRunning = true;
        metricTimer ??= setTimeout(() => void lookAtMetrics().catch(put('metrics')), metricDelay);
      }
    }
  }

  async function lookOnce(): Promise<void> {
    if (cursor === null) {
      cursor = (await port.cursor()).cursor;
      keptCursor = cursor;
      await port.resume();
      await takeOpen();
    }
    for (;;) {
      let rules = await rulesNow();
      if (rules.since === null) {
        // Nobody listens: whoever begins to, hears from then on.
        cursor = Math.max(cursor, bookHead);
        return;
      }
      const from: number = Math.max(cursor, rules.since);
      const { facts, last, rulesChanged } = await port.facts({ after: from, limit: factsAtOnce, events: rules.events });
      if (last <= from) break;
      if (rulesChanged > bookHead) {
        // Rules from before these events would let pass what was made for them.
        forgetBook();
        rules = await rulesNow();
        // Of what nobody listened to a moment ago nothing was told.
        continue;
      }
      // Of an event that happened in several places an automation hears once: the queue takes it once.
      const found: ToQueue[] = [];
      for (const one of facts) {
        const taking = rules.taking(one);
        const chain = taking.length > 0 && one.entrance === 'automation' ? await causesOf(one.eventId) : [];
        for (const rule of taking) found.push({ automationId: rule.id, eventId: one.eventId, actions: rule.definition.actions, ...stoppedBy(rule, chain) });
      }
      cursor = last;
      if (found.length > 0 || last - keptCursor >= cursorEvery) {
        const { ids } = await port.queue({ from, to: last, found });
        keptCursor = last;
        for (const id of ids) fresh.add(id);
        keepFacts(new Set(found.map(({ eventId }) => eventId)), facts);
        try {
          await takeOpen(ids);
        } finally {
          fresh.clear();
        }
      }
      if (stopping.signal.aborted) return;
    }
  }

  /** An event is there before it is noted whose doing it was: whatever may have made it comes to its end first. */
  async function causesOf(eventId: number): Promise<readonly number[]> {
    await Promise.all(acting);
    return port.causes(eventId);
  }

  function keepFacts(eventIds: ReadonlySet<number>, facts: readonly AutomationFacts[]): void {
    const at = now();
    for (const [eventId, about] of Map.groupBy(facts.filter((one) => eventIds.has(one.eventId)), (one) => one.eventId)) known.set(eventId, { at, facts: about });
    for (const eventId of known.keys()) {
      if (known.size <= knownAtMost) break;
      known.delete(eventId);
    }
  }

  function stoppedBy(rule: Rule, chain: readonly number[]): { readonly stopped?: string } {
    if (chain.includes(rule.id)) return { stopped: 'A loop: this event came of the automation’s own action. It was stopped before it ran again.' };
    return chain.length >= longestChain ? { stopped: `${chain.length} automations have set each other off: the chain was stopped here.` } : {};
  }

  async function lookAtMetrics(): Promise<void> {
    metricTimer = null;
    const { thresholds } = await rulesNow();
    const ids = [...metricRuns];
    metricRuns.clear();
    const running = allRunning;
    allRunning = false;
    const waiting = thresholds.flatMap((rule) => (rule.definition.threshold === null ? [] : [{ rule, threshold: rule.definition.threshold }]));
    if (waiting.length === 0 || (ids.length === 0 && !running)) return;
    const values = await port.runMetrics({ ids, running }, [...new Set(waiting.map(({ threshold }) => threshold.metric))]);
    for (const { runId, projectId, key, value } of values) {
      for (const { rule, threshold } of waiting) {
        const { scope } = rule.definition;
        const here = scope.kind === 'organization' || (scope.kind === 'project' && scope.id === projectId);
        if (here && threshold.metric === key && passes(threshold, value)) await port.noteMetric({ automationId: rule.id, runId, metric: key, value });
      }
    }
  }

  // Deliveries --------------------------------------------------------------------------------------------------------------------------

  /** What somebody gave up on while it is under way ends: a request is cut off, a job's processes are ended. */
  async function cutOff(ids: readonly number[]): Promise<void> {
    for (const id of await port.givenUp(ids)) underWay.get(id)?.abort();
  }

  /** Notices come one by one while much is sent; what they name is asked for together. */
  async function takeArriving(): Promise<void> {
    if (taking) return;
    taking = true;
    try {
      while (arriving.size > 0) {
        const ids = [...arriving];
        arriving.clear();
        await takeOpen(ids);
      }
    } finally {
      taking = false;
    }
  }

  /** Whether it waits for its time: somebody may have sent it again at once. */
  function waitsLater(id: number): boolean {
    const known = open.get(id);
    return known !== undefined && !underWay.has(id) && Math.max(known.nextAt, targets.get(known.target)?.restUntil ?? 0) > now();
  }

  /** Takes in deliveries that are open: those named, or all. */
  async function takeOpen(ids?: readonly number[]): Promise<void> {
    if (ids !== undefined && ids.length === 0) return;
    for (let after = 0; ; ) {
      const rows = await port.open({ after, ...(ids === undefined ? {} : { ids }), limit: openAtOnce });
      for (const row of rows) {
        let target = targets.get(row.target);
        if (open.has(row.id)) {
          hurry(target, row);
          continue;
        }
        open.set(row.id, row);
        if (target === undefined) targets.set(row.target, (target = { name: row.target, waiting: [], busy: false, failures: 0, restUntil: 0, atOnce: 1, unwritten: null }));
        const at = target.waiting.findLastIndex((each) => each.id < row.id) + 1;
        target.waiting.splice(at, 0, row);
      }
      const last = rows.at(-1);
      if (last === undefined || ids !== undefined || rows.length < openAtOnce) break;
      after = last.id;
    }
    pump();
  }

  /** Sent again by hand while it waited: it goes now, whatever its target did. */
  function hurry(target: Target | undefined, row: OpenDelivery): void {
    const at = target?.waiting.findIndex((each) => each.id === row.id) ?? -1;
    const known = target?.waiting[at];
    if (target === undefined || known === undefined || underWay.has(row.id) || row.nextAt === known.nextAt) return;
    target.waiting[at] = row;
    open.set(row.id, row);
    if (row.nextAt <= now()) target.restUntil = 0;
  }

  function pump(): void {
    if (stopping.signal.aborted) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    crowded = false;
    const moment = now();
    let next = Infinity;
    let busy = [...targets.values()].filter((target) => target.busy).length;
    for (const target of targets.values()) {
      if (target.busy) continue;
      // In order: what stands first goes first.
      const first = target.waiting.find((each) => isFree(each, nothing));
      if (first === undefined) {
        if (target.waiting.length === 0 && target.failures === 0) targets.delete(target.name);
        continue;
      }
      const due = Math.max(first.nextAt, target.restUntil);
      if (due > moment) {
        next = Math.min(next, due);
        continue;
      }
      if (busy >= parallel) {
        crowded = true;
        return;
      }
      busy += 1;
      target.busy = true;
      // Behind the others, for the next time that there are more of them than places.
      targets.delete(target.name);
      targets.set(target.name, target);
      const work = serve(target)
        .catch((thrown: unknown) => {
          put('delivery')(thrown);
          target.restUntil = Math.max(target.restUntil, now() + (options.afterTrouble ?? afterTrouble));
        })
        .finally(() => {
          target.busy = false;
          running.delete(work);
          if (running.size === 0) {
            known.clear();
            done.clear();
          }
          pump();
        });
      running.add(work);
    }
    if (next < Infinity) {
      timer = setTimeout(pump, Math.min(next - moment, 60_000));
      timer.unref();
    }
  }

  /**
   * Serves a target while something is due there and all goes well: by batches, each begun in one transaction before the first of it leaves and
   * sent in order one after the other. Where a target has shown that it answers soon, the next batch is put together and begun, and the last one
   * written down, while one is sent. So a delivery costs a share of one durable write, and waits for none; and at an end of core the log still
   * shows as "may have arrived" all that could have left.
   */
  async function serve(target: Target): Promise<void> {
    // What was sent and could not be written down is written first, and not sent again.
    let begun = await step(target, target.unwritten ?? nothingSent, target.unwritten === null ? await prepareAll(choose(target, [])) : []);
    let last = nothingSent;
    while (begun.length > 0) {
      const goesOn = target.atOnce > 1 && begun.every(({ delivery }) => traits[delivery.action.kind].isSent) && !crowded && !stopping.signal.aborted;
      const before = last;
      const after = goesOn ? stepAhead(target, before, begun) : null;
      const sent = await send(target, begun);
      const next = after === null ? null : await after;
      if (next !== null && !('begun' in next)) {
        // Neither what went before nor this could be written down.
        target.unwritten = { ended: [...before.ended, ...sent.ended], kept: [...before.kept, ...sent.kept], unsent: sent.unsent, smooth: false };
        throw next.trouble;
      }
      last = sent;
      if (next !== null && sent.smooth && sent.unsent.length === 0) {
        begun = next.begun;
        continue;
      }
      // What was begun ahead has not left, and waits behind what was left of this.
      for (const { delivery } of next?.begun ?? []) underWay.delete(delivery.id);
      last = { ...sent, unsent: [...sent.unsent, ...(next?.begun ?? []).map(({ delivery, attemptId }) => ({ id: delivery.id, attemptId }))] };
      target.unwritten = last;
      const onward = sent.smooth && !crowded && !stopping.signal.aborted;
      begun = await step(target, last, onward ? await prepareAll(choose(target, sent.kept.map(({ delivery }) => delivery))) : []);
      last = nothingSent;
    }
    if (last === nothingSent) return;
    target.unwritten = last;
    await step(target, last, []);
  }

  /** The next batch, begun while `begun` is sent; what went before that is written down with it. */
  async function stepAhead(target: Target, before: SentBatch, begun: readonly Begun[]): Promise<{ readonly begun: readonly Begun[] } | { readonly trouble: unknown }> {
    try {
      return { begun: await step(target, before, await prepareAll(choose(target, [...before.kept, ...begun].map(({ delivery }) => delivery)))) };
    } catch (thrown) {
      return { trouble: thrown };
    }
  }

  /** What goes out next, in order; `before` goes well and is about to be written down as done. */
  function choose(target: Target, before: readonly OpenDelivery[]): readonly OpenDelivery[] {
    const leaving = new Set(before.map(({ id }) => id));
    const chosen: OpenDelivery[] = [];
    const moment = now();
    for (const each of target.waiting) {
      if (leaving.has(each.id)) continue;
      if (!isFree(each, leaving)) continue;
      if (each.nextAt > moment) break;
      chosen.push(each);
      if (chosen.length >= (traits[each.action.kind].isSent ? target.atOnce : 1)) break;
      leaving.add(each.id);
    }
    return chosen;
  }

  /** One that waits for an action elsewhere lets others by. `leaving` go before it. */
  function isFree(delivery: OpenDelivery, leaving: ReadonlySet<number>): boolean {
    return delivery.afterId === null || !open.has(delivery.afterId) || leaving.has(delivery.afterId);
  }

  /** Writes in one transaction how those that were sent ended and that these begin. */
  async function step(target: Target, sent: SentBatch, prepared: Awaited<ReturnType<typeof prepareAll>>): Promise<readonly Begun[]> {
    if (sent.ended.length + sent.unsent.length + prepared.length === 0) return [];
    for (const { delivery } of prepared) underWay.set(delivery.id, new AbortController());
    let begun: Begun[] = [];
    try {
      const { attemptIds } = await port.step({
        ended: sent.ended, unsent: sent.unsent,
        // Of what may take long people are told that it runs.
        begin: prepared.map(({ delivery, prepared: one }) => ({ id: delivery.id, request: one?.shown ?? '', told: delivery.action.kind === 'job' })),
      });
      target.unwritten = null;
      begun = prepared.flatMap(({ delivery, prepared: one }, index) => {
        const attemptId = attemptIds[index] ?? null;
        // Discarded meanwhile.
        if (attemptId === null) drop(target, delivery);
        return attemptId === null ? [] : [{ delivery, prepared: one, attemptId }];
      });
    } finally {
      for (const { delivery } of prepared) if (!begun.some((one) => one.delivery === delivery)) underWay.delete(delivery.id);
    }
    for (const { delivery, next } of sent.kept) {
      if (next.state === 'waiting') {
        const at = target.waiting.findIndex((each) => each.id === delivery.id);
        if (at === -1) continue;
        const later = { ...delivery, attempts: delivery.attempts + 1, nextAt: next.at };
        target.waiting[at] = later;
        open.set(later.id, later);
        continue;
      }
      if (next.state === 'done') done.add(delivery.id);
      drop(target, delivery, next.state === 'done');
    }
    return begun;
  }

  async function prepareAll(chosen: readonly OpenDelivery[]): Promise<readonly { readonly delivery: OpenDelivery; readonly prepared: Prepared | null }[]> {
    if (chosen.length === 0) return [];
    const eventIds = [...new Set(chosen.map(({ eventId }) => eventId))];
    const moment = now();
    const lately = new Map(eventIds.flatMap((id) => {
      const found = known.get(id);
      return found === undefined || moment - found.at > knownFor ? [] : [[id, found.facts] as const];
    }));
    const ids = eventIds.filter((id) => !lately.has(id));
    const facts = ids.length === 0 ? [] : (await port.facts({ ids, limit: ids.length })).facts;
    const shared = together();
    return Promise.all(chosen.map(async (delivery) => {
      const about = lately.get(delivery.eventId) ?? facts.filter(({ eventId }) => eventId === delivery.eventId);
      // One that happened in several places is told of the place that the automation listens to.
      const here = about.findLast((one) => inScope(delivery.scope, one)) ?? about[0];
      return { delivery, prepared: here === undefined ? null : await actions.prepare(delivery, here, shared) };
    }));
  }

  /** Sends one after the other until one does not go well or it has taken a while: what is left then has not left. */
  async function send(target: Target, begun: readonly Begun[]): Promise<SentBatch> {
    const ended: AttemptEnd[] = [];
    const kept: { readonly delivery: OpenDelivery; readonly next: AttemptEnd['next'] }[] = [];
    const first = performance.now();
    let smooth = true;
    let at = 0;
    try {
      for (; at < begun.length; at++) {
        const one = begun[at];
        if (one === undefined || !smooth || (at > 0 && performance.now() - first > batchTime)) break;
        const result = await attempt(target, one);
        // Cut off by an end of core: it stays "sending", and is made again with the warning that it may have arrived.
        if (result === null) {
          smooth = false;
          continue;
        }
        ended.push(result);
        kept.push({ delivery: one.delivery, next: result.next });
        smooth = result.next.state === 'done';
      }
    } finally {
      for (const { delivery } of begun) underWay.delete(delivery.id);
    }
    const unsent = begun.slice(at);
    // More where twice as many would have been sent in time.
    target.atOnce = !smooth ? 1 : unsent.length > 0 ? Math.max(1, Math.min(target.atOnce, at)) : performance.now() - first < batchTime / 2 ? Math.min(mostAtOnce, target.atOnce * 4) : target.atOnce;
    return { ended, kept, unsent: unsent.map(({ delivery, attemptId }) => ({ id: delivery.id, attemptId })), smooth };
  }

  /** null where core ends in the middle of it. */
  async function attempt(target: Target, { delivery, prepared, attemptId }: Begun): Promise<AttemptEnd | null> {
    const controller = underWay.get(delivery.id) ?? new AbortController();
    const at = now();
    const start = performance.now();
    const result = controller.signal.aborted ? cancelledBefore : prepared === null ? impossible('What it was about is no longer known.') : await perform(delivery, prepared, controller.signal);
    if (stopping.signal.aborted) return null;
    const cancelled = controller.signal.aborted;
    const decided = cancelled ? ({ kind: 'dead', why: 'impossible' } as const) : nextStep(result.outcome, delivery.attempts + 1, random(), options.times);
    const next: AttemptEnd['next'] = decided.kind === 'done' ? { state: 'done' } : decided.kind === 'dead' ? { state: 'dead' } : { state: 'waiting', at: now() + decided.in };
    // That somebody gave up says nothing of the target.
    if (!cancelled) {
      target.failures = decided.kind === 'done' || (decided.kind === 'dead' && decided.why === 'refused') ? 0 : target.failures + 1;
      target.restUntil = now() + restOf(target.failures, options.times);
    }
    return { id: delivery.id, attemptId, at, milliseconds: performance.now() - start, status: result.status, response: result.response, problem: cancelled ? 'It was cancelled.' : result.problem, next };
  }

  async function perform(delivery: OpenDelivery, prepared: Prepared, signal: AbortSignal): Promise<Attempted> {
    const performed = prepared.perform(signal).catch(wentWrong);
    if (!traits[delivery.action.kind].makesEvents) return performed;
    acting.add(performed);
    try {
      return await performed;
    } finally {
      acting.delete(performed);
    }
  }

  /** Something of ours failed, and not the target: it is tried again like what did not get through. */
  function wentWrong(thrown: unknown): Attempted {
    put('delivery')(thrown);
    return { outcome: { kind: 'failed', transient: true }, status: null, response: '', problem: thrown instanceof Error ? thrown.message : String(thrown) };
  }

  /** `freed`: whether what waits for it may go on. */
  function drop(target: Target, delivery: OpenDelivery, freed = true): void {
    const at = target.waiting.findIndex((each) => each.id === delivery.id);
    if (at !== -1) target.waiting.splice(at, 1);
    open.delete(delivery.id);
    if (freed) return;
    // What was to come after it waits until somebody replays it: out of the way, but not lost.
    for (const each of targets.values()) {
      for (const later of each.waiting.filter((one) => one.afterId === delivery.id)) {
        each.waiting.splice(each.waiting.indexOf(later), 1);
        open.delete(later.id);
      }
    }
  }

  return {
    async settled() {
      for (;;) {
        if (lookTimer !== null) look();
        while (looking !== null) await looking;
        if (running.size === 0 && lookTimer === null) return;
        await Promise.all(running);
      }
    },
    async stop() {
      stopListening();
      clearInterval(sweeper);
      stopping.abort();
      for (const each of underWay.values()) each.abort();
      if (timer !== null) clearTimeout(timer);
      if (lookTimer !== null) clearTimeout(lookTimer);
      if (metricTimer !== null) clearTimeout(metricTimer);
      await looking;
      await sweeping;
      await Promise.all(running);
      actions.close();
    },
  };
}
