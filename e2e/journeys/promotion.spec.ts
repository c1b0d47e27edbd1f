/** From one registry into another: by dragging a collection, by the menu and by a key; what would happen is said before, one undo takes it back. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vitrine, vitrineJson } from '../cli/commandLine.ts';
import { doByPalette, dragWithMouse, goToAddress, heading, rowOf, sidebarItem, table, toast, unfold } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

test('versions go on from one registry into another, and several are unlinked at once', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window, pageErrors } = await launch(data);
  const dialog = window.getByRole('dialog', { name: 'Promote' });
  const outcome = dialog.getByRole('status', { name: 'What would happen' });

  await test.step('a collection is dragged onto a registry: a version is chosen, aliases go along', async () => {
    await unfold(window, 'Models');
    await dragWithMouse(window, sidebarItem(window, 'Wake Word').last(), sidebarItem(window, 'Edge Models').last());
    await expect(window.getByText('Promote Wake Word to Edge Models…')).toBeVisible();
    await window.mouse.up();
    await expect(dialog.getByRole('combobox', { name: 'Version' })).toContainText('v6');
    await expect(dialog.getByRole('combobox', { name: 'Into registry' })).toContainText('Edge Models');
    await expect(outcome).toContainText('Becomes v0 of Wake Word.');
    await dialog.getByRole('switch', { name: /^Carry 3 aliases along/u }).click();
    await expect(outcome).toContainText('production');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Small enough for the device');
    await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
    const told = toast(window, 'to Edge Models / Wake Word as v0');
    await expect(told).toBeVisible();
    await told.getByRole('button', { name: 'Open' }).click();
    await expect(heading(window)).toHaveText('Wake Word');
    await expect(rowOf(table(window, 'Versions of Wake Word'), 'v0').getByRole('button', { name: /Alias production/u })).toBeVisible();
  });

  await test.step('the same by keys: selected rows and P, into the collection that is there now', async () => {
    await goToAddress(window, 'vitrine://registry/Models/Wake%20Word');
    const rows = table(window, 'Versions of Wake Word');
    await expect(rowOf(rows, /^v6/u)).toBeVisible();
    await rows.focus();
    await window.keyboard.press('Home');
    await window.keyboard.press('ArrowDown');
    await window.keyboard.press('Shift+ArrowDown');
    await window.keyboard.press('p');
    await expect(dialog).toContainText('2 versions');
    await expect(outcome).toContainText('2 versions become v1 to v2 of Wake Word.');
    await dialog.getByRole('button', { name: 'Promote 2' }).press('Enter');
    const told = toast(window, 'Promoted 2 versions to Edge Models / Wake Word');
    await told.getByRole('button', { name: 'Undo' }).click();
    await expect(told).toBeHidden();
    await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word');
    await expect(table(window, 'Versions of Wake Word').getByRole('row')).toHaveCount(2);
  });

  await test.step('the palette promotes what is selected; what the registry doesn’t take is not offered', async () => {
    await goToAddress(window, 'vitrine://registry/Datasets/Weld%20Images');
    await rowOf(table(window, 'Versions of Weld Images'), /^v3/u).click();
    await doByPalette(window, 'promote to another', 'Promote to another registry…');
    await dialog.getByRole('combobox', { name: 'Into registry' }).click();
    await expect(window.getByRole('option', { name: /Models/u }).first()).toHaveAttribute('aria-disabled', 'true');
    await window.keyboard.press('Escape');
    await window.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    // Once it is wholly gone, who pressed the keys is back at the row.
    await expect(table(window, 'Versions of Weld Images')).toBeFocused();
  });

  await test.step('unlinking says what goes before it goes', async () => {
    await goToAddress(window, 'vitrine://registry/Models/Search%20Encoder');
    const rows = table(window, 'Versions of Search Encoder');
    await rowOf(rows, /^v5/u).click();
    await rowOf(rows, /^v6/u).click({ modifiers: ['ControlOrMeta'] });
    await window.getByRole('toolbar', { name: 'Selected versions' }).getByRole('button', { name: 'Unlink…' }).click();
    const asked = window.getByRole('alertdialog', { name: 'Unlink 2 versions from Search Encoder?' });
    await expect(asked).toContainText('3 aliases go');
    await expect(asked).toContainText('“latest” moves to v4');
    await asked.getByRole('button', { name: 'Unlink 2' }).click();
    const told = toast(window, 'Unlinked 2 versions from Search Encoder');
    await expect(rows.getByRole('row')).toHaveCount(6);
    await told.getByRole('button', { name: 'Undo' }).click();
    await expect(rows.getByRole('row')).toHaveCount(8);
  });

  expect(pageErrors).toEqual([]);
});

test('an alias that would move onto a version without approval is said to wait for one before anything is done, and nothing is', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const gates = join(folder(), 'gates.yaml');
  writeFileSync(gates, '- alias: production\n  approvals: 1\n');
  await vitrine(['gate', 'set', 'Edge Models', gates], { data });
  const { window, pageErrors } = await launch(data);
  const dialog = window.getByRole('dialog', { name: 'Promote' });
  const outcome = dialog.getByRole('status', { name: 'What would happen' });
  const openPromotion = async (): Promise<void> => {
    await goToAddress(window, 'vitrine://registry/Models/Wake%20Word');
    const rows = table(window, 'Versions of Wake Word');
    await expect(rowOf(rows, /^v6/u)).toBeVisible();
    await rows.focus();
    await window.keyboard.press('Home');
    await window.keyboard.press('p');
    await expect(dialog).toBeVisible();
    await dialog.getByRole('combobox', { name: 'Into registry' }).click();
    await window.getByRole('option', { name: /Edge Models/u }).click();
  };

  // Without its aliases it goes in, and nothing is said of approvals.
  await openPromotion();
  await expect(outcome).toContainText('Becomes v0 of Wake Word.');
  await expect(outcome).not.toContainText('approved');
  await dialog.getByRole('button', { name: 'Promote', exact: true }).press('Enter');
  await expect(toast(window, 'to Edge Models / Wake Word as v0')).toBeVisible();

  await openPromotion();
  await dialog.getByRole('switch', { name: /^Carry 3 aliases along/u }).press('Space');
  await expect(outcome).toContainText('“production” may stand on Edge Models/Wake Word:v0 only once that is approved');
  await dialog.getByRole('button', { name: 'Promote', exact: true }).press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('That has to be approved first.');
  await window.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word');
  await expect(rowOf(table(window, 'Versions of Wake Word'), /^v0/u).getByRole('button', { name: /^Alias (production|staging|candidate)/u })).toHaveCount(0);
  expect(pageErrors).toEqual([]);
});
