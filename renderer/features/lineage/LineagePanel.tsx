import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { InputOf, OutputOf, RunId, VersionId } from '#shared/contract/index.ts';
import { formatPlace } from '#shared/domain/places.ts';
import {
  collapseGroups,
  mergeGraphs,
  type LayoutDirection,
  type LineageDrawnGraph,
  type LineageDrawnNode,
  type LineageGrouping,
} from '#shared/lineage/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { navigate, placeOf, usePlaceState, type Place } from '../../app/routes/index.ts';
import { select, selected, versionRef } from '../../app/selection.ts';
import { openMenu, PlaceFailure } from '../../app/shell/index.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { copyText } from '../../ui/clipboard.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatCount, formatQuantity } from '../../ui/format.ts';
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUpRight, Copy, Crosshair, Link2, ListTree, Workflow } from '../../ui/icons.ts';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Select } from '../../ui/Select.tsx';
import { SkeletonLines } from '../../ui/Skeleton.tsx';
import { Toolbar, ToolbarDivider, ToolbarSpacer } from '../../ui/Toolbar.tsx';
import { dragVersions, openLinkPicker } from '../linking/index.ts';
import { GraphSearch } from './view/GraphSearch.tsx';
import { LineageView, type LineageViewHandle } from './view/LineageView.tsx';
import { TwinTree } from './view/TwinTree.tsx';
import styles from './LineagePanel.module.css';

/** What a lineage is asked of. */
export type LineageRoot = { readonly kind: 'version'; readonly id: VersionId } | { readonly kind: 'run'; readonly id: RunId };

export type LineagePanelProps = { readonly root: LineageRoot };

type Side = 'both' | 'upstream' | 'downstream';
type Grouping = LineageGrouping | 'none';
type Answer = OutputOf<'lineage.neighbourhood'>;
/** One step more beyond a node, asked for by a person. */
type Expansion = { readonly key: string; readonly direction: 'upstream' | 'downstream' };

const depths = ['1', '2', '4', '6', '10', '200'] as const;
type Depth = (typeof depths)[number];
const firstLimit = 1_000;
const lastLimit = 10_000;
const noGroups: ReadonlySet<string> = new Set();

/** The lineage of one version or run: controls, graph, tree. Fills its parent. */
export function LineagePanel({ root }: LineagePanelProps) {
  const rootKey = `${root.kind}:${root.id}`;
  const [side, setSide] = usePlaceState<Side>('lineage.side', 'both');
  const [depth, setDepth] = usePlaceState<Depth>('lineage.depth', '4');
  const [direction, setDirection] = usePlaceState<LayoutDirection>('lineage.direction', 'right');
  const [grouping, setGrouping] = usePlaceState<Grouping>('lineage.grouping', 'none');
  const [opened, setOpened] = usePlaceState<readonly string[]>('lineage.opened', []);
  const [treeShown, setTreeShown] = usePlaceState('lineage.tree', false);
  const [limit, setLimit] = usePlaceState('lineage.limit', firstLimit);
  const [expansions, setExpansions] = usePlaceState<readonly Expansion[]>('lineage.expansions', []);
  const [viewport, setViewport] = usePlaceState<{ readonly x: number; readonly y: number; readonly zoom: number } | null>('lineage.viewport', null);

  const input: InputOf<'lineage.neighbourhood'> = {
    root,
    up: side === 'downstream' ? 0 : Number(depth),
    down: side === 'upstream' ? 0 : Number(depth),
    limit,
  };
  const { data, error, retry, previous } = useOperation('lineage.neighbourhood', input, { keepPrevious: true });
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map());
  const takeAnswer = useCallback(
    (id: string, answer: Answer) => setAnswers((old) => (old.get(id) === answer ? old : new Map(old).set(id, answer))),
    [],
  );

  const merged = useMemo(
    () => (data === undefined ? null : mergeGraphs([data, ...expansions.flatMap((expansion) => answers.get(expansionId(expansion)) ?? [])])),
    [data, expansions, answers],
  );
  const groups = useMemo(() => (opened.length === 0 ? noGroups : new Set(opened)), [opened]);
  const graph = useMemo<LineageDrawnGraph | null>(
    () =>
      merged === null || grouping === 'none' ? merged : collapseGroups(merged, { by: grouping, open: groups, keep: new Set([rootKey]), least: 3 }),
    [merged, grouping, groups, rootKey],
  );

  const view = useRef<LineageViewHandle>(null);
  const [selectedKey, setSelectedKey] = useState<string | null>(null);
  const [anchor, setAnchor] = useState<string | null>(null);
  const goTo = useCallback((key: string) => view.current?.flyTo(key), []);
  const setMatches = useCallback((keys: ReadonlySet<string>) => view.current?.setMatches(keys), []);

  const expand = useCallback(
    (key: string, toward: 'upstream' | 'downstream'): void => {
      setAnchor(key);
      setExpansions((old) => (old.some((one) => one.key === key && one.direction === toward) ? old : [...old, { key, direction: toward }]));
    },
    [setExpansions],
  );
  const openGroup = useCallback(
    (key: string): void => {
      setAnchor(null);
      setOpened((old) => [...old, key]);
    },
    [setOpened],
  );
  const handleSelect = useCallback((node: LineageDrawnNode | null): void => {
    setSelectedKey(node?.key ?? null);
    if (node === null || node.kind === 'group') select([]);
    else if (node.kind === 'version') select([selected.version(node)]);
    else select([{ kind: 'run', id: node.id, name: node.displayName }]);
  }, []);
  const openNode = useCallback(
    (node: LineageDrawnNode): void => {
      if (node.kind === 'group') openGroup(node.key);
      else navigate(placeOfNode(node));
    },
    [openGroup],
  );
  const showMenu = useCallback(
    (node: LineageDrawnNode, at: { readonly x: number; readonly y: number }): void => openMenu(at, menuOf(node, rootKey, { openNode, expand })),
    [rootKey, openNode, expand],
  );

  // A root that is alone has no lineage yet; that is worth a word, not an empty canvas.
  const alone = graph !== null && graph.nodes.length <= 1 && graph.edges.length === 0;
  return (
    <div className={styles.panel}>
      {expansions.map((expansion) => (
        <ExpansionSource key={expansionId(expansion)} expansion={expansion} onAnswer={takeAnswer} />
      ))}
      <Toolbar label="Lineage" lined className={styles.toolbar}>
        {graph !== null && <GraphSearch graph={graph} onMatches={setMatches} onGoTo={goTo} />}
        <Segmented<Side>
          label="Which side"
          size="small"
          value={side}
          onValueChange={setSide}
          options={[
            { value: 'upstream', label: 'Upstream' },
            { value: 'both', label: 'Both' },
            { value: 'downstream', label: 'Downstream' },
          ]}
        />
        <Select<Depth>
          label="How many steps"
          size="small"
          quiet
          value={depth}
          onValueChange={setDepth}
          options={depths.map((value) => ({ value, label: value === '200' ? 'All steps' : value === '1' ? '1 step' : `${value} steps` }))}
        />
        <Select<Grouping>
          label="Gather nodes"
          size="small"
          quiet
          value={grouping}
          onValueChange={(next) => {
            setOpened([]);
            setAnchor(null);
            setGrouping(next);
          }}
          options={[
            { value: 'none', label: 'No groups' },
            { value: 'project', label: 'By project' },
            { value: 'type', label: 'By type' },
            { value: 'jobType', label: 'By job type' },
          ]}
        />
        <ToolbarSpacer />
        {merged !== null && <Counts graph={merged} stale={previous} />}
        <ToolbarDivider />
        <Segmented<LayoutDirection>
          label="Reading direction"
          size="small"
          value={direction}
          onValueChange={setDirection}
          options={[
            { value: 'right', label: 'Left to right', icon: ArrowRight, iconOnly: true },
            { value: 'down', label: 'Top down', icon: ArrowDown, iconOnly: true },
          ]}
        />
        <IconButton icon={ListTree} label="Show as a tree" size="small" aria-pressed={treeShown} onClick={() => setTreeShown(!treeShown)} />
      </Toolbar>
      <div className={styles.body}>
        {error !== null && data === undefined ? (
          <PlaceFailure error={error} retry={retry} />
        ) : graph === null ? (
          <div className={styles.loading}>
            <SkeletonLines lines={5} label="Loading lineage" />
          </div>
        ) : alone ? (
          <EmptyState
            icon={Workflow}
            title="No lineage yet"
            text={
              side === 'both'
                ? 'Nothing is known of what this came from or what used it. Runs that log or use it through the Python client appear here by themselves.'
                : `Nothing is known ${side} of it.`
            }
            {...(side === 'both' ? {} : { action: <Button onClick={() => setSide('both')}>Look both ways</Button> })}
          />
        ) : (
          <>
            <LineageView
              ref={view}
              graph={graph}
              rootKey={rootKey}
              direction={direction}
              anchorKey={anchor}
              viewport={viewport}
              onViewportChange={setViewport}
              onSelect={handleSelect}
              onOpen={openNode}
              onExpand={expand}
              onOpenGroup={openGroup}
              onContextMenu={showMenu}
              onNodePointerDragStart={(event, node) => {
                if (node.kind === 'version' && node.state !== 'deleted') dragVersions(event, () => [versionRef(node)]);
              }}
            >
              {data?.truncated === true && (
                <div className={styles.notice} role="status">
                  The nearest {formatCount(data.nodes.length)} nodes are shown; there are more.
                  {limit < lastLimit && (
                    <Button variant="link" size="small" onClick={() => setLimit(Math.min(lastLimit, limit * 4))}>
                      Show more
                    </Button>
                  )}
                </div>
              )}
            </LineageView>
            {treeShown && (
              <aside className={styles.tree} aria-label="Lineage as a tree">
                <TwinTree graph={graph} rootKey={rootKey} selectedKey={selectedKey} onGoTo={goTo} onOpen={openNode} onContextMenu={showMenu} />
              </aside>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function expansionId({ key, direction }: Expansion): string {
  return `${key} ${direction}`;
}

/** Asks for one step beyond a node, and keeps the answer true as everything else on the page. */
function ExpansionSource({ expansion, onAnswer }: { readonly expansion: Expansion; readonly onAnswer: (id: string, answer: Answer) => void }) {
  const [kind, number] = expansion.key.split(':');
  const id = Number(number);
  const root: LineageRoot = kind === 'run' ? { kind: 'run', id: id as RunId } : { kind: 'version', id: id as VersionId };
  const { data } = useOperation('lineage.neighbourhood', {
    root,
    up: expansion.direction === 'upstream' ? 1 : 0,
    down: expansion.direction === 'downstream' ? 1 : 0,
    limit: 500,
  });
  const name = expansionId(expansion);
  useEffect(() => {
    if (data !== undefined) onAnswer(name, data);
  }, [data, name, onAnswer]);
  return null;
}

function Counts({ graph, stale }: { readonly graph: LineageDrawnGraph; readonly stale: boolean }) {
  const versions = graph.nodes.filter((node) => node.kind === 'version').length;
  return (
    <span className={styles.counts} data-stale={stale || undefined} aria-live="polite">
      {formatQuantity(versions, 'version')}, {formatQuantity(graph.nodes.length - versions, 'run')}
    </span>
  );
}

function placeOfNode(node: Exclude<LineageDrawnNode, { kind: 'group' }>): Place {
  return node.kind === 'version' ? placeOf.version(node) : placeOf.run(node);
}

function menuOf(
  node: LineageDrawnNode,
  rootKey: string,
  actions: { readonly openNode: (node: LineageDrawnNode) => void; readonly expand: (key: string, direction: 'upstream' | 'downstream') => void },
): readonly MenuEntry[] {
  if (node.kind === 'group')
    return [{ id: 'open', label: 'Open the group', icon: ArrowUpRight, keys: 'Enter', onSelect: () => actions.openNode(node) }];
  const step = (direction: 'upstream' | 'downstream', hidden: number): MenuEntry => ({
    id: direction,
    label: `Show one step more ${direction}`,
    icon: direction === 'upstream' ? ArrowLeft : ArrowRight,
    keys: direction === 'upstream' ? '[' : ']',
    disabled: hidden === 0,
    ...(hidden === 0 ? { reason: `Everything next to it ${direction} is shown` } : {}),
    onSelect: () => actions.expand(node.key, direction),
  });
  const place = placeOfNode(node);
  return [
    {
      id: 'open',
      label: node.kind === 'version' ? 'Open version' : 'Open run',
      icon: ArrowUpRight,
      keys: 'Enter',
      onSelect: () => actions.openNode(node),
    },
    {
      id: 'root',
      label: 'Show its lineage',
      icon: Crosshair,
      disabled: node.key === rootKey,
      onSelect: () => {
        if (place.place === 'source version' || place.place === 'run') navigate({ place: 'lineage', focus: place });
      },
    },
    { kind: 'separator' },
    step('upstream', node.hiddenUpstream),
    step('downstream', node.hiddenDownstream),
    { kind: 'separator' },
    ...(node.kind === 'version'
      ? [
          {
            id: 'link',
            label: 'Link to…',
            icon: Link2,
            keys: 'L',
            disabled: node.state === 'deleted',
            onSelect: () => openLinkPicker([versionRef(node)]),
          } satisfies MenuEntry,
        ]
      : []),
    { id: 'copy', label: 'Copy address', icon: Copy, onSelect: () => void copyText(formatPlace(place)) },
  ];
}
