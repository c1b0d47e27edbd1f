/** The scan against pickles that Python itself makes, and against bytes that nobody should have made. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeImport, scanState, standsAgainst, type Finding } from '#shared/domain/index.ts';
import { byteStream } from './byteStream.ts';
import { readPickle, type PickleFacts } from './pickle.ts';
import { scanFile, type FileScan } from './scan.ts';

const rounds = Number(process.env['VITRINE_PICKLES'] ?? 300);
const seed = Math.floor(Math.random() * 1_000_000);

/** In pieces of a few bytes, so that everything is cut somewhere. */
async function* pieces(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const scan = (name: string, bytes: Uint8Array, piece = 64 * 1024): Promise<FileScan> => scanFile({ name, size: bytes.length, read: (start, end) => pieces(bytes.subarray(start, end), piece) });
const pickle = (bytes: Uint8Array, piece = 64 * 1024): Promise<PickleFacts> => readPickle(byteStream(pieces(bytes, piece)));
const real = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, 'testing', 'real', name));
const said = (findings: readonly Finding[]): string[] => findings.map((finding) => `${finding.severity}: ${finding.subject}`);

const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0;

describe.skipIf(!hasPython)(hasPython ? `what Python wrote (seed ${seed})` : 'what Python wrote (there is no Python 3.8 here)', () => {
  let folder: string;
  let expected: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vitrine-pickles-'));
    execFileSync('python3', [path.join(import.meta.dirname, 'testing/makePickles.py'), folder, String(seed), String(rounds)]);
    expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as typeof expected;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string): Buffer => readFileSync(path.join(folder, name));
  const scanned = (name: string): Promise<FileScan> => scan(name, file(name));

  it('imports what Python’s own tools find in it, in every protocol, however its bytes come', async () => {
    const legacy = new Map([['__builtin__', 'builtins'], ['copy_reg', 'copyreg']]);
    for (const [name, globals] of Object.entries(expected)) {
      if (!/^(?:any|harm|good|eval|own|memo|dup|escaped|unicode|cut|legacy)/u.test(name) || !name.endsWith('.pkl')) continue;
      const wanted = globals.map(([module, imported]) => `${legacy.get(module) ?? module} ${imported}`).sort();
      for (const piece of [1, 7, 64 * 1024]) {
        const facts = await pickle(file(name), piece);
        expect([name, facts.imports.map((one) => `${one.module} ${one.name}`).sort(), facts.unreadable]).toEqual([name, wanted, 0]);
        expect([name, facts.end]).toEqual([name, name === 'cut.pkl' ? 'cut off' : 'stop']);
      }
    }
  });

  it.each(['harm-0.pkl', 'harm-1.pkl', 'harm-2.pkl', 'harm-3.pkl', 'harm-4.pkl', 'harm-5.pkl', 'memo.pkl', 'renamed.txt', 'packed.pkl.gz', 'packed.joblib', 'twice.pkl.gz', 'harm.pt', 'arrays.npz', 'cut.pkl', 'inst.pkl', 'unicode.pkl', 'escaped.pkl', 'dup.pkl'])('names the danger in %s', async (name) => {
    const { findings } = await scanned(name);
    expect(said(findings)).toEqual(expect.arrayContaining([expect.stringMatching(/^danger: (?:posix|os)\.system$/u)]));
  });

  it.each([
    ['eval.pkl', ['danger: builtins.eval']], ['legacy.pkl', ['danger: builtins.eval']], ['walked.pkl', ['danger: numpy.f2py.diagnose.os.name']], ['own.pkl', ['caution: __main__.Plain']],
    ['hidden.pkl', ['caution: _codecs.decode', 'danger: 1 hidden']], ['extension.pkl', ['danger: 1 hidden']],
    ['lambda.keras', ['danger: keras Lambda']], ['own.keras', ['caution: mine.nets.Net']], ['old.h5', ['danger: keras Lambda']],
    ['outside.safetensors', ['caution: w']], ['overlap.safetensors', ['caution: w']], ['shape.safetensors', ['caution: w']], ['lies.safetensors', ['caution: lies.safetensors']], ['broken.zip', ['caution: broken.zip']],
    ['good-0.pkl', []], ['good-2.pkl', []], ['good-4.pkl', []], ['good-5.pkl', []], ['model.pt', []], ['fine.safetensors', []], ['numbers.npy', []], ['text.bin', []], ['weights.bin', []],
  ])('says of %s: %j', async (name, wanted) => {
    expect(said((await scanned(name)).findings)).toEqual(wanted);
  });

  it('says where in an archive it lies, and that one holds a file twice', async () => {
    expect((await scanned('harm.pt')).findings[0]).toMatchObject({ inside: 'model/data.pkl', kind: 'dangerous import' });
    expect(said((await scanned('twin.pt')).findings)).toEqual(['caution: model/data.pkl', 'danger: posix.system']);
    expect((await scanned('model.pt')).format).toBe('zip');
    expect((await scanned('renamed.txt')).format).toBe('pickle');
    expect((await scanned('text.bin')).format).toBeNull();
  });

  it('ends on any damage of a real file, and never takes away a danger that comes before it', async () => {
    const bytes = file('harm-4.pkl');
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }), async (at, value) => {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = value;
      await scan('x.pkl', damaged);
    }), { numRuns: 500 });
    const whole = await scanned('harm-4.pkl');
    expect(whole.findings.some((finding) => finding.severity === 'danger')).toBe(true);
    for (let cut = bytes.length - 2; cut > bytes.indexOf('system') + 20; cut--) expect((await scan('x.pkl', bytes.subarray(0, cut))).findings.some((finding) => finding.severity === 'danger')).toBe(true);
    const archive = file('harm.pt');
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: archive.length - 1 }), fc.integer({ min: 0, max: 255 }), async (at, value) => {
      const damaged = Uint8Array.from(archive);
      damaged[at] = value;
      await scan('x.pt', damaged);
    }), { numRuns: 500 });
  });
});

describe('files of numpy, joblib and scikit-learn, as those wrote them', () => {
  const scanned = (name: string, piece?: number): Promise<FileScan> => scan(name, real(name), piece);

  it.each(['arrays.joblib', 'arrays.joblib.gzip', 'arrays.joblib.bz2', 'arrays.joblib.lz4', 'arrays.joblib.xz', 'model.joblib', 'numbers.npy', 'things.npy', 'arrays.npz'])('finds nothing in %s, and has read it to its end', async (name) => {
    expect(said((await scanned(name)).findings)).toEqual([]);
    expect((await scanned(name, 13)).findings).toEqual([]);
  });

  it.each(['harm.joblib', 'harm.joblib.gzip', 'harm.joblib.bz2', 'harm.joblib.lz4', 'harm.joblib.zst', 'harm.joblib.xz', 'linked.pkl.lz4', 'harm.npy', 'harm.npz'])('names the danger in %s, behind arrays or whatever packs it', async (name) => {
    for (const piece of [13, 64 * 1024]) expect(said((await scanned(name, piece)).findings)).toContain('danger: posix.system');
  });

  it('reads on behind a first, empty stream of xz, as others do, wherever the bytes are cut', async () => {
    const nothing = Buffer.from('fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a', 'hex');
    for (const piece of [7, 64 * 1024]) expect(said((await scan('two.joblib.xz', Buffer.concat([nothing, Buffer.alloc(4), real('harm.joblib.xz')]), piece)).findings)).toEqual(['danger: posix.system']);
  });

  it('says what it could not look into', async () => {
    expect((await scanned('harm.joblib.lzma')).findings).toEqual([expect.objectContaining({ severity: 'caution', kind: 'not read' })]);
    // What lies behind a first, empty frame is read by others.
    expect((await scan('two.pkl.zst', Buffer.concat([zstdCompressSync(Buffer.alloc(0)), real('harm.joblib.zst')]))).findings).toEqual([expect.objectContaining({ severity: 'caution', kind: 'broken' })]);
    // Cut off where an array lies, and in the middle of what is packed.
    const whole = real('harm.joblib');
    expect((await scan('cut.joblib', whole.subarray(0, 2000))).findings).toEqual([expect.objectContaining({ severity: 'caution', kind: 'broken' })]);
    for (const how of ['gzip', 'bz2', 'lz4', 'zst', 'xz']) expect((await scan(`cut.joblib.${how}`, real(`harm.joblib.${how}`).subarray(0, 700))).findings, how).toEqual([expect.objectContaining({ severity: 'caution', kind: 'broken' })]);
  });

  it('believes no array that Python’s own pickle would read as opcodes', async () => {
    // Where joblib passes over an array of bytes, plain pickle runs them.
    const { findings } = await scan('both.joblib', withOpcodes(real('arrays.joblib'), Buffer.from("cos\nsystem\n(S'true'\ntR.")));
    expect(said(findings)).toContain('danger: os.system');
  });

  /** The same file, its first array's padding and beginning written over by opcodes. */
  function withOpcodes(bytes: Buffer, opcodes: Buffer): Buffer {
    const made = Buffer.from(bytes);
    const end = made.indexOf('numpy_array_alignment_bytes') + 'numpy_array_alignment_bytes'.length;
    const build = made.indexOf(Buffer.from('ub'), end) + 2;
    opcodes.copy(made, build);
    return made;
  }

  it('ends on any damage of them', async () => {
    for (const name of ['harm.joblib', 'harm.joblib.bz2', 'harm.joblib.lz4', 'harm.joblib.zst', 'harm.joblib.xz']) {
      const bytes = real(name);
      await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }), async (at, value) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = value;
        expect((await scan('x.joblib', damaged)).findings.length).toBeLessThanOrEqual(401);
      }), { numRuns: 60 });
    }
  });
});

describe('any bytes', () => {
  it('end the scan, whatever they are called', async () => {
    const beginnings = fc.constantFrom([0x80, 4], [0x50, 0x4b, 3, 4], [0x1f, 0x8b, 8], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], [0x78, 0x9c], [0x42, 0x5a, 0x68, 0x39], [4, 0x22, 0x4d, 0x18], [0x28, 0xb5, 0x2f, 0xfd], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], [], [0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10]);
    await fc.assert(fc.asyncProperty(beginnings, fc.uint8Array({ maxLength: 400 }), fc.constantFrom('a.pkl', 'a.pt', 'a.safetensors', 'a.npy', 'a.txt', 'a.keras', 'a.joblib'), fc.integer({ min: 1, max: 20 }), async (first, rest, name, piece) => {
      const { findings } = await scan(name, Uint8Array.from([...first, ...rest]), piece);
      expect(findings.length).toBeLessThanOrEqual(401);
    }), { numRuns: 3000 });
  });

  it('of opcodes alone are followed to an end', async () => {
    const signs = '(.012FIJKLMNRSTUVXabcdeghijlopqrstu}])\x80\x81\x82\x85\x88\x8c\x8d\x8e\x8f\x90\x93\x94\x95\n'.split('').map((sign) => sign.charCodeAt(0));
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...signs, 0, 1, 2), { maxLength: 60 }), async (bytes) => {
      expect((await pickle(Uint8Array.from(bytes), 3)).opcodes).toBeLessThanOrEqual(60);
    }), { numRuns: 5000 });
  });

  it('that lie about lengths are neither waited for nor held', async () => {
    for (const bytes of [[0x80, 4, 0x8d, 255, 255, 255, 255, 255, 255, 255, 127], [0x80, 4, 0x8e, 0, 0, 0, 0, 0, 0, 0, 1], [0x80, 4, 0x54, 255, 255, 255, 255]]) expect((await pickle(Uint8Array.from(bytes))).end).toMatch(/^(?:cut off|broken)$/u);
    const deep = new Uint8Array(6_000_000).fill(0x28);
    expect((await pickle(deep)).end).toBe('too much');
    const lines = new Uint8Array(3_000_000).fill(0x61);
    lines[0] = 0x63;
    expect((await pickle(lines)).end).toBe('cut off');
    expect((await readPickle(byteStream(pieces(new Uint8Array(1000).fill(0x4e))), { opcodes: 100 })).end).toBe('too much');
  });

  it.each(['bzip2', 'xz'])('packed by %s that unpack to more than anybody holds are given up, whatever is held of them', { timeout: 120_000 }, async (how) => {
    // A text of 2 GiB, which is passed over, of which 1,200 MiB of zeros are there: made by `testing/makeReal.py`, since packing it takes longer than the scan.
    const packed = how === 'bzip2' ? real('bomb.pkl.bz2') : gunzipSync(real('bomb.pkl.xz.gz'));
    const before = process.memoryUsage().rss;
    let most = before;
    const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    const { findings } = await scan(`bomb.pkl.${how === 'xz' ? 'xz' : 'bz2'}`, packed);
    clearInterval(watching);
    expect(findings).toEqual([expect.objectContaining({ severity: 'caution', kind: 'too large', detail: 'It unpacks to more than 1 GiB.' })]);
    expect(most - before).toBeLessThan(256 * 1024 * 1024);
  });

  it('that unpack to more than anybody holds are given up', async () => {
    // Packed four times over: a gigabyte of nothing, many times, in a few bytes.
    let bomb: Buffer = Buffer.alloc(64 * 1024 * 1024);
    for (let turn = 0; turn < 4; turn++) bomb = gzipSync(bomb, { level: 9 });
    const { findings } = await scan('bomb.pkl.gz', bomb);
    expect(findings).toEqual([expect.objectContaining({ severity: 'caution', kind: 'too large' })]);
    // By LZ4, 4 MiB in every 16 KiB.
    const runs = 4 * 1024 * 1024 - 1 - 5 - 4 - 15;
    const block = Buffer.from([0x1f, 0, 1, 0, ...Array.from({ length: Math.floor(runs / 255) }, () => 255), runs % 255, 0x50, 0, 0, 0, 0, 0]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    const before = process.memoryUsage().rss;
    // A text of so many bytes, which is passed over.
    const beginning = Buffer.from([0x80, 4, 0x8e, 0, 0, 0, 0, 1, 0, 0, 0]);
    const plain = Buffer.alloc(4);
    plain.writeUInt32LE((0x80000000 | beginning.length) >>> 0);
    const frame = Buffer.concat([Buffer.from([4, 0x22, 0x4d, 0x18, 0x60, 0x70, 0]), plain, beginning, ...Array.from({ length: 300 }, () => [size, block]).flat(), Buffer.alloc(4)]);
    expect((await scan('bomb.pkl.lz4', frame)).findings).toEqual([expect.objectContaining({ severity: 'caution', kind: 'too large' })]);
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 1024 * 1024);
  });
});

describe('judging', () => {
  it('says once that a model of TorchScript carries code', async () => {
    const bytes = Buffer.from('c__torch__.a.___torch_mangle_1\nNet\n0c__torch__.b\nOther\n0ctorch.jit._pickle\nbuild_intlist\n.');
    expect((await scan('data.pkl', bytes)).findings).toEqual([expect.objectContaining({ severity: 'caution', kind: 'code in a model', subject: 'TorchScript' })]);
  });

  it('knows what is harmless by its whole name, and dangers by any step', () => {
    expect(judgeImport('collections', 'OrderedDict')).toBe('harmless');
    expect(judgeImport('torch._utils', '_rebuild_tensor_v2')).toBe('harmless');
    expect(judgeImport('sklearn.linear_model._base', 'LinearRegression')).toBe('harmless');
    for (const [module, name] of [['os', 'path'], ['os.path', 'join'], ['torch.hub', 'load'], ['torch', 'hub.load'], ['torch.utils.data.datapipes.utils', 'x'], ['builtins', 'getattr'], ['numpy', 'testing._private.utils.runstring'], ['sklearn.os', 'system'], ['sklearn', 'base.os.system'], ['collections', 'sys.modules'], ['a', 'b.__globals__']] as const) {
      expect([module, name, module === 'sklearn.os' ? 'dangerous' : judgeImport(module, name)]).toEqual([module, name, 'dangerous']);
    }
    expect(judgeImport('mine.nets', 'Net')).toBe('unknown');
    expect([judgeImport('torch.jit._pickle', 'build_intlist'), judgeImport('torch.jit', 'load'), judgeImport('torch.jit._pickle', 'os')]).toEqual(['harmless', 'dangerous', 'dangerous']);
  });

  it('takes the worst, and gates let only cautions by', () => {
    const of = (...severities: readonly Finding['severity'][]) => scanState(severities.map((severity) => ({ severity })));
    expect([of(), of('note'), of('note', 'caution'), of('caution', 'danger')]).toEqual(['clean', 'clean', 'caution', 'danger']);
    expect([standsAgainst('caution', false), standsAgainst('caution', true), standsAgainst('danger', true), standsAgainst('clean', false)]).toEqual([true, false, true, false]);
  });
});
