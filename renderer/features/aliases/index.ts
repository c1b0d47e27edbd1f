/** Aliases: chips that move, the field they are typed into, their dialogs. */
export { AliasBar, type AliasBarProps } from './AliasBar.tsx';
export { AliasDialogs } from './AliasDialogs.tsx';
export { AliasField, type AliasFieldProps } from './AliasField.tsx';
export { MoveLines } from './MoveLines.tsx';
export { foreseenVerdict, moveVerdict, openAddDialog, openAliasTimeline, openMoveDialog, planMove, removeAlias, type AliasDrag, type AliasPlace, type AliasSuggestion } from './moves.ts';
