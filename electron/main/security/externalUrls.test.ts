import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeExternalUrl } from './externalUrls.ts';

test.each([
  ['https://example.org', 'https://example.org/'],
  ['HTTPS://EXAMPLE.org:443/a b?q="x"#y', 'https://example.org/a%20b?q=%22x%22#y'],
  ['http://[::1]:8080/', 'http://[::1]:8080/'],
  ['mailto:a@example.org', 'mailto:a@example.org'],
  ['mailto:a@example.org?Subject=x&body=y z&attach=/etc/passwd&attachment=q', 'mailto:a@example.org?Subject=x&body=y%20z'],
])('%s passes as %s', (text, expected) => {
  expect(safeExternalUrl(text)).toBe(expected);
});

test.each([
  'file:///etc/passwd', 'javascript:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'smb://host/x', 'ms-msdt:/id', 'search-ms:x',
  'ms-officecmd:{}', 'vitrine://x', 'app://vitrine/', 'ftp://example.org/', 'https://good.org@evil.org/', 'https://user:word@example.org/', 'https://', '//example.org', 'example.org', '',
  'https://example.org/\u0000', 'https://example.org/\r\nX: y', `https://example.org/${'x'.repeat(9000)}`,
])('%j does not', (text) => {
  expect(safeExternalUrl(text)).toBeNull();
});

test('whatever passes is http, https or mailto, and passes again as it is', () => {
  fc.assert(fc.property(fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string(), fc.tuple(fc.constantFrom('mailto:', 'file:', 'JavaScript:', 'https:', '\thttp:'), fc.string()).map(([a, b]) => a + b)), (text) => {
    const safe = safeExternalUrl(text);
    if (safe === null) return;
    expect(safe).toMatch(/^(?:https?:\/\/|mailto:)/u);
    expect(safeExternalUrl(safe)).toBe(safe);
  }));
});
