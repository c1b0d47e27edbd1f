import { readFileSync } from 'node:fs';

/** The version in the nearest package.json above this file: the checkout's, or the one packed into the application. */
export function applicationVersion(): string {
  let folder = new URL('.', import.meta.url);
  for (let step = 0; step < 6; step++) {
    try {
      const facts = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { readonly name?: string; readonly version?: string };
      if (facts.name === 'vitrine' && facts.version !== undefined) return facts.version;
    } catch {
      // Not here: look one folder up.
    }
    folder = new URL('..', folder);
  }
  return '0.0.0';
}
