/** What to offer as name and type for files about to be logged. Offers only: the person decides. */

/** A name that the rule for artifacts accepts, made from a file's or folder's name. */
export function suggestArtifactName(baseName: string): string {
  const cleaned = baseName
    .normalize('NFKD')
    .replace(/[^a-zA-Z0-9_.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 128);
  return cleaned === '' ? 'artifact' : cleaned;
}

const modelEndings = ['.safetensors', '.gguf', '.onnx', '.pt', '.pth', '.ckpt', '.h5', '.keras', '.tflite', '.pb', '.joblib', '.pkl', '.bin', '.mlmodel', '.engine'];
const datasetEndings = ['.parquet', '.csv', '.tsv', '.jsonl', '.ndjson', '.arrow', '.npy', '.npz', '.feather', '.tfrecord', '.txt'];

/** `model` where there is a file that only models have, else `dataset` where there is data, else `model`. */
export function suggestArtifactType(paths: readonly string[]): 'model' | 'dataset' {
  const endsWithAny = (endings: readonly string[]): boolean => paths.some((path) => endings.some((ending) => path.toLowerCase().endsWith(ending)));
  if (endsWithAny(modelEndings)) return 'model';
  return endsWithAny(datasetEndings) ? 'dataset' : 'model';
}
