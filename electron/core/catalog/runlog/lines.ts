/** The raw lines of a run's streams: appended, overwritten by their numbers, read by range. */
import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib';
import { VitrineError } from '#shared/contract/errors.ts';
import type { ReadableDb, WritableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { hasRunLog } from './file.ts';

/** As numbers in the file. */
export const streams = { history: 0, system: 1, output: 2 } as const;
export type StreamName = keyof typeof streams;

/** A chunk is sealed at so many lines, or at so many characters. */
const sealedAtLines = 1024;
const sealedAtLength = 512 * 1024;
/** Lines that may be missing between what is there and what comes. */
const widestGap = 100_000;

export type StreamRow = { readonly lines: number; /** How often lines that stood already were overwritten. */ readonly rewrites: number; readonly lastStep: number | null; readonly firstAt: number | null; readonly lastAt: number | null };

const emptyStream: StreamRow = { lines: 0, rewrites: 0, lastStep: null, firstAt: null, lastAt: null };

/** The number of a run in the log; null where it has no lines. */
export function logIdOf(db: ReadableDb, uid: Uint8Array | null): number | null {
  if (uid === null || !hasRunLog(db)) return null;
  return db.value<number>(sql`SELECT id FROM runlog.runs WHERE uid = ${uid}`) ?? null;
}

export function ensureLogId(db: WritableDb, uid: Uint8Array): number {
  return logIdOf(db, uid) ?? db.run(sql`INSERT INTO runlog.runs (uid) VALUES (${uid})`).id;
}

export function streamRow(db: ReadableDb, run: number | null, stream: StreamName): StreamRow {
  if (run === null) return emptyStream;
  return db.get<StreamRow>(sql`SELECT lines, rewrites, last_step AS lastStep, first_at AS firstAt, last_at AS lastAt FROM runlog.streams WHERE run = ${run} AND stream = ${streams[stream]}`) ?? emptyStream;
}

type ChunkRow = { readonly id: number; readonly first: number; readonly count: number; readonly sealed: number; readonly data: Uint8Array };

function linesOf(chunk: ChunkRow): string[] {
  const bytes = chunk.sealed === 1 ? zstdDecompressSync(chunk.data) : Buffer.from(chunk.data.buffer, chunk.data.byteOffset, chunk.data.byteLength);
  return bytes.toString('utf8').split('\n');
}

function packed(lines: readonly string[], seal: boolean): Uint8Array {
  const text = lines.join('\n');
  return seal ? zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }) : Buffer.from(text, 'utf8');
}

/** How many lines there were and are. */
export type Written = { readonly before: number; readonly after: number; /** Lines that stood there and are others now; a request that comes twice changes nothing. */ readonly changed: readonly ChangedLine[] };

export type ChangedLine = { readonly number: number; readonly before: string; readonly after: string };

/** Writes lines from `offset` on. Throws `bad_input` where far too many would be missing in between. */
export function writeLines(db: WritableDb, run: number, stream: StreamName, offset: number, lines: readonly string[]): Written {
  const before = streamRow(db, run, stream).lines;
  if (lines.length === 0) return { before, after: before, changed: [] };
  if (offset > before + widestGap) throw new VitrineError('bad_input', { details: { explanation: `Line ${offset} of ${stream} comes where line ${before} is next: too many are missing in between.` } });
  const gap = Array.from({ length: Math.max(0, offset - before) }, () => '');
  const incoming = lines.map((line) => (line.includes('\n') ? line.replaceAll('\n', ' ') : line));
  const overwritten = Math.min(incoming.length, Math.max(0, before - offset));
  const changed = overwritten > 0 ? overwrite(db, run, stream, offset, incoming.slice(0, overwritten)) : [];
  const added = overwritten > 0 || gap.length > 0 ? [...gap, ...incoming.slice(overwritten)] : incoming;
  if (added.length > 0) append(db, run, stream, before, added);
  const after = before + added.length;
  db.run(sql`
    INSERT INTO runlog.streams (run, stream, lines) VALUES (${run}, ${streams[stream]}, ${after})
    ON CONFLICT (run, stream) DO UPDATE SET lines = excluded.lines`);
  return { before, after, changed };
}

function append(db: WritableDb, run: number, stream: StreamName, first: number, lines: readonly string[]): void {
  const code = streams[stream];
  const last = db.get<ChunkRow>(sql`SELECT id, first, count, sealed, data FROM runlog.chunks WHERE run = ${run} AND stream = ${code} ORDER BY first DESC LIMIT 1`);
  const open = last !== undefined && last.sealed === 0 ? last : null;
  let chunk = open === null ? [] : linesOf(open);
  let chunkFirst = open === null ? first : open.first;
  let id = open?.id ?? null;
  let length = chunk.reduce((sum, line) => sum + line.length, 0);
  const put = (seal: boolean): void => {
    const data = packed(chunk, seal);
    if (id === null) db.run(sql`INSERT INTO runlog.chunks (run, stream, first, count, sealed, data) VALUES (${run}, ${code}, ${chunkFirst}, ${chunk.length}, ${seal ? 1 : 0}, ${data})`);
    else db.run(sql`UPDATE runlog.chunks SET count = ${chunk.length}, sealed = ${seal ? 1 : 0}, data = ${data} WHERE id = ${id}`);
  };
  for (const line of lines) {
    chunk.push(line);
    length += line.length + 1;
    if (chunk.length < sealedAtLines && length < sealedAtLength) continue;
    put(true);
    chunkFirst += chunk.length;
    chunk = [];
    length = 0;
    id = null;
  }
  if (chunk.length > 0) put(false);
}

function overwrite(db: WritableDb, run: number, stream: StreamName, offset: number, lines: readonly string[]): ChangedLine[] {
  const all: ChangedLine[] = [];
  for (const chunk of chunksIn(db, run, stream, offset, offset + lines.length)) {
    const kept = linesOf(chunk);
    const changedBefore = all.length;
    for (let place = 0; place < kept.length; place += 1) {
      const number = chunk.first + place;
      const line = lines[number - offset];
      const before = kept[place];
      if (line === undefined || before === undefined || line === before) continue;
      kept[place] = line;
      all.push({ number, before, after: line });
    }
    if (all.length === changedBefore) continue;
    db.run(sql`UPDATE runlog.chunks SET data = ${packed(kept, chunk.sealed === 1)} WHERE id = ${chunk.id}`);
  }
  return all;
}

function chunksIn(db: ReadableDb, run: number, stream: StreamName, from: number, to: number): ChunkRow[] {
  const code = streams[stream];
  const start = db.value<number>(sql`SELECT max(first) FROM runlog.chunks WHERE run = ${run} AND stream = ${code} AND first <= ${from}`) ?? 0;
  return db.all<ChunkRow>(sql`SELECT id, first, count, sealed, data FROM runlog.chunks WHERE run = ${run} AND stream = ${code} AND first >= ${start} AND first < ${to} ORDER BY first`);
}

/** Lines `[from, to)`, as far as they are there. */
export function readLines(db: ReadableDb, run: number, stream: StreamName, from: number, to: number): string[] {
  const lines: string[] = [];
  for (const chunk of chunksIn(db, run, stream, from, to)) {
    const all = linesOf(chunk);
    lines.push(...all.slice(Math.max(0, from - chunk.first), Math.max(0, to - chunk.first)));
  }
  return lines;
}

/** The lines with these numbers, which come sorted. */
export function pickLines(db: ReadableDb, run: number, stream: StreamName, numbers: readonly number[]): string[] {
  const picked: string[] = [];
  let chunk: { readonly first: number; readonly lines: readonly string[] } | null = null;
  for (const number of numbers) {
    if (chunk === null || number >= chunk.first + chunk.lines.length) {
      const [next] = chunksIn(db, run, stream, number, number + 1);
      if (next === undefined) break;
      chunk = { first: next.first, lines: linesOf(next) };
    }
    const line = chunk.lines[number - chunk.first];
    if (line !== undefined) picked.push(line);
  }
  return picked;
}

/** Forgets a run's lines. */
export function dropLog(db: WritableDb, uid: Uint8Array | null): void {
  const run = logIdOf(db, uid);
  if (run !== null) dropLines(db, run);
}

function dropLines(db: WritableDb, run: number): void {
  db.run(sql`DELETE FROM runlog.columns WHERE series IN (SELECT id FROM runlog.series WHERE run = ${run})`);
  db.run(sql`DELETE FROM runlog.series WHERE run = ${run}`);
  db.run(sql`DELETE FROM runlog.chunks WHERE run = ${run}`);
  db.run(sql`DELETE FROM runlog.streams WHERE run = ${run}`);
  db.run(sql`DELETE FROM runlog.runs WHERE id = ${run}`);
}

/** Of runs that are there, or can come back from the trash. */
const standing = sql`
  SELECT uid FROM main.runs WHERE deleted_at IS NULL AND uid IS NOT NULL
  UNION ALL SELECT r.uid FROM main.trash t JOIN main.runs r ON r.id = t.object_id WHERE t.kind = 'run' AND t.restored_at IS NULL AND t.purged_at IS NULL AND r.uid IS NOT NULL`;

/** Whether `dropLostLines` has something to do. */
export function hasLostLines(db: ReadableDb, lostBefore: number): boolean {
  return db.value(sql`SELECT 1 FROM runlog.runs WHERE (lost_at IS NULL AND uid NOT IN (${standing})) OR (lost_at IS NOT NULL AND uid IN (${standing})) OR lost_at < ${lostBefore} LIMIT 1`) !== undefined;
}

/**
 * Marks lines that belong to no run of the catalog, and forgets those that were marked before `lostBefore` and still belong to none. Not at
 * once: a catalog put back from a backup knows fewer runs than the one it stands in for, which may return.
 */
export function dropLostLines(db: WritableDb, at: number, lostBefore: number): number {
  db.run(sql`UPDATE runlog.runs SET lost_at = CASE WHEN uid IN (${standing}) THEN NULL ELSE coalesce(lost_at, ${at}) END
    WHERE lost_at IS NOT NULL OR uid NOT IN (${standing})`);
  const lost = db.column<number>(sql`SELECT id FROM runlog.runs WHERE lost_at < ${lostBefore} ORDER BY id LIMIT 100`);
  for (const run of lost) dropLines(db, run);
  return lost.length;
}
