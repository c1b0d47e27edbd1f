/**
 * The one client of this window. It exists before any port does: calls made meanwhile wait, so that no part of the window has to ask
 * whether core is there yet.
 */
import { createClient, type CallOptions, type CoreClient } from '#shared/contract/index.ts';

/** Whose answers are wanted; null: one’s own. Kept here, below all that asks. */
let viewedUser: number | null = null;
let client: CoreClient = looking(createClient());

/** For `viewAs` alone. */
export function lookAs(userId: number | null): void {
  viewedUser = userId;
}

/** The client with the one whose answers are wanted put into every call. */
function looking(inner: CoreClient): CoreClient {
  const as = (options: CallOptions | undefined): CallOptions | undefined => (viewedUser === null ? options : { ...options, viewAs: viewedUser });
  return {
    query: (name, input, options) => inner.query(name, input, as(options)),
    execute: (name, input, options) => inner.execute(name, input, as(options)),
    onChanges: (listener) => inner.onChanges(listener),
    onState: (listener) => inner.onState(listener),
    get state() {
      return inner.state;
    },
    attach: (transport) => inner.attach(transport),
    close: () => inner.close(),
  };
}

/** The client that every hook and command of the window speaks through. */
export function core(): CoreClient {
  return client;
}

/** Puts another client in place, before anything is rendered: for the development page and for tests. */
export function provideCore(replacement: CoreClient): void {
  client = looking(replacement);
}
