/** A bridge without a main process behind it: choices stay on the page, dialogs answer with a made-up path. */
import type { AppearanceFacts, VitrineBridge } from '#shared/contract/bridge.ts';

export function fixtureBridge(theme: AppearanceFacts['theme']): VitrineBridge {
  const nothing = (): (() => void) => () => undefined;
  return {
    platform: 'linux',
    versions: { application: '0.1.0', electron: '–', chrome: '–', node: '–' },
    testMode: false,
    startup: () => ({ phase: 'ready', dataDirectory: '/home/ada/.local/share/vitrine', readOnly: false }),
    onStartup: nothing,
    retryCore: () => undefined,
    connect: () => undefined,
    pathsOfFiles: (files) => files.map((file) => `/home/ada/${file.name}`),
    openPathsDialog: () => Promise.resolve(['/home/ada/models/all-minilm-l6-v2']),
    chooseFolder: () => Promise.resolve('/home/ada/out'),
    chooseSaveFile: ({ name }) => Promise.resolve(`/home/ada/${name}`),
    saveText: ({ name }) => Promise.resolve(`/home/ada/${name}`),
    saveBytes: ({ name }) => Promise.resolve(`/home/ada/out/${name}`),
    revealInFolder: () => Promise.resolve(true),
    revealLogs: () => Promise.resolve(),
    openExternal: () => Promise.resolve(true),
    prepareDragOut: () => Promise.resolve('/tmp/drag-out'),
    startDragOut: () => undefined,
    onMenuCommand: nothing,
    setMenuState: () => undefined,
    setTitle: (title) => {
      document.title = title;
    },
    appearance: () => ({ theme, density: 'normal', dark: theme === 'dark', highContrast: theme === 'contrast', runAlerts: true }),
    setAppearance: () => undefined,
    onAppearance: nothing,
    onOpenAddress: nothing,
    quit: () => undefined,
    relaunch: () => undefined,
  };
}
