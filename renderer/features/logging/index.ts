/** Logging files and folders of this machine as new versions. */
export { LogOverlay } from './LogDialog.tsx';
export { chooseAndLog, openLogDialog, type LogOptions } from './store.ts';
export { TagField, type TagFieldProps } from './TagField.tsx';
export { DragOutHandle, type DragOutHandleProps } from './DragOutHandle.tsx';
export { exportVersion } from './exportVersion.ts';
