#!/usr/bin/env node
/** The command line in a checkout: dist/core/cli.js under a good Node, compiled first when it isn't there. */
import { existsSync } from 'node:fs';

import { prepare } from './prepare.mjs';
import { runNode } from './tools/node.mjs';
import { fromRoot } from './tools/paths.mjs';
import { say } from './tools/run.mjs';

const program = fromRoot('dist', 'core', 'cli.js');

try {
  if (!existsSync(program)) {
    await prepare({ system: false });
    const compiled = await runNode(fromRoot('build', 'compile.mjs'), ['core']);
    if (compiled !== 0) process.exit(compiled);
  }
  process.exitCode = await runNode(program, process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
