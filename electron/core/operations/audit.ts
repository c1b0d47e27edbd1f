/** The history held against itself and against heads noted outside, signed, and written out. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { appendFile, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { VitrineError, type CheckedInputOf, type ChainHead, type HistoryEvent, type NotedHead, type OutputOf } from '#shared/contract/index.ts';
import { headLine, historyCsvHead, historyCsvLine } from '#shared/domain/index.ts';
import { chainBeginning, signatureFits, type ChainPart } from '../catalog/chainCheck.ts';
import { readHead } from '../catalog/records/heads.ts';
import { asking, type OperationContext } from './context.ts';
import type { Handlers, Rooms } from './index.ts';

// Heads that are kept beside the catalog ---------------------------------------------------------------------------------

/** Outside the catalog's file, so that who rewrites that one leaves these behind; each line the JSON of a signed head. */
function headsFile(rooms: Rooms): string {
  return path.join(rooms.directory, 'history-heads.jsonl');
}

async function keptHeads(rooms: Rooms): Promise<readonly NotedHead[]> {
  const text = await readFile(headsFile(rooms), 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return '';
    throw new VitrineError('file_unreadable', { details: { path: headsFile(rooms), reason: thrown.code ?? 'unreadable' }, cause: thrown });
  });
  // A line cut off by a crash is none; any other that can't be read has been meddled with, and is told.
  const lines = text.split('\n');
  return lines.flatMap((line, index) => (line.trim() === '' || (index === lines.length - 1 && !line.endsWith('}')) ? [] : [readHead(line)]));
}

async function keep(rooms: Rooms, note: NotedHead): Promise<void> {
  try {
    await appendFile(headsFile(rooms), `${JSON.stringify(note)}\n`, { mode: 0o600, flush: true });
  } catch (cause) {
    throw new VitrineError((cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk_full' : 'catalog_read_only', { details: { directory: rooms.directory }, cause });
  }
}

// Signing -----------------------------------------------------------------------------------------------------------------

/** The name of the key in the keychain. Its value is the private key, PKCS 8 in base64. */
const keyName = 'history-signing-key';

function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
}

async function signingKey(rooms: Rooms): Promise<KeyObject | null> {
  const kept = await rooms.vault.open(keyName);
  return kept === null ? null : createPrivateKey({ key: Buffer.from(kept, 'base64'), format: 'der', type: 'pkcs8' });
}

async function demandAdmin(rooms: Rooms, context: OperationContext): Promise<void> {
  await rooms.catalog.read('internal.demandManaging', {}, asking(context));
}

async function signHead(rooms: Rooms, _input: unknown, context: OperationContext) {
  await demandAdmin(rooms, context);
  let key = await signingKey(rooms);
  if (key === null) {
    key = generateKeyPairSync('ed25519').privateKey;
    await rooms.vault.seal(keyName, key.export({ format: 'der', type: 'pkcs8' }).toString('base64'));
  }
  const { line: _, ...head } = (await rooms.catalog.read('history.head', {}, asking(context))) as OutputOf<'history.head'>;
  const note = signed(head, key);
  await keep(rooms, note);
  return { output: note satisfies OutputOf<'history.signHead'>, undo: null };
}

function signed(head: ChainHead, key: KeyObject): NotedHead {
  return { ...head, signature: sign(null, Buffer.from(headLine(head)), key).toString('base64'), publicKey: publicKeyOf(key) };
}

async function keepHead(rooms: Rooms, input: CheckedInputOf<'history.keepHead'>, context: OperationContext) {
  await demandAdmin(rooms, context);
  const { note } = input;
  if (!signatureFits(note)) throw new VitrineError('bad_input', { details: { explanation: 'The signature is not one of this key over this head.' } });
  const verdict = (await rooms.catalog.read('internal.verdict', { part: { ...chainBeginning, next: note.events + 1, fault: null, done: true } satisfies ChainPart, heads: [note], kept: 0 }, asking(context))) as OutputOf<'history.verify'>;
  if (verdict.fault !== null) throw new VitrineError('blocked', { details: { explanation: verdict.fault.explanation } });
  await keep(rooms, note);
  return { output: note satisfies OutputOf<'history.keepHead'>, undo: null };
}

async function heads(rooms: Rooms) {
  const [items, key, keyIn] = await Promise.all([keptHeads(rooms), signingKey(rooms), rooms.vault.where(keyName)]);
  return { output: { items: [...items].reverse(), file: headsFile(rooms), canSign: true, publicKey: key === null ? null : publicKeyOf(key), keyIn } satisfies OutputOf<'history.heads'>, undo: null };
}

// Verifying ---------------------------------------------------------------------------------------------------------------

/** Events walked between two reports of progress, and two looks at whether to stop. */
const walkedAtOnce = 50_000;

async function verifyHistory(rooms: Rooms, input: CheckedInputOf<'history.verify'>, context: OperationContext) {
  const given = input.noted.map(readHead);
  const kept = await keptHeads(rooms);
  let part: ChainPart & { total?: number } = { ...chainBeginning, fault: null, done: false };
  while (!part.done) {
    if (context.signal.aborted) throw new VitrineError('cancelled', { details: { operation: 'history.verify' } });
    part = (await rooms.catalog.read('internal.verifyPart', { next: part.next, head: part.head, limit: walkedAtOnce }, asking(context), { signal: context.signal })) as ChainPart & { total: number };
    context.report({ phase: 'verify', done: part.next - 1, total: part.total ?? null, unit: 'rows', files: null, current: null });
  }
  const { total: _, ...end } = part;
  const output = (await rooms.catalog.read('internal.verdict', { part: end, heads: [...kept, ...given], kept: kept.length }, asking(context))) as OutputOf<'history.verify'>;
  return { output, undo: null };
}

// Writing out -------------------------------------------------------------------------------------------------------------

const exportedAtOnce = 2000;

async function exportHistory(rooms: Rooms, input: CheckedInputOf<'history.export'>, context: OperationContext) {
  const { format, file, overwrite, ...filters } = input;
  if (!path.isAbsolute(file)) throw new VitrineError('path_invalid', { details: { path: file, explanation: `“${file}” is not an absolute path.` } });
  if (!overwrite && (await stat(file).catch(() => null)) !== null) throw new VitrineError('file_exists', { details: { path: file } });
  // Under its own name only once it is whole.
  const fresh = `${file}.part`;
  const stream = createWriteStream(fresh, { mode: 0o600, flush: true });
  // An error is thrown where it is waited for.
  stream.on('error', () => undefined);
  let events = 0;
  let bytes = 0;
  let lastEventId: number | null = null;
  const put = async (text: string): Promise<void> => {
    if (stream.errored !== null && stream.errored !== undefined) throw stream.errored;
    bytes += Buffer.byteLength(text);
    if (!stream.write(text)) await once(stream, 'drain');
  };
  try {
    await once(stream, 'open');
    if (format === 'csv') await put(historyCsvHead);
    let after: number | null = 0;
    while (after !== null) {
      if (context.signal.aborted) throw new VitrineError('cancelled', { details: { operation: 'history.export' } });
      const page: { readonly items: readonly HistoryEvent[]; readonly next: number | null } = (await rooms.catalog.read('internal.historyAfter', { ...filters, after, limit: exportedAtOnce }, asking(context), { signal: context.signal })) as never;
      if (page.items.length > 0) await put(page.items.map((event) => (format === 'csv' ? historyCsvLine(event) : `${JSON.stringify(event)}\n`)).join(''));
      events += page.items.length;
      lastEventId = page.items.at(-1)?.id ?? lastEventId;
      after = page.next;
      context.report({ phase: 'export', done: events, total: null, unit: 'rows', files: null, current: null });
    }
    stream.end();
    await once(stream, 'close');
    await rename(fresh, file);
  } catch (thrown) {
    stream.destroy();
    await rm(fresh, { force: true });
    throw fileFailure(thrown, file);
  }
  return { output: { file, events, bytes, lastEventId: lastEventId as never } satisfies OutputOf<'history.export'>, undo: null };
}

/** What the file system says, as one of the contract's codes. */
export function fileFailure(thrown: unknown, file: string): unknown {
  if (thrown instanceof VitrineError) return thrown;
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === undefined) return thrown;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new VitrineError('disk_full', { details: { directory: path.dirname(file) }, cause: thrown });
  if (code === 'ENOENT') return new VitrineError('not_found', { details: { kind: 'file or folder', label: file }, cause: thrown });
  if (code === 'EISDIR') return new VitrineError('file_exists', { details: { path: file }, cause: thrown });
  return new VitrineError('file_unreadable', { details: { path: file, reason: code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'you have no right to use it' : code }, cause: thrown });
}

export const auditHandlers: Handlers = { 'history.verify': verifyHistory, 'history.signHead': signHead, 'history.keepHead': keepHead, 'history.heads': heads, 'history.export': exportHistory };
