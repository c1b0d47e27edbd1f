/** A person keeps the bytes of a version in a bucket: adds it, copies there, frees the copy here, gets it back. By mouse and by keyboard. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startCore } from '../drivers/core.ts';
import { startS3 } from '../drivers/servers.ts';
import { goTo, goToAddress } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder, modelFolder } from './workshop.ts';

const screenshots = join(import.meta.dirname, '..', 'output', 'screenshots');

async function look(window: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await window.emulateMedia({ colorScheme: theme });
    mkdirSync(join(screenshots, theme), { recursive: true });
    await window.screenshot({ path: join(screenshots, theme, `bytes-${name}.png`) });
  }
}

test('bytes of a version go to a bucket, are freed here and come back', async ({ launch }) => {
  const program = process.env['VITRINE_S3'];
  test.skip(program === undefined, process.env['VITRINE_NO_S3'] ?? process.env['VITRINE_NO_REMOTES'] ?? 'started without build/test.mjs, which gets the S3 server');
  test.setTimeout(600_000);
  const store = await startS3(program ?? '', join(folder(), 's3'), ['vault']);
  try {
    const data = folder();
    const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
    const { output: logged } = await core.client.execute('versions.log', { paths: [modelFolder(join(folder(), 'own'), 3)], project: { name: 'lab' }, artifact: 'reranker', type: 'model' });
    const { entity } = await core.client.query('versions.get', { id: logged.versionId });
    const address = `vitrine://project/${entity}/lab/artifact/reranker/v${logged.index}`;
    await core.stop();

    const { app, window, pageErrors } = await launch(data);
    const resize = (width: number): Promise<void> => app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size, 760), width);
    const main = window.getByRole('main');
    await test.step('a bucket is added once its test went well', async () => {
      await goTo(window, 'Sync');
      const buckets = main.getByRole('region', { name: 'Buckets' });
      await buckets.getByRole('button', { name: 'Add a bucket…' }).click();
      const dialog = window.getByRole('dialog', { name: 'Add a bucket' });
      await dialog.getByRole('textbox', { name: 'Endpoint' }).fill(store.url);
      await dialog.getByRole('textbox', { name: 'Bucket', exact: true }).fill('vault');
      await dialog.getByRole('textbox', { name: 'Access key' }).fill(store.accessKey);
      await dialog.getByLabel('Secret').fill('wrong');
      await dialog.getByRole('button', { name: 'Test' }).click();
      const found = dialog.getByRole('list', { name: 'What the test found' });
      await expect(found.getByRole('listitem').filter({ hasText: 'Sign-in' })).toHaveAttribute('data-verdict', 'failed');
      await dialog.getByLabel('Secret').fill(store.secretKey);
      await dialog.getByRole('button', { name: 'Test' }).click();
      await expect(found.getByRole('listitem').filter({ hasText: 'Writing' })).toHaveAttribute('data-verdict', 'well');
      await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Team vault');
      await look(window, 'add');
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(dialog).toBeHidden();
      await expect(buckets.getByText('Team vault')).toBeVisible();
      await look(window, 'buckets');
    });

    const line = main.getByRole('group', { name: 'Where its bytes are' });
    await test.step('bytes are copied there', async () => {
      await goToAddress(window, address);
      await window.getByRole('tab', { name: /^Files/u }).click();
      await expect(line).toContainText('Its bytes are here only.');
      await line.getByRole('button', { name: 'Copy to a bucket' }).click();
      await window.getByRole('menuitem', { name: 'Team vault' }).click();
      await expect(line).toContainText('Its bytes are here and at Team vault.');
      await look(window, 'here-and-there');
    });

    await test.step('the copy here is freed, and got back, by keyboard', async () => {
      await line.getByRole('button', { name: 'Free the copy here' }).focus();
      await window.keyboard.press('Enter');
      await expect(line).toContainText('Its bytes are only at Team vault.');
      await look(window, 'only-there');
      await resize(760);
      await look(window, 'only-there-760');
      await resize(1280);
      await line.getByRole('button', { name: 'Get the bytes' }).focus();
      await window.keyboard.press('Enter');
      await expect(line).toContainText('Its bytes are here and at Team vault.');
    });
    expect(pageErrors).toEqual([]);
  } finally {
    await store.stop();
  }
});
