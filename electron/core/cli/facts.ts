/** All facts of one thing, as `vitrine show` prints them for people: each under its name, in words where it has any. `--json` has them as they are. */
import { formatSize } from '#shared/domain/index.ts';
import { plain } from './print.ts';

type Facts = Readonly<Record<string, unknown>>;

const nothing = '–';

/** One line for each fact, more where a fact has several. */
export function factLines(facts: Facts): readonly string[] {
  const width = Math.max(0, ...Object.keys(facts).map((name) => name.length));
  return Object.entries(facts).flatMap(([name, value]) => linesOf(name, value).map((line, index) => `${(index === 0 ? name : '').padEnd(width)}  ${plain(line)}`.trimEnd()));
}

function linesOf(name: string, value: unknown): readonly string[] {
  if (name === 'size' && typeof value === 'number') return [`${formatSize(value)} (${value} bytes)`];
  if (typeof value === 'string') return value === '' ? [nothing] : value.split(/\r?\n/u);
  if (!Array.isArray(value)) return [words(value)];
  if (value.length === 0) return [nothing];
  return value.every((one) => typeof one === 'object' && one !== null && !('name' in one)) ? value.map(words) : [value.map(words).join(', ')];
}

function words(value: unknown): string {
  if (value === null || value === undefined) return nothing;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  return (typeof value === 'object' ? wordsOfObject(value as Facts) : null) ?? JSON.stringify(value);
}

/** An alias, a person, a link; nothing for what has no words of its own. */
function wordsOfObject(value: Facts): string | null {
  if (Object.keys(value).length === 0) return nothing;
  if (typeof value['username'] === 'string') return value['username'];
  if (typeof value['registry'] === 'string' && typeof value['collection'] === 'string' && typeof value['index'] === 'number') {
    const aliases = Array.isArray(value['aliases']) ? value['aliases'].map(words) : [];
    const note = typeof value['note'] === 'string' && value['note'] !== '' ? `, “${value['note']}”` : '';
    return `${value['registry']}/${value['collection']}:v${value['index']}${aliases.length === 0 ? '' : ` (${aliases.join(' ')})`}${note}`;
  }
  return typeof value['name'] === 'string' ? `${value['name']}${value['protected'] === true ? ' (protected)' : ''}` : null;
}
