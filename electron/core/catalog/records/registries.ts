import type { ReasonRequired, RegistrySummary, Visibility } from '#shared/contract/entities.ts';
import { effectiveRole } from '#shared/domain/index.ts';
import { registryObject } from '../access.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { branded, inOrder, lifecycleOf, stringList, timestamp } from './shared.ts';

type Row = {
  readonly id: number; readonly name: string; readonly description: string; readonly visibility: Visibility; readonly coreType: string | null; readonly acceptedTypes: string | null;
  readonly glyph: string; readonly hue: number; readonly guarded: string; readonly reasonRequired: ReasonRequired; readonly lifecycle: string | null; readonly collectionCount: number; readonly linkCount: number; readonly starred: number;
  readonly createdAt: number; readonly updatedAt: number;
};

/** Those that the asker may see, in the order of the ids. */
export function registrySummaries(scope: QueryScope, ids: readonly number[]): RegistrySummary[] {
  const rows = scope.db.all<Row>(sql`
    SELECT r.id, r.name, r.description, r.visibility, r.core_type AS coreType, r.accepted_types AS acceptedTypes, r.glyph, r.hue, r.protected_aliases AS guarded, r.reason_required AS reasonRequired, r.lifecycle,
      r.collection_count AS collectionCount, r.link_count AS linkCount, r.created_at AS createdAt, r.updated_at AS updatedAt,
      EXISTS (SELECT 1 FROM stars s WHERE s.user_id = ${scope.actorId} AND s.kind = 'registry' AND s.object_id = r.id) AS starred
    FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN registries r ON r.id = j.value`);
  return inOrder(ids, new Map(rows.flatMap((row) => {
    const role = effectiveRole(scope.asker, registryObject(scope.db, row));
    return role === null ? [] : [[row.id, {
      id: branded(row.id), name: row.name, description: row.description, visibility: row.visibility, core: row.coreType !== null,
      acceptedTypes: row.acceptedTypes === null ? null : stringList(row.acceptedTypes), glyph: row.glyph, hue: row.hue, protectedAliases: stringList(row.guarded), reasonRequired: row.reasonRequired, lifecycle: lifecycleOf(row.lifecycle),
      collectionCount: row.collectionCount, linkCount: row.linkCount, role, starred: row.starred === 1, createdAt: timestamp(row.createdAt), updatedAt: timestamp(row.updatedAt),
    } satisfies RegistrySummary]];
  })));
}
