import { describe, expect, it } from 'vitest';
import { eventKinds, type UserId } from '#shared/contract/index.ts';
import { filtersOf, groups, kindsOf, queryOf, questionOf, unfiltered } from './filters.ts';

describe('the filters of the history', () => {
  it('put every kind of event into exactly one group', () => {
    const held = groups.flatMap((group) => kindsOf([group.value], eventKinds) ?? []);
    expect([...held].sort()).toEqual([...eventKinds].sort());
  });

  it('ask for nothing when nothing is filtered', () => {
    expect(questionOf(unfiltered, eventKinds, 0)).toEqual({});
    expect(queryOf(unfiltered)).toBeUndefined();
  });

  it('ask the same question all day, in UTC', () => {
    const filters = { ...unfiltered, span: '7d' } as const;
    const morning = questionOf(filters, eventKinds, Date.parse('2026-05-09T00:00:00.001Z'));
    expect(morning).toEqual({ since: '2026-05-03T00:00:00.000Z' });
    expect(questionOf(filters, eventKinds, Date.parse('2026-05-09T23:59:59.999Z'))).toEqual(morning);
  });

  it('include both days of a range', () => {
    expect(questionOf({ ...unfiltered, span: 'range', from: '2026-05-03', to: '2026-05-03' }, eventKinds, 0)).toEqual({ since: '2026-05-03T00:00:00.000Z', until: '2026-05-03T23:59:59.999Z' });
  });

  it('come back from an address as they were', () => {
    const filters = { groups: ['links', 'aliases'], actor: { id: 4 as UserId, name: '' }, entrance: 'cli', span: 'range', from: '2026-05-01', to: '2026-05-03' } as const;
    expect(queryOf(filters)).toBe('kind:links,aliases by:4 via:cli from:2026-05-01 to:2026-05-03');
    expect(filtersOf(queryOf(filters))).toEqual(filters);
    expect(filtersOf('within:30d')).toEqual({ ...unfiltered, span: '30d' });
  });

  it('pass over what an address should not hold', () => {
    expect(filtersOf('kind:everything by:-1 within:range from:2026-13-45 to: <script> by:1e9 via:nowhere from')).toEqual(unfiltered);
  });
});
