/** The real `wandb` client, kept running and told what to do. */
import { join } from 'node:path';
import { startActing, type ActingClient } from './actingClient.ts';
import { clientEnvironment, pythonOf, type ClientOptions } from './pythonClient.ts';

export const startWandbClient = (options: ClientOptions): Promise<ActingClient> => startActing(pythonOf(options.client), join(import.meta.dirname, '..', 'remotes', 'programs', 'wandbAct.py'), join(options.home, 'work'), clientEnvironment(options));

/** What the client sees of a collection of a registry. */
export type LookedAt = {
  readonly type: string; readonly description: string; readonly tags: readonly string[];
  readonly versions: readonly { readonly version: string; readonly aliases: readonly string[]; readonly digest: string; readonly source: string; readonly description: string; readonly tags: readonly string[]; readonly metadata: Readonly<Record<string, unknown>>; readonly run: string | null; readonly used_by: readonly string[] }[];
};
