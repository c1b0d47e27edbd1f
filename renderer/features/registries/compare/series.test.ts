import { describe, expect, it } from 'vitest';
import { aliasesOf, changeSince, domainOf, placeNames, pointsOf, type SeriesPoint } from './series.ts';

const point = (index: number, values: readonly (number | null)[], aliases: readonly string[] = []): SeriesPoint => ({ linkId: index as never, versionId: index as never, index, linkedAt: '2026-01-01T00:00:00.000Z', aliases: [...aliases], state: null, values: [...values] });

describe('numbers across versions', () => {
  const points = [point(0, [0.8, null]), point(1, [null, 2]), point(2, [0.9, 1], ['production', 'latest'])];

  it('leaves out versions that have none', () => {
    expect(pointsOf(points, 0).map(({ point: { index }, value }) => [index, value])).toEqual([[0, 0.8], [2, 0.9]]);
    expect(pointsOf(points, 5)).toEqual([]);
  });

  it('has a domain with air, also for one number and for none', () => {
    const [low, high] = domainOf(pointsOf(points, 0));
    expect(low).toBeLessThan(0.8);
    expect(high).toBeGreaterThan(0.9);
    const [from, to] = domainOf(pointsOf([point(0, [5])], 0));
    expect(to).toBeGreaterThan(from);
    expect(domainOf([])).toEqual([0, 1]);
  });

  it('names the aliases that a person chose', () => {
    expect(aliasesOf(point(2, [], ['production', 'latest']))).toEqual(['production']);
  });

  it('says how the newest differs from what is in production', () => {
    expect(changeSince(pointsOf([point(0, [2], ['production']), point(1, [3])], 0))?.share).toBe(0.5);
    expect(changeSince(pointsOf([point(0, [2]), point(1, [3], ['production'])], 0))).toBeNull();
  });
});

describe('names in a chart', () => {
  const area = { width: 400, height: 128 };
  const named = pointsOf([point(0, [1], ['old']), point(1, [1], ['staging']), point(2, [1], ['candidate', 'production'])], 0);

  it('stand above their points where there is room', () => {
    const names = placeNames(named, (index) => ({ x: 60 + index * 140, y: 60 }), area);
    expect(names.map(({ text, y }) => [text, y])).toEqual([['production', 51], ['staging', 51], ['old', 51]]);
  });

  it('never cover one another, nor the point of another', () => {
    const at = (index: number) => ({ x: 200 + index * 6, y: 60 });
    const names = placeNames(named, at, area);
    expect(names.map(({ text }) => text)).toEqual(['production', 'staging', 'old']);
    const feet = names.map(({ y }) => y).sort((one, other) => one - other);
    for (const [index, foot] of feet.entries()) if (index > 0) expect(foot - (feet[index - 1] ?? 0)).toBeGreaterThanOrEqual(12);
    expect(feet.every((foot) => foot <= 55 || foot - 12 >= 65)).toBe(true);
  });

  it('are left out where there is no room at all', () => {
    expect(placeNames(named, () => ({ x: 200, y: 20 }), { width: 400, height: 40 }).length).toBeLessThan(3);
  });

  it('are never nearer to another named point than to their own', () => {
    const places = [{ x: 340, y: 96 }, { x: 380, y: 60 }, { x: 395, y: 73 }];
    const names = placeNames([0, 1, 2].map((index) => ({ point: point(index, [1], [['production'], ['staging'], ['candidate']][index]), value: 1 })), (index) => places[index] ?? { x: 0, y: 0 }, { width: 400, height: 160 });
    const candidate = names.find(({ text }) => text === 'candidate');
    expect(candidate === undefined || Math.abs(candidate.y - 6 - 73) <= Math.abs(candidate.y - 6 - 60)).toBe(true);
  });

  it('stay within the chart at its edges', () => {
    const names = placeNames(named, (index) => ({ x: index * 200, y: index === 1 ? 4 : 60 }), area);
    expect(names.map(({ anchor }) => anchor)).toEqual(['end', 'middle', 'start']);
    expect(names.every(({ y }) => y >= 12 && y <= area.height)).toBe(true);
  });
});
