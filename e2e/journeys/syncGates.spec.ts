/** What moved at the server and a gate holds here is shown, asked for and settled in the window; what the settings say of deletions, seen to go. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeMlflows, type FakeMlflow, type FakeMlflows } from '../../electron/core/sync/testing/fakeMlflow.ts';
import { serveVitrine, stopServing, vitrine, vitrineJson } from '../cli/commandLine.ts';
import { startCore } from '../drivers/core.ts';
import { goTo, goToAddress, heading, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { script } from './liveRun.ts';
import { applicationRoot, folder } from './workshop.ts';

const screenshots = join(import.meta.dirname, '..', 'output', 'screenshots');
let fakes: FakeMlflows;
test.beforeAll(async () => {
  fakes = await startFakeMlflows();
});
test.afterAll(() => fakes.close());

/** A registry “Team” that follows a server with one model of three versions; its `production` stands on the first, and is protected and behind a gate here. */
async function followed(): Promise<{ readonly data: string; readonly server: FakeMlflow; readonly key: string }> {
  const data = folder();
  const server = fakes.make();
  server.act('client', 'registered-models/create', { name: 'gemma' });
  for (let version = 0; version < 3; version++) server.act('client', 'model-versions/create', { name: 'gemma', source: 'x' });
  server.act('client', 'registered-models/alias', { name: 'gemma', alias: 'production', version: '1' });
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    const { client } = core;
    const { output: remote } = await client.execute('remotes.add', { kind: 'mlflow', name: 'Team server', url: server.url, registry: 'Team' });
    await client.execute('sync.run', { remoteId: remote.id });
    await client.execute('remotes.update', { id: remote.id, pushes: true });
    await client.execute('registries.update', { id: remote.registry.id, protectedAliases: ['production'] });
    await client.execute('gates.set', { registryId: remote.registry.id, gates: [{ alias: 'production', approvals: 1, deciders: 'admin', checks: [] }] });
  } finally {
    await core.stop();
  }
  await vitrine(['user', 'create', 'bea', '--name', 'Bea', '--role', 'admin'], { data });
  const { key } = await vitrineJson<{ readonly key: string }>(['key', 'create', 'bea', '--user', 'bea'], { data });
  return { data, server, key };
}

test('a protected alias that moved at the server while a gate holds it here waits, is asked for, and comes once somebody else granted it', async ({ launch }) => {
  test.slow();
  const { data, server, key } = await followed();
  server.act('client', 'registered-models/alias', { name: 'gemma', alias: 'production', version: '3' });
  const { app, window, pageErrors } = await launch(data);
  const sized = async (width: number): Promise<void> => {
    await app.evaluate(({ BrowserWindow }, wide) => BrowserWindow.getAllWindows()[0]?.setContentSize(wide, 820), width);
    await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width);
  };
  const look = async (name: string): Promise<void> => {
    for (const theme of ['light', 'dark'] as const) {
      await window.emulateMedia({ colorScheme: theme });
      mkdirSync(join(screenshots, theme), { recursive: true });
      for (const width of [760, 1280]) {
        await sized(width);
        await window.screenshot({ path: join(screenshots, theme, `sync-${name}${width === 760 ? '-760' : ''}.png`) });
      }
    }
  };
  const main = window.getByRole('main');
  const conflict = main.getByRole('article', { name: 'Team/gemma production' });

  await test.step('it did not move here, and the Sync place says why', async () => {
    await goTo(window, 'Sync');
    await expect(conflict).toContainText('only once that is approved', { timeout: 60_000 });
    await expect(conflict.getByRole('button', { name: 'Take theirs' })).toHaveAttribute('aria-disabled', 'true');
    await look('held');
    await goToAddress(window, 'vitrine://registry/Team/gemma');
    await expect(rowOf(table(window, 'Versions of gemma'), /^v0/u).getByRole('button', { name: /Alias production/u })).toBeVisible();
  });

  await test.step('an approval is asked for by keys, from the conflict itself', async () => {
    await goTo(window, 'Sync');
    await conflict.getByRole('button', { name: 'Request approval' }).focus();
    await window.keyboard.press('Enter');
    await expect(toast(window, 'Approval of production on Team/gemma:v2 is requested')).toBeVisible();
    await conflict.getByRole('button', { name: 'Open approvals' }).click();
    const request = main.getByRole('list', { name: 'Requests for approval' }).getByRole('listitem').first();
    await expect(request).toContainText('It was moved at Team server.');
    await look('held-request');
  });

  await test.step('granted by somebody else, it moves here, and nothing is left to decide', async () => {
    const served = await serveVitrine(data);
    const bea = script(served.url, key);
    const { items } = (await bea.call('approvals.list', { forMe: true })) as unknown as { readonly items: readonly { readonly id: number }[] };
    await bea.call('approvals.decide', { id: items[0]?.id, vote: 'grant' } as never);
    await stopServing(served);
    await goToAddress(window, 'vitrine://registry/Team/gemma');
    await expect(rowOf(table(window, 'Versions of gemma'), /^v2/u).getByRole('button', { name: /Alias production/u })).toBeVisible();
    await goTo(window, 'Sync');
    await main.getByRole('button', { name: /^Sync now/u }).click();
    await expect(conflict).toBeHidden({ timeout: 60_000 });
    expect(server.models.get('gemma')?.aliases.get('production')).toBe(3);
  });

  await test.step('deletions follow once the settings say so, after the plan said what goes', async () => {
    await goToAddress(window, 'vitrine://settings/remotes');
    await expect(heading(window)).toContainText('Settings');
    const deletions = main.getByRole('switch', { name: 'What is deleted here' });
    await expect(deletions).not.toBeChecked();
    await deletions.focus();
    await window.keyboard.press('Space');
    await expect(deletions).toBeChecked();
    await deletions.scrollIntoViewIfNeeded();
    await look('deletions');
    await goToAddress(window, 'vitrine://registry/Team/gemma');
    const rows = table(window, 'Versions of gemma');
    await rowOf(rows, /^v1/u).click({ button: 'right' });
    await window.getByRole('menuitem', { name: 'Unlink…' }).click();
    await window.getByRole('alertdialog').getByRole('button', { name: /^Unlink/u }).click();
    await expect.poll(() => [...(server.models.get('gemma')?.versions.keys() ?? [])], { timeout: 60_000 }).toEqual([1, 3]);
  });

  expect(pageErrors).toEqual([]);
});

test('a collection beyond the first thousand is found, pinned and followed; a version whose bytes can’t be had says why on its page', async ({ launch }) => {
  test.slow();
  const data = folder();
  const server = fakes.make();
  server.act('client', 'registered-models/create', { name: 'gemma' });
  server.act('client', 'model-versions/create', { name: 'gemma', source: 'file:///elsewhere/model' });
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    const { client } = core;
    const { output: remote } = await client.execute('remotes.add', { kind: 'mlflow', name: 'Team server', url: server.url, registry: 'Team', bytes: { kind: 'all' } });
    for (let number = 0; number < 1100; number++) await client.execute('collections.create', { registryId: remote.registry.id, name: `model-${String(number).padStart(4, '0')}`, type: 'model' });
    await client.execute('sync.run', { remoteId: remote.id });
  } finally {
    await core.stop();
  }
  const { window, pageErrors } = await launch(data);
  const look = async (name: string): Promise<void> => {
    for (const theme of ['light', 'dark'] as const) {
      await window.emulateMedia({ colorScheme: theme });
      mkdirSync(join(screenshots, theme), { recursive: true });
      await window.screenshot({ path: join(screenshots, theme, `sync-${name}.png`) });
    }
  };
  const main = window.getByRole('main');

  await test.step('the version says why its bytes are not here', async () => {
    await goToAddress(window, 'vitrine://registry/Team/gemma/v0');
    await window.getByRole('tab', { name: /^Files/u }).click();
    const bytes = main.getByRole('group', { name: 'Where its bytes are' });
    await expect(bytes).toContainText('They could not be had:');
    await expect(bytes.getByRole('button', { name: 'Try again' })).toBeVisible();
    await look('trouble');
  });

  await test.step('among pinned collections, by typing', async () => {
    await goToAddress(window, 'vitrine://settings/remotes');
    await main.getByRole('button', { name: 'Choose…' }).click();
    const dialog = window.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Bring files here' }).click();
    await window.getByRole('option', { name: 'Of pinned collections' }).click();
    await dialog.getByRole('combobox', { name: 'Pinned collections' }).fill('MODEL-1099');
    await window.getByRole('option', { name: 'model-1099' }).click();
    await expect(dialog.getByText('model-1099')).toBeVisible();
    // What is looked for next takes nothing from what was chosen.
    await dialog.getByRole('combobox', { name: 'Pinned collections' }).fill('model-0001');
    await expect(window.getByRole('option')).toHaveText(['model-0001']);
    await expect(window.getByRole('option')).toHaveAttribute('data-highlighted', '');
    await window.keyboard.press('Enter');
    await look('pinned');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(main.getByRole('region', { name: 'Team server' })).toContainText('2 pinned collections');
  });

  await test.step('among those that follow', async () => {
    await main.getByRole('combobox', { name: 'What follows' }).click();
    await window.getByRole('option', { name: 'Chosen collections' }).click();
    await main.getByRole('combobox', { name: 'Collections' }).fill('team/model-1098');
    await window.getByRole('option', { name: 'model-1098' }).click();
    await expect(main.getByRole('region', { name: 'Team server' }).getByText('model-1098')).toBeVisible();
  });

  expect(pageErrors).toEqual([]);
});
