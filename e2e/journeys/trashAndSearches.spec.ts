/** The trash in numbers, simulated before anything goes; searches that are kept as smart collections, across a restart. */
import { vitrineJson } from '../cli/commandLine.ts';
import { goTo, goToAddress, heading, rowOf, searchFor, sidebarItem, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

test('what lies in the trash says what it would free, and goes only after that was said', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, 'vitrine://registry/Edge%20Models');
  await rowOf(table(window, 'Collections of Edge Models'), 'Wake Word Tiny').click({ button: 'right' });
  await window.getByRole('menuitem', { name: 'Delete…' }).click();
  await window.getByRole('alertdialog').getByRole('button', { name: /Delete/u }).click();
  await goTo(window, 'Trash');
  const trash = table(window, 'Trash, newest first');
  await expect(rowOf(trash, 'Wake Word Tiny')).toContainText('4 links');
  await expect(window.getByRole('main')).toContainText('purging frees');

  await window.getByRole('button', { name: /^Kept 7 days/u }).click();
  const days = window.getByRole('dialog', { name: 'How long things stay in the trash' });
  await days.getByRole('textbox', { name: 'Days' }).fill('0');
  await expect(days).toContainText('A whole number from 1');
  await days.getByRole('textbox', { name: 'Days' }).fill('3');
  await expect(days).toContainText('Nothing that lies there now would go at once.');
  await days.getByRole('button', { name: 'Set' }).click();
  await expect(window.getByRole('button', { name: /^Kept 3 days/u })).toBeVisible();

  await rowOf(trash, 'Wake Word Tiny').click();
  await window.getByRole('button', { name: 'Purge 1…' }).click();
  const asked = window.getByRole('alertdialog', { name: 'Purge 1 thing?' });
  await expect(asked).toContainText('1 thing goes for good');
  await expect(asked).toContainText('Frees no bytes');
  await asked.getByRole('button', { name: 'Purge' }).click();
  await expect(toast(window, 'Purged 1 thing')).toBeVisible();
  await expect(rowOf(trash, 'Wake Word Tiny')).toHaveCount(0);
  expect(pageErrors).toEqual([]);
});

test('a search is saved, stands in the sidebar after a restart, is renamed and removed', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const first = await launch(data);
  await searchFor(first.window, 'alias:production type:model');
  await first.window.getByRole('button', { name: 'Save search…' }).click();
  const dialog = first.window.getByRole('dialog', { name: 'Save this search' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('In production');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(sidebarItem(first.window, 'In production')).toBeVisible();
  await first.close({ keepData: true });

  const { window, pageErrors } = await launch(data);
  await sidebarItem(window, 'In production').click();
  await expect(heading(window)).toContainText('alias:production type:model');
  await expect(table(window, 'Hits').getByRole('row').nth(1)).toBeVisible();
  await sidebarItem(window, 'In production').click({ button: 'right' });
  await window.getByRole('menuitem', { name: 'Edit…' }).click();
  const edit = window.getByRole('dialog', { name: 'Edit “In production”' });
  await edit.getByRole('textbox', { name: 'Name' }).fill('Live');
  await edit.getByRole('button', { name: 'Save' }).click();
  await sidebarItem(window, 'Live').click({ button: 'right' });
  await window.getByRole('menuitem', { name: 'Remove' }).click();
  await expect(sidebarItem(window, 'Live')).toHaveCount(0);
  expect(pageErrors).toEqual([]);
});
