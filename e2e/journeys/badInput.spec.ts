/** What goes wrong, in the window: each with words of its own and a way out, and nothing lost or half-written. */
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { vitrineJson, writeFiles } from '../cli/commandLine.ts';
import { startCore } from '../drivers/core.ts';
import { dropFiles, heading, sidebarItem, table, toast, unfold } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder, workshop } from './workshop.ts';

test('a catalog from a newer version has its own screen, and not a byte of it changes', async ({ launch }) => {
  const { data } = await workshop();
  const file = join(data, 'catalog.db');
  const db = new Database(file);
  db.pragma('user_version = 9990');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const before = readFileSync(file);
  const { window } = await launch(data, { untilReady: false });
  await expect(window.getByRole('heading', { name: 'The catalog is from a newer Vitrine' })).toBeVisible();
  await expect(window.getByText('Nothing was touched')).toBeVisible();
  await expect(window.getByRole('button', { name: 'Open another catalog…' })).toBeVisible();
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a damaged catalog still starts, is kept, and its backup is offered and restored', async ({ launch }) => {
  const { data } = await workshop();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data });
  await core.client.execute('catalog.backup', {});
  await core.stop();
  truncateSync(join(data, 'catalog.db'), 5000);
  const { window } = await launch(data);
  await expect(window.getByText('The catalog file was damaged and is kept as')).toBeVisible();
  expect(readdirSync(data).some((name) => name.startsWith('catalog.db.damaged-'))).toBe(true);
  await window.getByRole('button', { name: 'Restore the backup…' }).click();
  await window.getByRole('alertdialog').getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(window.getByText('is open in its place')).toBeVisible();
  // What the backup holds comes by itself: the registry has something to unfold again.
  await expect(sidebarItem(window, 'Models').last()).toHaveAttribute('aria-expanded', 'false');
  await unfold(window, 'Models');
  await expect(sidebarItem(window, 'Encoder')).toBeVisible();
});

test('a card with scripts, hostile links and megabytes of text is only text', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data });
  const collection = await core.client.query('collections.get', { registry: 'Models', name: 'Encoder' });
  const hostile = [
    '# A card', '<script>window.hacked = true</script>', '<img src=x onerror="window.hacked = true">', '<iframe srcdoc="<script>parent.hacked = true</script>"></iframe>',
    '[press me](javascript:window.hacked=true)', '[data](data:text/html,<script>window.hacked=true</script>)', '![beacon](https://example.invalid/pixel.png)', '<svg onload="window.hacked=true">',
  ].join('\n\n');
  await core.client.execute('collections.update', { id: collection.id, description: hostile });
  // The whole contract's worth of text, and one character more than that is refused with its limit.
  const spare = await core.client.query('collections.get', { registry: 'Models', name: 'Spare' });
  await core.client.execute('collections.update', { id: spare.id, description: 'lorem ipsum '.repeat(83_000) });
  await expect(core.client.execute('collections.update', { id: spare.id, description: 'x'.repeat(10_000_000) })).rejects.toMatchObject({ code: 'bad_input', details: { explanation: expect.stringContaining('at most 1000000 characters') as unknown } });
  await core.stop();

  const { window } = await launch(data);
  await unfold(window, 'Models');
  await sidebarItem(window, 'Encoder').click();
  await window.getByRole('tab', { name: /^Card/u }).click();
  const card = window.getByRole('region', { name: 'Card' });
  await expect(card.getByRole('heading', { name: 'A card' })).toBeVisible();
  expect(await card.locator('script, iframe, svg[onload], img[onerror], a[href^="javascript:"], a[href^="data:"]').count()).toBe(0);
  for (const text of ['press me', 'data']) await card.getByText(text, { exact: true }).click();
  expect(await window.evaluate(() => (globalThis as { hacked?: boolean }).hacked ?? false)).toBe(false);
  expect(await window.evaluate(() => location.protocol)).toBe('app:');

  await sidebarItem(window, 'Spare').click();
  await window.getByRole('tab', { name: /^Card/u }).click();
  await expect(window.getByRole('region', { name: 'Card' })).toContainText('lorem ipsum');
  await test.step('ten megabytes pasted into the card are left out with the limit, at once; what was written stays', async () => {
    await sidebarItem(window, 'Encoder').click();
    await window.getByRole('tab', { name: /^Card/u }).click();
    await window.getByRole('button', { name: 'Edit card' }).click();
    const source = window.getByRole('textbox', { name: 'Card, in Markdown' });
    await source.focus();
    await window.keyboard.insertText('lorem ipsum '.repeat(875_000));
    await expect(window.getByRole('alert').filter({ hasText: 'A card holds at most 1,000,000 characters; the text has 10,500,000 and was left out.' })).toBeVisible();
    await expect(source).toHaveValue(hostile);
    await window.keyboard.insertText('An end. ');
    await expect(window.getByRole('alert').filter({ hasText: 'A card holds at most' })).toHaveCount(0);
    await expect(window.getByRole('region', { name: 'Preview of the card' })).toContainText('An end.');
    await window.getByRole('button', { name: 'Discard changes' }).click();
    await sidebarItem(window, 'Spare').click();
  });
  // The window still answers.
  await window.getByRole('tab', { name: /^Versions/u }).click();
  await expect(heading(window)).toContainText('Spare');
});

test('what can’t be logged is said where it was dropped, with the file and the reason, and nothing is written', async ({ launch }) => {
  const { data } = await workshop();
  const before = await vitrineJson(['ls', 'projects'], { data });
  const { window, pageErrors } = await launch(data);
  const dialog = window.getByRole('dialog', { name: 'Log a new version' });
  const logged = dialog.getByRole('button', { name: 'Log version' });

  await test.step('a link that leads out of the folder', async () => {
    const outside = writeFiles(folder(), { 'secret.txt': 'not yours' });
    const leaky = writeFiles(folder(), { 'model.bin': 'weights' });
    symlinkSync(join(outside, 'secret.txt'), join(leaky, 'inside.txt'));
    await dropFiles(window, [leaky], window.getByRole('main'));
    await expect(dialog).toContainText('A link points outside the folder');
    await expect(dialog).toContainText('inside.txt');
    await expect(dialog).toContainText('Nothing was logged.');
    await expect(logged).toHaveCount(0);
    await window.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  await test.step('folders without a file', async () => {
    const empty = folder();
    mkdirSync(join(empty, 'nothing', 'either'), { recursive: true });
    await dropFiles(window, [empty], window.getByRole('main'));
    await expect(dialog).toContainText('There are no files in it');
    await expect(logged).toHaveCount(0);
    await expect(dialog.getByRole('button', { name: 'Choose another folder' })).toBeVisible();
    await window.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  await test.step('a file that goes away before it is read', async () => {
    const vanishing = writeFiles(folder(), { 'model.bin': 'weights', 'soon-gone.bin': 'here still' });
    await dropFiles(window, [vanishing], window.getByRole('main'));
    await expect(dialog).toContainText('2 files');
    rmSync(vanishing, { recursive: true });
    await logged.click();
    await expect(dialog.getByRole('alert')).toContainText(basename(vanishing));
    // What was filled in stays.
    await expect(dialog.getByRole('textbox', { name: 'Artifact' })).toHaveValue(basename(vanishing));
    await window.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });
  expect(pageErrors).toEqual([]);
  expect(await vitrineJson(['ls', 'projects'], { data })).toEqual(before);
});

test('ten thousand aliases pasted at once are refused with the rule, and none is set', async ({ launch }) => {
  const { data } = await workshop();
  const { window } = await launch(data);
  await unfold(window, 'Models');
  await sidebarItem(window, 'Encoder').click();
  const row = table(window, 'Versions of Encoder').getByRole('row').filter({ hasText: 'v0' });
  await row.hover();
  await row.getByRole('button', { name: /add .*alias/iu }).click();
  const field = window.getByRole('textbox', { name: /alias/iu }).last();
  await field.fill(Array.from({ length: 10_000 }, (_, index) => `alias-${index}`).join(', '));
  await expect(window.getByText(/at most 100|100 at once|too many/iu).first()).toBeVisible();
  await field.press('Enter');
  await window.keyboard.press('Escape');
  await expect(row.getByRole('button', { name: 'Alias alias-0' })).toHaveCount(0);
  await expect(toast(window, /alias-0/u)).toHaveCount(0);
});
