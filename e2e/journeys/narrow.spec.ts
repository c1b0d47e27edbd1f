/** The window at its narrowest: every place fits, and of a row of tabs the one on show is in sight. */
import type { Locator } from '@playwright/test';
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress, heading, rowOf, table } from '../pages/catalogWindow.ts';
import { whenSettled } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

const version = 'vitrine://registry/Models/Review%20Sentiment/production';
const places = [
  'start', 'registries', 'registry/Models', 'registry/Models/Review%20Sentiment', 'board', 'projects', 'lineage', 'lineage/registry/Models/Review%20Sentiment/production',
  'search?q=weld', 'history', 'automations', 'approvals', 'storage', 'sync', 'trash', 'settings/general', 'members/Models',
];

/** Whether nothing of it is cut off at the left or right of what it scrolls in. */
async function isWithin(part: Locator, whole: Locator): Promise<boolean> {
  const [inner, outer] = [await part.boundingBox(), await whole.boundingBox()];
  return inner !== null && outer !== null && inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width;
}

test('a narrow window has no place wider than itself, and shows which tab is chosen', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { app, window, pageErrors } = await launch(data);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(760, 820));
  await expect.poll(() => window.evaluate(() => innerWidth)).toBe(760);

  for (const place of places) {
    await goToAddress(window, `vitrine://${place}`);
    await whenSettled(window);
    expect(await window.evaluate(() => document.documentElement.scrollWidth), place).toBeLessThanOrEqual(760);
  }

  await test.step('a lineage opens with all of it in sight', async () => {
    await goToAddress(window, 'vitrine://lineage/registry/Models/Review%20Sentiment/production');
    await whenSettled(window);
    const canvas = window.getByRole('application');
    const cards = canvas.locator('.react-flow__node');
    await expect(cards).toHaveCount(7);
    for (const card of await cards.all()) await expect(card).toBeInViewport({ ratio: 0.99 });
    // Nothing lies over the one that it is about.
    const root = await cards.filter({ has: window.locator('[data-root]') }).boundingBox();
    const over = await window.getByRole('group', { name: 'Zoom' }).locator('..').boundingBox();
    expect((root?.x ?? 0) + (root?.width ?? 0)).toBeLessThanOrEqual(over?.x ?? 0);
  });

  await test.step('what several rows are chosen for has room, and aliases are not cut off', async () => {
    await goToAddress(window, 'vitrine://registry/Models/Weld%20Detector');
    const rows = table(window, 'Versions of Weld Detector');
    await rowOf(rows, /^v5/u).click();
    await rowOf(rows, /^v4/u).click({ modifiers: ['ControlOrMeta'] });
    const bar = window.getByRole('toolbar', { name: 'Selected versions' });
    await expect(bar).toBeVisible();
    for (const button of await bar.getByRole('button').all()) expect(await isWithin(button, window.getByRole('main'))).toBe(true);
    const names = rowOf(rows, /^v6/u).locator('[data-alias] > span');
    await expect(names.first()).toHaveText('candidate');
    expect(await names.evaluateAll((all) => all.filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent))).toEqual([]);
    await window.keyboard.press('Escape');
  });

  await test.step('a choice of a role does not lie over what is beside it', async () => {
    await goToAddress(window, 'vitrine://settings/access');
    const row = window.getByRole('table', { name: 'People' }).getByRole('row').filter({ hasText: 'amara' });
    await expect(row).toBeVisible();
    const [choice, beside] = [await row.getByRole('combobox').boundingBox(), await row.getByRole('cell').nth(1).boundingBox()];
    expect((choice?.x ?? 0) + (choice?.width ?? 0)).toBeLessThanOrEqual(beside?.x ?? 0);
  });

  const tabs = window.getByRole('main').getByRole('tablist').first();
  const chosen = tabs.locator('[role="tab"][aria-selected="true"]');
  await test.step('opened by its address', async () => {
    for (const [tab, name] of [['overview', 'Overview'], ['history', 'History'], ['usage', 'Usage'], ['files', /^Files/u]] as const) {
      await goToAddress(window, `${version}?tab=${tab}`);
      await expect(heading(window)).toContainText('Review Sentiment');
      await expect(chosen).toHaveText(name);
      await expect.poll(() => isWithin(chosen, tabs), `${tab} is in sight`).toBe(true);
    }
  });

  await test.step('and when the window becomes narrower still beside it', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 820));
    await goToAddress(window, `${version}?tab=history`);
    await expect(chosen).toHaveText('History');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(760, 820));
    await expect.poll(() => window.evaluate(() => innerWidth)).toBe(760);
    await expect.poll(() => isWithin(chosen, tabs)).toBe(true);
  });
  expect(pageErrors).toEqual([]);
});
