/** Events as text, to take out of the window: a line of JSON each, or a table. */
import type { HistoryEvent, InputOf } from '#shared/contract/index.ts';
import { core } from '../../app/api/index.ts';

export type EventFormat = 'jsonl' | 'csv';

/** More than this is no business of a clipboard. */
export const mostWritten = 20_000;
const pageSize = 1000;

/** Every event that a question finds, newest first, at most `mostWritten`. @throws VitrineError */
export async function allEvents(question: Omit<InputOf<'history.list'>, 'cursor' | 'position' | 'limit'>): Promise<{ readonly events: readonly HistoryEvent[]; readonly total: number }> {
  const events: HistoryEvent[] = [];
  let cursor: string | undefined;
  let total = 0;
  do {
    const page = await core().query('history.list', { ...question, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    events.push(...page.items);
    ({ total } = page);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && events.length < mostWritten);
  return { events: events.slice(0, mostWritten), total };
}

/** One line per event; CSV with a line of headings, ready for a spreadsheet. */
export function writeEvents(events: readonly HistoryEvent[], format: EventFormat): string {
  if (format === 'jsonl') return events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const heading = ['id', 'at', 'actor', 'entrance', 'kind', 'subject', 'address', 'before', 'after', 'message'];
  const rows = events.map((event) => [
    String(event.id), event.at, event.actor.username, event.entrance, event.kind, event.subject.label, event.subject.address ?? '', JSON.stringify(event.before), JSON.stringify(event.after), event.message ?? '',
  ]);
  return [heading, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  // Spreadsheets take such beginnings for formulas and would run them.
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
