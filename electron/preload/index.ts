/**
 * The bridge: everything a window can ask of the main process, each by name. Runs in the sandbox, in a world of its own beside the page.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { AppearanceFacts, BridgeFacts, MenuCommand, PortMessage, StartupFacts, VitrineBridge } from '#shared/contract/bridge.ts';
import { askChannels, eventChannels, factsArgument, tellChannels, type AskName, type BridgeAnswer, type TellName } from '#shared/contract/bridgeChannels.ts';
import { editFocusedText } from './editing.ts';
import { createFeed } from './feed.ts';

const facts = readFacts();

const startupFeed = createFeed<StartupFacts>();
const menuFeed = createFeed<MenuCommand>();
const appearanceFeed = createFeed<AppearanceFacts>();
const addressFeed = createFeed<string>({ keep: true });

let startup: StartupFacts = { phase: 'starting', step: null, done: null, total: null };
let appearance: AppearanceFacts = facts.appearance;

ipcRenderer.on(eventChannels.startup, (_event, next: StartupFacts) => {
  startup = next;
  startupFeed.tell(next);
});
ipcRenderer.on(eventChannels.appearance, (_event, next: AppearanceFacts) => {
  appearance = next;
  appearanceFeed.tell(next);
});
ipcRenderer.on(eventChannels.address, (_event, address: string) => addressFeed.tell(address));
ipcRenderer.on(eventChannels.menu, (_event, command: MenuCommand) => {
  if (!editFocusedText(command)) menuFeed.tell(command);
});
ipcRenderer.on(eventChannels.port, (event, { nonce }: { readonly nonce: string }) => {
  const message: PortMessage = { t: 'vitrine:port', nonce };
  window.postMessage(message, window.location.origin, event.ports);
});

const bridge: VitrineBridge = {
  platform: facts.platform,
  versions: facts.versions,
  testMode: facts.testMode,

  startup: () => startup,
  onStartup: startupFeed.listen,
  retryCore: () => tell('retryCore'),
  connect: (nonce) => tell('connect', { nonce }),

  pathsOfFiles: (files) => files.map((file) => webUtils.getPathForFile(file as File)).filter((path) => path !== ''),
  openPathsDialog: (request) => ask('openPathsDialog', request),
  chooseFolder: (request) => ask('chooseFolder', request),
  chooseSaveFile: (request) => ask('chooseSaveFile', request),
  saveText: (request) => ask('saveText', request),
  saveBytes: (request) => ask('saveBytes', request),
  revealInFolder: (path) => ask('revealInFolder', { path }),
  revealLogs: () => ask('revealLogs'),
  openExternal: (url) => ask('openExternal', { url }),

  prepareDragOut: () => ask('prepareDragOut'),
  startDragOut: (folder) => tell('startDragOut', { folder }),

  onMenuCommand: menuFeed.listen,
  setMenuState: (state) => tell('setMenuState', state),
  setTitle: (title) => tell('setTitle', { title }),

  appearance: () => appearance,
  setAppearance: (choice) => tell('setAppearance', choice),
  onAppearance: appearanceFeed.listen,
  onOpenAddress: addressFeed.listen,

  quit: () => tell('quit'),
  relaunch: (options) => tell('relaunch', options ?? {}),
};

contextBridge.exposeInMainWorld('vitrine', bridge);
tell('hello');

function readFacts(): BridgeFacts {
  const argument = process.argv.find((each) => each.startsWith(factsArgument));
  if (argument === undefined) throw new Error('The window was opened without its facts.');
  const bytes = Uint8Array.from(atob(argument.slice(factsArgument.length)), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as BridgeFacts;
}

function tell(name: TellName, payload: unknown = {}): void {
  ipcRenderer.send(tellChannels[name], payload);
}

/** @throws Error with the explanation when main refuses or fails */
async function ask<Value>(name: AskName, payload: unknown = {}): Promise<Value> {
  const answer = (await ipcRenderer.invoke(askChannels[name], payload)) as BridgeAnswer;
  if (!answer.ok) throw new Error(answer.explanation);
  return answer.value as Value;
}
