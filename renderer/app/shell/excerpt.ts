/** The first words of a card that are words: no headings, tables, lists, code or marks. */
const longest = 280;

export function excerptOf(markdown: string): string {
  const paragraph: string[] = [];
  let inCode = false;
  // A card may be long; its beginning is all that is looked at.
  for (const line of markdown.slice(0, 20_000).split('\n')) {
    const text = line.trim();
    if (/^(?:```|~~~)/u.test(text)) {
      inCode = !inCode;
      continue;
    }
    const isProse = !inCode && text !== '' && !/^(?:[#>|<=-]|[*+] |\d+[.)] |!\[|---)/u.test(text);
    if (isProse) paragraph.push(text);
    else if (paragraph.length > 0) break;
  }
  const words = paragraph
    .join(' ')
    .slice(0, 2000)
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/gu, '$1')
    .replaceAll(/[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}/gu, '')
    .trim();
  return words.length > longest ? `${words.slice(0, longest).replace(/\s+\S*$/u, '')} …` : words;
}
