/** What every test of the real clients starts from: a real `vitrine serve` on a catalog of its own, and the way to look into that catalog. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { VitrineError, type InputOf, type OperationName, type OutputOf, type SerializedError } from '#shared/contract/index.ts';
import { startVitrine, stopServing, temporaryFolder, type Served } from '../cli/commandLine.ts';
import { startProgram, type Client, type ClientOptions, type RunningClient } from '../drivers/pythonClient.ts';
import { recordBefore, type Recorder } from '../drivers/recorder.ts';
import { holdToExercised } from './exercised.ts';

export type ProgramOptions = Partial<ClientOptions> & {
  /** Programs with the same one share caches and run folders. */
  readonly homeName?: string;
  /** What the program finds in its `parameters`. */
  readonly parameters?: Readonly<Record<string, unknown>>;
};

export type Workbench = {
  readonly data: string;
  /** A folder for whatever the test needs. */
  readonly folder: string;
  readonly url: string;
  readonly apiKey: string;
  readonly organization: string;
  readonly team: string;
  readonly username: string;
  /** What an operation answers to the key's owner (or another key's). @throws VitrineError when it refuses */
  ask<Name extends OperationName>(name: Name, input: InputOf<Name>, apiKey?: string): Promise<OutputOf<Name>>;
  /** The version that an address names. */
  version(address: string): Promise<OutputOf<'versions.get'>>;
  run(project: string, runId: unknown): Promise<OutputOf<'runs.get'>>;
  /** How a client is started here, with the home of that name. */
  options(client: Client, homeName: string, more?: Partial<ClientOptions>): ClientOptions;
  program(client: Client, name: string, options?: ProgramOptions): RunningClient;
  /** The process that serves. */
  pid(): number;
  /** A recorder before this door, closed with the workbench. */
  record(): Promise<Recorder>;
  /** Ends the server as a supervisor does. */
  stopServer(): Promise<void>;
  /** Ends it as a power cut does. */
  killServer(): Promise<void>;
  /** Starts it again on the same catalog and the same port. */
  startServer(): Promise<void>;
  close(): Promise<void>;
};

/** A server on an empty catalog, with whatever else it is to be told: `['--sample']`. */
export async function openWorkbench(more: readonly string[] = []): Promise<Workbench> {
  const { path: folder, remove } = temporaryFolder('clients');
  const data = join(folder, 'catalog');
  const recorders: Recorder[] = [];
  let port = '0';
  const start = async (): Promise<Served> => {
    const running = startVitrine(['serve', '--port', port, '--json', ...more], { data });
    const { url, apiKey } = JSON.parse(await running.line()) as { readonly url: string; readonly apiKey: string | null };
    return { url, apiKey, running };
  };
  let served: Served | null = await start();
  const { url } = served;
  port = new URL(url).port;
  const apiKey = served.apiKey;
  if (apiKey === null) throw new Error('A new catalog shows no API key.');

  const ask: Workbench['ask'] = async (name, input, key = apiKey) => {
    const answer = await fetch(`${url}/api/operations/${name}`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify(input) });
    const body = (await answer.json()) as { readonly output: never; readonly error?: SerializedError };
    if (body.error !== undefined) throw VitrineError.from(body.error);
    return body.output;
  };
  const status = await ask('catalog.status', {});
  const options: Workbench['options'] = (client, homeName, given = {}) => {
    const home = join(folder, 'homes', homeName);
    mkdirSync(home, { recursive: true });
    return { client, home, url, apiKey, ...given };
  };
  let homes = 0;
  return {
    data, folder, url, apiKey, ask, options,
    organization: status.organization.name,
    team: status.team.name,
    username: status.user.username,
    version: async (address) => {
      const { versionId } = await ask('addresses.resolve', { address });
      if (versionId === null) throw new Error(`${address} names no version.`);
      return ask('versions.get', { id: versionId as never });
    },
    run: (project, runId) => ask('runs.get', { entity: status.team.name, project, runId: String(runId) }),
    program: (client, name, { homeName = `home-${homes++}`, parameters, ...given } = {}) =>
      startProgram(name, {
        ...options(client, homeName, given),
        environment: {
          ...given.environment,
          VITRINE_PARAMETERS: JSON.stringify({ team: status.team.name, organization: status.organization.name, ...parameters }),
        },
      }),
    pid: () => served?.running.child.pid ?? 0,
    record: async () => {
      const recorder = await recordBefore(url);
      recorders.push(recorder);
      return recorder;
    },
    stopServer: async () => {
      if (served !== null) await stopServing(served);
      served = null;
    },
    killServer: async () => {
      served?.running.child.kill('SIGKILL');
      await served?.running.ended;
      served = null;
    },
    startServer: async () => {
      served = await start();
    },
    close: async () => {
      for (const recorder of recorders) await recorder.close();
      try {
        if (served !== null) await holdToExercised(url);
      } finally {
        if (served !== null) await stopServing(served);
        remove();
      }
    },
  };
}
