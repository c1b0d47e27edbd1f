/** Who imports whom: every import of the sources, read with a parser. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { parseSync } from 'vite';

/** `type` vanishes when compiled, `later` is an `import()`, `worker` starts a file in another thread. */
export type ImportKind = 'value' | 'type' | 'later' | 'worker';

export interface Import {
  /** Path of the importing file below the root, with forward slashes. */
  readonly from: string;
  /** The imported file's path, or undefined for a package or a part of Node. */
  readonly to: string | undefined;
  /** As written. */
  readonly specifier: string;
  readonly kind: ImportKind;
}

export interface Graph {
  readonly files: readonly string[];
  readonly imports: readonly Import[];
}

const SOURCE = /\.(?:ts|tsx|mjs)$/u;
const WORKER_START = /new URL\(\s*'(\.[^']+\.ts)'\s*,\s*import\.meta\.url\s*\)/gu;

/** The imports of one file. A file that doesn't parse throws. */
export const importsOf = (path: string, source: string): readonly Import[] => {
  const { module, errors } = parseSync(path, source);
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message ?? 'it does not parse'}`);
  const found: { readonly specifier: string; readonly kind: ImportKind }[] = [];
  for (const one of module.staticImports) {
    const onlyTypes = one.entries.length > 0 && one.entries.every((entry) => entry.isType);
    found.push({ specifier: one.moduleRequest.value, kind: onlyTypes ? 'type' : 'value' });
  }
  for (const one of module.staticExports)
    for (const entry of one.entries)
      if (entry.moduleRequest !== null && entry.moduleRequest !== undefined) found.push({ specifier: entry.moduleRequest.value, kind: entry.isType ? 'type' : 'value' });
  for (const { moduleRequest } of module.dynamicImports) {
    const written = source.slice(moduleRequest.start, moduleRequest.end);
    const constant = /^['"`]([^'"`$]+)['"`]$/u.exec(written)?.[1];
    if (constant !== undefined) found.push({ specifier: constant, kind: 'later' });
  }
  for (const [, specifier = ''] of source.matchAll(WORKER_START)) found.push({ specifier, kind: 'worker' });
  return found.map(({ specifier, kind }) => ({ from: path, to: resolve(path, specifier), specifier, kind }));
};

const resolve = (from: string, specifier: string): string | undefined => {
  const plain = specifier.replace(/\?[a-z]+$/u, '');
  if (plain.startsWith('#shared/')) return posix.join('shared', plain.slice('#shared/'.length));
  return plain.startsWith('.') ? posix.join(posix.dirname(from), plain) : undefined;
};

/** A graph from sources in memory, by path. */
export const graphOf = (sources: Readonly<Record<string, string>>): Graph => ({
  files: Object.keys(sources),
  imports: Object.entries(sources).flatMap(([path, source]) => (SOURCE.test(path) ? importsOf(path, source) : [])),
});

/** The sources below some folders of the root. */
export const readSources = (root: string, folders: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    folders
      .filter((folder) => existsSync(join(root, folder)))
      .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !relative(root, dirname(path)).split(sep).includes('output'))
      .map((path) => [relative(root, path).split(sep).join('/'), SOURCE.test(path) ? readFileSync(path, 'utf8') : '']),
  );

/**
 * The shortest chain of imports from a file to one that `isReached` says yes to, or undefined.
 * Types don't count, since nothing of them is left at run time; `kinds` says which others are followed.
 */
export const findChain = (graph: Graph, start: string, isReached: (target: Import) => boolean, kinds: readonly ImportKind[] = ['value']): readonly string[] | undefined => {
  const bySource = Map.groupBy(graph.imports, (one) => one.from);
  const cameFrom = new Map<string, string | undefined>([[start, undefined]]);
  const waiting = [start];
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    for (const one of bySource.get(file) ?? []) {
      if (!kinds.includes(one.kind)) continue;
      if (isReached(one)) return [...chainTo(file, cameFrom), one.to ?? one.specifier];
      if (one.to !== undefined && !cameFrom.has(one.to)) {
        cameFrom.set(one.to, file);
        waiting.push(one.to);
      }
    }
  }
  return undefined;
};

const chainTo = (file: string, cameFrom: ReadonlyMap<string, string | undefined>): readonly string[] => {
  const chain: string[] = [];
  for (let at: string | undefined = file; at !== undefined; at = cameFrom.get(at)) chain.unshift(at);
  return chain;
};
