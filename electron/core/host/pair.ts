import type { Transport } from '#shared/contract/index.ts';
import { createInbox } from './inbox.ts';

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
  let closeListener: (() => void) | null = null;
  let open = true;
  const inbox = createInbox();
  return {
    connect(other) {
      peer = other;
    },
    post(message) {
      const copy = structuredClone(message);
      queueMicrotask(() => peer?.deliver(copy));
    },
    deliver(message) {
      if (open) inbox.deliver(message);
    },
    onMessage: inbox.onMessage,
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
