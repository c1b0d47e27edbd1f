/** A bundle goes out of one Vitrine and is opened by another: of one version and of a whole registry, with mouse and keyboard; a damaged one is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { vitrine, vitrineJson } from '../cli/commandLine.ts';
import { doByPalette, goToAddress, heading, pressOn, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder, workshop } from './workshop.ts';

/** What the system's dialog would answer. */
const saveTo = (app: ElectronApplication, path: string): Promise<void> =>
  app.evaluate(({ dialog }, file) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file });
  }, path);

const importDialog = (window: Page) => window.getByRole('dialog', { name: 'Import' });

test('a version and a registry go out as bundles, and another Vitrine opens them; a damaged one is refused', async ({ launch }) => {
  test.setTimeout(540_000);
  const { data } = await workshop();
  const out = folder();
  const [ofVersion, ofRegistry, damaged] = ['version', 'registry', 'damaged'].map((name) => join(out, `${name}.vitrine`)) as [string, string, string];
  const first = await launch(data);

  await test.step('a version, by the menu of its page', async () => {
    const { app, window } = first;
    await saveTo(app, ofVersion);
    await goToAddress(window, 'vitrine://registry/Models/Encoder/production');
    await window.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
    await window.getByRole('menuitem', { name: 'Export as a bundle…' }).click();
    const dialog = window.getByRole('dialog', { name: /^Export .+ as a bundle$/u });
    await expect(dialog).toContainText('1 version');
    await dialog.getByRole('button', { name: 'Choose where…' }).click();
    await expect(toast(window, `to ${ofVersion}`)).toContainText('Another Vitrine opens it by Import.');
  });

  await test.step('a registry, by keyboard alone', async () => {
    const { app, window } = first;
    await saveTo(app, ofRegistry);
    await goToAddress(window, 'vitrine://registry/Models');
    await expect(heading(window)).toHaveText('Models');
    const more = window.getByRole('main').getByRole('button', { name: 'More', exact: true });
    await more.focus();
    await window.keyboard.press('Enter');
    await expect(window.locator('[role="menuitem"]:focus')).toHaveCount(1);
    await window.keyboard.type('exp');
    await expect(window.getByRole('menuitem', { name: 'Export as a bundle…' })).toBeFocused();
    await window.keyboard.press('Enter');
    const dialog = window.getByRole('dialog', { name: 'Export Models as a bundle' });
    await expect(dialog.getByRole('button', { name: 'Choose where…' })).toBeEnabled();
    await dialog.getByRole('button', { name: 'Choose where…' }).focus();
    await window.keyboard.press('Enter');
    await expect(toast(window, `to ${ofRegistry}`)).toBeVisible();
  });
  const digest = (await vitrineJson<{ readonly digest: string }>(['show', 'lab/minilm:v0'], { data })).digest;
  expect(first.pageErrors).toEqual([]);

  const elsewhere = folder();
  const second = await launch(elsewhere);
  const { window } = second;
  const dialog = importDialog(window);
  const look = async (file: string): Promise<void> => {
    await dialog.getByRole('textbox', { name: 'Bundle file' }).fill(file);
    await pressOn(dialog.getByRole('button', { name: 'Look' }));
  };

  await test.step('one of whose bytes are others is refused, and nothing of it comes in', async () => {
    const bytes = readFileSync(ofRegistry);
    // The last bytes of a tar are zeros; somewhere in the middle lies what was logged.
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0xff;
    writeFileSync(damaged, bytes);
    await doByPalette(window, 'Import…');
    await look(damaged);
    await expect(dialog.getByRole('alert')).toBeVisible();
  });

  await test.step('that of the version comes in, with its number, its aliases and the same digest', async () => {
    await look(ofVersion);
    await expect(dialog.getByRole('region', { name: 'What would be done' })).toContainText('minilm');
    await pressOn(dialog.getByRole('button', { name: 'Import', exact: true }));
    await expect(dialog).toBeHidden();
    await expect(toast(window, 'Imported:')).toBeVisible();
    expect((await vitrineJson<{ readonly digest: string }>(['show', 'lab/minilm:v0'], { data: elsewhere })).digest).toBe(digest);
  });

  await test.step('that of the registry brings the rest; what is here already stays as it is; the history is whole', async () => {
    await doByPalette(window, 'Import…');
    await look(ofRegistry);
    await expect(dialog.getByRole('region', { name: 'What would be done' })).toBeVisible();
    await pressOn(dialog.getByRole('button', { name: 'Import', exact: true }));
    await expect(dialog).toBeHidden();
    await expect(toast(window, 'Imported:').last()).toBeVisible();
    await goToAddress(window, 'vitrine://registry/Models/Encoder');
    await expect(rowOf(table(window, 'Versions of Encoder'), /^v0/u).getByRole('button', { name: /Alias production/u })).toBeVisible();
    expect((await vitrine(['audit', 'verify'], { data: elsewhere })).code).toBe(0);
    expect((await vitrine(['verify'], { data: elsewhere })).code).toBe(0);
  });
  expect(second.pageErrors).toEqual([]);
});
