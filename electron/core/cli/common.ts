import type { Command } from 'commander';
import type { CallOptions, CoreClient } from '#shared/contract/index.ts';

/** What every command takes. */
export type Common = { readonly data?: string; readonly json?: boolean; readonly message?: string; /** Whose answers an admin wants to see. */ readonly as?: string };

/** Runs a command's work with a session of the catalog, and ends it afterwards. */
export type WithClient = (options: Common, work: (client: CoreClient, call: CallOptions, common: Common) => Promise<void>) => Promise<void>;

/** Reads a whole number out of an option. @throws VitrineError `bad_input` naming the option and its bounds */
export type WholeNumber = (option: string, text: string, least: number, most: number) => number;

/** A command below another one, with what every command takes. */
export function subcommand(parent: Command, name: string, description: string, settings: { readonly isDefault?: boolean } = {}): Command {
  return parent.command(name, settings).description(description).option('--data <folder>', 'the catalog’s folder').option('--json', 'print JSON').option('-m, --message <text>', 'why, kept in the history').exitOverride();
}

/** What every command takes may stand behind the parent's name as well as behind its own. */
export function within(parent: Command, withClient: WithClient): WithClient {
  return (options, work) => withClient({ ...parent.opts<Common>(), ...options }, work);
}
