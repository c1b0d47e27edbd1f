/** Whoever is quicker than core: what is pressed before the answer is there counts once it is. Core is held still so that no race decides it. */
import type { Page } from '@playwright/test';
import { commandPalette, goTo, heading, rowOf, searchFor, table } from '../pages/catalogWindow.ts';
import { expect, test, whileCoreIsHeld } from './journey.ts';
import { workshop } from './workshop.ts';

test('Enter in the palette before the results are there opens the first of them', async ({ launch }) => {
  const { data } = await workshop();
  const vitrine = await launch(data);
  const { window } = vitrine;
  const { keyboard } = window;
  await whileCoreIsHeld(vitrine, async () => {
    await keyboard.press('ControlOrMeta+k');
    await expect(commandPalette(window).getByRole('combobox')).toBeFocused();
    await keyboard.type('Encoder');
    const palette = window.getByRole('dialog', { name: 'Command palette' });
    await expect(palette.getByRole('option').first()).toContainText('Search for');
    await keyboard.press('Enter');
    // It waits, and says that it does.
    await expect(palette.getByRole('status')).toHaveText(/Waiting/u);
  });
  await expect(heading(window)).toContainText('Encoder');
  await expect(window.getByRole('dialog')).toHaveCount(0);
  expect(vitrine.pageErrors).toEqual([]);
});

test('what is marked by hand in the palette is taken at once, whatever is still to come', async ({ launch }) => {
  const { data } = await workshop();
  const vitrine = await launch(data);
  const { window } = vitrine;
  const { keyboard } = window;
  await whileCoreIsHeld(vitrine, async () => {
    await keyboard.press('ControlOrMeta+k');
    await expect(commandPalette(window).getByRole('combobox')).toBeFocused();
    await keyboard.type('minilm');
    await expect(window.getByRole('option').first()).toContainText('Search for');
    await keyboard.press('End');
    await keyboard.press('Enter');
  });
  await expect(heading(window)).toContainText('minilm');
  await expect(rowOf(table(window, 'Hits'), 'minilm')).toHaveCount(2);
  expect(vitrine.pageErrors).toEqual([]);
});

test('results that come late take the mark from “Search for …”, unless somebody moved it', async ({ launch }) => {
  const { data } = await workshop();
  const vitrine = await launch(data);
  const { window } = vitrine;
  await whileCoreIsHeld(vitrine, async () => {
    await window.keyboard.press('ControlOrMeta+k');
    await expect(commandPalette(window).getByRole('combobox')).toBeFocused();
    await window.keyboard.type('Encoder');
    await expect(window.getByRole('option', { name: 'Search for' })).toHaveAttribute('aria-selected', 'true');
  });
  await expect(window.getByRole('option', { name: /Encoder.*collection/u })).toHaveAttribute('aria-selected', 'true');
  await expect(window.getByRole('option', { name: 'Search for' })).toHaveAttribute('aria-selected', 'false');
});

test('Enter in “Link to…” before the destinations are there takes the first of them', async ({ launch }) => {
  const { data } = await workshop();
  const vitrine = await launch(data);
  const { window } = vitrine;
  const { keyboard } = window;
  await searchFor(window, 'minilm');
  const hits = table(window, 'Hits');
  await rowOf(hits, /v0/u).first().getByRole('gridcell').first().click();
  const picker = window.getByRole('dialog', { name: 'Link to…' });
  await whileCoreIsHeld(vitrine, async () => {
    await keyboard.press('l');
    await expect(picker.getByRole('combobox')).toBeFocused();
    await keyboard.type('spare');
    await window.evaluate(() => {
      const noted = (event: Event): void => void setTimeout(() => Reflect.set(globalThis, 'enterWasTaken', event.defaultPrevented));
      globalThis.window.addEventListener('keydown', noted, { once: true, capture: true });
    });
    await keyboard.press('Enter');
    await expect(picker).toBeVisible();
    // Were it not, the character of the key could reach the form that opens, and send it off unseen.
    await expect.poll(() => window.evaluate(() => Reflect.get(globalThis, 'enterWasTaken') as boolean | undefined)).toBe(true);
  });
  await expect(window.getByRole('dialog', { name: 'Link', exact: true })).toContainText('Spare');
});

/** Motion so slow that what goes is surely still there when the next thing comes; its way out ends when the test says so. */
async function holdMotion(window: Page): Promise<() => Promise<void>> {
  await window.evaluate(() => {
    for (const name of ['--motion-fast', '--motion', '--motion-slow']) document.documentElement.style.setProperty(name, '60s');
  });
  return () =>
    window.evaluate(() => {
      for (const animation of document.getAnimations()) animation.finish();
    });
}

test('a dialog that an entry of a row’s menu opens keeps the focus when the menu is gone', async ({ launch }) => {
  const { data } = await workshop();
  const { window, pageErrors } = await launch(data);
  await searchFor(window, 'minilm');
  await rowOf(table(window, 'Hits'), /v0/u).first().getByRole('gridcell').first().click({ button: 'right' });
  const finishMotion = await holdMotion(window);
  await window.getByRole('menuitem', { name: /^Link to…/u }).click();
  const box = window.getByRole('dialog', { name: 'Link to…' }).getByRole('combobox');
  await expect(box).toBeFocused();
  await finishMotion();
  await expect(window.getByRole('menu')).toHaveCount(0);
  await expect(box).toBeFocused();
  expect(pageErrors).toEqual([]);
});

test('the palette opened while another dialog is still on its way out keeps the focus and stays', async ({ launch }) => {
  const { data } = await workshop();
  const { window, pageErrors } = await launch(data);
  const finishMotion = await holdMotion(window);
  await goTo(window, 'Registries');
  for (const trigger of ['key', 'button'] as const) {
    await test.step(`a dialog opened by a ${trigger}`, async () => {
      if (trigger === 'key') await window.keyboard.press('?');
      else await window.getByRole('main').getByRole('button', { name: /New registry/u }).first().click();
      const dialog = window.getByRole('dialog');
      await expect(dialog.locator(':focus').or(dialog.and(window.locator(':focus')))).toHaveCount(1);
      await finishMotion();
      // The second key is the next thing that happens: no frame is drawn between them, and the focus has not gone back yet.
      await window.evaluate(async () => {
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
        await new Promise((resolve) => setTimeout(resolve));
        const mod = navigator.platform.includes('Mac') ? { metaKey: true } : { ctrlKey: true };
        (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ...mod, bubbles: true, cancelable: true }));
      });
      const box = commandPalette(window).getByRole('combobox');
      await expect(box).toBeFocused();
      await finishMotion();
      await expect(window.getByRole('dialog')).toHaveCount(1);
      await expect(box).toBeFocused();
      await window.keyboard.insertText('vitrine://trash');
      await expect(commandPalette(window).getByRole('option', { name: 'Open vitrine://trash' })).toHaveAttribute('aria-selected', 'true');
      await window.keyboard.press('Enter');
      await expect(heading(window)).toHaveText('Trash');
      // And again, while the palette itself is still on its way out.
      await window.keyboard.press('ControlOrMeta+k');
      await expect(box).toBeFocused();
      await finishMotion();
      await expect(box).toBeFocused();
      await window.keyboard.insertText('vitrine://registries');
      await expect(commandPalette(window).getByRole('option', { name: 'Open vitrine://registries' })).toHaveAttribute('aria-selected', 'true');
      await window.keyboard.press('Enter');
      await expect(heading(window)).toHaveText('Registries');
      await finishMotion();
      await expect(window.getByRole('dialog')).toHaveCount(0);
    });
  }
  expect(pageErrors).toEqual([]);
});
