/** Serves the window's files as `app://vitrine/…`. */
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

/** Where Chromium itself finds the file, and with what it is told; or the number of its error. */
export type PageAnswer = { readonly path: string; readonly headers: Record<string, string> } | { readonly error: number };

/** Chromium's `net::ERR_FILE_NOT_FOUND` and `net::ERR_METHOD_NOT_SUPPORTED`. */
const notFound = -6;
const methodNotSupported = -322;

/** Answers one request for a page's file. */
export function answerFor(folder: string, request: { readonly url: string; readonly method: string }): PageAnswer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return { error: methodNotSupported };
  const file = findPageFile(folder, request.url);
  if (file === null) return { error: notFound };
  return { path: file.path, headers: { ...securityHeaders, 'Content-Type': file.mediaType, 'Cache-Control': 'no-cache' } };
}

/**
 * Puts the app's files behind its scheme. In the older form of Electron's protocol handlers: the newer one (`protocol.handle`) wraps every
 * request and answer in the classes of `fetch`, and loading those alone is a tenth of what main does until the first page stands. Chromium reads the files
 * itself, in a thread of its own: a megabyte of scripts that main reads and hands over waits for all else that a start does there.
 */
export function servePages(protocol: Protocol, folder: string): void {
  protocol.registerFileProtocol(appScheme, (request, answer) => answer(answerFor(folder, request)));
}
