import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';

/**
 * Which paths the window may have shown in the file manager: those that a person chose in a dialog in this session, those the app itself
 * made, and everything below them. The window alone can't name a path and have the system look at it.
 */
export type PathGrants = {
  grant(path: string): void;
  /** The path as it really is, when it exists and lies at or below a granted one; else null. */
  allowed(path: string): string | null;
};

export function createPathGrants(): PathGrants {
  const granted = new Set<string>();
  return {
    grant(path) {
      granted.add(resolve(path));
    },
    allowed(path) {
      if (!isAbsolute(path) || path.includes('\0')) return null;
      const real = realPath(path);
      if (real === null) return null;
      // Links are followed on both sides: a link inside a granted folder that points elsewhere leads out of it.
      for (const each of granted) {
        const base = realPath(each);
        if (base !== null && isAtOrBelow(real, base)) return real;
      }
      return null;
    },
  };
}

function isAtOrBelow(path: string, base: string): boolean {
  const between = relative(base, path);
  return between === '' || (between !== '..' && !/^\.\.[\\/]/u.test(between) && !isAbsolute(between));
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
