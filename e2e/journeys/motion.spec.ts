/** Motion that can be turned off: by the desktop's wish or by the setting, nothing in the window moves, the graph included. */
import type { Page } from '@playwright/test';
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress, heading, rowOf, table, toast, unfold } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

/** Notes in every frame what is animated, and where the graph's camera and cards are. */
async function watchMotion(window: Page): Promise<() => Promise<{ readonly animated: readonly string[]; readonly cameras: number }>> {
  await window.evaluate(() => {
    const animated = new Set<string>();
    const cameras = new Set<string>();
    let watching = true;
    const look = (): void => {
      for (const animation of document.getAnimations()) {
        const duration = Number(animation.effect?.getComputedTiming().duration ?? 0);
        const target = (animation.effect as KeyframeEffect | null)?.target;
        if (duration > 1) animated.add(`${(animation as CSSAnimation).animationName ?? (animation as CSSTransition).transitionProperty} of ${target?.tagName.toLowerCase() ?? '?'}.${target?.getAttribute('class') ?? ''}: ${duration} ms`);
      }
      const viewport = document.querySelector<HTMLElement>('.react-flow__viewport');
      if (viewport !== null) cameras.add(viewport.style.transform);
      if (watching) requestAnimationFrame(look);
    };
    look();
    Reflect.set(globalThis, 'stopWatching', () => {
      watching = false;
      return { animated: [...animated], cameras: cameras.size };
    });
  });
  return () => window.evaluate(() => (Reflect.get(globalThis, 'stopWatching') as () => { animated: string[]; cameras: number })());
}

/** What moves in the window when motion is on: a palette, a dialog, a menu, a popover, chips, toasts, folds, places. */
async function doManyThings(window: Page): Promise<void> {
  await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment');
  await expect(heading(window)).toContainText('Review Sentiment');
  await unfold(window, 'Models');
  await window.keyboard.press('ControlOrMeta+k');
  await expect(window.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(window.getByRole('dialog')).toHaveCount(0);
  const versions = table(window, 'Versions of Review Sentiment');
  await rowOf(versions, 'production').click();
  await rowOf(versions, 'production').click({ button: 'right' });
  await expect(window.getByRole('menu')).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(window.getByRole('menu')).toHaveCount(0);
  await rowOf(versions, 'production').hover();
  await rowOf(versions, 'production').getByRole('button', { name: 'Add alias' }).click();
  const form = window.getByRole('dialog', { name: /Add aliases/u });
  await form.getByRole('textbox', { name: 'Aliases' }).fill('still');
  await form.getByRole('textbox', { name: 'Aliases' }).press('Enter');
  await expect(toast(window, 'still')).toBeVisible();
  await toast(window, 'still').getByRole('button', { name: 'Undo' }).click();
  await expect(rowOf(versions, 'production').getByRole('button', { name: 'Alias still' })).toHaveCount(0);
  await window.getByRole('tab', { name: /^Card/u }).click();
  await window.keyboard.press('?');
  await expect(window.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(window.getByRole('dialog')).toHaveCount(0);
}

/** Opens a graph, looks at all of it, comes back, shows one step more. Returns how many poses of the camera were seen on the way to “all” . */
async function lookAround(window: Page): Promise<number> {
  await goToAddress(window, 'vitrine://lineage/registry/Models/Review%20Sentiment/production');
  const graph = window.getByRole('application', { name: /^Lineage graph/u });
  await expect(window.locator('.react-flow__node').first()).toBeVisible();
  await graph.focus();
  await window.keyboard.press('Home');
  const level = window.getByRole('group', { name: 'Zoom' });
  const before = await level.innerText();
  const stop = await watchMotion(window);
  await window.keyboard.press('+');
  await expect(level).not.toHaveText(before);
  await window.keyboard.press('0');
  // The frame after the last: nothing is on its way any more.
  await expect.poll(() => window.evaluate(() => new Promise((resolve) => {
    const at = document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform;
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform === at)));
  }))).toBe(true);
  return (await stop()).cameras;
}

for (const by of ['the desktop', 'the setting'] as const) {
  test(`nothing moves when ${by} wants no motion`, async ({ launch }) => {
    test.slow();
    const data = folder();
    await vitrineJson(['sample'], { data });
    const { window, pageErrors } = await launch(data);
    if (by === 'the desktop') await window.emulateMedia({ reducedMotion: 'reduce' });
    else {
      await window.emulateMedia({ reducedMotion: 'no-preference' });
      await goToAddress(window, 'vitrine://settings/appearance');
      await window.getByRole('switch', { name: /motion/iu }).click();
      await expect(window.locator('html')).toHaveAttribute('data-motion', 'off');
    }
    const stop = await watchMotion(window);
    await doManyThings(window);
    expect((await stop()).animated).toEqual([]);
    // Where it stood, nearer, all of it: no pose between.
    expect(await lookAround(window)).toBeLessThanOrEqual(3);
    expect(pageErrors).toEqual([]);
  });
}

test('with motion on, the same is seen to move', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window } = await launch(data);
  await window.emulateMedia({ reducedMotion: 'no-preference' });
  const stop = await watchMotion(window);
  await doManyThings(window);
  expect((await stop()).animated.length).toBeGreaterThan(0);
  // A machine that draws few frames may show none between where it was and where it comes to; it does not do so each time.
  await expect(async () => expect(await lookAround(window)).toBeGreaterThan(3)).toPass();
});
