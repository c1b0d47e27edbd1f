import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { environmentSnippet, fishString, powershellString, quickstart, shells } from './snippets.ts';

const facts = { url: 'http://127.0.0.1:4100/', key: 'ab12cd34' };

describe('environmentSnippet', () => {
  it('sets the address without a slash at its end, and the key, in every shell', () => {
    for (const shell of shells) {
      const text = environmentSnippet(shell, facts);
      expect(text).toContain('WANDB_BASE_URL');
      expect(text).toMatch(/['"]http:\/\/127\.0\.0\.1:4100['"]/u);
      expect(text).toMatch(/['"]ab12cd34['"]/u);
    }
  });

  it('is read by a shell as it was meant, whatever is in it', () => {
    const hostile = { url: 'http://localhost:1', key: `a'b"c$(id)\`x\`\\d` };
    const printed = execFileSync('sh', ['-c', `${environmentSnippet('bash', hostile)}printf %s "$WANDB_API_KEY"`], { encoding: 'utf8' });
    expect(printed).toBe(hostile.key);
    expect(powershellString(`a'b`)).toBe(`'a''b'`);
    expect(fishString(`a'b\\`)).toBe(`'a\\'b\\\\'`);
  });
});

describe('quickstart', () => {
  it('names the team as a Python string', () => {
    expect(quickstart('my "team"')).toContain('entity="my \\"team\\""');
  });
});
