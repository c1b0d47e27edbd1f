/** Every query by its operation's name. Internal ones, which core composes into longer operations, begin with `internal.`. */
import type { Query } from '../scope.ts';

export const queries: Readonly<Record<string, Query>> = {};
