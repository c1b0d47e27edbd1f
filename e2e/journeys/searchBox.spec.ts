/** The search box says the words of the place one is in. */
import { commandPalette, goTo, heading, searchFor } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { workshop } from './workshop.ts';

test('the search box shows what the place on show searches for, and nothing elsewhere', async ({ launch }) => {
  const { data } = await workshop();
  const { window, pageErrors } = await launch(data);
  const box = window.getByRole('combobox', { name: 'Search the catalog' });
  await searchFor(window, 'minilm');
  await expect(box).toHaveValue('minilm');
  await goTo(window, 'Storage');
  await expect(heading(window)).toContainText('Storage');
  await expect(box).toHaveValue('');
  await window.keyboard.press('Alt+ArrowLeft');
  await expect(heading(window)).toContainText('minilm');
  await expect(box).toHaveValue('minilm');
  // What is being typed stays while a place is gone to by a key.
  await box.fill('half a wor');
  await box.press('ControlOrMeta+,');
  await expect(heading(window)).toContainText('Settings');
  await expect(box).toHaveValue('half a wor');
  expect(pageErrors).toEqual([]);
});

test('the palette takes the same language as the box, and says where it can’t be read', async ({ launch }) => {
  const { data } = await workshop();
  const { window, pageErrors } = await launch(data);
  const options = commandPalette(window).getByRole('option');
  await window.keyboard.press('ControlOrMeta+k');
  await expect(commandPalette(window).getByRole('combobox')).toBeFocused();
  await window.keyboard.type('type:model alias:candidate');
  await expect(options.filter({ hasText: 'minilm' }).first()).toHaveAttribute('aria-selected', 'true');
  await expect(options.filter({ hasText: 'sentence-pairs' })).toHaveCount(0);
  await window.keyboard.press('Enter');
  await expect(heading(window)).toContainText('minilm');
  await window.keyboard.press('ControlOrMeta+k');
  await expect(commandPalette(window).getByRole('combobox')).toBeFocused();
  await window.keyboard.type('minilm size>>');
  await expect(options.filter({ hasText: 'Search for “minilm size>>”' })).toContainText('size');
  await commandPalette(window).getByRole('combobox').fill('type:dataset alias:latest');
  await options.filter({ hasText: 'sentence-pairs' }).first().click();
  await expect(heading(window)).toContainText('sentence-pairs');
  expect(pageErrors).toEqual([]);
});
