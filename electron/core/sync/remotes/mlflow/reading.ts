/** What changed there: which models are asked about in which round, and their versions. */
import { isVitrineError } from '#shared/contract/errors.ts';
import type { Desk, IncomingModel, IncomingUse, KnownModel, IncomingVersion, PlaceholderEntry, PullMode, PullReport } from '../connector.ts';
import { aliasesOf, hashOf, isListable, redacted, tagsOf, timeOf, type ModelVersion, type RegisteredModel } from './api.ts';
import type { Place } from './place.ts';
import { runsOf } from './runs.ts';

const hotRows = 100;
/** A server's clock may have gone back by this much since the last round, in milliseconds. */
const overlap = 120_000;
/** Models per sweep whose versions are read again though nothing says so: tags of versions move no time. */
export const auditedPerSweep = 5;
const concurrency = 4;
/** Of questions that the server has long to answer: as many as keep it and us at work. */
const concurrencyOfLists = 2;
/** Answers that are held at most until they are written: enough that the server is never kept waiting for the disk here. */
const heldAhead = 4;
/** Versions that come in within one transaction: fewer wait for the disk more often, more make other writes wait for longer than a sixth of a second. */
const versionsPerPage = 1000;
/** The first questions are small, so that there is something to write early: then each is twice as large. */
const firstVersions = 250;
/** What is asked with one question, at most: versions, as far as their numbers tell, models, and characters of their names in an address. */
const mostAtOnce = { versions: 2000, models: 50, characters: 4000 } as const;
/** What is gone is asked for by name before it is believed; more than this at once is believed at a later sweep. */
const askedByName = 50;

export function readingOf(there: Place) {
  const { api, http } = there;
  const { bringRuns } = runsOf(there);
  /** Where the newest change was at the last round, by the server's clock. */
  let watermark = 0;

  async function pull(desk: Desk, mode: PullMode, runs: boolean, signal: AbortSignal): Promise<PullReport> {
    const hot = await readHot(signal);
    const known = new Map((await desk.known(hot.rows.map((row) => row.name))).map((row) => [row.name, row]));
    const news = hot.rows.some((row) => known.get(row.name)?.createdAt !== timeOf(row.creation_timestamp));
    let rows = hot.rows;
    let { complete } = hot;
    const early = { applied: 0, conflicts: 0 };
    // What is new may be something old under another name: only the whole tells.
    if (!complete && (mode === 'sweep' || news)) {
      const all = new Map<string, RegisteredModel>();
      // Where nothing is known yet nothing can be so: then the first models come while all are listed.
      const first = known.size === 0 && (await desk.absent([])).length === 0 ? bring(desk, hot.rows, new Set(), known, null, runs, signal) : null;
      const [listed, begun] = await Promise.allSettled([listInto(all, desk, signal), first]);
      if (listed.status === 'rejected') throw listed.reason;
      if (begun.status === 'rejected') throw begun.reason;
      Object.assign(early, begun.value);
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
    return { applied: early.applied + pulled.applied, conflicts: early.conflicts + pulled.conflicts, complete };
  }

  async function listInto(all: Map<string, RegisteredModel>, desk: Desk, signal: AbortSignal): Promise<void> {
    for await (const page of api.allModels(signal)) {
      for (const row of page) all.set(row.name, row);
      desk.progress({ phase: 'read models', done: all.size, total: null, unit: 'rows', files: null, current: null });
    }
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

  async function bring(desk: Desk, rows: readonly RegisteredModel[], stale: ReadonlySet<string>, known: ReadonlyMap<string, Known>, present: readonly string[] | null, runs: boolean, signal: AbortSignal) {
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
    const groups = groupsOf(rows, (row) => isOwnAlone(row, known.get(row.name), stale));
    const reading: Promise<readonly (IncomingModel | null)[]>[] = [];
    let next = 0;
    let asked = 0;
    let done = 0;
    /** Some are read ahead, in their order: the server works on several at once, and while pages are written. */
    const readAhead = (): void => {
      while (next < groups.length && reading.length < heldAhead && asked < ((groups[next]?.length ?? 0) > 1 ? concurrencyOfLists : concurrency)) {
        asked += 1;
        const answered = (): void => {
          asked -= 1;
          readAhead();
        };
        const ahead = readGroup(desk, groups[next++] ?? [], known, stale, signal);
        // A failure is heard where its turn comes.
        ahead.then(answered, () => undefined);
        reading.push(ahead);
      }
    };
    try {
      for (const group of groups) {
        readAhead();
        const read = await reading.shift();
        readAhead();
        for (const model of read ?? []) {
          // The next round finds it as it is then.
          if (model === null) continue;
          page.push(model);
          size += 1 + (model.versions?.length ?? 0);
          if (size >= versionsPerPage) await flush();
        }
        done += group.length;
        desk.progress({ phase: 'read versions', done, total: rows.length, unit: 'rows', files: null, current: group[0]?.name ?? null });
      }
    } finally {
      next = groups.length;
      await Promise.allSettled(reading);
      // Also where reading failed: nothing is written behind the round's back.
      await flush();
      await writing;
    }
    // Whatever was used may be a version of any model: so after all of them.
    if (uses.length > 0) await desk.applyUses(uses);
    return { applied, conflicts };
  }

  /** Several models with one question, as far as the server takes it; whatever that leaves open is asked one by one. */
  async function readGroup(desk: Desk, group: readonly RegisteredModel[], known: ReadonlyMap<string, Known>, stale: ReadonlySet<string>, signal: AbortSignal): Promise<readonly (IncomingModel | null)[]> {
    const asked = group.filter((listed) => !isOwnAlone(listed, known.get(listed.name), stale));
    const together = asked.length > 1 ? await api.versionsOfSeveral(asked.map((listed) => listed.name), signal) : null;
    const read: (IncomingModel | null)[] = [];
    for (const listed of group) {
      if (!asked.includes(listed)) {
        read.push({ ...incoming(listed), versions: null });
        continue;
      }
      const found = await readVersions(listed, known.get(listed.name)?.versions ?? [], together?.get(listed.name), signal);
      read.push(found === null ? null : { ...incoming(found.row), versions: found.versions.map((version) => incomingVersion(desk, found.row, version)) });
    }
    return read;
  }

  /**
   * The versions of a model that was listed, which are asked for by its name: a model that was renamed in between has none under that name, and
   * must not be taken for one that lost all of them. So where versions lack that were known, or that an alias stands on, the model itself is
   * looked at again. Null: it is not there any more under that name, or does not keep still.
   */
  async function readVersions(listed: RegisteredModel, known: readonly string[], read: readonly ModelVersion[] | undefined, signal: AbortSignal): Promise<{ readonly row: RegisteredModel; readonly versions: readonly ModelVersion[] } | null> {
    let row = listed;
    for (let turn = 0; turn < 3; turn++) {
      const versions = (turn === 0 && read !== undefined ? read : await api.versions(row.name, signal)).filter((version) => (version.status ?? 'READY') === 'READY');
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

  return { pull };
}

type Known = Pick<KnownModel, 'hash' | 'createdAt' | 'updatedAt' | 'versions'>;

/** Whether only the model itself has changed: then its versions need not be read. */
function isOwnAlone(listed: RegisteredModel, was: Known | undefined, stale: ReadonlySet<string>): boolean {
  return was !== undefined && was.createdAt === timeOf(listed.creation_timestamp) && was.updatedAt === timeOf(listed.last_updated_timestamp) && was.hash.split('.')[1] === hashOf(listed).split('.')[1] && !stale.has(listed.name)
    && Object.values(aliasesOf(listed)).every((version) => was.versions.includes(version));
}

/** In their order, as many together as one question may be about. */
function groupsOf(rows: readonly RegisteredModel[], isCheap: (row: RegisteredModel) => boolean): readonly (readonly RegisteredModel[])[] {
  const groups: RegisteredModel[][] = [];
  let room = { versions: 0, models: 0, characters: 0 };
  for (const row of rows) {
    const versions = isCheap(row) ? 0 : 1 + Math.max(0, ...(row.latest_versions ?? []).map((version) => Number(version.version)));
    const characters = encodeURIComponent(row.name).length + 10;
    const group = groups.at(-1);
    if (group !== undefined && isListable(row.name) && versions <= room.versions && room.models > 0 && characters <= room.characters) group.push(row);
    else {
      // One whose name can't stand in a list is asked about by itself.
      room = isListable(row.name) ? { ...mostAtOnce, versions: Math.min(mostAtOnce.versions, firstVersions * 2 ** groups.length) } : { versions: 0, models: 0, characters: 0 };
      groups.push([row]);
    }
    room = { versions: room.versions - versions, models: room.models - 1, characters: room.characters - characters };
  }
  return groups;
}
