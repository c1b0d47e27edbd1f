/**
 * How well `query` fits `text`: 0 not at all, up to 1 the same. Beginnings of words count more than middles, whole runs
 * more than scattered letters; case and accents don't matter. Letters may be left out, but not swapped.
 */
export function matchScore(text: string, query: string): number {
  const wanted = fold(query);
  if (wanted === '') return 1;
  const given = fold(text);
  if (given === wanted) return 1;
  if (given.startsWith(wanted)) return 0.95;
  let inside = false;
  for (let at = given.indexOf(wanted); at >= 0; at = given.indexOf(wanted, at + 1)) {
    if (startsWord(given, at)) return 0.85;
    inside = true;
  }
  if (inside) return 0.7;

  // Every word of the query begins a word of the text: "reg new" finds "New registry".
  const words = wanted.split(' ').filter((word) => word !== '');
  if (words.length > 1 && words.every((word) => given.startsWith(word) || given.split(/[\s/_.:-]+/u).some((part) => part.startsWith(word)))) return 0.75;

  let score = 0;
  let from = 0;
  let before = -2;
  for (const letter of wanted.replaceAll(' ', '')) {
    const index = given.indexOf(letter, from);
    if (index < 0) return 0;
    score += index === before + 1 ? 1 : startsWord(given, index) ? 0.8 : 0.2;
    before = index;
    from = index + 1;
  }
  const share = score / wanted.length;
  // Letters scattered without rhyme are no match.
  return share < 0.55 ? 0 : share * 0.6;
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

function startsWord(text: string, index: number): boolean {
  return index === 0 || /[\s/_.:-]/u.test(text[index - 1] ?? '');
}

export interface Rankable {
  readonly label: string;
  readonly keywords?: readonly string[];
}

/** The items that fit, best first; equal ones keep their order. */
export function rank<Item extends Rankable>(items: readonly Item[], query: string): readonly Item[] {
  if (query.trim() === '') return items;
  return items
    .map((item, index) => ({
      item,
      index,
      score: Math.max(matchScore(item.label, query), ...(item.keywords ?? []).map((keyword) => matchScore(keyword, query) * 0.9)),
    }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || one.index - other.index)
    .map(({ item }) => item);
}
