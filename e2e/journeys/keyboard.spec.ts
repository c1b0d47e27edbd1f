/**
 * Every place by keyboard alone: gone to, its main act done or begun, the focus seen at each step of Tab, given back by Escape to what was left.
 * The mouse is never touched.
 */
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { startCore } from '../drivers/core.ts';
import { commandPalette, doByPalette, heading, nextFrame } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, modelFolder, workshop } from './workshop.ts';

/** Tab goes round in a dialog, and leaves a popover, which closes then. */
type Opens = 'dialog' | 'popover' | 'menu' | 'nothing';
type Place = {
  readonly name: string;
  /** Keys that lead there, or words for the palette; none: it is there already. */
  readonly go: { readonly keys: readonly string[] } | { readonly palette: string; readonly first: string | RegExp };
  readonly title: string | RegExp;
  /** Its main act: what Tab must reach, Enter must do, and what that opens. */
  readonly act: (window: Page) => Locator;
  readonly opens: Opens;
  /** What is seen once it is done, where nothing opens. */
  readonly done?: (window: Page) => Promise<void>;
};

const main = (window: Page): Locator => window.getByRole('main');
const button = (name: string | RegExp) => (window: Page): Locator => main(window).getByRole('button', { name, ...(typeof name === 'string' ? { exact: true } : {}) }).first();
const keys = (...pressed: string[]) => ({ keys: pressed });
const palette = (words: string, first: string | RegExp = words) => ({ palette: words, first });

const places: readonly Place[] = [
  { name: 'start', go: keys('g', 'h'), title: 'Start', act: button('Connect a script'), opens: 'dialog' },
  { name: 'registries', go: keys('g', 'r'), title: 'Registries', act: button(/New registry/u), opens: 'dialog' },
  { name: 'registry', go: palette('vitrine://registry/Models', 'Open vitrine://registry/Models'), title: 'Models', act: button(/New collection/u), opens: 'dialog' },
  { name: 'registry menu', go: palette('vitrine://registry/Models', 'Open vitrine://registry/Models'), title: 'Models', act: button('More'), opens: 'menu' },
  { name: 'collection', go: palette('vitrine://registry/Models/Encoder', 'Open vitrine://registry/Models/Encoder'), title: /Encoder/u, act: button('Promote…'), opens: 'dialog' },
  { name: 'version', go: palette('vitrine://registry/Models/Encoder/v0', 'Open vitrine://registry/Models/Encoder/v0'), title: /Encoder.*v0/u, act: button('Link to…'), opens: 'dialog' },
  { name: 'aliases of a version', go: palette('vitrine://registry/Models/Encoder/v0', 'Open vitrine://registry/Models/Encoder/v0'), title: /Encoder.*v0/u, act: button('Add alias'), opens: 'popover' },
  { name: 'compare', go: palette('vitrine://registry/Models/Encoder/v0', 'Open vitrine://registry/Models/Encoder/v0'), title: /Encoder.*v0/u, act: button('Compare'), opens: 'dialog' },
  { name: 'members', go: palette('vitrine://members/Models', 'Open vitrine://members/Models'), title: /Members of Models/u, act: button(/^Add/u), opens: 'dialog' },
  { name: 'alias board', go: keys('g', 'a'), title: 'Alias board', act: (window) => window.getByRole('grid', { name: 'Aliases of collections' }), opens: 'nothing', done: async () => undefined },
  { name: 'projects', go: keys('g', 'p'), title: 'Projects', act: (window) => window.getByRole('grid').first(), opens: 'nothing', done: async (window) => expect(heading(window)).toHaveText('lab') },
  { name: 'project', go: palette('vitrine://project/TEAM/lab', 'Open vitrine://project/TEAM/lab'), title: 'lab', act: (window) => window.getByRole('grid').first(), opens: 'nothing', done: async (window) => expect(heading(window)).toHaveText(/minilm|sentence-pairs|gone/u) },
  { name: 'artifact', go: palette('vitrine://project/TEAM/lab/artifact/minilm', 'Open vitrine://project/TEAM/lab/artifact/minilm'), title: 'minilm', act: button('More'), opens: 'menu' },
  { name: 'run', go: palette('vitrine://project/TEAM/lab/run/warm-sun-1?tab=overview', 'Open vitrine://'), title: /warm-sun-1/u, act: button('More'), opens: 'menu' },
  { name: 'compared runs', go: palette('vitrine://project/TEAM/lab/runs?runs=warm-sun-1%20cold-sea-2', 'Open vitrine://'), title: '2 runs compared', act: (window) => main(window).getByRole('tab', { selected: true }), opens: 'nothing', done: async () => undefined },
  { name: 'lineage', go: palette('vitrine://lineage/registry/Models/Encoder/v0', 'Open vitrine://lineage'), title: /Lineage|Encoder/u, act: button(/^Export/u), opens: 'menu' },
  { name: 'search', go: palette('vitrine://search?q=minilm', 'Open vitrine://search'), title: /minilm/u, act: button(/^Save search/u), opens: 'dialog' },
  { name: 'history', go: keys('g', 'y'), title: 'History', act: button('Head…'), opens: 'dialog' },
  { name: 'automations', go: keys('g', 'u'), title: 'Automations', act: button('New automation…'), opens: 'dialog' },
  { name: 'approvals', go: keys('g', 'v'), title: 'Approvals', act: button('Gates…'), opens: 'dialog' },
  { name: 'storage', go: keys('g', 'o'), title: 'Storage', act: button('See what can be freed'), opens: 'nothing', done: async (window) => expect(main(window)).toContainText(/Nothing to free|can be freed/u) },
  { name: 'sync', go: keys('g', 's'), title: /Sync|Remotes/u, act: button('Connect a remote…'), opens: 'dialog' },
  { name: 'trash', go: keys('g', 't'), title: 'Trash', act: button(/^Kept/u), opens: 'dialog' },
  { name: 'settings, appearance', go: keys('ControlOrMeta+,'), title: 'Settings', act: (window) => main(window).getByRole('radio', { checked: true }).first(), opens: 'nothing', done: async () => undefined },
  { name: 'settings, catalog', go: palette('vitrine://settings/general', 'Open vitrine://settings/general'), title: 'Settings', act: button('Take a backup'), opens: 'nothing', done: async (window) => expect(window.getByRole('region', { name: 'Notifications' })).toContainText(/backup/iu) },
  { name: 'settings, keyboard', go: palette('vitrine://settings/keyboard', 'Open vitrine://settings/keyboard'), title: 'Settings', act: (window) => window.getByRole('region', { name: 'Content' }), opens: 'nothing', done: async () => undefined },
  { name: 'settings, people', go: palette('vitrine://settings/access', 'Open vitrine://settings/access'), title: 'Settings', act: button('Add a person…'), opens: 'dialog' },
  { name: 'settings, keys', go: palette('vitrine://settings/keys', 'Open vitrine://settings/keys'), title: 'Settings', act: button('New key…'), opens: 'dialog' },
  { name: 'settings, remotes', go: palette('vitrine://settings/remotes', 'Open vitrine://settings/remotes'), title: 'Settings', act: button('Connect a remote…'), opens: 'dialog' },
];

/** What has the focus, and whether that can be seen: something about it, around it or about its active row looks otherwise than without. */
async function seenFocus(window: Page): Promise<{ readonly what: string; readonly seen: boolean; readonly inSight: boolean }> {
  return window.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return { what: 'nothing', seen: true, inSight: true };
    const active = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
    const around = [element, ...(active === null ? [] : [active, ...active.querySelectorAll('*')]), element.parentElement, element.parentElement?.parentElement].filter((one) => one instanceof HTMLElement || one instanceof SVGElement);
    const look = (): string =>
      around
        .flatMap((one) => [null, '::before', '::after'].map((part) => {
          const style = getComputedStyle(one, part);
          return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor, style.backgroundColor, style.opacity].join(' ');
        }))
        .join('|');
    const box = (active ?? element).getBoundingClientRect();
    const what = `${element.tagName.toLowerCase()} ${element.getAttribute('role') ?? ''} “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 60)}”`;
    const focused = look();
    element.blur();
    const blurred = look();
    element.focus({ preventScroll: true });
    return { what, seen: focused !== blurred, inSight: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth };
  });
}

const soft = expect.configure({ soft: true, timeout: 30_000 });

test('every place by keyboard alone: reached, its main act done, the focus always seen, and given back by Escape', async ({ launch }) => {
  test.setTimeout(900_000);
  const { data, files } = await workshop();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  const team = (await core.client.query('catalog.status', {})).team.name;
  await core.client.execute('runs.create', { project: { name: 'lab' }, runId: 'cold-sea-2', displayName: 'cold-sea-2' });
  const gone = await core.client.execute('versions.log', { paths: [modelFolder(join(files, 'gone'), 9)], project: { name: 'lab' }, artifact: 'gone', type: 'model' });
  await core.client.execute('versions.delete', { ids: [gone.output.versionId], aliases: ['latest'] });
  await core.stop();
  const { window, pageErrors } = await launch(data);
  // Looks are compared at once: none may still be on its way.
  await window.emulateMedia({ reducedMotion: 'reduce' });
  const unseen = new Set<string>();
  const note = async (where: string): Promise<void> => {
    const { what, seen, inSight } = await seenFocus(window);
    if (!seen || !inSight) unseen.add(`${where}: ${what}${seen ? '' : ' looks no different'}${inSight ? '' : ' is out of sight'}`);
  };

  for (const place of places) {
    await test.step(place.name, async () => {
      const { go } = place;
      if ('keys' in go) {
        // The second key of two belongs to the first for a second: where the machine stood still for longer, both are pressed again.
        await expect(async () => {
          for (const key of go.keys) await window.keyboard.press(key);
          await expect(heading(window)).toHaveText(place.title, { timeout: 5000 });
        }).toPass({ timeout: 60_000 });
      }
      else {
        const words = go.palette.replace('TEAM', encodeURIComponent(team));
        await doByPalette(window, words, typeof go.first === 'string' ? go.first.replace('TEAM', encodeURIComponent(team)) : go.first);
        await expect(commandPalette(window)).toBeHidden();
      }
      await soft(heading(window), `${place.name} is reached`).toHaveText(place.title);
      const act = place.act(window);
      await soft(act, `${place.name}: its main act is there`).toBeVisible();
      if ((await act.count()) === 0) return;
      // Tab by Tab, with a look at each step.
      let reached = false;
      for (let step = 0; step < 70 && !reached; step++) {
        reached = await act.evaluate((one) => one === document.activeElement);
        if (reached) break;
        await window.keyboard.press('Tab');
        await note(place.name);
      }
      soft(reached, `${place.name}: Tab reaches its main act`).toBe(true);
      if (!reached) return;
      await window.keyboard.press('Enter');
      if (place.opens === 'nothing') {
        await place.done?.(window);
        return;
      }
      const opened = place.opens === 'menu' ? window.getByRole('menu') : window.getByRole('dialog').or(window.getByRole('alertdialog'));
      await soft(opened.first(), `${place.name}: Enter opens it`).toBeVisible();
      await soft.poll(() => window.evaluate(() => document.activeElement?.closest('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null), `${place.name}: the focus is in what opened`).toBe(true);
      for (let step = 0; step < (place.opens === 'dialog' ? 12 : place.opens === 'popover' ? 2 : 0); step++) {
        await note(`${place.name}, opened`);
        await window.keyboard.press('Tab');
        // What goes round passes over the dialog's ends a frame later.
        await nextFrame(window);
        if (!(await window.evaluate(() => document.activeElement?.closest('[role="dialog"], [role="alertdialog"]') !== null))) unseen.add(`${place.name}: Tab leaves what opened`);
      }
      await window.keyboard.press('Escape');
      await soft(opened, `${place.name}: Escape closes it`).toHaveCount(0);
      await soft(act, `${place.name}: Escape gives the focus back`).toBeFocused();
    });
  }
  expect([...unseen]).toEqual([]);
  expect(pageErrors).toEqual([]);
});
