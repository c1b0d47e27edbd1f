/** The lineage graph in the real runtime: keyboard, steps, search, tree, map, worker, content policy, accessibility. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { openBuiltPage, type BuiltPage } from './drivers/builtPage.ts';
import { pageHeap } from './drivers/pageHeap.ts';

let built: BuiltPage;
let page: Page;

test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  built = await openBuiltPage('renderer/features/lineage/gallery/vite.config.ts');
  page = built.page;
});

test.afterAll(async () => {
  await built?.close();
});

test.afterEach(async () => {
  expect(await page.evaluate(() => Reflect.get(Reflect.get(globalThis, 'lineageGallery') as object, 'trouble') as unknown)).toEqual([]);
  expect(built.strangers).toEqual([]);
});

async function show(parameters: Readonly<Record<string, string>>): Promise<void> {
  // A pointer that rests on a card would light its path.
  await page.mouse.move(2, 2);
  await page.goto(`${built.address}gallery.html?${new URLSearchParams(parameters).toString()}`);
  await expect(page.getByText('Legend')).toBeVisible();
  await expect(graph()).toHaveAttribute('aria-busy', 'false');
  // A page's first move of the pointer has no distance: what comes next is one of a hand.
  await page.mouse.move(3, 3);
}

const graph = (): Locator => page.getByRole('application');
const cards = (): Locator => page.locator('.react-flow__node');
const card = (key: string): Locator => page.locator(`.react-flow__node[data-id="${key}"]`);
const selectedKey = (): Promise<string | null> =>
  page.evaluate(() => document.querySelector('[data-selected]')?.closest('.react-flow__node')?.getAttribute('data-id') ?? null);
/** What is selected next, once its card is there: a card out of view has no element until the camera has come to it. */
async function nextSelected(before: string): Promise<string> {
  let key: string | null = null;
  await expect
    .poll(async () => {
      key = await selectedKey();
      return key !== null && key !== before;
    })
    .toBe(true);
  return key!;
}
/** What the last act changed is drawn. */
const nextFrame = (): Promise<void> => page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
const asked = (): Promise<string[]> =>
  page.evaluate(() => [...(Reflect.get(Reflect.get(globalThis, 'lineageGallery') as object, 'asked') as string[])]);
const zoomText = (): Promise<string> => page.getByRole('group', { name: 'Zoom' }).innerText();
/** Centres of all cards on the screen. */
const places = (): Promise<Record<string, readonly [number, number]>> =>
  cards().evaluateAll((elements) =>
    Object.fromEntries(
      elements.map((element) => {
        const box = element.getBoundingClientRect();
        return [element.getAttribute('data-id') ?? '', [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)] as const];
      }),
    ),
  );

test('arrows walk the graph by geometry, Enter opens, Escape lets go', async () => {
  await show({ size: '20' });
  await graph().focus();
  const root = 'run:6';
  await page.keyboard.press('ArrowRight');
  await expect.poll(selectedKey).toBe(root);
  const at = await places();
  await page.keyboard.press('ArrowRight');
  const right = await nextSelected(root);
  expect(at[right]![0]).toBeGreaterThan(at[root]![0]);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(selectedKey).toBe(root);
  await page.keyboard.press('ArrowLeft');
  const left = await nextSelected(root);
  expect(at[left]![0]).toBeLessThan(at[root]![0]);
  await page.keyboard.press('Home');
  await expect.poll(selectedKey).toBe(root);
  await page.keyboard.press('Enter');
  await expect.poll(asked).toEqual(['open run:6']);
  await page.keyboard.press('Escape');
  await expect.poll(selectedKey).toBeNull();
});

test('every node can be reached with arrow keys alone', async () => {
  await show({ size: '20' });
  await graph().focus();
  await page.keyboard.press('Home');
  // All of it in view: cards that are not have no element to press.
  await page.keyboard.press('0');
  await expect(cards()).toHaveCount(23);
  const reached = new Set<string>([(await selectedKey())!]);
  const queue = [...reached];
  // Walk out from each node in each direction; going back to a node is done with the search, as a person would.
  while (queue.length > 0) {
    const from = queue.shift()!;
    for (const arrow of ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp']) {
      // The camera may still be on its way from the step before: then a press can land on what passes by.
      await expect(async () => {
        await graph().focus();
        await page.keyboard.press('0');
        await card(from).click({ timeout: 5000 });
        expect(await selectedKey()).toBe(from);
      }).toPass();
      await graph().focus();
      await page.keyboard.press(arrow);
      // Something is always selected; a card out of view is only there once the camera has come to it.
      await expect.poll(selectedKey).not.toBeNull();
      const to = await selectedKey();
      if (to !== null && !reached.has(to)) {
        reached.add(to);
        queue.push(to);
      }
    }
  }
  // Ten versions and thirteen runs, whether or not they were in view at first.
  expect(reached.size).toBe(23);
});

test('a step more moves nothing that stood away from where it is needed, and the node itself not at all', async () => {
  await show({ size: '20' });
  const button = page.getByRole('button', { name: /downstream$/u }).first();
  const key = await button.evaluate((element) => element.closest('.react-flow__node')!.getAttribute('data-id')!);
  const before = await places();
  await button.click();
  await expect(page.getByText(/^added-/u).first()).toBeVisible();
  // What gives way does so within a moment; where it has come to is asked.
  await expect(async () => {
    const after = await places();
    expect(after[key]).toEqual(before[key]);
    for (const [other, place] of Object.entries(before)) expect(after[other]?.[0], `${other} keeps its column`).toBe(place[0]);
  }).toPass();
  await expect.poll(asked).toEqual([`expand ${key} downstream`]);
});

test('the keyboard asks for a step more, and for the menu', async () => {
  await show({ size: '20' });
  await graph().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press(']');
  await page.keyboard.press('[');
  await page.keyboard.press('Shift+F10');
  await expect.poll(asked).toEqual(['expand run:6 downstream', 'expand run:6 upstream', 'menu run:6']);
});

test('search flies to its hits', async () => {
  await show({ size: '400' });
  const field = page.getByRole('combobox', { name: 'Find in graph' });
  await field.fill('gemma');
  const hits = page.getByRole('option');
  await expect(hits.first()).toBeVisible();
  await page.keyboard.press('Enter');
  // It has an element once the camera has come to it.
  const first = await nextSelected('');
  await expect(card(first)).toContainText('gemma-2b');
  await expect(card(first)).toBeInViewport();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(card(await nextSelected(first))).toBeInViewport();
  await field.fill('no such thing anywhere');
  await expect(page.getByText('Nothing in this graph matches.')).toBeVisible();
});

test('the tree beside the graph has the same nodes and the same acts', async () => {
  await show({ size: '60', tree: '1' });
  const tree = page.getByRole('tree', { name: 'Lineage as a tree' });
  await tree.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const active = await tree.evaluate((element) => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '');
  const key = await nextSelected('');
  expect(active).toContain(await card(key).locator('[class*="name"]').first().innerText());
  await expect(card(key)).toBeInViewport();
  await tree.focus();
  await page.keyboard.press('Home');
  await tree.getByRole('treeitem').first().click({ button: 'right' });
  await expect.poll(async () => (await asked()).at(-1)).toBe('menu run:6');
});

test('far away one canvas draws everything, near only what is in view has elements', async () => {
  await show({ size: '2000' });
  await page.keyboard.press('Tab');
  await graph().focus();
  await page.keyboard.press('0');
  await expect(cards()).toHaveCount(0);
  await expect.poll(async () => Number.parseInt(await zoomText(), 10)).toBeLessThan(35);
  await page.keyboard.press('Home');
  await expect(card('run:6')).toBeInViewport();
  await expect.poll(() => cards().count()).toBeGreaterThan(2);
  await expect.poll(() => cards().count()).toBeLessThan(260);
});

test('the map answers to the pointer', async () => {
  await show({ size: '400' });
  await graph().focus();
  await page.keyboard.press('0');
  await expect(cards()).toHaveCount(0);
  // The root is where the camera goes to with Home; before that it is found on the map by looking for a node under the pointer.
  const box = (await graph().boundingBox())!;
  let found = false;
  for (let x = box.x + 60; x < box.x + box.width - 260 && !found; x += 14) {
    for (let y = box.y + 60; y < box.y + box.height - 60 && !found; y += 14) {
      await page.mouse.move(x, y);
      if ((await page.locator('[data-hint]').count()) === 0) continue;
      // The hint follows the pointer a frame later: it could be that of the place before.
      await nextFrame();
      if ((await page.locator('[data-hint]').count()) === 0) continue;
      await page.mouse.dblclick(x, y);
      // Laid out with fewer crossings meanwhile, the node may just have gone elsewhere: then the next is looked for.
      found = await expect.poll(selectedKey, { timeout: 5000 }).not.toBeNull().then(() => true, () => false);
    }
  }
  expect(found).toBe(true);
  await expect(card(await nextSelected(''))).toBeInViewport();
});

test('pressing a version begins a drag and does not move the graph; pressing the ground does', async () => {
  await show({ size: '20' });
  const version = page.locator('.react-flow__node[data-id^="version"]').first();
  const key = (await version.getAttribute('data-id'))!;
  const before = await places();
  const box = (await version.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 80, box.y + box.height / 2 + 60, { steps: 4 });
  await page.mouse.up();
  await expect.poll(asked).toEqual([`press ${key}`]);
  expect((await places())[key]).toEqual(before[key]);
  const ground = (await graph().boundingBox())!;
  await page.mouse.move(ground.x + 40, ground.y + 40);
  await page.mouse.down();
  await page.mouse.move(ground.x + 140, ground.y + 90, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await places())[key]).toEqual([before[key]![0] + 100, before[key]![1] + 50]);
});

test('on the way cards and edges move as one and none is mounted; at rest those in view are there', async () => {
  await show({ size: '200' });
  // The worker finds fewer crossings a while after: what stands then is what is looked at, not what moves there in the middle of it.
  await expect.poll(() => page.evaluate(() => performance.getEntriesByName('vitrine:lineage laid out').length)).toBe(2);
  await expect(graph()).toHaveAttribute('aria-busy', 'false');
  await nextFrame();
  const canvas = page.locator('canvas').first();
  const camera = (): Promise<number> => page.locator('.react-flow__viewport').evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).e);
  const left = async (): Promise<number> => (await canvas.boundingBox())!.x;
  // However slow the machine is, the camera is not taken for one that rests between two moves.
  await page.evaluate(() => {
    const later = globalThis.setTimeout.bind(globalThis);
    Reflect.set(globalThis, 'setTimeout', (act: () => void, time?: number) => later(act, time === 100 ? 3_000 : time));
  });
  const mounted = await cards().evaluateAll((elements) => elements.map((element) => element.getAttribute('data-id')));
  const [cameraBefore, leftBefore] = [await camera(), await left()];
  const ground = (await graph().boundingBox())!;
  const [x, y] = [ground.x + ground.width / 2, ground.y + 12];
  await page.mouse.move(x, y);
  await page.mouse.down();
  // Each move is looked at in the frame that shows it: the edges are where the cards are, and no card has come or gone.
  const looks = page.evaluate(
    () =>
      new Promise<readonly { readonly travelling: boolean; readonly camera: number; readonly left: number; readonly cards: readonly (string | null)[] }[]>((resolve) => {
        const seen: { travelling: boolean; camera: number; left: number; cards: (string | null)[] }[] = [];
        const look = (): void => {
          seen.push({
            travelling: document.querySelector('[data-travelling]') !== null,
            camera: new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')!).transform).e,
            left: document.querySelector('canvas')!.getBoundingClientRect().x,
            cards: [...document.querySelectorAll('.react-flow__node')].map((element) => element.getAttribute('data-id')),
          });
          if (seen.length > 5 && seen.at(-1)!.camera === Reflect.get(globalThis, 'wantedCamera')) resolve(seen.filter((one) => one.travelling));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
  await page.evaluate((wanted) => Reflect.set(globalThis, 'wantedCamera', wanted), cameraBefore - 120);
  await page.mouse.move(x - 120, y, { steps: 12 });
  const seen = await looks;
  await page.mouse.up();
  expect(seen.length).toBeGreaterThan(0);
  for (const one of seen) {
    expect(one.left - leftBefore).toBeCloseTo(one.camera - cameraBefore, 1);
    expect(one.cards).toEqual(mounted);
  }
  await expect(page.locator('[data-travelling]')).toHaveCount(0);
  await expect(graph()).toHaveAttribute('aria-busy', 'false');
  // At rest the canvas is drawn where it belongs.
  await expect.poll(left).toBe(leftBefore);
});

test('all of a graph stands beside the legend and the minimap', async () => {
  await show({ size: '20' });
  await graph().focus();
  await page.keyboard.press('0');
  // Once the camera has come there: until then they pass below both.
  await expect(async () => {
    const over = [await page.getByRole('region', { name: 'Legend' }).boundingBox(), await page.getByRole('group', { name: 'Zoom' }).locator('..').boundingBox()];
    const boxes = await cards().evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().toJSON() as { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }));
    expect(boxes.length).toBe(23);
    for (const one of over) expect(boxes.filter((box) => box.left < one!.x + one!.width && box.right > one!.x && box.top < one!.y + one!.height && box.bottom > one!.y)).toEqual([]);
  }).toPass();
});

test('hovering lights the way of a node and nothing else', async () => {
  await show({ size: '40' });
  // The worker may lay it out with fewer crossings meanwhile: what goes away from under the pointer is hovered no more.
  await expect(async () => {
    await page.mouse.move(3, 3);
    await card('run:6').hover({ timeout: 5000 });
    for (const emphasis of ['lit', 'dim']) await expect.poll(() => page.locator(`[data-emphasis="${emphasis}"]`).count(), { timeout: 2000 }).toBeGreaterThan(1);
  }).toPass();
  await page.mouse.move(2, 2);
  await expect(page.locator('[data-emphasis]')).toHaveCount(0);
});

test('groups open in place', async () => {
  await show({ size: '200', group: 'project' });
  const group = page.locator('.react-flow__node[data-id^="group"]').first();
  const key = (await group.getAttribute('data-id'))!;
  await group.getByRole('button', { name: /^Open/u }).click();
  await expect(card(key)).toHaveCount(0);
});

test('the worker lays out ten thousand nodes, and refines with fewer crossings; a newer request ends the older', async () => {
  await show({ size: '10000' });
  await expect(page.locator('canvas').first()).toBeVisible();
  const { refined, inPlace } = await page.evaluate(() =>
    (
      Reflect.get(Reflect.get(globalThis, 'lineageGallery') as object, 'refine') as (
        size: number,
        seed: number,
      ) => Promise<{ refined: number; inPlace: number }>
    )(300, 4),
  );
  expect(refined).toBeLessThan(inPlace);
  expect(refined).toBeGreaterThan(0);
});

test('a lineage that is opened and closed again and again leaves nothing behind', async () => {
  await show({ size: '200' });
  const openAndClose = async (times: number): Promise<number> => {
    for (let time = 0; time < times; time++) {
      // Large enough for the worker to lay it out.
      await page.evaluate('lineageGallery.make(3000), lineageGallery.show()');
      await expect(graph()).toHaveAttribute('aria-busy', 'false');
      await page.evaluate('lineageGallery.clear()');
      await expect(graph()).toHaveCount(0);
    }
    return pageHeap(page);
  };
  // What is compiled and kept once has come by then.
  const before = await openAndClose(5);
  const after = await openAndClose(20);
  // One that stayed would be more than a mebibyte.
  expect(after - before).toBeLessThan(3 * 1_048_576);
});

for (const theme of ['light', 'dark', 'contrast']) {
  test(`axe finds nothing to object to (${theme})`, async ({}, testInfo) => {
    await show({ size: '40', theme, tree: '1' });
    await page.getByRole('combobox', { name: 'Find in graph' }).fill('resnet');
    await expect(page.getByRole('option').first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join(' | ')}`),
    ).toEqual([]);
    await page.keyboard.press('Escape');
    for (const size of theme === 'contrast' ? ['40'] : ['10', '200', '2000', '10000']) {
      await show({ size, theme });
      await testInfo.attach(`lineage ${size} ${theme}`, { body: await page.screenshot(), contentType: 'image/png' });
    }
  });
}
