import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { commandLines, folderNameFor, pythonDownload, pythonString, shellWord } from './snippets.ts';

describe('shellWord', () => {
  it('leaves plain addresses as they are and quotes the rest', () => {
    expect(shellWord('team/project/artifact:v3', 'posix')).toBe('team/project/artifact:v3');
    expect(shellWord('wandb-registry-Models/Weld Detector:v1', 'posix')).toBe(`'wandb-registry-Models/Weld Detector:v1'`);
    expect(shellWord(`it's`, 'posix')).toBe(String.raw`'it'\''s'`);
    expect(shellWord(`it's $HOME`, 'windows')).toBe(`'it''s $HOME'`);
  });

  it('is read by a shell as the word that it was', () => {
    const word = fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).map((text) => text.toWellFormed().replaceAll('\0', '')).filter((text) => text !== '');
    fc.assert(
      fc.property(word, (text) => {
        expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text, 'posix')}`], { encoding: 'utf8' })).toBe(text);
      }),
      { numRuns: 40 },
    );
  });
});

describe('folderNameFor', () => {
  it('is a name that every system takes and no option or way out', () => {
    expect([folderNameFor('Weld Detector-v3'), folderNameFor('../..'), folderNameFor('--rf'), folderNameFor('Größe/2')]).toEqual(['Weld-Detector-v3', 'version', 'rf', 'Gr-e-2']);
  });
});

describe('pythonDownload', () => {
  const facts = { url: 'http://127.0.0.1:4100/', key: 'local-abc', address: 'wandb-registry-Models/a "b" \\ c:v3', folder: 'a-v3' };

  it('holds address, key and folder as literals, and asks the environment for what is not known', () => {
    const code = pythonDownload(facts);
    expect(code).toContain('URL = "http://127.0.0.1:4100"\n');
    expect(code).toContain('KEY = "local-abc"\n');
    expect(code).toContain('ADDRESS = "wandb-registry-Models/a \\"b\\" \\\\ c:v3"\n');
    expect(code).not.toContain('os.environ');
    expect(pythonDownload({ ...facts, url: null, key: null })).toContain('os.environ["VITRINE_API_KEY"]');
  });

  it('quotes what a string literal can’t hold as it is', () => {
    expect(pythonString('a"b\\c\n')).toBe('"a\\"b\\\\c\\n"');
  });
});

describe('commandLines', () => {
  it('quotes the address in every line', () => {
    for (const { line } of commandLines('wandb-registry-Models/Weld Detector:v1', 'Weld-Detector-v1', 'posix')) expect(line).toMatch(/^vitrine (?:get|show) 'wandb-registry-Models\/Weld Detector:v1'/u);
  });
});
