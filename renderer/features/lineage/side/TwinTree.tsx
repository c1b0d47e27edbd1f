import { useMemo, useState } from 'react';
import { buildForest, indexByKey, type LineageDrawnGraph, type LineageDrawnNode, type LineageTreeRow } from '#shared/lineage/index.ts';
import { AliasChip, isSystemAlias } from '../../../ui/AliasChip.tsx';
import { hueStyle } from '../../../ui/hue.ts';
import { ArrowLeft, ArrowRight, GitBranch, Layers } from '../../../ui/icons.ts';
import { StatusDot } from '../../../ui/StatusDot.tsx';
import { Tree } from '../../../ui/Tree.tsx';
import type { TreeNode } from '../../../ui/tree-rows.ts';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { describeNode, nodeName, runTones, typeHue } from '../view/nodeWords.ts';
import styles from './TwinTree.module.css';

export type TwinTreeProps = {
  readonly graph: LineageDrawnGraph;
  readonly rootKeys: readonly string[];
  readonly selectedKey: string | null;
  /** A click or Enter: selects the node in the graph and brings it into view. */
  readonly onGoTo: (key: string) => void;
  readonly onOpen: (node: LineageDrawnNode) => void;
  readonly onContextMenu: (node: LineageDrawnNode, at: { readonly x: number; readonly y: number }) => void;
};

type RowData = { readonly row: LineageTreeRow; readonly node: LineageDrawnNode };

const openAtFirst = 4;

/** The same graph as a tree: what it came from and what came of it, walked by arrow keys and read by screen readers. */
export function TwinTree({ graph, rootKeys, selectedKey, onGoTo, onOpen, onContextMenu }: TwinTreeProps) {
  // What a person opened or closed; everything else follows its level.
  const [decided, setDecided] = useState<ReadonlyMap<string, boolean>>(new Map());
  const indexed = useMemo(() => indexByKey(graph.nodes, graph.edges), [graph]);
  const byKey = useMemo(() => new Map(graph.nodes.map((node) => [node.key, node])), [graph]);
  const { rows, truncated } = useMemo(
    () => buildForest(indexed, rootKeys, { isOpen: (id, level) => decided.get(id) ?? level <= openAtFirst, limit: 5_000 }),
    [indexed, rootKeys, decided],
  );
  const { nodes, expanded } = useMemo(() => nest(rows, byKey), [rows, byKey]);
  const selectedId = rows.find((row) => row.key === selectedKey && row.kind !== 'branch' && !row.repeated)?.id ?? null;

  return (
    <div className={styles.twin}>
      <Tree<RowData>
        label="Lineage as a tree"
        nodes={nodes}
        expanded={expanded}
        selectedId={selectedId}
        onExpandedChange={(_all, changed) => setDecided((old) => new Map(old).set(changed.node.id, changed.expanded))}
        onSelect={({ data }) => onGoTo(data.row.key)}
        onOpen={({ data }) => onOpen(data.node)}
        onContextMenu={({ data }, event) => {
          event.preventDefault();
          onContextMenu(data.node, { x: event.clientX, y: event.clientY });
        }}
        renderNode={({ data }) => <Row data={data} />}
      />
      {truncated && <p className={styles.note}>The tree stops after 5,000 rows. Close branches to see further ones.</p>}
    </div>
  );
}

/** The one alias there is room for: one a person chose before `latest`. */
function shownAlias(node: LineageDrawnNode): string | undefined {
  if (node.kind !== 'version') return undefined;
  return (node.aliases.find((alias) => !isSystemAlias(alias.name)) ?? node.aliases[0])?.name;
}

function branchName({ direction }: LineageTreeRow): string {
  if (direction === 'aside') return 'Beside it';
  return direction === 'upstream' ? 'Made from' : 'Used for';
}

/** What a row shows, as one text: its name to screen readers begins with it. */
function shownText({ row, node }: RowData): string {
  if (row.kind === 'branch') return `${branchName(row)} ${row.childCount}`;
  const alias = row.repeated ? 'shown above' : shownAlias(node);
  return [nodeName(node), ...(node.kind === 'version' ? [`v${node.index}`] : []), ...(alias === undefined ? [] : [alias])].join(' ');
}

function Row({ data: { row, node } }: { readonly data: RowData }) {
  if (row.kind === 'branch') {
    const Arrow = row.direction === 'upstream' ? ArrowLeft : row.direction === 'downstream' ? ArrowRight : GitBranch;
    return (
      <span className={styles.branch}>
        <Arrow aria-hidden className={styles.icon} />
        {branchName(row)} <span className={styles.count}>{row.childCount}</span>
      </span>
    );
  }
  const alias = shownAlias(node);
  // The spaces between are for what is read aloud and copied; the gaps that are seen come from the style.
  return (
    <span className={styles.row} data-repeated={row.repeated || undefined} style={node.kind === 'version' ? hueStyle(typeHue(node.type)) : undefined}>
      {node.kind === 'version' ? (
        <TypeIcon type={node.type} className={styles.type} />
      ) : node.kind === 'run' ? (
        <StatusDot tone={runTones[node.state]} label={node.state} wordless />
      ) : (
        <Layers aria-hidden className={styles.icon} />
      )}
      <span className={styles.name}>{nodeName(node)}</span> {node.kind === 'version' && <span className={styles.number}>v{node.index}</span>}{' '}
      {row.repeated ? <span className={styles.again}>shown above</span> : alias !== undefined && <AliasChip alias={alias} />}
    </span>
  );
}

/** Rows in order as nested nodes, and the set of those that are open. */
function nest(
  rows: readonly LineageTreeRow[],
  byKey: ReadonlyMap<string, LineageDrawnNode>,
): { readonly nodes: readonly TreeNode<RowData>[]; readonly expanded: ReadonlySet<string> } {
  type Building = { id: string; label: string; data: RowData; hasChildren: boolean; children: Building[] };
  const top: Building[] = [];
  const path: Building[] = [];
  const expanded = new Set<string>();
  for (const row of rows) {
    const node = byKey.get(row.key);
    if (node === undefined) continue;
    const data = { row, node };
    const label = row.kind === 'branch' ? shownText(data) : `${shownText(data)}, ${describeNode(node)}`;
    const made: Building = { id: row.id, label, data, hasChildren: row.childCount > 0, children: [] };
    path.length = row.level - 1;
    (path.at(-1)?.children ?? top).push(made);
    path.push(made);
    if (row.open) expanded.add(row.id);
  }
  return { nodes: top, expanded };
}
