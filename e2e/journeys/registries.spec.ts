/** A registry and a collection from their making to the trash and back, with the mouse and by keyboard: names, marks, types, who sees it, what stands against a change. */
import { vitrineJson } from '../cli/commandLine.ts';
import { commandPalette, doByPalette, goTo, goToAddress, heading, pressOn, rowOf, sidebarItem, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { workshop } from './workshop.ts';

test('a registry is made, changed, renamed, deleted and brought back; its old name leads on; so a collection', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const { window, pageErrors } = await launch(data);
  const main = window.getByRole('main');
  const more = async (entry: string): Promise<void> => {
    await main.getByRole('button', { name: 'More', exact: true }).click();
    await window.getByRole('menuitem', { name: entry }).click();
  };

  await test.step('made with the mouse: name, mark, types, for members only; a name that breaks a rule says which', async () => {
    await goTo(window, 'Registries');
    await main.getByRole('button', { name: /New registry/u }).first().click();
    const form = window.getByRole('dialog', { name: 'New registry' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Vision/2');
    await expect(form).toContainText('“/”');
    await form.getByRole('textbox', { name: 'Name' }).fill('Vision');
    await form.getByRole('textbox', { name: /^Description/u }).fill('What sees');
    await form.getByRole('radiogroup', { name: 'Icon' }).getByRole('radio').nth(3).click();
    // The colour by keys: one stop for Tab, arrows choose.
    await form.getByRole('radio', { name: 'cyan' }).focus();
    for (const next of ['blue', 'indigo', 'purple', 'pink', 'red', 'orange', 'amber']) {
      await window.keyboard.press('ArrowRight');
      await expect(form.getByRole('radio', { name: next })).toBeFocused();
      await expect(form.getByRole('radio', { name: next })).toBeChecked();
    }
    await form.getByRole('radio', { name: 'Members only' }).click();
    await form.getByRole('button', { name: 'Create registry' }).click();
    await expect(heading(window)).toHaveText('Vision');
    await expect(main).toContainText('What sees');
    await expect(sidebarItem(window, 'Vision').first()).toBeVisible();
    expect(await vitrineJson(['show', 'wandb-registry-Vision'], { data })).toMatchObject({ visibility: 'restricted', acceptedTypes: ['model'], hue: 2 });
  });

  await test.step('a collection is made in it by keyboard alone, and a version linked into it', async () => {
    await doByPalette(window, 'new collection', 'New collection…');
    const form = window.getByRole('dialog', { name: 'New collection in Vision' });
    await expect(form.getByRole('textbox', { name: 'Name' })).toBeFocused();
    await window.keyboard.type('Detector');
    await window.keyboard.press('Enter');
    await expect(heading(window)).toContainText('Detector');
    await vitrineJson(['link', 'lab/minilm:v0', 'Vision/Detector', '-a', 'staging'], { data });
    await expect(rowOf(table(window, 'Versions of Detector'), /^v0/u)).toBeVisible();
  });

  await test.step('what is nowhere offers the way back; a link has a menu, by right click and by the menu key', async () => {
    await goTo(window, 'Registries');
    await goToAddress(window, 'vitrine://registry/Nowhere');
    await expect(main).toContainText('There is no registry');
    await main.getByRole('button', { name: 'Go back' }).click();
    await expect(heading(window)).toHaveText('Registries');
    const link = main.getByRole('link', { name: 'Vision' });
    await link.click({ button: 'right' });
    await expect(window.getByRole('menuitem', { name: 'Copy address' })).toBeVisible();
    await window.keyboard.press('Escape');
    await link.focus();
    await window.keyboard.press('Shift+F10');
    await pressOn(window.getByRole('menuitem', { name: 'Open' }));
    await expect(heading(window)).toHaveText('Vision');
  });

  await test.step('types: one that is in use can’t go, and what has it is named; every type can come', async () => {
    await goToAddress(window, 'vitrine://registry/Vision');
    await more('Edit registry…');
    const form = window.getByRole('dialog', { name: 'Edit Vision' });
    const types = form.getByRole('combobox', { name: 'Accepted types' });
    await types.fill('dataset');
    await window.getByRole('option', { name: 'dataset' }).click();
    await types.fill('model');
    await window.getByRole('option', { name: 'model', exact: true }).click();
    await expect(form.getByRole('alert')).toContainText('This stands against it:');
    await expect(form.getByRole('alert')).toContainText('Detector');
    await form.getByRole('switch', { name: 'Every type' }).click();
    await expect(form.getByRole('alert')).toHaveCount(0);
    await form.getByRole('radio', { name: 'Organization', exact: true }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    // It stays as long as the pointer rests on it, however long the command line takes.
    await toast(window, 'Vision').hover();
    expect(await vitrineJson(['show', 'wandb-registry-Vision'], { data })).toMatchObject({ visibility: 'organization', acceptedTypes: null });
    await toast(window, 'Vision').getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => vitrineJson(['show', 'wandb-registry-Vision'], { data })).toMatchObject({ visibility: 'restricted', acceptedTypes: ['model'] });
  });

  await test.step('renamed, the old names lead on, in the window and for scripts', async () => {
    await more('Edit registry…');
    const form = window.getByRole('dialog', { name: 'Edit Vision' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Sight');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(heading(window)).toHaveText('Sight');
    await goToAddress(window, 'vitrine://registry/Vision/Detector');
    await more('Rename…');
    await window.getByRole('dialog', { name: 'Rename Detector' }).getByRole('textbox', { name: 'Name' }).fill('Finder');
    await pressOn(window.getByRole('dialog', { name: 'Rename Detector' }).getByRole('textbox', { name: 'Name' }));
    await expect(heading(window)).toContainText('Finder');
    await goToAddress(window, 'vitrine://registry/Vision/Detector/staging');
    await expect(heading(window)).toContainText('Finder');
    await doByPalette(window, 'wandb-registry-Vision/Detector:v0', 'Open Sight/Finder:v0');
    await expect(commandPalette(window)).toBeHidden();
    expect(await vitrineJson(['show', 'wandb-registry-Vision/Detector:v0'], { data })).toMatchObject({ index: 0 });
  });

  await test.step('the collection goes to the trash by keyboard, with what goes along said, and comes back by undo', async () => {
    await goToAddress(window, 'vitrine://registry/Sight/Finder');
    await main.getByRole('button', { name: 'More', exact: true }).focus();
    await window.keyboard.press('Enter');
    // The menu takes the focus a moment after it is drawn; keys before that are the button's.
    await expect(window.locator('[role="menuitem"]:focus')).toHaveCount(1);
    await window.keyboard.press('End');
    await expect(window.getByRole('menuitem').last()).toBeFocused();
    await window.keyboard.press('Enter');
    const asked = window.getByRole('alertdialog', { name: 'Delete Finder?' });
    await expect(asked).toContainText('1 link goes with it');
    await expect(asked).toContainText('staging');
    await pressOn(asked.getByRole('button', { name: 'Delete collection' }));
    await expect(heading(window)).toHaveText('Sight');
    await pressOn(toast(window, 'Deleted Finder').getByRole('button', { name: 'Undo' }));
    await expect(rowOf(table(window, 'Collections of Sight'), 'Finder')).toBeVisible();
  });

  await test.step('the registry goes only once its name is typed, and is restored from the trash', async () => {
    await more('Delete registry…');
    const asked = window.getByRole('alertdialog', { name: 'Delete Sight?' });
    await expect(asked).toContainText('1 collection and 1 link go with it');
    await expect(asked.getByRole('button', { name: 'Delete registry' })).toBeDisabled();
    await asked.getByRole('textbox').fill('Sight');
    await asked.getByRole('button', { name: 'Delete registry' }).click();
    await expect(heading(window)).toHaveText('Registries');
    await expect(sidebarItem(window, 'Sight')).toHaveCount(0);
    await goTo(window, 'Trash');
    await main.getByRole('button', { name: /^Restore Sight/u }).first().click();
    await expect(sidebarItem(window, 'Sight').first()).toBeVisible();
    await goToAddress(window, 'vitrine://registry/Sight/Finder/staging');
    await expect(heading(window)).toContainText('v0');
  });
  expect(pageErrors).toEqual([]);
});
