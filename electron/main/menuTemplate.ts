/**
 * The application menu as data, so that tests can read it. Every act of the window that has a key shows it here.
 *
 * The window binds the same keys itself and prevents their default; then the page acts and the menu stays still. The menu's accelerators
 * serve when the page has no focus, and they show the keys.
 */
import type { DensityChoice, MenuCommand, MenuState, ThemeSource } from '#shared/contract/bridge.ts';

export type MenuEntry =
  | { readonly kind: 'separator' }
  /** Something Electron does by itself. */
  | { readonly kind: 'role'; readonly role: MenuRole; readonly label?: string; readonly accelerator?: string }
  | {
      readonly kind: 'command';
      readonly command: MenuCommand;
      readonly label: string;
      readonly accelerator?: string;
      readonly enabled?: boolean;
      readonly mark?: 'radio' | 'checkbox';
      readonly checked?: boolean;
    }
  /** Something main does. */
  | { readonly kind: 'own'; readonly act: 'revealLogs' | 'revealData'; readonly label: string }
  | { readonly kind: 'menu'; readonly label: string; readonly entries: readonly MenuEntry[] };

export type MenuRole =
  | 'about' | 'services' | 'hide' | 'hideOthers' | 'unhide' | 'quit' | 'close' | 'cut' | 'copy' | 'paste' | 'selectAll'
  | 'resetZoom' | 'zoomIn' | 'zoomOut' | 'togglefullscreen' | 'toggleDevTools' | 'reload' | 'minimize' | 'zoom' | 'front';

export type MenuFacts = {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  readonly theme: ThemeSource;
  readonly density: DensityChoice;
  readonly state: Required<MenuState>;
};

export const firstMenuState: Required<MenuState> = { canGoBack: false, canGoForward: false, sidebar: true, inspector: true, undo: null, redo: null };

const separator: MenuEntry = { kind: 'separator' };
const role = (name: MenuRole, label?: string, accelerator?: string): MenuEntry => ({ kind: 'role', role: name, ...(label === undefined ? {} : { label }), ...(accelerator === undefined ? {} : { accelerator }) });

type CommandOptions = { readonly enabled?: boolean; readonly mark?: 'radio' | 'checkbox'; readonly checked?: boolean };
const command = (name: MenuCommand, label: string, accelerator?: string, options: CommandOptions = {}): MenuEntry => ({
  kind: 'command', command: name, label, ...(accelerator === undefined ? {} : { accelerator }), ...options,
});

const themes: readonly (readonly [ThemeSource, string])[] = [['system', 'Same as the system'], ['light', 'Light'], ['dark', 'Dark'], ['contrast', 'High contrast']];
const densities: readonly (readonly [DensityChoice, string])[] = [['compact', 'Compact'], ['normal', 'Normal'], ['comfortable', 'Comfortable']];

/** The whole menu bar for the facts. */
export function menuTemplate(facts: MenuFacts): readonly MenuEntry[] {
  const mac = facts.platform === 'darwin';
  return [
    ...(mac ? [applicationMenu()] : []),
    { kind: 'menu', label: '&File', entries: fileEntries(mac) },
    { kind: 'menu', label: '&Edit', entries: editEntries(facts.state) },
    { kind: 'menu', label: '&View', entries: viewEntries(facts) },
    { kind: 'menu', label: '&Go', entries: goEntries(facts.state, mac) },
    ...(mac ? [windowMenu()] : []),
    { kind: 'menu', label: '&Help', entries: helpEntries(mac) },
  ];
}

function applicationMenu(): MenuEntry {
  return {
    kind: 'menu', label: 'Vitrine', entries: [
      command('help.about', 'About Vitrine'), separator, command('file.settings', 'Settings…', 'Cmd+,'), separator,
      role('services'), separator, role('hide'), role('hideOthers'), role('unhide'), separator, role('quit'),
    ],
  };
}

function windowMenu(): MenuEntry {
  return { kind: 'menu', label: 'Window', entries: [role('minimize'), role('zoom'), separator, role('front')] };
}

function fileEntries(mac: boolean): readonly MenuEntry[] {
  return [
    command('file.logFiles', 'New version from files…', 'CmdOrCtrl+O'),
    command('file.logFolder', 'New version from a folder…', 'CmdOrCtrl+Shift+O'),
    separator,
    command('file.newRegistry', 'New registry…'),
    command('file.newCollection', 'New collection…', 'CmdOrCtrl+Shift+N'),
    separator,
    command('file.import', 'Import…'),
    command('file.export', 'Write files to a folder…', 'CmdOrCtrl+E'),
    ...(mac ? [separator, role('close', 'Close window')] : [separator, command('file.settings', 'Settings…', 'Ctrl+,'), separator, role('quit', 'Quit', 'Ctrl+Q')]),
  ];
}

function editEntries(state: Required<MenuState>): readonly MenuEntry[] {
  return [
    command('edit.undo', state.undo === null ? 'Undo' : `Undo ${state.undo}`, 'CmdOrCtrl+Z'),
    command('edit.redo', state.redo === null ? 'Redo' : `Redo ${state.redo}`, 'CmdOrCtrl+Shift+Z'),
    separator,
    role('cut'), role('copy'), role('paste'), role('selectAll'),
    separator,
    command('edit.copyAddress', 'Copy address of this place', 'CmdOrCtrl+Shift+C'),
    command('edit.find', 'Search…', 'CmdOrCtrl+F'),
  ];
}

function viewEntries({ theme, density, state, packaged }: MenuFacts): readonly MenuEntry[] {
  return [
    command('view.palette', 'Command palette…', 'CmdOrCtrl+K'),
    separator,
    command('view.sidebar', 'Sidebar', 'CmdOrCtrl+B', { mark: 'checkbox', checked: state.sidebar }),
    command('view.inspector', 'Inspector', 'CmdOrCtrl+I', { mark: 'checkbox', checked: state.inspector }),
    separator,
    { kind: 'menu', label: 'Theme', entries: themes.map(([name, label]) => command(`view.theme.${name}`, label, undefined, { mark: 'radio', checked: theme === name })) },
    { kind: 'menu', label: 'Density', entries: densities.map(([name, label]) => command(`view.density.${name}`, label, undefined, { mark: 'radio', checked: density === name })) },
    separator,
    role('zoomIn', 'Larger', 'CmdOrCtrl+='), role('zoomOut', 'Smaller', 'CmdOrCtrl+-'), role('resetZoom', 'Actual size', 'CmdOrCtrl+0'),
    separator,
    role('togglefullscreen', 'Full screen'),
    ...(packaged ? [] : [separator, role('reload', 'Reload', 'CmdOrCtrl+R'), role('toggleDevTools', 'Developer tools')]),
  ];
}

function goEntries(state: Required<MenuState>, mac: boolean): readonly MenuEntry[] {
  return [
    command('go.back', 'Back', mac ? 'Cmd+[' : 'Alt+Left', { enabled: state.canGoBack }),
    command('go.forward', 'Forward', mac ? 'Cmd+]' : 'Alt+Right', { enabled: state.canGoForward }),
    separator,
    command('go.home', 'Start', 'CmdOrCtrl+Shift+H'),
    command('go.registries', 'Registries', 'CmdOrCtrl+1'),
    command('go.projects', 'Projects', 'CmdOrCtrl+2'),
    command('go.lineage', 'Lineage', 'CmdOrCtrl+3'),
    command('go.search', 'Search', 'CmdOrCtrl+4'),
    command('go.history', 'History', 'CmdOrCtrl+5'),
    command('go.automations', 'Automations', 'CmdOrCtrl+6'),
    command('go.approvals', 'Approvals', 'CmdOrCtrl+7'),
    command('go.storage', 'Storage', 'CmdOrCtrl+8'),
    command('go.sync', 'Sync', 'CmdOrCtrl+9'),
    command('go.trash', 'Trash'),
    command('go.settings', 'Settings'),
  ];
}

function helpEntries(mac: boolean): readonly MenuEntry[] {
  return [
    command('help.gettingStarted', 'Getting started'),
    command('help.shortcuts', 'Keyboard shortcuts', 'CmdOrCtrl+/'),
    separator,
    { kind: 'own', act: 'revealData', label: 'Show the catalog’s folder' },
    { kind: 'own', act: 'revealLogs', label: 'Show the logs' },
    ...(mac ? [] : [separator, command('help.about', 'About Vitrine')]),
  ];
}
