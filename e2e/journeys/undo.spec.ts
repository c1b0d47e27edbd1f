/** Undo after a restart: what was done last is offered still, one act after the other. */
import { vitrineJson } from '../cli/commandLine.ts';
import { alias, goToAddress, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

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
  await alias(rowOf(before, /^v3/u), 'staging').press('Delete');
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
