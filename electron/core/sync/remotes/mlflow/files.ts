/** The files of a version there: listed, and read whole or in parts. */
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import type { OpenBucket } from '../../bytes/bucket.ts';
import { shown } from '../../http.ts';
import type { RangeAnswer, RemoteFile, Unfetched } from '../connector.ts';
import { redacted } from './api.ts';
import { artifacts, bucketPath, encodePath, listArtifacts, proxyPath } from './artifacts.ts';
import type { Place } from './place.ts';

/** A signed address is used for this many milliseconds: MLflow signs for five minutes unless told otherwise. */
const signedFor = 120_000;

export function filesOf({ name, api, http, bucketNamed }: Place) {
  /**
   * How parts of a file are had, found out with the first that is large: from an address in the bucket that the server signs, where its artifacts
   * lie in one (asked for parts itself, it would bring the whole file anew for each); else from the server, where that reads its own disk.
   */
  let parts: 'signed' | 'served' | 'none' | null = null;
  const signed = new Map<string, { readonly url: URL; readonly until: number }>();

  async function signedAddress(path: string, signal: AbortSignal): Promise<URL | null> {
    const known = signed.get(path);
    if (known !== undefined && known.until > Date.now()) return known.url;
    const answer = await http.ask(`/api/2.0/mlflow-artifacts/presigned/${encodePath(path)}`, { signal }).catch((thrown: unknown) => {
      // 501: its artifacts lie on its own disk. It comes as a failure of the server, and is none.
      if (isVitrineError(thrown) && (thrown.code === 'remote_failed' || thrown.code === 'remote_refused')) return null;
      throw thrown;
    });
    if (answer === null || answer.status >= 300) return null;
    const { url } = JSON.parse(answer.text) as { readonly url?: unknown };
    const address = typeof url === 'string' ? URL.parse(url) : null;
    if (address === null) return null;
    signed.set(path, { url: address, until: Date.now() + signedFor });
    return address;
  }

  async function rangeOf(version: Unfetched, folder: string, path: string, start: number, end: number, signal: AbortSignal): Promise<RangeAnswer | null> {
    if (parts === null || parts === 'signed') {
      const address = await signedAddress(`${folder}/${path}`, signal);
      if (address !== null) {
        parts = 'signed';
        return http.range(address, undefined, start, end, signal);
      }
      if (parts === 'signed') return null;
    }
    if (parts === 'none') return null;
    const answer = await http.range('/model-versions/get-artifact', { name: version.model, version: version.version, path }, start, end, signal).catch((thrown: unknown) => {
      if (parts === null && isVitrineError(thrown) && thrown.code === 'remote_refused') return null;
      throw thrown;
    });
    parts ??= answer === null ? 'none' : 'served';
    return answer;
  }

  async function files(version: Unfetched, signal: AbortSignal): Promise<readonly RemoteFile[]> {
    const { artifact_uri: uri } = await api.get<{ readonly artifact_uri: string }>('model-versions/get-download-uri', { name: version.model, version: version.version }, signal);
    const inBucket = bucketPath(uri);
    if (inBucket !== null) {
      const bucket = await knownBucket(inBucket.bucket, uri);
      const prefix = `${inBucket.key}/`;
      return (await bucket.list(prefix, signal)).filter(({ key }) => key !== prefix).map(({ key, size }): RemoteFile => ({
        path: key.slice(prefix.length), size, range: (start, end, stop) => bucket.get(key, { start, end }, stop),
        async *open(stop) {
          yield* (await bucket.get(key, null, stop)).content;
        },
      }));
    }
    const folder = proxyPath(uri);
    if (folder === null) throw new VitrineError('not_offered', { details: { explanation: `${name} keeps the files of ${version.model} version ${version.version} at ${shown(redacted(uri))}, which only who has the key to that place can read.` } });
    return (await listArtifacts(http, folder, signal)).map((file): RemoteFile => ({
      ...file, open: (stop) => http.read(`${artifacts}/${encodePath(`${folder}/${file.path}`)}`, file.size, stop), range: (start, end, stop) => rangeOf(version, folder, file.path, start, end, stop),
    }));
  }

  async function knownBucket(bucket: string, uri: string): Promise<OpenBucket> {
    const found = await bucketNamed(bucket);
    if (found === null) throw new VitrineError('not_offered', { details: { explanation: `${name} keeps artifacts in the bucket “${shown(bucket)}” (${shown(redacted(uri))}) and does not serve them itself: add that bucket with a key of your own, and they come straight from it.` } });
    return found;
  }

  return { files };
}
