import type { LineageNode } from './types.ts';

export type LineageComparedRow = {
  readonly kind: 'version' | 'run';
  /** `team/project/name`: the artifact, or the kind of job. */
  readonly name: string;
  readonly verdict: 'same' | 'different' | 'only_first' | 'only_second';
  /** Keys, in the order of the nodes given. */
  readonly first: readonly string[];
  readonly second: readonly string[];
};

/** What two nodes of the same name are to each other: versions of one artifact, runs of one job (or of one display name). */
export function comparedName(node: LineageNode): string {
  const own = node.kind === 'version' ? node.artifact : (node.jobType ?? node.displayName);
  return `${node.entity}/${node.project}/${own}`;
}

/**
 * Two lineages side by side. Nodes are set against each other by name: where both sides have exactly the same ones they are `same`; where they
 * have others of the same name, `different`. What differs comes first, versions before runs, then by name.
 */
export function compareLineages(first: readonly LineageNode[], second: readonly LineageNode[]): readonly LineageComparedRow[] {
  const rows = new Map<string, { readonly kind: 'version' | 'run'; readonly name: string; readonly first: Set<string>; readonly second: Set<string> }>();
  for (const [side, nodes] of [['first', first], ['second', second]] as const) {
    for (const node of nodes) {
      const name = comparedName(node);
      const id = `${node.kind} ${name}`;
      let row = rows.get(id);
      if (row === undefined) rows.set(id, (row = { kind: node.kind, name, first: new Set(), second: new Set() }));
      row[side].add(node.key);
    }
  }
  const order = { different: 0, only_first: 1, only_second: 2, same: 3 } as const;
  return [...rows.values()]
    .map((row) => ({ kind: row.kind, name: row.name, verdict: verdictOf(row.first, row.second), first: [...row.first], second: [...row.second] }))
    .sort((left, right) => order[left.verdict] - order[right.verdict] || (left.kind === right.kind ? 0 : left.kind === 'version' ? -1 : 1) || (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}

function verdictOf(first: ReadonlySet<string>, second: ReadonlySet<string>): LineageComparedRow['verdict'] {
  if (second.size === 0) return 'only_first';
  if (first.size === 0) return 'only_second';
  return first.size === second.size && [...first].every((key) => second.has(key)) ? 'same' : 'different';
}
