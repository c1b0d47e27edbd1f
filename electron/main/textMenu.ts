import { Menu, type BrowserWindow, type ContextMenuParams, type MenuItemConstructorOptions } from 'electron';
import { textMenuEntries } from './textMenuEntries.ts';

/** What a right click does to text: in a field to write in, and on words that are selected. Everything else has menus of the page's own, which keep this one from opening. */
export function offerTextMenu(window: BrowserWindow): void {
  window.webContents.on('context-menu', (_event, params: ContextMenuParams) => {
    const entries = textMenuEntries(params);
    if (entries.length === 0) return;
    Menu.buildFromTemplate(entries.map((entry): MenuItemConstructorOptions => (entry === 'separator' ? { type: 'separator' } : { role: entry.role, label: entry.label, enabled: entry.enabled }))).popup({ window });
  });
}
