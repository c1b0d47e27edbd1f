import type { CallOptions, CoreClient } from '#shared/contract/index.ts';

/** What every command takes. */
export type Common = { readonly data?: string; readonly json?: boolean; readonly message?: string; /** Whose answers an admin wants to see. */ readonly as?: string };

/** Runs a command's work with a session of the catalog, and ends it afterwards. */
export type WithClient = (options: Common, work: (client: CoreClient, call: CallOptions, common: Common) => Promise<void>) => Promise<void>;
