/** Aliases: chips that move, the field they are typed into, their dialogs. */
export { AliasBar, type AliasBarProps } from './AliasBar.tsx';
export { AliasDialogs } from './AliasDialogs.tsx';
export { AliasField, type AliasFieldProps, type AliasSuggestion } from './AliasField.tsx';
export { moveVerdict, openAliasTimeline, openMoveDialog, planMove, putAliases, removeAlias, type AliasDrag, type AliasPlace } from './moves.ts';
