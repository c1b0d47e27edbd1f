/** The filter of a lineage as its form has it: days instead of moments, and nothing that is empty. */
import type { LineageFilter } from '#shared/contract/index.ts';

type Lists = 'types' | 'projects' | 'states' | 'tags';

export function withList<Name extends Lists>(filter: LineageFilter, name: Name, values: NonNullable<LineageFilter[Name]>): LineageFilter {
  const { [name]: _before, ...rest } = filter;
  return (values.length === 0 ? rest : { ...rest, [name]: values }) as LineageFilter;
}

/**
 * A day, counted in the person's own time: `from` begins with it, `until` ends with it (the filter takes the moment before which things were made).
 * @param day `2026-05-03`, or empty for none; anything else changes nothing
 */
export function withDay(filter: LineageFilter, name: 'from' | 'until', day: string): LineageFilter {
  const { [name]: _before, ...rest } = filter;
  if (day === '') return rest;
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (parts === null) return filter;
  const at = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + (name === 'until' ? 1 : 0));
  return Number.isNaN(at.getTime()) || at.getTime() < 0 ? filter : { ...rest, [name]: at.toISOString() };
}

/** The day that `withDay` was given. */
export function dayOf(filter: LineageFilter, name: 'from' | 'until'): string {
  const moment = filter[name];
  if (moment === undefined) return '';
  const at = new Date(moment);
  if (name === 'until') at.setDate(at.getDate() - 1);
  return `${String(at.getFullYear()).padStart(4, '0')}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
}

/** Conditions that are set. */
export function conditionCount(filter: LineageFilter): number {
  return Object.keys(filter).length;
}
