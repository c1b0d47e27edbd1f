/** The app with a window: puts the parts together. Each part is small and knows nothing of the others. */
import { basename, join } from 'node:path';
import { app, dialog, ipcMain, MessageChannelMain, nativeTheme, Notification, protocol, safeStorage, session, shell, type BrowserWindow, type MessagePortMain, type WebContents } from 'electron';
import type { AppearanceFacts, BridgeFacts, MenuCommand, MenuState, StartupFacts } from '#shared/contract/bridge.ts';
import { eventChannels } from '#shared/contract/bridgeChannels.ts';
import { createAppearance } from './appearance.ts';
import { launchCoreProcess } from './coreProcess.ts';
import { createCoreSupervisor } from './coreSupervisor.ts';
import { dragIcon } from './dragIcon.ts';
import { createDragOut } from './dragOut.ts';
import type { Folders } from './folders.ts';
import { openJournal } from './journal.ts';
import { readAddress, readLaunchArguments } from './launchArguments.ts';
import { showMenu, withoutDefaultMenu } from './menu.ts';
import { firstMenuState } from './menuTemplate.ts';
import { appSchemePrivileges, servePages } from './pages.ts';
import { createPathGrants } from './pathGrants.ts';
import { createSecrets } from './secrets.ts';
import { safeExternalUrl } from './security/externalUrls.ts';
import { openBridge } from './security/ipc.ts';
import { denyNavigation } from './security/navigation.ts';
import { lockSession } from './security/session.ts';
import { openWindow } from './windows.ts';
import { writeWholeFile } from './wholeFile.ts';
import { openWindowState } from './windowState.ts';

/** Starts the app on the chosen folders; a second one on the same catalog only wakes the first. */
export function startApplication(folders: Folders): void {
  const testMode = process.env['VITRINE_TEST'] === '1';
  const journal = openJournal(folders.logs, { testMode });

  if (!app.requestSingleInstanceLock({ addresses: [...folders.arguments.addresses] })) {
    journal.info('another window has this catalog open: it comes to the front');
    journal.fact('second-instance-handed-over');
    app.exit(0);
    return;
  }

  // Beside an explicit --no-sandbox (root, some containers) it would ask of the child processes what they then refuse.
  if (!folders.arguments.withoutSandbox) app.enableSandbox();
  protocol.registerSchemesAsPrivileged([appSchemePrivileges]);
  withoutDefaultMenu();
  denyNavigation(app, journal);
  if (folders.arguments.withoutSandbox) {
    const asRoot = process.getuid?.() === 0;
    journal.warn(asRoot ? 'Chromium’s sandbox can not start as root: it is off for this run' : 'Chromium’s sandbox was switched off on the command line');
    journal.fact('sandbox-off', { asRoot });
  }

  const kept = openWindowState(folders.window);
  const grants = createPathGrants();
  grants.grant(folders.data);
  const dragOut = createDragOut(join(folders.window, 'dragged-out'));

  let window: BrowserWindow | null = null;
  /** The nonce under which the page asked for its port; null until it did. */
  let nonce: string | null = null;
  /** Whether the page's bridge stands: addresses and facts told before are lost. */
  let bridgeStands = false;
  let waitingAddresses: string[] = [...folders.arguments.addresses];
  let menuState = firstMenuState;
  let menuStands = false;

  const supervisor = createCoreSupervisor<MessagePortMain>({
    launch: () => launchCoreProcess(folders.compileCache),
    dataDirectory: folders.data,
    sample: folders.arguments.sample,
    applicationVersion: app.getVersion(),
    journal,
    secrets: createSecrets(folders.window, safeStorage, journal),
    onNotify: notify,
    onFacts: (facts: StartupFacts) => send(eventChannels.startup, facts),
    onLaunched: connectWindow,
  });

  const appearance = createAppearance(nativeTheme, kept, (facts: AppearanceFacts) => {
    send(eventChannels.appearance, facts);
    window?.setBackgroundColor(appearance.ground());
    refreshMenu();
  });

  function send(channel: string, fact: unknown): void {
    if (window !== null && !window.isDestroyed() && bridgeStands) window.webContents.send(channel, fact);
  }

  /** Gives the window's page a port of core, if it asked for one and there is a core. */
  function connectWindow(): void {
    if (window === null || window.isDestroyed() || nonce === null) return;
    const { port1, port2 } = new MessageChannelMain();
    if (!supervisor.connect(port1)) {
      port1.close();
      return;
    }
    window.webContents.postMessage(eventChannels.port, { nonce }, [port2]);
    journal.fact('port-given');
  }

  function open(): void {
    bridgeStands = false;
    nonce = null;
    const facts: Omit<BridgeFacts, 'appearance'> = {
      platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
      versions: { application: app.getVersion(), electron: process.versions.electron, chrome: process.versions.chrome, node: process.versions.node },
      testMode,
    };
    const opened = openWindow({ kept, ground: appearance.ground(), facts, appearance: appearance.facts(), journal });
    window = opened;
    opened.on('closed', () => {
      if (window === opened) window = null;
    });
    opened.webContents.on('did-start-navigation', (details) => {
      // A reload: the page that had the port is gone.
      if (!details.isMainFrame || details.isSameDocument) return;
      bridgeStands = false;
      nonce = null;
    });
    // Not before the page has what it asks of main: building the menu takes longer than all of that.
    const showFirstMenu = (): void => {
      if (!menuStands) refreshMenu();
    };
    opened.webContents.once('dom-ready', showFirstMenu);
    opened.once('ready-to-show', showFirstMenu);
  }

  function bringToFront(): void {
    if (window === null) {
      open();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  function openAddress(address: string): void {
    journal.fact('address', { address });
    if (bridgeStands) send(eventChannels.address, address);
    else waitingAddresses.push(address);
  }

  /** Shown by the system where it can; the fact says it in any case. */
  function notify({ title, text, address, alert = false }: { readonly title: string; readonly text: string; readonly address: string | null; readonly alert?: boolean }): void {
    if (alert && (!kept.state.runAlerts || (window?.isFocused() ?? false))) {
      journal.fact('notification-kept-back', { title });
      return;
    }
    journal.fact('notification', { title });
    if (!Notification.isSupported()) return;
    const shown = new Notification({ title: title.slice(0, 200), body: text.slice(0, 1000) });
    shown.on('click', () => {
      bringToFront();
      const safe = address === null ? null : readAddress(address);
      if (safe !== null) openAddress(safe);
    });
    shown.show();
  }

  function refreshMenu(): void {
    if (!app.isReady()) return;
    menuStands = true;
    showMenu(
      { platform: process.platform, packaged: app.isPackaged, theme: kept.state.theme, density: kept.state.density, state: menuState },
      { command: runMenuCommand, own: (act) => void shell.openPath(act === 'revealLogs' ? folders.logs : folders.data) },
    );
  }

  function runMenuCommand(command: MenuCommand): void {
    journal.fact('menu', { command });
    // Themes and densities are ours to keep; the page hears of them as of any change of its appearance.
    if (command.startsWith('view.theme.')) appearance.choose({ theme: command.slice('view.theme.'.length) as AppearanceFacts['theme'] });
    else if (command.startsWith('view.density.')) appearance.choose({ density: command.slice('view.density.'.length) as AppearanceFacts['density'] });
    else send(eventChannels.menu, command);
  }

  async function choosePaths(kind: 'files' | 'folder' | 'both', title: string): Promise<readonly string[]> {
    const properties: Readonly<Record<typeof kind, readonly ('openFile' | 'openDirectory' | 'multiSelections')[]>> = {
      files: ['openFile', 'multiSelections'],
      folder: ['openDirectory', 'multiSelections'],
      // Only macOS shows both in one dialog.
      both: process.platform === 'darwin' ? ['openFile', 'openDirectory', 'multiSelections'] : ['openFile', 'multiSelections'],
    };
    const request = { title, properties: [...properties[kind]] };
    const result = window === null ? await dialog.showOpenDialog(request) : await dialog.showOpenDialog(window, request);
    for (const path of result.filePaths) grants.grant(path);
    return result.canceled ? [] : result.filePaths;
  }

  /** The system asks before a file that is there is written over; a name is only offered, so what looks like folders in it is cut off. */
  async function chooseSaveFile(title: string, name: string): Promise<string | null> {
    const request = { title, defaultPath: basename(name), properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const] };
    const result = window === null ? await dialog.showSaveDialog(request) : await dialog.showSaveDialog(window, request);
    if (result.canceled || result.filePath === '') return null;
    grants.grant(result.filePath);
    return result.filePath;
  }

  function startDragOut(folder: string, contents: WebContents): void {
    const files = dragOut.contents(folder);
    const first = files?.[0];
    if (files === null || files === undefined || first === undefined) {
      journal.warn('nothing to drag out', { folder: basename(folder) });
      return;
    }
    journal.fact('drag-out', { files: files.length });
    contents.startDrag({ file: first, files: [...files], icon: dragIcon() });
  }

  openBridge(
    ipcMain,
    journal,
    (contents) => window !== null && !window.isDestroyed() && contents === window.webContents,
    {
      openPathsDialog: ({ kind, title }) => choosePaths(kind, title),
      async chooseFolder({ title }) {
        const request = { title, properties: ['openDirectory' as const, 'createDirectory' as const, 'promptToCreate' as const] };
        const result = window === null ? await dialog.showOpenDialog(request) : await dialog.showOpenDialog(window, request);
        const folder = result.canceled ? undefined : result.filePaths[0];
        if (folder !== undefined) grants.grant(folder);
        return folder ?? null;
      },
      chooseSaveFile: ({ title, name }) => chooseSaveFile(title, name),
      async saveText({ title, name, text }) {
        const file = await chooseSaveFile(title, name);
        if (file !== null) await writeWholeFile(file, text);
        return file;
      },
      async saveBytes({ title, name, bytes }) {
        const file = await chooseSaveFile(title, name);
        if (file !== null) await writeWholeFile(file, bytes);
        return file;
      },
      revealInFolder({ path }) {
        const real = grants.allowed(path);
        if (real !== null) shell.showItemInFolder(real);
        return real !== null;
      },
      async revealLogs() {
        await shell.openPath(folders.logs);
      },
      async openExternal({ url }) {
        const safe = safeExternalUrl(url);
        journal.fact('external', { asked: url, opened: safe });
        if (safe === null) return false;
        await shell.openExternal(safe);
        return true;
      },
      prepareDragOut() {
        const folder = dragOut.prepare();
        grants.grant(folder);
        return folder;
      },
    },
    {
      hello() {
        bridgeStands = true;
        send(eventChannels.startup, supervisor.facts);
        send(eventChannels.appearance, appearance.facts());
        for (const address of waitingAddresses) send(eventChannels.address, address);
        waitingAddresses = [];
        journal.fact('bridge-ready');
      },
      connect(input) {
        nonce = input.nonce;
        connectWindow();
      },
      retryCore: () => supervisor.retry(),
      startDragOut: ({ folder }, contents) => startDragOut(folder, contents),
      setMenuState(change: MenuState) {
        const now = menuState;
        const next = { ...now, ...change };
        const changed = (Object.keys(next) as (keyof typeof next)[]).some((each) => next[each] !== now[each]);
        if (!changed) return;
        menuState = next;
        refreshMenu();
      },
      setTitle: ({ title }) => window?.setTitle(title === '' ? 'Vitrine' : title),
      setAppearance: (choice) => appearance.choose(choice),
      quit: () => app.quit(),
      relaunch({ dataDirectory }) {
        relaunch(dataDirectory === undefined ? null : grants.allowed(dataDirectory));
      },
    },
  );

  function relaunch(dataDirectory: string | null): void {
    const args = process.argv.slice(1).filter((argument) => argument !== '--sample' && readAddress(argument) === null);
    const withoutData = args.filter((argument, index) => argument !== '--data' && !argument.startsWith('--data=') && args[index - 1] !== '--data');
    app.relaunch({ args: [...withoutData, '--data', dataDirectory ?? folders.data] });
    app.quit();
  }

  app.on('second-instance', (_event, argv, _directory, data) => {
    const addresses = (data as { readonly addresses?: unknown } | null)?.addresses;
    journal.fact('second-instance');
    bringToFront();
    for (const address of Array.isArray(addresses) ? addresses : readLaunchArguments(argv.slice(1)).addresses) {
      const safe = typeof address === 'string' ? readAddress(address) : null;
      if (safe !== null) openAddress(safe);
    }
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const address = readAddress(url);
    if (address !== null) openAddress(address);
  });
  app.on('activate', () => {
    if (app.isReady()) bringToFront();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let fallen = 0;
  app.on('child-process-gone', (_event, details) => {
    fallen += 1;
    // Chromium starts its own helpers again without end: one that can't live must not fill the log.
    if (details.reason !== 'clean-exit' && fallen <= 50) journal.warn('a process fell', { type: details.type, name: details.name ?? '', reason: details.reason, exitCode: details.exitCode });
  });
  // Nobody is asked for a password or a certificate on behalf of a page.
  app.on('select-client-certificate', (event, _contents, _url, _list, decide) => {
    event.preventDefault();
    decide();
  });

  let ended = false;
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void supervisor.stop().finally(() => {
      ended = true;
      dragOut.clear();
      journal.info('quit');
      journal.fact('quit');
      // Not in the turn of the event that was held back: Electron still thinks that it is quitting and would pass over a second wish.
      setImmediate(() => app.quit());
    });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
  process.on('uncaughtException', (thrown) => journal.error('unexpected', { error: String(thrown.stack) }));
  process.on('unhandledRejection', (reason) => journal.error('unexpected', { error: String(reason instanceof Error ? reason.stack : reason) }));

  void app.whenReady().then(() => {
    performance.mark('vitrine/ready');
    // Before all else: core takes longest until it answers, and opens the catalog while the window loads its page.
    supervisor.start();
    journal.info('start', { version: app.getVersion(), electron: process.versions.electron, data: folders.data });
    const { defaultSession } = session;
    lockSession(defaultSession, journal);
    defaultSession.setCodeCachePath(join(folders.window, 'compiled', 'pages'));
    servePages(protocol, join(import.meta.dirname, '..', 'renderer'));
    if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient('vitrine');
    open();
  });
}
