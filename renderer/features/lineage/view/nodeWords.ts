import type { RunState } from '#shared/contract/index.ts';
import type { LineageDrawnGraph, LineageDrawnNode, LineageRunNode } from '#shared/lineage/index.ts';
import type { Tone } from '../../../ui/Badge.tsx';
import { formatDuration, formatQuantity } from '../../../ui/format.ts';

/** The name on a node's card. */
export function nodeName(node: LineageDrawnNode): string {
  switch (node.kind) {
    case 'version':
      return node.artifact;
    case 'run':
      return node.displayName;
    case 'group':
      return node.label;
  }
}

/** A tombstone: the version or run itself is gone, its place in the graph is not. */
export function isDeleted(node: LineageDrawnNode): boolean {
  return (node.kind === 'version' && node.state === 'deleted') || (node.kind === 'run' && node.deleted === true);
}

/** A node in one line, as it is said to screen readers and found by search. */
export function describeNode(node: LineageDrawnNode): string {
  switch (node.kind) {
    case 'version': {
      const aliases = node.aliases.map((alias) => alias.name);
      const links = [...new Set(node.links.map((link) => link.registry))];
      return [
        `${node.artifact} v${node.index}`,
        node.type,
        ...(node.state === 'deleted' ? ['deleted'] : []),
        ...(aliases.length === 0 ? [] : [aliases.join(', ')]),
        ...(links.length === 0 ? [] : [`linked in ${links.join(', ')}`]),
      ].join(', ');
    }
    case 'run':
      return [`run ${node.displayName}`, ...(node.deleted === true ? ['deleted'] : []), node.state, ...(node.durationSeconds === null ? [] : [formatDuration(node.durationSeconds * 1000)])].join(
        ', ',
      );
    case 'group':
      return `${node.label}: ${formatQuantity(node.versionCount, 'version')}, ${formatQuantity(node.runCount, 'run')}`;
  }
}

/** What a graph is made of, as screen readers say it. */
export function summariseGraph({ nodes }: LineageDrawnGraph): string {
  let versions = 0;
  let runs = 0;
  let groups = 0;
  for (const node of nodes) {
    if (node.kind === 'version') versions++;
    else if (node.kind === 'run') runs++;
    else groups++;
  }
  return `Lineage graph: ${[
    ...(versions > 0 ? [formatQuantity(versions, 'version')] : []),
    ...(runs > 0 ? [formatQuantity(runs, 'run')] : []),
    ...(groups > 0 ? [formatQuantity(groups, 'group')] : []),
  ].join(', ')}`;
}

export const runTones: Readonly<Record<RunState, Tone>> = {
  running: 'accent',
  finished: 'good',
  failed: 'danger',
  crashed: 'danger',
  killed: 'caution',
};

/** How long a run took; how it stands when that is not known. */
export function runLength(node: LineageRunNode): string {
  return node.durationSeconds === null ? node.state : formatDuration(node.durationSeconds * 1000);
}

/** The same in its largest unit, where there is room for little: `2 h` of `2 h 14 min`. */
export function briefLength(node: LineageRunNode): string {
  const length = runLength(node);
  return node.durationSeconds === null ? length : length.split(' ').slice(0, 2).join(' ');
}

/** Hue of an artifact type, the same on cards, map and legend: an index of the registry hues. */
export function typeHue(type: string): number {
  if (type === 'model') return 8;
  if (type === 'dataset') return 5;
  // Any other type has a steady hue of its own, apart from those two.
  const others = [9, 1, 10, 3, 7, 11, 2] as const;
  let sum = 0;
  for (let at = 0; at < type.length; at++) sum = (sum * 31 + type.charCodeAt(at)) >>> 0;
  return others[sum % others.length]!;
}

/** Lower-case words to search a node by. */
export function searchText(node: LineageDrawnNode): string {
  switch (node.kind) {
    case 'version':
      return [
        node.artifact,
        `v${node.index}`,
        node.type,
        node.project,
        ...node.aliases.map((alias) => alias.name),
        ...node.links.map((link) => `${link.registry} ${link.collection}`),
      ]
        .join(' ')
        .toLowerCase();
    case 'run':
      return [node.displayName, node.runId, node.state, node.jobType ?? '', node.project, 'run'].join(' ').toLowerCase();
    case 'group':
      return node.label.toLowerCase();
  }
}
