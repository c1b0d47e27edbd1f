/**
 * The one client of this window. It exists before any port does: calls made meanwhile wait, so that no part of the window has to ask
 * whether core is there yet.
 */
import { createClient, type CoreClient } from '#shared/contract/index.ts';

let client: CoreClient = createClient();

/** The client that every hook and command of the window speaks through. */
export function core(): CoreClient {
  return client;
}

/** Puts another client in place, before anything is rendered: for the development page and for tests. */
export function provideCore(replacement: CoreClient): void {
  client = replacement;
}
