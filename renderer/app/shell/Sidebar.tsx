import { useMemo } from 'react';
import { contextPoint, copyText, IconButton, Tree } from '../../ui/index.ts';
import { Boxes, FolderTree, HardDrive, History, House, PanelLeftOpen, RefreshCw, Settings, ShieldCheck, SquareKanban, Trash2, Workflow, Zap, type Icon } from '../../ui/icons.ts';
import type { SavedSearch } from '#shared/contract/index.ts';
import { openNewCollection } from '../../features/registries/index.ts';
import { openSaveSearch } from '../../features/search/index.ts';
import { runCommand } from '../api/index.ts';
import { barredEntry, whyNotNow } from '../rights.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { formatPlace, hasPlace, navigate, placeOf, PlaceLink, usePlace, type Place } from '../routes/index.ts';
import { openMenu } from './menuLayer.ts';
import { RailGlyph, SidebarRow } from './SidebarRow.tsx';
import { nodeIdOf, placeOfNode, useSidebarTree, type SidebarNode } from './useSidebarTree.ts';
import styles from './Sidebar.module.css';

type NavigationItem = { readonly label: string; readonly icon: Icon; readonly place: Place; /** Other kinds of place that belong to it. */ readonly with?: readonly Place['place'][] };

const above: readonly NavigationItem[] = [
  { label: 'Start', icon: House, place: { place: 'start' } },
  { label: 'Registries', icon: Boxes, place: { place: 'registries' }, with: ['registry', 'collection', 'linked version'] },
  { label: 'Alias board', icon: SquareKanban, place: { place: 'alias board' } },
  { label: 'Projects', icon: FolderTree, place: { place: 'projects' }, with: ['project', 'artifact', 'source version', 'run'] },
  { label: 'Lineage', icon: Workflow, place: { place: 'lineage' } },
  { label: 'History', icon: History, place: { place: 'history' } },
  { label: 'Automations', icon: Zap, place: { place: 'automations' } },
  { label: 'Approvals', icon: ShieldCheck, place: { place: 'approvals' } },
];
/** Parts of the tree that fold. */
const sections = ['starred', 'searches', 'registries'] as const;

const below: readonly NavigationItem[] = [
  { label: 'Storage', icon: HardDrive, place: { place: 'storage' } },
  { label: 'Sync', icon: RefreshCw, place: { place: 'sync' } },
  { label: 'Trash', icon: Trash2, place: { place: 'trash' } },
  { label: 'Settings', icon: Settings, place: { place: 'settings' } },
];

function isAt(item: NavigationItem, place: Place): boolean {
  return item.place.place === place.place || (item.with?.includes(place.place) ?? false);
}

function Items({ items, rail }: { readonly items: readonly NavigationItem[]; readonly rail: boolean }) {
  const place = usePlace();
  return (
    <ul className={rail ? styles.railItems : styles.items}>
      {items
        .filter((item) => hasPlace(item.place.place))
        .map((item) => (
          <li key={item.label}>
            <PlaceLink to={item.place} className={rail ? styles.railItem : styles.item} aria-current={isAt(item, place) ? 'page' : undefined} {...(rail ? { 'aria-label': item.label, title: item.label } : {})}>
              <item.icon className={styles.icon} aria-hidden />
              {!rail && item.label}
            </PlaceLink>
          </li>
        ))}
    </ul>
  );
}

/** Where to go, and the registries to drop on. Its pane is the landmark. */
export function Sidebar() {
  const place = usePlace();
  const unfolded = usePreferences((preferences) => preferences.unfolded);
  const folded = usePreferences((preferences) => preferences.foldedSections);
  const expanded = useMemo(
    () => new Set([...sections.filter((section) => !folded.includes(section)), ...unfolded.map((id) => `registry:${id}`)]),
    [folded, unfolded],
  );
  const { nodes, registries, searches } = useSidebarTree(expanded);

  const setExpanded = (next: ReadonlySet<string>): void =>
    setPreferences({
      foldedSections: sections.filter((section) => !next.has(section)),
      unfolded: [...next].flatMap((id) => (id.startsWith('registry:') ? [Number(id.slice('registry:'.length))] : [])),
    });

  return (
    <div className={styles.sidebar}>
      <Items items={above} rail={false} />
      <div className={styles.tree}>
        <Tree<SidebarNode>
          label="Registries and collections"
          inset
          nodes={nodes}
          expanded={expanded}
          onExpandedChange={setExpanded}
          selectedId={nodeIdOf(place, registries ?? [], searches ?? [])}
          onSelect={(node) => {
            const to = placeOfNode(node.data);
            if (to !== null) navigate(to);
            else setExpanded(toggled(expanded, node.id));
          }}
          onContextMenu={(node, event) => {
            event.preventDefault();
            openMenu(contextPoint(event), menuOf(node.data));
          }}
          renderNode={(node) => <SidebarRow node={node.data} label={node.label} unfold={() => setExpanded(new Set([...expanded, node.id]))} />}
          scrollKey="sidebar"
        />
      </div>
      <Items items={below} rail={false} />
    </div>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

function menuOf(node: SidebarNode) {
  if (node.kind === 'search') return searchMenu(node.search);
  const place = placeOfNode(node);
  if (place === null) return [];
  const star =
    node.kind === 'registry'
      ? { kind: 'registry', id: node.registry.id, starred: node.registry.starred } as const
      : node.kind === 'collection'
        ? { kind: 'collection', id: node.collection.id, starred: node.collection.starred } as const
        : null;
  return [
    { id: 'open', label: 'Open', onSelect: () => navigate(place) },
    ...(node.kind === 'registry' ? [{ id: 'new', label: 'New collection…', ...barredEntry(whyNotNow('collections.create', { registry: node.registry.name })), onSelect: () => openNewCollection(node.registry) }] : []),
    ...(star === null ? [] : [{ id: 'star', label: star.starred ? 'Remove star' : 'Star', onSelect: () => void runCommand('stars.set', { ...star, starred: !star.starred }) }]),
    { id: 'address', label: 'Copy address', onSelect: () => void copyText(formatPlace(place)) },
  ];
}

function searchMenu(search: SavedSearch) {
  const barred = { disabled: !search.mayEdit, reason: `It belongs to ${search.owner.displayName}.` };
  return [
    { id: 'open', label: 'Open', onSelect: () => navigate({ place: 'search', query: search.text }) },
    { id: 'edit', label: 'Edit…', ...barred, onSelect: () => openSaveSearch(search.text, search) },
    { id: 'address', label: 'Copy address', onSelect: () => void copyText(formatPlace({ place: 'search', query: search.text })) },
    { kind: 'separator' as const },
    { id: 'remove', label: 'Remove', tone: 'danger' as const, ...barred, onSelect: () => void runCommand('searches.remove', { id: search.id }, { done: `Removed the saved search “${search.name}”` }) },
  ];
}

/** The sidebar folded to a rail: the same ways, the registries still targets. */
export function Rail() {
  const registries = useSidebarTree(new Set()).registries;
  return (
    <nav className={styles.rail} aria-label="Navigation">
      <IconButton icon={PanelLeftOpen} label="Show the sidebar" keys="$mod+b" tooltipSide="right" onClick={() => setPreferences({ sidebarOpen: true })} />
      <Items items={above} rail />
      <div className={styles.railRegistries}>
        {(registries ?? []).map((registry) => (
          <RailGlyph key={registry.id} registry={registry} onOpen={() => navigate(placeOf.registry(registry.name))} unfold={() => setPreferences({ sidebarOpen: true, unfolded: [...new Set([...usePreferences.getState().unfolded, registry.id])] })} />
        ))}
      </div>
      <Items items={below} rail />
    </nav>
  );
}
