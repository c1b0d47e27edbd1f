import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf, OperationName, OutputOf } from '#shared/contract/index.ts';
import { openCore, type Core, type CoreOptions } from '../host/core.ts';
import type { Vault } from '../host/vault.ts';
import { startReceiver, well, type Behaviour, type Receiver } from './receiver.ts';

let directory: string;
let core: Core;
let receiver: Receiver;
const notifications: { readonly title: string; readonly text: string }[] = [];
let notified: (() => void) | null = null;
const nextNotification = (): Promise<void> => new Promise((resolve) => (notified = resolve));

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vitrine-automations-'));
  notifications.length = 0;
  core = await open();
  receiver = await startReceiver();
});
afterEach(async () => {
  await core.close();
  await receiver.close();
  await rm(directory, { recursive: true, force: true });
});

const open = (more: Partial<CoreOptions> = {}): Promise<Core> => openCore({ dataDirectory: path.join(directory, 'data'), applicationVersion: '0', listen: false, checkOutput: true, log: () => undefined, notify: notice, ...more });
const notice = (one: { readonly title: string; readonly text: string }): void => {
  notifications.push(one);
  notified?.();
};

async function run<Name extends OperationName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
  return (await core.run(name, input, { entrance: 'window' })).output as OutputOf<Name>;
}

type Definition = InputOf<'automations.create'>['definition'];
const webhook = (more: Partial<Extract<Definition['actions'][number], { kind: 'webhook' }>> = {}): Definition['actions'][number] => ({ kind: 'webhook', url: `${receiver.url}/hook`, ...more });
const make = (definition: Partial<Definition> & Pick<Definition, 'actions'>): Promise<OutputOf<'automations.create'>> =>
  run('automations.create', { definition: { name: 'tell', event: 'alias.added', ...definition } });
const allow = (): Promise<unknown> => run('allowedHosts.set', { hosts: [receiver.host] });

/** A linked version in Models; its link. */
async function linked(name = 'gemma', metadata: Record<string, number> = { accuracy: 0.9 }): Promise<{ readonly linkId: number; readonly versionId: number }> {
  const file = path.join(directory, `${name}.bin`);
  await writeFile(file, `${name} ${Math.random()}`);
  const { versionId } = await run('versions.log', { paths: [file], project: { name: 'train' }, artifact: name, type: 'model', metadata });
  const registry = await run('registries.get', { name: 'Models' });
  const { links } = await run('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: registry.id, name: `${name}-collection` } });
  return { linkId: links[0]?.linkId ?? 0, versionId };
}
const put = (linkId: number, alias: string): Promise<unknown> => run('aliases.set', { target: { kind: 'link', id: linkId as never }, aliases: [alias] });

/** Waits until a delivery of the catalog is as asked. */
async function delivery(wanted: (one: OutputOf<'deliveries.list'>['items'][number]) => boolean): Promise<OutputOf<'deliveries.list'>['items'][number]> {
  for (;;) {
    const heard = new Promise<void>((resolve) => {
      const stop = core.onChanges((notice) => {
        if (!notice.changes.some(({ entity }) => entity === 'delivery')) return;
        stop();
        resolve();
      });
    });
    const { items } = await run('deliveries.list', {});
    const found = items.find(wanted);
    if (found !== undefined) return found;
    await heard;
  }
}

/** One that has ended and that nobody asked about yet is still in the list of processes. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /u.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a webhook', () => {
  it('is sent for what its filter takes, signed, with its secrets, and nothing else', async () => {
    await allow();
    await run('secrets.set', { name: 'TOKEN', value: 's3cr"et' });
    await run('secrets.set', { name: 'SIGN', value: 'key' });
    await make({ filter: { aliases: [{ kind: 'glob', text: 'prod-*' }], metadata: [{ path: 'accuracy', comparison: '>', value: 0.8 }] }, actions: [webhook({ bearerSecret: 'TOKEN', signatureSecret: 'SIGN', template: '{"alias": "${alias}", "version": "${artifact_version_string}", "accuracy": ${artifact_metadata.accuracy}}', headers: [{ name: 'X-Team', value: '${entity_name}' }] })] });
    const good = await linked();
    const bad = await linked('weak', { accuracy: 0.1 });
    await put(bad.linkId, 'prod-eu');
    await put(good.linkId, 'staging');
    await put(good.linkId, 'prod-eu');
    await receiver.until(1);
    const done = await delivery((one) => one.state === 'done');
    expect(receiver.received).toHaveLength(1);
    const [sent] = receiver.received;
    expect(JSON.parse(sent?.body ?? '')).toEqual({ alias: 'prod-eu', version: 'gemma-collection:v0', accuracy: 0.9 });
    expect(sent?.headers['authorization']).toBe('Bearer s3cr"et');
    expect(sent?.headers['x-wandb-signature']).toBe(createHmac('sha256', 'key').update(sent?.body ?? '').digest('hex'));
    const { attempts } = await run('deliveries.get', { id: done.id });
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.request).toContain('Bearer (secret TOKEN)');
    expect(JSON.stringify(attempts)).not.toContain('s3cr');
    expect(attempts[0]?.status).toBe(204);
    expect(await readFile(path.join(directory, 'data', 'catalog.db'), 'latin1')).not.toContain('s3cr');
  });

  it('is tried again under the same key, in order, and ends as a dead letter that can be replayed', async () => {
    await allow();
    await make({ event: 'tag.added', actions: [webhook()] });
    const { versionId } = await linked();
    let turn = 0;
    receiver.behave((_request, response) => {
      turn += 1;
      if (turn === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(turn === 2 ? 204 : 404).end();
    });
    await run('tags.edit', { target: { kind: 'version', id: versionId as never }, add: ['one'], remove: [] });
    await run('tags.edit', { target: { kind: 'version', id: versionId as never }, add: ['two'], remove: [] });
    const dead = await delivery((one) => one.state === 'dead');
    const tags = receiver.received.map((one) => (JSON.parse(one.body) as { tag: string }).tag);
    expect(tags).toEqual(['one', 'one', 'two']);
    expect(receiver.received[0]?.headers['idempotency-key']).toBe(receiver.received[1]?.headers['idempotency-key']);
    expect(dead.problem).toBe('It answered 404.');
    receiver.behave(well);
    await run('deliveries.replay', { ids: [dead.id] });
    await delivery((one) => one.id === dead.id && one.state === 'done');
    expect(receiver.received).toHaveLength(4);
  });

  it('is sent again with others in one act: dead letters go on under their keys, in their order, what was done goes anew; nothing goes if one of them is unknown', async () => {
    await allow();
    await make({ event: 'tag.added', actions: [webhook({ template: '${tag}' })] });
    const { versionId } = await linked();
    const tags = ['a', 'b', 'c', 'd', 'e'];
    receiver.behave((request, response) => {
      response.writeHead(request.body === '"c"' ? 204 : 404).end();
    });
    await run('tags.edit', { target: { kind: 'version', id: versionId as never }, add: tags, remove: [] });
    while ((await run('deliveries.list', { states: ['waiting', 'sending'], limit: 1 })).total > 0 || receiver.received.length < 5) await delivery(() => true);
    const before = (await run('deliveries.list', {})).items.toSorted((left, right) => left.id - right.id);
    expect(before.map((one) => one.state)).toEqual(['dead', 'dead', 'done', 'dead', 'dead']);
    const keys = new Map(receiver.received.map((one) => [one.body, one.headers['idempotency-key']]));
    receiver.behave(well);
    const ids = before.map((one) => one.id);
    await expect(run('deliveries.replay', { ids: [...ids, 99 as never] })).rejects.toMatchObject({ code: 'not_found' });
    expect((await run('deliveries.list', { states: ['dead'] })).total).toBe(4);
    const { deliveryIds } = await run('deliveries.replay', { ids });
    const fresh = deliveryIds.find((id) => !ids.includes(id));
    expect(deliveryIds.toSorted((left, right) => left - right)).toEqual([...ids.filter((_id, index) => index !== 2), fresh]);
    await receiver.until(10);
    await delivery((one) => one.id === fresh && one.state === 'done');
    const again = receiver.received.slice(5);
    expect(again.map((one) => one.body)).toEqual(['"a"', '"b"', '"d"', '"e"', '"c"']);
    for (const one of again) expect(one.headers['idempotency-key'] === keys.get(one.body), one.body).toBe(one.body !== '"c"');
    const { items } = await run('deliveries.list', {});
    expect(items.every((one) => one.state === 'done')).toBe(true);
    expect(items.find((one) => one.id === fresh)).toMatchObject({ replayOf: ids[2] });
  });

  it('goes out in its order with many others; what was begun together with one that failed, and not sent, is no attempt', async () => {
    await core.close();
    core = await open({ deliveryTimes: { first: 20, rest: 20 } });
    await allow();
    await make({ event: 'tag.added', actions: [webhook({ template: '{"tag": "${tag}"}' }), webhook({ template: '{"after": "${tag}"}' })] });
    const { versionId } = await linked();
    const tags = Array.from({ length: 40 }, (_each, index) => `tag ${String(index).padStart(2, '0')}`);
    let failures = 0;
    receiver.behave((request, response, message) => {
      if (request.body === '{"after": "tag 20"}' && failures++ < 2) response.writeHead(503).end();
      else well(request, response, message);
    });
    await run('tags.edit', { target: { kind: 'version', id: versionId as never }, add: tags, remove: [] });
    await receiver.until(82);
    await delivery((one) => one.id === 80 && one.state === 'done');
    const wanted = tags.flatMap((tag) => [`{"tag": "${tag}"}`, ...Array.from({ length: tag === 'tag 20' ? 3 : 1 }, () => `{"after": "${tag}"}`)]);
    expect(receiver.received.map(({ body }) => body)).toEqual(wanted);
    const { items } = await run('deliveries.list', { limit: 100 });
    expect(items.map(({ id, attempts, state, maybeTwice }) => ({ id, attempts, state, maybeTwice })).toSorted((left, right) => left.id - right.id)).toEqual(Array.from({ length: 80 }, (_each, index) => ({ id: index + 1, attempts: index + 1 === 42 ? 3 : 1, state: 'done', maybeTwice: false })));
    for (const { id } of items) expect((await run('deliveries.get', { id })).attempts.map(({ status }) => status)).toEqual(id === 42 ? [503, 503, 204] : [204]);
  });

  it('goes out in its order to a receiver that is slow now and then: what was begun and had no time left goes next', async () => {
    await allow();
    await make({ event: 'tag.added', actions: [webhook({ template: '${tag}' })] });
    const { versionId } = await linked();
    const tags = Array.from({ length: 30 }, (_each, index) => index);
    receiver.behave((request, response) => void setTimeout(() => response.writeHead(204).end(), JSON.parse(request.body) % 7 === 5 ? 60 : 0));
    await run('tags.edit', { target: { kind: 'version', id: versionId as never }, add: tags.map((tag) => String(tag).padStart(2, '0')), remove: [] });
    await delivery((one) => one.id === 30 && one.state === 'done');
    expect(receiver.received.map(({ body }) => Number(JSON.parse(body)))).toEqual(tags);
    expect((await run('deliveries.list', { limit: 100 })).items.every((one) => one.attempts === 1 && one.state === 'done')).toBe(true);
  });

  it('is kept from this machine and private networks unless a host was allowed by name', async () => {
    await make({ actions: [webhook()] });
    const { linkId } = await linked();
    await put(linkId, 'production');
    const dead = await delivery((one) => one.state === 'dead');
    expect(dead.problem).toContain('127.0.0.1');
    expect(dead.problem).toContain('allow');
    expect(receiver.received).toHaveLength(0);
  });

  it('goes on after core was away, and hears what happened in between', async () => {
    await allow();
    await make({ actions: [webhook()] });
    const { linkId } = await linked();
    receiver.behave((_request, response) => {
      response.writeHead(503).end();
    });
    await put(linkId, 'production');
    await receiver.until(1);
    await core.close();
    receiver.behave(well);
    core = await open();
    const [waiting] = (await run('deliveries.list', {})).items;
    await run('deliveries.replay', { ids: [waiting?.id as never] });
    await delivery((one) => one.state === 'done');
    expect(new Set(receiver.received.map((one) => one.headers['idempotency-key'])).size).toBe(1);
  });
});

describe('a target that fails', () => {
  /** Long beside the time between two attempts, so that a rest can't be taken for one of those. */
  const times = { first: 1, rest: 1000 } as const;
  const failing: Behaviour = (_request, response) => {
    response.writeHead(503).end();
  };

  it('is left alone after five failures in a row, tried once after each rest, and served again when that goes well; others are served meanwhile', { timeout: 240_000 }, async () => {
    await core.close();
    core = await open({ deliveryTimes: times });
    const other = await startReceiver();
    try {
      await run('allowedHosts.set', { hosts: [receiver.host, other.host] });
      await make({ name: 'failing', actions: [webhook()] });
      await make({ name: 'well', actions: [{ kind: 'webhook', url: `${other.url}/hook` }] });
      const { linkId } = await linked();
      const arrivals: number[] = [];
      receiver.behave((request, response, message) => {
        arrivals.push(performance.now());
        failing(request, response, message);
      });
      for (const alias of ['one', 'two', 'three']) await put(linkId, alias);
      await receiver.until(5);
      await other.until(3);
      // What was queued for it waits its turn: it is not hammered with the next ones.
      const failingOnes = (await run('deliveries.list', {})).items.filter((one) => one.automation === 'failing');
      expect(failingOnes.filter((one) => one.attempts === 0)).toHaveLength(2);
      await receiver.until(7);
      const [, , , , fifth = 0, sixth = 0, seventh = 0] = arrivals;
      expect(sixth - fifth).toBeGreaterThanOrEqual(times.rest);
      expect(seventh - sixth).toBeGreaterThanOrEqual(2 * times.rest);
      expect(new Set(receiver.received.map((one) => one.headers['idempotency-key'])).size).toBe(1);
      receiver.behave(well);
      await receiver.until(10);
      while ((await run('deliveries.list', { states: ['waiting', 'sending'], limit: 1 })).total > 0) await delivery((one) => one.state === 'done');
      expect(receiver.received.map((one) => (JSON.parse(one.body) as { alias: string }).alias)).toEqual([...Array.from({ length: 8 }, () => 'one'), 'two', 'three']);
      // Closed: four failures in a row are less than five again, and what would rest four seconds and more does not.
      let left = 4;
      receiver.behave((request, response, message) => (left-- > 0 ? failing : well)(request, response, message));
      const begun = performance.now();
      await put(linkId, 'four');
      await receiver.until(15);
      expect(performance.now() - begun).toBeLessThan(4 * 4 * times.rest);
      await delivery((one) => one.event.label.length > 0 && one.attempts === 5 && one.state === 'done');
    } finally {
      await other.close();
    }
  });

  it('is tried at once, rest or not, when somebody sends again what waits', async () => {
    await core.close();
    core = await open({ deliveryTimes: { first: 1, rest: 3_600_000 } });
    await allow();
    await make({ actions: [webhook()] });
    receiver.behave(failing);
    const { linkId } = await linked();
    await put(linkId, 'one');
    const resting = await delivery((one) => one.state === 'waiting' && one.attempts === 5);
    receiver.behave(well);
    await run('deliveries.replay', { ids: [resting.id] });
    expect(await delivery((one) => one.state === 'done')).toMatchObject({ id: resting.id, attempts: 6 });
  });
});

describe('the log', () => {
  it('is forgotten after thirty days, by itself, but for what somebody has yet to look at', async () => {
    await allow();
    await make({ name: 'chain', event: 'tag.added', filter: { tags: [{ kind: 'glob', text: 'old*' }] }, actions: [{ kind: 'notification', title: 'first', text: '' }, { kind: 'set alias', alias: 'seen' }] });
    await make({ name: 'dead', event: 'tag.added', filter: { tags: [{ kind: 'glob', text: 'old*' }] }, actions: [webhook()] });
    const { versionId } = await linked();
    receiver.behave((_request, response) => {
      response.writeHead(404).end();
    });
    const tag = (name: string): Promise<unknown> => run('tags.edit', { target: { kind: 'version', id: versionId as never }, add: [name], remove: [] });
    // More than one step takes, the later actions of a chain before the first.
    for (const name of ['old one', 'old two']) await tag(name);
    await receiver.until(2);
    while ((await run('deliveries.list', { states: ['waiting', 'sending'], limit: 1 })).total > 0) await delivery(() => true);
    await core.close();
    const file = new Database(path.join(directory, 'data', 'catalog.db'));
    const day = 24 * 60 * 60_000;
    file.prepare('UPDATE deliveries SET done_at = ?').run(Date.now() - 31 * day);
    file.close();
    core = await open();
    await tag('old three');
    const left = async (): Promise<readonly string[]> => (await run('deliveries.list', { limit: 100 })).items.map((one) => `${one.automation} ${one.state}`).toSorted();
    const wanted = ['chain done', 'chain done', 'dead dead', 'dead dead', 'dead dead'];
    while (JSON.stringify(await left()) !== JSON.stringify(wanted)) await delivery(() => true);
    const kept = (await run('deliveries.list', { states: ['done'] })).items;
    expect(kept.every((one) => Date.parse(one.doneAt ?? '') > Date.now() - day)).toBe(true);
    // What stays can be sent again, with its attempts there.
    const [dead] = (await run('deliveries.list', { states: ['dead'] })).items.slice(-1);
    expect((await run('deliveries.get', { id: dead?.id as never })).attempts).toHaveLength(1);
    receiver.behave(well);
    await run('deliveries.replay', { ids: [dead?.id as never] });
    await delivery((one) => one.id === dead?.id && one.state === 'done');
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)(hasPython ? 'a receiver written in Python' : 'a receiver written in Python (there is no Python here)', () => {
  it('takes what is signed with its key, and nothing else', async () => {
    const python = spawn('python3', [path.join(import.meta.dirname, 'testing/receiver.py'), 'shared key'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
      const told = async (): Promise<Readonly<Record<string, unknown>>> => JSON.parse((await lines.next()).value as string) as Readonly<Record<string, unknown>>;
      const host = `127.0.0.1:${String((await told())['port'])}`;
      await run('allowedHosts.set', { hosts: [host] });
      await run('secrets.set', { name: 'SIGN', value: 'shared key' });
      await run('secrets.set', { name: 'OTHER', value: 'another key' });
      await make({ name: 'signed', actions: [{ kind: 'webhook', url: `http://${host}/`, signatureSecret: 'SIGN' }] });
      const { linkId } = await linked();
      await put(linkId, 'one “quoted” é');
      expect(await told()).toMatchObject({ good: true, event: 'ADD_ARTIFACT_ALIAS', key: expect.any(String) as unknown });
      await delivery((one) => one.state === 'done');
      await run('automations.update', { id: (await run('automations.list', {})).items[0]?.id as never, enabled: false });
      await make({ name: 'signed wrongly', actions: [{ kind: 'webhook', url: `http://${host}/`, signatureSecret: 'OTHER' }] });
      await put(linkId, 'two');
      expect(await told()).toMatchObject({ good: false });
      expect((await delivery((one) => one.state === 'dead')).problem).toBe('It answered 401.');
    } finally {
      python.kill();
    }
  });
});

describe('secrets', () => {
  it('of the app’s keychain and of a core of its own don’t know each other, and that is said where one is missing', async () => {
    const kept = new Map<string, string>();
    const keychain: Vault = { kind: 'keychain', where: () => Promise.resolve('keychain' as const), seal: async (name, text) => void kept.set(name, text), open: async (name) => kept.get(name) ?? null, forget: async (name) => void kept.delete(name), keepOnly: (prefix, names) => {
      for (const name of kept.keys()) if (name.startsWith(prefix) && !names.includes(name)) kept.delete(name);
      return Promise.resolve();
    } };
    const reopen = async (vault?: Vault): Promise<void> => {
      await core.close();
      core = await openCore({ dataDirectory: path.join(directory, 'data'), applicationVersion: '0', listen: false, checkOutput: true, log: () => undefined, ...(vault === undefined ? {} : { vault }) });
    };
    await reopen(keychain);
    await allow();
    await run('secrets.set', { name: 'TOKEN', value: 'old' });
    await run('secrets.set', { name: 'TOKEN', value: 'from the window' });
    expect([...kept.values()]).toEqual(['from the window']);
    await make({ actions: [webhook({ bearerSecret: 'TOKEN' })] });
    const { linkId } = await linked();
    await reopen();
    expect(await run('secrets.list', {})).toMatchObject({ kind: 'file', items: [{ name: 'TOKEN', keptIn: 'keychain', here: false }] });
    await put(linkId, 'one');
    const dead = await delivery((one) => one.state === 'dead');
    expect(dead.problem).toBe('The secret TOKEN was set in the app with a window and lies in the system’s keychain, which this Vitrine without a window can’t read: set it here too, with “vitrine secret set TOKEN”.');
    await run('secrets.set', { name: 'TOKEN', value: 'from the command line' });
    await run('deliveries.replay', { ids: [dead.id] });
    await receiver.until(1);
    expect(receiver.received[0]?.headers['authorization']).toBe('Bearer from the command line');
    await delivery((one) => one.state === 'done');
    // What the window kept is older now, and is not used any more.
    await reopen(keychain);
    expect(await run('secrets.list', {})).toMatchObject({ kind: 'keychain', items: [{ keptIn: 'file', here: false }] });
    await put(linkId, 'two');
    expect((await delivery((one) => one.state === 'dead')).problem).toContain('was set by a Vitrine without a window');
    expect(receiver.received).toHaveLength(1);
    await run('secrets.remove', { name: 'TOKEN' });
    expect((await run('secrets.list', {})).items).toEqual([]);
    // And nowhere is an older copy of it left.
    expect([...kept.keys()]).toEqual([]);
    expect(await readFile(path.join(directory, 'data', 'secrets.json'), 'utf8')).not.toContain('from the command line');
  });

  it('that were set again or removed where the keychain is not reached are gone from it after the next start', async () => {
    const kept = new Map<string, string>([['remote:1', 'of a remote']]);
    const tidied: (() => void)[] = [];
    const keychain: Vault = {
      kind: 'keychain', where: () => Promise.resolve('keychain' as const), seal: async (name, text) => void kept.set(name, text), open: async (name) => kept.get(name) ?? null, forget: async (name) => void kept.delete(name),
      async keepOnly(prefix, names) {
        for (const name of kept.keys()) if (name.startsWith(prefix) && !names.includes(name)) kept.delete(name);
        for (const each of tidied) each();
      },
    };
    const reopen = async (vault?: Vault): Promise<void> => {
      await core.close();
      core = await openCore({ dataDirectory: path.join(directory, 'data'), applicationVersion: '0', listen: false, checkOutput: true, log: () => undefined, ...(vault === undefined ? {} : { vault }) });
    };
    await reopen(keychain);
    for (const name of ['AGAIN', 'REMOVED', 'STAYS']) await run('secrets.set', { name, value: `${name} of the window` });
    await reopen();
    await run('secrets.set', { name: 'AGAIN', value: 'newer' });
    await run('secrets.remove', { name: 'REMOVED' });
    expect(kept.size).toBe(4);
    const done = new Promise<void>((resolve) => tidied.push(resolve));
    await reopen(keychain);
    await done;
    expect([...kept.values()].toSorted()).toEqual(['STAYS of the window', 'of a remote']);
    expect(await readFile(path.join(directory, 'data', 'secrets.json'), 'utf8')).toContain('newer');
  });
});

describe('a message to Slack', () => {
  it('carries text, severity and who did what, to an address that is a secret; a limit of the receiver is heeded', async () => {
    await allow();
    await run('secrets.set', { name: 'SLACK', value: `${receiver.url}/services/T0/B0/token` });
    const colours = { info: '#3b82f6', warning: '#d97706', error: '#dc2626' } as const;
    for (const severity of ['info', 'warning', 'error'] as const) {
      await make({ name: severity, filter: { aliases: [{ kind: 'glob', text: severity }] }, actions: [{ kind: 'slack', urlSecret: 'SLACK', text: '“${alias}” stands on *${artifact_version_string}* <${artifact_metadata.note | default("none")}>', severity }] });
    }
    const { linkId } = await linked();
    let turn = 0;
    // As an incoming webhook of Slack answers.
    receiver.behave((_request, response) => {
      turn += 1;
      if (turn === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    });
    for (const alias of ['info', 'warning', 'error']) await put(linkId, alias);
    await receiver.until(4);
    while ((await run('deliveries.list', { states: ['done'] })).total < 3) await delivery((one) => one.state === 'done');
    expect(receiver.received.map((one) => one.path)).toEqual(Array.from({ length: 4 }, () => '/services/T0/B0/token'));
    for (const [index, severity] of (['info', 'warning', 'error'] as const).entries()) {
      const message = JSON.parse(receiver.received[index + 1]?.body ?? '') as { readonly text: string; readonly attachments: readonly Record<string, unknown>[] };
      expect(message.text).toBe(`“${severity}” stands on *gemma-collection:v0* <none>`);
      expect(message.attachments).toEqual([expect.objectContaining({ color: colours[severity], fallback: message.text, ts: expect.any(Number) as unknown, fields: [{ title: 'What', value: 'Models/gemma-collection:v0', short: true }, { title: 'Who', value: expect.any(String) as unknown, short: true }] })]);
    }
    const { items } = await run('deliveries.list', {});
    const logs = await Promise.all(items.map(({ id }) => run('deliveries.get', { id })));
    expect(JSON.stringify(logs)).not.toContain('B0/token');
    expect(logs[0]?.attempts.at(-1)).toMatchObject({ status: 200, request: expect.stringContaining('POST (secret SLACK)') as unknown, response: expect.stringContaining('ok') as unknown });
  });
});

describe('other actions', () => {
  it('put an alias, once: a loop is found and stopped', async () => {
    await make({ name: 'there', event: 'alias.added', filter: { aliases: [{ kind: 'glob', text: 'a*' }] }, actions: [{ kind: 'set alias', alias: 'b1' }] });
    await make({ name: 'back', event: 'alias.added', filter: { aliases: [{ kind: 'glob', text: 'b*' }] }, actions: [{ kind: 'set alias', alias: 'a2' }] });
    const { linkId } = await linked();
    await put(linkId, 'a1');
    const stopped = await delivery((one) => one.state === 'stopped');
    expect(stopped).toMatchObject({ automation: 'there' });
    expect(stopped.problem).toContain('loop');
    const link = await run('links.get', { id: linkId as never });
    expect(link.aliases.map(({ name }) => name).sort()).toEqual(['a1', 'a2', 'b1', 'latest']);
    const { items } = await run('history.list', { kinds: ['alias.added'] });
    expect(items.filter((event) => event.entrance === 'automation').map((event) => event.message)).toEqual([expect.stringContaining('back'), expect.stringContaining('there')]);
  });

  it('show a notification; a later action waits for the one before', async () => {
    await make({ event: 'version.linked', actions: [{ kind: 'notification', title: '${label}', text: '${event_author} linked it' }, { kind: 'set alias', alias: 'seen' }] });
    const { linkId } = await linked();
    await delivery((one) => one.actionIndex === 1 && one.state === 'done');
    expect(notifications).toEqual([expect.objectContaining({ title: 'Models/gemma-collection:v0', text: expect.stringContaining('linked it') as unknown })]);
    expect((await run('links.get', { id: linkId as never })).aliases.map(({ name }) => name)).toContain('seen');
  });

  it('run a job as it was approved, and not once it changed', async () => {
    const script = path.join(directory, 'job.sh');
    const out = path.join(directory, 'out.txt');
    await writeFile(script, `#!/bin/sh\nread line\nprintf '%s' "$VITRINE_ALIAS $(echo "$line" | cut -c1-1)" > ${out}\necho printed\n`);
    await chmod(script, 0o755);
    await run('jobs.approve', { name: 'deploy', command: ['/bin/sh', script], folder: directory });
    await make({ actions: [{ kind: 'job', job: 'deploy' }] });
    const { linkId } = await linked();
    await put(linkId, '$(touch pwned)');
    const done = await delivery((one) => one.state === 'done');
    expect(await readFile(out, 'utf8')).toBe('$(touch pwned) {');
    expect((await run('deliveries.get', { id: done.id })).attempts[0]?.response).toBe('printed\n');
    await writeFile(script, '#!/bin/sh\necho other\n');
    expect((await run('jobs.list', {})).items[0]?.state).toBe('changed');
    await put(linkId, 'again');
    expect((await delivery((one) => one.state === 'dead')).problem).toContain('approve it again');
  });

  it('run a job until somebody ends it, with all that it started, and the log says so', async () => {
    const script = path.join(directory, 'long.sh');
    const started = path.join(directory, 'started.txt');
    // A child of its own, which would outlive its parent.
    await writeFile(script, `#!/bin/sh\nsleep 600 &\necho $! > ${started}.new\nmv ${started}.new ${started}\necho begun\nwait\n`);
    await run('jobs.approve', { name: 'long', command: ['/bin/sh', script], folder: directory });
    await make({ actions: [{ kind: 'job', job: 'long' }] });
    const { linkId } = await linked();
    const watcher = watch(directory)[Symbol.asyncIterator]();
    await put(linkId, 'production');
    const sending = await delivery((one) => one.state === 'sending');
    while (!existsSync(started)) await watcher.next();
    const child = Number(await readFile(started, 'utf8'));
    expect(isRunning(child)).toBe(true);
    expect(await run('deliveries.discard', { ids: [sending.id] })).toEqual({ discarded: 1 });
    const ended = async (): Promise<OutputOf<'deliveries.get'>> => {
      for (;;) {
        const heard = new Promise<void>((resolve) => {
          const stop = core.onChanges(() => {
            stop();
            resolve();
          });
        });
        const found = await run('deliveries.get', { id: sending.id });
        if (found.attempts[0]?.milliseconds != null) return found;
        await heard;
      }
    };
    const { delivery: given, attempts } = await ended();
    expect(given).toMatchObject({ state: 'discarded', problem: 'It was cancelled.' });
    expect(attempts).toEqual([expect.objectContaining({ problem: 'It was cancelled.', response: 'begun\n' })]);
    expect(isRunning(child)).toBe(false);
    expect((await run('jobs.list', {})).items[0]).toMatchObject({ state: 'approved', hash: expect.stringMatching(/^[0-9a-f]{64}$/u) as unknown });
  });

  it('run a job no longer than it may, and end it with all that it started, even what doesn’t want to', { timeout: 240_000 }, async () => {
    const script = path.join(directory, 'endless.sh');
    const started = path.join(directory, 'started.txt');
    // Neither it nor its child heeds a request to end.
    await writeFile(script, `#!/bin/sh\ntrap '' TERM\n(trap '' TERM; while :; do sleep 600; done) &\necho $! > ${started}\necho "for $VITRINE_ALIAS"\nwhile :; do wait; done\n`);
    await run('jobs.approve', { name: 'endless', command: ['/bin/sh', script], folder: directory, timeout: 1 });
    await make({ actions: [{ kind: 'job', job: 'endless' }] });
    const { linkId } = await linked();
    await put(linkId, 'production');
    const dead = await delivery((one) => one.state === 'dead');
    expect(dead.problem).toBe('It was ended after 1 second.');
    expect((await run('deliveries.get', { id: dead.id })).attempts).toEqual([expect.objectContaining({ problem: 'It was ended after 1 second.', response: 'for production\n', status: null })]);
    expect(isRunning(Number(await readFile(started, 'utf8')))).toBe(false);
  });

  it('ask for an approval, once, as whoever made the automation; the gate says when there is none', async () => {
    const registry = await run('registries.get', { name: 'Models' });
    await run('gates.set', { registryId: registry.id, gates: [{ alias: 'production' }] });
    await make({ name: 'ask', event: 'version.linked', actions: [{ kind: 'request approval', alias: 'production' }] });
    const { linkId } = await linked();
    const done = await delivery((one) => one.state === 'done');
    expect(done).toMatchObject({ action: 'request approval', target: 'alias production', attempts: 1 });
    const { items } = await run('approvals.list', {});
    expect(items).toEqual([expect.objectContaining({ linkId, alias: 'production', state: 'open' })]);
    const [event] = (await run('history.list', { kinds: ['approval.requested'] })).items;
    expect(event).toMatchObject({ entrance: 'automation', message: expect.stringContaining('Automation “ask”') as unknown });
    // Nobody has agreed: the alias is nowhere.
    expect((await run('links.get', { id: linkId as never })).aliases.map(({ name }) => name)).not.toContain('production');
    const other = await run('users.create', { username: 'bea', displayName: 'Bea', role: 'admin' });
    await core.run('approvals.decide', { id: items[0]?.id, vote: 'grant', comment: '' }, { entrance: 'window', actorId: other.id });
    expect((await run('links.get', { id: linkId as never })).aliases.map(({ name }) => name)).toContain('production');
    // Where nothing asks for one, that is what the log says.
    await run('gates.set', { registryId: registry.id, gates: [] });
    await linked('other');
    expect((await delivery((one) => one.state === 'dead')).problem).toContain('production');
  });

  it('wait for a metric of a run, once per run', async () => {
    await allow();
    await make({ event: 'run.metric', threshold: { metric: 'acc', comparison: '>', value: 0.5 }, actions: [webhook()] });
    const { id } = await run('runs.create', { project: { name: 'train' }, displayName: 'first' });
    for (const acc of [0.4, 0.6, 0.7]) await run('runs.update', { id, summary: { acc } });
    await receiver.until(1);
    await delivery((one) => one.state === 'done');
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ event_type: 'RUN_METRIC', metric_name: 'acc' });
    expect((await run('history.list', { kinds: ['run.metric_reached'] })).items).toHaveLength(1);
  });
});

describe('a definition', () => {
  it('hears what happens right after it was made, in a registry that was made right before', async () => {
    const { versionId } = await linked();
    await make({ name: 'gone', event: 'registry.deleted', actions: [{ kind: 'notification', title: 'gone ${label}', text: '' }] });
    for (let turn = 0; turn < 15; turn++) {
      const title = `turn ${turn}`;
      // The engine reads while they come: what it knew a moment ago is old.
      const [made] = await Promise.all([run('registries.create', { name: `Shelf ${turn}` }), make({ name: title, event: 'tag.added', filter: { tags: [{ kind: 'glob', text: title }] }, actions: [{ kind: 'notification', title, text: '' }] })]);
      await Promise.all([run('tags.edit', { target: { kind: 'version', id: versionId as never }, add: [title], remove: [] }), run('registries.delete', { id: made.id })]);
    }
    const wanted = Array.from({ length: 15 }, (_each, turn) => [`turn ${turn}`, `gone Shelf ${turn}`]).flat();
    while (!wanted.every((title) => notifications.some((one) => one.title === title))) await nextNotification();
  });

  it('is looked over before it is kept', async () => {
    await expect(make({ actions: [webhook({ template: '{"a": ${alais}}' })] })).rejects.toMatchObject({ code: 'bad_input', details: { at: 'actions.0.template', position: 9 } });
    await expect(make({ filter: { names: [{ kind: 'regex', text: 'a(' }] }, actions: [webhook()] })).rejects.toMatchObject({ code: 'bad_input', details: { at: 'filter.names.0' } });
    await expect(make({ event: 'run.finished', actions: [{ kind: 'set alias', alias: 'x' }] })).rejects.toMatchObject({ code: 'bad_input' });
    await make({ actions: [webhook()] });
    await expect(make({ actions: [webhook()] })).rejects.toMatchObject({ code: 'already_exists' });
  });

  it('can be tried on the past', async () => {
    const { linkId } = await linked();
    for (const alias of ['prod-a', 'staging', 'prod-b']) await put(linkId, alias);
    const preview = await run('automations.preview', { definition: { name: 'tell', event: 'alias.added', filter: { aliases: [{ kind: 'glob', text: 'prod-*' }] }, actions: [webhook({ bearerSecret: 'NONE' })] } });
    expect(preview.matched).toBe(2);
    expect(preview.sentence).toBe(`When an alias matching prod-* is added, POST to ${receiver.url}/hook.`);
    expect(preview.problems).toEqual([{ at: 'actions.0', problem: 'There is no secret NONE yet.', position: null }]);
    expect(JSON.parse(preview.payloads[0]?.body ?? '')).toMatchObject({ alias: 'prod-b' });
    expect(preview.payloads[0]?.headers).toContainEqual({ name: 'authorization', value: 'Bearer (secret NONE)' });
  });

  it('goes out as YAML and comes back, all or none', async () => {
    const registry = await run('registries.get', { name: 'Models' });
    await make({ name: 'one', scope: { kind: 'registry', id: registry.id }, actions: [webhook({ template: '{"a": "${alias}"}' })] });
    await make({ name: 'two', actions: [{ kind: 'notification', title: 'hi', text: '' }] });
    const { text, count } = await run('automations.export', {});
    expect(count).toBe(2);
    expect(text).toContain('name: Models');
    const { items } = await run('automations.list', {});
    for (const one of items) await run('automations.remove', { id: one.id });
    expect(await run('automations.import', { text, dryRun: true })).toEqual({ created: ['one', 'two'], updated: [], missing: [] });
    expect((await run('automations.list', {})).items).toEqual([]);
    await expect(run('automations.import', { text: text.replace('event: alias.added', 'event: nonsense') })).rejects.toMatchObject({ code: 'bad_input' });
    expect((await run('automations.list', {})).items).toEqual([]);
    // Each thing that is wrong is said with its line.
    const wrong = `automations:
  - name: one
    event: alias.added
    actions:
      - kind: webhook
        url: https://example.org/
        template: '{"a": \${alais}}'
  - name: one
    event: nonsense
    actons: []
    scope: { kind: registry, name: Nowhere }
    actions: [{ kind: notification, title: hi }]
`;
    await expect(run('automations.import', { text: wrong, dryRun: true })).rejects.toMatchObject({ code: 'bad_input', details: { explanation: expect.stringContaining('Line 7, automations.0.actions.0.template') as unknown, problems: [
      { at: 'automations.0.actions.0.template', line: 7, column: 19, problem: expect.stringContaining('There is no “alais”') as unknown },
      { at: 'automations.1.scope.name', line: 11, column: 36, problem: 'There is no registry “Nowhere” here.' },
      { at: 'automations.1.event', line: 9, column: 12, problem: expect.stringContaining('must be one of') as unknown },
      { at: 'automations.1.actons', line: 10, column: 13, problem: expect.stringContaining('“actons”') as unknown },
    ] } });
    for (const [text, line] of [['automations:\n  - name: [one\n', 3], ['automations:\n  - name: one\n   event: x\n', 3], ['other: 1', 1], ['', 1]] as const) {
      const problems = await run('automations.import', { text, dryRun: true }).then(() => [], (thrown: { readonly details: { readonly problems: readonly { readonly line: number }[] } }) => thrown.details.problems);
      expect(problems[0]?.line, text).toBe(line);
    }
    await run('automations.import', { text });
    const back = (await run('automations.list', {})).items;
    expect(back.map((one) => one.definition)).toEqual(items.map((one) => one.definition));
  });
});
