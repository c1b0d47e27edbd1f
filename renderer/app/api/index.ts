/** How the window asks and acts. */
export { core, provideCore } from './core.ts';
export { ask, cache, known, operationKey, prefetch } from './cache.ts';
export { beginActivity, useActivities, type Activity } from './activity.ts';
export { runCommand, sayDone, undo, undoAction, undoAllOffered, undoKey, undoOffered, useCommand, type CommandHandle, type RunOptions } from './commands.ts';
export { asVitrineError, notify, notifyFailure, requestApproval, type Notice, type NoticeAction } from './notify.ts';
export { useLiveOperation, useLiveOperations, type LiveState } from './useLiveOperation.ts';
export { useOperation, type OperationOptions, type OperationState } from './useOperation.ts';
export { usePagedRows, type PagedInput, type PagedQueryName, type PagedRows, type RowOf } from './usePagedRows.ts';
export { askReason, type ReasonQuestion } from './reason.ts';
export { useSubmit, type Submit } from './useSubmit.ts';
export { useViewedAs, viewAs } from './viewAs.ts';
export { useReadOnly } from './useReadOnly.ts';
