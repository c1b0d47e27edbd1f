/**
 * Looks for what would run when a file is loaded: imports of pickles, wherever they lie (bare, in zip archives of PyTorch and NumPy, packed by gzip,
 * zlib, zstd, bzip2, LZ4 or xz, between the arrays of joblib, behind the header of a NumPy array), code in Keras models, headers of safetensors that lie. Reads and never loads; every length is bounded.
 */
import { PassThrough, Readable } from 'node:stream';
import { fromRandomAccessReader, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { judgeImport, type Finding, type FindingSeverity } from '#shared/domain/index.ts';
import { byteStream, EndOfBytes, type ByteStream } from './byteStream.ts';
import { readPickle, type PickleFacts } from './pickle.ts';
import { isCertain, packingOf, piecesOf, unpack, type Packing } from './unpack.ts';

export type ScanFormat = 'pickle' | 'zip' | 'numpy' | 'safetensors' | 'hdf5' | 'keras';

/** What was found in one file. `format` is null for what holds nothing that would run. */
export type FileScan = { readonly format: ScanFormat | null; readonly findings: readonly Finding[]; /** Imports that were seen, the harmless ones too. */ readonly imports: number };

/** A file whose bytes can be had from any place. `name` is what it is called, for what its content alone doesn't say. */
export type ScanSource = { readonly size: number; readonly name: string; read(start: number, end: number): AsyncIterable<Uint8Array> };

export const scanLimits = {
  /** Bytes that one file may unpack to, archives in archives together. */
  unpacked: 8 * 2 ** 30,
  /** Of those, bytes that come of what no fast library unpacks: bzip2, LZ4, xz. */
  slowlyUnpacked: 2 ** 30,
  /** Archives within one another. */
  depth: 3,
  /** Members of an archive. */
  members: 100_000,
  /** Bytes of a header or settings file that are held. */
  header: 100 * 2 ** 20,
  findings: 200,
  /** Bytes of a HDF5 file that are looked through for layers. */
  hdf5: 2 ** 30,
} as const;

class TooLarge extends Error {}

type Scan = { readonly findings: Finding[]; imports: number; unpacked: number; cut: boolean; /** To be closed at the end: few are read to theirs. */ readonly opened: ByteStream[] };
type Place = { readonly inside: string | null; readonly depth: number; /** Within what is packed by xz. */ readonly inXz?: boolean };

export async function scanFile(source: ScanSource): Promise<FileScan> {
  const scan: Scan = { findings: [], imports: 0, unpacked: 0, cut: false, opened: [] };
  let format: ScanFormat | null;
  try {
    format = await scanSource(scan, source, { inside: null, depth: 0 });
  } finally {
    // The outermost came first: what reads from another is closed before it.
    for (const stream of scan.opened.toReversed()) await stream.close();
  }
  if (scan.cut) scan.findings.push({ severity: 'note', kind: 'too large', subject: source.name, inside: null, detail: `There is more than the first ${scanLimits.findings} findings.` });
  return { format, findings: scan.findings, imports: scan.imports };
}

function opened(scan: Scan, bytes: AsyncIterable<Uint8Array>): ByteStream {
  const stream = byteStream(bytes);
  scan.opened.push(stream);
  return stream;
}

function find(scan: Scan, severity: FindingSeverity, kind: Finding['kind'], subject: string, { inside }: Place, detail: string): void {
  // A danger always finds room.
  if (scan.findings.length >= scanLimits.findings && severity !== 'danger') scan.cut = true;
  else if (scan.findings.length < scanLimits.findings * 2) scan.findings.push({ severity, kind, subject: subject.slice(0, 300), inside: inside?.slice(0, 500) ?? null, detail });
}

const pickleName = /\.(?:pkl|pickle|pck|pcl|p|joblib|pt|pth|bin|ckpt|dill|sav|model|mar)$/iu;

async function scanSource(scan: Scan, source: ScanSource, place: Place): Promise<ScanFormat | null> {
  const head = await opened(scan, source.read(0, Math.min(source.size, 16))).peek(16);
  if (startsWith(head, 'PK\x03\x04') || startsWith(head, 'PK\x05\x06')) return scanZip(scan, source, place);
  if (startsWith(head, '\x89HDF\r\n\x1a\n')) return scanHdf5(scan, opened(scan, source.read(0, Math.min(source.size, scanLimits.hdf5))), place);
  if (/\.safetensors$/iu.test(source.name)) return scanSafetensors(scan, source, place);
  const open = (): ByteStream => opened(scan, source.read(0, source.size));
  return scanStream(scan, open, source.name, place);
}

/** Gives the bytes from their beginning, as often as it is asked. */
type Opening = () => ByteStream;

/** What is read forwards: pickles, arrays, what is packed. */
async function scanStream(scan: Scan, open: Opening, name: string, place: Place): Promise<ScanFormat | null> {
  const stream = open();
  const head = await stream.peek(16);
  const packing = packingOf(head);
  if (packing !== null) {
    if (place.depth >= scanLimits.depth) {
      find(scan, 'caution', 'too large', name, place, `It is packed more than ${scanLimits.depth} times over.`);
      return null;
    }
    if (packing === 'xz' && place.inXz === true) {
      find(scan, 'caution', 'not read', name, place, 'It is packed by xz, within what is packed by xz: nobody does that.');
      return null;
    }
    // The first opening has only been looked at.
    let looked: ByteStream | null = stream;
    const within: ByteStream[] = [];
    const inside = (): ByteStream => {
      const from = looked ?? open();
      looked = null;
      const made = opened(scan, unpacked(scan, from, packing));
      within.push(made);
      return made;
    };
    try {
      return await scanStream(scan, inside, name.replace(/\.(?:gz|gzip|z|zst|zstd|bz2|xz|lz4)$/iu, ''), { ...place, depth: place.depth + 1, ...(packing === 'xz' ? { inXz: true } : {}) });
    } catch (thrown) {
      if (thrown instanceof TooLarge) find(scan, 'caution', 'too large', name, place, thrown.message);
      // A text that happens to begin like this is no archive.
      else if (isCertain(packing) || pickleName.test(name)) find(scan, 'caution', 'broken', name, place, 'What is packed in it can’t be unpacked.');
      return null;
    } finally {
      for (const each of within) await each.close();
    }
  }
  if (startsWith(head, '\x93NUMPY')) return scanNumpy(scan, stream, name, place);
  const [first = 0, second = 0] = head;
  // LZMA in its old form, whose beginning says little: nothing here unpacks it.
  const lzma = startsWith(head, '\x5d\x00\x00') && (/\.lzma$/iu.test(name) || pickleName.test(name));
  if (lzma && pickleName.test(name.replace(/\.lzma$/iu, ''))) {
    find(scan, 'caution', 'not read', name, place, 'It is packed in a way that the scan doesn’t unpack.');
    return null;
  }
  const binary = first === 0x80 && second >= 2 && second <= 5;
  if (!binary && !pickleName.test(name)) return null;
  return scanPickles(scan, stream, name, place, binary, open);
}

/** Pickles one after the other, as PyTorch wrote them once; what follows the last of them is data. `again` opens them from the beginning; null where nothing does. */
async function scanPickles(scan: Scan, stream: ByteStream, name: string, place: Place, certain: boolean, again: Opening | null): Promise<ScanFormat | null> {
  for (let number = 0; number < 100; number++) {
    const facts = await readPickle(stream);
    const named = namedIn(facts);
    // By its name it could be one, and it isn't: weights, a text, another format.
    if (number === 0 && !certain && facts.end !== 'stop' && named.length === 0) return null;
    const arrays = named.some(({ module }) => module === 'joblib.numpy_pickle');
    judge(scan, facts, place);
    if (arrays && number === 0 && again !== null) {
      // Python's own pickle reads it as above, joblib passes over the arrays that lie in between: what either of them would run counts.
      await stream.close();
      const followed = await readPickle(again(), { joblib: true });
      judge(scan, followed, place, named);
      if (followed.end !== 'stop') find(scan, 'caution', 'broken', name, place, `After ${followed.opcodes} opcodes it is no pickle of joblib any more. What stands before would have run.`);
      break;
    }
    if (facts.end === 'too much') find(scan, 'caution', 'too large', name, place, `It has more opcodes or names than the scan follows (${facts.opcodes} were read).`);
    // Of one that is followed by data, the data may look like opcodes for a while.
    else if (facts.end !== 'stop' && arrays) find(scan, 'caution', 'not read', name, place, 'Arrays lie between its opcodes, as joblib writes them; what comes after the first of them was not read.');
    else if (facts.end !== 'stop' && (number === 0 || named.length > 0)) find(scan, 'caution', 'broken', name, place, facts.end === 'cut off' ? 'It ends in the middle. What stands before would have run.' : `After ${facts.opcodes} opcodes it is no pickle any more. What stands before would have run.`);
    if (facts.end !== 'stop') break;
    const next = await stream.peek(2);
    if (next.length < 2 || next[0] !== 0x80 || (next[1] ?? 0) > 5) break;
  }
  return 'pickle';
}

/** Names that Python could not have are no names. */
function namedIn(facts: PickleFacts): PickleFacts['imports'] {
  return facts.end === 'stop' ? facts.imports : facts.imports.filter(({ module }) => /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(module));
}

function isTorchScript(module: string): boolean {
  return module === '__torch__' || module.startsWith('__torch__.');
}

/** @param known imports that were judged before */
function judge(scan: Scan, facts: PickleFacts, place: Place, known: PickleFacts['imports'] = []): void {
  const imports = namedIn(facts);
  // TorchScript's own classes: their code lies beside the pickle, in the archive, and no module of Python's is imported for them.
  if (imports.some(({ module }) => isTorchScript(module))) find(scan, 'caution', 'code in a model', 'TorchScript', place, 'It carries code of its own, which runs when the model is used.');
  for (const { module, name } of imports) {
    if (isTorchScript(module)) continue;
    if (known.some((one) => one.module === module && one.name === name)) continue;
    scan.imports += 1;
    const judged = judgeImport(module, name);
    if (judged === 'dangerous') find(scan, 'danger', 'dangerous import', `${module}.${name}`, place, 'Loading the file can call this.');
    else if (judged === 'unknown') find(scan, 'caution', 'unknown import', `${module}.${name}`, place, 'Loading it runs code of this module.');
  }
  if (facts.unreadable > 0) find(scan, 'danger', 'unreadable import', `${facts.unreadable} hidden`, place, 'Names of imports are put together while it is loaded, which no pickler does.');
}

async function* unpacked(scan: Scan, stream: ByteStream, packing: Packing): AsyncGenerator<Uint8Array> {
  const slow = packing === 'bzip2' || packing === 'lz4' || packing === 'xz';
  let here = 0;
  for await (const piece of unpack(stream, packing)) {
    here += piece.length;
    if (slow && here > scanLimits.slowlyUnpacked) throw new TooLarge(`It unpacks to more than ${scanLimits.slowlyUnpacked / 2 ** 30} GiB.`);
    yield counted(scan, piece);
  }
}

function counted(scan: Scan, piece: Uint8Array): Uint8Array {
  scan.unpacked += piece.length;
  if (scan.unpacked > scanLimits.unpacked) throw new TooLarge(`It unpacks to more than ${scanLimits.unpacked / 2 ** 30} GiB.`);
  return piece;
}

async function scanNumpy(scan: Scan, stream: ByteStream, name: string, place: Place): Promise<ScanFormat> {
  try {
    const head = await stream.take(8);
    const width = head[6] === 1 ? 2 : 4;
    const length = (await stream.take(width)).reduce((sum, byte, at) => sum + byte * 256 ** at, 0);
    if (length > 1024 * 1024) find(scan, 'caution', 'wrong header', name, place, `Its header says that it is ${length} bytes long.`);
    else {
      const header = new TextDecoder('latin1').decode(await stream.take(length));
      // Objects can't lie in an array but as a pickle behind its header.
      if (/['"]\|?O['"]|object/u.test(header)) await scanPickles(scan, stream, name, place, true, null);
    }
  } catch (thrown) {
    if (!(thrown instanceof EndOfBytes)) throw thrown;
    find(scan, 'caution', 'broken', name, place, 'It ends in the middle of its header.');
  }
  return 'numpy';
}

class SourceReader extends RandomAccessReader {
  readonly #source: ScanSource;

  constructor(source: ScanSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const out = new PassThrough();
    const read = Readable.from(this.#source.read(start, end));
    read.on('error', (error) => out.destroy(error));
    out.on('close', () => read.destroy());
    return read.pipe(out);
  }
}

async function scanZip(scan: Scan, source: ScanSource, place: Place): Promise<ScanFormat> {
  const keras = /\.keras$/iu.test(source.name);
  let zip: ZipFile;
  try {
    zip = await new Promise((resolve, reject) => {
      fromRandomAccessReader(new SourceReader(source), source.size, { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: false }, (error, opened) => (error === null ? resolve(opened) : reject(error)));
    });
  } catch (thrown) {
    find(scan, 'caution', 'broken', source.name, place, `Its archive can’t be read: ${wordsOf(thrown)}`);
    return 'zip';
  }
  try {
    let members = 0;
    const seen = new Set<string>();
    for (;;) {
      const entry = await nextEntry(zip);
      if (entry === null) break;
      members += 1;
      if (members > scanLimits.members) {
        find(scan, 'caution', 'too large', source.name, place, `It holds more than ${scanLimits.members} files.`);
        break;
      }
      const inside = place.inside === null ? entry.fileName : `${place.inside}/${entry.fileName}`;
      // Which of the two is loaded depends on the reader.
      if (seen.has(entry.fileName)) find(scan, 'caution', 'broken', entry.fileName, place, 'The archive holds it twice.');
      seen.add(entry.fileName);
      if (entry.fileName.endsWith('/')) continue;
      if (entry.isEncrypted()) {
        find(scan, 'caution', 'not read', entry.fileName, place, 'It is encrypted.');
        continue;
      }
      await scanMember(scan, zip, entry, { inside, depth: place.depth + 1 }, keras);
    }
  } catch (thrown) {
    find(scan, 'caution', thrown instanceof TooLarge ? 'too large' : 'broken', source.name, place, thrown instanceof TooLarge ? thrown.message : `Its archive can’t be read to the end: ${wordsOf(thrown)}`);
  } finally {
    zip.close();
  }
  return keras ? 'keras' : 'zip';
}

function nextEntry(zip: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => (): void => {
      zip.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error');
      end();
    };
    zip.once('entry', (entry: Entry) => settle(() => resolve(entry))());
    zip.once('end', settle(() => resolve(null)));
    zip.once('error', (error: Error) => settle(() => reject(error))());
    zip.readEntry();
  });
}

/** One file of an archive, unpacked as far as it has to be looked at. */
async function scanMember(scan: Scan, zip: ZipFile, entry: Entry, place: Place, keras: boolean): Promise<void> {
  const name = entry.fileName.slice(entry.fileName.lastIndexOf('/') + 1);
  const packed: Readable = await new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  });
  try {
    const stream = byteStream(countedPieces(scan, packed as AsyncIterable<Uint8Array>));
    if (keras && name === 'config.json') {
      scanKerasSettings(scan, await textOf(stream, entry.uncompressedSize), place);
      return;
    }
    const head = await stream.peek(16);
    if (startsWith(head, '\x89HDF\r\n\x1a\n')) await scanHdf5(scan, stream, place);
    else if (startsWith(head, 'PK\x03\x04')) find(scan, 'caution', 'not read', name, place, 'An archive in an archive isn’t looked into.');
    // PyTorch's tensors lie beside their pickle as plain bytes, numbered; theirs could look like anything.
    else if (!/^(?:\d+|version|byteorder|\.format_version|\.storage_alignment|serialization_id)$/u.test(name)) await scanMemberStream(scan, zip, entry, stream, name, place);
  } finally {
    packed.destroy();
  }
}

/** A member is read once as it comes; what has to be read a second time is opened anew. */
async function scanMemberStream(scan: Scan, zip: ZipFile, entry: Entry, first: ByteStream, name: string, place: Place): Promise<void> {
  const again: Readable[] = [];
  let fresh: ByteStream | null = first;
  const open = (): ByteStream => {
    const given = fresh;
    fresh = null;
    return given ?? byteStream(countedPieces(scan, memberPieces(zip, entry, again)));
  };
  try {
    await scanStream(scan, open, name, place);
  } finally {
    for (const each of again) each.destroy();
  }
}

async function* memberPieces(zip: ZipFile, entry: Entry, opened: Readable[]): AsyncGenerator<Uint8Array> {
  const packed: Readable = await new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  });
  opened.push(packed);
  yield* packed as AsyncIterable<Uint8Array>;
}

async function* countedPieces(scan: Scan, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield counted(scan, piece);
}

async function textOf(stream: ByteStream, size: number): Promise<string> {
  if (size > scanLimits.header) throw new TooLarge(`A file of it is longer than ${scanLimits.header / 2 ** 20} MiB.`);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of piecesOf(stream)) {
    length += piece.length;
    if (length > scanLimits.header) throw new TooLarge(`A file of it is longer than ${scanLimits.header / 2 ** 20} MiB.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Layers of a Keras model that are code: a lambda is Python's own, packed; other modules than Keras' are imported. */
function scanKerasSettings(scan: Scan, text: string, place: Place): void {
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    find(scan, 'caution', 'broken', 'config.json', place, 'It is no JSON.');
    return;
  }
  const open: unknown[] = [settings];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const { class_name: layer, module } = next as { readonly class_name?: unknown; readonly module?: unknown };
    if (layer === 'Lambda' || layer === '__lambda__') find(scan, 'danger', 'code in a model', `keras ${layer}`, place, 'The model holds Python code that runs when it is loaded or used.');
    if (typeof module === 'string' && !/^(?:keras|builtins)(?:\.|$)/u.test(module)) {
      scan.imports += 1;
      find(scan, judgeImport(module, String(layer)) === 'dangerous' ? 'danger' : 'caution', judgeImport(module, String(layer)) === 'dangerous' ? 'dangerous import' : 'unknown import', `${module}.${String(layer)}`, place, 'Loading the model runs code of this module.');
    }
    for (const inner of Object.values(next)) if (typeof inner === 'object' && inner !== null) open.push(inner);
  }
}

/** A HDF5 file is searched for the settings of lambda layers, which Keras keeps in it as JSON. */
async function scanHdf5(scan: Scan, stream: ByteStream, place: Place): Promise<ScanFormat> {
  let before = '';
  for await (const piece of piecesOf(stream)) {
    const text = before + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
    if (/"class_name"\s{0,20}:\s{0,20}"Lambda"/u.test(text)) {
      find(scan, 'danger', 'code in a model', 'keras Lambda', place, 'The model holds Python code that runs when it is loaded or used.');
      break;
    }
    before = text.slice(-80);
  }
  return 'hdf5';
}

const widths: Readonly<Record<string, number>> = { F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1 };

/** Safetensors holds no code; one whose header lies makes its readers read elsewhere. */
async function scanSafetensors(scan: Scan, source: ScanSource, place: Place): Promise<ScanFormat> {
  const wrong = (subject: string, detail: string): ScanFormat => {
    find(scan, 'caution', 'wrong header', subject, place, detail);
    return 'safetensors';
  };
  if (source.size < 8) return wrong(source.name, 'It is too short to have a header.');
  const stream = byteStream(source.read(0, source.size));
  const length = Number(new DataView(Uint8Array.from(await stream.take(8)).buffer).getBigUint64(0, true));
  if (length > scanLimits.header || length > source.size - 8) return wrong(source.name, `Its header says that it is ${length} bytes long.`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await stream.take(length)));
  } catch {
    return wrong(source.name, 'Its header is no JSON.');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return wrong(source.name, 'Its header is no object.');
  const data = source.size - 8 - length;
  const ranges: { readonly name: string; readonly from: number; readonly to: number }[] = [];
  for (const [name, entry] of Object.entries(header as Readonly<Record<string, unknown>>)) {
    if (name === '__metadata__') continue;
    const { data_offsets: offsets, shape, dtype } = (entry ?? {}) as { readonly data_offsets?: unknown; readonly shape?: unknown; readonly dtype?: unknown };
    const [from, to] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as readonly unknown[]) : [];
    if (typeof from !== 'number' || typeof to !== 'number' || !Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from || to > data) return wrong(name, 'Its bytes are said to lie outside of the file.');
    const count = Array.isArray(shape) && (shape as readonly unknown[]).every((one) => typeof one === 'number' && Number.isSafeInteger(one) && one >= 0) ? (shape as readonly number[]).reduce((product, one) => product * one, 1) : null;
    const width = typeof dtype === 'string' ? widths[dtype] : undefined;
    if (count === null) return wrong(name, 'Its shape can’t be read.');
    if (width !== undefined && count * width !== to - from) return wrong(name, 'Its shape doesn’t fit its bytes.');
    ranges.push({ name, from, to });
  }
  ranges.sort((left, right) => left.from - right.from || left.to - right.to);
  let end = 0;
  for (const { name, from, to } of ranges) {
    if (from < end) return wrong(name, 'Its bytes overlap with another’s.');
    end = to;
  }
  return 'safetensors';
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[at] !== text.charCodeAt(at)) return false;
  return true;
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
