import { describe, expect, it } from 'vitest';
import { cellText, columnsOf, compareValues, firstColumns } from './values.ts';

const run = { config: { lr: 0.001, model: { layers: 2, name: 'mini' }, seeds: [1, 2], _wandb: { a: 1 } }, summary: { loss: 0.12, best: { epoch: 3 }, note: 'well', _step: 9 } };

describe('value columns', () => {
  it('are the single values, nested ones by their path', () => {
    expect(columnsOf(run)).toEqual(['summary.loss', 'summary.best.epoch', 'summary.note', 'config.lr', 'config.model.layers', 'config.model.name']);
    expect(firstColumns(run)).toEqual(['summary.loss', 'config.lr']);
  });

  it('are written by their type', () => {
    expect([0.123456, 'adam', true, null, undefined, [1, 2]].map(cellText)).toEqual(['0.12346', 'adam', 'yes', '', '', '[1,2]']);
  });
});

describe('compareValues', () => {
  it('tells which values differ, exactly and not as they are rounded', () => {
    const rows = compareValues([
      { config: { lr: 0.1, seed: 1 }, summary: { loss: 0.1234561 } },
      { config: { lr: 0.1, extra: true }, summary: { loss: 0.1234562 } },
    ]);
    expect(rows).toEqual([
      { part: 'config', path: 'extra', cells: ['', 'yes'], differs: true },
      { part: 'config', path: 'lr', cells: ['0.1', '0.1'], differs: false },
      { part: 'config', path: 'seed', cells: ['1', ''], differs: true },
      { part: 'summary', path: 'loss', cells: ['0.12346', '0.12346'], differs: true },
    ]);
  });
});
