/**
 * SQL as tagged templates: what stands in `${…}` becomes a bound parameter or, where it is a piece of SQL itself, part of the text. Nothing
 * that comes from data can become text.
 */

export type SqlValue = null | number | bigint | string | Uint8Array;

export type Sql = { readonly text: string; readonly values: readonly SqlValue[] };

/**
 * How a parameter stands in the text. The plus sign changes nothing about the value; it keeps SQLite from planning the statement anew for
 * every value bound to it, which it otherwise does wherever tables are joined (the statistics it is compiled with may tell it more about
 * some values than about others) and which takes ten times as long as the look-up itself.
 */
const parameter = '+?';

const texts = new WeakMap<TemplateStringsArray, string>();

/** A piece of SQL with its parameters. Pieces may stand inside of pieces. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (SqlValue | Sql)[]): Sql {
  if (!parts.some(isSql)) {
    let text = texts.get(strings);
    if (text === undefined) {
      text = strings.join(parameter);
      texts.set(strings, text);
    }
    return { text, values: parts as readonly SqlValue[] };
  }
  let text = strings[0] ?? '';
  const values: SqlValue[] = [];
  parts.forEach((part, index) => {
    if (isSql(part)) {
      text += part.text;
      values.push(...part.values);
    } else {
      text += parameter;
      values.push(part);
    }
    text += strings[index + 1] ?? '';
  });
  return { text, values };
}

export const nothing: Sql = { text: '', values: [] };

export function joinSql(parts: readonly Sql[], separator: Sql): Sql {
  return {
    text: parts.map((part) => part.text).join(separator.text),
    values: parts.flatMap((part, index) => (index === 0 ? part.values : [...separator.values, ...part.values])),
  };
}

/** All of the conditions, or "true" when there are none. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`1` : joinSql(conditions, sql` AND `);
}

const rowTexts = new Map<string, string>();

/** For `VALUES`: several rows of as many values each with one statement, where each by itself costs more than what it writes. */
export function valuesOf(rows: readonly (readonly SqlValue[])[]): Sql {
  const width = rows[0]?.length ?? 0;
  const shape = `${width} ${rows.length}`;
  let text = rowTexts.get(shape);
  if (text === undefined) rowTexts.set(shape, (text = rows.map(() => `(${Array.from({ length: width }, () => parameter).join(', ')})`).join(', ')));
  const values: SqlValue[] = [];
  for (const row of rows) for (const value of row) values.push(value);
  return { text, values };
}

/** Rows of one statement at most: longer ones gain nothing, and each length is a statement that is kept. */
const rowsAtOnce = 64;

/** The same of any number of rows: pieces for one statement each. */
export function* valuesInPieces(rows: readonly (readonly SqlValue[])[]): Generator<Sql> {
  for (let begin = 0; begin < rows.length; begin += rowsAtOnce) yield valuesOf(rows.slice(begin, begin + rowsAtOnce));
}

/** For `IN`: a list of any length as one parameter, so that the statement stays the same and cached. */
export function listOf(items: readonly (number | string)[]): Sql {
  return sql`(SELECT value FROM json_each(${JSON.stringify(items)}))`;
}

function isSql(part: SqlValue | Sql): part is Sql {
  return typeof part === 'object' && part !== null && 'text' in part;
}
