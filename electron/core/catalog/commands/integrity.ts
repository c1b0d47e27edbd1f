/** Bytes that are no longer what their digest says: told to every version that needs them. */
import { artifactRow, versionRow } from '../records/rows.ts';
import { versionSubject } from '../records/subjects.ts';
import type { CommandScope } from '../scope.ts';
import { numbersAbout } from '../eventObjects.ts';
import { sql } from '../sql.ts';

/** A damage that hits more versions than this is told for so many of them. */
const toldVersions = 100;

/** Once per version and content: whoever verifies every night does not hear of it every morning. */
export function noteDamage(scope: CommandScope, input: { readonly damaged: readonly { readonly sha256: string; readonly reason: string }[] }): { readonly told: number } {
  const { db } = scope;
  let told = 0;
  for (const { sha256, reason } of input.damaged) {
    const needing = db.all<{ versionId: number; path: string }>(sql`
      SELECT v.id AS versionId, min(e.path) AS path FROM manifest_entries e JOIN versions v ON v.manifest_id = e.manifest_id WHERE e.sha256 = ${Buffer.from(sha256, 'hex')} GROUP BY v.id ORDER BY v.id LIMIT ${toldVersions}`);
    for (const { versionId, path } of needing) {
      const before = db.column<string>(sql`SELECT e.after FROM ${numbersAbout(db, { kind: 'version', id: versionId })} n CROSS JOIN events e ON e.id = n.id WHERE e.kind = 'integrity.failed'`);
      if (before.some((after) => (JSON.parse(after) as { readonly sha256?: string }).sha256 === sha256)) continue;
      const version = versionRow(db, versionId);
      const artifact = artifactRow(db, version.artifactId);
      const linked = db.all<{ linkId: number; collectionId: number; registryId: number }>(sql`
        SELECT l.id AS linkId, l.collection_id AS collectionId, c.registry_id AS registryId FROM links l JOIN collections c ON c.id = l.collection_id WHERE l.version_id = ${versionId} AND l.removed_at IS NULL ORDER BY l.id LIMIT ${toldVersions}`);
      scope.record({
        kind: 'integrity.failed', subject: versionSubject(artifact, version), before: null, after: { sha256, path, reason },
        about: [{ kind: 'artifact', id: artifact.id }, { kind: 'project', id: artifact.projectId }, ...linked.flatMap(({ collectionId, registryId }) => [{ kind: 'collection' as const, id: collectionId }, { kind: 'registry' as const, id: registryId }])],
      });
      told += 1;
    }
  }
  return { told };
}
