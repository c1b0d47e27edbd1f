/** Where a walk starts. What isn't there, or may not be seen, is answered alike. */
import type { LineageNodeId, LineageRoot } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/index.ts';
import { notFound } from '../../access.ts';
import type { QueryScope } from '../../scope.ts';
import { sql } from '../../sql.ts';
import { seenCollection } from '../visible.ts';
import { codeOf, type Code } from './codes.ts';
import type { EdgeReader } from './edges.ts';

/** The codes of a root's nodes, at most `limit` of a collection's; whether those are all. */
export function rootCodes(scope: QueryScope, edges: EdgeReader, root: LineageRoot, limit: number): { readonly codes: readonly Code[]; readonly all: boolean } {
  switch (root.kind) {
    case 'version':
    case 'run':
      return { codes: [seenNode(edges, root)], all: true };
    case 'selection':
      return { codes: seenNodes(edges, root.nodes), all: true };
    case 'collection': {
      const collection = seenCollection(scope, root.id);
      const ids = scope.db.column<number>(sql`SELECT version_id FROM links WHERE collection_id = ${collection.id} AND removed_at IS NULL ORDER BY idx DESC LIMIT ${limit + 1}`);
      if (ids.length === 0) throw notFound('artifact version', `${collection.registry}/${collection.name}`);
      return { codes: ids.slice(0, limit).map((id) => codeOf('version', id)), all: ids.length <= limit };
    }
    default:
      return assertNever(root, 'root');
  }
}

export function seenNode(edges: EdgeReader, node: LineageNodeId): Code {
  const code = codeOf(node.kind, node.id);
  if (edges.seen([code]).length === 0) throw notFound(node.kind === 'run' ? 'run' : 'artifact version', String(node.id));
  return code;
}

function seenNodes(edges: EdgeReader, nodes: readonly LineageNodeId[]): Code[] {
  const codes = [...new Set(nodes.map((node) => codeOf(node.kind, node.id)))];
  const seen = new Set(edges.seen(codes));
  const missing = nodes.find((node) => !seen.has(codeOf(node.kind, node.id)));
  if (missing !== undefined) throw notFound(missing.kind === 'run' ? 'run' : 'artifact version', String(missing.id));
  return codes;
}
