/** Where the desktop gives all colours, grounds and tints are gone: what is chosen, marked or a target is still told apart, by its frame or its shape. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { vitrineJson } from '../cli/commandLine.ts';
import { dragWithMouse, goToAddress, nextFrame, rowOf, sidebarItem, table, unfold } from '../pages/catalogWindow.ts';
import { card, hideSide, showAll } from '../pages/lineageGraph.ts';
import { whenSettled } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

const pictures = join(import.meta.dirname, '..', 'output', 'screenshots', 'forced');

/** What can be seen of an element without its colours: its frame and its border. */
const frameOf = (element: Locator): Promise<string> =>
  element.evaluate((one) => {
    const { outlineStyle, outlineWidth, borderStyle, borderWidth } = getComputedStyle(one);
    return outlineStyle === 'none' ? `no outline, border ${borderStyle} ${borderWidth}` : `outline ${outlineStyle} ${outlineWidth}, border ${borderStyle} ${borderWidth}`;
  });

/** The first two look different though neither has colours of its own. */
async function expectToldApart(marked: Locator, plain: Locator, what: string): Promise<void> {
  await expect.poll(async () => (await frameOf(marked)) !== (await frameOf(plain)), `${what}: ${await frameOf(plain)} in both`).toBe(true);
}

const keep = async (window: Page, name: string): Promise<void> => {
  await whenSettled(window);
  await window.screenshot({ path: join(pictures, `${name}.png`) });
};

test('what is chosen, marked or a target is told apart without colours', async ({ launch }) => {
  test.slow();
  mkdirSync(pictures, { recursive: true });
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window, pageErrors } = await launch(data);
  await window.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce', colorScheme: 'dark' });
  await unfold(window, 'Models');
  await unfold(window, 'Datasets');
  await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment');
  const rows = table(window, 'Versions of Review Sentiment');

  await test.step('the place, its entry in the sidebar, its tab, a row', async () => {
    const navigation = window.getByRole('navigation', { name: 'Navigation' });
    await expectToldApart(navigation.getByRole('link', { name: 'Registries' }), navigation.getByRole('link', { name: 'Projects' }), 'the place');
    await expectToldApart(sidebarItem(window, 'Review Sentiment').last(), sidebarItem(window, 'Wake Word').last(), 'the entry of the collection');
    await expectToldApart(window.getByRole('tab', { name: /^Versions/u }), window.getByRole('tab', { name: 'Compare' }), 'the tab');
    await rowOf(rows, /^v1/u).click();
    await expectToldApart(rowOf(rows, /^v1/u), rowOf(rows, /^v3/u), 'the row');
    await keep(window, 'collection');
  });

  await test.step('what Enter would take in the palette, in a menu, in a list of choices', async () => {
    await window.keyboard.press('ControlOrMeta+k');
    const options = window.getByRole('dialog', { name: 'Command palette' }).getByRole('option');
    await expect(options.first()).toHaveAttribute('aria-selected', 'true');
    await expectToldApart(options.first(), options.nth(2), 'the entry of the palette');
    await keep(window, 'palette');
    await window.keyboard.press('Escape');
    await expect(window.getByRole('dialog')).toHaveCount(0);
    await rowOf(rows, /^v1/u).click({ button: 'right' });
    const entries = window.getByRole('menuitem');
    await expect(entries.first()).toBeVisible();
    await window.keyboard.press('ArrowDown');
    const walked = window.locator('[role="menuitem"][data-highlighted]');
    await expect(walked).toHaveCount(1);
    await expectToldApart(walked, window.locator('[role="menuitem"]:not([data-highlighted])').last(), 'the entry of the menu');
    await keep(window, 'menu');
    await window.keyboard.press('Escape');
    await expect(window.getByRole('menu')).toHaveCount(0);
    await goToAddress(window, 'vitrine://history');
    await window.getByRole('main').getByRole('combobox').first().click();
    const choices = window.getByRole('option');
    await expect(choices.first()).toBeVisible();
    await window.keyboard.press('ArrowDown');
    await expectToldApart(window.locator('[role="option"][data-highlighted]'), window.locator('[role="option"]:not([data-highlighted])').last(), 'the choice');
    await window.keyboard.press('Escape');
    await expect(choices).toHaveCount(0);
  });

  await test.step('targets of a drag: possible, beneath the pointer, refused', async () => {
    await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment');
    const over = sidebarItem(window, 'Weld Detector').last();
    await dragWithMouse(window, rowOf(rows, /^v1/u), over);
    const possible = sidebarItem(window, 'Wake Word').last();
    await expectToldApart(possible, sidebarItem(window, 'Query Log').last(), 'a target that could take it');
    await expectToldApart(over, possible, 'the target beneath the pointer');
    await keep(window, 'drag');
    await window.keyboard.press('Escape');
    await window.mouse.up();
    await nextFrame(window);
  });

  await test.step('cards of the graph: the one it is about, the one that is selected', async () => {
    await goToAddress(window, 'vitrine://lineage/registry/Models/Review%20Sentiment/production');
    await hideSide(window);
    await showAll(window);
    const face = (words: string): Locator => card(window, words).first().locator('> div').first();
    await expectToldApart(face('sentiment-finetuned'), face('sentiment-base'), 'the card it is about');
    await card(window, 'sentiment-base').first().click();
    await expectToldApart(face('sentiment-base'), face('reviews-tokenized'), 'the selected card');
    await keep(window, 'lineage');
  });
  expect(pageErrors).toEqual([]);
});
