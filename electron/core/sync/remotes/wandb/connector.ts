/**
 * W&B as a remote: a registry of an organization, some of them or all, through the GraphQL operations and addresses that its public client uses. Collections are
 * collections, links are links, and numbers are the same on both sides; a version that stands in several collections is one here as well.
 */
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import type { RemoteHttp } from '../../http.ts';
import type { Connector, Desk, PullMode, PullReport, RemoteFile, Unfetched } from '../connector.ts';
import { WandbApi, type Page } from './api.ts';
import { hexOfDigest, readManifest, verified } from './manifest.ts';
import { membersOf } from './members.ts';
import { locate, registriesOf, wantedOf, type RegistryPlace, type Wanted } from './place.ts';
import { probe } from './probe.ts';
import { membershipNamed, pullRegistry } from './pull.ts';
import { judge, makeRegistry, pushItem, pushRun, standingNow } from './push.ts';
import { deskWithin, joined, outcomeWithin, split, type Within } from './within.ts';

const filesPerPage = 1000;
const largestManifest = 128 * 1024 * 1024;

type Options = { readonly name: string; readonly workspace: string; /** Whether every registry of the organization follows. */ readonly everything: boolean; readonly destination: string | null; readonly project: string; readonly http: RemoteHttp };

export function wandbConnector({ name, workspace, everything, destination, project, http }: Options): Connector {
  const api = new WandbApi(name, http);
  const located = new Map<Within, Promise<RegistryPlace>>();

  function wanted(): Wanted {
    const found = wantedOf(workspace);
    if (found === null) throw new VitrineError('bad_input', { details: { explanation: 'Say which registry of W&B it is: organization/registry.' } });
    return found;
  }

  /** Looked up once, and again after it could not be. */
  function registry(within: Within, signal: AbortSignal): Promise<RegistryPlace> {
    const { organization, registry: first } = wanted();
    const known = located.get(within);
    if (known !== undefined) return known;
    const looking = locate(api, name, { organization, registry: within ?? first }, signal).catch((thrown: unknown) => {
      located.delete(within);
      throw thrown;
    });
    located.set(within, looking);
    return looking;
  }

  async function pull(desk: Desk, mode: PullMode, runs: boolean, signal: AbortSignal): Promise<PullReport> {
    const { organization, registry: first } = wanted();
    // What registries there are is looked at when everything is.
    const others = await desk.places(everything && mode === 'sweep' ? (await registriesOf(api, organization, signal)).filter((one) => one !== first) : null);
    const sum = { applied: 0, conflicts: 0, complete: true };
    for (const within of [null, ...others]) {
      const pulled = await pullRegistry({ name, api, registry: await registry(within, signal) }, deskWithin(desk, within, others.length + 1), mode, runs, signal);
      sum.applied += pulled.applied;
      sum.conflicts += pulled.conflicts;
      sum.complete &&= pulled.complete;
    }
    return sum;
  }

  async function files({ model, ...rest }: Unfetched, signal: AbortSignal): Promise<readonly RemoteFile[]> {
    const { within, name: collection } = split(model);
    const version: Unfetched = { ...rest, model: collection };
    const place = await registry(within, signal);
    const standing = await membershipNamed(api, place, `${version.model}:v${version.version}`, signal);
    if (standing?.artifact == null) throw new VitrineError('remote_refused', { details: { remote: name, status: 404, explanation: `${version.model}:v${version.version} is not there any more, or this key may not see it.` } });
    type Manifest = { readonly artifact?: { readonly currentManifest?: { readonly file?: { readonly directUrl?: string } | null } | null } | null };
    const { artifact } = await api.ask<Manifest>('FetchArtifactManifest', { id: standing.artifact.id }, signal);
    const url = artifact?.currentManifest?.file?.directUrl;
    if (url === undefined) throw new VitrineError('not_offered', { details: { explanation: `${name} gives no list of the files of ${version.model}:v${version.version}: this key may look at it and not download it.` } });
    const entries = readManifest(await api.text(url, largestManifest, signal), name);
    let urls = await urlsOf(place, version, signal);
    let renewing: Promise<void> | null = null;
    /** Addresses hold for a while only: what was refused once is asked for anew. */
    const renew = (stop: AbortSignal): Promise<void> => {
      renewing ??= urlsOf(place, version, stop).then((fresh) => {
        urls = fresh;
        renewing = null;
      });
      return renewing;
    };
    return entries.flatMap((entry): readonly RemoteFile[] => {
      if (entry.reference !== null) return [{ path: entry.path, size: entry.size, md5: entry.digest, reference: entry.reference }];
      return [{
        path: entry.path, size: entry.size, md5: hexOfDigest(entry.digest),
        open: (stop) => verified(contentOf(entry.path, entry.size, stop), entry.digest, entry.path, name),
        range: (start, end, stop) => fresh(entry.path, stop, (at) => http.range(new URL(at), undefined, start, end, stop)),
      }];
    });

    async function fresh<Value>(path: string, stop: AbortSignal, ask: (at: string) => Promise<Value>): Promise<Value> {
      try {
        return await ask(addressOf(path));
      } catch (thrown) {
        if (!isVitrineError(thrown) || thrown.details['status'] !== 403) throw thrown;
        await renew(stop);
        return ask(addressOf(path));
      }
    }

    function addressOf(path: string): string {
      const at = urls.get(path);
      if (at === undefined) throw new VitrineError('remote_refused', { details: { remote: name, status: 404, explanation: `${name} lists “${path}” and gives no address for it.` } });
      return at;
    }

    async function* contentOf(path: string, size: number, stop: AbortSignal): AsyncGenerator<Uint8Array> {
      const reading = await fresh(path, stop, async (at) => {
        const pieces = http.read(at, size, stop)[Symbol.asyncIterator]();
        return { pieces, first: await pieces.next() };
      });
      if (reading.first.done === true) return;
      yield reading.first.value;
      yield* { [Symbol.asyncIterator]: () => reading.pieces };
    }
  }

  async function urlsOf(place: RegistryPlace, version: Unfetched, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    type File = { readonly name: string; readonly directUrl: string };
    type Answer = { readonly project?: { readonly artifactCollection?: { readonly artifactMembership?: { readonly files?: Page<File> | null } | null } | null } | null };
    const urls = new Map<string, string>();
    const pages = api.pages<File>(async (cursor) =>
      (await api.ask<Answer>('GetArtifactMembershipFileUrls', { entity: place.entity, project: place.project, collection: version.model, alias: `v${version.version}`, cursor, perPage: filesPerPage }, signal)).project?.artifactCollection?.artifactMembership?.files);
    for await (const page of pages) for (const file of page) urls.set(file.name, file.directUrl);
    return urls;
  }

  return {
    test: (signal) => probe(api, workspace, destination, signal),
    pull,
    judge,
    now: async (thing, signal) => {
      const { within, name: model } = split(thing.model);
      const found = await standingNow({ name, api, registry: await registry(within, signal), destination, project }, { ...thing, model }, signal);
      return thing.kind === 'model' && found.value !== null ? { ...found, value: joined(within, found.value) } : found;
    },
    push: async (item, outgoing, signal) => {
      if (item.kind === 'moot') return { kind: 'moot', why: item.why };
      if (item.kind === 'registry') return makeRegistry(api, wanted().organization, item, signal);
      if (item.kind === 'run') return pushRun(api, item, outgoing, signal);
      const { within } = split(item.model ?? item.target);
      return outcomeWithin(await pushItem({ name, api, registry: await registry(within, signal), destination, project }, { ...item, model: item.model === null ? null : split(item.model).name }, outgoing, signal), within);
    },
    files,
    members: async (others, signal) => {
      const { registry: first } = wanted();
      const found = [];
      for (const within of [null, ...others]) found.push(await membersOf(api, within ?? first, await registry(within, signal), signal));
      return found;
    },
  };
}
