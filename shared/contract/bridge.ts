/**
 * The bridge between the window and the main process: `window.vitrine`, put there by the preload. Small on purpose: catalog data goes
 * over the core's port, never through here. There is no generic channel.
 *
 * Every listener method returns the way to stop listening.
 */
import type { SerializedError } from './errors.ts';
import type { StartupStep } from './hostProtocol.ts';

/** Where the start of core stands. The window shows a screen of its own for `failed`, never an empty page. */
export type StartupFacts =
  | { readonly phase: 'starting'; readonly step: StartupStep | null; readonly done: number | null; readonly total: number | null }
  | { readonly phase: 'ready'; readonly dataDirectory: string; readonly readOnly: boolean }
  /** Core ended by itself and is started again; `attempt` counts from 1. */
  | { readonly phase: 'restarting'; readonly attempt: number }
  /** Core is not running and will not be started unasked: `retryCore` asks. `catalog_newer`, `catalog_locked`, `catalog_corrupt`, … */
  | { readonly phase: 'failed'; readonly error: SerializedError; readonly dataDirectory: string };

export const themeSources = ['system', 'light', 'dark', 'contrast'] as const;
export type ThemeSource = (typeof themeSources)[number];
export const densityChoices = ['compact', 'normal', 'comfortable'] as const;
export type DensityChoice = (typeof densityChoices)[number];

/** What the window should look like from its first frame on; kept by the main process so that nothing flashes. */
export type AppearanceFacts = {
  readonly theme: ThemeSource;
  readonly density: DensityChoice;
  /** What the theme comes to now, the desktop's wish included. */
  readonly dark: boolean;
  readonly highContrast: boolean;
  /** Whether alerts of runs are shown as notifications of the system: like the others a choice of this machine. */
  readonly runAlerts: boolean;
};

/** Everything the application menu can ask the window to do. Text editing (cut, copy, paste, undo in a field) is done before it comes here. */
export const menuCommands = [
  'file.logFiles', 'file.logFolder', 'file.newRegistry', 'file.newCollection', 'file.import', 'file.export', 'file.settings',
  'edit.undo', 'edit.redo', 'edit.find', 'edit.copyAddress',
  'view.palette', 'view.sidebar', 'view.inspector', 'view.theme.system', 'view.theme.light', 'view.theme.dark', 'view.theme.contrast',
  'view.density.compact', 'view.density.normal', 'view.density.comfortable',
  'go.back', 'go.forward', 'go.home', 'go.registries', 'go.projects', 'go.lineage', 'go.search', 'go.history', 'go.automations',
  'go.approvals', 'go.storage', 'go.sync', 'go.trash', 'go.settings',
  'help.shortcuts', 'help.gettingStarted', 'help.about',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

/** What the menu shows as possible, chosen or named; whatever is left out stays as it was. */
export type MenuState = {
  readonly canGoBack?: boolean;
  readonly canGoForward?: boolean;
  readonly sidebar?: boolean;
  readonly inspector?: boolean;
  /** Words after "Undo", or null when nothing can be undone. At most 200 characters. */
  readonly undo?: string | null;
  readonly redo?: string | null;
};

/** The part of the window's `File` that the bridge looks at. */
export type PickedFile = { readonly name: string; readonly size: number };

export type VitrineBridge = {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly versions: { readonly application: string; readonly electron: string; readonly chrome: string; readonly node: string };
  /** Set under `VITRINE_TEST=1`: facts are printed for tests. */
  readonly testMode: boolean;

  /** The newest facts known; `onStartup` tells of each change from then on. */
  startup(): StartupFacts;
  onStartup(listener: (facts: StartupFacts) => void): () => void;
  /** Starts core again after `failed`. */
  retryCore(): void;

  /**
   * Asks for the core's port. Ports can't cross the bridge: they come as `message` events on the window itself, with `data`
   * `{ t: 'vitrine:port', nonce }` and the port in `ports[0]`; again with the same nonce after every restart of core.
   * `receiveCorePorts` (shared/contract/corePorts.ts) does all of it.
   */
  connect(nonce: string): void;

  /** Absolute paths of files and folders dropped on or picked in the window; those that have none (made by a page) are left out. */
  pathsOfFiles(files: readonly PickedFile[]): readonly string[];
  /** The system's dialog; empty when cancelled. `both` falls back to files where the system can't show both. */
  openPathsDialog(request: { readonly kind: 'files' | 'folder' | 'both'; readonly title: string }): Promise<readonly string[]>;
  /** A folder to write into; null when cancelled. */
  chooseFolder(request: { readonly title: string }): Promise<string | null>;
  /** A file to write, which may be there already (the system asked then); null when cancelled. `name` is what is offered. */
  chooseSaveFile(request: { readonly title: string; readonly name: string }): Promise<string | null>;
  /** Asks where, and writes a text there (UTF-8, at most 64 Mi characters); the file's path, or null when cancelled. Rejects where it can't be written. */
  saveText(request: { readonly title: string; readonly name: string; readonly text: string }): Promise<string | null>;
  /** The same with bytes that the page made (a picture), at most 64 MiB. */
  saveBytes(request: { readonly title: string; readonly name: string; readonly bytes: Uint8Array }): Promise<string | null>;
  /** Shows a path in the file manager. Only below what was chosen in a dialog in this session, dragged out, or the data folder; else false. */
  revealInFolder(path: string): Promise<boolean>;
  /** Opens the folder with the application's logs. */
  revealLogs(): Promise<void>;
  /** Hands an address to the system's browser or mail program. Only http, https and mailto; else false. */
  openExternal(url: string): Promise<boolean>;

  /**
   * Dragging a version out, in two steps: `prepareDragOut` gives a fresh folder, into which `versions.export` writes; `startDragOut`
   * (inside `dragstart`, after `preventDefault`) drags what lies in it. Only folders from `prepareDragOut` are accepted.
   */
  prepareDragOut(): Promise<string>;
  startDragOut(folder: string): void;

  onMenuCommand(listener: (command: MenuCommand) => void): () => void;
  setMenuState(state: MenuState): void;
  /** The whole title, with the application's name where it is wanted. */
  setTitle(title: string): void;

  appearance(): AppearanceFacts;
  setAppearance(choice: { readonly theme?: ThemeSource; readonly density?: DensityChoice; readonly runAlerts?: boolean }): void;
  onAppearance(listener: (facts: AppearanceFacts) => void): () => void;

  /** `vitrine://…` addresses to open, from the command line, a browser or a second start; those that came earlier are handed over at once. */
  onOpenAddress(listener: (address: string) => void): () => void;

  quit(): void;
  /** Ends and starts again; with a folder chosen through `chooseFolder`, on that catalog. */
  relaunch(options?: { readonly dataDirectory?: string }): void;
};

/** The `data` of the window's `message` event that carries a port. */
export type PortMessage = { readonly t: 'vitrine:port'; readonly nonce: string };

/** What the preload knows before it asked anything. */
export type BridgeFacts = {
  readonly platform: VitrineBridge['platform'];
  readonly versions: VitrineBridge['versions'];
  readonly testMode: boolean;
  readonly appearance: AppearanceFacts;
};
