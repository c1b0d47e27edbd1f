import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Runs `vitrine …` inside this process, without a window, a display or a second process: the packaged program can't serve as plain Node
 * (its fuse forbids that). Ends the process with the command line's own exit code.
 *
 * The entry of the command line either runs to its end while it loads, or exports `finished`, a promise of its exit code.
 */
export async function runCommandLine(args: readonly string[]): Promise<never> {
  const program = join(import.meta.dirname, '..', 'core', 'cli.js');
  process.argv = [process.execPath, program, ...args];
  // Electron's own handling of these would quit an application that was never started.
  const loaded = (await import(pathToFileURL(program).href)) as { readonly finished?: Promise<number | undefined | void> };
  const code = await loaded.finished;
  await flushed(process.stdout);
  await flushed(process.stderr);
  process.exit(typeof code === 'number' ? code : (process.exitCode ?? 0));
}

/** What was written to a pipe must have left before the process ends. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableEnded || stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
