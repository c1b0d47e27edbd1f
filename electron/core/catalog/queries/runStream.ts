/** What runs streamed: lines, charts, console, files. */
import type { CheckedInputOf, ConsoleLine, OutputOf, RunDetail, RunFile } from '#shared/contract/index.ts';
import { wandbOfConfig } from '#shared/domain/index.ts';
import { demand, notFound, projectObject } from '../access.ts';
import { checkRunFile } from '../commands/runStream.ts';
import { runFiles } from '../records/runFiles.ts';
import { runDetail } from '../records/runs.ts';
import { runRow, type RunRow } from '../records/rows.ts';

import { axisKeys, chartAxes, chartLine } from '../runlog/chart.ts';
import { columnLines, readColumns, seriesRows, type SeriesRow } from '../runlog/columns.ts';
import { canShrinkRunLog, hasRunLog } from '../runlog/file.ts';
import { hasLostLines, logIdOf, pickLines, readLines, streamRow, type StreamName } from '../runlog/lines.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { pageOfIds } from './paging.ts';
import { projectIdOf, runIdOf } from './source.ts';
import { readTextCursor, textCursor } from './text-cursor.ts';
import { seenOrNothing, seenProject } from './visible.ts';

type SeenRun = { readonly run: RunRow; /** Its number in the run log; null where it has no lines. */ readonly log: number | null };

function seenRun(scope: QueryScope, id: number): SeenRun {
  const run = runRow(scope.db, id);
  seenProject(scope, run.projectId, { kind: 'run', label: String(id) });
  return { run, log: logIdOf(scope.db, scope.db.value<Uint8Array>(sql`SELECT uid FROM runs WHERE id = ${id}`) ?? null) };
}

function detailOf(scope: QueryScope, id: number): RunDetail {
  const detail = runDetail(scope.db, id);
  if (detail === null) throw notFound('run', String(id));
  return detail;
}

export function runDetails(scope: QueryScope, input: CheckedInputOf<'runs.details'>): OutputOf<'runs.details'> {
  return { items: [...new Set(input.ids as readonly number[])].flatMap((id) => {
    const seen = seenOrNothing(() => seenRun(scope, id));
    if (seen === null) return [];
    const run = detailOf(scope, seen.run.id);
    return [{ run, ...textsOf(scope, run) }];
  }) };
}

/** Config and summary as the script wrote them. */
function textsOf(scope: QueryScope, run: RunDetail): { readonly configText: string; readonly summaryText: string } {
  const texts = scope.db.get<{ wireConfig: string | null; summary: string }>(sql`SELECT wire_config AS wireConfig, summary FROM runs WHERE id = ${run.id}`);
  return { configText: texts?.wireConfig ?? wandbOfConfig(run.config), summaryText: texts?.summary ?? '{}' };
}

export function runWire(scope: QueryScope, input: CheckedInputOf<'runs.wire'>): OutputOf<'runs.wire'> {
  const { db } = scope;
  const { run, log } = seenRun(scope, 'id' in input ? input.id : runIdOf(scope, projectIdOf(scope, input.entity, input.project), input.runId));
  const detail = detailOf(scope, run.id);
  const lastOf = (stream: StreamName, lines: number) => (log === null || lines === 0 ? [] : readLines(db, log, stream, lines - 1, lines));
  return {
    run: detail, ...textsOf(scope, detail), historyLines: detail.historyLines, systemLines: detail.systemLines, outputLines: detail.outputLines,
    historyTail: lastOf('history', detail.historyLines), systemTail: lastOf('system', detail.systemLines),
  };
}

/** Numbers of the lines whose step lies in the range, in order. Null where it is all of them. */
function linesInRange(scope: QueryScope, log: number, stream: StreamName, lines: number, min: number, max: number): readonly number[] | null {
  if (min <= 0 && max === Infinity) return null;
  const [series] = seriesRows(scope.db, log, stream, ['_step']);
  const steps = new Float64Array(lines).map((_value, index) => index);
  if (series !== undefined) {
    for (const column of readColumns(scope.db, series.id, 0)) {
      column.numbers.forEach((step, index) => {
        const line = column.number * columnLines + (column.places === null ? index : column.places[index]!);
        if (line < lines) steps[line] = step;
      });
    }
  }
  const numbers: number[] = [];
  steps.forEach((step, line) => {
    if (step >= min && step < max) numbers.push(line);
  });
  return numbers;
}

export function runHistory(scope: QueryScope, input: CheckedInputOf<'runs.history'>): OutputOf<'runs.history'> {
  const { db } = scope;
  const { log } = seenRun(scope, input.id);
  const row = streamRow(db, log, input.stream);
  if (log === null || row.lines === 0) return { lines: [], nextCursor: null, total: 0, lastStep: null };
  const inRange = linesInRange(scope, log, input.stream, row.lines, input.minStep ?? 0, input.maxStep ?? Infinity);
  const total = inRange?.length ?? row.lines;
  if (input.samples !== undefined && input.samples < total) {
    const { samples } = input;
    const wanted = Array.from({ length: samples }, (_value, index) => (samples === 1 ? total - 1 : Math.round((index * (total - 1)) / (samples - 1))));
    return { lines: pickLines(db, log, input.stream, wanted.map((place) => inRange?.[place] ?? place)), nextCursor: null, total, lastStep: row.lastStep };
  }
  const from = input.cursor === undefined ? 0 : readTextCursor(input.cursor).position;
  const to = Math.min(total, from + input.limit);
  const lines = inRange === null ? readLines(db, log, input.stream, from, to) : pickLines(db, log, input.stream, inRange.slice(from, to));
  // Lines that never came stand as empty ones.
  return { lines: lines.filter((line) => line !== ''), nextCursor: to < total ? textCursor('', to) : null, total, lastStep: row.lastStep };
}

export function metricKeys(scope: QueryScope, input: CheckedInputOf<'runs.metricKeys'>): OutputOf<'runs.metricKeys'> {
  const { log } = seenRun(scope, input.id);
  const row = streamRow(scope.db, log, input.stream);
  const items = log === null ? [] : seriesRows(scope.db, log, input.stream).map(({ id: _id, ...facts }) => facts);
  return { items, lines: row.lines, lastStep: row.lastStep, firstAt: row.firstAt, lastAt: row.lastAt };
}

export function metrics(scope: QueryScope, input: CheckedInputOf<'runs.metrics'>): OutputOf<'runs.metrics'> {
  const { db } = scope;
  const series: OutputOf<'runs.metrics'>['series'] = [];
  const lines: number[] = [];
  const rewrites: number[] = [];
  const keys = [...new Set(input.keys)];
  input.ids.forEach((id, position) => {
    const { log } = seenRun(scope, id);
    const row = streamRow(db, log, input.stream);
    lines.push(row.lines);
    rewrites.push(row.rewrites);
    if (log === null) return;
    const known: ReadonlyMap<string, SeriesRow> = new Map(seriesRows(db, log, input.stream, [...keys, ...axisKeys]).map((one) => [one.key, one]));
    const since = input.since?.[position] ?? 0;
    const axes = chartAxes(db, known, input.x, row.firstAt, since);
    for (const key of keys) {
      const found = known.get(key);
      if (found !== undefined) series.push({ id, key, ...chartLine(db, found, axes, { x: input.x, from: input.from, to: input.to, points: input.points, since }) });
    }
  });
  return { series, lines, rewrites };
}

/** `ERROR 2026-11-22T20:27:08.123456 text`, each part but the text optional: how the client writes what was printed. */
const printed = /^(?:(ERROR|WARN|INFO) )?(?:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?Z? )?([\s\S]*)$/;

export function consoleLine(number: number, line: string): ConsoleLine {
  const [, level, seconds, fraction, text] = printed.exec(line) ?? [];
  const at = seconds === undefined ? NaN : Date.parse(`${seconds}${(fraction ?? '.000').slice(0, 4).padEnd(4, '0')}Z`);
  return { number, stream: level === 'ERROR' ? 'stderr' : 'stdout', at: Number.isNaN(at) ? null : new Date(at).toISOString(), text: text ?? line };
}

export function runConsole(scope: QueryScope, input: CheckedInputOf<'runs.console'>): OutputOf<'runs.console'> {
  const { log } = seenRun(scope, input.id);
  const total = streamRow(scope.db, log, 'output').lines;
  const from = input.from ?? Math.max(0, total - input.limit);
  if (log === null || from >= total) return { items: [], total };
  return { items: readLines(scope.db, log, 'output', from, Math.min(total, from + input.limit)).map((line, index) => consoleLine(from + index, line)), total };
}

export function listRunFiles(scope: QueryScope, input: CheckedInputOf<'runs.files'>): OutputOf<'runs.files'> {
  const { db } = scope;
  const { run } = seenRun(scope, input.id);
  const where = [sql`f.run_id = ${run.id}`];
  let name = `files of ${run.id}`;
  if (input.names !== undefined) {
    where.push(sql`f.name IN ${listOf(input.names)}`);
    name += ` ${JSON.stringify(input.names)}`;
  }
  if (input.pattern !== undefined) {
    where.push(sql`f.name LIKE ${input.pattern}`);
    name += ` like ${input.pattern}`;
  }
  const { ids, ...page } = pageOfIds<string>(db, { name, from: sql`FROM run_files f`, where, key: sql`f.name`, id: sql`f.name`, descending: false }, input);
  return { items: runFiles(db, run.id, ids), ...page };
}

/** Whether lines without a run, or room without lines, are left in the run log. */
export function runLogUntidy({ db }: QueryScope, input: { readonly lostFor: number; readonly now: number }): boolean {
  return hasRunLog(db) && (hasLostLines(db, input.now - input.lostFor) || canShrinkRunLog(db));
}

/** One file of a run, for core to read its bytes. */
export function runFile(scope: QueryScope, input: { readonly id: number; readonly name: string }): RunFile {
  const { run } = seenRun(scope, input.id);
  demand(scope.asker, 'source.use', projectObject(scope.db, run.projectId), { kind: 'run', label: String(input.id) });
  const [file] = runFiles(scope.db, run.id, [input.name]);
  if (file === undefined) throw notFound('file', input.name);
  return file;
}

export function checkRunFileQuery(scope: QueryScope, input: { readonly runId: number; readonly name: string }): { readonly name: string } {
  return checkRunFile(scope, input);
}

