import type { LayoutInput, LayoutOptions, LayoutResult } from '#shared/lineage/index.ts';
import type { LayoutReply, LayoutRequest, WarmRequest } from '../../workers/layoutProtocol.ts';

export type LayoutAnswer = { readonly layout: LayoutResult; readonly by: 'own' | 'elk' } | null;

/** A worker that waits for whoever asks first; it has read its script by then. */
let waiting: Worker | null = null;

/** Starts a worker before there is anything to lay out: while the catalog is asked, its script is read and its code compiled. */
export function warmLayout(): void {
  if (waiting !== null) return;
  waiting = spawn();
  waiting.postMessage({ task: 'warm' } satisfies WarmRequest);
}

function takeWorker(): Worker {
  const worker = waiting ?? spawn();
  waiting = null;
  return worker;
}

/**
 * One worker at work, one warm spare. A newer request ends the worker of the older at once (a layout can't be interrupted otherwise)
 * and goes to the spare; the older request never answers. What a worker can't do is told as a failure.
 */
export class LayoutClient {
  #generation = 0;
  #busy: Worker | null = null;
  #spare: Worker | null = null;
  #disposed = false;

  /** Asks; `done` is called at most once, and never after a newer request or `dispose`. */
  request(
    task: LayoutRequest['task'],
    input: LayoutInput,
    options: LayoutOptions,
    crossings: number | undefined,
    done: (answer: LayoutAnswer) => void,
    failed: (reason: string) => void,
  ): void {
    this.cancel();
    const generation = this.#generation;
    // A refinement takes long and is often ended, and with it its worker: the one that is warm waits for who has nothing to look at yet.
    const worker = this.#spare ?? (task === 'refine' ? spawn() : takeWorker());
    this.#spare = null;
    this.#busy = worker;
    const settle = (): boolean => {
      if (generation !== this.#generation || this.#disposed) return false;
      this.#busy = null;
      this.#spare = worker;
      worker.onmessage = null;
      worker.onerror = null;
      return true;
    };
    worker.onmessage = (event: MessageEvent<LayoutReply>) => {
      if (event.data.generation !== generation || !settle()) return;
      const reply = event.data;
      if ('failure' in reply) failed(reply.failure);
      else done(reply.layout === null ? null : { layout: reply.layout, by: reply.by });
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (!settle()) return;
      // A worker that failed is not used again.
      this.#spare?.terminate();
      this.#spare = null;
      failed(event.message === '' ? 'The layout worker could not be started' : event.message);
    };
    worker.postMessage({ generation, task, input, options, ...(crossings === undefined ? {} : { crossings }) } satisfies LayoutRequest);
  }

  /** Ends what is under way. */
  cancel(): void {
    this.#generation++;
    if (this.#busy === null) return;
    this.#busy.terminate();
    this.#busy = null;
  }

  dispose(): void {
    this.#disposed = true;
    this.#generation++;
    this.#busy?.terminate();
    // Whoever looks at a graph next finds a worker that has its code compiled.
    if (waiting === null) waiting = this.#spare;
    else this.#spare?.terminate();
    this.#busy = null;
    this.#spare = null;
  }
}

function spawn(): Worker {
  return new Worker(new URL('../../workers/layout.worker.ts', import.meta.url), { type: 'module', name: 'lineage layout' });
}
