/** Looking at the window: when it stands still, what axe objects to, and pictures of both widths. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type ElectronApplication, type Page } from '@playwright/test';

/** Nothing is waited for any more: no skeletons, no running transitions. */
export async function whenSettled(window: Page): Promise<void> {
  await expect(window.locator('[aria-busy="true"]').or(window.getByRole('status', { name: 'Loading' }))).toHaveCount(0);
  await window.evaluate(async () => {
    await document.fonts.ready;
    // Two frames: what the last answer changed is laid out and drawn.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

/** What axe objects to. Only colours differ between themes, so all the other rules are asked once, in the light one. */
export async function problemsOf(window: Page, theme: string): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page: window }).setLegacyMode();
  const asked = theme === 'light'
    ? axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    : axe.withRules(['color-contrast', 'link-in-text-block']);
  const { violations } = await asked.analyze();
  return violations.map((violation) => `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
}

/** Keeps a picture under a name and asks what is wrong with what it shows: by the rules of its theme, where none other is given. */
export type Look = (name: string, rulesOf?: string) => Promise<void>;

/** The window wide and narrow, with a way to look at it that names each picture by the width. */
export async function* atBothWidths(app: ElectronApplication, window: Page, theme: string): AsyncGenerator<Look> {
  const pictures = join(import.meta.dirname, '..', 'output', 'screenshots', theme);
  mkdirSync(pictures, { recursive: true });
  for (const width of [1280, 760]) {
    await app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size, 820), width);
    await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width);
    yield async (name, rulesOf = theme) => {
      await whenSettled(window);
      await window.screenshot({ path: join(pictures, `${name}-${width}.png`) });
      expect.soft(await problemsOf(window, rulesOf), `${name}, ${theme}, ${width}`).toEqual([]);
    };
  }
}
