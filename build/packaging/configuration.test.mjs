/** What can't be packed here, for lack of the system or of tools from the internet, is held at least to electron-builder's own form and to what it names. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { FuseV1Options } from '@electron/fuses';
import { describe, expect, it } from 'vitest';

import { fromRoot } from '../tools/paths.mjs';
import { configuration, fetchedTargets, filesFor } from './configuration.mjs';
import { fusesFor } from './fuses.mjs';

/** electron-builder's own check, which a build begins with. */
const { validateConfiguration } = createRequire(createRequire(import.meta.url).resolve('electron-builder'))('app-builder-lib/out/util/config/config');

const platforms = ['linux', 'darwin', 'win32'];
const of = (platform) => configuration({ runtime: { version: '42.0.0', folder: '/runtime', path: '/runtime/electron', kind: 'official' }, platform, architecture: 'x64' });

it('makes the packages that people install', () => {
  expect(fetchedTargets).toEqual({ linux: ['AppImage', 'deb', 'rpm'], darwin: ['dmg'], win32: ['nsis'] });
});

describe.each(platforms)('the configuration for %s', (platform) => {
  const made = of(platform);

  it('is what electron-builder takes', async () => {
    await expect(validateConfiguration(made, { isEnabled: false })).resolves.toBeUndefined();
    await expect(validateConfiguration({ ...made, linux: { icons: 'elsewhere' } }, { isEnabled: false }), 'the check finds what is wrong').rejects.toThrow('configuration.linux');
  });

  it('opens vitrine:// addresses', () => {
    expect(made.protocols).toEqual([expect.objectContaining({ schemes: ['vitrine'] })]);
  });

  it('packs one archive with the SQLite binary of its system, and no sources', () => {
    expect(made.asar).not.toBe(false);
    expect(made.files).toEqual(filesFor(platform, 'x64'));
    expect(made.files.filter((pattern) => pattern.endsWith('.node'))).toEqual([`node_modules/better-sqlite3/prebuilds/${platform}-x64.node`]);
    expect(existsSync(fromRoot('node_modules', 'better-sqlite3', 'prebuilds', `${platform}-x64.node`))).toBe(true);
  });

  it('states every fuse; the archive is checked where the system’s runtime can', () => {
    const fuses = fusesFor(platform);
    expect(Object.keys(fuses).sort()).toEqual(Object.values(FuseV1Options).filter((fuse) => typeof fuse === 'number').map(String).sort());
    expect(fuses[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(platform !== 'linux');
    expect([fuses[FuseV1Options.RunAsNode], fuses[FuseV1Options.EnableNodeOptionsEnvironmentVariable], fuses[FuseV1Options.EnableNodeCliInspectArguments], fuses[FuseV1Options.OnlyLoadAppFromAsar]]).toEqual([false, false, false, true]);
  });
});

it('has an icon of each system’s kind', () => {
  const { linux, mac, win } = of('linux');
  const begins = (path) => readFileSync(fromRoot(path)).subarray(0, 4).toString('latin1');
  expect(begins(mac.icon)).toBe('icns');
  expect(begins(win.icon)).toBe('\u0000\u0000\u0001\u0000');
  for (const size of [16, 32, 48, 64, 128, 256, 512]) expect(begins(`${linux.icon}/${size}x${size}.png`)).toBe('\u0089PNG');
});
