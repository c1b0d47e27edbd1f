#!/usr/bin/env node
/** The command line in a checkout: dist/core/cli.js under a good Node, compiled first when the sources changed. */
import { existsSync } from 'node:fs';

import { isCompiled } from './compile.mjs';
import { prepare } from './prepare.mjs';
import { runNode } from './tools/node.mjs';
import { fromRoot } from './tools/paths.mjs';
import { say } from './tools/run.mjs';

const program = fromRoot('dist', 'core', 'cli.js');

try {
  if (!isCompiled('core')) {
    await prepare({ system: false });
    const compiled = await runNode(fromRoot('build', 'compile.mjs'), ['core']);
    if (compiled !== 0 && !existsSync(program)) process.exit(compiled);
    if (compiled !== 0) say('the sources don\'t compile; going on with what was compiled before.');
  }
  // What a server holds of an upload of many files lives for seconds: with V8's usual room for young objects a third more of it stays in memory.
  process.exitCode = await runNode(program, process.argv.slice(2), { nodeOptions: ['--max-semi-space-size=2'] });
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
