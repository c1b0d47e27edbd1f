import { join } from 'node:path';
import { utilityProcess, type MessagePortMain } from 'electron';
import type { CoreHostMessage } from '#shared/contract/hostProtocol.ts';
import type { CoreProcess } from './coreSupervisor.ts';
import { scrubEnvironment } from './environment.ts';

/**
 * Starts core as a utility process of Electron.
 * @param compileCache the folder where compiled code is kept between starts
 */
export function launchCoreProcess(compileCache: string): CoreProcess<MessagePortMain> {
  const child = utilityProcess.fork(join(import.meta.dirname, '..', 'core', 'utility.js'), [compileCache], {
    serviceName: 'Vitrine core',
    env: scrubEnvironment(process.env),
    stdio: 'pipe',
  });
  return {
    post: (message, ports) => child.postMessage(message, ports === undefined ? undefined : [...ports]),
    onMessage: (listener) => {
      child.on('message', (message: CoreHostMessage) => listener(message));
    },
    onExit: (listener) => {
      child.once('exit', listener);
    },
    onOutput: (listener) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8');
        stream?.on('data', (text: string) => listener(text));
      }
    },
    kill: () => {
      child.kill();
    },
  };
}
