/**
 * Lineages of ten to ten thousand nodes, and shapes that break layouts: all drawn, none hangs, pictures kept in e2e/output/screenshots. What it
 * costs is measured elsewhere (`npm run bench -- lineage-screen`).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { goToAddress } from '../pages/catalogWindow.ts';
import { graph } from '../pages/lineageGraph.ts';
import { whenSettled } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { chain, diamonds, fan, ring, shapedCatalog, team } from './lineageShapes.ts';

const pictures = join(import.meta.dirname, '..', 'output', 'screenshots');
const cards = (window: Page): Locator => window.locator('.react-flow__node');

/** Opens a lineage with all of its steps and all of its nodes, as many as are ever shown. */
async function openWhole(window: Page, nodes: readonly string[]): Promise<void> {
  await goToAddress(window, `vitrine://lineage?nodes=${nodes.join('.')}`);
  await expect(graph(window)).toBeVisible();
  await window.getByRole('combobox', { name: 'How many steps' }).click();
  await window.getByRole('option', { name: 'All steps' }).click();
  const more = window.getByRole('button', { name: 'Show more' });
  for (let times = 0; times < 3; times++) {
    await expect(graph(window)).toHaveAttribute('aria-busy', 'false');
    await whenSettled(window);
    if (!(await more.isVisible())) break;
    await more.click();
    await whenSettled(window);
  }
  await expect(graph(window)).toHaveAttribute('aria-busy', 'false');
}

async function showAll(window: Page): Promise<void> {
  await graph(window).focus();
  await window.keyboard.press('0');
  await window.mouse.move(2, 2);
  await whenSettled(window);
}

for (const theme of ['light', 'dark'] as const) {
  test(`ten, two hundred, two thousand and ten thousand nodes (${theme})`, async ({ launch }) => {
    test.setTimeout(600_000);
    const sizes = [10, 200, 2_000, 10_000];
    const { data, placed } = await shapedCatalog(sizes.map((size, at) => team(Math.ceil(size * 0.97), at + 2)));
    const { window, pageErrors } = await launch(data);
    await window.emulateMedia({ reducedMotion: 'reduce' });
    await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
    await expect(window.locator('html')).toHaveAttribute('data-theme', theme);
    mkdirSync(join(pictures, theme), { recursive: true });
    for (const [at, { sources, at: place }] of placed.entries()) {
      await openWhole(window, sources.slice(0, 1000).map(place));
      await window.getByRole('button', { name: 'Show details' }).click();
      await showAll(window);
      // Far away one canvas draws everything; nothing has an element of its own.
      if (sizes[at]! >= 2_000) await expect(cards(window)).toHaveCount(0);
      await window.screenshot({ path: join(pictures, theme, `lineage-${sizes[at]}.png`) });
      await window.keyboard.press('Home');
      await expect(cards(window)).not.toHaveCount(0);
      await expect.poll(() => cards(window).count()).toBeLessThan(260);
      await window.screenshot({ path: join(pictures, theme, `lineage-${sizes[at]}-near.png`) });
    }
    expect(pageErrors).toEqual([]);
  });
}

test('deep chains, wide fans, diamonds and rings are drawn without a hang', async ({ launch }) => {
  test.setTimeout(600_000);
  const { data, placed } = await shapedCatalog([chain(5_000), fan(50_000), diamonds(400), ring(12)]);
  const [deep, wide, diamond, circle] = placed;
  const { window, pageErrors } = await launch(data);
  await window.emulateMedia({ reducedMotion: 'reduce' });
  mkdirSync(join(pictures, 'light'), { recursive: true });
  const keep = (name: string) => window.screenshot({ path: join(pictures, 'light', `lineage-${name}.png`) });

  await test.step('a chain of 5,000 steps, from its middle', async () => {
    await openWhole(window, [deep!.at(2_500)]);
    await showAll(window);
    await expect(graph(window)).toHaveAttribute('aria-label', /2,?501 versions, 2,?500 runs/u);
    await keep('chain');
    await window.keyboard.press('Home');
    await window.keyboard.press('ArrowRight');
    await expect(window.getByRole('complementary', { name: 'Details' })).toContainText('Came from 1');
    await window.getByRole('button', { name: 'Show as a tree' }).click();
    await expect(window.getByRole('tree', { name: 'Lineage as a tree' }).getByRole('treeitem').first()).toBeVisible();
    await window.getByRole('button', { name: 'Show details' }).click();
  });
  await test.step('a dataset that 50,000 runs used', async () => {
    await openWhole(window, [wide!.at(0)]);
    await expect(window.getByRole('status').filter({ hasText: 'there are more' })).toContainText('10,000');
    await showAll(window);
    await keep('fan');
    await window.getByRole('button', { name: 'Ask a question' }).click();
    await expect(window.getByRole('region', { name: 'Answer' })).toContainText('50,000 runs');
    await window.getByRole('button', { name: 'Show details' }).click();
  });
  await test.step('four hundred diamonds, and not 2^400 ways', async () => {
    await openWhole(window, [diamond!.at(0)]);
    await showAll(window);
    await keep('diamonds');
    await window.getByRole('button', { name: 'Ask a question' }).click();
    await window.getByRole('combobox', { name: 'Question' }).click();
    await window.getByRole('option', { name: 'What hangs on it?' }).click();
    await expect(window.getByRole('region', { name: 'Answer' })).toContainText('400 versions and 800 runs');
    await window.getByRole('button', { name: 'Show details' }).click();
  });
  await test.step('a ring, as only imports make them', async () => {
    await openWhole(window, [circle!.at(0)]);
    await showAll(window);
    await expect(window.getByRole('region', { name: 'Legend' })).toContainText('closes a cycle');
    await keep('ring');
  });
  await test.step('whoever asks for another before the first is drawn sees the other', async () => {
    await goToAddress(window, `vitrine://lineage?nodes=${wide!.at(0)}`);
    await goToAddress(window, `vitrine://lineage?nodes=${circle!.at(0)}`);
    await expect(graph(window)).toHaveAttribute('aria-label', /7 versions, 7 runs/u);
    await expect(graph(window)).toHaveAttribute('aria-busy', 'false');
  });
  expect(pageErrors).toEqual([]);
});
