import { expect, test } from 'vitest';
import { textMenuEntries } from './textMenuEntries.ts';

const none = { canUndo: false, canRedo: false, canCut: false, canCopy: false, canPaste: false, canSelectAll: false };
const offered = (entries: ReturnType<typeof textMenuEntries>): string[] => entries.flatMap((entry) => (entry === 'separator' ? [] : [entry.enabled ? entry.label : `(${entry.label})`]));

test('a field offers what can be done with its text, and shows the rest as out of reach', () => {
  expect(offered(textMenuEntries({ isEditable: true, selectionText: '', editFlags: { ...none, canPaste: true, canSelectAll: true } }))).toEqual(['(Undo)', '(Redo)', '(Cut)', '(Copy)', 'Paste', 'Select all']);
  expect(offered(textMenuEntries({ isEditable: true, selectionText: 'x', editFlags: { ...none, canUndo: true, canCut: true, canCopy: true, canPaste: true } }))).toEqual(['Undo', '(Redo)', 'Cut', 'Copy', 'Paste', '(Select all)']);
});

test('selected words can be copied, and what is no text has no menu', () => {
  expect(offered(textMenuEntries({ isEditable: false, selectionText: 'held-out accuracy', editFlags: { ...none, canCopy: true } }))).toEqual(['Copy']);
  expect(textMenuEntries({ isEditable: false, selectionText: ' \n', editFlags: { ...none, canCopy: true } })).toEqual([]);
});
