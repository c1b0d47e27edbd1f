/** Safety scans: a version's files read from the store, each content once. */
import { VitrineError, type CheckedInputOf, type ManifestEntry, type OutputOf } from '#shared/contract/index.ts';
import type { SafetyScan } from '#shared/contract/operations/scans.ts';
import type { ScanFound } from '../catalog/commands/scans.ts';
import type { ContentScan } from '../catalog/records/scans.ts';
import { acting, asking, type OperationContext, type OperationResult } from './context.ts';
import type { Handlers, Rooms } from './index.ts';

const entriesAtOnce = 500;

/** Every entry of a version's manifest. */
export async function* entriesOf(rooms: Rooms, versionId: number, context: OperationContext): AsyncGenerator<readonly ManifestEntry[]> {
  for (let cursor: string | null = null; ; ) {
    const page = (await rooms.catalog.read('internal.versionEntries', { id: versionId, limit: entriesAtOnce, ...(cursor === null ? {} : { cursor }) }, asking(context))) as { readonly items: readonly ManifestEntry[]; readonly nextCursor: string | null };
    yield page.items;
    cursor = page.nextCursor;
    if (cursor === null) return;
  }
}

/** Scans a version and keeps what was found. */
export async function scanVersion(rooms: Rooms, versionId: number, context: OperationContext): Promise<SafetyScan> {
  // Loaded when the first scan is asked for: most starts of core scan nothing.
  const { scanFile } = await import('../content/scan.ts');
  const found = { files: 0, loadable: 0, imports: 0 };
  const findings: SafetyScan['findings'] = [];
  const contents: ContentScan[] = [];
  for await (const page of entriesOf(rooms, versionId, context)) {
    const wanted = page.flatMap((entry) => (entry.sha256 === null ? [] : [{ sha256: entry.sha256, suffix: suffixOf(entry.path) }]));
    const known = new Map(((await rooms.catalog.read('internal.knownScans', { contents: wanted }, asking(context))) as readonly ContentScan[]).map((one) => [`${one.sha256} ${one.suffix}`, one]));
    for (const entry of page) {
      if (context.signal.aborted) throw new VitrineError('cancelled', { details: { operation: 'scans.run' } });
      found.files += 1;
      context.report({ phase: 'scan', done: found.files, total: null, unit: 'files', files: null, current: entry.path });
      const { sha256, path, size } = entry;
      const unread = (detail: string): void => void findings.push({ path, severity: 'caution', kind: 'not read', subject: path.slice(path.lastIndexOf('/') + 1), inside: null, detail });
      if (sha256 === null) {
        unread('Its bytes lie elsewhere.');
        continue;
      }
      if (!(await rooms.store.has(sha256))) {
        unread('Its bytes are not here.');
        continue;
      }
      const suffix = suffixOf(path);
      const key = `${sha256} ${suffix}`;
      let one = known.get(key);
      if (one === undefined) {
        const { format, findings: inFile, imports } = await scanFile({ name: `file${suffix}`, size, read: (start, end) => bytesOf(rooms, sha256, start, end) });
        one = { sha256, suffix, format, imports, findings: inFile };
        known.set(key, one);
        contents.push(one);
      }
      if (one.format !== null) found.loadable += 1;
      found.imports += one.imports;
      findings.push(...one.findings.map((finding) => ({ ...finding, path })));
    }
  }
  const { output } = await rooms.catalog.write('internal.noteScan', { versionId, ...found, findings, contents } satisfies ScanFound, acting(context));
  return output as SafetyScan;
}

async function* bytesOf(rooms: Rooms, sha256: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (start >= end) return;
  const reader = await rooms.store.openReader(sha256, { start, end });
  try {
    yield* reader;
  } finally {
    await reader.close();
  }
}

/** `.tar.gz`, `.pkl`, or nothing: what a file is called, as far as it says how it would be loaded. */
function suffixOf(path: string): string {
  return /(?:\.[A-Za-z0-9]{1,12}){1,2}$/u.exec(path.slice(path.lastIndexOf('/') + 1))?.[0].toLowerCase() ?? '';
}

async function run(rooms: Rooms, input: CheckedInputOf<'scans.run'>, context: OperationContext): Promise<OperationResult> {
  return { output: (await scanVersion(rooms, input.versionId, context)) satisfies OutputOf<'scans.run'>, undo: null };
}

export const scanHandlers: Handlers = { 'scans.run': run };
