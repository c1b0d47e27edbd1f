/** What can be done with a node: the same from the graph, the tree and the keyboard. */
import { formatPlace } from '#shared/domain/places.ts';
import { addressOf, type LineageDrawnNode, type LineageNode } from '#shared/lineage/index.ts';
import { openLineageOf } from '../../app/lineageOfSelection.ts';
import { barredEntry } from '../../app/rights.ts';
import { navigate } from '../../app/routes/index.ts';
import { versionRef } from '../../app/selection.ts';
import { copyText } from '../../ui/clipboard.ts';
import { ArrowLeft, ArrowRight, ArrowUpRight, ChevronsDownUp, CircleAlert, Copy, Crosshair, EyeOff, GitCompare, GitFork, Hash, Link2, Move, Pin, Plus, Target, Telescope, Waypoints } from '../../ui/icons.ts';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { openLinkPicker, pickUpVersions } from '../linking/index.ts';
import { idOfKey, lineagePlaceOf, placeOfNode } from './nodes.ts';
import type { Question } from './questions/types.ts';
import type { Toward } from './useLineage.ts';

export type NodeActions = {
  readonly open: (node: LineageDrawnNode) => void;
  readonly openGroup: (key: string) => void;
  /** Gathers the node's group again, where there is one that was opened. */
  readonly gatherAgain: (node: LineageNode) => (() => void) | null;
  readonly expand: (key: string, toward: Toward) => void;
  readonly togglePin: (key: string) => void;
  readonly hide: (key: string) => void;
  readonly ask: (question: Question) => void;
  readonly addEdge: (ends: { readonly from?: string; readonly to?: string }) => void;
};

export type MenuFacts = {
  readonly rootKeys: readonly string[];
  readonly pinned: ReadonlySet<string>;
  /** What questions about two are asked against: what was selected before, else the root. */
  readonly otherKey: string | null;
  /** Why no edge may be drawn; null when it may. */
  readonly mayDraw: string | null;
  /** Why nothing may be linked anywhere; null when it may. */
  readonly whyNoLink: string | null;
};

export function menuOf(node: LineageDrawnNode, { rootKeys, pinned, otherKey, mayDraw, whyNoLink }: MenuFacts, actions: NodeActions): readonly MenuEntry[] {
  if (node.kind === 'group') {
    return [
      { id: 'open', label: 'Open the group', icon: ArrowUpRight, keys: 'Enter', onSelect: () => actions.openGroup(node.key) },
      { id: 'hide', label: 'Hide', icon: EyeOff, keys: 'h', onSelect: () => actions.hide(node.key) },
    ];
  }
  const noLink = node.state === 'deleted' ? 'It was deleted.' : whyNoLink;
  const place = placeOfNode(node);
  const isRoot = rootKeys.includes(node.key);
  const step = (toward: Toward, hidden: number): MenuEntry => ({
    id: toward,
    label: `Show one step more ${toward}`,
    icon: toward === 'upstream' ? ArrowLeft : ArrowRight,
    keys: toward === 'upstream' ? '[' : ']',
    disabled: hidden === 0,
    ...(hidden === 0 ? { reason: `Everything next to it ${toward} is shown` } : {}),
    onSelect: () => actions.expand(node.key, toward),
  });
  const other = otherKey === null || otherKey === node.key ? null : otherKey;
  const others = [...pinned].filter((key) => key !== node.key);
  const again = actions.gatherAgain(node);
  return [
    { id: 'open', label: node.kind === 'version' ? 'Open version' : 'Open run', icon: ArrowUpRight, keys: 'Enter', onSelect: () => actions.open(node) },
    { id: 'root', label: 'Show its lineage', icon: Crosshair, disabled: isRoot && rootKeys.length === 1, onSelect: () => navigate(lineagePlaceOf(node)) },
    ...(others.length === 0 ? [] : [{ id: 'together', label: `Show the lineage of it and ${others.length === 1 ? 'the pinned one' : `the ${others.length} pinned`}`, icon: Pin, onSelect: () => openLineageOf([node.key, ...others].map(idOfKey)) } satisfies MenuEntry]),
    { kind: 'separator' },
    step('upstream', node.hiddenUpstream),
    step('downstream', node.hiddenDownstream),
    { id: 'pin', label: pinned.has(node.key) ? 'Unpin' : 'Pin', icon: Pin, keys: 'p', onSelect: () => actions.togglePin(node.key) },
    { id: 'hide', label: 'Hide', icon: EyeOff, keys: 'h', disabled: isRoot, ...(isRoot ? { reason: 'The lineage begins here' } : {}), onSelect: () => actions.hide(node.key) },
    ...(again === null ? [] : [{ id: 'gather', label: 'Gather its group again', icon: ChevronsDownUp, onSelect: again } satisfies MenuEntry]),
    { kind: 'separator' },
    {
      kind: 'submenu',
      id: 'ask',
      label: 'Ask',
      icon: Target,
      items: [
        { id: 'impact', label: 'What hangs on it?', icon: Target, onSelect: () => actions.ask({ kind: 'impact', first: node.key, second: other }) },
        { id: 'origins', label: 'What was it made from?', icon: Telescope, onSelect: () => actions.ask({ kind: 'origins', first: node.key, second: other }) },
        { id: 'stale', label: 'Is it out of date?', icon: CircleAlert, onSelect: () => actions.ask({ kind: 'stale', first: node.key, second: other }) },
        { kind: 'separator' },
        { id: 'path', label: 'How does the other lead here?', icon: Waypoints, onSelect: () => actions.ask({ kind: 'path', first: other, second: node.key }) },
        { id: 'common', label: 'What do both come from?', icon: GitFork, onSelect: () => actions.ask({ kind: 'common', first: other, second: node.key }) },
        { id: 'compare', label: 'How do their origins differ?', icon: GitCompare, onSelect: () => actions.ask({ kind: 'compare', first: other, second: node.key }) },
      ],
    },
    {
      kind: 'submenu',
      id: 'edge',
      label: 'Add an edge by hand',
      icon: Plus,
      disabled: mayDraw !== null,
      items: [
        { id: 'to', label: 'From something to it…', icon: ArrowLeft, onSelect: () => actions.addEdge({ to: node.key }) },
        { id: 'from', label: 'From it to something…', icon: ArrowRight, onSelect: () => actions.addEdge({ from: node.key }) },
      ],
    },
    { kind: 'separator' },
    ...(node.kind === 'version'
      ? [
          { id: 'link', label: 'Link to…', icon: Link2, keys: 'L', ...barredEntry(noLink), onSelect: () => openLinkPicker([versionRef(node)]) } satisfies MenuEntry,
          { id: 'pickUp', label: 'Pick up to link', icon: Move, keys: 'M', ...barredEntry(noLink), onSelect: () => pickUpVersions([versionRef(node)]) } satisfies MenuEntry,
        ]
      : []),
    { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(place)) },
    { id: 'address', label: 'Copy the address for scripts', icon: Hash, onSelect: () => void copyText(addressOf(node)) },
  ];
}
