import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunId } from '#shared/contract/index.ts';
import { openWorld, temporaryFolder, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** The same numbers each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const words = ['NaN', 'Infinity', 'a text', 'another'] as const;

function anyLine(number: number, random: () => number): string {
  if (random() < 0.04) return random() < 0.5 ? '' : 'no JSON';
  const values: Record<string, unknown> = {};
  if (random() < 0.9) values['_step'] = number * 2 + Math.floor(random() * 3);
  if (random() < 0.9) values['_timestamp'] = 1_700_000_000 + number;
  for (const key of ['loss', 'rare', 'mixed', 'text']) {
    if (random() > (key === 'rare' ? 0.01 : 0.8)) continue;
    values[key] = key === 'text' || (key === 'mixed' && random() < 0.3) ? words[Math.floor(random() * words.length)] : Math.round(random() * 40) / 4;
  }
  return JSON.stringify(values);
}

async function whatIsKnown(runId: string) {
  const { items } = await world.ask('runs.list', {});
  const run = items.find((one) => one.runId === runId)!;
  const { items: keys, ...axis } = await world.ask('runs.metricKeys', { id: run.id });
  const { series } = await world.ask('runs.metrics', { ids: [run.id], keys: keys.length === 0 ? ['_step'] : keys.map(({ key }) => key), points: 4000 });
  return { keys, axis, series: series.map(({ id: _id, ...rest }) => rest) };
}

describe('lines that are overwritten', () => {
  test.each([1, 2, 3, 4, 5, 6])('leave what is known of the keys as if they had been written so at first (%i)', async (seed) => {
    const random = chance(seed);
    const count = 2200 + Math.floor(random() * 300);
    const lines = Array.from({ length: count }, (_value, index) => anyLine(index, random));
    const { run } = await world.do('runs.upsert', { project: { name: 'p' }, runId: `edited-${seed}` });
    await world.do('runs.append', { id: run.id, history: { offset: 0, lines: [...lines] } });
    for (let round = 0; round < 12; round += 1) {
      const offset = round % 3 === 0 ? Math.max(0, lines.length - 40) : Math.floor(random() * lines.length);
      const incoming = Array.from({ length: 1 + Math.floor(random() * (round === 5 ? 1500 : 60)) }, (_value, index) => (random() < 0.3 ? (lines[offset + index] ?? '{}') : anyLine(offset + index, random)));
      await world.do('runs.append', { id: run.id, history: { offset, lines: incoming } });
      lines.splice(offset, incoming.length, ...incoming);
    }
    const { run: plain } = await world.do('runs.upsert', { project: { name: 'p' }, runId: `plain-${seed}` });
    await world.do('runs.append', { id: plain.id, history: { offset: 0, lines } });
    expect(await whatIsKnown(`edited-${seed}`)).toEqual(await whatIsKnown(`plain-${seed}`));
  });

  test('are told as overwritten, what comes behind them is not', async () => {
    const { run } = await world.do('runs.upsert', { project: { name: 'p' }, runId: 'told' });
    const rewrites = async () => (await world.ask('runs.metrics', { ids: [run.id], keys: ['x'] })).rewrites;
    await world.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":1}', '{"x":2}'] } });
    await world.do('runs.append', { id: run.id, history: { offset: 1, lines: ['{"x":2}', '{"x":3}'] } });
    expect(await rewrites()).toEqual([0]);
    await world.do('runs.append', { id: run.id, history: { offset: 1, lines: ['{"x":5}'] } });
    expect(await rewrites()).toEqual([1]);
  });
});

type Swept = { readonly dropped: number; readonly more: boolean };

async function sweep(world: World, lostFor: number): Promise<Swept> {
  return (await world.internal('internal.sweepRunLog', { lostFor })) as Swept;
}

describe('the file of the lines', () => {
  test('becomes smaller when a run is deleted', async () => {
    const directory = temporaryFolder();
    const own = await openWorld({ directory });
    const random = chance(7);
    const long = Array.from({ length: 4000 }, () => JSON.stringify(Object.fromEntries(Array.from({ length: 80 }, (_value, key) => [`m${key}`, random()]))));
    const ids: RunId[] = [];
    for (const runId of ['kept', 'gone']) {
      const { run } = await own.do('runs.upsert', { project: { name: 'p' }, runId });
      await own.do('runs.append', { id: run.id, history: { offset: 0, lines: long } });
      ids.push(run.id);
    }
    await own.close();
    const size = (): number => statSync(join(directory, 'runs.db')).size;
    const before = size();
    const again = await openWorld({ directory });
    await again.do('runs.delete', { id: ids[1]! });
    await again.do('trash.purge', {});
    while ((await sweep(again, 60_000)).more);
    expect((await again.ask('runs.metricKeys', { id: ids[0]! })).lines).toBe(4000);
    await again.close();
    expect(size()).toBeLessThan(before * 0.7);
    rmSync(directory, { recursive: true });
  });

  test('keeps lines that no run of the catalog has for their time: an older catalog may stand in for a while', async () => {
    const directory = temporaryFolder();
    const catalogFile = join(directory, 'catalog.db');
    const begin = async (runId: string): Promise<void> => {
      const own = await openWorld({ directory });
      const { run } = await own.do('runs.upsert', { project: { name: 'p' }, runId });
      await own.do('runs.append', { id: run.id, history: { offset: 0, lines: ['{"x":1}'] } });
      await own.close();
    };
    const untidy = async (lostFor: number): Promise<boolean> => {
      const own = await openWorld({ directory });
      const found = (await own.catalog.read('internal.runLogUntidy', { lostFor, now: Date.now() }, { actorId: own.catalog.status().defaultUserId })) as boolean;
      await own.close();
      return found;
    };
    const sweepOnce = async (lostFor: number): Promise<number> => {
      const own = await openWorld({ directory });
      const { dropped } = await sweep(own, lostFor);
      await own.close();
      return dropped;
    };
    await begin('early');
    copyFileSync(catalogFile, `${catalogFile}.early`);
    await begin('late');
    copyFileSync(catalogFile, `${catalogFile}.late`);
    copyFileSync(`${catalogFile}.early`, catalogFile);
    expect([await untidy(60_000), await sweepOnce(60_000), await untidy(60_000), await sweepOnce(60_000)]).toEqual([true, 0, false, 0]);
    // The newer one returns: nothing of it is lost, and its time begins anew.
    copyFileSync(`${catalogFile}.late`, catalogFile);
    expect(await sweepOnce(-60_000)).toBe(0);
    const own = await openWorld({ directory });
    const late = (await own.ask('runs.list', {})).items.find((run) => run.runId === 'late')!;
    expect((await own.ask('runs.metricKeys', { id: late.id })).lines).toBe(1);
    await own.close();
    copyFileSync(`${catalogFile}.early`, catalogFile);
    expect(await sweepOnce(-60_000)).toBe(1);
    rmSync(directory, { recursive: true });
  });
});
