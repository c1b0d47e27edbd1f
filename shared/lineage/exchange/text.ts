/** A lineage as text for other programs and for terminals: CSV, DOT, a tree. */
import { csvCell } from '../../domain/csv.ts';
import { indexByKey } from '../adjacency.ts';
import { buildTree } from '../tree.ts';
import type { LineageGraph, LineageNode } from '../types.ts';
import { addressOf, lineOf } from './words.ts';

const csvColumns = ['from', 'from_kind', 'from_type', 'to', 'to_kind', 'to_type', 'relation', 'provenance', 'used_as', 'reason', 'by', 'at'] as const;

/** One line per edge, with both ends; a node without edges has a line with nothing behind it. Lines end with CR LF, as RFC 4180 has it. */
export function lineageCsv(graph: LineageGraph): string {
  const byKey = new Map(graph.nodes.map((node) => [node.key, node]));
  const joined = new Set<string>();
  const lines = [csvColumns.join(',')];
  for (const edge of graph.edges) {
    const from = byKey.get(edge.from);
    const to = byKey.get(edge.to);
    if (from === undefined || to === undefined) continue;
    joined.add(edge.from).add(edge.to);
    lines.push([...endOf(from), ...endOf(to), edge.relation, edge.provenance, edge.usedAs ?? '', edge.byHand?.reason ?? '', edge.byHand?.by ?? '', edge.byHand?.at ?? ''].map(csvCell).join(','));
  }
  for (const node of graph.nodes) if (!joined.has(node.key)) lines.push([...endOf(node), '', '', '', '', '', '', '', '', ''].map(csvCell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

const endOf = (node: LineageNode): readonly string[] => [addressOf(node), node.kind, node.kind === 'version' ? node.type : (node.jobType ?? '')];

/** For Graphviz: versions as boxes, runs as ellipses, edges by hand dashed. */
export function lineageDot(graph: LineageGraph): string {
  const lines = ['digraph lineage {', '  rankdir=LR;', '  node [fontname="sans-serif"];'];
  for (const node of graph.nodes) {
    const gone = node.kind === 'version' ? node.state === 'deleted' : node.deleted === true;
    const label = node.kind === 'version' ? [`${node.artifact}:v${node.index}`, node.type, ...node.aliases.map((alias) => alias.name)].join('\n') : [node.displayName, node.state].join('\n');
    lines.push(`  ${dotText(node.key)} [label=${dotText(label)}, tooltip=${dotText(addressOf(node))}, shape=${node.kind === 'version' ? 'box' : 'ellipse'}${gone ? ', style=dotted' : ''}];`);
  }
  for (const edge of graph.edges) {
    const label = edge.byHand?.reason ?? edge.usedAs;
    const attributes = [...(label === undefined || label === '' ? [] : [`label=${dotText(label)}`]), ...(edge.provenance === 'manual' ? ['style=dashed'] : [])];
    lines.push(`  ${dotText(edge.from)} -> ${dotText(edge.to)}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`};`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

function dotText(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`).replaceAll('\r', '').replaceAll('\n', String.raw`\n`)}"`;
}

/** Levels that are drawn by indenting; deeper ones say how deep they are, so that a chain of thousands stays readable. */
const indentedLevels = 24;

/** A tree for terminals: what the root came from, and what came of it. `truncated` says that rows were left out. */
export function lineageTree(graph: LineageGraph, root: string, rowLimit = 10_000): { readonly text: string; readonly truncated: boolean } {
  const byKey = new Map(graph.nodes.map((node) => [node.key, node]));
  const { rows, truncated } = buildTree(indexByKey(graph.nodes, graph.edges), root, { isOpen: () => true, limit: rowLimit });
  const lines = rows.map((row) => {
    const depth = row.level - 1;
    const indent = '  '.repeat(Math.min(depth, indentedLevels)) + (depth > indentedLevels ? `(${depth}) ` : '');
    if (row.kind === 'branch') return `${indent}${row.direction === 'upstream' ? 'came from' : row.direction === 'downstream' ? 'went into' : 'beside it'}:`;
    const node = byKey.get(row.key);
    if (node === undefined) return indent;
    const hidden = row.direction === 'upstream' ? node.hiddenUpstream : row.direction === 'downstream' ? node.hiddenDownstream : 0;
    return `${indent}${lineOf(node)}${row.repeated ? ' (see above)' : ''}${hidden > 0 && !row.repeated ? ` … ${hidden} more` : ''}`;
  });
  return { text: `${[...lines, ...(truncated ? ['… more rows than these'] : [])].join('\n')}\n`, truncated };
}
