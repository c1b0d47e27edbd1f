import { BrowserWindow, screen, type BrowserWindowConstructorOptions } from 'electron';
import { join } from 'node:path';
import type { AppearanceFacts, BridgeFacts } from '#shared/contract/bridge.ts';
import { factsArgument } from '#shared/contract/bridgeChannels.ts';
import { appAddress } from './appOrigin.ts';
import type { Journal } from './journal.ts';
import { offerTextMenu } from './textMenu.ts';
import { minimumSize, placeWindow, type WindowStateFile } from './windowState.ts';

export type WindowOptions = {
  readonly kept: WindowStateFile;
  readonly ground: string;
  readonly facts: Omit<BridgeFacts, 'appearance'>;
  readonly appearance: AppearanceFacts;
  readonly journal: Journal;
};

/** Pages that fell this often within a minute are not loaded again. */
const reloadLimit = 3;

/** Opens the window, hidden until its first frame is there, and keeps its place. */
export function openWindow({ kept, ground, facts, appearance, journal }: WindowOptions): BrowserWindow {
  const { state } = kept;
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((display) => display.workArea);
  const bridgeFacts: BridgeFacts = { ...facts, appearance };
  const options: BrowserWindowConstructorOptions = {
    ...placeWindow(state.bounds, areas),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    show: false,
    backgroundColor: ground,
    title: 'Vitrine',
    fullscreen: state.fullScreen,
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'index.cjs'),
      additionalArguments: [`${factsArgument}${Buffer.from(JSON.stringify(bridgeFacts)).toString('base64')}`],
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      v8CacheOptions: 'bypassHeatCheck',
    },
  };
  const window = new BrowserWindow(options);
  performance.mark('vitrine/window-created');
  journal.fact('window-created');
  window.once('ready-to-show', () => {
    if (state.maximized) window.maximize();
    window.show();
    performance.mark('vitrine/window-shown');
    journal.fact('window-ready', { marks: marksSinceStart() });
  });
  // The page names its place through the bridge; what a document calls itself is not shown.
  window.on('page-title-updated', (event) => event.preventDefault());
  keepPlace(window, kept);
  keepAlive(window, journal);
  offerTextMenu(window);
  void window.loadURL(appAddress).catch((thrown: unknown) => journal.error('the window can not be loaded', { error: String(thrown) }));
  return window;
}

/** Milliseconds from the moment when main could first run anything to each mark. What lies before (Chromium's own start) only somebody outside can measure. */
export function marksSinceStart(): Readonly<Record<string, number>> {
  const marks = performance.getEntriesByType('mark').filter((mark) => mark.name.startsWith('vitrine/'));
  return Object.fromEntries(marks.map((mark) => [mark.name.slice('vitrine/'.length), Math.round(mark.startTime)]));
}

function keepPlace(window: BrowserWindow, kept: WindowStateFile): void {
  let timer: NodeJS.Timeout | null = null;
  const keep = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (window.isDestroyed()) return;
    kept.change({ bounds: window.getNormalBounds(), maximized: window.isMaximized(), fullScreen: window.isFullScreen() });
  };
  const keepSoon = (): void => {
    timer ??= setTimeout(keep, 500);
  };
  window.on('resize', keepSoon);
  window.on('move', keepSoon);
  window.on('close', keep);
}

/** A page that fell is loaded again, unless it keeps falling. */
function keepAlive(window: BrowserWindow, journal: Journal): void {
  let falls: number[] = [];
  const { webContents } = window;
  webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    journal.error('the page fell', { reason: details.reason, exitCode: details.exitCode });
    journal.fact('page-gone', { reason: details.reason });
    const now = Date.now();
    falls = [...falls.filter((at) => now - at < 60_000), now];
    // Not within this event: the fallen page is still being taken down, and a reload would be lost with it.
    if (falls.length <= reloadLimit) setImmediate(() => {
      if (!window.isDestroyed()) webContents.reload();
    });
  });
  webContents.on('preload-error', (_event, path, error) => journal.error('the bridge can not be built', { path, error: String(error) }));
  webContents.on('did-fail-load', (_event, code, description, url, isMainFrame) => {
    if (isMainFrame) journal.error('the page can not be loaded', { code, description, url });
  });
  window.on('unresponsive', () => journal.warn('the page does not answer'));
  window.on('responsive', () => journal.info('the page answers again'));
}
