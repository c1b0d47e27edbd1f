/** The columns of a collection's table: those that every table has, and values of versions that a person chose. */
import type { OutputOf, TableColumn, TableSort } from '#shared/contract/index.ts';

export type KnownColumn = OutputOf<'collections.columns'>['items'][number];

/** A value column as one text: what a list of choices, a setting and the table's own column ids hold. */
export function columnKey(column: TableColumn): string {
  return column.kind === 'metadata' ? `metadata ${JSON.stringify(column.path)}` : `metric ${column.key}`;
}

/** What `columnKey` made of a column; null for anything else. */
export function columnOf(key: string): TableColumn | null {
  if (key.startsWith('metric ') && key.length > 'metric '.length) return { kind: 'metric', key: key.slice('metric '.length) };
  if (!key.startsWith('metadata ')) return null;
  try {
    const path: unknown = JSON.parse(key.slice('metadata '.length));
    return Array.isArray(path) && path.length > 0 && path.every((step): step is string => typeof step === 'string' && step !== '') ? { kind: 'metadata', path } : null;
  } catch {
    return null;
  }
}

/** What stands in the header: the last steps of it. */
export function columnLabel(column: TableColumn): string {
  return column.kind === 'metadata' ? column.path.join('.') : column.key;
}

/** Where it comes from, in words. */
export function columnOrigin(column: TableColumn): string {
  return column.kind === 'metadata' ? 'metadata' : 'run';
}

const ownSorts = ['index', 'linked', 'size', 'created', 'state'] as const;
type OwnSort = (typeof ownSorts)[number];
const isOwnSort = (id: string): id is OwnSort => ownSorts.some((one) => one === id);

/** The order that a column id of the table stands for; null for one that can't be sorted by. */
export function sortOf(id: string): TableSort | null {
  return isOwnSort(id) ? { kind: 'own', key: id } : columnOf(id);
}

/** The column id by which a table is sorted. */
export function sortId(sort: TableSort): string {
  return sort.kind === 'own' ? sort.key : columnKey(sort);
}

/** Columns when nobody chose any: the numbers that most versions have, metrics before metadata. */
export function firstColumns(known: readonly KnownColumn[], most = 2): readonly TableColumn[] {
  return known
    .filter((one) => one.type === 'number')
    .toSorted((one, other) => Number(one.column.kind === 'metadata') - Number(other.column.kind === 'metadata') || other.count - one.count)
    .slice(0, most)
    .map((one) => one.column);
}

const numbers = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 });

/** A value in a cell; nothing where there is none. */
export function cellText(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(3).replace('e+', 'e');
  return Number.isInteger(value) ? value.toLocaleString('en-US') : numbers.format(value);
}
