/**
 * Makes packages in release/.
 *
 *   node build/package.mjs                     the unpacked app and an archive of it, with local means only
 *   node build/package.mjs AppImage deb        these as well (their tools come from the internet)
 *   node build/package.mjs --all               everything for this system
 *   node build/package.mjs --release [--all]   for other people: only with the official runtime
 */
import { readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { prepare } from './prepare.mjs';
import { continueUnderGoodNode, runNode } from './tools/node.mjs';
import { fromRoot } from './tools/paths.mjs';
import { ask, say } from './tools/run.mjs';

const main = async () => {
  const args = process.argv.slice(2);
  const release = args.includes('--release');
  const runtime = await prepare({ release, system: false });
  await continueUnderGoodNode(fileURLToPath(import.meta.url));
  const compiled = await runNode(fromRoot('build', 'compile.mjs'), []);
  if (compiled !== 0) throw new Error('the sources don\'t compile.');

  const { configuration, fetchedTargets } = await import('./packaging/configuration.mjs');
  const known = fetchedTargets[process.platform];
  if (known === undefined) throw new Error(`there is no package for ${process.platform}.`);
  const wanted = args.includes('--all') ? known : args.filter((name) => !name.startsWith('--'));
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no such package here: ${unknown.join(', ')}. There are ${known.join(', ')}.`);
  if (!release) say(`packing Electron ${runtime.version} (${runtime.kind}); for other people, build with --release`);

  const { Arch, Platform, build } = await import('electron-builder');
  const platform = { linux: Platform.LINUX, darwin: Platform.MAC, win32: Platform.WINDOWS }[process.platform];
  rmSync(fromRoot('release'), { recursive: true, force: true });
  const made = await build({
    projectDir: fromRoot(),
    targets: platform.createTarget(['dir', ...wanted], Arch[process.arch]),
    config: configuration({ runtime, platform: process.platform, architecture: process.arch }),
    publish: 'never',
  });
  for (const path of [unpackedFolder(), archive(), ...made]) process.stdout.write(`${path}\n`);
};

/** The one folder that electron-builder unpacked into. */
const unpackedFolder = () => {
  const found = readdirSync(fromRoot('release'), { withFileTypes: true }).filter((entry) => entry.isDirectory() && /unpacked$|^mac/u.test(entry.name));
  if (found.length !== 1) throw new Error(`expected one unpacked app in release/, found ${found.length}.`);
  return fromRoot('release', found[0].name);
};

/** The unpacked app as one file, under a folder named after it. @returns {string} its path */
const archive = () => {
  const { version } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  const name = `vitrine-${version}-${process.platform}-${process.arch}`;
  const path = fromRoot('release', `${name}${process.platform === 'win32' ? '.zip' : '.tar.gz'}`);
  const stage = fromRoot('release', name);
  const unpacked = unpackedFolder();
  renameSync(unpacked, stage);
  try {
    const owner = process.platform === 'linux' ? ['--owner=0', '--group=0', '--numeric-owner'] : [];
    const packed = ask('tar', [...owner, process.platform === 'win32' ? '-acf' : '-czf', path, '-C', fromRoot('release'), name]);
    if (!packed.ok) throw new Error(`tar: ${packed.problem.trim()}`);
  } finally {
    renameSync(stage, unpacked);
  }
  return path;
};

try {
  await main();
} catch (error) {
  say(`not packaged: ${error.message}`);
  process.exitCode = 1;
}
