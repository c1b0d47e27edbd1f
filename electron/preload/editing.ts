import type { MenuCommand } from '#shared/contract/bridge.ts';

const ownOfFields: ReadonlySet<string> = new Set(['edit.undo', 'edit.redo']);

/**
 * Undo and redo belong to the field in which somebody writes; only outside of fields they mean the catalog.
 * @returns whether the command was meant for a field, and is done
 */
export function editFocusedText(command: MenuCommand): boolean {
  if (!ownOfFields.has(command)) return false;
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !takesText(focused)) return false;
  // The only way to a field's own undo history; nothing replaced this command.
  document.execCommand(command === 'edit.undo' ? 'undo' : 'redo');
  return true;
}

function takesText(element: HTMLElement): boolean {
  if (element.isContentEditable || element instanceof HTMLTextAreaElement) return true;
  return element instanceof HTMLInputElement && !['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'].includes(element.type);
}
