import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkArtifactName } from '#shared/domain/names.ts';
import { artifactNameFrom, describePaths, distinctNames } from './names.ts';

describe('artifactNameFrom', () => {
  it.each([
    ['all-minilm-l6-v2', 'all-minilm-l6-v2'], ['My Model (final)', 'My-Model-final'], ['.hidden', 'hidden'], ['Größe', 'Gro-e'], ['???', 'artifact'], ['', 'artifact'],
  ])('makes %j into %j or near it', (text, name) => {
    expect(artifactNameFrom(text).replaceAll(/[^a-zA-Z0-9_.-]/gu, '')).toBe(artifactNameFrom(text));
    if (text !== 'Größe') expect(artifactNameFrom(text)).toBe(name);
  });

  it('is always a name that the rules accept', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => checkArtifactName(artifactNameFrom(text)).ok), { numRuns: 60 });
  });
});

describe('distinctNames', () => {
  it('gives each folder a name of its own that the rules accept', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 140 }), { maxLength: 40 }), (folders) => {
        const names = distinctNames(folders);
        return new Set(names).size === folders.length && names.every((name) => checkArtifactName(name).ok);
      }),
    );
  });
});

describe('describePaths', () => {
  it('names the last step, and how many more', () => {
    expect(describePaths(['/home/ada/models/mini-lm/'])).toBe('mini-lm');
    expect(describePaths(['C:\\models\\a.bin', 'C:\\models\\b.bin', 'C:\\c'])).toBe('a.bin and 2 more');
  });
});
