/** Core and other processes around an open window: core falls while work is under way; a second start; the command line beside it. */
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { coreOf, spawnVitrine } from '../drivers/electron.ts';
import { serveVitrine, stopServing, vitrineJson } from '../cli/commandLine.ts';
import { alias, dropFiles, heading, rowOf, searchFor, sidebarItem, statusLine, table, toast, unfold } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder, modelFolder, workshop } from './workshop.ts';

test('core falls twice while a query and a command are under way: the window says so, asks again, and shows what is true', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const vitrine = await launch(data);
  const { window } = vitrine;
  await unfold(window, 'Models');
  await sidebarItem(window, 'Encoder').click();
  const versions = table(window, 'Versions of Encoder');
  await expect(alias(rowOf(versions, 'v0'), 'production')).toBeVisible();

  for (const round of ['first', 'second']) {
    await test.step(`the ${round} fall`, async () => {
      const core = await coreOf(vitrine);
      const before = vitrine.facts.all().length;
      // Held still, it can't answer: what is asked from now on is under way when it falls.
      process.kill(core, 'SIGSTOP');
      await window.getByRole('button', { name: 'Star this collection' }).click();
      const box = window.getByRole('combobox', { name: 'Search the catalog' });
      await box.fill('minilm');
      await box.press('Enter');
      await expect(heading(window)).toContainText('minilm');
      process.kill(core, 'SIGKILL');
      await vitrine.facts.wait('core-exited', { after: before });

      // The command was not done and says so; the query was asked once more and answered.
      await expect(toast(window, 'The core was restarted')).toBeVisible();
      await expect(rowOf(table(window, 'Hits'), 'minilm')).not.toHaveCount(0);
      await vitrine.facts.wait('core-ready', { after: before });
      await expect(statusLine(window)).toContainText('Ready');
      expect(await coreOf(vitrine)).not.toBe(core);
      await window.keyboard.press('Escape');
      await sidebarItem(window, 'Encoder').click();
      await expect(alias(rowOf(versions, 'v0'), 'production')).toBeVisible();
      await expect(window.getByRole('button', { name: 'Star this collection' })).toBeVisible();
    });
  }

  await test.step('afterwards acts work and changes are followed', async () => {
    await vitrineJson(['alias', 'set', 'wandb-registry-Models/Encoder:v0', 'after-all'], { data });
    await expect(alias(rowOf(versions, 'v0'), 'after-all')).toBeVisible();
    expect(await vitrineJson(['audit', 'verify'], { data })).toMatchObject({ intact: true });
  });
});

test('a log under way when core falls says so in its form, leaves no version and nothing broken', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const big = modelFolder(join(folder(), 'big'), 4);
  // Holes cost no room on the disk, but each byte is read and hashed: it takes its time.
  truncateSync(join(big, 'model.safetensors'), 3 * 1024 ** 3);
  const vitrine = await launch(data);
  const { window } = vitrine;
  await dropFiles(window, [big], window.getByRole('main'));
  const dialog = window.getByRole('dialog', { name: 'Log a new version' });
  await dialog.getByRole('button', { name: 'Log version' }).click();
  await expect(dialog.getByRole('progressbar', { name: 'Logging big' })).toHaveAttribute('aria-valuenow', /[1-9]/u);
  const before = vitrine.facts.all().length;
  process.kill(await coreOf(vitrine), 'SIGKILL');
  await expect(dialog.getByRole('alert')).toContainText('The core was restarted');
  await expect(dialog.getByRole('textbox', { name: 'Artifact' })).toHaveValue('big');
  await vitrine.facts.wait('core-ready', { after: before });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(statusLine(window)).toContainText('2 versions');
  const { findings } = await vitrineJson<{ findings: readonly { check: string; verdict: string }[] }>(['doctor', '--deep'], { data });
  expect(findings.filter((finding) => finding.verdict === 'broken')).toEqual([]);
});

test('a second start focuses the first and hands over its address; the first goes there', async ({ launch }) => {
  const { data } = await workshop();
  const vitrine = await launch(data);
  await vitrine.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  const second = spawnVitrine(data, { args: ['vitrine://registry/Models/Encoder'] });
  expect(await second.exited).toBe(0);
  await expect(heading(vitrine.window)).toContainText('Encoder');
  await expect.poll(() => vitrine.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((each) => [each.isMinimized(), each.isVisible()]))).toEqual([[false, true]]);
  const third = spawnVitrine(data, { args: ['vitrine://registry/Models/Nothing%20like%20that'] });
  expect(await third.exited).toBe(0);
  await expect(vitrine.window.getByRole('main')).toContainText('Not found');
  const fourth = spawnVitrine(data, { args: ['vitrine://registry/../../etc/passwd'] });
  expect(await fourth.exited).toBe(0);
  await expect(toast(vitrine.window, 'That link can’t be opened')).toBeVisible();
});

test('the command line beside an open window goes through its core, and the window follows without being told', async ({ launch }) => {
  const { data } = await workshop();
  const vitrine = await launch(data);
  const { window } = vitrine;
  await searchFor(window, 'minilm');
  await expect(rowOf(table(window, 'Hits'), 'minilm')).toHaveCount(2);
  await unfold(window, 'Models');
  await sidebarItem(window, 'Encoder').click();
  const versions = table(window, 'Versions of Encoder');
  await expect(versions.getByRole('row')).toHaveCount(2);
  await window.evaluate(() => Reflect.set(window, 'sameDocument', true));

  const files = modelFolder(join(folder(), 'minilm'), 5);
  expect(await vitrineJson(['log', files, '-n', 'minilm', '-p', 'lab'], { data })).toMatchObject({ index: 1 });
  await vitrineJson(['link', 'lab/minilm:v1', 'Models/Encoder', '-a', 'production'], { data });
  await expect(alias(rowOf(versions, 'v1'), 'production')).toBeVisible();
  await expect(alias(rowOf(versions, 'v0'), 'production')).toHaveCount(0);
  await expect(statusLine(window)).toContainText('3 versions');
  expect(await window.evaluate(() => Reflect.get(window, 'sameDocument') as unknown)).toBe(true);
  // One owner all the time: the command did not open the folder for itself.
  expect(vitrine.facts.all().filter((fact) => fact.fact === 'core-exited')).toEqual([]);

  await test.step('serve beside it opens the window’s own door, and closes it again', async () => {
    const served = await serveVitrine(data);
    const reply = await fetch(`${served.url}/api/operations/catalog.status`, { method: 'POST', headers: { authorization: `Bearer ${served.apiKey}`, 'content-type': 'application/json' }, body: '{}' });
    expect(((await reply.json()) as { output: { counts: { versions: number } } }).output.counts.versions).toBe(3);
    expect((await stopServing(served)).code).toBe(0);
    await expect(fetch(`${served.url}/healthz`)).rejects.toThrow();
    await expect(statusLine(window)).toContainText('Ready');
  });
  expect(vitrine.pageErrors).toEqual([]);
});
