/** `vitrine serve`: core without a window, until told to stop. */
import { createLog } from '../host/log.ts';
import { openCore } from '../host/core.ts';
import type { OutputOf } from '#shared/contract/index.ts';

export type ServeOptions = {
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly json: boolean;
  readonly sample: boolean;
  readonly applicationVersion: string;
};

/** Resolves when it has stopped, after SIGTERM or SIGINT. Throws `catalog_locked` when another process owns the folder. */
export async function serve(options: ServeOptions): Promise<void> {
  const log = createLog((line) => process.stderr.write(line));
  // Asked to stop before it stands, it must still end in order: listen for the signals first.
  const stopAsked = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  const core = await openCore({ dataDirectory: options.dataDirectory, applicationVersion: options.applicationVersion, log, listen: true });
  try {
    if (options.sample) {
      const { output } = await core.run('catalog.status', {}, {});
      if ((output as OutputOf<'catalog.status'>).empty) await core.run('catalog.addSample', {}, {});
    }
    const { output: keys } = await core.run('keys.list', {}, {});
    const usable = (keys as OutputOf<'keys.list'>).items.some((key) => key.revokedAt === null);
    const made = usable || core.readOnly ? null : (((await core.run('keys.create', { name: 'serve' }, {})).output) as OutputOf<'keys.create'>);
    const { url } = await core.door.start({ host: options.host, port: options.port });
    if (options.json) process.stdout.write(`${JSON.stringify({ url, apiKey: made?.key ?? null })}\n`);
    else {
      process.stdout.write(`Serving ${core.dataDirectory} at ${url}\n`);
      process.stdout.write(made === null ? 'Use a key you have, or make one with: vitrine key create NAME\n' : `API key (shown this once): ${made.key}\n`);
    }
    await stopAsked;
  } finally {
    await core.close();
  }
}
