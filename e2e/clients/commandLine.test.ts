/** The client's own command line against Vitrine: login, status, artifact put, get and ls, and what a wrong key is told. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, wandb, type ClientRun } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

const loud = { WANDB_SILENT: 'false', COLUMNS: '200' };
const all = (ran: ClientRun): string => ran.stdout + ran.stderr;

describe.each(clients)('the %s client', { timeout: 180_000 }, (client) => {
  test('login --host keeps host and key; afterwards nothing else is needed', async () => {
    const home = `login-${client}`;
    const nothing = { WANDB_BASE_URL: undefined, WANDB_API_KEY: undefined, ...loud };
    const ran = await wandb(['login', '--host', bench.url, '--verify', bench.apiKey], bench.options(client, home, { environment: nothing }));
    expect(ran.code, all(ran)).toBe(0);
    expect(readFileSync(join(bench.options(client, home).home, '.netrc'), 'utf8')).toContain(bench.apiKey);
    const status = await wandb(['status'], bench.options(client, home, { environment: nothing }));
    expect(status.code, status.stdout + status.stderr).toBe(0);
    expect(all(status)).toContain(bench.url);
  });

  test('login with a wrong key says so, and keeps nothing', async () => {
    const home = `wrong-${client}`;
    const ran = await wandb(['login', '--host', bench.url, '--verify', `local-${'0'.repeat(40)}`], bench.options(client, home, { environment: { WANDB_BASE_URL: undefined, WANDB_API_KEY: undefined, ...loud } }));
    expect(ran.code).not.toBe(0);
    expect(all(ran)).toMatch(/key|authenticat|sign/iu);
    expect(existsSync(join(bench.options(client, home).home, '.netrc'))).toBe(false);
  });

  test('artifact put, ls and get', async () => {
    const home = `put-${client}`;
    const options = bench.options(client, home, { environment: loud });
    const folder = join(options.home, 'work', 'files');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'a.txt'), 'put by the command line');
    const put = await wandb(['artifact', 'put', '-n', `${bench.team}/put_${client}/from-shell`, '-d', 'Said at the shell.', '-t', 'dataset', '-a', 'shell', folder], options);
    expect(put.code, all(put)).toBe(0);
    const version = await bench.version(`${bench.team}/put_${client}/from-shell:shell`);
    expect(version).toMatchObject({ description: 'Said at the shell.', type: 'dataset', index: 0 });
    const list = await wandb(['artifact', 'ls', `${bench.team}/put_${client}`, '-t', 'dataset'], options);
    expect(list.code, all(list)).toBe(0);
    expect(all(list)).toContain('from-shell');
    const get = await wandb(['artifact', 'get', `${bench.team}/put_${client}/from-shell:shell`, '--root', join(options.home, 'got')], options);
    expect(get.code, get.stdout + get.stderr).toBe(0);
    expect(readFileSync(join(options.home, 'got', 'a.txt'), 'utf8')).toBe('put by the command line');
  });

  test('WANDB_ENTITY says whose project a name without one belongs to', async () => {
    const team = `elsewhere-${client}`;
    await bench.ask('teams.create', { name: team });
    const options = bench.options(client, `entity-${client}`, { environment: { ...loud, WANDB_ENTITY: team } });
    const file = join(options.home, 'work', 'weights.txt');
    mkdirSync(join(options.home, 'work'), { recursive: true });
    writeFileSync(file, 'of the other team');
    const put = await wandb(['artifact', 'put', '-n', 'whose/weights', '-t', 'model', file], options);
    expect(put.code, all(put)).toBe(0);
    expect(await bench.version(`${team}/whose/weights:latest`)).toMatchObject({ type: 'model', index: 0 });
  });
});
