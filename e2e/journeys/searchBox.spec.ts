/** The search box says the words of the place one is in. */
import { goTo, heading, searchFor } from '../pages/catalogWindow.ts';
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
