/** The window as a person finds their way in it: by role and by name. */
import { expect, type Locator, type Page } from '@playwright/test';

/** Waits until core answers and the place is drawn. */
export async function whenReady(window: Page): Promise<void> {
  await expect(statusLine(window)).toContainText(/Ready|Read-only/u);
  await expect(window.getByRole('main')).toBeVisible();
}

export const statusLine = (window: Page): Locator => window.getByRole('contentinfo', { name: 'Status' });
export const sidebar = (window: Page): Locator => window.getByRole('navigation', { name: 'Navigation' });
export const sidebarTree = (window: Page): Locator => window.getByRole('tree', { name: 'Registries and collections' });
export const sidebarItem = (window: Page, name: string): Locator => sidebarTree(window).getByRole('treeitem', { name, exact: true });
export const heading = (window: Page): Locator => window.getByRole('main').getByRole('heading', { level: 1 });
export const table = (window: Page, label: string): Locator => window.getByRole('grid', { name: label });
export const rowOf = (grid: Locator, text: string | RegExp): Locator => grid.getByRole('row').filter({ hasText: text });
export const alias = (within: Locator, name: string): Locator => within.getByRole('button', { name: `Alias ${name}` });

/** Goes to a place by its entry in the sidebar. */
export async function goTo(window: Page, name: string): Promise<void> {
  await sidebar(window).getByRole('link', { name, exact: true }).click();
}

/** Unfolds a registry in the sidebar's tree with the keys of a tree, if it is folded. */
export async function unfold(window: Page, registry: string): Promise<void> {
  const item = sidebarItem(window, registry).last();
  const tree = sidebarTree(window);
  // While a catalog fills its sidebar, entries come and get other places: then the walk begins anew.
  await expect(async () => {
    if ((await item.getAttribute('aria-expanded')) === 'true') return;
    await tree.focus();
    await window.keyboard.press('Home');
    for (let step = 0; step < 50 && (await tree.getAttribute('aria-activedescendant')) !== (await item.getAttribute('id')); step++) await window.keyboard.press('ArrowDown');
    await window.keyboard.press('ArrowRight');
    await expect(item).toHaveAttribute('aria-expanded', 'true', { timeout: 5000 });
  }).toPass();
}

/** Types into the one search box and goes. */
export async function searchFor(window: Page, words: string): Promise<void> {
  const box = window.getByRole('combobox', { name: 'Search the catalog' });
  await box.fill(words);
  await box.press('Enter');
  await expect(heading(window)).toContainText(words);
}

/** Other dialogs have such fields, too, and one may still be on its way out. */
export const commandPalette = (window: Page): Locator => window.getByRole('dialog', { name: 'Command palette' });

/** Opens the palette. It does not open over another dialog, and one that has done its work may just be going. */
async function openPalette(window: Page): Promise<Locator> {
  await expect(window.locator(':is([role="dialog"], [role="alertdialog"]):not([data-closed])')).toHaveCount(0);
  await window.keyboard.press('ControlOrMeta+k');
  const palette = commandPalette(window);
  await expect(palette.getByRole('combobox')).toBeFocused();
  return palette;
}

/** Does an action of the palette, or goes to what it finds, by typing; waits until `first` is what Enter would take. */
export async function doByPalette(window: Page, words: string, first: string | RegExp = words): Promise<void> {
  const palette = await openPalette(window);
  await palette.getByRole('combobox').pressSequentially(words);
  const wanted = palette.getByRole('option').first();
  await expect(wanted).toContainText(first);
  await expect(wanted).toHaveAttribute('aria-selected', 'true');
  await window.keyboard.press('Enter');
}

/** Goes to a `vitrine://` address by pasting it into the palette. */
export async function goToAddress(window: Page, address: string): Promise<void> {
  const palette = await openPalette(window);
  await palette.getByRole('combobox').fill(address);
  const wanted = palette.getByRole('option').first();
  await expect(wanted).toContainText(`Open ${address}`);
  // Enter takes what is marked, which the list does a moment after it stands.
  await expect(wanted).toHaveAttribute('aria-selected', 'true');
  await window.keyboard.press('Enter');
  await expect(palette).toBeHidden();
}

/** Drags with the mouse as a hand does: presses, moves in steps, waits until the target is lit; letting go is the caller's. */
export async function dragWithMouse(window: Page, from: Locator, to: Locator): Promise<void> {
  // Lists that hold only the rows in sight make a row anew as it comes into sight: it is looked for again then.
  await expect(() => to.scrollIntoViewIfNeeded({ timeout: 2000 })).toPass();
  await beginDrag(window, from);
  await dragOver(window, to);
}

/** Presses the mouse on something once it stands still and nothing lies over it, and moves as far as it takes to pick it up. */
export async function beginDrag(window: Page, from: Locator): Promise<void> {
  await from.scrollIntoViewIfNeeded();
  const size = await from.boundingBox();
  if (size === null) throw new Error('What is to be dragged is not shown.');
  const position = { x: Math.min(size.width / 2, 60), y: size.height / 2 };
  await from.hover({ position });
  const box = await from.boundingBox();
  if (box === null) throw new Error('What is to be dragged is not shown.');
  await window.mouse.down();
  await window.mouse.move(box.x + position.x + 12, box.y + position.y + 6, { steps: 4 });
}

/** Moves what is being dragged over a target until that says so: what gives way to a drag moves others, and where it stands is asked anew. */
export async function dragOver(window: Page, to: Locator, expected: { readonly 'data-drop-over': '' } | { readonly shown: Locator } = { 'data-drop-over': '' }): Promise<void> {
  await expect(async () => {
    const box = await to.boundingBox();
    if (box === null) throw new Error('The target is not shown.');
    const [x, y] = [box.x + Math.min(box.width / 2, 80), box.y + box.height / 2];
    await window.mouse.move(x - 4, y, { steps: 8 });
    await window.mouse.move(x, y, { steps: 4 });
    if ('shown' in expected) await expect(expected.shown).toBeVisible({ timeout: 2000 });
    else await expect(to).toHaveAttribute('data-drop-over', '', { timeout: 2000 });
  }).toPass();
}

/** With something picked up by its key: the arrows, until the target would take it. */
export async function stepToTarget(window: Page, target: Locator, most = 20): Promise<void> {
  // Targets are lit once it is picked up; arrows before that are somebody else's.
  await expect(target).toHaveAttribute('data-drop', 'possible');
  for (let step = 0; step < most && (await target.getAttribute('data-drop-over')) === null; step++) {
    await window.keyboard.press('ArrowDown');
    await nextFrame(window);
  }
  await expect(target).toHaveAttribute('data-drop-over', '');
}

/** What the last act changed is drawn. */
export const nextFrame = (window: Page): Promise<void> => window.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));

/**
 * Focuses something and presses a key on it. What opens (a menu, a list, a dialog) takes the focus a moment after it is drawn, and what goes gives it
 * back: it is waited for that it stays.
 */
export async function pressOn(element: Locator, key = 'Enter'): Promise<void> {
  await expect(async () => {
    await element.focus();
    const stays = await element.evaluate(async (one) => {
      for (let frame = 0; frame < 5; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
      return one === document.activeElement;
    });
    expect(stays).toBe(true);
  }).toPass();
  await element.page().keyboard.press(key);
}

/** Files of the system dropped on a spot of the window, as a file manager does it: through the browser, so that they have paths. */
export async function dropFiles(window: Page, paths: readonly string[], on: Locator): Promise<void> {
  const box = await on.boundingBox();
  if (box === null) throw new Error('The target is not shown.');
  const session = await window.context().newCDPSession(window);
  const at = { x: Math.round(box.x + Math.min(box.width / 2, 100)), y: Math.round(box.y + Math.min(box.height / 2, 200)), data: { items: [], files: [...paths], dragOperationsMask: 1 } };
  try {
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...at });
  } finally {
    await session.detach();
  }
}

/** The toast that says so, with its buttons. */
export const toast = (window: Page, words: string | RegExp): Locator => window.getByRole('region', { name: 'Notifications' }).locator('> div').filter({ hasText: words }).last();

/** Presses Tab until the element has the focus; a person would give up after so many. */
export async function tabTo(window: Page, element: Locator, most = 60): Promise<void> {
  await expect(element).toBeVisible();
  for (let step = 0; step < most; step++) {
    if (await element.evaluate((one) => one === document.activeElement)) return;
    await window.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${String(element)}.`);
}
