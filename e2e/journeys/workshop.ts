/** Catalogs for journeys to begin with, made through a real core before the window opens, and model files that look like such. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { freshDirectory } from '../drivers/electron.ts';
import { writeFiles } from '../cli/commandLine.ts';

export const applicationRoot = process.env['VITRINE_APPLICATION'] ?? join(import.meta.dirname, '..', '..');

/** A folder of the test's own, removed by `removeFolders`. */
const folders: string[] = [];
export function folder(): string {
  const path = freshDirectory();
  folders.push(path);
  return path;
}

export function removeFolders(): void {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** A safetensors file: the length of its header, the header, then the numbers. */
export function safetensors(seed: number): Uint8Array {
  const header = Buffer.from(JSON.stringify({ 'embeddings.weight': { dtype: 'F32', shape: [16, 8], data_offsets: [0, 512] }, __metadata__: { format: 'pt' } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 13 + seed) % 256))]);
}

/** The files of a small model, different for each seed. */
export function modelFolder(path: string, seed: number): string {
  return writeFiles(path, {
    'model.safetensors': safetensors(seed),
    'config.json': JSON.stringify({ hidden_size: 8, layers: 2, seed }, null, 2),
    'tokenizer/vocab.txt': 'the\nof\nand\n',
    'README.md': `# MiniLM ${seed}\n\nSentence embeddings.\n`,
  });
}

export type Workshop = { readonly data: string; readonly files: string };

/**
 * One project `lab` with a data set, a run that used it and logged `minilm` v0, and the collection Models / Encoder that links it under
 * `production`; beside it an empty collection and one of another type.
 */
export async function workshop(): Promise<Workshop> {
  const files = folder();
  const data = folder();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    const { client } = core;
    const texts = await client.execute('versions.log', { paths: [writeFiles(join(files, 'texts'), { 'pairs.csv': 'a,b\nhello,hi\n' })], project: { name: 'lab' }, artifact: 'sentence-pairs', type: 'dataset' });
    const run = await client.execute('runs.create', { project: { name: 'lab' }, runId: 'warm-sun-1', displayName: 'warm-sun-1', jobType: 'train' });
    await client.execute('runs.use', { id: run.output.id, versionIds: [texts.output.versionId] });
    const first = await client.execute('versions.log', { paths: [modelFolder(join(files, 'first'), 1)], project: { name: 'lab' }, artifact: 'minilm', type: 'model', aliases: ['candidate'], tags: ['english'], runId: run.output.id });
    await client.execute('runs.update', { id: run.output.id, state: 'finished', summary: { loss: 0.12 } });
    const { items } = await client.query('registries.list', {});
    const models = items.find((registry) => registry.name === 'Models');
    const datasets = items.find((registry) => registry.name === 'Datasets');
    if (models === undefined || datasets === undefined) throw new Error('A new catalog has no core registries.');
    await client.execute('links.create', { versionIds: [first.output.versionId], target: { kind: 'new_collection', registryId: models.id, name: 'Encoder' }, aliases: ['production'] });
    await client.execute('collections.create', { registryId: models.id, name: 'Spare', type: 'model' });
    await client.execute('collections.create', { registryId: datasets.id, name: 'Pairs', type: 'dataset' });
  } finally {
    await core.stop();
  }
  return { data, files };
}
