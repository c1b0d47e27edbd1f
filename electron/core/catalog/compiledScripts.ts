/**
 * Keeps what a thread compiled of a folder's scripts, with the functions that ran, in one file. Node's own cache keeps a script as it is before it runs, so that
 * every function that is called at a start is compiled anew at each.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

type Compile = (this: { exports: unknown }, code: string, filename: string, format?: string) => unknown;
type Wrapped = (exports: unknown, require: NodeJS.Require, module: unknown, filename: string, directory: string) => unknown;

export type KeptScripts = {
  /** Names of scripts of which what was kept is used. */
  readonly used: ReadonlySet<string>;
  /** Leaves scripts that come from now on to Node, and writes what was compiled until now, if any of it was not there. */
  readonly finish: () => void;
};

const prefix = '(function (exports, require, module, __filename, __dirname) { ';
/** Scripts that may do this are left to Node: given to V8 by anybody else they can't, or only by what Node calls an experiment and warns of. No script of a start does. */
const importing = 'import(';
/** V8 copies what doesn't lie at a multiple of this. */
const alignment = 8;
const aligned = (length: number): number => Math.ceil(length / alignment) * alignment;

/**
 * Compiles the scripts of one folder with what was kept of them, but for those that import others as modules.
 * @param scripts the folder; the names of scripts in it change with what they hold
 * @param file where it is kept. It is no secret and no input: whoever can write it can write the scripts' own data as well
 */
export function keepScripts(scripts: string, file: string): KeptScripts {
  const loader = Module.prototype as unknown as { _compile: Compile };
  const compileAnew = loader._compile;
  const kept = readKept(file);
  const compiled = new Map<string, Script>();
  const used = new Set<string>();
  loader._compile = function compileKept(code, filename, format) {
    if (dirname(filename) !== scripts || code.includes(importing)) return compileAnew.call(this, code, filename, format);
    const name = basename(filename);
    const cachedData = kept.get(name);
    const script = new Script(`${prefix}${code}\n})`, {
      filename,
      columnOffset: -prefix.length,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    if (cachedData !== undefined && script.cachedDataRejected !== true) used.add(name);
    compiled.set(name, script);
    const wrapped = script.runInThisContext() as Wrapped;
    return wrapped.call(this.exports, this.exports, createRequire(filename), this, filename, scripts);
  };
  return {
    used,
    finish() {
      loader._compile = compileAnew;
      if ([...compiled.keys()].some((name) => !used.has(name))) {
        const others = [...kept].filter(([name]) => !compiled.has(name) && existsSync(join(scripts, name)));
        writeKept(file, [...others, ...[...compiled].map(([name, script]) => [name, script.createCachedData()] as const)]);
      }
      kept.clear();
      compiled.clear();
    },
  };
}

/**
 * The length of the list of names and lengths and the CRC-32 of all that follows; the list; and what it speaks of, each at a multiple of `alignment`. V8 runs
 * what it is given without a look at it: one bit that the disk lost would bring core down at every start.
 */
function readKept(file: string): Map<string, Buffer> {
  const kept = new Map<string, Buffer>();
  try {
    const bytes = readFileSync(file);
    const listLength = bytes.readUInt32LE(0);
    if (crc32(bytes.subarray(alignment)) !== bytes.readUInt32LE(4)) return kept;
    let at = alignment + aligned(listLength);
    for (const [name, length] of JSON.parse(bytes.toString('utf8', alignment, alignment + listLength)) as [string, number][]) {
      kept.set(name, bytes.subarray(at, at + length));
      at += aligned(length);
    }
    if (at !== bytes.length) kept.clear();
  } catch {
    // Not there, or not whole: it is written anew.
    kept.clear();
  }
  return kept;
}

function writeKept(file: string, scripts: readonly (readonly [name: string, data: Buffer])[]): void {
  const list = Buffer.from(JSON.stringify(scripts.map(([name, data]) => [name, data.length])));
  const body = Buffer.concat([list, ...scripts.map(([, data]) => data)].flatMap((part) => [part, Buffer.alloc(aligned(part.length) - part.length)]));
  const head = Buffer.alloc(alignment);
  head.writeUInt32LE(list.length, 0);
  head.writeUInt32LE(crc32(body), 4);
  try {
    const handle = openSync(`${file}.new`, 'w');
    try {
      writeSync(handle, Buffer.concat([head, body]));
      // Named only once it is whole on the disk.
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${file}.new`, file);
  } catch {
    // A folder that can't be written: the next start compiles again.
  }
}
