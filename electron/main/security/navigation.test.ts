import { expect, test } from 'vitest';
import { isAppAddress, mayNavigate } from './navigation.ts';

test.each([
  ['app://vitrine/', 'app://vitrine/', true],
  ['app://vitrine/', 'app://vitrine/#place', true],
  ['app://vitrine/', 'app://vitrine/other', false],
  ['app://vitrine/', 'app://vitrine:1/', false],
  ['app://vitrine/', 'app://user@vitrine/', false],
  ['app://vitrine/', 'app://vitrine.evil/', false],
  ['app://vitrine/', 'https://vitrine/', false],
  ['app://vitrine/', 'not an address', false],
  ['https://evil/', 'https://evil/', false],
  ['', 'app://vitrine/', false],
])('from %j to %j: %s', (current, target, expected) => {
  expect(mayNavigate(current, target)).toBe(expected);
});

test('an address of the app has its scheme and host, exactly', () => {
  expect(['app://vitrine/x', 'app://vitrine', 'APP://vitrine/', 'app:vitrine', 'app:///vitrine', 'xapp://vitrine/'].map(isAppAddress)).toEqual([true, true, true, false, false, false]);
});
