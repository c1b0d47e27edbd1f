import { cpSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { formatPlace } from '#shared/domain/index.ts';
import { openWindow, untilMarked } from './fixtures/window.ts';
import { largeCatalog } from './fixtures/largeCatalog.ts';
import { spread, type Benchmark } from './harness.ts';

const rows = 100_000;
const frames = 600;
const rounds = 3;

/** Scrolls an element from top to bottom in equal steps, a step per frame; the times between frames, in milliseconds. */
const scroll = (element: string): string => `(async () => {
  const element = ${element};
  element.scrollTop = 0;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame(); await frame();
  const end = element.scrollHeight - element.clientHeight;
  const times = [];
  let before = await frame();
  for (let step = 1; step <= ${frames}; step++) {
    element.scrollTop = (end * step) / ${frames};
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  return { times, end, reached: element.scrollTop };
})()`;

/** A plain box as tall as the table's scroll space, filled with one repeating background: what the page can do at best. */
const plainBox = `(() => {
  const table = document.querySelector('[role="grid"]');
  const scroller = [table, ...table.querySelectorAll('*')].find((element) => element.scrollHeight > element.clientHeight + 1000);
  let box = document.getElementById('plain-box');
  if (box === null) {
    const { top, left, width, height } = scroller.getBoundingClientRect();
    box = document.createElement('div');
    box.id = 'plain-box';
    Object.assign(box.style, { position: 'fixed', top: top + 'px', left: left + 'px', width: width + 'px', height: height + 'px', overflow: 'auto', zIndex: '1000', background: 'white' });
    const inside = document.createElement('div');
    Object.assign(inside.style, { height: scroller.scrollHeight + 'px', backgroundImage: 'linear-gradient(#ccc 1px, transparent 1px)', backgroundSize: '100% 32px' });
    box.append(inside);
    document.body.append(box);
  }
  return box;
})()`;
const tableScroller = `(() => {
  document.getElementById('plain-box')?.remove();
  const table = document.querySelector('[role="grid"]');
  return [table, ...table.querySelectorAll('*')].find((element) => element.scrollHeight > element.clientHeight + 1000);
})()`;

type Run = { readonly times: readonly number[]; readonly end: number; readonly reached: number };

export const benchmark: Benchmark = {
  name: 'scroll',
  workload: `a table of ${rows.toLocaleString('en')} versions scrolled end to end in ${frames} frames, rows from core, ${rounds} rounds`,
  goal: 'no frames over 33 ms beyond those of a plain box of the same height',
  async run(context) {
    const { directory } = await largeCatalog(context, rows, rows);
    const data = join(context.scratch, 'data');
    cpSync(directory, data, { recursive: true });
    const window = await openWindow(context, context.root, ['--data', data, artifactAddress(join(data, 'catalog.db'))]);
    try {
      await window.evaluate(untilMarked('vitrine:rows'));
      await window.evaluate(`new Promise((resolve) => { const look = () => { const grid = document.querySelector('[role="grid"]'); if (Number(grid?.getAttribute('aria-rowcount') ?? 0) >= ${rows}) resolve(); else setTimeout(look, 20); }; look(); })`);
      const over = { ours: [] as number[], plain: [] as number[] };
      const times = { ours: [] as number[], plain: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        for (const [kind, element] of [['plain', plainBox], ['ours', tableScroller]] as const) {
          const run = await window.evaluate<Run>(scroll(element));
          if (Math.abs(run.reached - run.end) > 2) throw new Error(`Scrolling ended at ${run.reached} of ${run.end}`);
          over[kind].push(run.times.filter((time) => time > 33).length);
          times[kind].push(...run.times);
        }
      }
      const [mine, theirs] = [spread(over.ours), spread(over.plain)];
      return {
        ours: mine.median, reference: theirs.median, referenceName: 'plain box', unit: 'frames over 33 ms', ratio: (mine.median + 1) / (theirs.median + 1), goalMet: mine.median <= theirs.median,
        details: { frames, ratioOf: 'frames plus one', ours: { over: over.ours, frameMilliseconds: spread(times.ours) }, plain: { over: over.plain, frameMilliseconds: spread(times.plain) } },
      };
    } finally {
      await window.close();
    }
  },
};

/** The address of the one large artifact. */
function artifactAddress(file: string): string {
  const db = new Database(file, { readonly: true });
  const names = db.prepare('SELECT t.name AS entity, p.name AS project, a.name AS artifact FROM artifacts a JOIN projects p ON p.id = a.project_id JOIN teams t ON t.id = p.team_id LIMIT 1').get() as { readonly entity: string; readonly project: string; readonly artifact: string };
  db.close();
  return formatPlace({ place: 'artifact', ...names });
}
