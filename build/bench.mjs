/**
 * The benchmarks: prepares, compiles, measures. With names, only those.
 *
 *   node build/bench.mjs [name…]
 */
import { prepare } from './prepare.mjs';
import { machineArguments } from './runtime.mjs';
import { prepareClients, prepareRemotes } from './tools/clients.mjs';
import { withDisplay } from './tools/display.mjs';
import { runNode } from './tools/node.mjs';
import { fromRoot } from './tools/paths.mjs';
import { say } from './tools/run.mjs';

try {
  const runtime = await prepare();
  const compiled = await runNode(fromRoot('build', 'compile.mjs'), []);
  if (compiled !== 0) process.exit(compiled);
  // Only the benchmarks of the door need a client; they say for themselves that it lacks.
  const clients = await prepareClients();
  const remotes = await prepareRemotes();
  process.exitCode = await withDisplay(
    (display) =>
      runNode(fromRoot('e2e', 'bench', 'index.ts'), process.argv.slice(2), {
        environment: {
          ...display,
          ...('obstacle' in clients ? { VITRINE_NO_CLIENTS: clients.obstacle } : clients.environment),
          ...('obstacle' in remotes ? { VITRINE_NO_REMOTES: remotes.obstacle } : remotes.environment),
          VITRINE_ELECTRON: runtime.path,
          VITRINE_ELECTRON_VERSION: `${runtime.version} (${runtime.kind})`,
          VITRINE_ELECTRON_ARGUMENTS: JSON.stringify(machineArguments()),
        },
      }),
    { always: true },
  );
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
