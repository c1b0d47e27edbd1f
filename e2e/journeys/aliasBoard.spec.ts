/** The alias board: what stands where, moved by dragging and by keys, refused where it is protected, undone. */
import { vitrineJson } from '../cli/commandLine.ts';
import { beginDrag, dragOver, goTo, heading, pressOn, rowOf, sidebarItem, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

test('aliases are moved on the board with the mouse and with the keys', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window, pageErrors } = await launch(data);
  const board = table(window, 'Aliases of collections');
  const row = rowOf(board, 'Review Sentiment');
  const chip = (alias: string, index: number, collection = 'Review Sentiment') => window.getByRole('button', { name: new RegExp(`^${alias} on v${index} of ${collection}`, 'u') });

  await test.step('the rail leads there, and it says what stands where and how far behind', async () => {
    await goTo(window, 'Alias board');
    await expect(heading(window)).toHaveText('Alias board');
    await expect(board.getByRole('columnheader', { name: 'production' })).toBeVisible();
    await expect(chip('production', 4)).toBeVisible();
    await expect(row).toContainText('2 behind');
  });

  await test.step('a chip is dragged to a version that has no alias: the versions unfold while it is under way', async () => {
    await beginDrag(window, chip('staging', 5));
    const shelf = window.getByRole('group', { name: 'Versions that staging can move to' });
    await dragOver(window, shelf.locator('> div > div').filter({ hasText: /^v3/u }));
    await expect(window.getByText('Move “staging” from v5 to v3')).toBeVisible();
    await window.mouse.up();
    const told = toast(window, 'Moved “staging” from v5 to v3');
    await expect(chip('staging', 3)).toBeVisible();
    await told.getByRole('button', { name: 'Undo' }).click();
    await expect(chip('staging', 5)).toBeVisible();
  });

  await test.step('dropped on another cell of its row it goes where that alias stands; another row refuses it', async () => {
    const other = rowOf(board, 'Weld Detector').first().locator('[data-board-cell$=" candidate"]');
    const same = row.locator('[data-board-cell$=" candidate"]');
    await beginDrag(window, chip('staging', 5));
    await expect(other).toHaveAttribute('data-drop', 'refused');
    await dragOver(window, other, { shown: window.getByText('An alias moves within its own collection only.') });
    await dragOver(window, same);
    await window.mouse.up();
    await expect(chip('staging', 6)).toBeVisible();
  });

  await test.step('a protected one is asked about first', async () => {
    await chip('production', 4).click();
    await window.getByRole('menuitem', { name: 'Move to…' }).click();
    const choose = window.getByRole('dialog', { name: 'Move “production” in Review Sentiment' });
    await choose.getByRole('textbox', { name: 'Filter versions' }).fill('v5');
    await pressOn(choose.getByRole('textbox', { name: 'Filter versions' }));
    const asked = window.getByRole('dialog', { name: 'Move “production” from v4 to v5?' });
    await asked.getByRole('textbox', { name: 'Reason' }).fill('Better on long reviews');
    await asked.getByRole('button', { name: 'Move it' }).click();
    await expect(chip('production', 5)).toBeVisible();
    // Who, since when and why: of the cell under the pointer.
    await chip('production', 5).hover();
    const facts = window.getByRole('note', { name: 'About the alias' });
    await expect(facts).toContainText(/“production”, protected, is on v5 of Review Sentiment .* since .*just now.*, put there by .+: “Better on long reviews”/u);
    await expect(facts).toContainText('1 behind the newest');
    await expect(chip('production', 5).locator('xpath=../..')).toContainText('just now');
  });

  await test.step('by keys alone: from cell to cell, picked up, put down, taken off', async () => {
    await board.focus();
    await window.keyboard.press('Home');
    await expect(board).toHaveAttribute('aria-activedescendant', /row0$/u);
    await window.keyboard.press('ArrowRight');
    await expect(rowOf(board, 'Churn Forecast').locator('[data-active-cell]')).toHaveAttribute('data-board-cell', / candidate$/u);
    await window.mouse.move(5, 5);
    await expect(window.getByRole('note', { name: 'About the alias' })).toContainText('“candidate” is on v');
    await window.keyboard.press('m');
    await expect(window.getByRole('group', { name: 'Versions that candidate can move to' })).toContainText('v0');
    await window.keyboard.press('End');
    await window.keyboard.press('Enter');
    await expect(chip('candidate', 0, 'Churn Forecast')).toBeVisible();
    await window.keyboard.press('Delete');
    await expect(toast(window, 'Removed “candidate” from v0')).toBeVisible();
    await expect(chip('candidate', 0, 'Churn Forecast')).toHaveCount(0);
    await window.keyboard.press('Enter');
    await window.getByRole('menuitem', { name: 'Put “candidate” on…' }).click();
    const put = window.getByRole('dialog', { name: 'Put “candidate” in Churn Forecast' });
    // It takes the focus to its box when it has come; until then the focus is not ours.
    await expect(put.getByRole('textbox', { name: 'Filter versions' })).toBeFocused();
    await pressOn(put.getByRole('button', { name: /^v2/u }));
    await expect(chip('candidate', 2, 'Churn Forecast')).toBeVisible();
  });

  await test.step('one registry alone, filtered by name; Enter on a row opens its collection', async () => {
    await window.getByRole('combobox', { name: 'Registry' }).click();
    await window.getByRole('option', { name: 'Edge Models' }).click();
    await expect(board.getByRole('row')).toHaveCount(3);
    await window.getByRole('textbox', { name: 'Filter collections' }).fill('weld');
    await expect(board.getByRole('row')).toHaveCount(2);
    await window.getByRole('textbox', { name: 'Filter collections' }).fill('no such thing');
    await expect(window.getByText('No collection by that name')).toBeVisible();
    await window.getByRole('button', { name: 'Show all' }).click();
    await expect(board.getByRole('row')).toHaveCount(3);
    await window.getByRole('textbox', { name: 'Filter collections' }).fill('weld');
    await expect(board.getByRole('row')).toHaveCount(2);
    await board.focus();
    await window.keyboard.press('Home');
    await window.keyboard.press('Enter');
    await expect(heading(window)).toHaveText('Weld Detector INT8');
    await expect(sidebarItem(window, 'Edge Models').last()).toBeVisible();
  });

  expect(pageErrors).toEqual([]);
});
