/** One request's way to the operations: in the name of the key's user, each question asked once, single things fetched together. */
import { isVitrineError, type CollectionDetail, type CollectionId, type CommandName, type InputOf, type OutputOf, type QueryName, type RegistryId, type RegistrySummary, type RunId, type UserId, type VersionDetail, type VersionId } from '#shared/contract/index.ts';
import { runChecked, type Dispatch } from '../../host/dispatcher.ts';
import type { Log } from '../../host/log.ts';
import type { Remembered } from '../remembered.ts';
import type { Capabilities, Capability } from './capabilities.ts';
import type { Nodes } from './nodes.ts';

export type WandbCaller = { readonly actorId: UserId; readonly keyId?: number };

export type Asking = {
  readonly caller: WandbCaller;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Why, in the words of whoever runs the script. */
  readonly message: string | null;
  readonly nodes: Nodes;
  ask<Name extends QueryName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>>;
  /** The same, null where the thing isn't there or its name could be no thing's. */
  askOrNull<Name extends QueryName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name> | null>;
  /** Runs a command; what was asked before is forgotten. */
  tell<Name extends CommandName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>>;
  /** Questions of one turn are answered together. Null where it isn't there or isn't for the caller. */
  version(id: VersionId): Promise<VersionDetail | null>;
  collection(id: CollectionId): Promise<CollectionDetail | null>;
  run(id: RunId): Promise<RunOnWire | null>;
  /** A run by its names, without the rest of it. Throws `not_found`. */
  runId(address: { readonly entity: string; readonly project: string; readonly runId: string }): Promise<RunId>;
  /** Where a version is linked to by names; null for a registry that isn't there, `collectionId` null for a collection that isn't. */
  linkTarget(names: { readonly registry: string; readonly collection: string }): Promise<{ readonly registryId: RegistryId; readonly collectionId: CollectionId | null } | null>;
  /** For its names of organization, team and user; what it counts may be a second old. */
  status(): Promise<OutputOf<'catalog.status'>>;
  /** The bytes' facts of one file of a version. */
  entry(versionId: VersionId, path: string): Promise<EntryFacts | null>;
  /** Types that a registry accepts; where it accepts all, those that stand in it. */
  typesOf(registry: Pick<RegistrySummary, 'id' | 'acceptedTypes'>): Promise<readonly string[]>;
  /** Makes an absolute address that carries its own permission. `name` is shown at its end. */
  address(capability: Capability, name: string): string;
  /** Absolute, for what is asked with a key. `path` begins with a slash. */
  url(path: string): string;
};

/** A run with its config and summary as the script wrote them. */
export type RunOnWire = OutputOf<'runs.details'>['items'][number];

export type EntryFacts = { readonly path: string; readonly size: number; readonly sha256: string | null; readonly md5: string | null; readonly reference: string | null };

export type AskingParts = {
  readonly dispatch: Dispatch;
  readonly statuses: Remembered<OutputOf<'catalog.status'>>;
  /** A script that logs asks for the version that it just made once after the other. */
  readonly versions: Remembered<VersionDetail>;
  readonly readInternal: (name: string, input: unknown, caller: WandbCaller) => Promise<unknown>;
  readonly capabilities: Capabilities;
  readonly caller: WandbCaller;
  /** Why, in the words of whoever runs the script. */
  readonly message: string | null;
  /** `http://127.0.0.1:PORT`, as the client itself wrote it. */
  readonly baseUrl: string;
  readonly signal: AbortSignal;
  readonly createNodes: (asking: Asking) => Nodes;
};

/** Seconds for which an address holds: long enough for the slowest upload to begin, and for a long list of files to be fetched. */
const uploadSeconds = 24 * 3600;
const downloadSeconds = 12 * 3600;

const absences: ReadonlySet<string> = new Set(['not_found', 'name_invalid', 'path_invalid']);

const places: { readonly [Purpose in Capability['for']]: string } = { upload: 'uploads', 'run file upload': 'run-file-uploads', manifest: 'manifests', file: 'files', 'run file': 'run-files' };

export function createAsking(parts: AskingParts): Asking {
  const { dispatch, caller, signal } = parts;
  const answers = new Map<string, Promise<unknown>>();
  const context = { ...caller, entrance: 'sdk' as const, message: parts.message, signal, report: () => undefined };

  const call = async (name: string, input: unknown): Promise<unknown> => (await runChecked(dispatch, name, input, context)).output;
  const ask = (name: string, input: unknown): Promise<unknown> => {
    const key = `${name} ${JSON.stringify(input)}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = call(name, input);
    answers.set(key, answer);
    return answer;
  };
  const internalOrNull = async (name: string, input: unknown): Promise<unknown> => {
    try {
      return await parts.readInternal(name, input, caller);
    } catch (thrown) {
      if (isVitrineError(thrown) && absences.has(thrown.code)) return null;
      throw thrown;
    }
  };
  let versions = createBatch<VersionId, VersionDetail>(async (ids) => ((await call('versions.details', { ids })) as OutputOf<'versions.details'>).items);
  let collections = createBatch<CollectionId, CollectionDetail>(async (ids) => ((await call('collections.details', { ids })) as OutputOf<'collections.details'>).items);
  let runs = createBatch<RunId, RunOnWire & { readonly id: RunId }>(async (ids) => ((await call('runs.details', { ids })) as OutputOf<'runs.details'>).items.map((item) => ({ ...item, id: item.run.id })));
  const forget = (): void => {
    runs = runs.fresh();
    answers.clear();
    versions = versions.fresh();
    collections = collections.fresh();
  };

  const asking: Asking = {
    caller,
    message: parts.message,
    get nodes() {
      return nodes;
    },
    log: dispatch.log,
    signal,
    ask: (name, input) => ask(name, input) as never,
    async askOrNull(name, input) {
      try {
        return (await ask(name, input)) as never;
      } catch (thrown) {
        if (isVitrineError(thrown) && absences.has(thrown.code)) return null;
        throw thrown;
      }
    },
    async tell(name, input) {
      try {
        return (await call(name, input)) as never;
      } finally {
        forget();
      }
    },
    async version(id) {
      const found = await parts.versions.get(`${caller.actorId} ${caller.keyId ?? ''} ${id}`, () => versions.get(id));
      if (found !== null) return found;
      // A draft's id goes on to mean the version that it became.
      try {
        return (await ask('versions.get', { id })) as VersionDetail;
      } catch (thrown) {
        if (isVitrineError(thrown) && absences.has(thrown.code)) return null;
        throw thrown;
      }
    },
    collection: (id) => collections.get(id),
    run: (id) => runs.get(id),
    runId: async (address) => (await parts.readInternal('internal.runId', address, caller)) as RunId,
    status: () => parts.statuses.get(String(caller.actorId), () => ask('catalog.status', {}) as never) as never,
    linkTarget: async (names) => (await internalOrNull('internal.linkTarget', names)) as never,
    entry: async (versionId, path) => (await internalOrNull('internal.entry', { id: versionId, path })) as EntryFacts | null,
    typesOf: async (registry) => registry.acceptedTypes ?? ((await parts.readInternal('internal.typesInRegistry', { id: registry.id }, caller)) as string[]),
    address(capability, name) {
      const uploads = capability.for === 'upload' || capability.for === 'run file upload';
      const token = parts.capabilities.issue(capability, caller, uploads ? uploadSeconds : downloadSeconds);
      return `${parts.baseUrl}/api/wandb/${places[capability.for]}/${token}/${name.slice(name.lastIndexOf('/') + 1).replaceAll(/[^\w.-]/g, '_').slice(-80) || 'file'}`;
    },
    url: (path) => `${parts.baseUrl}${path}`,
  };
  const nodes = parts.createNodes(asking);
  return asking;
}

type Batch<Id extends number, Thing extends { readonly id: Id }> = { get(id: Id): Promise<Thing | null>; fresh(): Batch<Id, Thing> };

/** As many as one operation takes. */
const batchSize = 1000;

function createBatch<Id extends number, Thing extends { readonly id: Id }>(load: (ids: readonly Id[]) => Promise<readonly Thing[]>): Batch<Id, Thing> {
  const known = new Map<Id, Promise<Thing | null>>();
  let waiting: { readonly id: Id; readonly settle: PromiseWithResolvers<Thing | null> }[] = [];

  async function flush(): Promise<void> {
    const group = waiting;
    waiting = [];
    for (let start = 0; start < group.length; start += batchSize) {
      const part = group.slice(start, start + batchSize);
      try {
        const things = await load(part.map((one) => one.id));
        const byId = new Map(things.map((thing) => [thing.id, thing]));
        for (const one of part) one.settle.resolve(byId.get(one.id) ?? null);
      } catch (thrown) {
        for (const one of part) one.settle.reject(thrown);
      }
    }
  }

  return {
    get(id) {
      const before = known.get(id);
      if (before !== undefined) return before;
      const settle = Promise.withResolvers<Thing | null>();
      known.set(id, settle.promise);
      // The executor asks for a list's fields one after the other in the same turn, after the promises before them.
      if (waiting.length === 0) setImmediate(() => void flush());
      waiting.push({ id, settle });
      return settle.promise;
    },
    fresh: () => createBatch(load),
  };
}
