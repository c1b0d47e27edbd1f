import { expect, test } from 'vitest';
import { chooseDataDirectory } from './dataDirectory.ts';

const at = (platform: string, environment: Record<string, string> = {}) => ({ platform, homeDirectory: platform === 'win32' ? 'C:\\Users\\a' : '/home/a', environment });

test.each([
  ['/asked', at('linux', { VITRINE_DATA: '/variable' }), '/asked'],
  [undefined, at('linux', { VITRINE_DATA: '/variable', XDG_DATA_HOME: '/xdg' }), '/variable'],
  ['', at('linux', { VITRINE_DATA: '' }), '/home/a/.local/share/vitrine'],
  [undefined, at('linux', { XDG_DATA_HOME: '/xdg' }), '/xdg/vitrine'],
  [undefined, at('linux', { XDG_DATA_HOME: 'relative' }), '/home/a/.local/share/vitrine'],
  [undefined, at('darwin'), '/home/a/Library/Application Support/Vitrine/catalog'],
  [undefined, at('win32', { LOCALAPPDATA: 'D:\\Local' }), 'D:\\Local\\Vitrine\\catalog'],
  [undefined, at('win32'), 'C:\\Users\\a\\AppData\\Local\\Vitrine\\catalog'],
])('asked for %j', (asked, surroundings, expected) => {
  expect(chooseDataDirectory(asked, surroundings)).toBe(expected);
});
