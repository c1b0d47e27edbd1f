/** What goes into a package and how it is wrapped, for every system. */
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { fromRoot } from '../tools/paths.mjs';
import { setFuses } from './fuses.mjs';

const AFTER_PACK_ARCHITECTURES = ['ia32', 'x64', 'armv7l', 'arm64', 'universal'];

/** The files of the app's archive. Everything is bundled; only SQLite's binary for the target comes from the packages. */
export const filesFor = (platform, architecture) => [
  'package.json',
  'dist/**/*',
  '!dist/**/*.map',
  '!dist/.*',
  '!dist/*/.*',
  '!node_modules/**/*',
  'node_modules/better-sqlite3/package.json',
  'node_modules/better-sqlite3/LICENSE',
  'node_modules/better-sqlite3/lib/**/*',
  `node_modules/better-sqlite3/prebuilds/${platform}-${architecture}.node`,
];

/** On Linux the program keeps its name for a script that tells the window from the command line. @param {string} folder */
const installLinuxLauncher = (folder) => {
  renameSync(join(folder, 'vitrine'), join(folder, 'vitrine-app'));
  copyFileSync(fromRoot('build', 'packaging', 'vitrine.sh'), join(folder, 'vitrine'));
  chmodSync(join(folder, 'vitrine'), 0o755);
};

/** @param {import('electron-builder').AfterPackContext} context */
const finish = async ({ appOutDir, electronPlatformName, arch }) => {
  const program = { darwin: 'Vitrine.app', win32: 'Vitrine.exe' }[electronPlatformName] ?? 'vitrine';
  await setFuses(join(appOutDir, program), electronPlatformName, { arm64: AFTER_PACK_ARCHITECTURES[arch] === 'arm64' });
  const resources = electronPlatformName === 'darwin' ? join(appOutDir, 'Vitrine.app', 'Contents', 'Resources') : join(appOutDir, 'resources');
  // What Electron shows when it has no app.
  rmSync(join(resources, 'default_app.asar'), { force: true });
  if (electronPlatformName === 'linux') installLinuxLauncher(appOutDir);
  else {
    const [source, name] = electronPlatformName === 'darwin' ? ['vitrine-macos.sh', 'vitrine'] : ['vitrine.cmd', 'vitrine.cmd'];
    mkdirSync(join(resources, 'bin'), { recursive: true });
    copyFileSync(fromRoot('build', 'packaging', source), join(resources, 'bin', name));
    chmodSync(join(resources, 'bin', name), 0o755);
  }
};

/**
 * @param {{ runtime: import('../runtime.mjs').Runtime, platform: string, architecture: string }} choice
 * @returns {import('electron-builder').Configuration}
 */
export const configuration = ({ runtime, platform, architecture }) => ({
  appId: 'org.vitrine.Vitrine',
  productName: 'Vitrine',
  copyright: 'The Vitrine authors, Apache-2.0',
  directories: { output: 'release', buildResources: 'build' },
  electronVersion: runtime.version,
  electronDist: runtime.folder,
  files: filesFor(platform, architecture),
  extraFiles: [{ from: 'LICENSE', to: 'LICENSE.txt' }],
  asar: { smartUnpack: false },
  asarUnpack: ['**/*.node'],
  npmRebuild: false,
  nodeGypRebuild: false,
  publish: null,
  artifactName: 'vitrine-${version}-${os}-${arch}.${ext}',
  protocols: [{ name: 'Vitrine address', schemes: ['vitrine'], role: 'Viewer' }],
  electronLanguages: ['en-US'],
  afterPack: finish,
  linux: {
    executableName: 'vitrine',
    icon: 'build/icons',
    category: 'Science',
    synopsis: 'Curate what training produced',
    maintainer: 'The Vitrine authors',
    desktop: { entry: { Keywords: 'model;registry;artifact;machine learning;lineage' } },
  },
  deb: { packageCategory: 'science' },
  mac: {
    icon: 'build/icons/icon.icns',
    category: 'public.app-category.developer-tools',
    hardenedRuntime: true,
  },
  win: { icon: 'build/icons/icon.ico' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
});

/** What electron-builder makes with tools that it fetches from the internet, by system. The folder and its archive need none. */
export const fetchedTargets = { linux: ['AppImage', 'deb', 'rpm'], darwin: ['dmg'], win32: ['nsis'] };
