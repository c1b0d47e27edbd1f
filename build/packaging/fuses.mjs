/** Every switch that is burnt into the packaged runtime. All are stated: a new one in a newer Electron stops the build. */
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/** Systems whose Electron checks the archive against a digest in the program. */
const CHECKS_ARCHIVE = ['darwin', 'win32'];

/**
 * @param {string} platform as Node names it
 * @returns {Required<Record<FuseV1Options, boolean>>}
 */
export const fusesFor = (platform) => ({
  // The package is no Node: the command line goes through `--cli`.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: CHECKS_ARCHIVE.includes(platform),
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // We ship one snapshot for all processes.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // The window lives at app://, nothing is loaded from file://.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // Faster bounds checks for WebAssembly by signal handlers; a performance switch, on by default.
  [FuseV1Options.WasmTrapHandlers]: true,
});

/** @param {string} program the packaged runtime @param {string} platform @param {{ arm64?: boolean }} [options] */
export const setFuses = (program, platform, { arm64 = false } = {}) =>
  flipFuses(program, {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    resetAdHocDarwinSignature: platform === 'darwin' && arm64,
    ...fusesFor(platform),
  });
