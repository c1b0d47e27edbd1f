/** Made-up rows for the gallery; any position gives the same row every time. */
export interface SampleRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly aliases: readonly string[];
  readonly registry: string;
  readonly accuracy: number;
  readonly bytes: number;
  readonly digest: string;
  readonly author: string;
  readonly time: number;
}

const NAMES = ['mini-lm', 'reranker', 'speech-tiny', 'vision-base', 'toxicity', 'embeddings', 'summaries', 'tabular-forest'];
const REGISTRIES = ['Production models', 'Evaluation sets', 'Research', 'Speech'];
const AUTHORS = ['Ada Lovelace', 'Grace Hopper', 'Katherine Johnson', 'Alan Turing', 'Barbara Liskov'];
const EXTRAS = [[], ['production'], ['staging'], [], ['candidate', 'eu-west'], [], ['champion'], [], []] as const;

function noise(index: number, salt: number): number {
  let value = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 7, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return ((value ^ (value >>> 15)) >>> 0) / 0x1_0000_0000;
}

const cache = new Map<number, SampleRow>();

export function sampleRow(index: number): SampleRow {
  const known = cache.get(index);
  if (known !== undefined) return known;
  const version = Math.floor(noise(index, 1) * 40);
  const row: SampleRow = {
    id: `row-${index}`,
    name: `${NAMES[Math.floor(noise(index, 2) * NAMES.length)]}-${index}`,
    type: noise(index, 3) < 0.6 ? 'model' : noise(index, 4) < 0.7 ? 'dataset' : 'evaluation',
    version,
    aliases: [...(index % 8 === 0 ? ['latest'] : []), `v${version}`, ...(EXTRAS[Math.floor(noise(index, 5) * EXTRAS.length)] ?? [])],
    registry: REGISTRIES[Math.floor(noise(index, 6) * REGISTRIES.length)] ?? '',
    accuracy: 0.7 + noise(index, 7) * 0.29,
    bytes: Math.floor(2 ** (10 + noise(index, 8) * 24)),
    digest: Array.from({ length: 8 }, (_, part) =>
      Math.floor(noise(index, 20 + part) * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0'),
    ).join(''),
    author: AUTHORS[Math.floor(noise(index, 9) * AUTHORS.length)] ?? '',
    time: Date.now() - Math.floor(noise(index, 10) ** 3 * 60 * 86_400_000),
  };
  if (cache.size > 20_000) cache.clear();
  cache.set(index, row);
  return row;
}
