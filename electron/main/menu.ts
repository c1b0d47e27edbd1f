import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '#shared/contract/bridge.ts';
import { menuTemplate, type MenuEntry, type MenuFacts } from './menuTemplate.ts';

export type MenuActions = {
  readonly command: (command: MenuCommand) => void;
  readonly own: (act: 'revealLogs' | 'revealData') => void;
};

/** Before Electron is ready, so that it builds no menu of its own first. */
export function withoutDefaultMenu(): void {
  Menu.setApplicationMenu(null);
}

/** Puts the application menu that the facts call for in the place of the one before. */
export function showMenu(facts: MenuFacts, actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(facts).map((entry) => item(entry, actions))));
}

function item(entry: MenuEntry, actions: MenuActions): MenuItemConstructorOptions {
  switch (entry.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'role':
      return { role: entry.role, ...(entry.label === undefined ? {} : { label: entry.label }), ...(entry.accelerator === undefined ? {} : { accelerator: entry.accelerator }) };
    case 'command':
      return {
        id: entry.command,
        label: entry.label,
        type: entry.mark ?? 'normal',
        ...(entry.checked === undefined ? {} : { checked: entry.checked }),
        ...(entry.enabled === undefined ? {} : { enabled: entry.enabled }),
        ...(entry.accelerator === undefined ? {} : { accelerator: entry.accelerator }),
        click: () => actions.command(entry.command),
      };
    case 'own':
      return { id: entry.act, label: entry.label, click: () => actions.own(entry.act) };
    case 'menu':
      return { label: entry.label, submenu: entry.entries.map((each) => item(each, actions)) };
  }
}
