/** Clients that go away. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { VitrineError } from '#shared/contract/index.ts';

export type Leaving = {
  /** Ends whatever is at work for a response that its client will not take any more. */
  signalOf(response: Pick<ServerResponse, 'socket' | 'destroyed'>): AbortSignal;
};

/**
 * One signal for each connection, not for each request: a client asks over one connection for as long as it lives, and signals, with what listens to them
 * and joins them, cost more than most questions. No request outlives its connection unanswered.
 */
export function createLeaving(): Leaving {
  const signals = new WeakMap<Socket, AbortSignal>();
  return {
    signalOf({ socket, destroyed }) {
      // Gone before it was asked for.
      if (socket === null || destroyed) return AbortSignal.abort(gone());
      const known = signals.get(socket);
      if (known !== undefined) return known;
      const controller = new AbortController();
      signals.set(socket, controller.signal);
      socket.once('close', () => controller.abort(gone()));
      return controller.signal;
    },
  };
}

const gone = (): VitrineError => new VitrineError('cancelled', { details: { explanation: 'The client went away.' } });
