import type { Transport } from '#shared/contract/index.ts';

/** Two ends of a connection inside one process, for core hosted in-process. Messages are cloned, as every real port would. */
export function createTransportPair(): readonly [Transport, Transport] {
  const first = createEnd();
  const second = createEnd();
  first.connect(second);
  second.connect(first);
  return [first, second];
}

type End = Transport & { deliver(message: unknown): void; end(): void; connect(peer: End): void };

function createEnd(): End {
  let peer: End | null = null;
  let listener: ((message: unknown) => void) | null = null;
  let closeListener: (() => void) | null = null;
  let open = true;
  const waiting: unknown[] = [];
  return {
    connect(other) {
      peer = other;
    },
    post(message) {
      const copy = structuredClone(message);
      queueMicrotask(() => peer?.deliver(copy));
    },
    deliver(message) {
      if (!open) return;
      if (listener === null) waiting.push(message);
      else listener(message);
    },
    onMessage(next) {
      listener = next;
      for (const message of waiting.splice(0)) next(message);
    },
    onClose(next) {
      closeListener = next;
    },
    end() {
      if (!open) return;
      open = false;
      closeListener?.();
    },
    close() {
      if (!open) return;
      open = false;
      peer?.end();
    },
  };
}
