import { useCallback, useMemo, useRef, useState } from 'react';
import type { LineageRoot } from '#shared/contract/index.ts';
import { groupKeyOf, type LineageDrawnNode, type LineageGraph } from '#shared/lineage/index.ts';
import { useWhyNot } from '../../app/rights.ts';
import { useCommands } from '../../app/actions.ts';
import { navigate, usePlaceState } from '../../app/routes/index.ts';
import { select, selected, versionRef } from '../../app/selection.ts';
import { openMenu, PlaceFailure } from '../../app/shell/index.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatCount, formatQuantity } from '../../ui/format.ts';
import { FolderInput, Plus, Workflow } from '../../ui/icons.ts';
import { SkeletonLines } from '../../ui/Skeleton.tsx';
import { SplitPane } from '../../ui/SplitPane.tsx';
import { dragVersions } from '../linking/index.ts';
import { ImportDialog } from './exchange/ImportDialog.tsx';
import { openLineageImport } from './exchange/importStore.ts';
import { warmLayout } from './layoutClient.ts';
import { menuOf, type NodeActions } from './menu.tsx';
import { placeOfNode, rootName } from './nodes.ts';
import { Questions } from './questions/Questions.tsx';
import type { AnswerContext, Question } from './questions/types.ts';
import { Details } from './side/Details.tsx';
import { EdgeDialog } from './side/EdgeDialog.tsx';
import { TwinTree } from './side/TwinTree.tsx';
import { LineageToolbar } from './toolbar/LineageToolbar.tsx';
import { ExpansionSource, expansionId, lastLimit, useLineage, type Lineage, type Pane } from './useLineage.ts';
import { LineageView } from './view/LineageView.tsx';
import type { LineageViewHandle } from './view/viewProps.ts';
import styles from './LineagePanel.module.css';

export type { LineageRoot };
export type LineagePanelProps = { readonly root: LineageRoot };

const paneNames: Readonly<Record<Exclude<Pane, 'none'>, string>> = { details: 'Details', questions: 'Questions', tree: 'Lineage as a tree' };
/** Pixels of the window from which on the details stand beside the graph by themselves. */
const roomForDetails = 1100;
const paneWidths = { first: 340, least: 280, most: 640 } as const;

/** The lineage of a version, a run, a collection or a selection: controls, graph, and beside it details, questions or a tree. Fills its parent. */
export function LineagePanel({ root }: LineagePanelProps) {
  return <Panel key={rootName(root)} root={root} />;
}

// Whoever has this code fetched is about to look at a lineage: by the time it is known, the layout worker has read and compiled its own.
warmLayout();

function Panel({ root }: LineagePanelProps) {
  const lineage = useLineage(root);
  const { graph, merged, rootKeys, pinned, expand, openGroup, closeGroup, togglePin, hide, groupOf, grouping, opened, setExtra } = lineage;
  const whyNot = useWhyNot();
  const mayDraw = whyNot('lineage.link', 'somewhere');
  const whyNoLink = whyNot('links.create', 'somewhere');
  const [pane, setPane] = usePlaceState<Pane>('lineage.pane', () => (innerWidth >= roomForDetails ? 'details' : 'none'));
  const [paneWidth, setPaneWidth] = usePlaceState<number>('lineage.paneWidth', paneWidths.first);
  const [viewport, setViewport] = usePlaceState<{ readonly x: number; readonly y: number; readonly zoom: number } | null>('lineage.viewport', null);
  const [question, setQuestion] = usePlaceState<Question>('lineage.question', { kind: 'impact', first: null, second: null });
  const [edge, setEdge] = useState<{ readonly from?: string; readonly to?: string } | null>(null);
  const view = useRef<LineageViewHandle>(null);
  const [selectedKey, setSelectedKey] = useState<string | null>(null);
  const before = useRef<string | null>(null);

  const goTo = useCallback(
    (key: string): void => {
      // A hit inside a closed group is there once that is open: the view flies as soon as it is.
      const group = groupOf(key);
      if (group !== null) openGroup(group);
      view.current?.flyTo(key);
    },
    [groupOf, openGroup],
  );
  const handleSelect = useCallback((node: LineageDrawnNode | null): void => {
    setSelectedKey((old) => {
      if (old !== null && old !== node?.key) before.current = old;
      return node?.key ?? null;
    });
    if (node === null || node.kind === 'group') select([]);
    else if (node.kind === 'version') select([selected.version(node)]);
    else select([{ kind: 'run', id: node.id, name: node.displayName }]);
  }, []);
  const open = useCallback(
    (node: LineageDrawnNode): void => {
      if (node.kind === 'group') openGroup(node.key);
      else navigate(placeOfNode(node));
    },
    [openGroup],
  );
  const hideDrawn = useCallback(
    (node: LineageDrawnNode): void => {
      for (const key of node.kind === 'group' ? node.memberKeys : [node.key]) if (!rootKeys.includes(key)) hide(key);
    },
    [hide, rootKeys],
  );
  const ask = useCallback(
    (next: Question): void => {
      setQuestion(next);
      setPane('questions');
    },
    [setQuestion, setPane],
  );
  const actions = useMemo<NodeActions>(
    () => ({
      open, openGroup, expand, togglePin, ask, addEdge: setEdge,
      hide: (key) => {
        const node = graph?.nodes.find((one) => one.key === key);
        if (node !== undefined) hideDrawn(node);
      },
      gatherAgain: (node) => {
        const group = grouping === 'none' ? undefined : groupKeyOf(node, grouping);
        return group !== undefined && opened.includes(group) ? () => closeGroup(group) : null;
      },
    }),
    [open, openGroup, expand, togglePin, ask, hideDrawn, graph, grouping, opened, closeGroup],
  );
  const showMenu = useCallback(
    (node: LineageDrawnNode, at: { readonly x: number; readonly y: number }): void => {
      const isDrawn = (key: string | null): boolean => key !== null && !key.startsWith('group:');
      const otherKey = [selectedKey === node.key ? before.current : selectedKey, rootKeys[0] ?? null].find(isDrawn) ?? null;
      openMenu(at, menuOf(node, { rootKeys, pinned, otherKey, mayDraw, whyNoLink }, actions));
    },
    [rootKeys, pinned, mayDraw, whyNoLink, actions, selectedKey],
  );
  const light = useCallback(
    (keys: ReadonlySet<string> | null, brings?: LineageGraph): void => {
      if (brings !== undefined || keys === null) setExtra(keys === null ? null : (brings ?? null));
      view.current?.hold(keys, keys !== null);
    },
    [setExtra],
  );
  const nodes = merged?.nodes;
  const context = useMemo<AnswerContext>(() => ({ nodes: nodes ?? [], selectedKey, onGoTo: goTo, onLight: light }), [nodes, selectedKey, goTo, light]);
  // With nothing selected, what the graph was opened on is what one wants to know of.
  const onlyRoot = rootKeys.length === 1 ? rootKeys[0] : undefined;
  const detailed = graph?.nodes.find((node) => node.key === (selectedKey ?? onlyRoot)) ?? null;

  useCommands([
    { id: 'lineage.import', label: 'Import OpenLineage events…', group: 'Lineage', icon: FolderInput, words: 'openlineage import events', needs: ['lineage.import', 'somewhere'], run: openLineageImport },
    { id: 'lineage.addEdge', label: 'Add an edge by hand…', group: 'Lineage', icon: Plus, words: 'lineage link manual', needs: ['lineage.link', 'somewhere'], run: () => setEdge(selectedKey === null || selectedKey.startsWith('group:') ? {} : { from: selectedKey }) },
    { id: 'lineage.impact', label: 'What hangs on it?', group: 'Lineage', words: 'impact downstream question', run: () => ask({ kind: 'impact', first: selectedKey?.startsWith('group:') === true ? null : selectedKey, second: null }) },
    { id: 'lineage.stale', label: 'Is it out of date?', group: 'Lineage', words: 'stale question', run: () => ask({ kind: 'stale', first: selectedKey?.startsWith('group:') === true ? null : selectedKey, second: null }) },
    { id: 'lineage.showHidden', label: 'Show what was hidden', group: 'Lineage', available: () => lineage.hiddenCount > 0, run: lineage.showHidden },
  ]);

  const body = graph === null || merged === null ? null : (
    <LineageView
      ref={view}
      graph={graph}
      rootKeys={rootKeys}
      direction={lineage.direction}
      pinned={pinned}
      busy={lineage.previous}
      anchorKey={lineage.anchor}
      viewport={viewport}
      onViewportChange={setViewport}
      onSelect={handleSelect}
      onOpen={open}
      onExpand={expand}
      onOpenGroup={openGroup}
      onPin={(node) => node.kind !== 'group' && togglePin(node.key)}
      onHide={hideDrawn}
      onContextMenu={showMenu}
      onNodePointerDragStart={(event, node) => {
        if (node.kind === 'version' && node.state !== 'deleted') dragVersions(event, () => [versionRef(node)]);
      }}
    >
      <Notices lineage={lineage} />
    </LineageView>
  );
  return (
    <div className={styles.panel}>
      {lineage.expansions.map((expansion) => (
        <ExpansionSource key={expansionId(expansion)} expansion={expansion} onAnswer={lineage.takeAnswer} />
      ))}
      <LineageToolbar lineage={lineage} view={view} pane={pane} onPane={setPane} onGoTo={goTo} />
      <div className={styles.body}>
        {lineage.error !== null && lineage.data === undefined ? (
          <PlaceFailure error={lineage.error} retry={lineage.retry} />
        ) : body === null || graph === null || merged === null ? (
          <div className={styles.loading}>
            <SkeletonLines lines={5} label="Loading lineage" />
          </div>
        ) : (
          <SplitPane
            label="Width of the side"
            side="end"
            size={paneWidth}
            defaultSize={paneWidths.first}
            min={paneWidths.least}
            max={paneWidths.most}
            onSizeChange={setPaneWidth}
            collapsed={pane === 'none'}
            onCollapse={() => setPane('none')}
            {...(pane === 'none' ? {} : { landmark: { element: 'aside' as const, label: paneNames[pane] } })}
            start={<div className={styles.graph}>{isAlone(lineage) ? <Alone lineage={lineage} onAddEdge={() => setEdge({ to: rootKeys[0] ?? '' })} /> : body}</div>}
            end={
              <div className={styles.side}>
                {pane === 'details' && <Details node={detailed} graph={merged} pinned={detailed !== null && pinned.has(detailed.key)} onPin={togglePin} onGoTo={goTo} onOpenGroup={openGroup} onAddEdge={setEdge} />}
                {pane === 'questions' && <Questions question={question} onQuestion={setQuestion} rootKey={rootKeys[0] ?? null} context={context} />}
                {pane === 'tree' && <TwinTree graph={graph} rootKeys={rootKeys} selectedKey={selectedKey} onGoTo={goTo} onOpen={open} onContextMenu={showMenu} />}
              </div>
            }
          />
        )}
      </div>
      {edge !== null && <EdgeDialog from={edge.from ?? null} to={edge.to ?? null} nodes={merged?.nodes ?? []} selectedKey={selectedKey} onClose={() => setEdge(null)} />}
      <ImportDialog />
    </div>
  );
}

/** A root that is alone has no lineage yet; that is worth a word, not an empty canvas. */
function isAlone({ graph, rootKeys, hiddenCount }: Lineage): boolean {
  return graph !== null && rootKeys.length <= 1 && graph.nodes.length <= 1 && graph.edges.length === 0 && hiddenCount === 0;
}

function Alone({ lineage, onAddEdge }: { readonly lineage: Lineage; readonly onAddEdge: () => void }) {
  const { side, filter } = lineage;
  if (Object.keys(filter).length > 0) {
    return <EmptyState icon={Workflow} title="Nothing matches the filter" text="Within these steps nothing that it came from or that came of it meets every condition." action={<Button onClick={() => lineage.setFilter({})}>Clear the filter</Button>} />;
  }
  return (
    <EmptyState
      icon={Workflow}
      title="No lineage yet"
      text={side === 'both' ? 'Nothing is known of what this came from or what used it. Runs that log or use it through the Python client appear here by themselves.' : `Nothing is known ${side} of it.`}
      action={side === 'both' ? <Button onClick={onAddEdge}>Add an edge by hand…</Button> : <Button onClick={() => lineage.setSide('both')}>Look both ways</Button>}
    />
  );
}

/** What the graph leaves out, and the way to it. */
function Notices({ lineage }: { readonly lineage: Lineage }) {
  const { data, limit, hiddenCount, previous } = lineage;
  if (data?.truncated !== true && hiddenCount === 0) return null;
  return (
    <div className={styles.notices} role="status">
      {data?.truncated === true && (
        <span className={styles.notice}>
          The nearest {formatCount(data.nodes.length)} nodes are shown; {previous ? 'looking further…' : 'there are more.'}
          {limit < lastLimit && !previous && (
            <Button variant="link" size="small" onClick={() => lineage.setLimit(Math.min(lastLimit, limit * 4))}>
              Show more
            </Button>
          )}
        </span>
      )}
      {hiddenCount > 0 && (
        <span className={styles.notice}>
          {formatQuantity(hiddenCount, 'node')} hidden
          <Button variant="link" size="small" onClick={lineage.showHidden}>
            Show
          </Button>
        </span>
      )}
    </div>
  );
}
