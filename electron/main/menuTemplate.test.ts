import { describe, expect, test } from 'vitest';
import { menuCommands } from '#shared/contract/bridge.ts';
import { firstMenuState, menuTemplate, type MenuEntry, type MenuFacts } from './menuTemplate.ts';

const facts: MenuFacts = { platform: 'linux', packaged: true, theme: 'dark', density: 'compact', state: firstMenuState };
const flat = (entries: readonly MenuEntry[]): readonly MenuEntry[] => entries.flatMap((entry) => (entry.kind === 'menu' ? flat(entry.entries) : [entry]));
const commands = (entries: readonly MenuEntry[]) => flat(entries).filter((entry) => entry.kind === 'command');

describe.each(['linux', 'win32', 'darwin'] as const)('the menu on %s', (platform) => {
  const menu = menuTemplate({ ...facts, platform });

  test('has every command once', () => {
    expect(commands(menu).map((entry) => entry.command).sort()).toEqual([...menuCommands].sort());
  });

  test('gives no key twice', () => {
    const keys = flat(menu).flatMap((entry) => ('accelerator' in entry && entry.accelerator !== undefined ? [entry.accelerator.replace('CmdOrCtrl', platform === 'darwin' ? 'Cmd' : 'Ctrl')] : []));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('has no developer tools in the package, and has them in a checkout', () => {
    const tools = (packaged: boolean) => flat(menuTemplate({ ...facts, platform, packaged })).some((entry) => entry.kind === 'role' && entry.role === 'toggleDevTools');
    expect([tools(true), tools(false)]).toEqual([false, true]);
  });
});

test('the menu shows what is chosen, possible and undoable', () => {
  const menu = menuTemplate({ ...facts, state: { ...firstMenuState, canGoBack: true, sidebar: false, undo: 'moving “production”' } });
  const seen = Object.fromEntries(commands(menu).map((entry) => [entry.command, entry]));
  expect(commands(menu).filter((entry) => entry.mark === 'radio' && entry.checked).map((entry) => entry.command)).toEqual(['view.theme.dark', 'view.density.compact']);
  expect([seen['go.back']?.enabled, seen['go.forward']?.enabled, seen['view.sidebar']?.checked, seen['edit.undo']?.label, seen['edit.redo']?.label]).toEqual([true, false, false, 'Undo moving “production”', 'Redo']);
});
