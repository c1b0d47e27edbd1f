/** Comma- and tab-separated tables: quoted cells with doubled quotes, line breaks inside quotes, any line ending. */

export type Delimited = {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows whose number of cells differs from the header's. */
  readonly uneven: number;
  /** Columns in which every cell that is not empty is a number: they align right. */
  readonly numeric: readonly boolean[];
};

const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$|^(?:nan|-?inf)$/iu;

/**
 * Reads a table. The first row is taken for its header.
 * @param truncated the text is only the beginning: the last line may be cut off and is left out
 */
export function parseDelimited(text: string, separator: string, truncated: boolean): Delimited {
  const lines: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const endCell = (): void => {
    cells.push(cell);
    cell = '';
  };
  const endLine = (): void => {
    endCell();
    // A line with nothing in it is no row.
    if (cells.length > 1 || cells[0] !== '') lines.push(cells);
    cells = [];
  };
  for (; at < text.length; at += 1) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === separator) endCell();
    else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') at += 1;
      endLine();
    } else cell += character;
  }
  if ((cell !== '' || cells.length > 0) && !truncated) endLine();
  const [header = [], ...rows] = lines;
  return {
    header,
    rows,
    uneven: rows.filter((row) => row.length !== header.length).length,
    numeric: header.map((_, column) => {
      const filled = rows.map((row) => row[column]?.trim() ?? '').filter((value) => value !== '');
      return filled.length > 0 && filled.every((value) => numberForm.test(value));
    }),
  };
}
