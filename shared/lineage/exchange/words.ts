import type { LineageNode } from '../types.ts';

/** A node's address as people write it: `team/project/artifact:v3`, `team/project/run`. */
export function addressOf(node: LineageNode): string {
  return node.kind === 'version' ? `${node.entity}/${node.project}/${node.artifact}:v${node.index}` : `${node.entity}/${node.project}/${node.runId}`;
}

/** One line about a node: its address, and what matters of it. */
export function lineOf(node: LineageNode): string {
  if (node.kind === 'run') return [addressOf(node), `run “${node.displayName.replaceAll(/\p{Cc}+/gu, ' ')}”`, node.state, ...(node.deleted === true ? ['deleted'] : [])].join(', ');
  const aliases = node.aliases.map((alias) => alias.name);
  const links = node.links.map((link) => `${link.registry}/${link.collection}:v${link.index}${link.aliases.length === 0 ? '' : ` (${link.aliases.map((alias) => alias.name).join(' ')})`}`);
  return [addressOf(node), node.type, ...aliases, ...links, ...(node.state === 'committed' ? [] : [node.state])].join(', ');
}
