/** What of a lineage is shown and from where: sides, conditions, reading direction, minimap and zoom; what a card and an edge say; linking by keys. */
import type { Page } from '@playwright/test';
import { goToAddress, heading, pressOn, toast } from '../pages/catalogWindow.ts';
import { between, card, find, graph, hideSide, lineageOf, showAll, toolbar, whenStill } from '../pages/lineageGraph.ts';
import { expect, test } from './journey.ts';
import { lineageWorkshop } from './lineageWorkshop.ts';

const camera = (window: Page): Promise<string> => window.locator('.react-flow__viewport').evaluate((element) => (element as HTMLElement).style.transform);
const zoom = async (window: Page): Promise<number> => Number.parseInt(await window.getByRole('group', { name: 'Zoom' }).innerText(), 10);

test('sides, each condition of the filter and the reading direction decide what is shown', async ({ launch }) => {
  test.slow();
  const { data, team } = await lineageWorkshop();
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, lineageOf(team, 'reviews', 'reviews', 0));
  await hideSide(window);
  await showAll(window);
  await expect(card(window, 'train-1')).toHaveCount(1);

  await test.step('one side, by the arrow keys', async () => {
    const sides = toolbar(window).getByRole('radiogroup', { name: 'Which side' });
    await sides.getByRole('radio', { name: 'Both' }).focus();
    await window.keyboard.press('ArrowLeft');
    await expect(card(window, 'train-1')).toHaveCount(0);
    await showAll(window);
    await expect(card(window, 'raw-reviews')).toHaveCount(1);
    await sides.getByRole('radio', { name: 'Downstream' }).click();
    await expect(card(window, 'raw-reviews')).toHaveCount(0);
    await sides.getByRole('radio', { name: 'Both' }).click();
    await showAll(window);
    await expect(card(window, 'raw-reviews')).toHaveCount(1);
  });

  const filter = async (field: string, typed: string, option: RegExp): Promise<void> => {
    await toolbar(window).getByRole('button', { name: /^Filter/u }).click();
    await window.getByRole('combobox', { name: field }).fill(typed);
    await window.getByRole('option', { name: option }).click();
    await window.keyboard.press('Escape');
    await window.keyboard.press('Escape');
    await showAll(window);
  };
  const clear = async (): Promise<void> => {
    await toolbar(window).getByRole('button', { name: /^Filter, /u }).click();
    await window.getByRole('button', { name: 'Clear', exact: true }).click();
    await window.keyboard.press('Escape');
    await showAll(window);
    await expect(card(window, 'trial-1')).toHaveCount(1);
  };
  await test.step('by project, with the way to it', async () => {
    await filter('Projects', 'serving', /\/serving$/u);
    await expect(card(window, 'trial-1')).toHaveCount(0);
    await expect(card(window, 'service')).toHaveCount(1);
    await expect(card(window, 'train-1').locator('[data-between]')).toHaveCount(1);
    await clear();
  });
  await test.step('by state', async () => {
    await filter('States', 'deleted', /^Version: deleted/u);
    await expect(card(window, 'service')).toHaveCount(0);
    await expect(card(window, 'draft')).toHaveCount(1);
    await clear();
  });
  await test.step('by tag', async () => {
    await filter('Tags', 'ser', /^served/u);
    await expect(card(window, 'draft')).toHaveCount(0);
    await expect(card(window, 'service')).toHaveCount(1);
    await expect(card(window, 'build-1').locator('[data-between]')).toHaveCount(1);
    await clear();
  });
  await test.step('by time; where nothing is left, the way back is there', async () => {
    await toolbar(window).getByRole('button', { name: 'Filter' }).click();
    await window.getByLabel('Made from').fill('2099-01-01');
    await window.keyboard.press('Escape');
    await expect(window.getByText('Nothing matches the filter')).toBeVisible();
    await window.getByRole('button', { name: 'Clear the filter' }).click();
    await showAll(window);
    await expect(card(window, 'trial-1')).toHaveCount(1);
  });

  await test.step('from left to right, and from the top down', async () => {
    await expect.poll(async () => (await between(window, 'train-1', 'build-1')).x).toBeGreaterThan(200);
    await window.getByRole('radio', { name: 'Top down' }).click();
    await showAll(window);
    await expect.poll(async () => (await between(window, 'train-1', 'build-1')).y).toBeGreaterThan(100);
  });
  expect(pageErrors).toEqual([]);
});

test('cards and edges say what they are; minimap and zoom lead there; a version is linked by keys', async ({ launch }) => {
  const { data, team } = await lineageWorkshop();
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, lineageOf(team, 'sentiment', 'sentiment', 1));
  await showAll(window);
  await expect(graph(window)).toHaveAttribute('aria-busy', 'false');

  await test.step('aliases and links on the card, the name of an input at its edge', async () => {
    await find(window, 'sentiment v1');
    await expect(card(window, /sentiment\s*v1/u)).toContainText('latest');
    await expect(card(window, /sentiment\s*v1/u).locator('[title="Linked in Models / Sentiment"]')).toBeVisible();
    await find(window, 'train-2');
    const details = window.getByRole('complementary', { name: 'Details' });
    await expect(details.getByRole('region', { name: 'Came from' })).toContainText('as training-data');
    await expect(details.getByRole('region', { name: 'Came from' })).toContainText('used, by hand');
  });
  await test.step('a key shows the selection, with what stands beside it', async () => {
    await showAll(window);
    await expect.poll(() => zoom(window)).toBeLessThan(60);
    await window.keyboard.press('z');
    await expect.poll(() => zoom(window)).toBeGreaterThan(60);
    await expect(card(window, 'train-2')).toBeInViewport();
  });
  await test.step('the minimap leads where it is pressed', async () => {
    await window.getByRole('button', { name: 'Zoom in' }).click();
    await whenStill(window);
    const before = await camera(window);
    const map = window.locator('[class*="minimap"]').first();
    const box = (await map.boundingBox())!;
    await window.mouse.click(box.x + 14, box.y + box.height / 2);
    await expect.poll(() => camera(window)).not.toBe(before);
  });
  await test.step('a version of the graph is linked by keys alone', async () => {
    await find(window, 'sentiment v1');
    await graph(window).focus();
    await window.keyboard.press('l');
    await window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox').fill('Spare');
    await pressOn(window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox'));
    const form = window.getByRole('dialog', { name: 'Link', exact: true });
    await expect(form).toContainText('Spare');
    await pressOn(form.getByRole('button', { name: /^Link/u }));
    await expect(toast(window, /to Models \/ Spare as v0/u)).toBeVisible();
  });
  await test.step('a run has a lineage of its own on its page', async () => {
    await goToAddress(window, `vitrine://project/${encodeURIComponent(team)}/sentiment/run/train-1`);
    await expect(heading(window)).toContainText('train-1');
    await window.getByRole('tab', { name: 'Lineage' }).click();
    await hideSide(window);
    await showAll(window);
    await expect(window.locator('.react-flow__node [data-root]').filter({ hasText: 'train-1' })).toHaveCount(1);
    await expect(card(window, /sentiment\s*v0/u)).toHaveCount(1);
  });
  expect(pageErrors).toEqual([]);
});
