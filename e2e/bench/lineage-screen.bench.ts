import type { Page } from '@playwright/test';
import { openBuiltPage } from '../drivers/builtPage.ts';
import { spread, type Benchmark, type BenchmarkResult } from './harness.ts';

const sizes = [1_000, 5_000, 10_000] as const;
/** Steps of one gesture; each waits for its frame. */
const steps = 60;

type Draws = 'ours' | 'flow' | 'nothing';
type Sample = { readonly drawn: number; readonly heapMiB: number; readonly elements: number; readonly frames: readonly number[] };

/** Resolves once two frames have passed in which something is drawn: cards, or a canvas that is not empty. */
const untilDrawn = (draws: Draws): string => `(async () => {
  const begun = globalThis.drawingBegins;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const isDrawn = () => {
    if ('${draws}' === 'nothing') return document.querySelector('canvas') !== null;
    if ('${draws}' === 'flow') return document.querySelectorAll('.react-flow__node').length > 0 && getComputedStyle(document.querySelector('.react-flow__node')).visibility === 'visible';
    return document.querySelector('[role="application"][aria-busy="false"] canvas') !== null;
  };
  while (!isDrawn()) await frame();
  await frame();
  // The frame after the one that was drawn into has been shown.
  const shown = await frame();
  return shown - begun;
})()`;

const heap = `(() => { globalThis.gc?.(); return performance.memory.usedJSHeapSize / 1048576; })()`;

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

async function sample(page: Page, address: string, size: number, draws: Draws): Promise<Sample> {
  await page.goto('about:blank');
  await page.goto(`${address}gallery.html?${new URLSearchParams({ size: String(size), seed: '4', theme: 'light', ...(draws === 'ours' ? {} : { draws }) }).toString()}`);
  const drawn = await page.evaluate<number>(untilDrawn(draws));
  // All of it in view, as the peer has it: the heaviest place to move from.
  if (draws === 'ours') {
    await page.getByRole('application').focus();
    await page.keyboard.press('0');
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  }
  const heapMiB = await page.evaluate<number>(heap);
  const elements = await page.evaluate<number>('document.querySelectorAll("*").length');
  return { drawn, heapMiB, elements, frames: await page.evaluate<readonly number[]>(framesWhileMoving) };
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
        // Once for the code itself: what is measured is the graph, not the compiler.
        await sample(built.page, built.address, 200, 'ours');
        const ours = [await sample(built.page, built.address, size, 'ours'), await sample(built.page, built.address, size, 'ours'), await sample(built.page, built.address, size, 'ours')];
        const nothing = await sample(built.page, built.address, size, 'nothing');
        const flow = await sample(built.page, built.address, size, 'flow');
        const mine = spread(ours.flatMap((one) => one.frames));
        const [empty, plain] = [spread(nothing.frames), spread(flow.frames)];
        const drawn = spread(ours.map((one) => one.drawn)).median;
        const name = size.toLocaleString('en');
        context.log(`${name} nodes: drawn ${drawn.toFixed(0)} ms (React Flow ${flow.drawn.toFixed(0)}), frames p95 ${mine.p95.toFixed(1)} ms (React Flow ${plain.p95.toFixed(1)}, nothing ${empty.p95.toFixed(1)})`);
        results.push(
          { part: `${name} nodes, until drawn`, ours: drawn, reference: flow.drawn, referenceName: 'React Flow, all mounted', unit: 'ms', ratio: drawn / flow.drawn, goalMet: drawn <= 120, details: { each: ours.map((one) => one.drawn), emptyPage: nothing.drawn } },
          { part: `${name} nodes, heap`, ours: ours[0]!.heapMiB, reference: flow.heapMiB, referenceName: 'React Flow, all mounted', unit: 'MiB', ratio: ours[0]!.heapMiB / flow.heapMiB, goalMet: ours[0]!.heapMiB - nothing.heapMiB <= 25, details: { goal: '≤ 25 MiB over the page with an empty canvas', emptyPage: nothing.heapMiB, elements: ours[0]!.elements, elementsOfReactFlow: flow.elements } },
          { part: `${name} nodes, frames p95`, ours: mine.p95, reference: empty.p95, referenceName: 'an empty canvas', unit: 'ms', ratio: mine.p95 / empty.p95, goalMet: mine.p95 <= 1.5 * empty.p95, details: { ours: mine, empty, reactFlow: plain } },
        );
      }
    } finally {
      await built.close();
    }
    return results;
  },
};
