/** Folders into which versions are written to be dragged out of the window. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './makeFolder.ts';

export type DragOut = {
  /** A fresh, empty folder, ours alone. */
  prepare(): string;
  /** What lies in a folder that `prepare` gave, as absolute paths; null for any other folder. */
  contents(folder: string): readonly string[] | null;
  /** Removes everything; whoever took a drop has its own copy by now. */
  clear(): void;
};

/** @param base made on need; whatever an earlier run left in it is removed */
export function createDragOut(base: string): DragOut {
  const folders = new Set<string>();
  const clear = (): void => {
    folders.clear();
    try {
      rmSync(base, { recursive: true, force: true });
    } catch {
      // Something still reads from it; the next start tries again.
    }
  };
  return {
    prepare() {
      if (folders.size === 0) clear();
      makeFolder(base);
      const folder = mkdtempSync(join(base, 'out-'));
      folders.add(folder);
      return folder;
    },
    contents(folder) {
      return folders.has(folder) ? readdirSync(folder).map((name) => join(folder, name)) : null;
    },
    clear,
  };
}
