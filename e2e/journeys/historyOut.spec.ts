/** The history taken out of the window: filtered by entrance, written to a file, its head signed and held against what was noted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vitrineJson } from '../cli/commandLine.ts';
import { goTo, heading, pressOn, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder, workshop } from './workshop.ts';

test('the history is narrowed to an entrance, written to a file, its head signed and verified against a noted one', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  await vitrineJson(['tag', 'lab/minilm:v0', 'from-the-shell'], { data });
  const { window, app, pageErrors } = await launch(data);
  await goTo(window, 'History');
  const events = table(window, 'Events, newest first');
  const saveAs = async (path: string): Promise<void> =>
    app.evaluate(({ dialog }, target) => {
      dialog.showSaveDialog = (() => Promise.resolve({ canceled: false, filePath: target })) as typeof dialog.showSaveDialog;
    }, path);

  await test.step('only what came in on the command line', async () => {
    await window.getByRole('combobox', { name: 'Through' }).click();
    await window.getByRole('option', { name: 'Command line' }).click();
    await expect(rowOf(events, 'from-the-shell')).toHaveCount(1);
    await expect(events).toHaveAttribute('aria-rowcount', '2');
  });

  await test.step('what the filters let through goes to a file, by mouse and by keys', async () => {
    const lines = join(folder(), 'events.jsonl');
    await saveAs(lines);
    await window.getByRole('button', { name: 'Export' }).click();
    await window.getByRole('menuitem', { name: 'JSON lines…' }).click();
    await expect(toast(window, 'Wrote 1 event to')).toBeVisible();
    const written = readFileSync(lines, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { readonly entrance: string; readonly kind: string });
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({ entrance: 'cli', kind: 'tag.added' });
    await window.getByRole('button', { name: 'Clear filters' }).click();
    const sheet = join(folder(), 'events.csv');
    await saveAs(sheet);
    await window.getByRole('button', { name: 'Export' }).focus();
    await window.keyboard.press('Enter');
    await expect(window.getByRole('menuitem', { name: 'JSON lines…' })).toBeFocused();
    await window.keyboard.press('ArrowDown');
    await window.keyboard.press('Enter');
    const told = toast(window, /^Wrote \d+ events to/u);
    await expect(told).toBeVisible();
    const rows = readFileSync(sheet, 'utf8').trim().split('\r\n');
    expect(rows[0]).toContain('through');
    expect(rows.length).toBeGreaterThan(5);
  });

  await test.step('the head is signed, noted, and agrees; one that was never true does not', async () => {
    await window.getByRole('button', { name: 'Head…' }).click();
    const dialog = window.getByRole('dialog', { name: 'Head of the history' });
    // Where the key lies is said before it is made: a file is only as safe as the account, the keychain more.
    const signing = dialog.getByText(/^A key is made for it /u);
    await expect(signing).toContainText(/in the system’s keychain|in a file that only you can read/u);
    const place = (await signing.innerText()).replace('A key is made for it ', '').replace(', the first time.', '');
    const line = (await dialog.getByText(/^vitrine-head 1 /u).first().innerText()).trim();
    await dialog.getByRole('button', { name: 'Sign and keep' }).click();
    await expect(dialog.getByRole('region', { name: 'Signed heads' })).toContainText('after event');
    await expect(dialog.getByText(`With your key ${place};`)).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Heads noted elsewhere' }).fill(line);
    await dialog.getByRole('button', { name: 'Verify against 1 head' }).click();
    await expect(dialog.getByRole('status').last()).toContainText(/The history is whole\..*All 2 noted heads agree: nothing up to event \d+ was changed/u);
    const [, , catalog, count, , at] = line.split(' ');
    await dialog.getByRole('textbox', { name: 'Heads noted elsewhere' }).fill(`vitrine-head 1 ${catalog ?? ''} ${count ?? ''} ${'0'.repeat(64)} ${at ?? ''}`);
    await pressOn(dialog.getByRole('button', { name: 'Verify against 1 head' }));
    await expect(dialog.getByRole('alert').or(dialog.getByRole('status').last())).toContainText(/doesn’t agree: since it was noted, something before it was changed/u);
    await dialog.getByRole('textbox', { name: 'Heads noted elsewhere' }).fill('nonsense');
    await pressOn(dialog.getByRole('button', { name: 'Verify against 1 head' }));
    await expect(dialog.getByRole('alert')).toBeVisible();
    await window.keyboard.press('Escape');
    await expect(heading(window)).toHaveText('History');
  });

  await test.step('in a narrow window nothing lies beside what is in sight; the details stand under the events', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(760, 820));
    await expect(events.getByRole('columnheader', { name: 'Before and after' })).toHaveCount(0);
    for (const name of ['Hide the details', 'Show the details']) {
      await expect.poll(() => events.evaluate((grid) => [grid, ...grid.querySelectorAll('*')].filter((one) => getComputedStyle(one).overflowX === 'auto' && one.scrollWidth > one.clientWidth).length)).toBe(0);
      await window.getByRole('button', { name, exact: true }).first().click();
    }
  });

  expect(pageErrors).toEqual([]);
});
