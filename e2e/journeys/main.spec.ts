/** The main job, start to end: files become a version, the version is linked by dragging, aliases move, lineage shows, and all of it lasts. */
import { join } from 'node:path';
import type { Vitrine } from '../drivers/electron.ts';
import { alias, doByPalette, dragWithMouse, dropFiles, heading, nextFrame, rowOf, searchFor, sidebarItem, stepToTarget, table, tabTo, toast, unfold } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder, modelFolder, workshop } from './workshop.ts';

test('with the mouse: drop files, find, drag to link, move an alias, see the lineage, start again', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const files = modelFolder(join(folder(), 'minilm'), 2);
  const first = await launch(data);
  const { window } = first;

  await test.step('files dropped from the system become a version', async () => {
    await dropFiles(window, [files], window.getByRole('main'));
    const dialog = window.getByRole('dialog', { name: 'Log a new version' });
    await expect(dialog).toContainText('4 files');
    await expect(dialog.getByRole('textbox', { name: 'Artifact' })).toHaveValue('minilm');
    await expect(dialog.getByRole('combobox', { name: 'Type' })).toHaveValue('model');
    await expect(dialog.getByRole('combobox', { name: 'Project' })).toHaveValue('lab');
    await dialog.getByRole('textbox', { name: 'Aliases' }).fill('fresh');
    await dialog.getByRole('button', { name: 'Log version' }).click();
    await expect(toast(window, 'Logged minilm v1')).toBeVisible();
    await expect(dialog).toBeHidden();
  });

  const hits = table(window, 'Hits');
  await test.step('it is found by a word of its files and by fields', async () => {
    await searchFor(window, 'alias:fresh');
    await expect(rowOf(hits, 'minilm')).toHaveCount(1);
    await searchFor(window, 'minilm');
    await expect(rowOf(hits, /minilm.*v1/u)).toBeVisible();
  });

  await test.step('dragged over what can’t take it, it says why', async () => {
    await unfold(window, 'Models');
    await unfold(window, 'Datasets');
    const pairs = sidebarItem(window, 'Pairs');
    await dragWithMouse(window, rowOf(hits, /minilm.*v1/u), pairs);
    await expect(pairs).toHaveAttribute('data-drop', 'refused');
    await expect(window.getByText(/holds .*dataset/u)).toBeVisible();
    await window.keyboard.press('Escape');
    await window.mouse.up();
    await expect(pairs).not.toHaveAttribute('data-drop');
  });

  const choice = window.getByRole('dialog', { name: 'Link' });
  const encoder = sidebarItem(window, 'Encoder');
  await test.step('dragged onto a collection it asks for aliases and is linked; undo takes it back', async () => {
    await dragWithMouse(window, rowOf(hits, /minilm.*v1/u), encoder);
    await expect(encoder).toHaveAttribute('data-drop', 'possible');
    await window.mouse.up();
    await choice.getByRole('button', { name: 'production' }).click();
    await expect(choice.getByRole('button', { name: 'production moves from v0' })).toBeVisible();
    await choice.getByRole('button', { name: 'Link', exact: true }).click();
    const linked = toast(window, 'Linked minilm v1 to Models / Encoder as v1');
    await expect(linked).toContainText('“production” moved from v0 to v1');
    await linked.getByRole('button', { name: 'Undo' }).click();
    await expect(linked).toBeHidden();
    await encoder.click();
    await expect(heading(window)).toContainText('Encoder');
    await expect(table(window, 'Versions of Encoder').getByRole('row').filter({ hasText: 'v1' })).toHaveCount(0);
    await expect(alias(rowOf(table(window, 'Versions of Encoder'), 'v0'), 'production')).toBeVisible();
  });

  const versions = table(window, 'Versions of Encoder');
  await test.step('linked again it has a number of its own', async () => {
    await window.keyboard.press('Alt+ArrowLeft');
    await expect(rowOf(hits, /minilm.*v1/u)).toBeVisible();
    await dragWithMouse(window, rowOf(hits, /minilm.*v1/u), encoder);
    await window.mouse.up();
    await choice.getByRole('textbox', { name: 'Aliases' }).fill('staging');
    await choice.getByRole('textbox', { name: 'Note' }).fill('Better on long texts');
    await choice.getByRole('button', { name: 'Link', exact: true }).click();
    await expect(toast(window, 'to Models / Encoder as v')).toBeVisible();
    await encoder.click();
    await expect(versions.getByRole('row')).toHaveCount(3);
  });

  await test.step('an alias dragged to another version’s row moves there', async () => {
    const newest = rowOf(versions, 'staging');
    const oldest = rowOf(versions, 'v0');
    await expect(alias(newest, 'staging')).toBeVisible();
    await dragWithMouse(window, alias(oldest, 'production'), newest);
    await window.mouse.up();
    await expect(toast(window, /Moved “production” from v0 to v/u)).toBeVisible();
    await expect(alias(newest, 'production')).toBeVisible();
    await expect(alias(oldest, 'production')).toHaveCount(0);
  });

  await test.step('its lineage shows where it came from', async () => {
    await rowOf(versions, 'v0').dblclick();
    await expect(heading(window)).toContainText('v0');
    await window.getByRole('tab', { name: 'Lineage' }).click();
    await window.getByRole('button', { name: 'Show as a tree' }).click();
    const tree = window.getByRole('tree', { name: 'Lineage as a tree' });
    await expect(tree.getByRole('treeitem', { name: /warm-sun-1/u }).first()).toBeVisible();
    await expect(tree.getByRole('treeitem', { name: /sentence-pairs/u }).first()).toBeVisible();
  });
  expect(first.pageErrors).toEqual([]);
  await first.close({ keepData: true });

  await test.step('after a new start all of it is there', async () => {
    const second = await launch(data);
    await unfold(second.window, 'Models');
    await sidebarItem(second.window, 'Encoder').click();
    const again = table(second.window, 'Versions of Encoder');
    const newest = rowOf(again, 'staging');
    await expect(alias(newest, 'production')).toBeVisible();
    await expect(newest).toContainText('lab/minilm:v1');
    await expect(newest).toContainText('Better on long texts');
    await second.window.getByRole('tab', { name: 'Aliases over time' }).click();
    await expect(second.window.getByRole('tabpanel')).toContainText('production');
    expect(second.pageErrors).toEqual([]);
  });
});

test('by keyboard alone: the same, without touching the mouse', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const files = modelFolder(join(folder(), 'minilm'), 3);
  const vitrine = await launch(data);
  const { window } = vitrine;
  const { keyboard } = window;
  // The system's own dialog can't be driven; what it answers can.
  await vitrine.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = (() => Promise.resolve({ canceled: false, filePaths: [path] })) as typeof dialog.showOpenDialog;
  }, files);

  await test.step('the palette logs a folder; Enter in the form is enough', async () => {
    await doByPalette(window, 'Log a folder');
    const dialog = window.getByRole('dialog', { name: 'Log a new version' });
    await expect(dialog.getByRole('textbox', { name: 'Artifact' })).toBeFocused();
    await keyboard.press('Enter');
    await expect(toast(window, 'Logged minilm v1')).toBeVisible();
  });

  const hits = table(window, 'Hits');
  await test.step('/ searches; Tab reaches the hits; L links what is chosen there', async () => {
    await keyboard.press('/');
    await expect(window.getByRole('combobox', { name: 'Search the catalog' })).toBeFocused();
    await keyboard.type('type:model minilm');
    await keyboard.press('Enter');
    await expect(rowOf(hits, /minilm.*v1/u)).toBeVisible();
    await tabTo(window, hits);
    await arrowTo(window, hits, /v1/u);
    await keyboard.press('l');
    const picker = window.getByRole('dialog', { name: 'Link to…' });
    await expect(picker.getByRole('combobox')).toBeFocused();
    await keyboard.type('spare');
    await expect(picker.getByRole('option').first()).toContainText('Spare');
    await keyboard.press('Enter');
    await expect(window.getByRole('dialog', { name: 'Link' }).getByRole('textbox', { name: 'Aliases' })).toBeFocused();
    await keyboard.type('candidate');
    await keyboard.press('Enter');
    await keyboard.press('Enter');
    await expect(toast(window, 'Linked minilm v1 to Models / Spare as v0')).toBeVisible();
  });

  await test.step('M picks up, arrows choose, Enter drops', async () => {
    await tabTo(window, window.getByRole('tree', { name: 'Registries and collections' }));
    await unfold(window, 'Models');
    await tabTo(window, hits);
    await arrowTo(window, hits, /v1/u);
    await keyboard.press('m');
    const encoder = sidebarItem(window, 'Encoder');
    await stepToTarget(window, encoder);
    await keyboard.press('Enter');
    await expect(window.getByRole('dialog', { name: 'Link' }).getByRole('textbox', { name: 'Aliases' })).toBeFocused();
    await keyboard.type('staging');
    await keyboard.press('Enter');
    await keyboard.press('Enter');
    await expect(toast(window, 'Linked minilm v1 to Models / Encoder as v1')).toBeVisible();
  });

  const versions = table(window, 'Versions of Encoder');
  await test.step('an alias is picked up from its row and dropped on another', async () => {
    await doByPalette(window, 'Encoder', /Encoder.*collection/u);
    await expect(heading(window)).toContainText('Encoder');
    await expect(alias(rowOf(versions, 'v1'), 'staging')).toBeVisible();
    await tabTo(window, alias(rowOf(versions, 'v0'), 'production'));
    await keyboard.press('m');
    const newest = rowOf(versions, 'v1');
    await stepToTarget(window, newest);
    await keyboard.press('Enter');
    await expect(toast(window, 'Moved “production” from v0 to v1')).toBeVisible();
    await expect(alias(rowOf(versions, 'v1'), 'production')).toBeVisible();
  });

  await test.step('Ctrl+Z takes the last act back', async () => {
    await tabTo(window, versions);
    await keyboard.press('ControlOrMeta+z');
    await expect(alias(rowOf(versions, 'v0'), 'production')).toBeVisible();
  });

  await test.step('Enter opens a version; its tabs are walked with arrows to the lineage', async () => {
    await arrowTo(window, versions, /v0/u);
    await keyboard.press('Enter');
    await expect(heading(window)).toContainText('v0');
    await tabTo(window, window.getByRole('tab', { name: 'Overview' }));
    const lineage = window.getByRole('tab', { name: 'Lineage' });
    for (let step = 0; step < 10 && !(await lineage.evaluate((tab) => tab === document.activeElement)); step++) await keyboard.press('ArrowRight');
    await expect(lineage).toBeFocused();
    if ((await lineage.getAttribute('aria-selected')) !== 'true') await keyboard.press('Enter');
    await tabTo(window, window.getByRole('button', { name: 'Show as a tree' }));
    await keyboard.press('Enter');
    await expect(window.getByRole('tree', { name: 'Lineage as a tree' }).getByRole('treeitem', { name: /sentence-pairs/u }).first()).toBeVisible();
    await keyboard.press('Alt+ArrowLeft');
    await expect(versions).toBeVisible();
  });
  expect(vitrine.pageErrors).toEqual([]);
});

/** Walks a table with the arrow keys until the chosen row has these words. */
async function arrowTo(window: Vitrine['window'], grid: ReturnType<Vitrine['window']['locator']>, words: RegExp): Promise<void> {
  const chosen = grid.locator('[role="row"][aria-selected="true"]').filter({ hasText: words });
  // What is selected is lost when its rows are asked for anew: then the walk begins again.
  await expect(async () => {
    await window.keyboard.press('Home');
    await nextFrame(window);
    for (let step = 0; step < 20 && (await chosen.count()) !== 1; step++) {
      await window.keyboard.press('ArrowDown');
      await nextFrame(window);
    }
    await expect(chosen, `a row with ${words} is reached`).toHaveCount(1, { timeout: 1000 });
  }).toPass();
}
