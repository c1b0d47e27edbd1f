/**
 * The writing thread. Commands that arrive together share a transaction, each in a savepoint, and are answered only after the commit: one
 * flush to the disk then stands for all of them. A command that fails takes back its own part alone.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { VitrineError } from '#shared/contract/errors.ts';
import { forgetAskers } from './access.ts';
import { dropSuperfluousBackups, newestGoodBackup, takeBackup } from './backups.ts';
import type { commands } from './commands/index.ts';
import { openReader, type Connection } from './connection.ts';
import { isCorruption, isFull, named } from './failures.ts';
import { toFailure } from './failure.ts';
import { ChangeSet } from './feed.ts';
import { catalogFiles, stamp, type CatalogFiles } from './files.ts';
import { foundCatalog } from './founding.ts';
import { forgetEnd, newestEvent } from './history.ts';
import { newestSchema, refuseNewer, schemaOf } from './migrations/index.ts';
import { markSuspect, openCatalogFile, putAside, type Recovery } from './opening.ts';
import { takeOwnership, type Ownership } from './owner.ts';
import type { CatalogStatus, CommandContext, FromWorker, Reply, Request, WorkerData, WriteResult } from './protocol.ts';
import { isProvisional } from './provisional.ts';
import { runLogFile } from './runlog/file.ts';
import { commandScope } from './scope.ts';
import { indexSome, isIndexBehind } from './search-index.ts';
import { settledThrough, settleSome } from './settling.ts';
import { sql } from './sql.ts';
import { newestRev, statusOf } from './status.ts';
import { writeBack, writeBackLong } from './writingBack.ts';

/** Commands in one transaction at most, so that nobody waits long behind others. */
const groupLimit = 256;
/**
 * The word index is worked off this long after the last command, in milliseconds: a script that logs one version after the other is not answered beside
 * that work each time, and many marks at once cost little more than one. A search doesn't wait for it.
 */
const indexDelay = 250;
/** So many commits put it off, so that a search finds no more to work off than it can wait for. */
const putOffAtMost = 4000;
const indexBatch = 500;
/** So many events are taken into the indexes of the history at once, or what there is at the next quiet moment. */
const settledBy = 512;
/** A log file above this many bytes is emptied at the next quiet moment. */
const emptiedBytes = 8 * 1024 * 1024;
const quietMilliseconds = 2000;
const backupEvery = 15 * 60 * 1000;
/** Milliseconds after the opening when the commands' code is loaded in any case, so that the first of them needn't wait for it. */
const commandsAfter = 1000;

/** A run log above this many bytes is not copied for a look at a catalog that can't be written. */
const copiedLogBytes = 256 * 1024 * 1024;

type Call = Extract<Request, { readonly t: 'call' }>;

export function runWriter(port: MessagePort, data: WorkerData & { readonly role: 'writer' }): void {
  const files = catalogFiles(data.directory);
  const tell = (message: FromWorker) => port.postMessage(message);
  try {
    const writer = data.readOnly ? openToLook(files) : openToWriteOrLook(files, data);
    const thread = new WriterThread(port, files, data, writer);
    tell({ t: 'ready', status: thread.status() });
  } catch (error) {
    tell({ t: 'failed', failure: toFailure(named(error, files.directory)) });
    port.once('message', (requests: readonly Request[]) => {
      for (const { id } of requests) tell({ id, ok: true, value: null });
      port.close();
    });
  }
}

type OpenedWriter = { readonly connection: Connection; readonly file: string; readonly recovery: Recovery | null; readonly readOnly: boolean; close(): void };

function openToWrite(files: CatalogFiles, data: WorkerData & { readonly role: 'writer' }): OpenedWriter {
  const ownership: Ownership | null = data.owned ? null : takeOwnership(files);
  try {
    const { connection, recovery } = openCatalogFile(files, { now: Date.now });
    foundCatalog(connection, data.founding, Date.now());
    return { connection, file: files.catalog, recovery, readOnly: false, close: () => ownership?.release() };
  } catch (error) {
    ownership?.release();
    throw error;
  }
}

/** On a full disk not even the log can be made: what is there can still be looked at. */
function openToWriteOrLook(files: CatalogFiles, data: WorkerData & { readonly role: 'writer' }): OpenedWriter {
  try {
    return openToWrite(files, data);
  } catch (error) {
    if (isFull(error) && existsSync(files.catalog) && statSync(files.catalog).size > 0) return openToLook(files);
    throw error;
  }
}

/** Where the folder can't be written, SQLite can't open a catalog with a log beside it: a copy elsewhere is looked at instead. */
function openToLook(files: CatalogFiles): OpenedWriter {
  let file = files.catalog;
  let scratch: string | null = null;
  const attempt = (): Connection => {
    const connection = openReader(file);
    try {
      refuseNewer(schemaOf(connection), newestSchema, files.catalog);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  };
  let connection: Connection;
  try {
    connection = attempt();
  } catch (error) {
    if (error instanceof VitrineError || isCorruption(error)) throw error;
    scratch = mkdtempSync(join(tmpdir(), 'vitrine-look-'));
    file = join(scratch, basename(files.catalog));
    for (const tail of ['', '-wal']) if (existsSync(files.catalog + tail)) copyFileSync(files.catalog + tail, file + tail);
    // Lines of runs come along as long as that is quickly done.
    const log = runLogFile(files.catalog);
    if (existsSync(log) && statSync(log).size <= copiedLogBytes) for (const tail of ['', '-wal']) if (existsSync(log + tail)) copyFileSync(log + tail, runLogFile(file) + tail);
    connection = attempt();
  }
  return { connection, file, recovery: null, readOnly: true, close: () => { if (scratch !== null) rmSync(scratch, { recursive: true, force: true }); } };
}

class WriterThread {
  readonly #port: MessagePort;
  readonly #files: CatalogFiles;
  readonly #data: WorkerData & { readonly role: 'writer' };
  #commands: typeof commands | null = null;
  #loading = false;
  /** What came before the commands were there. */
  readonly #held: Request[] = [];
  /** What was taken out of the port and not begun yet. */
  readonly #queue: Request[] = [];
  #opened: OpenedWriter;
  #db: Connection;
  #rev: number;
  #indexBehind: boolean;
  #indexTimer: NodeJS.Timeout | null = null;
  #quietTimer: NodeJS.Timeout | null = null;
  #backupTimer: NodeJS.Timeout | null = null;
  #commitsSinceIndexed = 0;
  /** The number up to which events are settled. */
  #settled: number;
  #settleTimer: NodeJS.Timeout | null = null;
  #flushing = true;
  #dirtySinceBackup = false;

  constructor(port: MessagePort, files: CatalogFiles, data: WorkerData & { readonly role: 'writer' }, opened: OpenedWriter) {
    this.#port = port;
    this.#files = files;
    this.#data = data;
    this.#opened = opened;
    this.#db = opened.connection;
    this.#rev = newestRev(this.#db);
    this.#settled = settledThrough(this.#db);
    this.#indexBehind = !opened.readOnly && isIndexBehind(this.#db);
    if (this.#indexBehind) this.#planIndexing();
    if (!opened.readOnly) {
      this.#backupTimer = setInterval(() => void this.#scheduledBackup(), backupEvery);
      this.#backupTimer.unref();
    }
    setTimeout(() => this.#loadCommands(), commandsAfter).unref();
    port.on('message', (requests: readonly Request[]) => this.#received(requests));
  }

  /** A start needs the catalog open, and no command yet: their code is loaded for the first request, or once the first list stands. */
  #received(requests: readonly Request[]): void {
    if (this.#commands !== null) {
      this.#arrived(requests);
      return;
    }
    this.#held.push(...requests);
    this.#loadCommands();
  }

  #loadCommands(): void {
    if (this.#loading) return;
    this.#loading = true;
    void import('./commands/index.ts').then((loaded) => {
      this.#commands = loaded.commands;
      this.#arrived(this.#held.splice(0));
    });
  }

  status(): CatalogStatus {
    return statusOf(this.#db, { rev: this.#rev, readOnly: this.#opened.readOnly, recovery: this.#opened.recovery, file: this.#opened.file, schema: schemaOf(this.#db) });
  }

  #arrived(requests: readonly Request[]): void {
    this.#queue.push(...requests);
    // Whatever lies in the port already belongs to this group: its senders wait for the same flush.
    for (this.#takeArrived(); this.#queue.length > 0; this.#takeArrived()) {
      const group = this.#leadingCalls(() => true, groupLimit);
      if (group.length > 0) {
        this.#runGroup(group, true);
        continue;
      }
      const request = this.#queue.shift();
      if (request === undefined || request.t === 'call') continue;
      this.#serve(request);
      if (request.t === 'close') return;
    }
  }

  /** Takes all that lies in the port. */
  #takeArrived(): void {
    for (let message = receiveMessageOnPort(this.#port); message !== undefined; message = receiveMessageOnPort(this.#port)) this.#queue.push(...(message.message as readonly Request[]));
  }

  /** Takes the calls at the head of the queue, up to the first that isn't fit. */
  #leadingCalls(fit: (call: Call) => boolean, atMost: number): Call[] {
    let count = 0;
    for (const request of this.#queue) {
      if (request.t !== 'call' || count >= atMost || !fit(request)) break;
      count += 1;
    }
    return this.#queue.splice(0, count) as Call[];
  }

  #serve(request: Exclude<Request, Call>): void {
    const reply = (value: unknown) => this.#port.postMessage({ id: request.id, ok: true, value } satisfies FromWorker);
    const refuse = (error: unknown) => this.#port.postMessage({ id: request.id, ok: false, failure: toFailure(named(error, this.#files.directory)) } satisfies FromWorker);
    try {
      switch (request.t) {
        case 'index':
          this.#indexAll();
          reply(null);
          break;
        case 'backup':
          this.#backup().then(reply, refuse);
          break;
        case 'restore':
          reply(this.#restore());
          break;
        case 'close':
          this.#close();
          reply(null);
          this.#port.close();
          break;
        case 'open':
        case 'detach':
        case 'integrity':
          throw new Error(`The writer does not ${request.t}`);
      }
    } catch (error) {
      refuse(error);
    }
  }

  // Commands -----------------------------------------------------------------------------------------------------------

  /** `open`: whether what comes while it is at work may join. */
  #runGroup(group: readonly Call[], open: boolean): void {
    const replies: Reply[] = [];
    const calls = [...group];
    try {
      const changes = this.#transact(calls, open, replies);
      // One message for all: what changed is heard before whoever changed it is answered.
      this.#port.postMessage({ t: 'committed', rev: this.#rev, changes: changes?.changes() ?? [], indexBehind: this.#indexBehind, replies } satisfies FromWorker);
    } catch (error) {
      // The whole transaction is gone. One command may have been too much for the disk: the others get a chance of their own.
      if (calls.length > 1) for (const call of calls) this.#runGroup([call], false);
      else for (const call of calls) this.#port.postMessage({ id: call.id, ok: false, failure: toFailure(named(error, this.#files.directory)) } satisfies FromWorker);
      if (isCorruption(error)) markSuspect(this.#files);
      return;
    }
    this.#afterCommit();
  }

  /** Fills `replies`, and `group` with what joined it; null when nothing was changed. */
  #transact(group: Call[], open: boolean, replies: Reply[]): ChangeSet | null {
    const db = this.#db;
    const changes = new ChangeSet();
    const now = Date.now();
    const answered: { readonly id: number; readonly result: Omit<WriteResult, 'rev'> }[] = [];
    const provisional = group.every((call) => isProvisional(call.name));
    this.#flushCommits(!provisional);
    // By itself a command needs no savepoint: who joins comes after it.
    const known = group.length;
    db.run(sql`BEGIN IMMEDIATE`);
    try {
      for (let index = 0; index < group.length; index += 1) {
        const call = group[index] as Call;
        const begun = performance.now();
        const apart = known > 1 || index > 0;
        if (apart) db.run(sql`SAVEPOINT command`);
        try {
          const command = this.#commands?.[call.name];
          if (command === undefined) throw new VitrineError('unknown_operation', { details: { operation: call.name } });
          const { scope, finish } = commandScope(db, call.name, call.context as CommandContext, index < known ? now : Date.now());
          const output = command(scope, call.input as never);
          const outcome = finish();
          changes.addAll(outcome.changes);
          answered.push({ id: call.id, result: { output, undo: outcome.undo, ...(outcome.steps === undefined ? {} : { steps: outcome.steps }) } });
          if (apart) db.run(sql`RELEASE command`);
        } catch (error) {
          // A full disk may have ended the transaction by itself: then nothing of the group stands.
          if (!db.raw.inTransaction || !apart) throw error;
          db.script('ROLLBACK TO command; RELEASE command');
          this.#forget();
          replies.push({ id: call.id, ok: false, failure: toFailure(named(error, this.#files.directory)) });
          if (isCorruption(error)) markSuspect(this.#files);
        }
        const milliseconds = performance.now() - begun;
        if (milliseconds > this.#data.slowMilliseconds) this.#port.postMessage({ t: 'slow', role: 'writer', name: call.name, slow: { milliseconds, text: call.name } } satisfies FromWorker);
        if (!open || index + 1 < group.length) continue;
        // Of several clients the first is seldom heard together with the others: those that were a moment later wait for the same flush, not for one more.
        this.#takeArrived();
        group.push(...this.#leadingCalls((late) => !provisional || isProvisional(late.name), groupLimit - group.length));
      }
      const rev = changes.empty ? this.#rev : this.#rev + 1;
      if (!changes.empty) db.run(sql`INSERT INTO feed (rev, at, changes) VALUES (${rev}, ${now}, ${JSON.stringify(changes.changes())})`);
      // Asked before the commit: afterwards it would be a transaction of its own, with its own locks.
      const indexBehind = this.#indexBehind || isIndexBehind(db);
      db.run(sql`COMMIT`);
      this.#rev = rev;
      this.#indexBehind = indexBehind;
    } catch (error) {
      if (db.raw.inTransaction) db.script('ROLLBACK');
      this.#forget();
      throw error;
    }
    for (const { id, result } of answered) replies.push({ id, ok: true, value: { ...result, rev: this.#rev } satisfies WriteResult });
    return changes.empty ? null : changes;
  }

  /** After a rollback: what was remembered may be gone. */
  #forget(): void {
    forgetAskers(this.#db);
    forgetEnd(this.#db);
  }

  /** Whether the commits that follow wait for the disk. Every one that does takes those before it along. */
  #flushCommits(wanted: boolean): void {
    if (wanted === this.#flushing) return;
    this.#db.script(`PRAGMA synchronous = ${wanted ? 'FULL' : 'NORMAL'}`);
    this.#flushing = wanted;
  }

  #afterCommit(): void {
    this.#dirtySinceBackup = true;
    if (this.#indexBehind) this.#planIndexing();
    if (this.#unsettled() >= settledBy) this.#settle();
    writeBackLong(this.#db);
    this.#planQuiet();
  }

  #planQuiet(): void {
    if (this.#quietTimer === null) this.#quietTimer = setTimeout(() => this.#quiet(), quietMilliseconds);
    else this.#quietTimer.refresh();
  }

  // The indexes of the history ----------------------------------------------------------------------------------------

  #unsettled(): number {
    return newestEvent(this.#db) - this.#settled;
  }

  #settle(): void {
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer);
    this.#settleTimer = null;
    const db = this.#db;
    // Lost in a power cut, the events stand as before and are taken in once more.
    this.#flushCommits(false);
    try {
      db.script('BEGIN IMMEDIATE');
      const through = settleSome(db);
      db.script('COMMIT');
      this.#settled = through;
    } catch (error) {
      if (db.raw.inTransaction) db.script('ROLLBACK');
      if (isCorruption(error)) markSuspect(this.#files);
      return;
    }
    writeBackLong(db);
    if (this.#unsettled() >= settledBy) this.#settleTimer ??= setTimeout(() => this.#settle(), 0);
  }

  // The word index -----------------------------------------------------------------------------------------------------

  #planIndexing(): void {
    this.#commitsSinceIndexed += 1;
    if (this.#indexTimer === null) this.#indexTimer = setTimeout(() => this.#indexStep(), indexDelay);
    else if (this.#commitsSinceIndexed < putOffAtMost) this.#indexTimer.refresh();
  }

  #indexStep(): void {
    this.#indexTimer = null;
    this.#commitsSinceIndexed = 0;
    try {
      this.#indexBatch();
    } catch (error) {
      // The marks stay in the catalog; the next commit or search tries again.
      if (isCorruption(error)) markSuspect(this.#files);
      return;
    }
    if (this.#indexBehind) this.#indexTimer = setTimeout(() => this.#indexStep(), 0);
    else this.#port.postMessage({ t: 'committed', rev: this.#rev, changes: [], indexBehind: false, replies: [] } satisfies FromWorker);
  }

  #indexBatch(): void {
    const db = this.#db;
    // Lost in a power cut, the marks stand as before and the words are split once more.
    this.#flushCommits(false);
    db.script('BEGIN IMMEDIATE');
    try {
      indexSome(db, indexBatch);
      db.script('COMMIT');
    } catch (error) {
      if (db.raw.inTransaction) db.script('ROLLBACK');
      throw error;
    }
    this.#indexBehind = isIndexBehind(db);
    writeBackLong(db);
  }

  #indexAll(): void {
    while (this.#indexBehind) this.#indexBatch();
    this.#port.postMessage({ t: 'committed', rev: this.#rev, changes: [], indexBehind: false, replies: [] } satisfies FromWorker);
  }

  // The file -----------------------------------------------------------------------------------------------------------

  #logBytes(): number {
    return [this.#opened.file, runLogFile(this.#opened.file)].reduce((sum, file) => sum + (existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0), 0);
  }

  #quiet(): void {
    this.#quietTimer = null;
    if (this.#unsettled() > 0) this.#settle();
    writeBack(this.#db, this.#logBytes() > emptiedBytes ? 'TRUNCATE' : 'PASSIVE');
    this.#trimFeed();
  }

  /** The feed tells what changed lately; who was away longer reads everything anew. */
  #trimFeed(): void {
    const kept = 10_000;
    if (this.#rev <= kept) return;
    try {
      const oldest = this.#db.value<number>(sql`SELECT min(rev) FROM feed`) ?? 0;
      if (this.#rev - oldest > 2 * kept) this.#db.run(sql`DELETE FROM feed WHERE rev <= ${this.#rev - kept}`);
    } catch {
      // Only housekeeping.
    }
  }

  async #backup() {
    const backup = await takeBackup(this.#db, this.#files, Date.now());
    dropSuperfluousBackups(this.#files);
    return backup;
  }

  async #scheduledBackup(): Promise<void> {
    if (!this.#dirtySinceBackup) return;
    this.#dirtySinceBackup = false;
    try {
      await this.#backup();
    } catch {
      this.#dirtySinceBackup = true;
    }
  }

  #restore(): { readonly backup: string; readonly status: CatalogStatus } {
    const backup = newestGoodBackup(this.#files);
    if (backup === null) throw new VitrineError('not_found', { details: { kind: 'backup', label: this.#files.backups } });
    this.#stopTimers();
    this.#db.close();
    putAside(this.#files, `replaced-${stamp(Date.now())}`);
    copyFileSync(backup.file, this.#files.catalog);
    const { connection } = openCatalogFile(this.#files, { now: Date.now });
    const recovery = this.#opened.recovery;
    this.#opened = {
      ...this.#opened,
      connection,
      recovery: recovery === null ? null : { ...recovery, backup: backup.file, backupTakenAt: new Date(backup.at).toISOString(), restored: true },
    };
    this.#db = connection;
    this.#flushing = true;
    this.#settled = settledThrough(connection);
    // Never the same rev for two states of the catalog: whoever listens forgets all.
    const rev = Math.max(this.#rev, newestRev(connection)) + 1;
    connection.run(sql`INSERT INTO feed (rev, at, changes) VALUES (${rev}, ${Date.now()}, '[{"entity":"catalog","ids":"all"}]')`);
    this.#rev = rev;
    this.#indexBehind = isIndexBehind(connection);
    return { backup: backup.file, status: this.status() };
  }

  #stopTimers(): void {
    if (this.#indexTimer !== null) clearTimeout(this.#indexTimer);
    if (this.#quietTimer !== null) clearTimeout(this.#quietTimer);
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer);
    this.#indexTimer = null;
    this.#quietTimer = null;
    this.#settleTimer = null;
  }

  #close(): void {
    this.#stopTimers();
    if (this.#backupTimer !== null) clearInterval(this.#backupTimer);
    if (!this.#opened.readOnly) {
      try {
        while (this.#indexBehind) this.#indexBatch();
      } catch {
        // Closing must go on; the marks in the catalog stay for the next start.
      }
      writeBack(this.#db, 'TRUNCATE');
    }
    this.#db.close();
    this.#opened.close();
  }
}
