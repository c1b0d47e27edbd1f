/**
 * What a pickle would import, found by following its opcodes. Nothing is ever loaded or called: strings, marks and the memo are followed as far
 * as names of imports depend on them, everything else is a thing without a content.
 */
import { EndOfBytes, type ByteStream } from './byteStream.ts';
import { opcodes } from './pickleOpcodes.ts';

export type PickleImport = { readonly module: string; readonly name: string };

export type PickleFacts = {
  /** Each once, in the order in which they come. */
  readonly imports: readonly PickleImport[];
  /** Imports whose names are made while it is loaded, or that go by a number of Python's extension registry: nobody can say what they are. */
  readonly unreadable: number;
  readonly opcodes: number;
  /** Arrays of joblib that were passed over, where they are followed. */
  readonly arrays: number;
  /** How the reading ended: at a STOP, or why before it. What came until there would have run all the same. */
  readonly end: 'stop' | 'cut off' | 'no opcode' | 'broken' | 'too much';
};

export const pickleLimits = {
  opcodes: 50_000_000,
  /** Of different imports. */
  imports: 10_000,
  /** Things on the stack. */
  depth: 5_000_000,
  /** Texts in the memo. */
  memo: 5_000_000,
  /** Bytes of a name that are looked at: no module has a longer one. */
  text: 4096,
  line: 1024 * 1024,
} as const;

/** A text that a name could come from; a mark; anything else. Where joblib's arrays are followed, also what their sizes are made of. */
type Value = string | typeof mark | typeof thing | Part;
type Part = number | { readonly kind: 'global'; readonly name: string } | { readonly kind: 'tuple'; readonly items: readonly Value[] } | { readonly kind: 'dict'; readonly entries: Map<string, Value> } | { readonly kind: 'type'; readonly name: string } | { readonly kind: 'array' };
const mark = Symbol('mark');
const thing = Symbol('thing');

const utf8 = new TextDecoder('utf-8');
const latin1 = new TextDecoder('latin1');

export type PickleReading = {
  readonly opcodes?: number;
  /** Follows what joblib does beside Python's own pickle: the bytes of an array lie between the opcodes, right behind what describes it. */
  readonly joblib?: boolean;
};

/** Reads one pickle from where the stream stands to its STOP. */
export async function readPickle(stream: ByteStream, { opcodes: mostOpcodes = pickleLimits.opcodes, joblib = false }: PickleReading = {}): Promise<PickleFacts> {
  const found = new Map<string, PickleImport>();
  const stack: Value[] = [];
  const memo = new Map<number, Exclude<Value, typeof mark | typeof thing>>();
  /** Keys of the memo are 0 up to here, as every pickler numbers them; others, once there are any, are kept one by one. */
  let contiguous = 0;
  let keys: Set<number> | null = null;
  let count = 0;
  let unreadable = 0;
  let arrays = 0;
  const facts = (end: PickleFacts['end']): PickleFacts => ({ imports: [...found.values()], unreadable, opcodes: count, arrays, end });

  const imported = (module: Value | undefined, name: Value | undefined): void => {
    if (typeof module !== 'string' || typeof name !== 'string') {
      unreadable += 1;
      return;
    }
    // As protocols up to 2 named them.
    const known = legacyModules.get(module) ?? module;
    found.set(`${known}\n${name}`, { module: known, name });
  };
  /** Down to the last mark, which goes too. Undefined where there is none. */
  const toMark = (): boolean => {
    const at = stack.lastIndexOf(mark);
    if (at === -1) return false;
    stack.length = at;
    return true;
  };

  try {
    for (;;) {
      const came = stream.byte();
      const code = typeof came === 'number' ? came : await came;
      if (code === -1) return facts('cut off');
      const opcode = opcodes.get(code);
      if (opcode === undefined) return facts('no opcode');
      count += 1;
      if (count > mostOpcodes || stack.length > pickleLimits.depth || found.size > pickleLimits.imports || memo.size + (keys?.size ?? 0) > pickleLimits.memo) return facts('too much');

      let raw: Uint8Array | null = null;
      let long = false;
      let second: Uint8Array | null = null;
      const { argument, effect } = opcode;
      switch (argument.kind) {
        case 'none':
          break;
        case 'bytes':
          raw = await stream.take(argument.count);
          break;
        case 'line':
          raw = await stream.line(pickleLimits.line);
          break;
        case 'lines':
          raw = await stream.line(pickleLimits.line);
          second = await stream.line(pickleLimits.line);
          break;
        case 'counted': {
          const size = unsigned(await stream.take(argument.width));
          // A signed length below 0, or one that no file has.
          if (size > Number.MAX_SAFE_INTEGER || (argument.width === 4 && opcode.name === 'BINSTRING' && size > 0x7fff_ffff)) return facts('broken');
          long = size > pickleLimits.text;
          if (effect.kind === 'text' && !long) raw = await stream.take(size);
          else await stream.skip(size);
          break;
        }
      }

      switch (effect.kind) {
        case 'nothing':
          break;
        case 'stop':
          return facts('stop');
        case 'push':
          stack.push(joblib ? pushed(opcode.name, raw) : thing);
          break;
        case 'text':
          stack.push(raw === null || raw.length > pickleLimits.text ? thing : textOf(opcode.name, raw));
          break;
        case 'mark':
          stack.push(mark);
          break;
        case 'pop':
          if (stack.pop() === undefined) return facts('broken');
          break;
        case 'copy': {
          const top = stack.at(-1);
          if (top === undefined) return facts('broken');
          stack.push(top);
          break;
        }
        case 'take':
        case 'call': {
          if (stack.length < effect.count) return facts('broken');
          const taken: readonly Value[] = joblib ? stack.slice(-effect.count) : [];
          stack.length -= effect.count;
          if (effect.kind === 'call' || effect.gives === 1) stack.push(joblib ? made(opcode.name, taken) : thing);
          if (joblib && opcode.name === 'BUILD' && isPart(taken[0]) && typeof taken[0] === 'object' && taken[0].kind === 'array') {
            const array = arrayOf(taken[1]);
            if (array === null) return facts('broken');
            arrays += 1;
            if (array.objects) {
              // Those are a pickle of their own.
              const inner = await readPickle(stream, { opcodes: mostOpcodes - count, joblib });
              count += inner.opcodes;
              unreadable += inner.unreadable;
              for (const { module, name } of inner.imports) found.set(`${module}\n${name}`, { module, name });
              if (inner.end !== 'stop') return facts(inner.end);
            } else {
              if (array.aligned) await stream.skip(unsigned(await stream.take(1)));
              await stream.skip(array.bytes);
            }
          }
          break;
        }
        case 'to mark': {
          const from = joblib ? stack.lastIndexOf(mark) : -1;
          const taken: readonly Value[] = from === -1 ? [] : [...stack.slice(Math.max(0, from - effect.more), from), ...stack.slice(from + 1)];
          if (!toMark() || stack.length < effect.more) return facts('broken');
          stack.length -= effect.more;
          if (effect.gives === 1) stack.push(joblib ? made(opcode.name, taken) : thing);
          break;
        }
        case 'put':
        case 'get':
        case 'memoize': {
          // MEMOIZE takes the number of keys that there are.
          const index = effect.kind === 'memoize' ? (keys?.size ?? contiguous) : raw === null ? 0 : argument.kind === 'line' ? Number(latin1.decode(raw).trim()) : unsigned(raw);
          if (effect.kind === 'get') {
            stack.push(memo.get(index) ?? thing);
            break;
          }
          const top = stack.at(-1);
          if (top === undefined || top === mark) return facts('broken');
          if (top !== thing) memo.set(index, top);
          else memo.delete(index);
          if (keys === null && index > contiguous) keys = new Set(Array.from({ length: contiguous }, (_each, key) => key));
          if (keys !== null) keys.add(index);
          else if (index === contiguous) contiguous += 1;
          break;
        }
        case 'global':
        case 'instance':
          imported(utf8.decode(raw ?? undefined), utf8.decode(second ?? undefined));
          if (effect.kind === 'instance' && !toMark()) return facts('broken');
          stack.push(joblib && effect.kind === 'global' ? { kind: 'global', name: `${utf8.decode(raw ?? undefined)}.${utf8.decode(second ?? undefined)}` } : thing);
          break;
        case 'stack global': {
          const name = stack.pop();
          const module = stack.pop();
          imported(module, name);
          if (module === undefined) return facts('broken');
          stack.push(joblib && typeof module === 'string' && typeof name === 'string' ? { kind: 'global', name: `${module}.${name}` } : thing);
          break;
        }
        case 'extension':
          unreadable += 1;
          stack.push(thing);
          break;
      }
    }
  } catch (thrown) {
    if (thrown instanceof EndOfBytes) return facts('cut off');
    throw thrown;
  }
}

// Of joblib's arrays ----------------------------------------------------------------------------------------------------------------------

const isPart = (value: Value | undefined): value is Part => value !== undefined && typeof value !== 'string' && value !== mark && value !== thing;

/** Parts of a tuple or dictionary that are kept: the description of an array has few. */
const keptParts = 64;

/** What an opcode puts on the stack by itself. */
function pushed(opcode: string, raw: Uint8Array | null): Value {
  switch (opcode) {
    case 'BININT1':
    case 'BININT2':
      return raw === null ? thing : unsigned(raw);
    case 'BININT':
      return raw === null ? thing : new DataView(raw.buffer, raw.byteOffset, 4).getInt32(0, true);
    case 'EMPTY_DICT':
      return { kind: 'dict', entries: new Map() };
    case 'EMPTY_TUPLE':
      return { kind: 'tuple', items: [] };
    default:
      return thing;
  }
}

/** What comes of what an opcode took from the stack. */
function made(opcode: string, taken: readonly Value[]): Value {
  const [first, second] = taken;
  switch (opcode) {
    case 'TUPLE':
    case 'TUPLE1':
    case 'TUPLE2':
    case 'TUPLE3':
      return taken.length <= keptParts ? { kind: 'tuple', items: taken } : thing;
    case 'SETITEM':
    case 'SETITEMS': {
      if (!isPart(first) || typeof first !== 'object' || first.kind !== 'dict') return thing;
      for (let at = 1; at + 1 < taken.length && first.entries.size < keptParts; at += 2) {
        const key = taken[at];
        const value = taken[at + 1];
        if (typeof key === 'string' && value !== undefined) first.entries.set(key, value);
      }
      return first;
    }
    case 'NEWOBJ':
      return isPart(first) && typeof first === 'object' && first.kind === 'global' && first.name === 'joblib.numpy_pickle.NumpyArrayWrapper' ? { kind: 'array' } : thing;
    case 'REDUCE': {
      if (!isPart(first) || typeof first !== 'object' || first.kind !== 'global' || !isPart(second) || typeof second !== 'object' || second.kind !== 'tuple') return thing;
      const [argument] = second.items;
      if (first.name === 'numpy.dtype' && typeof argument === 'string') return { kind: 'type', name: argument };
      // As protocols before 2 make an object.
      return first.name === 'copyreg._reconstructor' && isPart(argument) && typeof argument === 'object' && argument.kind === 'global' && argument.name === 'joblib.numpy_pickle.NumpyArrayWrapper' ? { kind: 'array' } : thing;
    }
    case 'BUILD':
      // A state changes nothing of what counts here.
      return first ?? thing;
    default:
      return thing;
  }
}

/** How many bytes of an array follow its description; null where that doesn't say. */
function arrayOf(state: Value | undefined): { readonly bytes: number; readonly objects: boolean; readonly aligned: boolean } | null {
  if (!isPart(state) || typeof state !== 'object' || state.kind !== 'dict') return null;
  const shape = state.entries.get('shape');
  const type = state.entries.get('dtype');
  if (!isPart(shape) || typeof shape !== 'object' || shape.kind !== 'tuple' || !isPart(type) || typeof type !== 'object' || type.kind !== 'type') return null;
  const [, kind = '', size = ''] = /^[<>=|]?([biufcmMSUVO])(\d{1,9})$/u.exec(type.name) ?? [];
  if (kind === '') return null;
  const count = shape.items.reduce<number>((product, one) => (typeof one === 'number' ? product * one : Number.NaN), 1);
  const bytes = count * Number(size) * (kind === 'U' ? 4 : 1);
  if (!Number.isSafeInteger(bytes) || bytes < 0) return null;
  return { bytes, objects: kind === 'O', aligned: typeof state.entries.get('numpy_array_alignment_bytes') === 'number' };
}

const legacyModules: ReadonlyMap<string, string> = new Map([['__builtin__', 'builtins'], ['copy_reg', 'copyreg'], ['__builtins__', 'builtins'], ['exceptions', 'builtins'], ['commands', 'subprocess'], ['cPickle', 'pickle'], ['_pickle', 'pickle'], ['StringIO', 'io'], ['cStringIO', 'io']]);

/** Little-endian. */
function unsigned(bytes: Uint8Array): number {
  let value = 0;
  for (let at = bytes.length - 1; at >= 0; at--) value = value * 256 + (bytes[at] ?? 0);
  return value;
}

/** A text as Python reads it; only what a name could be made of matters. */
function textOf(opcode: string, raw: Uint8Array): string {
  if (opcode === 'STRING') return unescaped(latin1.decode(raw).trim().replace(/^(['"])(.*)\1$/su, '$2'));
  if (opcode === 'UNICODE') return latin1.decode(raw).replaceAll(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/gu, (_all, short: string | undefined, wide: string | undefined) => characterOf(short ?? wide ?? ''));
  return utf8.decode(raw);
}

const escapes: ReadonlyMap<string, string> = new Map([['n', '\n'], ['t', '\t'], ['r', '\r'], ['a', '\x07'], ['b', '\b'], ['f', '\f'], ['v', '\v']]);

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))/gsu, (_all, hex: string | undefined, octal: string | undefined, sign: string | undefined) =>
    hex !== undefined ? characterOf(hex) : octal !== undefined ? String.fromCharCode(Number.parseInt(octal, 8)) : (escapes.get(sign ?? '') ?? sign ?? ''));
}

function characterOf(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
