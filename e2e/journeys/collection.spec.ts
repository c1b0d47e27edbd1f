/** A collection's page: values of its versions as columns, layouts, CSV, comparison, its card's score, and alias moves taken back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress, pressOn, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

test('a collection shows values of its versions, sorts by them, keeps a layout, writes a file and compares', async ({ launch }) => {
  test.slow();
  const data = folder();
  const out = folder();
  await vitrineJson(['sample'], { data });
  const { window, pageErrors, app } = await launch(data);
  await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment');
  const versions = table(window, 'Versions of Review Sentiment');
  const tools = window.getByRole('toolbar', { name: 'What the table shows' });
  await expect(rowOf(versions, /^v6/u)).toBeVisible();

  await test.step('values are chosen as columns, and sorted by as numbers', async () => {
    await tools.getByRole('button', { name: 'Columns' }).click();
    const choice = window.getByRole('combobox', { name: 'Columns' });
    await choice.click();
    await choice.fill('loss');
    // The first numbers are there unless somebody chose: this one is not wanted.
    await window.getByRole('option', { name: /loss/u }).first().click();
    await window.keyboard.press('Escape');
    await window.keyboard.press('Escape');
    await expect(versions.getByRole('columnheader', { name: 'loss' })).toHaveCount(0);
    const header = versions.getByRole('columnheader', { name: /accuracy/u }).first();
    await expect(header).toBeVisible();
    await header.getByRole('button', { name: /accuracy/u }).first().click();
    await expect(header).toHaveAttribute('aria-sort', /ascending|descending/u);
  });

  await test.step('the layout is kept under a name and comes back', async () => {
    await tools.getByRole('button', { name: 'Layouts' }).click();
    await window.getByRole('menuitem', { name: 'Keep this layout…' }).click();
    await window.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('By accuracy');
    await pressOn(window.getByRole('dialog').getByRole('textbox', { name: 'Name' }));
    await expect(toast(window, 'Kept the layout “By accuracy”')).toBeVisible();
    await versions.getByRole('columnheader', { name: 'Version' }).getByRole('button').first().click();
    await tools.getByRole('button', { name: 'Layouts' }).click();
    await window.getByRole('menuitem', { name: 'By accuracy', exact: true }).click();
    await expect(versions.getByRole('columnheader', { name: /accuracy/u }).first()).toHaveAttribute('aria-sort', /ascending|descending/u);
  });

  await test.step('the whole table goes into a file', async () => {
    const file = join(out, 'table.csv');
    await app.evaluate(({ dialog }, path) => {
      dialog.showSaveDialog = (() => Promise.resolve({ canceled: false, filePath: path })) as typeof dialog.showSaveDialog;
    }, file);
    await tools.getByRole('button', { name: 'CSV' }).click();
    await expect(toast(window, `Wrote 7 rows to ${file}`)).toBeVisible();
    const lines = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/u);
    expect(lines).toHaveLength(8);
    expect(lines[0]).toContain('accuracy');
  });

  await test.step('compared across versions; the keys go from version to version', async () => {
    await window.getByRole('tab', { name: 'Compare' }).click();
    const chart = window.getByRole('slider', { name: /accuracy, across versions/u }).first();
    await expect(chart).toHaveAttribute('aria-valuetext', /^v6: /u);
    await chart.focus();
    await window.keyboard.press('Home');
    await expect(chart).toHaveAttribute('aria-valuetext', /^v0: /u);
    await window.keyboard.press('Enter');
    await expect(window.getByRole('main').getByRole('heading', { level: 1 })).toContainText('v0');
    await window.keyboard.press('Alt+ArrowLeft');
  });

  await test.step('the card says how much of it is filled, and what is required', async () => {
    await window.getByRole('tab', { name: /^Card/u }).click();
    await expect(window.getByRole('tabpanel')).toContainText('% filled');
    await expect(window.getByRole('tabpanel')).toContainText('required');
  });

  await test.step('the last move of an alias is taken back from its timeline', async () => {
    await window.getByRole('tab', { name: 'Aliases over time' }).click();
    const list = window.getByRole('region', { name: 'Aliases over time' });
    const back = list.getByRole('button', { name: /: staging$/u });
    await expect(back).toHaveCount(1);
    const words = await back.innerText();
    await back.click();
    await expect(toast(window, /“staging” is (back on|taken off)/u)).toBeVisible();
    await window.getByRole('tab', { name: /^Versions/u }).click();
    const number = /v\d+/u.exec(words)?.[0];
    if (number !== undefined) await expect(rowOf(versions, new RegExp(`^${number}`, 'u')).getByRole('button', { name: 'Alias staging' })).toBeVisible();
  });
  expect(pageErrors).toEqual([]);
});

test('the past of a registry is looked at, an event is taken back, and rights are explained', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  await vitrineJson(['user', 'create', 'noa', '--role', 'viewer'], { data });
  const { window, pageErrors } = await launch(data);

  await test.step('as it was: read-only, and said so', async () => {
    await goToAddress(window, 'vitrine://registry/Models');
    await window.getByRole('main').getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name: 'As it was on…' }).click();
    await expect(window.getByRole('main')).toContainText('Nothing can be changed here.');
    const past = table(window, 'Collections of Models at that time');
    await rowOf(past, 'Review Sentiment').dblclick();
    await expect(table(window, 'Versions of Review Sentiment at that time').getByRole('row').nth(1)).toBeVisible();
    await window.getByRole('textbox', { name: 'As of' }).or(window.getByLabel('As of')).first().fill('2001-01-01T00:00');
    await window.getByRole('button', { name: 'All collections' }).click();
    await expect(window.getByRole('main')).toContainText('It wasn’t there yet');
    await window.getByRole('button', { name: 'Back to now' }).click();
    await expect(table(window, 'Collections of Models')).toBeVisible();
  });

  await test.step('an event is taken back from the history', async () => {
    await goToAddress(window, 'vitrine://registry/Models/Wake%20Word');
    await rowOf(table(window, 'Versions of Wake Word'), /^v5/u).click({ button: 'right' });
    await window.getByRole('menuitem', { name: 'Unlink…' }).click();
    await window.getByRole('alertdialog').getByRole('button', { name: 'Unlink' }).click();
    await expect(toast(window, 'Unlinked')).toBeVisible();
    await goToAddress(window, 'vitrine://history');
    await rowOf(table(window, 'Events, newest first'), /unlinked|removed/u).first().click({ position: { x: 24, y: 12 } });
    await window.getByRole('button', { name: 'Take back' }).click();
    await expect(toast(window, 'Taken back')).toBeVisible();
    await goToAddress(window, 'vitrine://registry/Models/Wake%20Word');
    await expect(table(window, 'Versions of Wake Word').getByRole('row')).toHaveCount(8);
  });

  await test.step('why somebody may not, and the window as they see it', async () => {
    await goToAddress(window, 'vitrine://members/Models');
    const access = window.getByRole('region', { name: 'Why somebody may or may not' });
    const who = access.getByRole('combobox');
    await who.click();
    await who.fill('noa');
    await window.getByRole('option', { name: /noa/u }).click();
    await expect(access).toContainText('noa is viewer here');
    await access.getByRole('button', { name: 'View as them' }).click();
    const banner = window.getByText(/You look as noa/u);
    await expect(banner).toBeVisible();
    await expect(window.getByRole('main')).toContainText('you are viewer');
    await window.getByRole('button', { name: 'Leave this view' }).click();
    await expect(window.getByRole('main')).toContainText('you are admin');
    await expect(banner).toHaveCount(0);
  });
  expect(pageErrors).toEqual([]);
});
