import { expect, it } from 'vitest';
import { conditionCount, dayOf, withDay, withList } from './filters.ts';

it('holds nothing that is empty', () => {
  const filter = withList({}, 'types', ['model']);
  expect(filter).toEqual({ types: ['model'] });
  expect(conditionCount(filter)).toBe(1);
  expect(withList(filter, 'types', [])).toEqual({});
});

it('takes days as whole days of the person’s own time, the last included', () => {
  const filter = withDay(withDay({}, 'from', '2026-05-03'), 'until', '2026-05-03');
  expect(Date.parse(filter.until!) - Date.parse(filter.from!)).toBe(86_400_000);
  expect(new Date(filter.from!).getHours()).toBe(0);
  expect([dayOf(filter, 'from'), dayOf(filter, 'until')]).toEqual(['2026-05-03', '2026-05-03']);
  expect(withDay(filter, 'from', '')).toEqual({ until: filter.until });
  expect(withDay(filter, 'from', 'yesterday')).toEqual(filter);
});
