/** Where worker threads start from: beside the bundle in the product, from their sources in tests under plain Node. */
const fromSource = import.meta.url.endsWith('.ts');
const places = { catalog: fromSource ? '../catalog/worker.ts' : './catalogWorker.js', store: fromSource ? '../store/worker.ts' : './storeWorker.js' } as const;

export function workerUrl(which: keyof typeof places): URL {
  // Through a variable: a bundler that saw the literal would take the file for an asset of its own.
  const base: string = import.meta.url;
  return new URL(places[which], base);
}
