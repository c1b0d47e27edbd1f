/** Versions: their page, and the parts that other places show them with. */
export { AddTagsDialog, type AddTagsDialogProps } from './AddTagsDialog.tsx';
export { DeleteVersionsDialog, type DeletableVersion, type DeleteVersionsDialogProps } from './DeleteVersionsDialog.tsx';
export { VersionTable, type VersionTableProps } from './VersionTable.tsx';
export { AliasMoves, type AliasMovesProps } from './parts/AliasMoves.tsx';
export { EditableText, type EditableTextProps } from './parts/EditableText.tsx';
export { EventList, type HistoryObject } from './parts/EventList.tsx';
export { Fact, Facts, Section, type SectionProps } from './parts/Facts.tsx';
export { JsonEditor, draftOf, type JsonEditorProps } from './parts/JsonEditor.tsx';
export { JsonTree, type JsonTreeProps } from './parts/JsonTree.tsx';
export { openLink } from './parts/openLink.ts';
export { firstBytes } from './preview/kinds.ts';
export { NoPreview, PreviewFrame, type PreviewFrameProps } from './preview/PreviewFrame.tsx';
export { KeepingSection, type KeepingSectionProps } from './keeping/KeepingSection.tsx';
export { TabBody, TabFill } from './parts/TabBody.tsx';
export { LineageTab } from './tabs/LineageTab.tsx';
export { RunLink, runTones } from './parts/RunLink.tsx';
