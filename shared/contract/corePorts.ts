/**
 * Ports as transports: the one way from a window's `MessagePort` to the `Transport` that clients take. Knows ports and windows by their
 * shape only, so that it needs no DOM.
 */
import type { StartupFacts, VitrineBridge } from './bridge.ts';
import type { Transport } from './transport.ts';

/** The part of a `MessagePort` (in windows, and in Node's worker_threads) that is needed. */
export type PortShape = {
  postMessage(message: unknown): void;
  start?(): void;
  close(): void;
  /** The overloads of the real ones fit no common type; what is used of them is `Listening`. */
  readonly addEventListener: unknown;
};

type Listening<Event> = { addEventListener(type: string, listener: (event: Event) => void): void };

/** Wraps a port. Messages that came before `onMessage` are handed to it, since the port is started only then. */
export function transportOverPort(port: PortShape): Transport {
  const events = port as PortShape & Listening<{ readonly data: unknown }>;
  let closed = false;
  let onClose: (() => void) | null = null;
  const end = (): void => {
    if (closed) return;
    closed = true;
    onClose?.();
  };
  events.addEventListener('close', end);
  return {
    post(message) {
      if (!closed) port.postMessage(message);
    },
    onMessage(listener) {
      events.addEventListener('message', (event) => {
        if (!closed) listener(event.data);
      });
      port.start?.();
    },
    onClose(listener) {
      onClose = listener;
      if (closed) listener();
    },
    close() {
      port.close();
      end();
    },
  };
}

/** The part of the window that is needed. */
export type PortReceiver = { readonly addEventListener: unknown };
export type PortEvent = { readonly data: unknown; readonly source: unknown; readonly ports: readonly unknown[] };

/**
 * Asks the bridge for core's port and hands each one that comes to `attach` as a transport: the first, and a new one after every restart
 * of core. The transport before is closed first, so that a client learns of the loss before it gets the next.
 *
 * ```ts
 * const client = createClient();
 * receiveCorePorts(window, window.vitrine, crypto.randomUUID(), client.attach);
 * ```
 */
export function receiveCorePorts(
  receiver: PortReceiver,
  bridge: Pick<VitrineBridge, 'connect' | 'onStartup'>,
  nonce: string,
  attach: (transport: Transport) => void,
): void {
  let current: Transport | null = null;
  (receiver as PortReceiver & Listening<PortEvent>).addEventListener('message', (event) => {
    // Only the preload of this very window can know the nonce; frames and other windows are no source of ports.
    if (event.source !== receiver) return;
    const data = event.data as { readonly t?: unknown; readonly nonce?: unknown } | null;
    if (data === null || typeof data !== 'object' || data.t !== 'vitrine:port' || data.nonce !== nonce) return;
    const port = event.ports[0];
    if (port === undefined) return;
    current?.close();
    current = transportOverPort(port as PortShape);
    attach(current);
  });
  // A port whose other end died does not always say so by itself.
  bridge.onStartup((facts: StartupFacts) => {
    if (facts.phase === 'restarting' || facts.phase === 'failed') current?.close();
  });
  bridge.connect(nonce);
}
