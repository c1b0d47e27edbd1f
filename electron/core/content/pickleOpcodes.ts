/** The opcodes of Python's pickle protocols 0 to 5: what stands behind each, and what it does to the stack. */

/** What follows an opcode: a count of bytes, a line, a counted string whose length has so many bytes, or a pair of lines. */
export type Argument = { readonly kind: 'none' } | { readonly kind: 'bytes'; readonly count: number } | { readonly kind: 'line' } | { readonly kind: 'lines' } | { readonly kind: 'counted'; readonly width: 1 | 4 | 8 };

/** What an opcode is to whoever follows the stack. `to mark` takes everything down to the last mark. */
export type Effect =
  | { readonly kind: 'push' } | { readonly kind: 'text' } | { readonly kind: 'mark' } | { readonly kind: 'take'; readonly count: number; readonly gives: 0 | 1 } | { readonly kind: 'to mark'; readonly more: 0 | 1; readonly gives: 0 | 1 }
  | { readonly kind: 'pop' } | { readonly kind: 'copy' } | { readonly kind: 'put' } | { readonly kind: 'get' } | { readonly kind: 'memoize' } | { readonly kind: 'global' } | { readonly kind: 'instance' } | { readonly kind: 'stack global' } | { readonly kind: 'extension' } | { readonly kind: 'call'; readonly count: number } | { readonly kind: 'stop' } | { readonly kind: 'nothing' };

export type Opcode = { readonly name: string; readonly argument: Argument; readonly effect: Effect };

const none: Argument = { kind: 'none' };
const line: Argument = { kind: 'line' };
const bytes = (count: number): Argument => ({ kind: 'bytes', count });
const counted = (width: 1 | 4 | 8): Argument => ({ kind: 'counted', width });
const push: Effect = { kind: 'push' };
const take = (count: number, gives: 0 | 1): Effect => ({ kind: 'take', count, gives });
const toMark = (more: 0 | 1, gives: 0 | 1): Effect => ({ kind: 'to mark', more, gives });

/** By the byte that stands in the file. */
export const opcodes: ReadonlyMap<number, Opcode> = new Map(
  ([
    ['(', 'MARK', none, { kind: 'mark' }], ['.', 'STOP', none, { kind: 'stop' }], ['0', 'POP', none, { kind: 'pop' }], ['1', 'POP_MARK', none, toMark(0, 0)], ['2', 'DUP', none, { kind: 'copy' }],
    ['F', 'FLOAT', line, push], ['G', 'BINFLOAT', bytes(8), push], ['I', 'INT', line, push], ['J', 'BININT', bytes(4), push], ['K', 'BININT1', bytes(1), push], ['M', 'BININT2', bytes(2), push], ['L', 'LONG', line, push], ['\x8a', 'LONG1', counted(1), push], ['\x8b', 'LONG4', counted(4), push],
    ['N', 'NONE', none, push], ['\x88', 'NEWTRUE', none, push], ['\x89', 'NEWFALSE', none, push],
    ['S', 'STRING', line, { kind: 'text' }], ['T', 'BINSTRING', counted(4), { kind: 'text' }], ['U', 'SHORT_BINSTRING', counted(1), { kind: 'text' }], ['V', 'UNICODE', line, { kind: 'text' }], ['X', 'BINUNICODE', counted(4), { kind: 'text' }], ['\x8c', 'SHORT_BINUNICODE', counted(1), { kind: 'text' }], ['\x8d', 'BINUNICODE8', counted(8), { kind: 'text' }],
    ['B', 'BINBYTES', counted(4), push], ['C', 'SHORT_BINBYTES', counted(1), push], ['\x8e', 'BINBYTES8', counted(8), push], ['\x96', 'BYTEARRAY8', counted(8), push], ['\x97', 'NEXT_BUFFER', none, push], ['\x98', 'READONLY_BUFFER', none, take(1, 1)],
    ['P', 'PERSID', line, push], ['Q', 'BINPERSID', none, take(1, 1)],
    [']', 'EMPTY_LIST', none, push], ['}', 'EMPTY_DICT', none, push], [')', 'EMPTY_TUPLE', none, push], ['\x8f', 'EMPTY_SET', none, push],
    ['a', 'APPEND', none, take(2, 1)], ['e', 'APPENDS', none, toMark(1, 1)], ['l', 'LIST', none, toMark(0, 1)], ['t', 'TUPLE', none, toMark(0, 1)], ['\x85', 'TUPLE1', none, take(1, 1)], ['\x86', 'TUPLE2', none, take(2, 1)], ['\x87', 'TUPLE3', none, take(3, 1)],
    ['d', 'DICT', none, toMark(0, 1)], ['s', 'SETITEM', none, take(3, 1)], ['u', 'SETITEMS', none, toMark(1, 1)], ['\x90', 'ADDITEMS', none, toMark(1, 1)], ['\x91', 'FROZENSET', none, toMark(0, 1)],
    ['p', 'PUT', line, { kind: 'put' }], ['q', 'BINPUT', bytes(1), { kind: 'put' }], ['r', 'LONG_BINPUT', bytes(4), { kind: 'put' }], ['\x94', 'MEMOIZE', none, { kind: 'memoize' }], ['g', 'GET', line, { kind: 'get' }], ['h', 'BINGET', bytes(1), { kind: 'get' }], ['j', 'LONG_BINGET', bytes(4), { kind: 'get' }],
    ['c', 'GLOBAL', { kind: 'lines' }, { kind: 'global' }], ['i', 'INST', { kind: 'lines' }, { kind: 'instance' }], ['\x93', 'STACK_GLOBAL', none, { kind: 'stack global' }], ['\x82', 'EXT1', bytes(1), { kind: 'extension' }], ['\x83', 'EXT2', bytes(2), { kind: 'extension' }], ['\x84', 'EXT4', bytes(4), { kind: 'extension' }],
    ['R', 'REDUCE', none, { kind: 'call', count: 2 }], ['b', 'BUILD', none, { kind: 'call', count: 2 }], ['o', 'OBJ', none, toMark(0, 1)], ['\x81', 'NEWOBJ', none, { kind: 'call', count: 2 }], ['\x92', 'NEWOBJ_EX', none, { kind: 'call', count: 3 }],
    ['\x80', 'PROTO', bytes(1), { kind: 'nothing' }], ['\x95', 'FRAME', bytes(8), { kind: 'nothing' }],
  ] as const).map(([sign, name, argument, effect]): [number, Opcode] => [sign.charCodeAt(0), { name, argument, effect }]),
);
