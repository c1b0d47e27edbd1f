import { describe, expect, it } from 'vitest';
import { cellText, columnKey, columnLabel, columnOf, firstColumns, sortId, sortOf } from './tableColumns.ts';

describe('a value column', () => {
  it.each([
    [{ kind: 'metadata', path: ['eval', 'f1 score'] }, 'eval.f1 score'],
    [{ kind: 'metric', key: 'val/loss' }, 'val/loss'],
  ] as const)('keeps itself as a text: %j', (column, label) => {
    const copy = column.kind === 'metadata' ? { ...column, path: [...column.path] } : column;
    expect(columnOf(columnKey(copy))).toEqual(column);
    expect(columnLabel(copy)).toBe(label);
    expect(sortOf(sortId(copy))).toEqual(column);
  });

  it.each(['', 'metric ', 'metadata ', 'metadata []', 'metadata [""]', 'metadata {"a":1}', 'metadata [1]', 'name'])('is not %j', (text) => {
    expect(columnOf(text)).toBeNull();
  });

  it('is sorted by under its own name where every table has it', () => {
    expect(sortOf('linked')).toEqual({ kind: 'own', key: 'linked' });
    expect(sortOf('aliases')).toBeNull();
  });
});

it('shows the numbers that most versions have when nobody chose: metrics first', () => {
  const known = [
    { column: { kind: 'metadata' as const, path: ['acc'] }, type: 'number' as const, count: 9 },
    { column: { kind: 'metric' as const, key: 'loss' }, type: 'number' as const, count: 3 },
    { column: { kind: 'metadata' as const, path: ['note'] }, type: 'text' as const, count: 9 },
  ];
  expect(firstColumns(known).map(columnLabel)).toEqual(['loss', 'acc']);
});

it.each([
  [null, ''], [undefined, ''], [true, 'yes'], [0.912345, '0.91235'], [12_345_678, '12,345,678'], [0.00001, '1.000e-5'], ['text', 'text'],
])('%j in a cell is %j', (value, text) => {
  expect(cellText(value)).toBe(text);
});
