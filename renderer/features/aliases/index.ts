/** Aliases: chips that move, the field they are typed into, their dialogs. */
export { AliasBar, type AliasBarProps } from './AliasBar.tsx';
export { AliasDialogs } from './AliasDialogs.tsx';
export { AliasField, type AliasFieldProps, type AliasSuggestion } from './AliasField.tsx';
export { moveVerdict, planMove, putAliases, removeAlias, type AliasPlace } from './moves.ts';
