/** Approval gates, by the real client: what stands behind one is held, its answer names the request, and once somebody agreed the alias stands. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalId, OutputOf, RegistryId } from '#shared/contract/index.ts';
import { clients, type RunningClient } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

type Failure = { readonly kind: string; readonly words: string };

let bench: Workbench;
let bea: string;
beforeAll(async () => {
  bench = await openWorkbench();
  const reviewer = await bench.ask('users.create', { username: 'bea', role: 'admin' });
  bea = (await bench.ask('keys.create', { name: 'of the reviewer', userId: reviewer.id })).key;
}, 240_000);
afterAll(async () => bench.close());

describe.each(clients)('the %s client', { timeout: 300_000 }, (client) => {
  const registry = `Gated-${client}`;
  const project = `gated_${client}`;
  let registryId: RegistryId;
  let program: RunningClient;
  let files: Readonly<Record<'granted' | 'edited_granted', string>>;
  beforeAll(async () => {
    registryId = (await bench.ask('registries.create', { name: registry })).id;
    await bench.ask('gates.set', { registryId, gates: [{ alias: 'production' }, { alias: 'canary' }] });
    const asking = await bench.ask('registries.create', { name: `Asking-${client}` });
    await bench.ask('registries.update', { id: asking.id, reasonRequired: 'all' });
    files = { granted: join(bench.folder, `granted-${client}`), edited_granted: join(bench.folder, `edited-${client}`) };
    program = bench.program(client, 'gates.py', { parameters: { project, registry, asking: `Asking-${client}`, ...files } });
  });
  const requests = async (): Promise<readonly OutputOf<'approvals.get'>[]> => (await bench.ask('approvals.list', { registryId, states: ['open'] })).items;
  const grant = (id: ApprovalId): Promise<unknown> => bench.ask('approvals.decide', { id, vote: 'grant', comment: 'looked at it' }, bea);
  const aliasesAt = async (address: string): Promise<readonly string[]> => (await bench.version(address)).links.flatMap((link) => link.aliases.map((alias) => alias.name)).toSorted();

  test('links with what may be put, and its answer names the request for what may not', async () => {
    const told = (await program.told('linked')) as { readonly run: Failure; readonly api: Failure; readonly aliases: readonly string[] };
    const open = (await requests()).toSorted((left, right) => left.id - right.id);
    expect(open).toEqual([expect.objectContaining({ alias: 'production', index: 0 }), expect.objectContaining({ alias: 'production', index: 1 })]);
    for (const [index, one] of [told.run, told.api].entries()) {
      expect(one.words).toContain('Held, not put yet');
      expect(one.words).toContain(`request ${open[index]?.id ?? 0} for “production”`);
      expect(one.words).toContain('the version itself is linked');
    }
    expect(told.aliases).toContain('candidate');
    expect(told.aliases).not.toContain('production');
    // Nobody may approve what they asked for, whatever their key may.
    await expect(bench.ask('approvals.decide', { id: open[0]!.id, vote: 'grant' })).rejects.toMatchObject({ code: 'permission_denied' });
    const { items } = await bench.ask('history.list', { kinds: ['alias.added', 'alias.moved', 'approval.requested'], limit: 100 });
    const here = items.filter((event) => event.subject.label.startsWith(`${registry}/`));
    expect(here.filter((event) => (event.after as { readonly alias?: string }).alias === 'production').map((event) => [event.kind, event.entrance])).toEqual([['approval.requested', 'sdk'], ['approval.requested', 'sdk']]);
  });

  test('finds the alias where it was granted, and links again without a word', async () => {
    const [first] = (await requests()).filter((one) => one.index === 0);
    await grant(first!.id);
    writeFileSync(files.granted, '');
    const told = await program.told('granted');
    expect(told['digest']).toBe(told['candidate']);
    expect(told['aliases']).toEqual(expect.arrayContaining(['candidate', 'production']));
    expect(await aliasesAt(`wandb-registry-${registry}/models:v0`)).toEqual(expect.arrayContaining(['candidate', 'production']));
  });

  test('saves the aliases that may be put, is told of the request for the other, once however often it saves', async () => {
    const told = (await program.told('edited')) as { readonly save: Failure; readonly again: Failure; readonly aliases: readonly string[] };
    const canary = (await requests()).filter((one) => one.alias === 'canary');
    expect(canary).toHaveLength(1);
    for (const one of [told.save, told.again]) expect(one.words).toContain(`request ${canary[0]?.id ?? 0} for “canary”`);
    expect(told.aliases).toEqual(expect.arrayContaining(['candidate', 'good', 'production']));
    expect(told.aliases).not.toContain('canary');
    await grant(canary[0]!.id);
    writeFileSync(files.edited_granted, '');
    expect((await program.told('edited_granted'))['aliases']).toEqual(expect.arrayContaining(['better', 'canary', 'candidate', 'good', 'production']));
  });

  test('is told what to do where a registry asks why, and nothing is left of it', async () => {
    const told = (await program.told('asked_why')) as { readonly run: Failure; readonly api: Failure; readonly exists: boolean };
    for (const one of [told.run, told.api]) {
      expect(one.words).toMatch(/reason|why/u);
      // What the newer client can send, and what is left to whoever has the older one.
      expect(one.words).toContain('WANDB_X_EXTRA_HTTP_HEADERS');
      expect(one.words).toContain('vitrine alias set');
    }
    expect(told.exists).toBe(false);
    expect((await bench.ask('collections.list', { limit: 100 })).items.filter((item) => item.registry === `Asking-${client}`)).toEqual([]);
  });
});
