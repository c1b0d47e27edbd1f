import { accessSync, constants, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { App } from 'electron';
import { chooseDataDirectory } from '#shared/contract/dataDirectory.ts';
import { readLaunchArguments, type LaunchArguments } from './launchArguments.ts';
import { makeFolder } from './makeFolder.ts';

export type Folders = {
  /** The catalog's folder, absolute. Core makes and checks it. */
  readonly data: string;
  /** What belongs to the window beside this catalog: Chromium's profile, window state, caches, secrets. One app at a time has it. */
  readonly window: string;
  readonly logs: string;
  readonly compileCache: string;
  readonly arguments: LaunchArguments;
};

/**
 * Chooses the folders and tells Electron, before it is ready. The window's folder lies inside the catalog's, so that apps on different
 * catalogs have different locks and stand beside each other; where the catalog's folder can't be written it lies among the person's
 * own settings, under a name made from the catalog's.
 */
export function chooseFolders(app: Pick<App, 'setPath' | 'getPath' | 'setAppLogsPath'>, args: readonly string[]): Folders {
  const read = readLaunchArguments(args);
  const data = resolve(chooseDataDirectory(read.data, { platform: process.platform, homeDirectory: homedir(), environment: process.env }));
  const beside = join(data, 'window');
  const window = canWrite(beside) ? beside : join(app.getPath('appData'), 'Vitrine', 'windows', nameFor(data));
  makeFolder(window);
  const logs = canWrite(join(data, 'logs')) ? join(data, 'logs') : join(window, 'logs');
  app.setPath('userData', window);
  app.setPath('sessionData', window);
  app.setPath('crashDumps', join(window, 'crashes'));
  app.setAppLogsPath(logs);
  return { data, window, logs, compileCache: join(window, 'compiled'), arguments: read };
}

function canWrite(folder: string): boolean {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function nameFor(folder: string): string {
  let real = folder;
  try {
    real = realpathSync(folder);
  } catch {
    // Not there: its written name must do.
  }
  // Loaded here alone: hardly any start needs it, and its loading would hold up each of them.
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(real).digest('hex').slice(0, 16);
}
