import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnsi, plainStyle, stripAnsi } from './ansi.ts';

const esc = '\u001b';
const textOf = (line: string): string => parseAnsi(line).spans.map((span) => span.text).join('');

describe('parseAnsi', () => {
  it('colours what a script colours, and goes back to plain', () => {
    const { spans, style } = parseAnsi(`${esc}[1;32mok${esc}[0m done`);
    expect(spans).toEqual([
      { text: 'ok', style: { ...plainStyle, bold: true, ink: { kind: 'named', index: 2 } } },
      { text: ' done', style: plainStyle },
    ]);
    expect(style).toEqual(plainStyle);
  });

  it('knows bright, indexed and true colours, with both separators', () => {
    expect(parseAnsi(`${esc}[91mx`).spans[0]?.style.ink).toEqual({ kind: 'named', index: 9 });
    expect(parseAnsi(`${esc}[38;5;196mx`).spans[0]?.style.ink).toEqual({ kind: 'rgb', red: 255, green: 0, blue: 0 });
    expect(parseAnsi(`${esc}[38:2:1:2:3mx`).spans[0]?.style.ink).toEqual({ kind: 'rgb', red: 1, green: 2, blue: 3 });
    expect(parseAnsi(`${esc}[48;5;244mx`).spans[0]?.style.ground).toEqual({ kind: 'rgb', red: 128, green: 128, blue: 128 });
  });

  it('carries a style over to the next line', () => {
    const first = parseAnsi(`${esc}[31mred`);
    expect(parseAnsi('still', first.style).spans[0]?.style.ink).toEqual({ kind: 'named', index: 1 });
  });

  it('drops what a terminal would act on: moves, titles, links, bells', () => {
    expect(textOf(`a${esc}[2Jb${esc}]0;title\u0007c${esc}]8;;https://example.org${esc}\\d${esc}]8;;${esc}\\e\u0007f`)).toBe('abcdef');
    expect(textOf(`a${esc}[38;5mb`)).toBe('ab');
    expect(textOf(`unfinished ${esc}]0;title`)).toBe('unfinished ');
    // Marks that turn the direction of writing around would show another text than there is.
    expect(textOf('user\u202egnp.exe')).toBe('usergnp.exe');
  });

  it('shows what was written last over a carriage return', () => {
    expect(textOf('10 %\r20 %\r30 %')).toBe('30 %');
    expect(textOf('a line\r\n')).toBe('a line');
  });

  it('lets no control character through, and keeps all the rest, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(fc.constantFrom(esc, '[', ']', ';', 'm', '3', '8', '\u0007', '\\', '\u009b'), fc.string({ minLength: 1, maxLength: 1 })) }), (line) => {
        const text = textOf(line);
        // oxlint-disable-next-line no-control-regex
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
        expect(text).toBe(stripAnsi(line));
      }),
    );
  });
});
