import { join } from 'node:path';
import { formatPlace } from '#shared/domain/index.ts';
import { connectToRunning } from '../../electron/core/cli/session.ts';
import { startCore } from '../drivers/core.ts';
import { openWindow, type OpenWindow } from './fixtures/window.ts';
import { spread, type Benchmark, type BenchmarkContext } from './harness.ts';

const steps = 100_000;
const metrics = 20;
const frames = 300;
const rounds = 3;
/** Lines that the running script sends at once, and milliseconds between: a hundred steps a second. */
const linesPerMessage = 10;
const betweenMessages = 100;
/** From the click on the tab to the first chart on the screen, in milliseconds. */
const firstChartGoal = 250;

const line = (step: number, random: () => number): string => {
  const values: Record<string, number> = { _step: step, _runtime: step / 10, _timestamp: 1_780_000_000 + step / 10 };
  for (let metric = 0; metric < metrics; metric++) values[`train/metric_${metric}`] = Math.exp(-step / (10_000 + metric * 1000)) + random() * 0.1;
  return JSON.stringify(values);
};

/** A box where the charts are, as tall as they are, with nothing in it: what the page can do at best. */
const plainBox = `(() => {
  const { top, left, width, height } = document.querySelector('main').getBoundingClientRect();
  const box = document.createElement('div');
  Object.assign(box.style, { position: 'fixed', top: top + 'px', left: left + 'px', width: width + 'px', height: height + 'px', overflow: 'auto', zIndex: '1000', background: 'white' });
  const inside = document.createElement('div');
  Object.assign(inside.style, { height: HEIGHTpx, backgroundImage: 'linear-gradient(#ccc 1px, transparent 1px)', backgroundSize: '100% 32px' });
  box.append(inside);
  document.body.append(box);
  return box;
})()`;
const charts = `document.querySelector('[role="region"][aria-label="Charts"]')`;

/** Scrolls an element up and down, a step per frame, with a pointer over the first chart in sight; the times between frames, in milliseconds. */
const measure = (element: string): string => `(async () => {
  const scroller = ${element};
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const times = [];
  await frame(); await frame();
  let before = await frame();
  for (let step = 0; step < ${frames}; step++) {
    const end = scroller.scrollHeight - scroller.clientHeight;
    scroller.scrollTop = end * (0.5 - 0.5 * Math.cos(step / ${frames} * Math.PI * 4));
    const chart = scroller.querySelector('[role="slider"]');
    if (chart !== null) {
      const box = chart.getBoundingClientRect();
      chart.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: box.left + 60 + (step * 3) % Math.max(1, box.width - 80), clientY: box.top + 40 }));
    }
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  return times;
})()`;

const until = (fact: string): string => `new Promise((resolve) => { const look = () => ((${fact}) ? resolve() : setTimeout(look, 5)); look(); })`;
const tab = (name: string): string => `[...document.querySelectorAll('[role="tab"]')].find((one) => one.textContent.startsWith('${name}'))`;
const lastStep = `Number(document.querySelector('[role="slider"]')?.getAttribute('aria-valuemax') ?? 0)`;

/** Milliseconds from a click on a tab until something of it is painted. */
const click = (name: string, fact: string): string => `(async () => {
  const begun = performance.now();
  ${tab(name)}.click();
  await ${until(fact)};
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - begun;
})()`;

/** Adds to the run, as its script does, until `work` is done. How many steps came in. */
async function whileItGoesOn<Result>(data: string, id: number, from: number, context: BenchmarkContext, work: () => Promise<Result>): Promise<{ readonly result: Result; readonly sent: number }> {
  const session = await connectToRunning(data);
  if (session === null) throw new Error('The window’s core can’t be reached.');
  try {
    const done = new AbortController();
    let sent = from;
    const stream = (async () => {
      while (!done.signal.aborted) {
        const lines = Array.from({ length: linesPerMessage }, (_, index) => line(sent + index, context.random));
        await session.client.execute('runs.append', { id: id as never, history: { offset: sent, lines } });
        sent += lines.length;
        await new Promise((resolve) => setTimeout(resolve, betweenMessages));
      }
    })();
    try {
      return { result: await work(), sent };
    } finally {
      done.abort();
      await stream;
    }
  } finally {
    await session.close();
  }
}

export const benchmark: Benchmark = {
  name: 'charts',
  workload: `a run of ${steps.toLocaleString('en')} steps × ${metrics} metrics, its charts scrolled and pointed at for ${frames} frames while ${(linesPerMessage * 1000) / betweenMessages} steps a second come in, ${rounds} rounds`,
  goal: `no frames over 33 ms beyond those of an empty page of the same height; the first chart within ${firstChartGoal} ms of the click`,
  async run(context) {
    const data = join(context.scratch, 'data');
    const place = await seed(context, data);
    const window = await openWindow(context, context.root, ['--data', data, place.address]);
    try {
      await window.evaluate(until(`${tab('Charts')} !== undefined`));
      const first = { ours: [] as number[], plain: [] as number[] };
      const over = { ours: [] as number[], plain: [] as number[] };
      const times = { ours: [] as number[], plain: [] as number[] };
      let sent = steps;
      for (let round = 0; round < rounds; round++) {
        await open(window, 'Overview');
        first.plain.push(await window.evaluate<number>(click('Config', `${tab('Config')}.getAttribute('aria-selected') === 'true'`)));
        await open(window, 'Overview');
        first.ours.push(await window.evaluate<number>(click('Charts', `${lastStep} > ${steps * 0.99}`)));
        const height = await window.evaluate<number>(`${charts}.scrollHeight`);
        const live = await whileItGoesOn(data, place.id, sent, context, () => window.evaluate<number[]>(measure(charts)));
        if (live.sent - sent < 100) throw new Error(`Only ${live.sent - sent} steps came in while frames were counted.`);
        sent = live.sent;
        // What came in is shown, too: a chart that stands still is smooth for nothing.
        await window.evaluate(until(`${lastStep} >= ${sent - 500}`));
        times.ours.push(...live.result);
        over.ours.push(live.result.filter((time) => time > 33).length);
        await open(window, 'Overview');
        await window.evaluate(`globalThis.plainBox = ${plainBox.replace('HEIGHTpx', `'${height}px'`)}; null`);
        const plain = await window.evaluate<number[]>(measure('globalThis.plainBox'));
        await window.evaluate('globalThis.plainBox.remove()');
        times.plain.push(...plain);
        over.plain.push(plain.filter((time) => time > 33).length);
      }
      const [mine, theirs] = [spread(over.ours), spread(over.plain)];
      const [toChart, toPlain] = [spread(first.ours), spread(first.plain)];
      return [
        {
          part: 'frames', ours: mine.median, reference: theirs.median, referenceName: 'empty page', unit: 'frames over 33 ms', ratio: (mine.median + 1) / (theirs.median + 1), goalMet: mine.median <= theirs.median,
          details: { frames, ratioOf: 'frames plus one', stepsCameIn: sent - steps, ours: { over: over.ours, milliseconds: spread(times.ours) }, plain: { over: over.plain, milliseconds: spread(times.plain) } },
        },
        {
          part: 'first chart', ours: toChart.median, reference: toPlain.median, referenceName: 'the tab Config', unit: 'ms', ratio: toChart.median / toPlain.median, goalMet: toChart.median <= firstChartGoal,
          details: { ours: first.ours, plain: first.plain },
        },
      ];
    } finally {
      await window.close();
    }
  },
};

async function open(window: OpenWindow, name: string): Promise<void> {
  await window.evaluate(`${tab(name)}.click()`);
  await window.evaluate(until(`${tab(name)}.getAttribute('aria-selected') === 'true'`));
}

/** The run, written through core; its id and the address of its page. */
async function seed(context: BenchmarkContext, data: string) {
  context.log(`writing ${steps.toLocaleString('en')} steps`);
  const core = await startCore({ nodePath: context.nodePath, root: context.root, directory: data });
  try {
    const { output } = await core.client.execute('runs.upsert', { project: { name: 'bench' }, runId: 'long-run', displayName: 'long-run' });
    for (let from = 0; from < steps; from += 5000) {
      await core.client.execute('runs.append', { id: output.run.id, history: { offset: from, lines: Array.from({ length: 5000 }, (_, index) => line(from + index, context.random)) } });
    }
    return { id: output.run.id, address: formatPlace({ place: 'run', entity: output.run.entity, project: output.run.project, run: output.run.runId, tab: 'overview' }) };
  } finally {
    await core.stop();
  }
}
