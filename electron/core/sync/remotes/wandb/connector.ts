/**
 * W&B as a remote: one registry of one organization, through the GraphQL operations and addresses that its public client uses. Collections are
 * collections, links are links, and numbers are the same on both sides; a version that stands in several collections is one here as well.
 */
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import type { RemoteHttp } from '../../http.ts';
import type { Connector, RemoteFile, Unfetched } from '../connector.ts';
import { WandbApi, type Page } from './api.ts';
import { hexOfDigest, readManifest, verified } from './manifest.ts';
import { locate, wantedOf, type RegistryPlace } from './place.ts';
import { probe } from './probe.ts';
import { membershipNamed, pullRegistry } from './pull.ts';
import { judge, pushItem, standingNow } from './push.ts';

const filesPerPage = 1000;
const largestManifest = 128 * 1024 * 1024;

type Options = { readonly name: string; readonly workspace: string; readonly destination: string | null; readonly project: string; readonly http: RemoteHttp };

export function wandbConnector({ name, workspace, destination, project, http }: Options): Connector {
  const api = new WandbApi(name, http);
  let located: Promise<RegistryPlace> | null = null;

  /** Looked up once, and again after it could not be. */
  function registry(signal: AbortSignal): Promise<RegistryPlace> {
    const wanted = wantedOf(workspace);
    if (wanted === null) throw new VitrineError('bad_input', { details: { explanation: 'Say which registry of W&B it is: organization/registry.' } });
    located ??= locate(api, name, wanted, signal).catch((thrown: unknown) => {
      located = null;
      throw thrown;
    });
    return located;
  }

  async function files(version: Unfetched, signal: AbortSignal): Promise<readonly RemoteFile[]> {
    const place = await registry(signal);
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
    pull: async (desk, mode, runs, signal) => pullRegistry({ name, api, registry: await registry(signal) }, desk, mode, runs, signal),
    judge,
    now: async (thing, signal) => standingNow({ name, api, registry: await registry(signal), destination, project }, thing, signal),
    push: async (item, outgoing, signal) => pushItem({ name, api, registry: await registry(signal), destination, project }, item, outgoing, signal),
    files,
  };
}
