import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { isInlinePicture, MOST_MARKDOWN, plainLines, prepareMarkdown, safeLink } from './markdown-policy.ts';
import { MarkdownRendered } from './MarkdownRendered.tsx';

const render = (text: string) => renderToStaticMarkup(<MarkdownRendered text={text} onOpenLink={() => undefined} />);

/** The elements and attributes of some HTML: text that merely looks like markup isn't among them. */
function markup(html: string): string {
  return [...html.matchAll(/<[^>]*>/gu)].map(([tag]) => tag).join('\n');
}

describe('hostile Markdown', () => {
  test.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script amid words', 'before <script src="https://evil.example/x.js"></script> after'],
    ['an error handler', '<img src=x onerror="alert(1)">'],
    ['an SVG that loads', '<svg onload="alert(1)"><script>alert(1)</script></svg>'],
    ['a frame with a document', '<iframe srcdoc="<script>alert(1)</script>"></iframe>'],
    ['a form', '<form action="https://evil.example"><input name=a><button>go</button></form>'],
    ['a style', '<style>*{background:url(https://evil.example)}</style>'],
    ['an object', '<object data="data:text/html,<script>alert(1)</script>"></object>'],
    ['a base and a redirect', '<base href="https://evil.example"><meta http-equiv="refresh" content="0;url=https://evil.example">'],
    ['math that mutates', '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>'],
    ['a script link', '[x](javascript:alert(1))'],
    ['a script link in pieces', '[x](java&#10;script:alert(1)) [y](JaVaScRiPt:alert(1)) [z](&#1;javascript:alert(1)) [w](vbscript:x)'],
    ['a script link by reference', '[x][y]\n\n[y]: javascript:alert(1)'],
    ['an automatic script link', '<javascript:alert(1)>'],
    ['a page as data', '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)'],
    ['a file', '[x](file:///etc/passwd) ![y](file:///etc/passwd)'],
    ['a picture that is a script', '![x](javascript:alert(1)) ![y](data:image/svg+xml;base64,PHN2Zy8+) ![z](data:text/html,x)'],
    ['an attribute out of a title', '[x](https://a.example "\\" onmouseover=\\"alert(1)")'],
    ['a language that breaks out', '```"><script>alert(1)</script>\ncode\n```'],
  ])('%s does nothing', (_what, text) => {
    const tags = markup(render(text));
    expect(tags).not.toMatch(/<(?:script|iframe|object|embed|form|style|base|meta|math|link|input|mglyph)\b/iu);
    expect(tags).not.toMatch(/<svg(?![^>]*lucide)/iu);
    expect(tags).not.toMatch(/\son\w+=/iu);
    expect(tags).not.toMatch(/(?:href|src|action|data|srcdoc)="(?!https:\/\/|#)/iu);
  });

  test('raw HTML stays text, comments go, a line break breaks', () => {
    expect(render('<b>bold</b>')).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(render('seen <!-- unseen --> seen')).not.toContain('unseen');
    expect(render('<!-- unseen -->\n\nseen')).not.toContain('unseen');
    expect(render('one<br>two')).toContain('<br/>');
  });

  test('pictures from elsewhere are links, small ones in the text are drawn', () => {
    const remote = render('![curve](https://example.org/a.png)');
    expect(remote).not.toContain('<img');
    expect(remote).toContain('curve (example.org)');
    expect(render('![dot](data:image/png;base64,iVBORw0KGgo=)')).toContain('<img src="data:image/png;base64,iVBORw0KGgo="');
    expect(isInlinePicture(`data:image/png;base64,${'A'.repeat(300 * 1024)}`)).toBe(false);
    expect(isInlinePicture('data:image/svg+xml;base64,PHN2Zy8+')).toBe(false);
  });

  test('what should work works', () => {
    const html = render(
      '# Title\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n\n~~gone~~ [v](vitrine://artifacts/x/v1) https://example.org\n\n```python\nx = 1\n```',
    );
    expect(html).toContain('<h1>Title</h1>');
    expect(html).toContain('<table>');
    expect(html).toContain('type="checkbox"');
    expect(html).toContain('<del>gone</del>');
    expect(html).toContain('href="vitrine://artifacts/x/v1"');
    expect(html).toContain('href="https://example.org"');
    expect(html).toContain('<code>x = 1</code>');
  });
});

test.each([
  ['https://example.org/a?b#c', true],
  ['mailto:a@example.org', true],
  ['vitrine://registries/x', true],
  ['#section', true],
  ['javascript:alert(1)', false],
  ['java\nscript:alert(1)', false],
  ['\u0001javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['file:///etc/passwd', false],
  ['//evil.example', false],
  ['relative/path', false],
  ['https://', false],
])('the link %j is opened: %s', (href, allowed) => {
  expect(safeLink(href) !== undefined).toBe(allowed);
});

describe('text beyond reason', () => {
  test('ten megabytes are laid out only in part, cut at the end of a line, and none of it is lost as plain text', () => {
    const source = 'Lorem ipsum dolor sit amet.\n'.repeat(400_000);
    const prepared = prepareMarkdown(source);
    expect(prepared.text.length).toBeLessThanOrEqual(MOST_MARKDOWN);
    expect(prepared.text.endsWith('amet.')).toBe(true);
    expect(prepared.text.length + prepared.omitted).toBe(source.length);
    expect(plainLines(source)).toHaveLength(400_001);
  });

  test('one endless line is cut, too, and broken into lines that can be drawn', () => {
    const source = 'x'.repeat(10_000_000);
    expect(prepareMarkdown(source).text).toHaveLength(MOST_MARKDOWN);
    const lines = plainLines(source);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(2_000);
    expect(lines.join('')).toBe(source);
  });

  test.each([
    ['quotes', '>'.repeat(20_000)],
    ['lists', '- '.repeat(20_000)],
    ['brackets', '['.repeat(100_000)],
    ['emphasis', '*'.repeat(100_000)],
    ['indented lists', Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n')],
  ])('%s in %#: nested beyond reason is shown plainly', (_what, text) => {
    expect(prepareMarkdown(text).tooDeep).toBe(true);
  });

  test('ordinary cards are laid out', () => {
    expect(prepareMarkdown('# A\n\n> > quoted twice\n\n- a\n  - b\n    - c\n\n--------------------\n\n| a |\n|---|\n').tooDeep).toBe(false);
  });
});
