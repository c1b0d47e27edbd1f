/**
 * The entry: decides between the command line and a window, and loads only that one. Compiled code is kept between starts.
 *
 * Waiting here (top-level await) holds Electron back from `ready`, so that the command line never opens a display.
 */
import { enableCompileCache } from 'node:module';
import { app } from 'electron';
import { readCommandLine } from './launchArguments.ts';
import { chooseFolders } from './folders.ts';

performance.mark('vitrine/main');
// A window's place is needed before anything else: Chromium's own files, the lock and the caches lie there.
const commandLine = readCommandLine(process.argv.slice(1));
if (commandLine !== null) {
  const { runCommandLine } = await import('./commandLine.ts');
  await runCommandLine(commandLine);
} else {
  const folders = chooseFolders(app, process.argv.slice(1));
  enableCompileCache(folders.compileCache);
  const { startApplication } = await import('./application.ts');
  startApplication(folders);
}
