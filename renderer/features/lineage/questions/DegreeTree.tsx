import { useMemo, useState } from 'react';
import type { LineageNode } from '#shared/contract/index.ts';
import { AliasChip, isSystemAlias } from '../../../ui/AliasChip.tsx';
import { hueStyle } from '../../../ui/hue.ts';
import { StatusDot } from '../../../ui/StatusDot.tsx';
import { Tree } from '../../../ui/Tree.tsx';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { describeNode, nodeName, runTones, typeHue } from '../view/nodeWords.ts';
import { nestByThrough, type DegreeRow, type DegreeNode } from './degreeTree.ts';
import styles from './Questions.module.css';

/** What was found, each below the node through which it was met first, with its degree. */
export function DegreeTree({ label, roots, rows, nodes, onGoTo }: { readonly label: string; readonly roots: readonly string[]; readonly rows: readonly DegreeRow[]; readonly nodes: readonly LineageNode[]; readonly onGoTo: (key: string) => void }) {
  const tree = useMemo(() => nestByThrough(roots, rows, new Map(nodes.map((node) => [node.key, { node, shown: shownText(node), described: describeNode(node) }]))), [roots, rows, nodes]);
  const [decided, setDecided] = useState<ReadonlyMap<string, boolean>>(new Map());
  const expanded = useMemo(() => new Set(tree.branches.filter((branch) => decided.get(branch.id) ?? branch.degree < 4).map((branch) => branch.id)), [tree, decided]);
  return (
    <div className={styles.tree}>
      <Tree<DegreeNode>
        label={label}
        nodes={tree.nodes}
        expanded={expanded}
        onExpandedChange={(_all, { node, expanded: open }) => setDecided((old) => new Map(old).set(node.id, open))}
        onSelect={({ data }) => onGoTo(data.node.key)}
        renderNode={({ data: { node, degree } }) => (
          <span className={styles.treeRow} style={node.kind === 'version' ? hueStyle(typeHue(node.type)) : undefined}>
            {node.kind === 'version' ? <TypeIcon type={node.type} className={styles.treeIcon} /> : <StatusDot tone={runTones[node.state]} label={node.state} wordless />}
            <span className={styles.treeName}>{nodeName(node)}</span> {node.kind === 'version' && <span className={styles.dim}>v{node.index}</span>}{' '}
            {aliasOf(node) !== undefined && <AliasChip alias={aliasOf(node)!} />}{' '}
            <span className={styles.count} title={`${degree} steps away`}>
              {degree}
            </span>
          </span>
        )}
      />
    </div>
  );
}

/** The one alias there is room for: one a person chose before `latest`. */
function aliasOf(node: LineageNode): string | undefined {
  if (node.kind === 'run') return undefined;
  const names = [...node.links.flatMap((link) => link.aliases), ...node.aliases].map((alias) => alias.name);
  return names.find((name) => !isSystemAlias(name)) ?? names[0];
}

/** What the row shows before its degree: its name to screen readers begins with it. */
function shownText(node: LineageNode): string {
  const alias = aliasOf(node);
  return [nodeName(node), ...(node.kind === 'version' ? [`v${node.index}`] : []), ...(alias === undefined ? [] : [alias])].join(' ');
}
