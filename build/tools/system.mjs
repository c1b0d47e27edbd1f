/** What this system lets us do. Node 20, no dependencies. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ask } from './run.mjs';

/** The program's path, looked up as a shell does. @param {string} name */
export const which = (name) =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });

export const isRoot = () => process.getuid?.() === 0;

/** How to become root without asking anybody: `[]` as root, `['sudo', '-n']`, or undefined. */
export const asRoot = () => {
  if (isRoot()) return [];
  return which('sudo') !== undefined && ask('sudo', ['-n', 'true']).ok ? ['sudo', '-n'] : undefined;
};
