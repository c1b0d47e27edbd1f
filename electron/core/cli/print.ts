/** How results look in a terminal: JSON when asked for, else aligned columns and short sentences. */
import { formatSize } from '#shared/domain/index.ts';

export type Row = Readonly<Record<string, string | number | null>>;

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Control characters of a terminal never come from data: a name must not move the cursor or change colours. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

/** Prints rows under their columns' names; numbers to the right. */
export function printTable(rows: readonly Row[], columns: readonly string[]): void {
  const cells = rows.map((row) => columns.map((column) => plain(String(row[column] ?? ''))));
  const widths = columns.map((column, index) => Math.max(column.length, ...cells.map((line) => line[index]?.length ?? 0)));
  const numeric = columns.map((column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] === null));
  const pad = (text: string, index: number): string => (numeric[index] === true ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0));
  printLine(columns.map((column, index) => pad(column.toUpperCase(), index)).join('  ').trimEnd());
  for (const line of cells) printLine(line.map(pad).join('  ').trimEnd());
}

/** A count with its noun in the right number. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export { formatSize };

/** Progress on one line of standard error, only where a person watches. */
export function progressLine(): { readonly report: (progress: { readonly phase: string; readonly done: number; readonly total: number | null; readonly unit: string }) => void; readonly end: () => void } {
  if (!process.stderr.isTTY) return { report: () => undefined, end: () => undefined };
  let shown = false;
  return {
    report(progress) {
      shown = true;
      const amount = progress.unit === 'bytes' ? `${formatSize(progress.done)}${progress.total === null ? '' : ` of ${formatSize(progress.total)}`}` : `${progress.done}${progress.total === null ? '' : ` of ${progress.total}`} ${progress.unit}`;
      process.stderr.write(`\r\u001b[2K${progress.phase}: ${amount}`);
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[2K');
    },
  };
}

/** Aliases with where they went; `otherwise` where none did. */
export function printMoves(moves: readonly { readonly alias: string; readonly from: number | null; readonly to: number | null }[], otherwise?: string): void {
  if (moves.length === 0 && otherwise !== undefined) printLine(otherwise);
  for (const move of moves) {
    const name = plain(move.alias);
    if (move.from === null) printLine(`${name}: put on v${move.to}.`);
    else if (move.to === null) printLine(`${name}: taken off v${move.from}.`);
    else printLine(`${name}: v${move.from} → v${move.to}.`);
  }
}

/** What would be refused, and what is still asked for, before an act that moves aliases. */
export function printForeseen(preview: { readonly moves: Parameters<typeof printMoves>[0]; readonly refused: readonly { readonly explanation: string }[]; readonly needsReason: boolean; readonly needsApproval: readonly { readonly explanation: string }[] }, otherwise?: string): void {
  printMoves(preview.moves, otherwise);
  for (const refused of preview.refused) printLine(`Refused: ${plain(refused.explanation)}`);
  if (preview.needsReason) printLine('It needs a reason (-m).');
  for (const needed of preview.needsApproval) printLine(`Needs approval: ${plain(needed.explanation)} Ask with “vitrine approval request”.`);
}

/** What a dry run of links says: as what each would stand there, and what of its aliases is known beforehand. */
export function printForeseenLinks(preview: Parameters<typeof printForeseen>[0] & { readonly links: readonly { readonly standing: boolean; readonly index: number }[] }): void {
  for (const link of preview.links) printLine(link.standing ? `Stands there already as v${link.index}.` : `Would be v${link.index}.`);
  printForeseen(preview);
}
