/** From what people type to expressions of the word index. Everything typed is a string there; nothing typed is an operator. */

/** Letters, digits and marks are what the index's tokenizer keeps; the rest parts words. */
const findable = /[\p{L}\p{N}\p{Co}]/u;

function quoted(text: string): string {
  // The index reads a NUL as the end of the expression.
  return `"${text.replaceAll('\0', ' ').replaceAll('"', '""')}"`;
}

/** An FTS5 expression for a word, the beginning of one, or a phrase; null when nothing in it could be found. */
export function matchExpression(node: { readonly kind: 'word'; readonly text: string; readonly prefix: boolean } | { readonly kind: 'phrase'; readonly text: string }, phrasePrefix = false): string | null {
  if (!findable.test(node.text)) return null;
  const prefix = node.kind === 'word' ? node.prefix : phrasePrefix;
  return prefix ? `${quoted(node.text)} *` : quoted(node.text);
}
