/**
 * Starts the app from this checkout: prepares, compiles what changed, runs. All arguments go to the app.
 *
 *   node build/start.mjs [--sample] [--data DIR] [vitrine://…]
 */
import { prepare } from './prepare.mjs';
import { machineArguments } from './runtime.mjs';
import { hasDisplay, withDisplay } from './tools/display.mjs';
import { runNode } from './tools/node.mjs';
import { fromRoot } from './tools/paths.mjs';
import { run, say } from './tools/run.mjs';

try {
  const runtime = await prepare();
  const compiled = await runNode(fromRoot('build', 'compile.mjs'), []);
  if (compiled !== 0) process.exit(compiled);
  const forMachine = machineArguments();
  if (forMachine.includes('--no-sandbox')) say('started as root (or told so): Chromium\'s sandbox is off for this run.');
  if (!hasDisplay()) say('there is no screen here: the window opens on a virtual one.');
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
  process.exitCode = await withDisplay((display) =>
    run(runtime.path, [...forMachine, fromRoot(), ...process.argv.slice(2)], { env: { ...environment, ...display } }),
  );
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
