/** Undo after a restart: what was done last is offered still, one act after the other. */
import { join } from 'node:path';
import { serveVitrine, stopServing, vitrineJson } from '../cli/commandLine.ts';
import { startCore } from '../drivers/core.ts';
import { alias, dropFiles, goTo, goToAddress, heading, pressOn, rowOf, searchFor, table, toast, whenReady } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { historyLines, script } from './liveRun.ts';
import { applicationRoot, folder, modelFolder, workshop } from './workshop.ts';

test('acts are undone after the window was closed and opened again, the last one first', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const collection = 'vitrine://registry/Edge%20Models/Wake%20Word%20Tiny';
  const first = await launch(data);
  await goToAddress(first.window, collection);
  const before = table(first.window, 'Versions of Wake Word Tiny');
  await rowOf(before, /^v1/u).click({ button: 'right' });
  await first.window.getByRole('menuitem', { name: 'Unlink…' }).click();
  await first.window.getByRole('alertdialog').getByRole('button', { name: 'Unlink' }).click();
  await expect(before.getByRole('row')).toHaveCount(4);
  await expect(first.window.getByRole('alertdialog')).toHaveCount(0);
  await pressOn(alias(rowOf(before, /^v3/u), 'staging'), 'Delete');
  await expect(toast(first.window, 'Removed “staging” from v3')).toBeVisible();
  await first.close({ keepData: true });

  const { window, pageErrors } = await launch(data);
  await goToAddress(window, collection);
  const after = table(window, 'Versions of Wake Word Tiny');
  await expect(after.getByRole('row')).toHaveCount(4);
  await window.keyboard.press('ControlOrMeta+z');
  await expect(alias(rowOf(after, /^v3/u), 'staging')).toBeVisible();
  await window.keyboard.press('ControlOrMeta+z');
  await expect(after.getByRole('row')).toHaveCount(5);
  expect(pageErrors).toEqual([]);
});

test('what was dropped and logged is taken back by its toast, and by the key; a star too', async ({ launch }) => {
  const { data } = await workshop();
  const files = modelFolder(join(folder(), 'misplaced'), 2);
  const first = await launch(data);
  const { window } = first;
  const dialog = window.getByRole('dialog', { name: 'Log a new version' });
  await dropFiles(window, [files], window.getByRole('main'));
  await dialog.getByRole('button', { name: 'Log version' }).click();
  await toast(window, 'Logged misplaced v0').getByRole('button', { name: 'Undo' }).click();
  await expect(toast(window, 'Undone: Log misplaced:v0')).toBeVisible();
  await searchFor(window, 'misplaced');
  await expect(table(window, 'Hits')).toHaveAttribute('aria-rowcount', '1');
  await expect(rowOf(table(window, 'Hits'), 'misplaced')).toHaveCount(0);

  await dropFiles(window, [files], window.getByRole('main'));
  await dialog.getByRole('button', { name: 'Log version' }).click();
  await expect(toast(window, 'Logged misplaced v0')).toBeVisible();
  await expect(dialog).toBeHidden();
  await goToAddress(window, 'vitrine://registry/Models');
  await window.getByRole('button', { name: 'Star this registry' }).click();
  await expect(toast(window, 'Star “Models”')).toBeVisible();
  await first.close({ keepData: true });

  const { window: again, pageErrors } = await launch(data);
  await whenReady(again);
  await goToAddress(again, 'vitrine://registry/Models');
  await expect(again.getByRole('button', { name: 'Remove the star' })).toBeVisible();
  await again.keyboard.press('ControlOrMeta+z');
  await expect(again.getByRole('button', { name: 'Star this registry' })).toBeVisible();
  await searchFor(again, 'misplaced');
  await expect(rowOf(table(again, 'Hits'), /^misplaced v0/u)).toBeVisible();
  await again.keyboard.press('ControlOrMeta+z');
  await expect(toast(again, 'Undone: Log misplaced:v0')).toBeVisible();
  expect(pageErrors).toEqual([]);
});

test('an import is taken back as one act', async ({ launch }) => {
  test.slow();
  const { data: elsewhere } = await workshop();
  const file = join(folder(), 'encoder.vitrine');
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: elsewhere, checkOutput: true });
  try {
    const models = (await core.client.query('registries.list', {})).items.filter((registry) => registry.name === 'Models');
    await core.client.execute('bundles.export', { registryIds: models.map((registry) => registry.id), file });
  } finally {
    await core.stop();
  }
  const { window, pageErrors } = await launch(folder());
  await window.getByRole('main').getByRole('button', { name: 'Import…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Import' });
  await dialog.getByRole('textbox', { name: 'Bundle file' }).fill(file);
  await dialog.getByRole('button', { name: 'Look' }).click();
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await toast(window, 'Imported:').getByRole('button', { name: 'Undo' }).click();
  await expect(toast(window, /Undone: Import of bundle/u)).toBeVisible();
  await goToAddress(window, 'vitrine://registry/Models');
  await expect(window.getByRole('main')).not.toContainText('Encoder');
  expect(pageErrors).toEqual([]);
});

test('a deleted run is brought back after a restart, with what it had streamed; the sample is taken back by the key', async ({ launch }) => {
  test.slow();
  const data = folder();
  const first = await launch(data);
  await pressOn(first.window.getByRole('button', { name: 'Add the sample catalog' }));
  await toast(first.window, /^The sample is here/u).getByRole('button', { name: 'Undo' }).click();
  await expect(toast(first.window, 'Undone: Add the sample')).toBeVisible();
  await goTo(first.window, 'Start');
  await pressOn(first.window.getByRole('button', { name: 'Add the sample catalog' }));
  await expect(toast(first.window, /^The sample is here/u)).toBeVisible();
  const served = await serveVitrine(data);
  const { key } = await vitrineJson<{ readonly key: string }>(['key', 'create', 'trainer'], { data });
  const trainer = script(served.url, key);
  const run = await trainer.call('runs.create', { project: { name: 'lab' }, runId: 'short-lived', displayName: 'short-lived' });
  await trainer.call('runs.append', { id: run.id, history: { offset: 0, lines: historyLines(0, 40, (step) => ({ loss: 1 / (step + 1) })) }, complete: true, exitCode: 0 });
  const address = `vitrine://project/${encodeURIComponent(run.entity)}/lab/run/short-lived`;
  await goToAddress(first.window, address);
  await expect(heading(first.window)).toHaveText('short-lived');
  await pressOn(first.window.getByRole('button', { name: 'More', exact: true }));
  await pressOn(first.window.getByRole('menuitem', { name: 'Delete run…' }));
  await pressOn(first.window.getByRole('alertdialog').getByRole('button', { name: 'Delete' }));
  await expect(toast(first.window, 'Deleted “short-lived”')).toBeVisible();
  await stopServing(served);
  await first.close({ keepData: true });

  const { window, pageErrors } = await launch(data);
  await whenReady(window);
  await window.keyboard.press('ControlOrMeta+z');
  await expect(toast(window, 'Undone: Delete the run short-lived')).toBeVisible();
  await goToAddress(window, address);
  await expect(heading(window)).toHaveText('short-lived');
  await expect(window.getByRole('region', { name: 'loss', exact: true })).toBeVisible();
  expect(pageErrors).toEqual([]);
});
