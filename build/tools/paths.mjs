/** Where things are, for every script of this folder. Node 20, no dependencies. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path below the root. @param {...string} parts */
export const fromRoot = (...parts) => join(root, ...parts);

/** Everything that scripts may throw away and make again. */
export const cache = fromRoot('node_modules', '.cache');
