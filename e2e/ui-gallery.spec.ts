/** The window's primitives in the real runtime: keyboard, focus, what screen readers are told, what the content security policy stops. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { openBuiltPage, type BuiltPage } from './drivers/builtPage.ts';

let built: BuiltPage;
let page: Page;

test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  built = await openBuiltPage('renderer/ui/gallery/vite.config.ts');
  page = built.page;
});

test.afterAll(async () => {
  await built?.close();
});

test.afterEach(async () => {
  expect(await page.evaluate(() => Reflect.get(globalThis, 'galleryTrouble') as unknown)).toEqual([]);
  expect(built.strangers).toEqual([]);
});

async function show(parameters: Readonly<Record<string, string>>): Promise<void> {
  await page.goto(`${built.address}gallery.html?${new URLSearchParams(parameters).toString()}`);
  await expect(page.getByRole('tree', { name: 'Places' })).toBeVisible();
}

const grid = (): Locator => page.getByRole('grid', { name: 'Versions' });
/** Positions of the selected rows among those in the document. */
const selectedRows = (): Promise<number[]> =>
  grid()
    .locator('[role="row"][aria-selected="true"]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex')) - 2).sort((one, other) => one - other));
/** The row the grid says has the keyboard; it must be in the document. */
const activeRow = (): Promise<number> =>
  grid().evaluate((element) => {
    const row = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
    return row === null ? -1 : Number(row.getAttribute('aria-rowindex')) - 2;
  });

test('arrows, pages and both ends move through a hundred thousand rows', async () => {
  await show({ section: 'table' });
  await expect(grid()).toHaveAttribute('aria-rowcount', '100001');
  await grid().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(activeRow).toBe(2);
  await expect.poll(selectedRows).toEqual([2]);
  await page.keyboard.press('End');
  await expect.poll(activeRow).toBe(99_999);
  await expect(grid().locator('[aria-rowindex="100001"]')).toBeInViewport();
  await page.keyboard.press('PageUp');
  await expect.poll(async () => {
    const row = await activeRow();
    return row > 99_900 && row < 99_999;
  }).toBe(true);
  await page.keyboard.press('Home');
  await expect.poll(activeRow).toBe(0);
  await expect(grid().locator('[aria-rowindex="2"]')).toBeInViewport();
});

test('rows are chosen by Shift, by Ctrl, all at once, and let go with Escape', async () => {
  await show({ section: 'table' });
  await grid().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(selectedRows).toEqual([1, 2, 3]);
  await page.keyboard.press('Control+ArrowDown');
  await page.keyboard.press('Control+ArrowDown');
  await page.keyboard.press('Control+Space');
  await expect.poll(selectedRows).toEqual([1, 2, 3, 5]);
  await page.keyboard.press('Control+a');
  await expect(page.getByText('100,000 of 100,000 versions selected')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect.poll(selectedRows).toEqual([]);

  await grid().locator('[data-row="2"]').click();
  await grid().locator('[data-row="6"]').click({ modifiers: ['Shift'] });
  await grid().locator('[data-row="4"]').click({ modifiers: ['Control'] });
  await expect.poll(selectedRows).toEqual([2, 3, 5, 6]);
  await grid().locator('[data-row="3"]').click();
  await expect.poll(selectedRows).toEqual([3]);
  await grid().locator('[data-row="8"] [data-check]').click();
  await expect.poll(selectedRows).toEqual([3, 8]);
});

test('Enter opens, letters jump, the menu key opens a menu and gives focus back', async () => {
  await show({ section: 'table' });
  await grid().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-opened]')).toHaveAttribute('data-opened', /-1$/u);
  const third = (await grid().locator('[data-row="12"] [data-column="name"] span').first().textContent()) ?? '';
  await page.keyboard.type(third);
  await expect.poll(activeRow).toBe(12);
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menu')).toBeVisible();
  await expect(page.getByRole('menuitem', { name: `Open ${third}` })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(grid()).toBeFocused();
  await grid().locator('[data-row="7"]').click({ button: 'right' });
  await expect.poll(selectedRows).toEqual([7]);
  await page.getByRole('menuitem', { name: 'Move an alias here' }).hover();
  await expect(page.getByRole('menuitem', { name: /production/u })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
});

test('the header sorts, says so, and changes widths by keyboard', async () => {
  await show({ section: 'table' });
  const size = grid().getByRole('columnheader', { name: 'Size' });
  await expect(grid().getByRole('columnheader', { name: 'Created' })).toHaveAttribute('aria-sort', 'descending');
  await size.getByRole('button').click();
  await expect(size).toHaveAttribute('aria-sort', 'descending');
  await page.keyboard.press('Enter');
  await expect(size).toHaveAttribute('aria-sort', 'ascending');
  const before = (await size.boundingBox())?.width ?? 0;
  await page.keyboard.press('Alt+ArrowRight');
  await expect.poll(async () => (await size.boundingBox())?.width).toBe(before + 16);
  await page.keyboard.press('ArrowRight');
  await expect(grid().getByRole('columnheader', { name: 'Digest' }).locator('[data-header]')).toBeFocused();
  await size.getByRole('button').click({ button: 'right' });
  await page.getByRole('menuitemcheckbox', { name: 'Author' }).click();
  await expect(grid().getByRole('columnheader', { name: 'Author' })).toHaveCount(0);
});

test('a million rows reach from the first to the last by scroll bar, wheel and keyboard', async () => {
  await show({ section: 'table', rows: '1000000', motion: 'off' });
  const { scrollHeight } = await grid().evaluate((element) => ({ scrollHeight: element.scrollHeight }));
  expect(scrollHeight).toBeLessThan(33_000_000);
  await grid().evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  await expect(grid().locator('[aria-rowindex="1000001"]')).toBeInViewport();
  await grid().hover();
  const firstInSight = (): Promise<number> =>
    grid().evaluate((element) => {
      const box = element.getBoundingClientRect();
      const rows = [...element.querySelectorAll('[data-row]')].filter((row) => row.getBoundingClientRect().top >= box.top + 28);
      return Math.min(...rows.map((row) => Number(row.getAttribute('data-row'))));
    });
  const before = await firstInSight();
  // Ten rows of 32 pixels: the wheel moves rows, not shares of the scroll bar.
  await page.mouse.wheel(0, -320);
  await expect.poll(firstInSight).toBe(before - 10);
  await grid().focus();
  await page.keyboard.press('Home');
  await expect(grid().locator('[aria-rowindex="2"]')).toBeInViewport();
  await page.keyboard.press('End');
  await expect(grid().locator('[aria-rowindex="1000001"]')).toBeInViewport();
});

test('rows that come late hold their place, and a list is found again where it was left', async () => {
  await show({ section: 'table', late: '1' });
  const row = grid().locator('[data-row="3"]');
  await expect(row).toHaveAttribute('aria-busy', 'true');
  const box = await row.boundingBox();
  await page.evaluate(() => (Reflect.get(globalThis, 'galleryRelease') as () => void)());
  await expect(row).not.toHaveAttribute('aria-busy', 'true');
  await expect.poll(() => row.boundingBox()).toEqual(box);

  await show({ section: 'table' });
  await grid().evaluate((element) => {
    element.scrollTop = 32_000;
  });
  await expect(grid().locator('[data-row="1001"]')).toBeInViewport();
  await page.getByRole('treeitem', { name: 'Controls' }).click();
  await expect(grid()).toHaveCount(0);
  await page.getByRole('treeitem', { name: 'Table' }).click();
  await expect(grid().locator('[data-row="1001"]')).toBeInViewport();
});

test('leaping over rows of which nothing is known draws none of them, and they come where it lands', async () => {
  await show({ section: 'table', late: '1' });
  const release = (): Promise<void> => page.evaluate(() => (Reflect.get(globalThis, 'galleryRelease') as () => void)());
  await release();
  await expect(grid().locator('[data-row="3"]')).not.toHaveAttribute('aria-busy', 'true');
  const changes = await grid().evaluate(async (element) => {
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
    const seen: number[] = [];
    const observer = new MutationObserver((records) => seen.push(records.length));
    observer.observe(element, { subtree: true, childList: true, characterData: true, attributeFilter: ['id', 'style', 'class', 'data-row', 'aria-rowindex'] });
    for (let step = 1; step <= 30; step += 1) {
      element.scrollTop = step * 32_000;
      await frame();
      // What was drawn goes with the first leap; from then on there is nothing to do.
      if (step === 3) seen.length = 0;
    }
    observer.disconnect();
    return seen;
  });
  expect(changes).toEqual([]);
  const landed = grid().locator('[data-row="30001"]');
  await expect(landed).toBeInViewport();
  await expect(landed).toHaveAttribute('aria-busy', 'true');
  await release();
  await expect(landed).not.toHaveAttribute('aria-busy', 'true');
  await expect(landed.getByRole('gridcell').nth(3)).toBeVisible();
});

test('the tree folds, unfolds and opens by keyboard', async () => {
  await show({ section: 'controls' });
  const tree = page.getByRole('tree', { name: 'Places' });
  await tree.focus();
  await page.keyboard.type('eval');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('treeitem', { name: 'Evaluation sets' })).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowRight');
  const active = (): Promise<string | null> => tree.evaluate((element) => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-label') ?? null);
  await expect.poll(active).toBe('mini-lm');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('treeitem', { name: 'Evaluation sets' })).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(grid()).toBeVisible();
});

test('dialogs hold the focus, answer Enter and Escape, and give it back', async () => {
  await show({ section: 'floating' });
  const opener = page.getByRole('button', { name: 'Dialog…' });
  await opener.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox', { name: 'Collection' })).toBeFocused();
  for (let step = 0; step < 12; step += 1) await page.keyboard.press('Tab');
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();

  await page.getByRole('button', { name: 'Delete…', exact: true }).click();
  const alert = page.getByRole('alertdialog');
  await expect(alert.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect(alert).toContainText('2 aliases go');
  await alert.getByRole('button', { name: 'Delete version' }).click();
  await expect(alert).toBeHidden();
  await expect(page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(page.locator('[data-live="polite"]')).toContainText('Deleted mini-lm v3');

  await page.getByRole('button', { name: 'Delete for good…' }).click();
  const confirm = alert.getByRole('button', { name: 'Empty the trash' });
  await expect(confirm).toHaveAttribute('aria-disabled', 'true');
  await alert.getByRole('textbox').fill('empty');
  await confirm.click();
  await expect(alert).toBeHidden();
});

test('the palette finds by typing, also out of a text field, and `?` lists the keys', async () => {
  await show({ section: 'table' });
  await page.getByRole('textbox', { name: 'Filter versions' }).focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('night');
  await expect(page.getByRole('option', { name: 'Dark theme' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await grid().locator('[data-row="1"]').click();
  await page.keyboard.press('g');
  await page.keyboard.press('Escape');
  await page.getByRole('tree').focus();
  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Do anything');
  await page.keyboard.press('Escape');
});

test('choices are made by keyboard: select, combobox, chips, segments', async () => {
  await show({ section: 'controls' });
  const select = page.getByRole('combobox', { name: 'Type' });
  await select.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: /Dataset/u })).toBeVisible();
  // The list takes the focus a moment after it is drawn; keys before that are nobody's.
  await expect(page.getByRole('option', { name: /Model/u }).first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option', { name: /Dataset/u })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(select).toContainText('Dataset');

  const registry = page.getByRole('combobox', { name: 'Registry' });
  await registry.fill('spee');
  await expect(page.getByRole('option', { name: /Speech/u })).toHaveAttribute('data-highlighted', '');
  await page.keyboard.press('Enter');
  await expect(registry).toHaveValue('Speech');

  const tags = page.getByRole('combobox', { name: 'Tags' });
  await tags.focus();
  await page.keyboard.type('brand new');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Remove brand new' })).toBeVisible();
  await page.keyboard.press('Backspace');
  await expect(page.getByRole('button', { name: 'Remove brand new' })).toHaveCount(0);

  const view = page.getByRole('radiogroup', { name: 'View', exact: true });
  await view.getByRole('radio', { name: 'Table' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(view.getByRole('radio', { name: 'Lineage' })).toBeChecked();
});

test('a field says its error, a disabled button its reason', async () => {
  await show({ section: 'controls' });
  await expect(page.getByRole('textbox', { name: 'Collection' })).toHaveAccessibleDescription(/holds a slash/u);
  await expect(page.getByRole('button', { name: 'Rename' })).toHaveAttribute('aria-description', 'You are a viewer here');
});

test('an alias chip is removed by key and comes back by undo', async () => {
  await show({ section: 'chips' });
  const chip = page.getByTestId('aliases').locator('[data-alias="staging"]');
  await chip.focus();
  await page.keyboard.press('Delete');
  await expect(chip).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(chip).toBeVisible();
  await expect(page.getByTestId('aliases').getByRole('button', { name: 'Protected alias production' })).toBeVisible();
});

test('the line between panes moves by keyboard within its bounds', async () => {
  await show({ section: 'controls' });
  const line = page.getByRole('separator', { name: 'Sidebar width' });
  await line.focus();
  await page.keyboard.press('ArrowRight');
  await expect(line).toHaveAttribute('aria-valuenow', '236');
  await page.keyboard.press('Home');
  await expect(line).toHaveAttribute('aria-valuenow', '160');
  await line.dblclick();
  await expect(line).toHaveAttribute('aria-valuenow', '220');
});

test('a hostile card runs nothing, fetches nothing, and links are handed over', async () => {
  await show({ section: 'text' });
  await page.getByRole('link', { name: 'evaluation' }).click();
  await expect(page.locator('[data-opened]')).toHaveAttribute('data-opened', 'https://example.org/eval');
  await expect(page.getByRole('link', { name: 'this' })).toHaveCount(0);
  await expect(page.getByText('<script>', { exact: false })).toBeVisible();
  expect(page.url()).toContain('gallery.html');
});

test('ten megabytes of card are laid out in part and readable in whole', async () => {
  await show({ section: 'text', long: '1' });
  await expect(page.getByText('are laid out', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Show all as plain text' }).click();
  const text = page.getByRole('listbox', { name: 'Text' });
  await text.focus();
  await page.keyboard.press('End');
  await expect(text.getByRole('option').last()).toBeVisible();
  await expect.poll(() => text.getByRole('option').count()).toBeLessThan(200);
});

for (const theme of ['light', 'dark', 'contrast']) {
  test(`axe finds nothing in the ${theme} theme`, async () => {
    for (const section of ['table', 'controls', 'chips', 'states', 'floating', 'text']) {
      await show({ section, theme, motion: 'off' });
      if (section === 'text') await expect(page.locator('[data-markdown]')).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      expect(violations.map(({ id, nodes }) => ({ section, id, nodes: nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`) }))).toEqual([]);
    }
  });
}
