/** What the engine asks of a remote, whatever its kind; and the desk at which a remote's pull leaves what it found. */
import type { OutputOf, Progress, RegistryMembersThere } from '#shared/contract/index.ts';
import type { IncomingModel, IncomingRun, IncomingUse, Pulled } from '../../catalog/commands/syncPull.ts';
import type { PushOutcome } from '../../catalog/commands/syncPush.ts';
import type { KnownModel, PushFile, PushItem, Unfetched } from '../../catalog/queries/remotes.ts';

export type { SentHere } from '../../catalog/records/sent.ts';
export type { IncomingDataset, IncomingModel, IncomingRun, IncomingUse, IncomingVersion } from '../../catalog/commands/syncPull.ts';
export type { Learned, PushOutcome, Side } from '../../catalog/commands/syncPush.ts';
export type { KnownModel, PushFile, PushItem, PushRun, Unfetched } from '../../catalog/queries/remotes.ts';

/** What goes into one model there; what runs and registries are told belongs to none. */
export type ItemOfModel = Exclude<PushItem, { readonly kind: 'moot' | 'registry' | 'run' }>;

export function isOfModel(item: PushItem): item is ItemOfModel {
  return item.kind !== 'moot' && item.kind !== 'registry' && item.kind !== 'run';
}

export type TestReport = OutputOf<'remotes.test'>;

export type Desk = {
  known(names: readonly string[]): Promise<readonly KnownModel[]>;
  /** Known models that are not among these. */
  absent(present: readonly string[]): Promise<readonly string[]>;
  stale(limit: number): Promise<readonly string[]>;
  unknownRuns(runs: readonly string[]): Promise<readonly string[]>;
  /** One transaction. */
  apply(models: readonly IncomingModel[], present: readonly string[] | null, clockOffset: number, within?: string | null): Promise<Pulled>;
  /** Names there of the other registries that follow; with what the remote has, those of it. */
  places(there: readonly string[] | null): Promise<readonly string[]>;
  applyRuns(runs: readonly IncomingRun[], missing: readonly string[]): Promise<void>;
  /** Which runs used which versions, once both are here. */
  applyUses(uses: readonly IncomingUse[]): Promise<void>;
  digests(entries: readonly PlaceholderEntry[]): { readonly digest: string; readonly wandbDigest: string };
  progress(progress: Progress): void;
};

export type PlaceholderEntry = { readonly path: string; readonly size: number; readonly sha256: null; readonly md5: string | null; readonly reference: string };

export type PullMode = 'hot' | 'sweep';

export type PullReport = Pulled & { /** Whether everything there was seen. */ readonly complete: boolean };

export type Outgoing = {
  files(versionId: number): Promise<readonly PushFile[]>;
  open(sha256: string): Promise<AsyncIterable<Uint8Array>>;
  /** Bytes `[start, end)` of an object here. */
  part(sha256: string, start: number, end: number): Promise<Uint8Array>;
  /** The lines of a run's history, a page at a time. */
  history(runId: number): AsyncIterable<readonly string[]>;
  readonly catalogId: string;
};

export type RangeAnswer = { /** What tells whether two parts are of the same file; null where the place says nothing. */ readonly etag: string | null; readonly content: AsyncIterable<Uint8Array> };

export type RemoteBytes = {
  readonly path: string;
  readonly size: number;
  /** Digests in hex, where the place knows them. */
  readonly md5?: string | null;
  readonly sha256?: string | null;
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Bytes `[start, end)`; null where the place gives the whole only. */
  range?(start: number, end: number, signal: AbortSignal): Promise<RangeAnswer | null>;
};

/** Bytes of neither side: what stays a reference. */
export type RemoteReference = { readonly path: string; readonly size: number; readonly md5: string | null; readonly reference: string };

export type RemoteFile = RemoteBytes | RemoteReference;

/** One thing that can stand there, by its name at the remote. */
export type Thing =
  | { readonly kind: 'alias'; readonly model: string; readonly alias: string }
  | { readonly kind: 'model' | 'description'; readonly model: string }
  | { readonly kind: 'tag'; readonly model: string; readonly tag: string }
  | { readonly kind: 'version' | 'text' | 'stage'; readonly model: string; readonly version: string }
  | { readonly kind: 'mark'; readonly model: string; readonly version: string; readonly tag: string };

/**
 * `value` in the remote's words (an alias: the number of its version; a model: its name; a tag that stands: an empty text); null: nothing.
 * `holds` is what would go with it: the aliases on a version, the versions of a model.
 */
export type Standing = { readonly value: string | null; readonly holds: readonly string[] };

export type Connector = {
  test(signal: AbortSignal): Promise<TestReport>;
  pull(desk: Desk, mode: PullMode, runs: boolean, signal: AbortSignal): Promise<PullReport>;
  /** Why the remote can't hold such a thing, before anything is sent; null where it can. */
  judge(item: PushItem): string | null;
  /** What stands there now. */
  now(thing: Thing, signal: AbortSignal): Promise<Standing>;
  /** Sends one change: reads, compares, writes. Throws what is worth another try; what is refused for good is an outcome. */
  push(item: PushItem, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome>;
  files(version: Unfetched, signal: AbortSignal): Promise<readonly RemoteFile[]>;
  /** Who may what in the first registry there and in these others; not there where a server knows of no members. */
  members?(others: readonly string[], signal: AbortSignal): Promise<readonly RegistryMembersThere[]>;
};
