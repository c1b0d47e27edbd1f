/** Columns of a list of runs that hold values of config and summary: `config.lr`, `summary.val/loss`. */
import type { JsonObject, RunDetail } from '#shared/contract/index.ts';
import { formatValue } from '../charts/ticks.ts';

export type ValueColumn = `config.${string}` | `summary.${string}`;

export function isValueColumn(text: string): text is ValueColumn {
  return text.startsWith('config.') || text.startsWith('summary.');
}

/** Names of all single values, nested ones joined by dots; what the client keeps for itself is left out. */
export function columnsOf(run: Pick<RunDetail, 'config' | 'summary'>): readonly ValueColumn[] {
  return [...leaves(run.summary).map((path): ValueColumn => `summary.${path}`), ...leaves(run.config).map((path): ValueColumn => `config.${path}`)];
}

/** Levels and names beyond which a column helps nobody. */
const deepest = 4;
const mostNames = 500;

function leaves(values: JsonObject, depth = 1): readonly string[] {
  const found: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (key.startsWith('_') || found.length >= mostNames) continue;
    if (value !== null && typeof value === 'object') {
      if (!Array.isArray(value) && depth < deepest) found.push(...leaves(value, depth + 1).map((path) => `${key}.${path}`));
    } else found.push(key);
  }
  return found;
}

/** Columns that say most when nobody chose any: the first numbers of the summary, then of the config. */
export function firstColumns(run: Pick<RunDetail, 'config' | 'summary'>): readonly ValueColumn[] {
  const numbers = (values: JsonObject): readonly string[] => Object.entries(values).flatMap(([key, value]) => (typeof value === 'number' && !key.startsWith('_') ? [key] : []));
  return [...numbers(run.summary).slice(0, 3).map((key): ValueColumn => `summary.${key}`), ...numbers(run.config).slice(0, 1).map((key): ValueColumn => `config.${key}`)];
}

/** A value in a cell. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return formatValue(value);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return JSON.stringify(value);
}

/** What is compared between runs: a row per value, and whether the runs differ in it. */
export type ComparedRow = { readonly part: 'config' | 'summary'; readonly path: string; readonly cells: readonly string[]; readonly differs: boolean };

export function compareValues(runs: readonly Pick<RunDetail, 'config' | 'summary'>[]): readonly ComparedRow[] {
  const rows: ComparedRow[] = [];
  for (const part of ['config', 'summary'] as const) {
    const paths = new Set<string>();
    const flat = runs.map((run) => flatten(run[part]));
    for (const one of flat) for (const path of one.keys()) paths.add(path);
    for (const path of [...paths].sort((one, other) => collator.compare(one, other))) {
      const cells = flat.map((one) => cellText(one.get(path)));
      const exact = new Set(flat.map((one) => JSON.stringify(one.get(path)) ?? 'absent'));
      rows.push({ part, path, cells, differs: exact.size > 1 });
    }
  }
  return rows;
}

const collator = new Intl.Collator('en', { numeric: true });

function flatten(values: JsonObject, before = '', depth = 1, into = new Map<string, unknown>()): Map<string, unknown> {
  for (const [key, value] of Object.entries(values)) {
    if (before === '' && key.startsWith('_')) continue;
    if (value !== null && typeof value === 'object' && !Array.isArray(value) && depth < deepest && Object.keys(value).length > 0) flatten(value, `${before}${key}.`, depth + 1, into);
    else into.set(`${before}${key}`, value);
  }
  return into;
}
