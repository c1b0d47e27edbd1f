/**
 * Terminal output as text with styles. Colours and weights are understood, everything else that a terminal would act on (cursor moves,
 * titles, links, bells) is dropped: what a script prints must not be able to do anything here.
 */

export type AnsiColor = { readonly kind: 'named'; readonly index: number } | { readonly kind: 'rgb'; readonly red: number; readonly green: number; readonly blue: number };

export type AnsiStyle = {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly ink: AnsiColor | null;
  readonly ground: AnsiColor | null;
};

export type AnsiSpan = { readonly text: string; readonly style: AnsiStyle };

export const plainStyle: AnsiStyle = { bold: false, dim: false, italic: false, underline: false, inverse: false, ink: null, ground: null };

// CSI …, OSC … (ended by BEL or ST, or never), other two-character escapes, and C1 controls.
// oxlint-disable-next-line no-control-regex
const escapes = /\u001b\[([0-9;:?<=>!]*)[ -/]*([@-~])|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|\u001b[ -/]*[0-~]?|[\u0080-\u009f]/gu;
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One line of output, in the style that the line before ended with; and the style it ends with itself. */
export function parseAnsi(line: string, before: AnsiStyle = plainStyle): { readonly spans: readonly AnsiSpan[]; readonly style: AnsiStyle } {
  const text = overwritten(line);
  if (!text.includes('\u001b') && !/[\u0080-\u009f]/u.test(text)) return { spans: spanOf(text, before), style: before };
  const spans: AnsiSpan[] = [];
  let style = before;
  let from = 0;
  for (const match of text.matchAll(escapes)) {
    spans.push(...spanOf(text.slice(from, match.index), style));
    from = match.index + match[0].length;
    if (match[2] === 'm') style = applied(match[1] ?? '', style);
  }
  spans.push(...spanOf(text.slice(from), style));
  return { spans, style };
}

/** The text alone, for searching and copying. */
export function stripAnsi(line: string): string {
  return overwritten(line).replace(escapes, '').replace(controls, '');
}

/** A carriage return begins the line anew, as progress bars do it: what was last written stands. */
function overwritten(line: string): string {
  const whole = line.replace(/[\r\n]+$/u, '');
  const at = whole.lastIndexOf('\r');
  return at < 0 ? whole : whole.slice(at + 1);
}

function spanOf(text: string, style: AnsiStyle): readonly AnsiSpan[] {
  const clean = text.replace(controls, '');
  return clean === '' ? [] : [{ text: clean, style }];
}

function applied(parameters: string, before: AnsiStyle): AnsiStyle {
  const codes = parameters.split(/[;:]/u).map((code) => (code === '' ? 0 : Number(code)));
  let style = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const extended = extendedColor(codes, at + 1);
      at += extended.taken;
      if (extended.color !== null) style = { ...style, [code === 38 ? 'ink' : 'ground']: extended.color };
    } else style = { ...style, ...change(code) };
  }
  return style;
}

function change(code: number): Partial<AnsiStyle> {
  if (code >= 30 && code <= 37) return { ink: { kind: 'named', index: code - 30 } };
  if (code >= 90 && code <= 97) return { ink: { kind: 'named', index: code - 90 + 8 } };
  if (code >= 40 && code <= 47) return { ground: { kind: 'named', index: code - 40 } };
  if (code >= 100 && code <= 107) return { ground: { kind: 'named', index: code - 100 + 8 } };
  switch (code) {
    case 0:
      return plainStyle;
    case 1:
      return { bold: true };
    case 2:
      return { dim: true };
    case 3:
      return { italic: true };
    case 4:
      return { underline: true };
    case 7:
      return { inverse: true };
    case 22:
      return { bold: false, dim: false };
    case 23:
      return { italic: false };
    case 24:
      return { underline: false };
    case 27:
      return { inverse: false };
    case 39:
      return { ink: null };
    case 49:
      return { ground: null };
    default:
      return {};
  }
}

/** `5;N` or `2;R;G;B` after 38 and 48; how many codes were taken. */
function extendedColor(codes: readonly number[], at: number): { readonly color: AnsiColor | null; readonly taken: number } {
  if (codes[at] === 5) return { color: paletteColor(codes[at + 1]), taken: 2 };
  if (codes[at] === 2) {
    const [red, green, blue] = [codes[at + 1], codes[at + 2], codes[at + 3]];
    return { color: isByte(red) && isByte(green) && isByte(blue) ? { kind: 'rgb', red, green, blue } : null, taken: 4 };
  }
  return { color: null, taken: 0 };
}

function paletteColor(index: number | undefined): AnsiColor | null {
  if (!isByte(index)) return null;
  if (index < 16) return { kind: 'named', index };
  if (index >= 232) {
    const gray = 8 + (index - 232) * 10;
    return { kind: 'rgb', red: gray, green: gray, blue: gray };
  }
  const cube = index - 16;
  const level = (part: number): number => (part === 0 ? 0 : 55 + part * 40);
  return { kind: 'rgb', red: level(Math.floor(cube / 36)), green: level(Math.floor(cube / 6) % 6), blue: level(cube % 6) };
}

function isByte(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;
}
