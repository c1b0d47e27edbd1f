/** A bundle from another Vitrine, brought in from the first start: looked at first, then taken. */
import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { goToAddress, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder, workshop } from './workshop.ts';

test('a bundle is looked at and imported from the first start; what can’t be read is said', async ({ launch }) => {
  test.slow();
  const { data: elsewhere } = await workshop();
  const file = join(folder(), 'encoder.vitrine');
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: elsewhere, checkOutput: true });
  try {
    const { items } = await core.client.query('registries.list', {});
    const models = items.find((registry) => registry.name === 'Models');
    if (models === undefined) throw new Error('There are no Models.');
    await core.client.execute('bundles.export', { registryIds: [models.id], file });
  } finally {
    await core.stop();
  }

  const { window, pageErrors } = await launch(folder());
  await window.getByRole('main').getByRole('button', { name: 'Import…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Import' });
  await dialog.getByRole('textbox', { name: 'Bundle file' }).fill(join(folder(), 'nothing.vitrine'));
  await dialog.getByRole('button', { name: 'Look' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Bundle file' }).fill(file);
  await dialog.getByRole('button', { name: 'Look' }).click();
  const report = dialog.getByRole('region', { name: 'What would be done' });
  await expect(report).toContainText('would be taken');
  await expect(report).toContainText('minilm');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(toast(window, 'Imported:')).toBeVisible();
  await goToAddress(window, 'vitrine://registry/Models/Encoder');
  await expect(rowOf(table(window, 'Versions of Encoder'), /^v0/u).getByRole('button', { name: /Alias production/u })).toBeVisible();
  expect(pageErrors).toEqual([]);
});
