/** The catalog as the rest of core sees it: one writing thread, a reading one or more, and what is told when something changed. */
import { Worker } from 'node:worker_threads';
import type { Change, ChangeEntity, ChangeNotice } from '#shared/contract/changes.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import type { Finding } from '#shared/contract/operations/catalog.ts';
import { mergeChanges } from './feed.ts';
import { fromFailure } from './failure.ts';
import type { NearAnswers } from './nearAnswers.ts';
import type { NearReader } from './nearReader.ts';
import type { NearWriter } from './nearWriter.ts';
import type { Ownership } from './owner.ts';
import type { Backup, CatalogStatus, CommandContext, Failure, FromWorker, QueryContext, Reply, Request, Telling, WorkerData, WriteResult } from './protocol.ts';
import { isShortNote } from './provisional.ts';
import { asksRunLog, isOpeningQuestion, isShortQuestion } from './shortQuestions.ts';

type RequestBody<R = Request> = R extends Request ? Omit<R, 'id'> : never;

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/** One thread and the requests that it has not answered yet. */
export class CatalogThread {
  readonly ready: Promise<CatalogStatus | null>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #outgoing: Request[] = [];
  readonly #exited: Promise<void>;
  #next = 0;
  #gone = false;

  constructor(workerUrl: URL, data: WorkerData, onTelling: (telling: Telling) => void) {
    this.#worker = new Worker(workerUrl, { workerData: data, execArgv: [], name: `catalog ${data.role}` });
    const readiness = Promise.withResolvers<CatalogStatus | null>();
    this.ready = readiness.promise;
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(new VitrineError('core_unavailable', { details: { reason: `the catalog ${data.role} ended` } }), readiness.reject);
        resolve();
      });
    });
    this.#worker.on('error', (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error)), readiness.reject));
    this.#worker.on('message', (message: FromWorker) => {
      if ('id' in message) {
        this.#answer(message);
        return;
      }
      if (message.t === 'ready') readiness.resolve(message.status);
      else if (message.t === 'failed') readiness.reject(asError(message.failure));
      else onTelling(message);
      if (message.t === 'committed') for (const reply of message.replies) this.#answer(reply);
    });
    // Whoever opens the pool hears of it; a reader's failure must not count as unhandled before that.
    this.ready.catch(() => undefined);
  }

  get busy(): number {
    return this.#waiting.size;
  }

  /** The request that it is at; null when it has nothing to do. */
  get current(): number | null {
    return this.#waiting.keys().next().value ?? null;
  }

  ask(body: RequestBody): Promise<unknown> {
    if (this.#gone) return Promise.reject(new VitrineError('core_unavailable', { details: { reason: 'the catalog is closed' } }));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, ...body });
    });
  }

  /** What is asked in one go crosses as one message: the writer answers it with one flush, and each crossing by itself costs more than what it carries. */
  #send(request: Request): void {
    this.#outgoing.push(request);
    if (this.#outgoing.length > 1) return;
    // Runs once every continuation that is ready has asked, too.
    process.nextTick(() => {
      const requests = this.#outgoing.splice(0);
      try {
        this.#worker.postMessage(requests);
      } catch {
        for (const one of requests) this.#sendAlone(one);
      }
    });
  }

  /** One of several can't cross: it alone fails. */
  #sendAlone(request: Request): void {
    try {
      this.#worker.postMessage([request]);
    } catch (error) {
      this.#waiting.get(request.id)?.reject(error instanceof Error ? error : new Error(String(error)));
      this.#waiting.delete(request.id);
    }
  }

  /** Lets the thread close its connection first: ending it with a call under way can bring the process down. */
  async close(): Promise<void> {
    if (!this.#gone) await this.ask({ t: 'close' }).catch(() => undefined);
    await this.#exited;
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(fromFailure(reply.failure));
  }

  #fail(error: Error, rejectReady: (error: Error) => void): void {
    this.#gone = true;
    rejectReady(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

function asError(failure: Failure): Error {
  return fromFailure(failure);
}

export type SlowNotice = { readonly role: 'writer' | 'reader'; readonly name: string; readonly milliseconds: number };

/** How long changes are gathered before they are told, in milliseconds. */
const coalescing = 30;
/** How long after an opening the writing thread is started at the latest, in milliseconds: the first list stands by then. */
const writerAfter = 500;
/** How long an opening takes at most, in milliseconds: who asks later goes on asking. */
const opening = 1500;
/** How long a question may wait behind another before one more reader is started, in milliseconds. */
const growAfter = 30;
/** Requests that a reader may have before more are kept back, so that they can still be cancelled. */
const readerDepth = 2;

/** Commands that only note something by the way; where nothing can be written, they answer without noting it. */
const answeredByReading: ReadonlySet<string> = new Set(['internal.authenticateKey']);

type QueuedRead = { readonly name: string; readonly input: unknown; readonly context: QueryContext; readonly settle: Waiting; cancelled: boolean };

export type CatalogPool = {
  /** Runs a query in the less busy of the reading threads. Sees every write that was acknowledged before. */
  read(name: string, input: unknown, context: QueryContext, options?: { readonly signal?: AbortSignal }): Promise<unknown>;
  /** From now on short questions are answered, and what drafts are told is noted, in this very thread: for the door, whose requests do much of both in a row. */
  readNearby(): Promise<void>;
  /** Runs a command in the writing thread; resolves once it is on the disk. */
  write(name: string, input: unknown, context: CommandContext): Promise<WriteResult>;
  /** Told after commits, gathered over at most 30 ms. */
  onChanges(listener: (notice: ChangeNotice) => void): () => void;
  /** Told of each commit at once, before whoever made it is answered: for what is remembered of the catalog and must not outlive it. */
  onCommit(listener: (changes: readonly Change[]) => void): () => void;
  onSlow(listener: (notice: SlowNotice) => void): () => void;
  status(): CatalogStatus;
  /** Takes an online backup now and drops superfluous ones. */
  backup(): Promise<{ readonly file: string; readonly bytes: number; readonly at: string }>;
  /** Opens the newest good backup in place of the catalog that stands now, which is kept beside it. */
  restoreBackup(): Promise<{ readonly file: string }>;
  integrity(deep: boolean): Promise<readonly Finding[]>;
  close(): Promise<void>;
};

/** The writing thread: there, or still to be started by the one who took the folder for it. */
export type Writing = { readonly thread: CatalogThread } | { readonly start: () => CatalogThread; readonly ownership: Ownership };

/** Starts a reading thread on a catalog file. */
export type ReaderStart = (file: string) => Promise<CatalogThread>;

export class ThreadedPool implements CatalogPool {
  readonly #writing: Writing;
  /** Set once it was started; rejects with what kept it from opening the catalog, and is asked anew then. */
  #writer: Promise<CatalogThread> | null;
  #writerTimer: NodeJS.Timeout | null = null;
  /** Only as many as were needed so far: each costs a start of its own and memory. */
  readonly #readers: CatalogThread[] = [];
  readonly #openedAt = performance.now();
  readonly #start: ReaderStart;
  readonly #slowMilliseconds: number;
  #mostReaders: number;
  #growTimer: NodeJS.Timeout | null = null;
  #growing: Promise<void> | null = null;
  readonly #queue: QueuedRead[] = [];
  readonly #listeners = new Set<(notice: ChangeNotice) => void>();
  readonly #commitListeners = new Set<(changes: readonly Change[]) => void>();
  readonly #slowListeners = new Set<(notice: SlowNotice) => void>();
  #status: CatalogStatus;
  #told: number;
  #untold: Change[] = [];
  #telling: NodeJS.Timeout | null = null;
  #indexBehind = true;
  /** There while no reading thread is, and for as long as it is wanted. */
  #near: NearReader | null;
  /** For notes of drafts; there once the first was made while short questions are wanted nearby. */
  #notes: NearWriter | null = null;
  #notesOpening = false;
  #nearWanted = false;
  #closing: Promise<void> | null = null;

  constructor(status: CatalogStatus, writing: Writing, near: NearReader, more: { readonly most: number; readonly start: ReaderStart; readonly slowMilliseconds: number }) {
    this.#status = status;
    this.#told = status.rev;
    this.#writing = writing;
    this.#writer = 'thread' in writing ? Promise.resolve(writing.thread) : null;
    if (this.#writer === null) this.#writerTimer = setTimeout(() => void this.#raiseWriter().catch(() => undefined), writerAfter);
    this.#near = near;
    this.#mostReaders = more.most;
    this.#start = more.start;
    this.#slowMilliseconds = more.slowMilliseconds;
  }

  status(): CatalogStatus {
    return this.#status;
  }

  async read(name: string, input: unknown, context: QueryContext, options: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
    this.#refuseWhenClosing();
    const { signal } = options;
    if (signal?.aborted === true) throw new VitrineError('cancelled', { details: { operation: name } });
    // The word index follows behind the commits: who searches, sees what was acknowledged before.
    if (this.#indexBehind && name.startsWith('search.')) await this.#catchUp();
    const near = this.#nearbyFor(name, input);
    if (near !== null) return this.#askNearby(near, name, input, context);
    return await new Promise((resolve, reject) => {
      const onAbort = () => {
        read.cancelled = true;
        reject(new VitrineError('cancelled', { details: { operation: name } }));
      };
      const done = () => signal?.removeEventListener('abort', onAbort);
      const read: QueuedRead = {
        name, input, context, cancelled: false,
        settle: { resolve: (value) => { done(); resolve(value); }, reject: (error) => { done(); reject(error); } },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(read);
      this.#dispatch();
    });
  }

  async readNearby(): Promise<void> {
    this.#nearWanted = true;
    await this.#openNearby();
  }

  async write(name: string, input: unknown, context: CommandContext): Promise<WriteResult> {
    this.#refuseWhenClosing();
    if (this.#status.readOnly && answeredByReading.has(name)) return { output: await this.read(name, input, context), undo: null, rev: this.#status.rev };
    const writer = await this.#writable();
    // Behind one that is at work it would come too early.
    const noted = this.#nearWanted && writer.busy === 0 && isShortNote(name, input) ? this.#note(name, input, context) : null;
    return noted ?? ((await writer.ask({ t: 'call', name, input, context })) as WriteResult);
  }

  onChanges(listener: (notice: ChangeNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onCommit(listener: (changes: readonly Change[]) => void): () => void {
    this.#commitListeners.add(listener);
    return () => this.#commitListeners.delete(listener);
  }

  onSlow(listener: (notice: SlowNotice) => void): () => void {
    this.#slowListeners.add(listener);
    return () => this.#slowListeners.delete(listener);
  }

  async backup(): Promise<{ readonly file: string; readonly bytes: number; readonly at: string }> {
    this.#refuseWhenClosing();
    const backup = (await (await this.#writable()).ask({ t: 'backup' })) as Backup;
    return { file: backup.file, bytes: backup.bytes, at: new Date(backup.at).toISOString() };
  }

  async restoreBackup(): Promise<{ readonly file: string }> {
    this.#refuseWhenClosing();
    const writer = await this.#writable();
    // One that came up while the file changes its place would stay on the old one.
    await this.#growing;
    await this.#untilReader();
    this.#closeNearby();
    await Promise.all(this.#readers.map((reader) => reader.ask({ t: 'detach' })));
    try {
      const { backup, status } = (await writer.ask({ t: 'restore' })) as { readonly backup: string; readonly status: CatalogStatus };
      this.#status = status;
      this.#indexBehind = true;
      this.#gather(status.rev, [{ entity: 'catalog', ids: 'all' }]);
      return { file: backup };
    } finally {
      await Promise.all(this.#readers.map((reader) => reader.ask({ t: 'open', file: this.#status.file })));
      if (this.#nearWanted) await this.#openNearby();
    }
  }

  async integrity(deep: boolean): Promise<readonly Finding[]> {
    this.#refuseWhenClosing();
    await this.#untilReader();
    return (await this.#lessBusy().ask({ t: 'integrity', deep })) as readonly Finding[];
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Takes what a thread tells by itself. */
  hear(telling: Telling): void {
    switch (telling.t) {
      case 'committed':
        this.#indexBehind = telling.indexBehind;
        if (telling.changes.length > 0) this.#gather(telling.rev, telling.changes);
        break;
      case 'slow':
        for (const listener of this.#slowListeners) listener({ role: telling.role, name: telling.name, milliseconds: telling.slow.milliseconds });
        break;
      case 'ready':
      case 'failed':
        break;
    }
  }

  async #writable(): Promise<CatalogThread> {
    const writer = await this.#raiseWriter();
    if (this.#status.readOnly) throw new VitrineError('catalog_read_only', { details: { directory: this.#status.file } });
    return writer;
  }

  #raiseWriter(): Promise<CatalogThread> {
    this.#writer ??= this.#startWriter().catch((thrown: unknown) => {
      this.#writer = null;
      throw thrown;
    });
    return this.#writer;
  }

  async #startWriter(): Promise<CatalogThread> {
    if ('thread' in this.#writing) return this.#writing.thread;
    if (this.#writerTimer !== null) clearTimeout(this.#writerTimer);
    const writer = this.#writing.start();
    try {
      const status = await writer.ready;
      if (status === null) throw new Error('The catalog writer gave no status');
      const { openNearReader } = await import('./nearReader.ts');
      // It alone looks at every page of small files, and puts aside what is damaged: that must not be read on.
      this.#near?.close();
      if (this.#near !== null) this.#near = openNearReader(status.file);
      this.#status = status;
      if (status.recovery !== null || status.readOnly) this.#gather(status.rev, [{ entity: 'catalog', ids: 'all' }]);
      return writer;
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  #refuseWhenClosing(): void {
    if (this.#closing !== null) throw new VitrineError('core_unavailable', { details: { reason: 'the catalog is closing' } });
  }

  #lessBusy(): CatalogThread {
    const [first, ...others] = this.#readers;
    if (first === undefined) throw new VitrineError('core_unavailable', { details: { reason: 'no reading thread could be started' } });
    return others.reduce((best, reader) => (reader.busy < best.busy ? reader : best), first);
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      if (this.#readers.length === 0) {
        void this.#growNow();
        return;
      }
      const reader = this.#lessBusy();
      if (reader.busy > 0) this.#growSoon();
      if (reader.busy >= readerDepth) return;
      const read = this.#queue.shift();
      if (read === undefined || read.cancelled) continue;
      reader.ask({ t: 'call', name: read.name, input: read.input, context: read.context }).then(
        (value) => { read.settle.resolve(value); this.#dispatch(); },
        (error: Error) => { read.settle.reject(error); this.#dispatch(); },
      );
    }
  }

  /** One more reader, if the one question that others wait behind takes long. A burst of short ones needs none. */
  #growSoon(): void {
    if (this.#growTimer !== null || this.#growing !== null || this.#readers.length >= this.#mostReaders || this.#closing !== null) return;
    const at = this.#readers.map((reader) => reader.current);
    this.#growTimer = setTimeout(() => {
      this.#growTimer = null;
      const stuck = this.#readers.every((reader, index) => reader.busy > 0 && reader.current === at[index]);
      if (stuck) void this.#growNow();
      else if (this.#lessBusy().busy > 1) this.#growSoon();
    }, growAfter);
  }

  #growNow(): Promise<void> {
    this.#growing ??= this.#grow().finally(() => {
      this.#growing = null;
      this.#dispatch();
    });
    return this.#growing;
  }

  async #untilReader(): Promise<void> {
    if (this.#readers.length === 0) await this.#growNow();
  }

  async #grow(): Promise<void> {
    if (this.#closing !== null) return;
    try {
      this.#readers.push(await this.#start(this.#status.file));
    } catch (thrown) {
      if (this.#readers.length === 0) {
        // Nobody else will answer them.
        for (const read of this.#queue.splice(0)) read.settle.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        return;
      }
      // One fewer answers all the same, only later.
      this.#mostReaders = this.#readers.length;
    }
    if (!this.#nearWanted) this.#closeNearby();
  }

  /**
   * The connection of this thread that answers a question; null where a reading thread has to. A start is short of time and asks little: no thread is started
   * for that. Whoever goes on asking gets one.
   */
  #nearbyFor(name: string, input: unknown): NearAnswers | null {
    if (this.#near === null) return null;
    const short = isShortQuestion(name, input);
    const answered = this.#readers.length === 0 ? short || isOpeningQuestion(name) : short && this.#nearWanted;
    if (!answered) return null;
    if (!short && performance.now() - this.#openedAt > opening) void this.#growNow();
    // Whoever notes keeps the pages that it wrote; a connection that only reads reads all of them anew after each note.
    return short && this.#notes !== null && !asksRunLog(name) ? this.#notes : this.#near;
  }

  #closeNearby(): void {
    this.#near?.close();
    this.#near = null;
    this.#notes?.close();
    this.#notes = null;
  }

  async #openNearby(): Promise<void> {
    const { openNearReader } = await import('./nearReader.ts');
    if (this.#closing === null) this.#near ??= openNearReader(this.#status.file);
  }

  #askNearby(near: NearAnswers, name: string, input: unknown, context: QueryContext): unknown {
    const begun = performance.now();
    try {
      return near.ask(name, input, context);
    } finally {
      const milliseconds = performance.now() - begun;
      if (milliseconds > this.#slowMilliseconds) for (const listener of this.#slowListeners) listener({ role: 'reader', name, milliseconds });
    }
  }

  /** Null where the writing thread has to do it. */
  #note(name: string, input: unknown, context: CommandContext): WriteResult | null {
    if (this.#notes === null) {
      this.#openNotes();
      return null;
    }
    const begun = performance.now();
    try {
      const noted = this.#notes.note(name, input, context);
      return noted === null ? null : { output: noted.output, undo: null, rev: this.#status.rev };
    } finally {
      const milliseconds = performance.now() - begun;
      if (milliseconds > this.#slowMilliseconds) for (const listener of this.#slowListeners) listener({ role: 'writer', name, milliseconds });
    }
  }

  /** The commands' code is loaded once somebody logs, and not waited for. */
  #openNotes(): void {
    if (this.#notesOpening) return;
    this.#notesOpening = true;
    void import('./nearWriter.ts').then(({ openNearWriter }) => {
      // Where the file has just been exchanged for another, the next note opens that one.
      if (this.#near !== null && this.#closing === null) this.#notes = openNearWriter(this.#status.file);
      this.#notesOpening = false;
    }).catch(() => undefined);
  }

  async #catchUp(): Promise<void> {
    await (await this.#raiseWriter()).ask({ t: 'index' });
  }

  #gather(rev: number, changes: readonly Change[]): void {
    this.#status = { ...this.#status, rev };
    this.#near?.committed(changes);
    this.#notes?.committed(changes);
    for (const listener of this.#commitListeners) listener(changes);
    this.#untold.push(...changes);
    this.#telling ??= setTimeout(() => this.#tell(), coalescing);
  }

  #tell(): void {
    this.#telling = null;
    const changes = mergeChanges(this.#untold);
    this.#untold = [];
    const notice: ChangeNotice = { rev: this.#status.rev, previous: this.#told, changes };
    this.#told = this.#status.rev;
    for (const listener of this.#listeners) listener(notice);
  }

  async #close(): Promise<void> {
    for (const read of this.#queue.splice(0)) read.settle.reject(new VitrineError('core_unavailable', { details: { reason: 'the catalog is closing' } }));
    if (this.#growTimer !== null) clearTimeout(this.#growTimer);
    await this.#growing;
    this.#closeNearby();
    await Promise.all(this.#readers.map((reader) => reader.close()));
    if (this.#writerTimer !== null) clearTimeout(this.#writerTimer);
    await (await this.#writer?.catch(() => null))?.close();
    if ('ownership' in this.#writing) this.#writing.ownership.release();
    if (this.#telling !== null) {
      clearTimeout(this.#telling);
      this.#tell();
    }
    this.#listeners.clear();
  }
}

export type { ChangeEntity };
