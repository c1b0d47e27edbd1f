import type { Transport } from '#shared/contract/index.ts';
import { createInbox } from './inbox.ts';

/** What a `MessagePortMain` of a utility process and a Node `MessagePort` have in common. Only the first wraps what arrives in an event. */
export type PortLike = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
};

/** Wraps a message port. `unwrap` takes the message out of what the port's `message` event hands over. */
export function transportOverPort(port: PortLike, unwrap: (event: unknown) => unknown): Transport {
  const inbox = createInbox();
  port.on('message', (event) => inbox.deliver(unwrap(event)));
  port.start();
  return {
    post(message) {
      port.postMessage(message);
    },
    onMessage: inbox.onMessage,
    onClose(next) {
      port.on('close', next);
    },
    close() {
      port.close();
    },
  };
}
