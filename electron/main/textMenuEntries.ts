/** The menu of a field to write in and of selected words, as data, so that tests can read it. */

export type TextTarget = {
  readonly isEditable: boolean;
  readonly selectionText: string;
  readonly editFlags: { readonly canUndo: boolean; readonly canRedo: boolean; readonly canCut: boolean; readonly canCopy: boolean; readonly canPaste: boolean; readonly canSelectAll: boolean };
};

export type TextMenuEntry = 'separator' | { readonly role: 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'selectAll'; readonly label: string; readonly enabled: boolean };

/** Empty where there is nothing to do with text. */
export function textMenuEntries({ isEditable, selectionText, editFlags }: TextTarget): readonly TextMenuEntry[] {
  const copy: TextMenuEntry = { role: 'copy', label: 'Copy', enabled: editFlags.canCopy };
  if (!isEditable) return selectionText.trim() === '' ? [] : [copy];
  return [
    { role: 'undo', label: 'Undo', enabled: editFlags.canUndo }, { role: 'redo', label: 'Redo', enabled: editFlags.canRedo },
    'separator',
    { role: 'cut', label: 'Cut', enabled: editFlags.canCut }, copy, { role: 'paste', label: 'Paste', enabled: editFlags.canPaste },
    'separator',
    { role: 'selectAll', label: 'Select all', enabled: editFlags.canSelectAll },
  ];
}
