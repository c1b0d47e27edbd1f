import { describe, expect, it } from 'vitest';
import { pythonSnippet, pythonString } from './httpSnippet.ts';

describe('pythonSnippet', () => {
  it('carries the address without a doubled slash, and the key as it is', () => {
    const code = pythonSnippet({ url: 'http://127.0.0.1:4100/', key: 'local-abc"def' });
    expect(code).toContain('URL = "http://127.0.0.1:4100"\n');
    expect(code).toContain('KEY = "local-abc\\"def"\n');
    expect(code).toContain('f"{URL}/api/operations/{operation}"');
    expect(code).toContain('"Authorization": f"Bearer {KEY}"');
  });

  it('quotes what a string literal can’t hold as it is', () => {
    expect(pythonString('a"b\\c\n')).toBe('"a\\"b\\\\c\\n"');
  });
});
