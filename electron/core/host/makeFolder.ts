import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a folder and those above it, for this person alone. Step by step, because Node's own recursive `mkdir` never returns where a file
 * system answers "no such file" for a folder that can't be made, as `/proc` does.
 *
 * Throws what the system says (`EACCES`, `ENOSPC`, `ENOENT`, …); `EEXIST` or `ENOTDIR` where a file stands in the way.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const above = path.dirname(folder);
    if (code === 'EEXIST') {
      await assertFolder(folder, cause);
      return;
    }
    if (code !== 'ENOENT' || above === folder) throw cause;
    await makeFolder(above);
    await mkdir(folder, { mode: 0o700 });
  }
}

async function assertFolder(folder: string, cause: unknown): Promise<void> {
  if (!(await stat(folder)).isDirectory()) throw cause;
}
