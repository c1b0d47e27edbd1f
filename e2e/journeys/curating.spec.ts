/** Curating with what will happen said first: links of links, many at once, bundles out of a collection, what cards should have. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { vitrineJson } from '../cli/commandLine.ts';
import { doByPalette, dragWithMouse, goToAddress, pressOn, rowOf, sidebarItem, table, toast, unfold } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

test('a link that is dragged links its source and says so; the form says what will become of each', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, 'vitrine://registry/Models/Weld%20Detector');
  const rows = table(window, 'Versions of Weld Detector');
  const row = rowOf(rows, /^v5/u);
  await expect(row).toBeVisible();
  const source = await row.getByText(/\/.+:v\d+$/u).first().innerText();
  const [, artifact = '', index = ''] = /\/(.+):v(\d+)$/u.exec(source) ?? [];

  await test.step('while it hovers over another registry it is told that the source is linked', async () => {
    await unfold(window, 'Edge Models');
    await dragWithMouse(window, row.getByRole('gridcell').first(), sidebarItem(window, 'Weld Detector INT8'));
    await expect(window.getByText(`Link ${artifact} v${index}, the source of Weld Detector v5, to Weld Detector INT8`)).toBeVisible();
    await window.mouse.up();
    const form = window.getByRole('dialog', { name: 'Link' });
    await expect(form).toContainText('Weld Detector v5 is a link itself: its source is linked here.');
    await expect(form.getByRole('status', { name: 'What would happen' })).toContainText(/Becomes v\d+ of Weld Detector INT8/u);
    await form.getByRole('button', { name: 'Link', exact: true }).click();
    await expect(toast(window, `Linked ${artifact} v${index} to Edge Models / Weld Detector INT8`)).toBeVisible();
    const linked = await vitrineJson<{ readonly links: readonly { readonly index: number }[] }>(['show', 'wandb-registry-Edge Models/Weld Detector INT8:latest'], { data });
    expect(JSON.stringify(linked)).toContain(artifact);
  });

  await test.step('by keys the same is said, and linking it once more keeps the link that stands', async () => {
    await row.click();
    await rows.focus();
    await window.keyboard.press('l');
    const picker = window.getByRole('dialog', { name: 'Link to…' });
    await picker.getByRole('combobox').fill('int8');
    await pressOn(picker.getByRole('combobox'));
    const form = window.getByRole('dialog', { name: 'Link', exact: true });
    await expect(form.getByRole('status', { name: 'What would happen' })).toContainText(/linked here already as v\d+/u);
    await window.keyboard.press('Escape');
    await expect(window.getByRole('dialog')).toHaveCount(0);
  });

  await test.step('many at once: each with its number, and what can’t go with its reason', async () => {
    await row.getByRole('gridcell').first().click();
    await rowOf(rows, /^v4/u).getByRole('gridcell').first().click({ modifiers: ['ControlOrMeta'] });
    await window.keyboard.press('l');
    await window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox').fill('int8');
    await pressOn(window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox'));
    const form = window.getByRole('dialog', { name: 'Link', exact: true });
    const outcome = form.getByRole('status', { name: 'What would happen' });
    await expect(outcome.getByRole('listitem')).toHaveCount(2);
    await expect(outcome).toContainText(/linked already, v\d+/u);
    await expect(outcome).toContainText(/becomes v\d+/u);
    await form.getByRole('combobox', { name: 'Aliases' }).or(form.getByRole('textbox', { name: 'Aliases' })).first().fill('checked,');
    await expect(outcome).toContainText(/checked\s*is put on v\d+/u);
    await form.getByRole('button', { name: 'Link 2' }).click();
    await expect(toast(window, /^Linked 1 version to Edge Models/u)).toBeVisible();
  });

  expect(pageErrors).toEqual([]);
});

test('a collection goes out as a bundle; a registry says what its cards should have, and takes it back', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window, app, pageErrors } = await launch(data);
  const file = join(folder(), 'wake-word.vitrine');
  await app.evaluate(({ dialog }, target) => {
    dialog.showSaveDialog = (() => Promise.resolve({ canceled: false, filePath: target })) as typeof dialog.showSaveDialog;
  }, file);

  await test.step('by the menu it says what it will hold, then writes it; another catalog takes it', async () => {
    await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word%20Tiny');
    await window.getByRole('main').getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name: 'Export as a bundle…' }).click();
    const dialog = window.getByRole('dialog', { name: 'Export Wake Word Tiny as a bundle' });
    await expect(dialog).toContainText('4 versions');
    await expect(dialog).toContainText('4 links');
    await dialog.getByRole('button', { name: 'Choose where…' }).click();
    await expect(toast(window, 'Wrote Wake Word Tiny to')).toBeVisible();
    expect(existsSync(file)).toBe(true);
    const elsewhere = folder();
    await vitrineJson(['import', 'bundle', file], { data: elsewhere });
    const links = await vitrineJson<readonly unknown[]>(['ls', 'wandb-registry-Edge Models/Wake Word Tiny'], { data: elsewhere });
    expect(links.length).toBe(4);
  });

  await test.step('by the palette the selected version alone', async () => {
    await rowOf(table(window, 'Versions of Wake Word Tiny'), /^v1/u).getByRole('gridcell').first().click();
    await doByPalette(window, 'export as a bundle', 'Export as a bundle…');
    const dialog = window.getByRole('dialog', { name: /^Export .+ as a bundle$/u });
    await expect(dialog).toContainText('1 version');
    await window.keyboard.press('Escape');
    await expect(window.getByRole('dialog')).toHaveCount(0);
  });

  await test.step('sections that cards should have: one required more, and the score follows', async () => {
    await goToAddress(window, 'vitrine://registry/Edge%20Models');
    await window.getByRole('main').getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name: 'Cards…' }).click();
    const dialog = window.getByRole('dialog', { name: 'Cards of Edge Models' });
    await expect(dialog).toContainText('As it comes with Vitrine.');
    await dialog.getByRole('button', { name: 'Add a section' }).click();
    await expect(dialog.getByRole('alert')).toContainText('Give every section a name.');
    const name = dialog.getByRole('textbox', { name: /^Name of section/u }).last();
    await name.fill('Power draw');
    await dialog.getByRole('checkbox', { name: 'required' }).last().press('Space');
    await expect(dialog).toContainText('The template has no heading for Power draw.');
    await dialog.getByRole('button', { name: 'Add it' }).click();
    await expect(dialog.getByRole('textbox', { name: 'Template' })).toHaveValue(/## Power draw/u);
    await dialog.getByRole('button', { name: 'Save' }).click();
    const told = toast(window, 'in Edge Models have 8 sections');
    await expect(told).toBeVisible();
    await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word%20Tiny');
    await window.getByRole('tab', { name: /^Card/u }).click();
    await expect(window.getByRole('main')).toContainText(/Power draw\s*required/u);
    await window.keyboard.press('ControlOrMeta+z');
    await expect(window.getByRole('main')).not.toContainText('Power draw');
  });

  await test.step('the store says why bytes that nothing needs stay for now', async () => {
    await goToAddress(window, 'vitrine://storage');
    await window.getByRole('button', { name: 'See what can be freed' }).click();
    await expect(window.getByText(/Nothing to free\.|can be freed/u).first()).toBeVisible();
  });

  expect(pageErrors).toEqual([]);
});
