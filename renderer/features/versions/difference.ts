/** What differs between two versions: files by path and content, metadata value by value. Nothing is guessed; a move is the same bytes at another path. */
import type { ManifestEntry } from '#shared/contract/index.ts';
import type { JsonObject, JsonValue } from '#shared/domain/metadata.ts';

export type FileChange =
  | { readonly kind: 'added'; readonly path: string; readonly before: null; readonly after: ManifestEntry }
  | { readonly kind: 'removed'; readonly path: string; readonly before: ManifestEntry; readonly after: null }
  | { readonly kind: 'changed'; readonly path: string; readonly before: ManifestEntry; readonly after: ManifestEntry }
  /** `path` is where it is now. */
  | { readonly kind: 'moved'; readonly path: string; readonly before: ManifestEntry; readonly after: ManifestEntry };

export type FileDifference = {
  /** By path. */
  readonly changes: readonly FileChange[];
  readonly unchanged: number;
  /** Bytes after less bytes before. */
  readonly growth: number;
};

function contentOf(entry: ManifestEntry): string {
  return entry.sha256 === null ? `reference ${entry.reference} ${entry.md5} ${entry.size}` : `sha256 ${entry.sha256}`;
}

export function compareFiles(before: readonly ManifestEntry[], after: readonly ManifestEntry[]): FileDifference {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const changes: FileChange[] = [];
  const added: ManifestEntry[] = [];
  let unchanged = 0;
  for (const entry of after) {
    const was = old.get(entry.path);
    old.delete(entry.path);
    if (was === undefined) added.push(entry);
    else if (contentOf(was) === contentOf(entry)) unchanged += 1;
    else changes.push({ kind: 'changed', path: entry.path, before: was, after: entry });
  }
  // What is left of the old ones is gone from its path. The same bytes elsewhere were moved; empty files are alike without being the same.
  const gone = new Map<string, ManifestEntry[]>();
  for (const entry of old.values()) gone.set(contentOf(entry), [...(gone.get(contentOf(entry)) ?? []), entry]);
  for (const entry of added) {
    const was = entry.size === 0 ? undefined : gone.get(contentOf(entry))?.shift();
    if (was === undefined) changes.push({ kind: 'added', path: entry.path, before: null, after: entry });
    else changes.push({ kind: 'moved', path: entry.path, before: was, after: entry });
  }
  for (const entries of gone.values()) for (const entry of entries) changes.push({ kind: 'removed', path: entry.path, before: entry, after: null });
  const total = (entries: readonly ManifestEntry[]): number => entries.reduce((sum, entry) => sum + entry.size, 0);
  return {
    changes: changes.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0)),
    unchanged,
    growth: total(after) - total(before),
  };
}

export type ValueChange = {
  readonly kind: 'added' | 'removed' | 'changed';
  /** The way to the value, as in `layers[3].width`. */
  readonly path: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
};

/** Compares value by value; lists by position. A value that became an object, or the other way round, changed as a whole. */
export function compareMetadata(before: JsonObject, after: JsonObject): readonly ValueChange[] {
  const changes: ValueChange[] = [];
  compareAt('', before, after, changes);
  return changes;
}

function compareAt(path: string, before: JsonValue | undefined, after: JsonValue | undefined, changes: ValueChange[]): void {
  if (before === after) return;
  if (before === undefined || after === undefined) {
    changes.push({ kind: before === undefined ? 'added' : 'removed', path, before, after });
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest = Math.max(before.length, after.length);
    for (let index = 0; index < longest; index += 1) compareAt(`${path}[${index}]`, before[index] as JsonValue | undefined, after[index] as JsonValue | undefined, changes);
    return;
  }
  if (isPlainObject(before) && isPlainObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) compareAt(stepTo(path, key), ownValue(before, key), ownValue(after, key), changes);
    return;
  }
  changes.push({ kind: 'changed', path, before, after });
}

function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isPlainObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `a.b`, and `a["b c"]` where the key is no plain word. */
export function stepTo(path: string, key: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
