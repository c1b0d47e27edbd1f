/** Real small files of the formats that training leaves behind. */
import { crc32, deflateSync } from 'node:zlib';
import type { Random } from './random.ts';

export type SampleFile = { readonly path: string; readonly bytes: Uint8Array };

const utf8 = new TextEncoder();

export function textFile(path: string, text: string): SampleFile {
  return { path, bytes: utf8.encode(text.endsWith('\n') ? text : `${text}\n`) };
}

export function jsonFile(path: string, value: unknown): SampleFile {
  return textFile(path, JSON.stringify(value, null, 2));
}

export type TensorShape = { readonly name: string; readonly shape: readonly number[] };

/** A safetensors file (8-byte little-endian header length, JSON header, data) of float32 tensors. */
export function safetensorsFile(path: string, tensors: readonly TensorShape[], facts: Readonly<Record<string, string>>, random: Random): SampleFile {
  const header: Record<string, unknown> = { __metadata__: facts };
  let offset = 0;
  for (const tensor of tensors) {
    const length = tensor.shape.reduce((product, size) => product * size, 4);
    header[tensor.name] = { dtype: 'F32', shape: tensor.shape, data_offsets: [offset, offset + length] };
    offset += length;
  }
  let head = JSON.stringify(header);
  // Readers expect the data to begin at a multiple of eight; the format allows spaces for that.
  head = head.padEnd(Math.ceil(head.length / 8) * 8, ' ');
  const bytes = Buffer.alloc(8 + head.length + offset);
  bytes.writeBigUInt64LE(BigInt(head.length), 0);
  bytes.write(head, 8, 'utf8');
  for (let at = 8 + head.length; at < bytes.length; at += 4) bytes.writeFloatLE((random.next() - 0.5) * 0.2, at);
  return { path, bytes };
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** A greyscale PNG: a bright seam on a darker plate, with a spot when `flawed`. */
export function seamImage(path: string, size: number, flawed: boolean, random: Random): SampleFile {
  const rows = Buffer.alloc(size * (size + 1));
  const seam = size * random.between(0.35, 0.65);
  const spotX = random.whole(8, size - 8);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const distance = Math.abs(y - seam - Math.sin(x / 5) * 1.5);
      const spot = flawed && Math.hypot(x - spotX, y - seam) < 4 ? -90 : 0;
      rows[y * (size + 1) + 1 + x] = Math.max(0, Math.min(255, 70 + Math.max(0, 130 - distance * 18) + spot + random.whole(-8, 8)));
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return { path, bytes: Buffer.concat([signature, pngChunk('IHDR', head), pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', new Uint8Array(0))]) };
}

/** A quarter of a second of 16-bit mono sound at 8 kHz, as WAV. */
export function toneFile(path: string, hertz: number, random: Random): SampleFile {
  const rate = 8000;
  const samples = rate / 4;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index++) {
    const fade = Math.sin((Math.PI * index) / samples);
    bytes.writeInt16LE(Math.round(fade * (9000 * Math.sin((2 * Math.PI * hertz * index) / rate) + random.whole(-400, 400))), 44 + index * 2);
  }
  return { path, bytes };
}

export function csvFile(path: string, columns: readonly string[], rows: readonly (readonly (string | number)[])[]): SampleFile {
  const cell = (value: string | number): string => (typeof value === 'string' && /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value));
  return textFile(path, [columns.join(','), ...rows.map((row) => row.map(cell).join(','))].join('\n'));
}

export function jsonLinesFile(path: string, rows: readonly unknown[]): SampleFile {
  return textFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
}
