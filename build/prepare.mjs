/**
 * Brings a fresh checkout to the point where it can start: npm packages, the Electron runtime, the system's libraries, a
 * screen. Does only what lacks; says one plain line where it may not do it itself. Node 20, no dependencies, root or not.
 *
 *   node build/prepare.mjs
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { prepareRuntime } from './runtime.mjs';
import { hasDisplay } from './tools/display.mjs';
import { withLock } from './tools/lock.mjs';
import { fromRoot } from './tools/paths.mjs';
import { ask, npm, run, say } from './tools/run.mjs';
import { asRoot, isRoot, which } from './tools/system.mjs';

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

/**
 * What the lock file asks for and node_modules doesn't hold. Packages for other platforms don't count.
 * @returns {'everything' | readonly string[]}
 */
const missingPackages = () => {
  const wanted = readJson(fromRoot('package-lock.json'))?.packages;
  const present = readJson(fromRoot('node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined) throw new Error('package-lock.json is missing or broken.');
  if (present === undefined) return 'everything';
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !(entry.optional === true && present[path] === undefined))
    // npm's own list outlives a folder that somebody removed, so the folder is looked for too.
    .filter(([path, entry]) => present[path]?.version !== entry.version || !existsSync(fromRoot(path)))
    .map(([path]) => path);
};

/** The lock lies outside node_modules, which `npm ci` removes. */
const folderOutsidePackages = () => join(tmpdir(), `vitrine-${createHash('sha256').update(fromRoot()).digest('hex').slice(0, 12)}`);

const preparePackages = async () => {
  if (missingPackages().length === 0) return;
  await withLock(
    'vitrine-packages',
    async () => {
      const missing = missingPackages();
      if (missing.length === 0) return;
      // On a folder that exists, `install` adds what lacks; `ci` would throw away the runtime and everything cached as well.
      const args = missing === 'everything' ? ['ci'] : ['install', '--no-save'];
      say(missing === 'everything' ? 'installing the npm packages…' : `npm packages changed (${missing.length}), installing…`);
      const install = npm([...args, '--no-audit', '--no-fund', '--loglevel=error']);
      const code = await run(install.command, install.args, { cwd: fromRoot(), shell: install.shell, stdio: ['ignore', 2, 2] });
      if (code !== 0) throw new Error(`npm ${args[0]} failed (${code}).`);
    },
    { folder: folderOutsidePackages(), onWait: () => say('waiting for another start that installs packages…') },
  );
};

/** What Chromium needs from a distribution that Playwright doesn't know. */
const FEDORA_PACKAGES = [
  'alsa-lib', 'at-spi2-atk', 'at-spi2-core', 'atk', 'cairo', 'cups-libs', 'dbus-libs', 'gtk3', 'libX11', 'libXcomposite',
  'libXdamage', 'libXext', 'libXfixes', 'libXrandr', 'libdrm', 'libxcb', 'libxkbcommon', 'mesa-libgbm', 'nspr', 'nss', 'pango',
  'xorg-x11-server-Xvfb', 'dejavu-sans-fonts',
];
/** The same for Debian and its children, the newest package name first. GTK is opened while running, so Playwright's list lacks it. */
const DEBIAN_PACKAGES = [
  ['xvfb'], ['libgtk-3-0t64', 'libgtk-3-0'], ['libasound2t64', 'libasound2'], ['libnss3'], ['libgbm1'], ['libdrm2'], ['libxkbcommon0'], ['libxcomposite1'],
  ['libxdamage1'], ['libxrandr2'], ['fonts-dejavu-core'],
];

/** @param {string} program @returns {readonly string[]} */
const missingLibraries = (program) => {
  if (which('ldd') === undefined) return [];
  const linked = ask('ldd', [program]).output.split('\n');
  return linked.filter((line) => line.includes('not found')).map((line) => line.trim().split(' ')[0]);
};

/** Electron opens GTK at run time, so the linker's list doesn't name it. */
const lacksGtk = () => {
  const ldconfig = which('ldconfig') ?? ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path));
  if (ldconfig === undefined) return false;
  const known = ask(ldconfig, ['-p']);
  return known.ok && !known.output.includes('libgtk-3.so.0');
};

const whatSystemLacks = (program) => {
  const lacks = [...missingLibraries(program)];
  if (lacksGtk()) lacks.push('libgtk-3.so.0');
  if (!hasDisplay() && which('Xvfb') === undefined) lacks.push('Xvfb');
  return lacks;
};

/**
 * The commands that install all of it, in order. Each is made when its turn comes: which package names exist is known only after
 * the lists were fetched.
 * @returns {readonly (() => readonly string[])[] | undefined}
 */
const installCommands = () => {
  if (which('apt-get') !== undefined) {
    const known = (names) => names.find((name) => ask('apt-cache', ['show', name]).ok) ?? names.at(-1);
    return [
      () => [process.execPath, fromRoot('node_modules', 'playwright', 'cli.js'), 'install-deps', 'chromium'],
      () => ['apt-get', 'update'],
      () => ['apt-get', 'install', '-y', '--no-install-recommends', ...DEBIAN_PACKAGES.map(known)],
    ];
  }
  return which('dnf') === undefined ? undefined : [() => ['dnf', 'install', '-y', ...FEDORA_PACKAGES]];
};

const prepareSystem = async (program) => {
  const lacks = process.platform === 'linux' ? whatSystemLacks(program) : [];
  if (lacks.length === 0) return;
  const commands = installCommands();
  const rights = asRoot();
  const advice =
    commands === undefined
      ? 'Install them with your system\'s package manager.'
      : `Run: sudo sh -c '${commands.map((command) => command().join(' ').replace(process.execPath, 'node')).join(' ; ')}'`;
  if (commands === undefined || rights === undefined) throw new Error(`The system lacks ${lacks.join(', ')}. ${advice}`);
  await withLock('system', async () => {
    say(`the system lacks ${lacks.join(', ')}: installing…`);
    for (const command of commands) {
      if (whatSystemLacks(program).length === 0) return;
      const [first, ...rest] = [...rights, ...command()];
      // The installer's own output goes to our error stream: standard output belongs to what was asked for.
      await run(first, rest, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    }
    const still = whatSystemLacks(program);
    if (still.length > 0) throw new Error(`The system still lacks ${still.join(', ')}. ${advice}`);
  });
};

/**
 * Chromium's sandbox for an ordinary user: it needs user namespaces, or a helper that belongs to root. Some distributions
 * forbid the first to programs they don't know.
 */
const prepareSandbox = (runtime) => {
  if (process.platform !== 'linux' || isRoot() || process.env['VITRINE_NO_SANDBOX'] === '1') return;
  const helper = join(dirname(runtime.path), 'chrome-sandbox');
  const status = statSync(helper, { throwIfNoEntry: false });
  if (status === undefined || (status.uid === 0 && (status.mode & 0o4755) === 0o4755)) return;
  const restricted = readJson('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === 1;
  if (!restricted && (which('unshare') === undefined || ask('unshare', ['--user', 'true']).ok)) return;
  const steps = `chown root:root '${helper}' && chmod 4755 '${helper}'`;
  const rights = asRoot();
  // The helper then runs as root, which only the official, checked runtime may.
  if (rights !== undefined && runtime.kind === 'official' && ask(rights[0], [...rights.slice(1), 'sh', '-c', steps]).ok) return;
  say(
    `this system keeps user namespaces from Chromium's sandbox, so the window may not open. Run: sudo sh -c "${steps}" ` +
      '(or, in a throw-away container only, set VITRINE_NO_SANDBOX=1).',
  );
};

/**
 * Prepares everything.
 * @param {{ release?: boolean, system?: boolean }} [options] `release`: only the official runtime; `system: false`: no screen is needed
 * @returns {Promise<import('./runtime.mjs').Runtime>}
 */
export const prepare = async ({ release = false, system = true } = {}) => {
  await preparePackages();
  const runtime = await prepareRuntime({ release });
  if (system) {
    await prepareSystem(runtime.path);
    prepareSandbox(runtime);
  }
  return runtime;
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const runtime = await prepare();
    say(`ready: Electron ${runtime.version} (${runtime.kind}), ${runtime.path}`);
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
