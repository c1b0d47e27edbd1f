/** Where artifacts lie, and what lies there. */
import { VitrineError } from '#shared/contract/errors.ts';
import type { RemoteHttp } from '../../http.ts';
import type { FileInfo } from './api.ts';

export const artifacts = '/api/2.0/mlflow-artifacts/artifacts';

export async function listArtifacts(http: RemoteHttp, folder: string, signal: AbortSignal): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const found: { readonly path: string; readonly size: number }[] = [];
  const folders = [''];
  for (let index = 0; index < folders.length; index++) {
    const inside = folders[index] ?? '';
    if (folders.length > 100_000) throw new VitrineError('too_large', { details: { explanation: 'The server lists more than 100,000 folders.' } });
    const { files = [] } = await http.json<{ readonly files?: readonly FileInfo[] }>(artifacts, { query: { path: inside === '' ? folder : `${folder}/${inside}` }, signal });
    for (const file of files) {
      const path = inside === '' ? file.path : `${inside}/${file.path}`;
      if (file.is_dir === true) folders.push(path);
      else found.push({ path, size: Number(file.file_size ?? 0) });
    }
  }
  return found;
}

export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Bucket and key behind an `s3:` address; null for any other. */
export function bucketPath(uri: string): { readonly bucket: string; readonly key: string } | null {
  const match = /^s3:\/\/([^/?#]+)\/+([^?#]+)$/u.exec(uri);
  const key = match?.[2]?.replace(/\/+$/u, '') ?? '';
  return match?.[1] === undefined || key === '' ? null : { bucket: match[1], key };
}

/** The path behind `mlflow-artifacts:`, which the server itself serves; null for bytes that lie elsewhere. */
export function proxyPath(uri: string): string | null {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+)$/u.exec(uri);
  const path = match?.[1]?.replace(/\/+$/u, '') ?? null;
  return path === null || path.split('/').includes('..') ? null : path;
}
