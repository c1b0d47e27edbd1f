/** The window at its narrowest: every place fits, and of a row of tabs the one on show is in sight. */
import type { Locator } from '@playwright/test';
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress, heading } from '../pages/catalogWindow.ts';
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
