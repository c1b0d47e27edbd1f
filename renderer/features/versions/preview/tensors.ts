/**
 * The header of a safetensors file: eight bytes of length (little-endian), then JSON that names each tensor with its element type, shape and
 * place. Read from the first bytes alone; what it says is checked before it is shown, since the file may be hostile.
 */

export type Tensor = {
  readonly name: string;
  readonly elementType: string;
  readonly shape: readonly number[];
  /** Numbers in it: the product of its shape. */
  readonly parameters: number;
  readonly bytes: number;
};

export type TensorHeader =
  | {
      readonly kind: 'read';
      readonly tensors: readonly Tensor[];
      /** What the writer noted: text by text. */
      readonly notes: readonly (readonly [name: string, text: string])[];
      readonly parameters: number;
      /** Element types, the one with the most parameters first. */
      readonly elementTypes: readonly (readonly [name: string, parameters: number])[];
    }
  /** The header is longer than the bytes at hand. */
  | { readonly kind: 'longer'; readonly headerBytes: number }
  | { readonly kind: 'broken'; readonly reason: string };

/** Readers of the format refuse longer headers. */
const longestHeader = 100_000_000;

export function readTensorHeader(head: Uint8Array, fileSize: number): TensorHeader {
  if (head.length < 8) return { kind: 'broken', reason: 'It is shorter than the eight bytes that say how long its header is.' };
  const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(0, true);
  if (length > BigInt(longestHeader) || length + 8n > BigInt(fileSize)) return { kind: 'broken', reason: `It says that its header has ${length} bytes, which can’t be.` };
  const headerBytes = Number(length);
  if (headerBytes + 8 > head.length) return { kind: 'longer', headerBytes };
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(8, 8 + headerBytes)));
  } catch {
    return { kind: 'broken', reason: 'Its header is not JSON.' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { kind: 'broken', reason: 'Its header is not a JSON object.' };
  const tensors: Tensor[] = [];
  const notes: (readonly [string, string])[] = [];
  const room = fileSize - 8 - headerBytes;
  for (const [name, value] of Object.entries(parsed as Record<string, unknown>)) {
    if (name === '__metadata__') {
      if (typeof value === 'object' && value !== null) for (const [key, text] of Object.entries(value)) notes.push([key, typeof text === 'string' ? text : JSON.stringify(text)]);
      continue;
    }
    const tensor = readTensor(name, value, room);
    if (tensor === null) return { kind: 'broken', reason: `What it says about the tensor “${name.slice(0, 80)}” does not fit the file.` };
    tensors.push(tensor);
  }
  const byType = new Map<string, number>();
  for (const tensor of tensors) byType.set(tensor.elementType, (byType.get(tensor.elementType) ?? 0) + tensor.parameters);
  return {
    kind: 'read',
    tensors,
    notes,
    parameters: tensors.reduce((sum, tensor) => sum + tensor.parameters, 0),
    elementTypes: [...byType].sort((left, right) => right[1] - left[1]),
  };
}

function readTensor(name: string, value: unknown, room: number): Tensor | null {
  if (typeof value !== 'object' || value === null) return null;
  const { dtype, shape, data_offsets: place } = value as Record<string, unknown>;
  if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(place)) return null;
  const [from, to] = place;
  if (place.length !== 2 || from === undefined || to === undefined || from > to || to > room) return null;
  return { name, elementType: dtype, shape, parameters: shape.reduce((product, size) => product * size, 1), bytes: to - from };
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

/** `66.4 M`: how model sizes are spoken of. Up to 9,999 as it is. */
export function formatParameters(count: number): string {
  if (count < 10_000) return new Intl.NumberFormat('en').format(count);
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(count).replace(/([A-Z])$/u, ' $1');
}
