/** From one registry into another: by dragging a collection, by the menu and by a key; what would happen is said before, one undo takes it back. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vitrine, vitrineJson } from '../cli/commandLine.ts';
import { doByPalette, dragWithMouse, goToAddress, heading, pressOn, rowOf, sidebarItem, stepToTarget, table, toast, unfold } from '../pages/catalogWindow.ts';
import { atBothWidths } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

/** The sample with gates on one of its registries. */
async function gatedSample(registry: string, yaml: string): Promise<string> {
  const data = folder();
  await vitrineJson(['sample'], { data });
  const gates = join(folder(), 'gates.yaml');
  writeFileSync(gates, yaml);
  await vitrine(['gate', 'set', registry, gates], { data });
  return data;
}

test('versions go on from one registry into another, and several are unlinked at once', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window, pageErrors } = await launch(data);
  const dialog = window.getByRole('dialog', { name: 'Promote' });
  const outcome = dialog.getByRole('status', { name: 'What would happen' });

  await test.step('a collection is dragged onto a registry: a version is chosen, aliases go along', async () => {
    await unfold(window, 'Models');
    // At the edge of the list what is dragged would scroll it on, to the next target.
    await sidebarItem(window, 'Edge Models').last().evaluate((element) => element.scrollIntoView({ block: 'center' }));
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
    await pressOn(dialog.getByRole('button', { name: 'Promote 2' }));
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
  const data = await gatedSample('Edge Models', '- alias: production\n  approvals: 1\n');
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
  await pressOn(dialog.getByRole('button', { name: 'Promote', exact: true }));
  await expect(toast(window, 'to Edge Models / Wake Word as v0')).toBeVisible();

  await openPromotion();
  await pressOn(dialog.getByRole('switch', { name: /^Carry 3 aliases along/u }), 'Space');
  await expect(outcome).toContainText('“production” may stand on Edge Models/Wake Word:v0 only once that is approved');
  await pressOn(dialog.getByRole('button', { name: 'Promote', exact: true }));
  await expect(dialog.getByRole('alert')).toContainText('That has to be approved first.');
  await expect(rowOf(table(window, 'Versions of Wake Word'), /^v0/u).getByRole('button', { name: /^Alias (staging|candidate)/u })).toHaveCount(0);
  // What waits for nobody goes, and the rest is asked for.
  await pressOn(dialog.getByRole('button', { name: 'Promote and request approval' }));
  await expect(toast(window, 'Approval of production on Edge Models/Wake Word:v0 is requested')).toBeVisible();
  await expect(dialog).toBeHidden();
  await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word');
  const gone = rowOf(table(window, 'Versions of Wake Word'), /^v0/u);
  await expect(gone.getByRole('button', { name: /^Alias staging/u })).toBeVisible();
  await expect(gone.getByRole('button', { name: /^Alias production/u })).toHaveCount(0);
  await goToAddress(window, 'vitrine://approvals');
  await expect(window.getByRole('list', { name: 'Requests for approval' })).toContainText('production');
  expect(pageErrors).toEqual([]);
});

test('an alias behind a gate says so wherever it is about to go: dragged, on the board, by menu, palette and in the form of a link', async ({ launch }) => {
  test.slow();
  const data = await gatedSample('Models', '- alias: staging\n  approvals: 1\n- alias: gold\n  approvals: 1\n');
  const { window, pageErrors } = await launch(data);
  const asked = (index: number, alias = 'staging') => window.getByRole('dialog', { name: `“${alias}” needs an approval on v${index}` });
  const rows = table(window, 'Versions of Review Sentiment');
  const chip = rowOf(rows, /^v5/u).getByRole('button', { name: 'Alias staging' });

  await test.step('dragged: said while it hovers, asked when it is dropped, and put back by Escape', async () => {
    await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment');
    await dragWithMouse(window, chip, rowOf(rows, /^v3/u));
    await expect(window.getByText('“staging” needs an approval on v3: dropping it asks for one')).toBeVisible();
    await window.mouse.up();
    await expect(asked(3)).toContainText('may stand on Models/Review Sentiment:v3 only once that is approved: 1 approval is still needed.');
    await window.keyboard.press('Escape');
    await expect(asked(3)).toBeHidden();
    await expect(chip).toBeVisible();
  });

  await test.step('picked up by a key: the same, and the request is sent', async () => {
    await pressOn(chip, 'm');
    await stepToTarget(window, rowOf(rows, /^v4/u));
    await expect(window.getByText('“staging” needs an approval on v4: dropping it asks for one').first()).toBeVisible();
    await window.keyboard.press('Enter');
    await asked(4).getByRole('textbox', { name: 'Reason' }).fill('Better on long reviews');
    await pressOn(asked(4).getByRole('textbox', { name: 'Reason' }), 'ControlOrMeta+Enter');
    await expect(toast(window, 'Approval of staging on Models/Review Sentiment:v4 is requested')).toBeVisible();
    await expect(chip).toBeVisible();
  });

  await test.step('on the board, by its menu', async () => {
    await goToAddress(window, 'vitrine://board/Models');
    await window.getByRole('button', { name: /^staging on v5 of Review Sentiment/u }).click();
    await window.getByRole('menuitem', { name: 'Move to…' }).click();
    await window.getByRole('textbox', { name: 'Filter versions' }).fill('v2');
    await pressOn(window.getByRole('textbox', { name: 'Filter versions' }));
    await expect(asked(2)).toBeVisible();
    await asked(2).getByRole('button', { name: 'Cancel' }).click();
  });

  await test.step('by the palette: moved, and put; what waits for nobody is put at once', async () => {
    await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment/staging');
    await expect(heading(window)).toContainText('v5');
    await doByPalette(window, 'move “staging”', 'Move “staging” to another version…');
    await window.getByRole('textbox', { name: 'Filter versions' }).fill('v1');
    await pressOn(window.getByRole('textbox', { name: 'Filter versions' }));
    await expect(asked(1)).toBeVisible();
    await window.keyboard.press('Escape');
    await doByPalette(window, 'add aliases', 'Add aliases…');
    const form = window.getByRole('dialog', { name: 'Add aliases to Review Sentiment v5' });
    await expect(form.getByRole('textbox', { name: 'Aliases' })).toBeFocused();
    await window.keyboard.type('gold,fresh,');
    await expect(form.getByRole('status', { name: 'What would happen' })).toContainText('“gold” may stand on Models/Review Sentiment:v5 only once that is approved');
    await pressOn(form.getByRole('button', { name: 'Request approval…' }));
    await expect(asked(5, 'gold')).toContainText('“fresh” can be put at once.');
    await pressOn(asked(5, 'gold').getByRole('button', { name: 'Request approval' }));
    await expect(toast(window, 'Put “fresh” on v5')).toBeVisible();
    await expect(form).toBeHidden();
  });

  await test.step('a link with it goes in without it, and asks', async () => {
    await window.keyboard.press('l');
    await window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox').fill('models/new collection');
    await pressOn(window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox'));
    const form = window.getByRole('dialog', { name: 'Link', exact: true });
    await form.getByRole('textbox', { name: 'Collection name' }).fill('Second');
    await form.getByRole('textbox', { name: 'Aliases' }).fill('gold,');
    await expect(form.getByRole('status', { name: 'What would happen' })).toContainText('only once that is approved');
    await pressOn(form.getByRole('button', { name: 'Link and request approval' }));
    await expect(toast(window, 'Approval of gold on Models/Second:v0 is requested')).toBeVisible();
  });
  expect(pageErrors).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`what waits for an approval, and what states are at remotes, in the ${theme} theme, wide and narrow`, async ({ launch }) => {
    test.slow();
    const data = await gatedSample('Models', '- alias: staging\n  approvals: 1\n- alias: gold\n  approvals: 1\n');
    await vitrine(['lifecycle', 'set', 'Models', '--standard'], { data });
    await vitrine(['lifecycle', 'map', 'Models', 'candidate', '--stage', 'Staging', '--alias', 'blessed'], { data });
    const { app, window, pageErrors } = await launch(data);
    await window.emulateMedia({ reducedMotion: 'reduce' });
    await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
    for await (const look of atBothWidths(app, window, theme)) {
      const closed = async (): Promise<void> => {
        await window.keyboard.press('Escape');
        await expect(window.getByRole('dialog')).toHaveCount(0);
      };
      await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment/v2');
      await expect(heading(window)).toContainText('v2');
      const add = window.getByRole('main').getByRole('button', { name: 'Add alias' }).first();
      await add.click();
      await window.getByRole('textbox', { name: 'Aliases' }).fill('gold,fresh,');
      await expect(window.getByRole('status', { name: 'What would happen' })).toContainText('approved');
      await look('aliases-add-waiting');
      await closed();
      await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment/staging');
      await expect(heading(window)).toContainText('v5');
      await doByPalette(window, 'move “staging”', 'Move “staging” to another version…');
      await window.getByRole('textbox', { name: 'Filter versions' }).fill('v2');
      await pressOn(window.getByRole('textbox', { name: 'Filter versions' }));
      await expect(window.getByRole('dialog', { name: '“staging” needs an approval on v2' })).toBeVisible();
      await look('approval-asked');
      await closed();
      await window.keyboard.press('l');
      await window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox').fill('models/new collection');
      await pressOn(window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox'));
      const form = window.getByRole('dialog', { name: 'Link', exact: true });
      await form.getByRole('textbox', { name: 'Aliases' }).fill('gold,');
      await expect(form.getByRole('button', { name: 'Link and request approval' })).toBeVisible();
      await look('link-waiting');
      await form.getByRole('button', { name: 'Link', exact: true }).click();
      await expect(form.getByRole('alert')).toBeVisible();
      await look('link-refused');
      await closed();
      await goToAddress(window, 'vitrine://registry/Models');
      await window.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
      await window.getByRole('menuitem', { name: 'Lifecycle states…' }).click();
      await window.getByRole('table', { name: 'States at remotes' }).scrollIntoViewIfNeeded();
      await look('lifecycle-mapping');
      await closed();
    }
    expect(pageErrors).toEqual([]);
  });
}
