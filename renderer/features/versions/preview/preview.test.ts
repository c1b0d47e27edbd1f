import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDelimited } from './delimited.ts';
import { hexRows } from './hex.ts';
import { beginsAsPickle, extensionOf, firstBytes, mostBytes, previewKind } from './kinds.ts';
import { formatParameters, readTensorHeader } from './tensors.ts';

describe('parseDelimited', () => {
  it('reads quotes, doubled quotes, line breaks in cells and any line ending', () => {
    const { header, rows } = parseDelimited('\ufeffa,b\r\n"x, ""y""","two\nlines"\r\n\r\n1,2', ',', false);
    expect(header).toEqual(['a', 'b']);
    expect(rows).toEqual([['x, "y"', 'two\nlines'], ['1', '2']]);
  });

  it('leaves a cut last line out, and only then', () => {
    expect(parseDelimited('a,b\n1,2\n3,', ',', true).rows).toEqual([['1', '2']]);
    expect(parseDelimited('a,b\n1,2\n3,', ',', false).rows).toEqual([['1', '2'], ['3', '']]);
  });

  it('counts uneven rows and tells numbers from words', () => {
    const table = parseDelimited('n,w,e\n1,x,\n-2.5e3,y,\nNaN\n', ',', false);
    expect(table.uneven).toBe(1);
    expect(table.numeric).toEqual([true, false, false]);
  });

  it('gives back every table that was written', () => {
    const cell = fc.string({ maxLength: 8 });
    const table = fc.integer({ min: 2, max: 4 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(table, (lines) => {
        const text = lines.map((line) => line.map((value) => `"${value.replaceAll('"', '""')}"`).join('\t')).join('\n');
        const { header, rows } = parseDelimited(text, '\t', false);
        expect([header, ...rows]).toEqual(lines);
      }),
    );
  });
});

function safetensors(header: unknown, dataBytes: number, length?: bigint): { readonly head: Uint8Array; readonly size: number } {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const head = new Uint8Array(8 + json.length);
  new DataView(head.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  head.set(json, 8);
  return { head, size: head.length + dataBytes };
}

describe('readTensorHeader', () => {
  it('reads names, shapes, types and notes', () => {
    const { head, size } = safetensors({ __metadata__: { format: 'pt' }, w: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] }, b: { dtype: 'F16', shape: [], data_offsets: [24, 26] } }, 26);
    const read = readTensorHeader(head, size);
    expect(read).toMatchObject({ kind: 'read', parameters: 7, notes: [['format', 'pt']], elementTypes: [['F32', 6], ['F16', 1]] });
  });

  it('says when the header is longer than what is at hand', () => {
    const { head, size } = safetensors({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 4);
    expect(readTensorHeader(head.subarray(0, 20), size)).toEqual({ kind: 'longer', headerBytes: head.length - 8 });
  });

  it.each([
    ['a length beyond the file', safetensors({}, 0, 1n << 60n)],
    ['no JSON', safetensors('{oops', 0)],
    ['a list', safetensors([], 0)],
    ['offsets beyond the data', safetensors({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 3)],
    ['offsets that run backwards', safetensors({ w: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }, 8)],
    ['a negative shape', safetensors({ w: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4)],
    ['a shape that is no list', safetensors({ w: { dtype: 'F32', shape: 3, data_offsets: [0, 4] } }, 4)],
  ])('refuses %s', (_, { head, size }) => {
    expect(readTensorHeader(head, size).kind).toBe('broken');
  });

  it('never throws on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 0, max: 1 << 30 }), (bytes, size) => void readTensorHeader(bytes, size)));
  });

  it('speaks of sizes as people do', () => {
    expect([formatParameters(6400), formatParameters(22_713_216), formatParameters(7_241_732_096)]).toEqual(['6,400', '22.7 M', '7.24 B']);
  });
});

describe('previewKind', () => {
  it('warns of pickles by name and by their first bytes', () => {
    expect(previewKind({ path: 'a/model.pt', kind: 'binary' }, new Uint8Array([0x50, 0x4b]))).toBe('pickle');
    expect(previewKind({ path: 'weights.bin', kind: 'binary' }, new Uint8Array([0x80, 0x04, 0x95]))).toBe('pickle');
    expect(previewKind({ path: 'weights.bin', kind: 'binary' }, new Uint8Array([0x80, 0x09]))).toBe('binary');
    expect(beginsAsPickle(new Uint8Array())).toBe(false);
  });

  it('goes by the bytes before the name: text that calls itself safetensors is text', () => {
    expect(previewKind({ path: 'x.safetensors', kind: 'text' }, null)).toBe('text');
    expect(previewKind({ path: 'x.csv', kind: 'binary' }, null)).toBe('binary');
    expect(previewKind({ path: 'x.CSV', kind: 'text' }, null)).toBe('table');
  });

  it('takes a name that begins with a dot for a name', () => {
    expect([extensionOf('.gitignore'), extensionOf('a.b/c'), extensionOf('a/b.tar.gz')]).toEqual(['', '', 'gz']);
    expect(firstBytes('model.safetensors')).toBe(mostBytes);
  });
});

describe('hexRows', () => {
  it('writes sixteen bytes in a row, text where they are printable', () => {
    const rows = hexRows(new Uint8Array([...new TextEncoder().encode('Vitrine'), 0, 255, 10, 1, 2, 3, 4, 5, 6, 65]));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ offset: '0000', bytes: '56 69 74 72 69 6e 65 00  ff 0a 01 02 03 04 05 06', text: 'Vitrine·········' });
    expect(rows[1]).toMatchObject({ offset: '0010', text: 'A' });
    expect(hexRows(new Uint8Array(9), 8)).toHaveLength(2);
  });
});
