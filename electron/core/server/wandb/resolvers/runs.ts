/** Runs as they are read back. */
import { VitrineError, type OutputOf, type RunDetail, type RunFile, type RunId, type RunSummary, type VersionSummary } from '#shared/contract/index.ts';
import { parseLooseJson, wandbPartOfConfig } from '#shared/domain/index.ts';
import type { Asking, RunOnWire } from '../asking.ts';
import { md5ToWire } from '../digests.ts';
import { globalId } from '../ids.ts';
import { clampRows } from '../limits.ts';
import { connection, pageOf, type PageArguments } from '../pages.ts';

type Wire = OutputOf<'runs.wire'>;
type HistoryArguments = { readonly minStep?: number | null; readonly maxStep?: number | null; readonly samples?: number | null };
type FileArguments = PageArguments & { readonly names?: readonly (string | null)[] | null; readonly pattern?: string | null };

/** Lines that one answer holds at most, so that its memory is bounded. */
const mostLines = 100_000;

export function runNode(asking: Asking, run: RunSummary & Partial<RunDetail>): object {
  const texts = async (): Promise<RunOnWire> => {
    const known = await asking.run(run.id);
    if (known === null) throw new VitrineError('not_found', { details: { kind: 'run', label: run.runId } });
    return known;
  };
  const detail = async (): Promise<RunDetail> => (run.historyLines === undefined ? (await texts()).run : (run as RunDetail));
  const wire = (): Promise<Wire> => asking.ask('runs.wire', { id: run.id });
  return {
    __typename: 'Run', id: globalId('Run', run.id), name: run.runId, projectId: run.projectId, project: () => asking.nodes.project({ id: run.projectId, entity: run.entity, name: run.project }),
    displayName: run.displayName, description: async () => (await detail()).notes, notes: async () => (await detail()).notes, state: run.state, group: run.group, jobType: run.jobType, tags: run.tags, sweepName: null, readOnly: false,
    createdAt: run.createdAt, heartbeatAt: async () => (await detail()).heartbeatAt ?? run.createdAt, commit: async () => (await detail()).commit, stopped: async () => (await detail()).stopRequested,
    user: () => asking.nodes.user(run.createdBy),
    config: async () => (await texts()).configText, summaryMetrics: async () => (await texts()).summaryText,
    wandbConfig: async (args: { readonly keys?: readonly string[] | null }) => wandbPartOfConfig((await texts()).configText, args.keys ?? null),
    systemMetrics: async () => JSON.stringify(lastValues(await asking.ask('runs.metricKeys', { id: run.id, stream: 'system' }))),
    historyKeys: async () => historyKeys(await asking.ask('runs.metricKeys', { id: run.id })),
    historyLineCount: async () => (await detail()).historyLines, eventsLineCount: async () => (await detail()).systemLines, logLineCount: async () => (await detail()).outputLines,
    historyTail: async () => JSON.stringify((await wire()).historyTail), eventsTail: async () => JSON.stringify((await wire()).systemTail),
    history: (args: HistoryArguments) => linesOf(asking, run.id, 'history', args),
    events: (args: HistoryArguments) => linesOf(asking, run.id, 'system', args),
    sampledHistory: (args: { readonly specs: readonly unknown[] }) => Promise.all(args.specs.map((spec) => sampled(asking, run.id, spec))),
    parquetHistory: async (args: { readonly liveKeys: readonly string[] }) => ({ parquetUrls: [], liveData: await firstRow(asking, run.id, args.liveKeys) }),
    logLines: (args: PageArguments & { readonly last?: number | null }) => logLines(asking, run.id, args),
    fileCount: async () => (await detail()).fileCount,
    files: async (args: FileArguments) => ({ ...connection(await filesPage(asking, run.id, args), (file) => runFileNode(asking, run, file)), uploadHeaders: [] }),
    inputArtifacts: async (args: PageArguments) => connection(await versionsPage(asking, run.id, 'used', args), (version) => asking.nodes.version(version.id)),
    outputArtifacts: async (args: PageArguments) => connection(await versionsPage(asking, run.id, 'logged', args), (version) => asking.nodes.version(version.id)),
  };
}

function versionsPage(asking: Asking, id: RunId, relation: 'used' | 'logged', args: PageArguments) {
  return pageOf<VersionSummary>(args, (page) => asking.ask('runs.versions', { id, relation, ...page }));
}

function filesPage(asking: Asking, id: RunId, args: FileArguments) {
  // Clients ask for a file as the script wrote its path; what they sent lies under the path alone.
  const names = (args.names ?? []).flatMap((name) => (name === null ? [] : [name.replace(/^(?:\.\/)+/, '')]));
  return pageOf<RunFile>(args, (page) => asking.ask('runs.files', { id, ...(names.length === 0 ? {} : { names }), ...(args.pattern === null || args.pattern === undefined || args.pattern === '' ? {} : { pattern: args.pattern }), ...page }));
}

function runFileNode(asking: Asking, run: RunSummary, file: RunFile): object {
  const path = [run.entity, run.project, run.runId, ...file.name.split('/')].map(encodeURIComponent).join('/');
  return {
    __typename: 'File', id: globalId('RunFile', `${run.id}:${file.name}`), name: file.name, displayName: file.name, sizeBytes: file.size, mimetype: file.mediaType, updatedAt: file.updatedAt, md5: md5ToWire(file.md5), digest: md5ToWire(file.md5), storagePath: null,
    url: (args: { readonly upload?: boolean | null }) => (args.upload === true ? asking.address({ for: 'run file upload', runId: run.id, name: file.name }, file.name) : asking.url(`/files/${path}`)),
    directUrl: () => asking.address({ for: 'run file', runId: run.id, name: file.name }, file.name),
    uploadUrl: () => asking.address({ for: 'run file upload', runId: run.id, name: file.name }, file.name), uploadHeaders: [], uploadMultipartUrls: null, artifact: null,
  };
}

async function linesOf(asking: Asking, id: RunId, stream: 'history' | 'system', args: HistoryArguments): Promise<readonly string[]> {
  const range = { ...(args.minStep === null || args.minStep === undefined ? {} : { minStep: Math.max(0, Math.trunc(args.minStep)) }), ...(args.maxStep === null || args.maxStep === undefined ? {} : { maxStep: Math.max(0, Math.trunc(args.maxStep)) }) };
  const samples = Math.min(Math.max(Math.trunc(args.samples ?? mostLines), 1), mostLines);
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await asking.ask('runs.history', { id, stream, ...range, samples, limit: 10_000, ...(cursor === undefined ? {} : { cursor }) });
    lines.push(...page.lines);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && lines.length < samples);
  return lines;
}

type Row = Readonly<Record<string, unknown>>;

function rowOf(line: string): Row | null {
  const row = parseLooseJson(line, 'words');
  return typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as Row) : null;
}

/** What a row says under a key, as an entry: under the key itself, or inside of an object, as `historyKeys` names it (`deep.value`); nothing where it says nothing. */
function valueIn(row: Row, key: string): readonly (readonly [string, unknown])[] {
  if (Object.hasOwn(row, key)) return [[key, row[key]]];
  for (let dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
    const inner = Object.hasOwn(row, key.slice(0, dot)) ? row[key.slice(0, dot)] : null;
    const found = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? valueIn(inner as Row, key.slice(dot + 1)) : [];
    if (found[0] !== undefined) return [[key, found[0][1]]];
  }
  return [];
}

/** Rows that have every key that was asked for, evenly sampled. */
async function sampled(asking: Asking, id: RunId, rawSpec: unknown): Promise<readonly Row[]> {
  let spec: unknown;
  try {
    spec = JSON.parse(String(rawSpec));
  } catch {
    spec = null;
  }
  if (typeof spec !== 'object' || spec === null) throw new VitrineError('bad_input', { details: { explanation: 'A spec of sampledHistory is a JSON object with “keys” and “samples”.' } });
  const { keys, samples, minStep, maxStep } = spec as { readonly keys?: unknown; readonly samples?: unknown; readonly minStep?: unknown; readonly maxStep?: unknown };
  const wanted = Array.isArray(keys) ? keys.filter((key) => typeof key === 'string').slice(0, 1000) : [];
  const rows: Row[] = [];
  // The last step counts; but clients from before 0.27 page by `samples` steps and mean the one after their page.
  const afterLast = typeof maxStep !== 'number' ? null : typeof minStep === 'number' && samples === maxStep - minStep ? maxStep : maxStep + 1;
  for (const line of await linesOf(asking, id, 'history', { minStep: typeof minStep === 'number' ? minStep : null, maxStep: afterLast })) {
    const row = rowOf(line);
    if (row === null) continue;
    if (wanted.length === 0) rows.push(row);
    else {
      const found = wanted.flatMap((key) => valueIn(row, key));
      if (found.length === wanted.length) rows.push(Object.fromEntries(found));
    }
  }
  const most = clampRows(typeof samples === 'number' ? samples : 500);
  if (rows.length <= most || most < 2) return rows.slice(0, most);
  return Array.from({ length: most }, (_, index) => rows[Math.round((index * (rows.length - 1)) / (most - 1))] ?? {});
}

/** The client reads from here on by itself, page by page; there are no files in columns. */
async function firstRow(asking: Asking, id: RunId, keys: readonly string[]): Promise<readonly Row[]> {
  const { lines } = await asking.ask('runs.history', { id, limit: 1 });
  const row = rowOf(lines[0] ?? '');
  if (row === null) return [];
  return [{ _step: row['_step'] ?? 0, ...Object.fromEntries(keys.flatMap((key) => valueIn(row, key))) }];
}

function historyKeys(facts: OutputOf<'runs.metricKeys'>): object {
  return {
    sets: [], lastStep: facts.lastStep ?? -1,
    keys: Object.fromEntries(facts.items.map((item) => [item.key, { typeCounts: [{ type: item.type, count: item.count }], monotonic: false, previousValue: item.last }])),
  };
}

function lastValues(facts: OutputOf<'runs.metricKeys'>): object {
  return Object.fromEntries(facts.items.map((item) => [item.key, item.last]));
}

async function logLines(asking: Asking, id: RunId, args: PageArguments & { readonly last?: number | null }): Promise<object> {
  const limit = Math.min(Math.max(clampRows(args.last ?? args.first ?? 500), 1), 5000);
  const from = /^\d{1,9}$/.test(args.after ?? '') ? Number(args.after) + 1 : 0;
  const page = await asking.ask('runs.console', { id, limit, ...(args.last === null || args.last === undefined ? { from } : {}) });
  const last = page.items.at(-1)?.number ?? from - 1;
  const more = last + 1 < page.total;
  return {
    edges: page.items.map((line) => ({ cursor: String(line.number), node: { number: line.number, timestamp: line.at, level: line.stream === 'stderr' ? 'error' : 'info', label: null, line: line.text } })),
    pageInfo: { __typename: 'PageInfo', hasNextPage: more, endCursor: page.items.length === 0 ? null : String(last), hasPreviousPage: false, startCursor: null },
  };
}
