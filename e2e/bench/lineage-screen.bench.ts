import type { Page } from '@playwright/test';
import type { Bounds } from '../../shared/lineage/index.ts';
import { connectToRunning } from '../../electron/core/cli/session.ts';
import { openBuiltPage } from '../drivers/builtPage.ts';
import { pageHeap } from '../drivers/pageHeap.ts';
import { lineageCatalog } from './fixtures/lineageCatalog.ts';
import { openWindow } from './fixtures/window.ts';
import { spread, type Benchmark, type BenchmarkContext, type BenchmarkResult } from './harness.ts';

const sizes = [1_000, 5_000, 10_000] as const;
/** Steps of one gesture; each waits for its frame. */
const steps = 60;

/** Ours with all of it in view, as its peer has it; ours as it opens, near where the lineage begins; React Flow; an empty canvas. */
type Draws = 'ours' | 'opening' | 'flow' | 'nothing';
type Sample = { readonly drawn: number; readonly marks: Readonly<Record<string, number>>; readonly heapMiB: number; readonly elements: number; readonly frames: readonly number[] };

/**
 * From the call that hands a lineage over, as objects in the page, to the frame after the one in which it stands on the screen: ours when its
 * canvas has drawn it, React Flow when its nodes are visible. The page has drawn two hundred nodes before and rests, as a window does that one works in.
 */
const untilDrawn = (draws: Draws, size: number, bounds: Bounds | null): string => `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const gallery = globalThis.lineageGallery;
  gallery.make(${size});
  const room = document.querySelector('[role="application"]')?.getBoundingClientRect();
  const bounds = ${JSON.stringify(bounds)};
  const zoom = bounds === null ? 1 : Math.min(1, (room.width - 96) / (bounds.right - bounds.left), (room.height - 96) / (bounds.bottom - bounds.top));
  const viewport = bounds === null ? null : { x: room.width / 2 - (bounds.left + bounds.right) / 2 * zoom, y: room.height / 2 - (bounds.top + bounds.bottom) / 2 * zoom, zoom };
  gallery.clear();
  for (let at = 0; at < 30; at++) await frame();
  performance.clearMarks();
  const begun = gallery.show(viewport);
  const isDrawn = () => {
    if ('${draws}' === 'nothing') return document.querySelector('canvas') !== null;
    if ('${draws}' === 'flow') return document.querySelectorAll('.react-flow__node').length > 0 && getComputedStyle(document.querySelector('.react-flow__node')).visibility === 'visible';
    return performance.getEntriesByName('vitrine:lineage drawn').length > 0;
  };
  while (!isDrawn()) await frame();
  await frame();
  const drawn = performance.now() - begun;
  const marks = Object.fromEntries(performance.getEntriesByType('mark').map((mark) => [mark.name, mark.startTime - begun]));
  // Only then what else there is: cards, minimap, legend.
  while (${draws === 'ours' || draws === 'opening'} && document.querySelector('[role="application"][aria-busy="false"]') === null) await frame();
  return { drawn, marks: { ...marks, whole: performance.now() - begun } };
})()`;

/** Times between frames, in milliseconds, while a hand pans and turns the wheel over the middle of the graph. */
const framesWhileMoving = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const pane = document.querySelector('.react-flow__pane') ?? document.querySelector('canvas');
  const box = pane.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const times = [];
  const pointer = (type, atX, atY, buttons) => {
    const init = { bubbles: true, cancelable: true, composed: true, view: window, clientX: atX, clientY: atY, button: 0, buttons, pointerId: 1, isPrimary: true, pointerType: 'mouse' };
    pane.dispatchEvent(new PointerEvent('pointer' + type, init));
    (type === 'move' || type === 'up' ? window : pane).dispatchEvent(new MouseEvent('mouse' + type, init));
  };
  await frame();
  let before = await frame();
  const note = async () => { const now = await frame(); times.push(now - before); before = now; };
  pointer('down', x, y, 1);
  for (let step = 1; step <= ${steps}; step++) {
    pointer('move', x + 200 * Math.sin(step / 8), y + 120 * Math.sin(step / 11), 1);
    await note();
  }
  pointer('up', x, y, 0);
  for (let step = 1; step <= ${steps}; step++) {
    pane.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, clientX: x, clientY: y, deltaY: step <= ${steps} / 2 ? -24 : 24 }));
    await note();
  }
  return times;
})()`;

async function sample(page: Page, address: string, size: number, draws: Draws, bounds: Bounds | null = null): Promise<Sample> {
  const isOurs = draws === 'ours' || draws === 'opening';
  await page.goto('about:blank');
  await page.goto(`${address}gallery.html?${new URLSearchParams({ size: '200', seed: '4', theme: 'light', ...(isOurs ? {} : { draws }) }).toString()}`);
  const atRest = page.locator('[role="application"][aria-busy="false"]');
  await (isOurs ? atRest : page.locator('canvas, .react-flow__node').first()).waitFor();
  const { drawn, marks } = await page.evaluate<{ readonly drawn: number; readonly marks: Readonly<Record<string, number>> }>(untilDrawn(draws, size, bounds));
  // All of it in view, as the peer has it: the heaviest place to move from.
  if (isOurs) {
    await page.getByRole('application').focus();
    await page.keyboard.press('0');
    await atRest.waitFor();
  }
  const heapMiB = (await pageHeap(page)) / 1_048_576;
  const elements = await page.evaluate<number>('document.querySelectorAll("*").length');
  return { drawn, marks, heapMiB, elements, frames: await page.evaluate<readonly number[]>(framesWhileMoving) };
}

const press = 'Show more';

/** In the app itself: from pressing “Show more” the last time until all stands on the canvas, with the answer of the catalog in between; and how many nodes that are. */
async function inTheWindow(context: BenchmarkContext): Promise<{ readonly samples: readonly Readonly<Record<string, number>>[]; readonly nodeCount: number }> {
  const { directory } = await lineageCatalog(context, 40_000);
  // As many as the address that a window is started with has room for. Four steps around each, as a lineage opens, are fewer than the 10,000 nodes that are shown at most.
  const ids = Array.from({ length: 250 }, (_, at) => 10_000 + at * 40);
  const nodes = ids.map((id) => `v${id}`).join('.');
  const samples: Readonly<Record<string, number>>[] = [];
  let nodeCount = 0;
  for (let round = 0; round < 3; round++) {
    const window = await openWindow(context, context.root, ['--data', directory, `vitrine://lineage?nodes=${nodes}`]);
    try {
      samples.push(
        await window.evaluate(`(async () => {
          const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
          const button = async () => {
            for (const until = performance.now() + 60_000; performance.now() < until; ) {
              const found = [...document.querySelectorAll('button')].find((one) => one.textContent === '${press}');
              if (found !== undefined && document.querySelector('[role="application"][aria-busy="false"]') !== null) return found;
              await frame();
            }
            throw new Error('“${press}” did not come');
          };
          (await button()).click();
          await frame();
          const last = await button();
          for (let at = 0; at < 60; at++) await frame();
          performance.clearMarks();
          const begun = performance.now();
          last.click();
          while (performance.getEntriesByName('vitrine:lineage drawn').length === 0) await frame();
          await frame();
          return { drawn: performance.now() - begun, ...Object.fromEntries(performance.getEntriesByType('mark').filter((mark) => mark.name.startsWith('vitrine:lineage')).map((mark) => [mark.name, mark.startTime - begun])) };
        })()`),
      );
      const session = await connectToRunning(directory);
      if (session === null) throw new Error('The window’s core can’t be reached.');
      const shown = await session.client.query('lineage.neighbourhood', { root: { kind: 'selection', nodes: ids.map((id) => ({ kind: 'version' as const, id })) }, up: 4, down: 4, limit: 10_000 });
      nodeCount = shown.nodes.length;
      await session.close();
    } finally {
      await window.close();
    }
  }
  return { samples, nodeCount };
}

/** The graph on the screen: until it is drawn, what it holds, how it moves. */
export const benchmark: Benchmark = {
  name: 'lineage-screen',
  workload: `a team’s lineage of ${sizes.map((size) => size.toLocaleString('en')).join(', ')} nodes: until drawn, heap, and frames over ${2 * steps} steps of panning and zooming with all of it in view`,
  goal: 'drawn within 120 ms at 10,000 nodes; p95 of frames ≤ 1.5 × an empty canvas',
  async run(context) {
    process.env['VITRINE_ELECTRON'] = context.electronPath;
    const built = await openBuiltPage('renderer/features/lineage/gallery/vite.config.ts');
    const results: BenchmarkResult[] = [];
    try {
      for (const size of sizes) {
        // In a page of its own, so that no code of those that are measured has run before.
        await built.page.goto(`${built.address}gallery.html?size=200&seed=4`);
        const bounds = await built.page.evaluate<Bounds>(`lineageGallery.make(${size}), lineageGallery.bounds()`);
        const ours: Sample[] = [];
        const opening: Sample[] = [];
        for (let round = 0; round < 3; round++) {
          ours.push(await sample(built.page, built.address, size, 'ours', bounds));
          opening.push(await sample(built.page, built.address, size, 'opening'));
        }
        const nothing = await sample(built.page, built.address, size, 'nothing');
        const flow = await sample(built.page, built.address, size, 'flow');
        const mine = spread(ours.flatMap((one) => one.frames));
        const [empty, plain] = [spread(nothing.frames), spread(flow.frames)];
        const drawn = spread(ours.map((one) => one.drawn)).median;
        const opened = spread(opening.map((one) => one.drawn)).median;
        const name = size.toLocaleString('en');
        context.log(`${name} nodes: drawn ${drawn.toFixed(0)} ms, as it opens ${opened.toFixed(0)} ms (React Flow ${flow.drawn.toFixed(0)}), frames p95 ${mine.p95.toFixed(1)} ms (React Flow ${plain.p95.toFixed(1)}, nothing ${empty.p95.toFixed(1)})`);
        results.push(
          { part: `${name} nodes, until drawn from data at hand, as it opens`, ours: opened, reference: flow.drawn, referenceName: 'React Flow, all mounted', unit: 'ms', ratio: opened / flow.drawn, goalMet: opened <= 120, details: { each: opening.map(({ drawn: each, marks }) => ({ drawn: each, ...marks })) } },
          { part: `${name} nodes, until drawn from data at hand, all in view`, ours: drawn, reference: flow.drawn, referenceName: 'React Flow, all mounted', unit: 'ms', ratio: drawn / flow.drawn, goalMet: drawn <= 120, details: { each: ours.map(({ drawn: each, marks }) => ({ drawn: each, ...marks })), emptyPage: nothing.drawn } },
          { part: `${name} nodes, heap`, ours: ours[0]!.heapMiB, reference: flow.heapMiB, referenceName: 'React Flow, all mounted', unit: 'MiB', ratio: ours[0]!.heapMiB / flow.heapMiB, goalMet: ours[0]!.heapMiB - nothing.heapMiB <= 25, details: { goal: '≤ 25 MiB over the page with an empty canvas', emptyPage: nothing.heapMiB, elements: ours[0]!.elements, elementsOfReactFlow: flow.elements } },
          { part: `${name} nodes, frames p95`, ours: mine.p95, reference: empty.p95, referenceName: 'an empty canvas', unit: 'ms', ratio: mine.p95 / empty.p95, goalMet: mine.p95 <= 1.5 * empty.p95, details: { ours: mine, empty, reactFlow: plain } },
        );
      }
    } finally {
      await built.close();
    }
    const { samples, nodeCount } = await inTheWindow(context);
    const drawn = spread(samples.map((one) => one['drawn']!)).median;
    const plain = results.findLast((one) => one.unit === 'ms' && one.referenceName.startsWith('React Flow'))!.reference;
    results.push({ part: `${nodeCount.toLocaleString('en')} nodes in the app, from “Show more” until drawn`, ours: drawn, reference: plain, referenceName: 'React Flow from data at hand', unit: 'ms', ratio: drawn / plain, goalMet: drawn <= 120, details: { each: samples } });
    return results;
  },
};
