/** Nodes of the lineage by their keys, as the window handles them. */
import type { LineageNode, LineageNodeId, LineageRoot, RunId, VersionId } from '#shared/contract/index.ts';
import { placeOf, type Place } from '../../app/routes/index.ts';

/** `version:12` → its identity. Keys come from core: anything else is a mistake of the program. */
export function idOfKey(key: string): LineageNodeId {
  const [kind, number] = key.split(':');
  const id = Number(number);
  return kind === 'run' ? { kind: 'run', id: id as RunId } : { kind: 'version', id: id as VersionId };
}

export function keyOfId({ kind, id }: LineageNodeId): string {
  return `${kind}:${id}`;
}

/** One text for one root: what hooks and memories hang on. */
export function rootName(root: LineageRoot): string {
  return root.kind === 'selection' ? `selection:${root.nodes.map(keyOfId).join(' ')}` : `${root.kind}:${root.id}`;
}

export function placeOfNode(node: LineageNode): Place {
  return node.kind === 'version' ? placeOf.version(node) : placeOf.run(node);
}

/** The place that shows a node's lineage. */
export function lineageOf(node: LineageNode): Place {
  return { place: 'lineage', nodes: [{ kind: node.kind, id: node.id }] };
}

/** A node's own page is shorter to say than its row. */
export function lineagePlaceOf(node: LineageNode): Place {
  const place = placeOfNode(node);
  return place.place === 'source version' || place.place === 'run' ? { place: 'lineage', focus: place } : lineageOf(node);
}
