/** Every command by its operation's name. Internal ones, which core composes into longer operations, begin with `internal.`. */
import type { Command } from '../scope.ts';

export const commands: Readonly<Record<string, Command>> = {};
