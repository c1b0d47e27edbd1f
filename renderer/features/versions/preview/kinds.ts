/** What a file is shown as. Decided by its name and by what core says of its bytes; nothing is ever run. */
import type { OutputOf } from '#shared/contract/index.ts';

export type Preview = OutputOf<'versions.preview'>;

export type PreviewKind = 'reference' | 'image' | 'markdown' | 'json' | 'lines of json' | 'table' | 'text' | 'tensors' | 'pickle' | 'binary';

/** What comes after the last dot, in lower case; empty when there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

const markdownExtensions = new Set(['md', 'markdown']);
const delimitedExtensions: Readonly<Record<string, string>> = { csv: ',', tsv: '\t' };
/** Formats that are pickles, or usually hold one. */
const pickleExtensions = new Set(['pkl', 'pickle', 'pt', 'pth', 'ckpt', 'joblib', 'dill']);

/** The separator of a table's cells, or null when the name is not that of a table. */
export function separatorOf(path: string): string | null {
  return delimitedExtensions[extensionOf(path)] ?? null;
}

/** Bytes that begin as pickles do: protocol 2 to 5, whatever the file is called. */
export function beginsAsPickle(head: Uint8Array): boolean {
  return head[0] === 0x80 && head[1] !== undefined && head[1] >= 2 && head[1] <= 5;
}

export function previewKind(preview: Pick<Preview, 'path' | 'kind'>, head: Uint8Array | null): PreviewKind {
  const extension = extensionOf(preview.path);
  switch (preview.kind) {
    case 'reference':
      return 'reference';
    case 'image':
      return 'image';
    case 'text':
      if (markdownExtensions.has(extension)) return 'markdown';
      if (extension === 'json' || extension === 'ipynb') return 'json';
      if (extension === 'jsonl' || extension === 'ndjson') return 'lines of json';
      return delimitedExtensions[extension] === undefined ? 'text' : 'table';
    case 'binary':
      if (extension === 'safetensors') return 'tensors';
      return pickleExtensions.has(extension) || (head !== null && beginsAsPickle(head)) ? 'pickle' : 'binary';
  }
}

/** How much of a file is asked for at first, by its name: enough for what will be shown of it. */
export function firstBytes(path: string): number {
  const extension = extensionOf(path);
  if (['png', 'jpg', 'jpeg', 'gif', 'webp', 'safetensors'].includes(extension)) return mostBytes;
  if (['json', 'csv', 'tsv', 'jsonl', 'ndjson', 'md', 'markdown', 'ipynb'].includes(extension)) return 262_144;
  return 65_536;
}

/** The most that core hands out for a preview. */
export const mostBytes = 1_048_576;

export function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
