/** Servers that end in the middle, clients that are killed, two that want the same, and no network at all: nothing is lost, nothing half-visible. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCore } from '../../electron/core/host/core.ts';
import type { InputOf, OperationName, OutputOf, VersionId } from '#shared/contract/index.ts';
import { recordBefore } from '../drivers/recorder.ts';
import { clientEnvironment, clients, pythonOf, type Told } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

const only = (scenario: string, parameters: Readonly<Record<string, unknown>>) => ({ parameters: { project: scenario, only: [scenario], ...parameters } });

/** Waits until a look at the catalog gives what it should. Never longer than the test’s own time. */
async function until<Value>(look: () => Promise<Value>, isSo: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await look();
    if (isSo(value)) return value;
    await delay(50);
  }
}

describe.each(clients)('the %s client', { timeout: 240_000 }, (client) => {
  test.each(['in order', 'by a power cut'] as const)('goes on where it was when the server ended %s and came back', async (how) => {
    const files = { gone: join(bench.folder, `gone-${client}-${how}`), back: join(bench.folder, `back-${client}-${how}`) };
    const program = bench.program(client, 'failures.py', only('across_restart', files));
    const { run } = await program.told('begun');
    await until(() => bench.run('across_restart', run), (found) => found.historyLines > 0 || found.state === 'running');
    await (how === 'in order' ? bench.stopServer() : bench.killServer());
    writeFileSync(files.gone, '');
    await program.told('logged_while_gone');
    await bench.startServer();
    writeFileSync(files.back, '');
    await program.told('across_restart');
    expect(await bench.run('across_restart', run)).toMatchObject({ state: 'finished', historyLines: 50, summary: { step: 49 } });
    expect(await bench.version(`${bench.team}/across_restart/after:latest`)).toMatchObject({ state: 'committed' });
    const { lines } = await bench.ask('runs.history', { id: (await bench.run('across_restart', run)).id });
    expect(lines.map((line) => (JSON.parse(line) as { readonly step: number }).step)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  test('stops when it is asked to', async () => {
    const program = bench.program(client, 'failures.py', only('stopped_from_outside', {}));
    const { run } = await program.told('stoppable');
    const { id } = await bench.run('stopped_from_outside', run);
    await bench.ask('runs.stop', { id });
    expect(await program.told('stopped_from_outside')).toMatchObject({ stopped: true });
    expect(await bench.run('stopped_from_outside', run)).toMatchObject({ state: 'killed', exitCode: 255 });
  });

  test('with the network unplugged the quickstart works as ever', async (context) => {
    const isolated = (): boolean => {
      try {
        execFileSync('unshare', ['--map-root-user', '--net', 'true'], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    };
    if (process.platform !== 'linux' || !isolated()) context.skip('a network of its own can’t be made here (unshare)');
    const home = join(bench.folder, 'homes', `unplugged-${client}`);
    mkdirSync(home, { recursive: true });
    const programs = join(import.meta.dirname, 'programs');
    const data = join(bench.folder, `unplugged-${client}`);
    const root = process.env['VITRINE_APPLICATION'] ?? join(import.meta.dirname, '..', '..');
    const environment = clientEnvironment({ client, home, url: '', apiKey: '', environment: { VITRINE_PARAMETERS: JSON.stringify({ team: bench.team, organization: bench.organization, spelling: 'short' }) } });
    const child = spawn('unshare', ['--map-root-user', '--net', 'python3', join(programs, 'unplugged.py'), process.execPath, join(root, 'dist', 'core', 'cli.js'), data, pythonOf(client), join(programs, 'quickstart.py')], { cwd: join(home, 'work'), env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let problems = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString('utf8')));
    const code = await new Promise((resolve) => child.once('close', resolve));
    const told = new Map(output.split('\n').filter((line) => line.startsWith('{"scenario":')).map((line) => JSON.parse(line) as Told).map((one) => [one.scenario, one]));
    expect([code, told.get('plug'), told.get('consumed')], problems).toEqual([
      0, { scenario: 'plug', facts: { outside: false, server: true } },
      { scenario: 'consumed', facts: expect.objectContaining({ content: 'This is a placeholder for the weights of a model.', version: 'v0' }) as unknown },
    ]);
  });
});

describe('the newest client', { timeout: 300_000 }, () => {
  test('killed in the middle of an upload leaves nothing visible', async () => {
    const program = bench.program('newest', 'failures.py', only('killed_while_uploading', { bytes: 1_500_000_000 }));
    const { run } = await program.told('running');
    await program.told('uploading');
    // The server has begun to get it: something grows in the store’s folder for what is under way.
    await until(async () => growing(bench.data), (bytes) => bytes > 1_000_000);
    killTree(program.child.pid);
    await program.ended;
    await expect(bench.version(`${bench.team}/killed_while_uploading/killed:latest`)).rejects.toMatchObject({ code: 'not_found' });
    expect((await bench.ask('artifacts.list', {})).items.map((item) => item.name)).not.toContain('killed');
    expect((await bench.run('killed_while_uploading', run)).outputCount).toBe(0);
    // What came of it is collected: the half of a file at once, the draft when its time is over.
    await until(async () => growing(bench.data), (bytes) => bytes === 0);
  });

  test.each([
    ['while files come', { path: '/api/wandb/uploads/' }, 0],
    ['before it commits', { operation: 'CommitArtifact' }, 0],
    ['in the middle of a commit', { operation: 'CommitArtifact' }, 40],
    ['at the end of a commit', { operation: 'CommitArtifact' }, 150],
  ] as const)('goes on when the server is killed %s: one version, whole', async (when, what, later) => {
    const round = when.replaceAll(' ', '-');
    const recorder = await bench.record();
    const passed = recorder.passedOn(what);
    const program = bench.program('newest', 'failures.py', { ...only('logged_while_killed', { project: round, round, files: 1500 }), url: recorder.url });
    await program.told('logging');
    await passed;
    // Another moment of the same commit each time.
    await delay(later);
    await bench.killServer();
    await bench.startServer();
    const facts = await program.told('logged_while_killed');
    expect(facts).toMatchObject({ version: 'v0' });
    const version = await bench.version(`${bench.team}/${round}/survivor:${round}`);
    expect(version).toMatchObject({ index: 0, state: 'committed', fileCount: 1500, wandbDigest: facts['digest'] });
    expect((await bench.ask('versions.list', { artifactId: version.artifactId })).items).toHaveLength(1);
    expect((await bench.ask('history.verify', {})).intact).toBe(true);
    expect((await bench.run(round, facts['run'])).outputCount).toBe(1);
  });

  test('killed: its run is told as crashed, its version under way is given up, and nothing of it stays', async () => {
    // A core whose times become short once the client is gone: real ones are minutes and a day.
    const times = { silence: 120_000, abandonment: 120_000, lostLines: 120_000, interval: 200 };
    const directory = join(bench.folder, 'hasty');
    const core = await openCore({ dataDirectory: directory, applicationVersion: '0', log: () => undefined, listen: false, upkeep: times });
    try {
      const ask = async <Name extends OperationName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> => (await core.run(name, input, {})).output as OutputOf<Name>;
      const { key } = await ask('keys.create', { name: 'script' });
      const { url } = await core.door.start({});
      const recorder = await recordBefore(url);
      const uploaded = recorder.passedOn({ operation: 'CreateArtifactFiles' });
      const program = bench.program('newest', 'failures.py', { ...only('killed_while_uploading', { team: (await ask('catalog.status', {})).team.name, bytes: 1_500_000_000 }), url: recorder.url, apiKey: key });
      const { run } = await program.told('running');
      await program.told('uploading');
      await uploaded;
      killTree(program.child.pid);
      await program.ended;
      Object.assign(times, { silence: 1000, abandonment: 1000 });
      const { team } = await ask('catalog.status', {});
      const stateOf = async () => (await ask('runs.get', { entity: team.name, project: 'killed_while_uploading', runId: String(run) })).state;
      expect(await until(stateOf, (state) => state !== 'running')).toBe('crashed');
      expect((await ask('artifacts.list', {})).items).toEqual([]);
      expect((await ask('history.list', { kinds: ['run.crashed'] })).items).toHaveLength(1);
      const draft = recorder.requests.find((request) => request.operation === 'CreateArtifact');
      const id = Number(/"id":"([^"]+)"/u.exec(draft?.answer ?? '')?.[1] === undefined ? 0 : Buffer.from(/"id":"([^"]+)"/u.exec(draft?.answer ?? '')![1]!, 'base64').toString('utf8').split(':')[1]);
      expect(await until(async () => (await ask('drafts.get', { id: id as VersionId })).state, (state) => state !== 'open')).toBe('abandoned');
      await until(async () => growing(directory), (bytes) => bytes === 0);
      await recorder.close();
    } finally {
      await core.close();
    }
  });

  test('two that log the same name at once get versions of their own, each number once, each alias once', async () => {
    const go = join(bench.folder, 'go-different');
    const rounds = 5;
    const programs = ['left', 'right'].map((name) => bench.program('newest', 'failures.py', only('same_version', { project: 'contended', go, name, rounds, content: '' })));
    await Promise.all(programs.map((program) => program.told('ready')));
    writeFileSync(go, '');
    const told = await Promise.all(programs.map((program) => program.told('same_version')));
    const versions = told.flatMap((facts) => facts['versions'] as readonly string[]);
    expect(versions.toSorted((left, right) => Number(left.slice(1)) - Number(right.slice(1)))).toEqual(Array.from({ length: 2 * rounds }, (_, index) => `v${index}`));
    const { id } = await bench.ask('artifacts.get', { entity: bench.team, project: 'contended', name: 'contended' });
    const { items } = await bench.ask('versions.list', { artifactId: id, sort: 'index', direction: 'ascending' });
    expect(items.flatMap((item) => item.aliases.map((alias) => alias.name)).toSorted()).toEqual(['champion', 'latest']);
    const collection = await bench.ask('collections.get', { registry: 'Models', name: 'contended' });
    const links = (await bench.ask('links.list', { collectionId: collection.id, limit: 100 })).items;
    expect(links.map((link) => link.index).toSorted((left, right) => left - right)).toEqual(Array.from({ length: 2 * rounds }, (_, index) => index));
    expect(links.flatMap((link) => link.aliases.map((alias) => alias.name)).toSorted()).toEqual(['champion', 'latest']);
  });

  test('two that commit the same bytes at once make one version', async () => {
    const go = join(bench.folder, 'go-same');
    const programs = ['left', 'right'].map((name) => bench.program('newest', 'failures.py', only('same_version', { project: 'same_bytes', go, name, rounds: 1, content: 'the very same' })));
    await Promise.all(programs.map((program) => program.told('ready')));
    writeFileSync(go, '');
    const told = await Promise.all(programs.map((program) => program.told('same_version')));
    expect(told.map((facts) => facts['versions'])).toEqual([['v0'], ['v0']]);
    const { id } = await bench.ask('artifacts.get', { entity: bench.team, project: 'same_bytes', name: 'contended' });
    expect((await bench.ask('versions.list', { artifactId: id })).items).toHaveLength(1);
  });
});

describe('the door itself', { timeout: 240_000 }, () => {
  const post = (path: string, body: AsyncIterable<Uint8Array>, headers: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly text: string }> =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${bench.url}${path}`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`api:${bench.apiKey}`).toString('base64')}`, 'content-type': 'application/json', ...headers } }, (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      void (async () => {
        try {
          for await (const chunk of body) {
            if (outgoing.destroyed) return;
            if (!outgoing.write(chunk)) await Promise.race([new Promise((drained) => outgoing.once('drain', drained)), new Promise((closed) => outgoing.once('close', closed))]);
          }
          outgoing.end();
        } catch {
          outgoing.destroy();
        }
      })();
    });

  async function* blocks(count: number, bytes: number): AsyncGenerator<Uint8Array> {
    const block = randomBytes(bytes);
    for (let index = 0; index < count; index++) yield block;
  }

  test.each(['/graphql', '/files/x/y/z/file_stream', '/api/operations/catalog.status'])('a body of 1 GB to %s is refused, and the memory it took is no more than a body may be', async (path) => {
    const before = memoryOf(bench.pid());
    const answer = await post(path, blocks(1000, 1_000_000), {}).catch(() => ({ status: 413, text: '' }));
    expect(answer.status).toBe(413);
    expect((await fetch(`${bench.url}/healthz`)).status).toBe(200);
    expect(memoryOf(bench.pid()) - before).toBeLessThan(256 * 1024 * 1024);
  });

  test('a client that dribbles holds nobody else up', async () => {
    const slow = request(`${bench.url}/graphql`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`api:${bench.apiKey}`).toString('base64')}`, 'content-type': 'application/json', 'content-length': '1000000' } });
    slow.on('error', () => undefined);
    slow.write('{"query":"');
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${bench.url}/graphql`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`api:${bench.apiKey}`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ viewer { username } }' }) })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    slow.destroy();
  });
});

/** Bytes of what the store is receiving at this moment. */
function growing(data: string): number {
  const folders = ['store/arriving', 'store/temporary'].map((name) => join(data, name)).filter((path) => existsSync(path));
  return folders.flatMap((path) => readdirSync(path, { recursive: true }).map((name) => join(path, String(name)))).reduce((sum, path) => {
    const status = statSync(path, { throwIfNoEntry: false });
    return sum + (status?.isFile() === true ? status.size : 0);
  }, 0);
}

/** Resident bytes of a process. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Kills a process and what it has started, at once. */
function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter((one) => one !== '');
  process.kill(pid, 'SIGKILL');
  for (const child of children) killTree(Number(child));
}
