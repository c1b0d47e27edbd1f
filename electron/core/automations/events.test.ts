/** Each event that PRODUCT names sets off the automation that waits for it, by what people, runs, remotes and disks really do. */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { InputOf, OperationName, OutputOf, UserId } from '#shared/contract/index.ts';
import { automationEvents, eventTypeText, type AutomationEvent } from '#shared/domain/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { startReceiver, type Receiver } from './receiver.ts';

let directory: string;
let core: Core;
let receiver: Receiver;
const fired = new Set<string>();
const problems: string[] = [];
let waiting: (() => void) | null = null;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vitrine-events-'));
  fired.clear();
  receiver = await startReceiver();
  core = await openCore({
    dataDirectory: path.join(directory, 'data'), applicationVersion: '0', listen: false, checkOutput: true,
    log: (level, room, message, fields) => void (level === 'error' && problems.push(`${room}: ${message} ${JSON.stringify(fields)}`)),
    notify: ({ title }) => {
      // Who sits here is told of approvals besides.
      if ((automationEvents as readonly string[]).includes(title)) fired.add(title);
      waiting?.();
    },
  });
});
afterEach(async () => {
  await core.close();
  await receiver.close();
  await rm(directory, { recursive: true, force: true });
});

async function run<Name extends OperationName>(name: Name, input: InputOf<Name>, actorId?: UserId): Promise<OutputOf<Name>> {
  return (await core.run(name, input, { entrance: 'window', ...(actorId === undefined ? {} : { actorId }) })).output as OutputOf<Name>;
}

async function until(event: AutomationEvent): Promise<void> {
  while (!fired.has(event)) {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Nothing fired for ${event}; there fired ${[...fired].join(', ')}. ${problems.join(' ')}`)), 60_000);
      waiting = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}

it('hears every event of the list, and tells a receiver of each', { timeout: 120_000 }, async () => {
  await run('allowedHosts.set', { hosts: [receiver.host] });
  for (const event of automationEvents) {
    await run('automations.create', { definition: { name: event, event, threshold: event === 'run.metric' ? { metric: 'acc', comparison: '>', value: 0.5 } : null, actions: [{ kind: 'notification', title: event }, { kind: 'webhook', url: `${receiver.url}/${event}` }] } });
  }
  const other = await run('users.create', { username: 'bea', displayName: 'Bea', role: 'admin' });
  const file = path.join(directory, 'model.bin');
  await writeFile(file, 'the bytes that will be damaged');
  const registry = await run('registries.create', { name: 'Shelf' });
  const { versionId } = await run('versions.log', { paths: [file], project: { name: 'train' }, artifact: 'gemma', type: 'model' });
  const { links } = await run('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'gemma' } });
  const linkId = links[0]?.linkId as never;
  const put = (alias: string): Promise<unknown> => run('aliases.set', { target: { kind: 'link', id: linkId }, aliases: [alias] });
  await put('staging');
  await writeFile(file, 'others');
  const second = await run('versions.log', { paths: [file], project: { name: 'train' }, artifact: 'gemma', type: 'model' });
  const linked = await run('links.create', { versionIds: [second.versionId], target: { kind: 'collection', id: (await run('links.get', { id: linkId })).collectionId } });
  await run('aliases.set', { target: { kind: 'link', id: linked.links[0]?.linkId as never }, aliases: ['staging'] });
  await run('aliases.remove', { target: { kind: 'link', id: linked.links[0]?.linkId as never }, aliases: ['staging'] });
  await run('tags.edit', { target: { kind: 'version', id: versionId }, add: ['good'], remove: [] });
  await run('tags.edit', { target: { kind: 'version', id: versionId }, add: [], remove: ['good'] });
  await run('gates.set', { registryId: registry.id, gates: [{ alias: 'production' }, { alias: 'canary' }] });
  for (const [alias, vote] of [['production', 'grant'], ['canary', 'refuse']] as const) {
    const { id } = await run('approvals.request', { linkId, alias });
    await run('approvals.decide', { id, vote, comment: 'looked at it' }, other.id);
  }
  await run('registries.setLifecycle', { registryId: registry.id, lifecycle: { states: [{ name: 'new', hue: 1, terminal: false }, { name: 'old', hue: 2, terminal: true }], transitions: [{ from: 'new', to: 'old', role: 'member' }] } });
  await run('links.setState', { linkIds: [linkId], state: 'old' });
  await run('links.remove', { linkIds: [linked.links[0]?.linkId as never] });
  const gone = await run('collections.create', { registryId: registry.id, name: 'gone', type: 'model' });
  await run('collections.delete', { id: gone.id });
  await run('registries.delete', { id: (await run('registries.create', { name: 'Empty' })).id });
  for (const state of ['finished', 'failed'] as const) {
    const { id } = await run('runs.create', { project: { name: 'train' }, displayName: state });
    await run('runs.update', { id, summary: { acc: 0.9 } });
    await until('run.metric');
    await run('runs.update', { id, state });
  }
  // Nobody listens at that port.
  await run('remotes.add', { kind: 'mlflow', name: 'team', url: 'http://127.0.0.1:9', registry: 'MLflow' });
  await damage();
  const { damaged } = await run('storage.verify', {});
  expect(damaged).toHaveLength(1);
  for (const event of automationEvents) await until(event);
  expect([...fired].sort()).toEqual([...automationEvents].sort());
  // By the default payload: what happened, who did it, what it was about.
  const told = (): Map<string, { readonly event_type?: string; readonly event_author?: string; readonly label?: string }> => new Map(receiver.received.map(({ path: to, body }) => [to.slice(1), JSON.parse(body) as object]));
  while (told().size < automationEvents.length) await receiver.until(receiver.received.length + 1);
  const payloads = told();
  for (const event of automationEvents) {
    expect(payloads.get(event)?.event_type, event).toBe(eventTypeText(event));
    expect(payloads.get(event)?.event_author, event).toMatch(/./u);
  }

  // The same damage found again is no news.
  const before = (await run('history.list', { kinds: ['integrity.failed'] })).items;
  expect(before).toEqual([expect.objectContaining({ subject: expect.objectContaining({ label: 'train/gemma:v0' }) as unknown, after: expect.objectContaining({ path: 'model.bin', reason: 'digest' }) as unknown })]);
  await run('storage.verify', {});
  expect((await run('history.list', { kinds: ['integrity.failed'] })).items).toHaveLength(1);
});

it('tells of damage in every registry in which the version stands, each once, with its own place', { timeout: 240_000 }, async () => {
  const file = path.join(directory, 'model.bin');
  await writeFile(file, 'the bytes that will be damaged');
  const { versionId } = await run('versions.log', { paths: [file], project: { name: 'train' }, artifact: 'gemma', type: 'model' });
  for (const name of ['First', 'Second', 'Third']) {
    const registry = await run('registries.create', { name });
    if (name !== 'Third') await run('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: registry.id, name: 'gemma' } });
    await run('automations.create', { definition: { name, event: 'integrity.failed', scope: { kind: 'registry', id: registry.id }, actions: [{ kind: 'notification', title: 'integrity.failed', text: '${project_name} ${artifact_version_string}' }] } });
  }
  await run('automations.create', { definition: { name: 'everywhere', event: 'integrity.failed', actions: [{ kind: 'notification', title: 'integrity.failed' }] } });
  await damage();
  await run('storage.verify', {});
  await until('integrity.failed');
  let deliveries: OutputOf<'deliveries.list'>;
  do deliveries = await run('deliveries.list', {});
  while (deliveries.items.length < 3 || deliveries.items.some((one) => one.state !== 'done'));
  expect(deliveries.items.map((one) => one.automation).toSorted()).toEqual(['First', 'Second', 'everywhere']);
  const shown = await Promise.all(deliveries.items.filter((one) => one.automation !== 'everywhere').map(async ({ id, automation }) => [automation, (await run('deliveries.get', { id })).attempts[0]?.request.split('\n')[1]]));
  expect(Object.fromEntries(shown as [string, string][])).toEqual({ First: 'wandb-registry-First gemma:v0', Second: 'wandb-registry-Second gemma:v0' });
});

/** One bit of the first file, where it lies. */
async function damage(): Promise<void> {
  const packs = path.join(directory, 'data', 'store', 'packs');
  for (const name of await readdir(packs)) {
    const bytes = await readFile(path.join(packs, name));
    const at = bytes.indexOf('the bytes that will be damaged');
    if (at === -1) continue;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await chmod(path.join(packs, name), 0o600);
    await writeFile(path.join(packs, name), bytes);
    return;
  }
  throw new Error('The file lies in no pack.');
}
