/** Serves the window's files as `app://vitrine/…`. */
import { readFileSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import type { Protocol } from 'electron';
import { appHost, appScheme } from './appOrigin.ts';
import { securityHeaders } from './security/contentPolicy.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/x-icon',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
};

/** What the scheme may do; to be registered before Electron is ready. */
export const appSchemePrivileges = {
  scheme: appScheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
} as const;

export type PageFile = { readonly path: string; readonly mediaType: string };

/**
 * The file below `folder` that an address stands for, or null. Places inside the window have addresses without a file; they and `/` are
 * the entry page. No spelling leads out of the folder: not `..`, encoded or not, not a backslash, a NUL or a drive.
 */
export function findPageFile(folder: string, address: string): PageFile | null {
  let url: URL;
  let path: string;
  try {
    url = new URL(address);
    path = decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
  if (url.protocol !== `${appScheme}:` || url.host !== appHost) return null;
  // After decoding, nothing may be left that a file system reads as more than a name.
  if (/[\0\\:%]/u.test(path) || path.split('/').includes('..')) return null;
  const last = path.slice(path.lastIndexOf('/') + 1);
  const extension = last.includes('.') ? last.slice(last.lastIndexOf('.') + 1).toLowerCase() : null;
  if (extension === null) return { path: join(folder, 'index.html'), mediaType: 'text/html; charset=utf-8' };
  const mediaType = mediaTypes[extension];
  if (mediaType === undefined) return null;
  const file = normalize(join(folder, path));
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? { path: file, mediaType } : null;
}

export type PageAnswer = { readonly status: 200 | 404 | 405; readonly headers: Readonly<Record<string, string>>; readonly bytes: Buffer };

/**
 * Answers one request for a page's file. Read at once: the files are small and our own, while each step of a reading that is waited for comes back to
 * main's loop behind whatever else a start has put there.
 */
export function servePage(folder: string, request: { readonly url: string; readonly method: string }): PageAnswer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405);
  const file = findPageFile(folder, request.url);
  if (file === null) return refusal(404);
  try {
    const bytes = readFileSync(file.path);
    return {
      status: 200,
      headers: { ...securityHeaders, 'Content-Type': file.mediaType, 'Content-Length': String(bytes.byteLength), 'Cache-Control': 'no-cache' },
      bytes: request.method === 'HEAD' ? Buffer.alloc(0) : bytes,
    };
  } catch {
    return refusal(404);
  }
}

function refusal(status: 404 | 405): PageAnswer {
  return { status, headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' }, bytes: Buffer.alloc(0) };
}

/**
 * Puts the app's files behind its scheme. In the older form of Electron's protocol handlers: the newer one (`protocol.handle`) wraps every
 * request and answer in the classes of `fetch`, and loading those alone is a tenth of what main does until the first page stands.
 */
export function servePages(protocol: Protocol, folder: string): void {
  protocol.registerBufferProtocol(appScheme, (request, answer) => {
    const { status, headers, bytes } = servePage(folder, request);
    answer({ statusCode: status, headers: { ...headers }, data: bytes });
  });
}
