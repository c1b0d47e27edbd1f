/** What the whole window can do: bound to keys, listed in the palette, called by the application menu. */
import { useEffect } from 'react';
import type { MenuCommand } from '#shared/contract/bridge.ts';
import { formatPlace } from '#shared/domain/places.ts';
import { copyText, isTyping } from '../../ui/index.ts';
import { ArrowLeft, ArrowRight, BadgeCheck, Boxes, Copy, Download, FileArchive, FilePlus, FolderPlus, FolderTree, HardDrive, History, House, Link2, Move, PanelLeft, PanelRight, Palette, Plug, Plus, RefreshCw, Search, Settings, ShieldCheck, SquareKanban, SquareTerminal, Trash2, Undo2, Workflow, Zap, type Icon } from '../../ui/icons.ts';
import { openConnect } from '../../features/connect/index.ts';
import { openPalette, openShortcuts, paletteMayOpen } from '../../features/command/index.ts';
import { openBundleExport, openImport, selectedForBundle } from '../../features/imports/index.ts';
import { openLinkPicker, pickUpVersions, promoteSelected, selectedPromotion } from '../../features/linking/index.ts';
import { chooseAndLog, exportVersion } from '../../features/logging/index.ts';
import { openNewCollection, openNewRegistry } from '../../features/registries/index.ts';
import { focusSearch } from '../../features/search/index.ts';
import { openConnectRemote } from '../../features/sync/index.ts';
import { ask, core, known, notify, notifyFailure, undo, useOperation } from '../api/index.ts';
import { availableActions, runAction, useCommands, type WindowAction } from '../actions.ts';
import { setAppearance } from '../appearance.ts';
import { bridge } from '../bridge.ts';
import { openLineageOf, selectedLineageNodes } from '../lineageOfSelection.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { canGoBack, canGoForward, currentPlace, goBack, goForward, hasPlace, navigate, titleOf, useNavigation, usePlace, type Place } from '../routes/index.ts';
import { selectedVersions } from '../selection.ts';

const navigationGroup = 'Going places';
const viewGroup = 'View';
const versionGroup = 'Versions';
const registryGroup = 'Registries';

function goTo(id: MenuCommand, label: string, icon: Icon, place: Place, keys: string): WindowAction {
  return { id, label, group: navigationGroup, icon, keys, available: () => hasPlace(place.place), run: () => navigate(place) };
}

/** In the registry on show, where there is one; elsewhere the dialog asks. */
async function newCollection(): Promise<void> {
  const place = currentPlace();
  if (place.place !== 'registry' && place.place !== 'collection' && place.place !== 'linked version') {
    openNewCollection();
    return;
  }
  try {
    openNewCollection(await ask('registries.get', { name: place.registry }));
  } catch {
    openNewCollection();
  }
}

async function undoLatest(): Promise<void> {
  try {
    const { offer } = await core().query('undo.latest', {});
    if (offer === null) notify({ tone: 'neutral', title: 'There is nothing to undo' });
    else await undo(offer);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

const windowActions: readonly WindowAction[] = [
  { id: 'view.palette', label: 'Search or do anything', group: navigationGroup, icon: Search, keys: '$mod+k', overDialogs: true, available: paletteMayOpen, run: () => openPalette() },
  { id: 'edit.find', label: 'Search', group: navigationGroup, icon: Search, keys: '/', run: () => focusSearch() },
  { id: 'go.back', label: 'Back', group: navigationGroup, icon: ArrowLeft, keys: 'Alt+ArrowLeft', available: () => canGoBack(), run: goBack },
  { id: 'go.forward', label: 'Forward', group: navigationGroup, icon: ArrowRight, keys: 'Alt+ArrowRight', available: () => canGoForward(), run: goForward },
  goTo('go.home', 'Start', House, { place: 'start' }, 'g h'),
  goTo('go.registries', 'Registries', Boxes, { place: 'registries' }, 'g r'),
  { id: 'go.aliasBoard', label: 'Alias board', group: navigationGroup, icon: SquareKanban, words: 'production staging promote move aliases', keys: 'g a', available: () => hasPlace('alias board'), run: () => navigate({ place: 'alias board' }) },
  goTo('go.projects', 'Projects', FolderTree, { place: 'projects' }, 'g p'),
  goTo('go.lineage', 'Lineage', Workflow, { place: 'lineage' }, 'g l'),
  goTo('go.history', 'History', History, { place: 'history' }, 'g y'),
  goTo('go.automations', 'Automations', Zap, { place: 'automations' }, 'g u'),
  goTo('go.approvals', 'Approvals', ShieldCheck, { place: 'approvals' }, 'g v'),
  goTo('go.storage', 'Storage', HardDrive, { place: 'storage' }, 'g o'),
  goTo('go.sync', 'Sync', RefreshCw, { place: 'sync' }, 'g s'),
  goTo('go.trash', 'Trash', Trash2, { place: 'trash' }, 'g t'),
  goTo('go.settings', 'Settings', Settings, { place: 'settings' }, '$mod+,'),

  { id: 'file.logFiles', label: 'Log files…', group: versionGroup, icon: FilePlus, words: 'import add upload new version', keys: '$mod+o', needs: ['versions.log', 'somewhere'], run: () => void chooseAndLog('files') },
  { id: 'file.logFolder', label: 'Log a folder…', group: versionGroup, icon: FolderPlus, words: 'import add upload new version directory', keys: '$mod+Shift+o', needs: ['versions.log', 'somewhere'], run: () => void chooseAndLog('folder') },
  { id: 'file.import', label: 'Import…', group: registryGroup, icon: Download, words: 'bundle mlflow mlruns gto git legacy model registry bring in', needs: ['imports.bundle', 'somewhere'], run: () => openImport() },
  { id: 'file.bundle', label: 'Export as a bundle…', group: registryGroup, icon: FileArchive, words: 'write save archive share file vitrine', needs: ['bundles.export', 'somewhere'], available: () => selectedForBundle() !== null, run: () => { const contents = selectedForBundle(); if (contents !== null) openBundleExport(contents); } },
  { id: 'connect.script', label: 'Connect a script…', group: versionGroup, icon: SquareTerminal, words: 'python wandb snippet api key door http run log', run: openConnect },
  { id: 'connect.remote', label: 'Connect a remote…', group: registryGroup, icon: Plug, words: 'mlflow wandb server sync team pull push', needs: ['remotes.add', 'organization'], run: openConnectRemote },
  { id: 'file.newRegistry', label: 'New registry…', group: registryGroup, icon: Plus, words: 'create add make', needs: ['registries.create', 'organization'], run: openNewRegistry },
  { id: 'file.newCollection', label: 'New collection…', group: registryGroup, icon: Plus, words: 'create add make portfolio', needs: ['collections.create', 'somewhere'], run: () => void newCollection() },
  { id: 'linking.linkTo', label: 'Link to…', group: versionGroup, icon: Link2, words: 'bookmark promote registry collection', keys: 'l', needs: ['links.create', 'somewhere'], available: () => selectedVersions().length > 0, run: () => openLinkPicker() },
  { id: 'linking.promote', label: 'Promote to another registry…', group: versionGroup, icon: BadgeCheck, words: 'release ship link registry production', keys: 'p', needs: ['links.promote', 'somewhere'], available: () => selectedPromotion() !== null, run: promoteSelected },
  { id: 'linking.pickUp', label: 'Pick up to link', group: versionGroup, icon: Move, words: 'drag move keyboard', keys: 'm', needs: ['links.create', 'somewhere'], available: () => selectedVersions().length > 0, run: () => pickUpVersions(selectedVersions()) },
  { id: 'lineage.ofSelection', label: 'Lineage of what is selected', group: versionGroup, icon: Workflow, words: 'graph origin upstream downstream selection several', keys: 'Shift+l', available: () => selectedLineageNodes().length > 0, run: () => openLineageOf(selectedLineageNodes()) },
  { id: 'file.export', label: 'Export files…', group: versionGroup, icon: Download, words: 'download save', needs: ['versions.export', 'somewhere'], available: () => selectedVersions().length === 1, run: () => { const [version] = selectedVersions(); if (version !== undefined) void exportVersion(version); } },
  { id: 'edit.copyAddress', label: 'Copy the address of this place', group: versionGroup, icon: Copy, words: 'link url vitrine', run: () => void copyText(formatPlace(currentPlace())).then(() => notify({ tone: 'neutral', title: 'The address is copied' })) },
  { id: 'edit.undo', label: 'Undo the last act', group: versionGroup, icon: Undo2, keys: '$mod+z', available: () => !isTyping(document.activeElement), run: () => void undoLatest() },

  { id: 'view.sidebar', label: 'Show or hide the sidebar', group: viewGroup, icon: PanelLeft, keys: '$mod+b', run: () => setPreferences({ sidebarOpen: !usePreferences.getState().sidebarOpen }) },
  { id: 'view.inspector', label: 'Show or hide the inspector', group: viewGroup, icon: PanelRight, keys: '$mod+i', run: () => setPreferences({ inspectorOpen: !usePreferences.getState().inspectorOpen }) },
  { id: 'view.theme.system', label: 'Theme: as the desktop', group: viewGroup, icon: Palette, run: () => setAppearance({ theme: 'system' }) },
  { id: 'view.theme.light', label: 'Theme: light', group: viewGroup, icon: Palette, run: () => setAppearance({ theme: 'light' }) },
  { id: 'view.theme.dark', label: 'Theme: dark', group: viewGroup, icon: Palette, run: () => setAppearance({ theme: 'dark' }) },
  { id: 'view.theme.contrast', label: 'Theme: high contrast', group: viewGroup, icon: Palette, run: () => setAppearance({ theme: 'contrast' }) },
  { id: 'view.density.compact', label: 'Density: compact', group: viewGroup, run: () => setAppearance({ density: 'compact' }) },
  { id: 'view.density.normal', label: 'Density: normal', group: viewGroup, run: () => setAppearance({ density: 'normal' }) },
  { id: 'view.density.comfortable', label: 'Density: comfortable', group: viewGroup, run: () => setAppearance({ density: 'comfortable' }) },
  { id: 'help.shortcuts', label: 'Keyboard shortcuts', group: viewGroup, keys: '?', run: () => openShortcuts() },
];

/** Menu entries that stand for a place no action goes to by that name. */
function runMenuCommand(command: MenuCommand): void {
  if (availableActions().some((action) => action.id === command)) {
    runAction(command);
    return;
  }
  switch (command) {
    case 'go.search':
      focusSearch();
      return;
    case 'file.settings':
      navigate({ place: 'settings' });
      return;
    case 'help.gettingStarted':
      navigate({ place: 'start' });
      return;
    case 'help.about':
      void tellAbout();
      return;
    default:
      notify({ tone: 'neutral', title: 'That can’t be done here', text: 'It needs something selected, or is not in this version yet.' });
  }
}

async function tellAbout(): Promise<void> {
  const { versions } = bridge();
  const status = known('catalog.status', {});
  notify({ tone: 'neutral', title: `Vitrine ${versions.application}`, text: `Electron ${versions.electron}, Chromium ${versions.chrome}, Node ${versions.node}${status === undefined ? '' : `, catalog schema ${status.schema}`}.` });
}

/** Registers the window's actions, listens to the menu and the mouse's side buttons, and tells the menu what is possible. */
export function useWindowActions(): void {
  useCommands(windowActions);
  const place = usePlace();
  const back = useNavigation(canGoBack);
  const forward = useNavigation(canGoForward);
  const { sidebarOpen, inspectorOpen } = usePreferences();
  const offer = useOperation('undo.latest', {}).data?.offer;

  useEffect(() => bridge().onMenuCommand(runMenuCommand), []);
  useEffect(() => bridge().setTitle(`${titleOf(place)} – Vitrine`), [place]);
  useEffect(
    () => bridge().setMenuState({ canGoBack: back, canGoForward: forward, sidebar: sidebarOpen, inspector: inspectorOpen, undo: offer?.label.slice(0, 200) ?? null, redo: null }),
    [back, forward, sidebarOpen, inspectorOpen, offer],
  );
  useEffect(() => {
    const press = (event: MouseEvent): void => {
      if (event.button !== 3 && event.button !== 4) return;
      event.preventDefault();
      if (event.type !== 'mouseup') return;
      if (event.button === 3) goBack();
      else goForward();
    };
    window.addEventListener('mousedown', press);
    window.addEventListener('mouseup', press);
    return () => {
      window.removeEventListener('mousedown', press);
      window.removeEventListener('mouseup', press);
    };
  }, []);
}

