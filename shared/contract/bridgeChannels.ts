/** Names of the few channels between preload and main process. Nobody else may use Electron's IPC. */

/** Questions from the window, answered with a `BridgeAnswer`. */
export const askChannels = {
  openPathsDialog: 'vitrine:ask:open-paths-dialog',
  chooseFolder: 'vitrine:ask:choose-folder',
  chooseSaveFile: 'vitrine:ask:choose-save-file',
  saveText: 'vitrine:ask:save-text',
  saveBytes: 'vitrine:ask:save-bytes',
  revealInFolder: 'vitrine:ask:reveal-in-folder',
  revealLogs: 'vitrine:ask:reveal-logs',
  openExternal: 'vitrine:ask:open-external',
  prepareDragOut: 'vitrine:ask:prepare-drag-out',
} as const;
export type AskName = keyof typeof askChannels;

/** Messages from the window that have no answer. */
export const tellChannels = {
  /** The preload is there: tell it what it missed. */
  hello: 'vitrine:tell:hello',
  connect: 'vitrine:tell:connect',
  retryCore: 'vitrine:tell:retry-core',
  startDragOut: 'vitrine:tell:start-drag-out',
  setMenuState: 'vitrine:tell:set-menu-state',
  setTitle: 'vitrine:tell:set-title',
  setAppearance: 'vitrine:tell:set-appearance',
  quit: 'vitrine:tell:quit',
  relaunch: 'vitrine:tell:relaunch',
} as const;
export type TellName = keyof typeof tellChannels;

/** Messages to the window. */
export const eventChannels = {
  startup: 'vitrine:event:startup',
  port: 'vitrine:event:port',
  menu: 'vitrine:event:menu',
  appearance: 'vitrine:event:appearance',
  address: 'vitrine:event:address',
} as const;

/** `ipcMain.handle` passes on nothing of an error but its message, so answers carry errors as data. */
export type BridgeAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'bad_input' | 'unexpected'; readonly explanation: string };

/** Prefix of the one argument that a window's preload gets at its start; JSON of `BridgeFacts` in base64 follows. */
export const factsArgument = '--vitrine-facts=';
