import { defaultSchema } from 'rehype-sanitize';

/** Most characters that are rendered as Markdown; more is cut at a line, with the offer to show all as plain text. */
export const MOST_MARKDOWN = 150_000;

/** Text nested deeper than this is shown plainly: a parser recursing a hundred thousand levels helps nobody. */
const MOST_NESTING = 60;

/** Longest `data:` picture that is drawn, in characters of its address (about 190 KiB of bytes). */
const MOST_PICTURE = 256 * 1024;

const LINK_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'vitrine:']);

/** The address of a link as it may be opened, or undefined when its scheme isn't allowed. Fragments stay as they are. */
export function safeLink(href: string): string | undefined {
  // What browsers skip when they read an address, so that "java\nscript:" can't pass as something else.
  // oxlint-disable-next-line no-control-regex
  const address = href.replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028\u2029\ufeff]/gu, (character) => (character === ' ' ? ' ' : '')).trim();
  if (address.startsWith('#')) return address;
  const scheme = /^([a-z][a-z0-9+.-]*):/iu.exec(address)?.[1];
  if (scheme === undefined || !LINK_SCHEMES.has(`${scheme.toLowerCase()}:`)) return undefined;
  try {
    return LINK_SCHEMES.has(new URL(address).protocol) ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a picture is drawn at once: small, carried in the text, and of a format without scripts. */
export function isInlinePicture(source: string): boolean {
  return source.length <= MOST_PICTURE && /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[a-z0-9+/=\s]+$/iu.test(source);
}

/** What addresses become before they reach an element: allowed ones stay, all others turn to nothing. */
export function transformAddress(address: string, property: string): string {
  if (property === 'src') return isInlinePicture(address) || safeLink(address) !== undefined ? address : '';
  return safeLink(address) ?? '';
}

/** What may stand in rendered Markdown: the sanitizer's own list, our link schemes, pictures carried as data. */
export const markdownSchema: typeof defaultSchema = {
  ...defaultSchema,
  protocols: {
    ...defaultSchema.protocols,
    href: ['http', 'https', 'mailto', 'vitrine'],
    src: ['http', 'https', 'data'],
  },
};

export interface PreparedMarkdown {
  readonly text: string;
  /** Characters left out at the end. */
  readonly omitted: number;
  /** Not rendered as Markdown at all, because of its nesting. */
  readonly tooDeep: boolean;
}

/** What of a text is rendered: the beginning, up to a line's end, unless it is nested beyond reason. */
export function prepareMarkdown(source: string): PreparedMarkdown {
  let text = source;
  if (source.length > MOST_MARKDOWN) {
    const lineEnd = source.lastIndexOf('\n', MOST_MARKDOWN);
    text = source.slice(0, lineEnd > MOST_MARKDOWN / 2 ? lineEnd : MOST_MARKDOWN);
  }
  return { text, omitted: source.length - text.length, tooDeep: nestsTooDeep(text) };
}

/** Looks at the beginnings of lines and at runs of brackets: both are what makes a tree deep, or a parser slow. */
function nestsTooDeep(text: string): boolean {
  const quoted = new RegExp(String.raw`^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){${MOST_NESTING},}`, 'mu');
  if (quoted.test(text)) return true;
  const runs = new RegExp(String.raw`[\[(*_~\x60!<]{${MOST_NESTING * 8},}`, 'u');
  if (runs.test(text)) return true;
  const indented = new RegExp(String.raw`^[ \t]{${MOST_NESTING * 4},}(?:[-+*]|\d{1,9}[.)])[ \t]`, 'mu');
  return indented.test(text);
}

/** The lines of a long text for a virtual list: no line is longer than `width` characters. */
export function plainLines(source: string, width = 2_000): readonly string[] {
  const lines: string[] = [];
  for (const line of source.split(/\r\n|\n|\r/u)) {
    if (line.length <= width) lines.push(line);
    else for (let at = 0; at < line.length; at += width) lines.push(line.slice(at, at + width));
  }
  return lines;
}
