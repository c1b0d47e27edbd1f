/** Nothing leaves the machine that nobody asked for: Chromium's own record of its network is read after a whole session. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { freshDirectory, spawnVitrine } from './drivers/electron.ts';

type NetworkLog = {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> };
  readonly events: readonly { readonly type: number; readonly params?: Readonly<Record<string, unknown>> }[];
};

/** Chromium's names for the moments at which something would leave: names looked up, connections, requests. */
const departures = ['HOST_RESOLVER_MANAGER_REQUEST', 'HOST_RESOLVER_DNS_TASK', 'TCP_CONNECT', 'TCP_CONNECT_ATTEMPT', 'UDP_CONNECT', 'URL_REQUEST_START_JOB', 'QUIC_SESSION', 'PROXY_RESOLUTION_SERVICE'];

test('a session with the sample catalog sends nothing', async () => {
  const data = freshDirectory();
  const file = join(data, 'network.json');
  try {
    const run = spawnVitrine(data, { args: ['--sample', `--log-net-log=${file}`] });
    await run.facts.wait('core-ready', { timeout: 60_000 });
    await run.facts.wait('window-ready');
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
    const log = JSON.parse(readFileSync(file, 'utf8')) as NetworkLog;
    const kinds = new Map(Object.entries(log.constants.logEventTypes).map(([name, number]) => [number, name]));
    // That the names still are Chromium's: a renamed one would never be found.
    expect(departures.filter((name) => log.constants.logEventTypes[name] === undefined)).toEqual([]);
    const left = log.events
      .map((event) => ({ kind: kinds.get(event.type) ?? '', params: event.params ?? {} }))
      .filter(({ kind }) => departures.includes(kind))
      // The profile's own pages are read through the same machinery.
      .filter(({ params: { url } }) => typeof url !== 'string' || !/^(?:app|devtools|chrome|data|blob):/u.test(url));
    expect(left).toEqual([]);
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
});
