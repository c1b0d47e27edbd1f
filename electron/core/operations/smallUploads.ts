/**
 * Small bodies on their way into the store, many in one go: each on its own would cost a pack of its own and a wait for the disk, and a script
 * that logs twenty thousand files sends a hundred at once.
 */
import type { IngestedBody, Store } from '../store/index.ts';

/** What the store keeps in packs. Larger bodies are streamed. */
export const largestSmallUpload = 256 * 1024;
const batchFiles = 512;
const batchBytes = 16 * 1024 * 1024;

type Waiting = { readonly bytes: Uint8Array; readonly resolve: (taken: IngestedBody) => void; readonly reject: (reason: unknown) => void };

/** Takes bytes into the store; they are durable when it resolves. One batch is written while the next one gathers. Errors: those of `Store.ingestBodies`. */
export function createSmallUploads(store: Pick<Store, 'ingestBodies'>): (bytes: Uint8Array) => Promise<IngestedBody> {
  let waiting: Waiting[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    writing = true;
    // Those of one turn go together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = nextBatch();
      try {
        const taken = await store.ingestBodies(batch.map(({ bytes }) => bytes));
        batch.forEach((one, index) => {
          const file = taken[index];
          if (file === undefined) one.reject(new Error('The store took a file and answered none'));
          else one.resolve(file);
        });
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    writing = false;
  }

  function nextBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < waiting.length && count < batchFiles && (count === 0 || bytes + (waiting[count]?.bytes.length ?? 0) <= batchBytes)) bytes += waiting[count++]?.bytes.length ?? 0;
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  }

  return (bytes) =>
    new Promise((resolve, reject) => {
      waiting.push({ bytes, resolve, reject });
      if (!writing) void writeAll();
    });
}
