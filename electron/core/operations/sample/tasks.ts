/** The six things that the sample's team works on, and what each leaves behind. */
import { csvFile, jsonFile, jsonLinesFile, safetensorsFile, seamImage, textFile, toneFile, type SampleFile, type TensorShape } from './files.ts';
import type { Random } from './random.ts';

export type Stage = 'raw' | 'prepared' | 'base' | 'tuned' | 'final';

export type Task = {
  readonly project: string;
  readonly description: string;
  /** Artifact names per stage: raw data, prepared data, base model, tuned model, and what is made of it at last. */
  readonly artifacts: Readonly<Record<Stage, string>>;
  readonly finalType: 'model' | 'evaluation';
  readonly finalJob: string;
  readonly architecture: string;
  readonly metric: string;
  /** Where the metric starts and where it gets to; higher is better. */
  readonly from: number;
  readonly to: number;
  readonly author: string;
  readonly dataCollection: string;
  readonly modelCollection: string;
  readonly edgeCollection: string | null;
  readonly purpose: string;
  data(stage: 'raw' | 'prepared', index: number, random: Random): readonly SampleFile[];
};

const words = ['arrived', 'late', 'sturdy', 'broken', 'again', 'perfect', 'refund', 'quiet', 'colour', 'fits', 'returned', 'cheap', 'lovely', 'battery', 'screen', 'support'];
const sentence = (random: Random, length: number): string => Array.from({ length }, () => random.pick(words)).join(' ');

function datasetNotes(name: string, index: number, rows: number): SampleFile {
  return textFile('README.md', `# ${name}, version ${index}\n\n${rows} rows. Licence: internal use. Personal data: none kept.`);
}

export const tasks: readonly Task[] = [
  {
    project: 'review-sentiment', description: 'How customers feel about what they bought, from their reviews.',
    artifacts: { raw: 'customer-reviews', prepared: 'reviews-tokenized', base: 'sentiment-base', tuned: 'sentiment-finetuned', final: 'sentiment-eval' },
    finalType: 'evaluation', finalJob: 'evaluate', architecture: 'distilled transformer, 6 layers', metric: 'accuracy', from: 0.81, to: 0.934, author: 'mira',
    dataCollection: 'Customer Reviews', modelCollection: 'Review Sentiment', edgeCollection: null, purpose: 'Sorts incoming reviews into positive, neutral and negative for the support desk.',
    data: (stage, index, random) => {
      const rows = 60 + index * 20;
      const reviews = Array.from({ length: rows }, (_, row) => ({ id: row + 1, text: sentence(random, 8), stars: random.whole(1, 5) }));
      return stage === 'raw'
        ? [jsonLinesFile('reviews.jsonl', reviews), datasetNotes('Customer reviews', index, rows)]
        : [csvFile('train.csv', ['id', 'tokens', 'label'], reviews.map((review) => [review.id, review.text, review.stars > 3 ? 'positive' : review.stars < 3 ? 'negative' : 'neutral'])), jsonFile('vocabulary.json', Object.fromEntries(words.map((word, at) => [word, at])))];
    },
  },
  {
    project: 'weld-inspection', description: 'Finding flawed weld seams on the line.',
    artifacts: { raw: 'weld-images', prepared: 'weld-tiles', base: 'weld-detector-base', tuned: 'weld-detector', final: 'weld-detector-int8' },
    finalType: 'model', finalJob: 'quantize', architecture: 'convolutional detector, 12 blocks', metric: 'map50', from: 0.62, to: 0.885, author: 'jonas',
    dataCollection: 'Weld Images', modelCollection: 'Weld Detector', edgeCollection: 'Weld Detector INT8', purpose: 'Marks pores and cracks in camera images of weld seams, 30 images a second.',
    data: (stage, index, random) => {
      const count = stage === 'raw' ? 6 + index : 4;
      const images = Array.from({ length: count }, (_, at) => seamImage(`images/seam-${String(at).padStart(3, '0')}.png`, stage === 'raw' ? 64 : 32, at % 3 === 0, random));
      return [...images, csvFile('labels.csv', ['image', 'flawed'], images.map((image, at) => [image.path, at % 3 === 0 ? 1 : 0]))];
    },
  },
  {
    project: 'wake-word', description: 'Hearing the wake word, and nothing else, on a chip.',
    artifacts: { raw: 'voice-commands', prepared: 'voice-features', base: 'wake-word-base', tuned: 'wake-word', final: 'wake-word-tiny' },
    finalType: 'model', finalJob: 'distill', architecture: 'depthwise separable CNN', metric: 'recall_at_1fph', from: 0.74, to: 0.962, author: 'amara',
    dataCollection: 'Voice Commands', modelCollection: 'Wake Word', edgeCollection: 'Wake Word Tiny', purpose: 'Wakes the assistant. Less than one false wake an hour in a living room.',
    data: (stage, index, random) => stage === 'raw'
      ? Array.from({ length: 3 + index }, (_, at) => toneFile(`clips/clip-${String(at).padStart(3, '0')}.wav`, 220 + at * 55, random))
      : [csvFile('features.csv', ['clip', ...Array.from({ length: 8 }, (_, at) => `mel${at}`)], Array.from({ length: 40 + index * 5 }, (_, at) => [at, ...Array.from({ length: 8 }, () => Number(random.between(-4, 4).toFixed(4)))]))],
  },
  {
    project: 'product-search', description: 'Embeddings that find products by what people mean.',
    artifacts: { raw: 'query-log', prepared: 'query-pairs', base: 'search-encoder-base', tuned: 'search-encoder', final: 'search-eval' },
    finalType: 'evaluation', finalJob: 'evaluate', architecture: 'sentence encoder, 384 dimensions', metric: 'ndcg_at_10', from: 0.48, to: 0.713, author: 'mira',
    dataCollection: 'Query Log', modelCollection: 'Search Encoder', edgeCollection: null, purpose: 'Turns queries and product texts into vectors for the shop’s search.',
    data: (stage, index, random) => [
      csvFile(stage === 'raw' ? 'queries.csv' : 'pairs.csv', stage === 'raw' ? ['query', 'clicked', 'position'] : ['query', 'product', 'relevance'],
        Array.from({ length: 50 + index * 10 }, () => [sentence(random, 3), random.whole(1000, 9999), random.whole(0, 3)])),
      datasetNotes('Query log', index, 50 + index * 10),
    ],
  },
  {
    project: 'churn-forecast', description: 'Who is about to leave, and why.',
    artifacts: { raw: 'accounts', prepared: 'account-features', base: 'churn-baseline', tuned: 'churn-forecast', final: 'churn-eval' },
    finalType: 'evaluation', finalJob: 'evaluate', architecture: 'gradient-boosted trees, 400 leaves', metric: 'auc', from: 0.7, to: 0.868, author: 'tomas',
    // Personal data: stays with its team, in no registry.
    dataCollection: '', modelCollection: 'Churn Forecast', edgeCollection: null, purpose: 'Ranks accounts by the risk of leaving within 60 days.',
    data: (stage, index, random) => [
      csvFile(stage === 'raw' ? 'accounts.csv' : 'features.csv', ['account', 'months', 'tickets', 'usage', 'left'],
        Array.from({ length: 80 + index * 15 }, (_, at) => [at + 1, random.whole(1, 60), random.whole(0, 9), Number(random.between(0, 1).toFixed(3)), random.next() > 0.8 ? 1 : 0])),
      jsonFile('schema.json', { account: 'integer', months: 'integer', tickets: 'integer', usage: 'share of the plan used, 0 to 1', left: '1 when it left within 60 days' }),
    ],
  },
  {
    project: 'invoice-reader', description: 'Amounts, dates and senders from scanned invoices.',
    artifacts: { raw: 'invoice-scans', prepared: 'invoice-fields', base: 'invoice-ocr-base', tuned: 'invoice-ocr', final: 'invoice-eval' },
    finalType: 'evaluation', finalJob: 'evaluate', architecture: 'vision encoder with a text decoder', metric: 'field_f1', from: 0.66, to: 0.917, author: 'jonas',
    // Its data is not in a registry yet: not everything a team has is curated.
    dataCollection: '', modelCollection: 'Invoice Reader', edgeCollection: null, purpose: 'Reads invoices for the accounts team; a person checks what it is unsure of.',
    data: (stage, index, random) => stage === 'raw'
      ? Array.from({ length: 4 + index }, (_, at) => seamImage(`scans/invoice-${String(at).padStart(4, '0')}.png`, 48, false, random))
      : [jsonLinesFile('fields.jsonl', Array.from({ length: 30 + index * 6 }, (_, at) => ({ scan: at, total: Number(random.between(5, 5000).toFixed(2)), currency: random.pick(['EUR', 'CHF', 'SEK']), sender: sentence(random, 2) })))],
  },
];

/** The tensors of a stage: a tuned model has the base's shapes, a final one less of them. */
export function tensorsOf(stage: 'base' | 'tuned' | 'final'): readonly TensorShape[] {
  const layers = stage === 'final' ? 2 : 4;
  const width = stage === 'final' ? 16 : 32;
  return [
    { name: 'embedding.weight', shape: [64, width] },
    ...Array.from({ length: layers }, (_, layer) => [{ name: `layers.${layer}.weight`, shape: [width, width] }, { name: `layers.${layer}.bias`, shape: [width] }]).flat(),
    { name: 'head.weight', shape: [4, width] },
  ];
}

export function modelFiles(task: Task, stage: 'base' | 'tuned' | 'final', index: number, score: number, random: Random): readonly SampleFile[] {
  const name = task.artifacts[stage];
  return [
    safetensorsFile('model.safetensors', tensorsOf(stage), { architecture: task.architecture, version: String(index) }, random),
    jsonFile('config.json', { architecture: task.architecture, precision: stage === 'final' ? 'int8' : 'float32', seed: 1000 + index }),
    jsonFile('metrics.json', { [task.metric]: score }),
    textFile('README.md', `# ${name} v${index}\n\n${task.purpose}\n\n${task.metric}: ${score}`),
  ];
}

export function evaluationFiles(task: Task, index: number, score: number, random: Random): readonly SampleFile[] {
  return [
    jsonFile('report.json', { metric: task.metric, score, slices: Object.fromEntries(['all', 'short', 'long', 'rare'].map((slice) => [slice, Number((score - random.between(0, 0.08)).toFixed(4))])) }),
    csvFile('predictions.csv', ['row', 'expected', 'predicted', 'confidence'], Array.from({ length: 40 }, (_, at) => [at, random.whole(0, 3), random.whole(0, 3), Number(random.next().toFixed(3))])),
    textFile('README.md', `# Evaluation ${index} of ${task.artifacts.tuned}\n\n${task.metric}: ${score}`),
  ];
}
