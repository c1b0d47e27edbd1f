/** What stands here and not at a remote: what goes there once changes made here do. */
import { latestAlias, stageOfState } from '#shared/domain/index.ts';
import type { ReadableDb } from '../connection.ts';
import { tagsOf } from '../commands/tags.ts';
import { followsCollection, type RemoteRow, type SeenModel, type SeenVersion } from '../records/remotes.ts';
import { registryRow } from '../records/rows.ts';
import { listOf, sql } from '../sql.ts';

/** MLflow's registry has models only; W&B's has artifacts of any type. */
export const takesType = (remote: RemoteRow, type: string): boolean => remote.kind === 'wandb' || type === 'model';

/** Everything that follows a remote and that it does not have, in the order in which it can be sent: collections, links, aliases, and registries that are to be made there; of some registries, what stands in them. */
export function seedTouches(db: ReadableDb, remote: RemoteRow, registryIds?: readonly number[]): readonly { readonly touch: string; readonly label: string }[] {
  const touches: { touch: string; label: string }[] = [];
  const collections = db.all<{ id: number; name: string; description: string; registry: string; registryId: number; type: string; seen: string | null }>(sql`
    SELECT c.id, c.name, c.description, r.name AS registry, c.registry_id AS registryId, c.type, (SELECT k.seen FROM remote_models k WHERE k.remote_id = ${remote.id} AND k.collection_id = c.id AND k.gone_at IS NULL) AS seen FROM collections c JOIN registries r ON r.id = c.registry_id
    WHERE c.registry_id IN ${listOf(registryIds ?? remote.places.map((place) => place.registryId))} AND c.deleted_at IS NULL ORDER BY c.id`);
  for (const collection of collections.filter(({ id, type }) => followsCollection(remote, id) && takesType(remote, type))) {
    const lifecycle = remote.settings.fields.states && remote.kind === 'mlflow' ? registryRow(db, collection.registryId).lifecycle : null;
    const label = `${collection.registry}/${collection.name}`;
    if (collection.seen === null) touches.push({ touch: `collection ${collection.id}`, label });
    else {
      // What says nothing there and something here goes there; where both say something the next reading compares.
      const seen = JSON.parse(collection.seen) as SeenModel;
      if (seen.description === '' && collection.description !== '') touches.push({ touch: `description ${collection.id}`, label });
      for (const tag of tagsOf(db, { kind: 'collection', id: collection.id })) if (seen.tags[tag] === undefined) touches.push({ touch: `tag ${collection.id} ${tag}`, label });
    }
    for (const link of db.all<{ id: number; index: number }>(sql`
      SELECT l.id, l.idx AS "index" FROM links l WHERE l.collection_id = ${collection.id} AND l.removed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM remote_versions v WHERE v.remote_id = ${remote.id} AND v.link_id = l.id AND v.gone_at IS NULL) ORDER BY l.idx`)) touches.push({ touch: `link ${link.id}`, label: `${label}:v${link.index}` });
    if (lifecycle !== null) {
      for (const link of db.all<{ id: number; index: number; state: string; seen: string | null }>(sql`
        SELECT l.id, l.idx AS "index", l.state, v.seen FROM links l LEFT JOIN remote_versions v ON v.remote_id = ${remote.id} AND v.link_id = l.id AND v.gone_at IS NULL
        WHERE l.collection_id = ${collection.id} AND l.removed_at IS NULL ORDER BY l.idx`)) {
        const there = link.seen === null ? 'None' : (JSON.parse(link.seen) as SeenVersion).state;
        // What was never compared is at the next reading.
        if (there !== undefined && there !== stageOfState(lifecycle, link.state)) touches.push({ touch: `state ${link.id}`, label: `${label}:v${link.index}` });
      }
    }
    const aliases = collection.seen === null ? {} : (JSON.parse(collection.seen) as SeenModel).aliases;
    for (const row of db.all<{ alias: string; token: string | null }>(sql`
      SELECT a.alias, v.version AS token FROM aliases a LEFT JOIN remote_versions v ON v.remote_id = ${remote.id} AND v.link_id = a.target_id AND v.gone_at IS NULL
      WHERE a.holder_kind = 'collection' AND a.holder_id = ${collection.id} AND a.alias <> ${latestAlias} ORDER BY a.alias`)) {
      if (row.token === null || aliases[row.alias] !== row.token) touches.push({ touch: `alias ${collection.id} ${row.alias}`, label });
    }
  }
  if (registryIds === undefined) for (const { id, name } of registriesToMake(db, remote)) touches.push({ touch: `registry ${id}`, label: name });
  return touches;
}

/** Where all of an organization follows: registries that people made here, and those that come with a catalog once something stands in them. */
function registriesToMake(db: ReadableDb, remote: RemoteRow): readonly { readonly id: number; readonly name: string }[] {
  if (remote.kind !== 'wandb' || remote.settings.follow.kind !== 'organization' || !remote.settings.fields.registries) return [];
  return db.all<{ id: number; name: string }>(sql`
    SELECT r.id, r.name FROM registries r WHERE r.deleted_at IS NULL AND (r.core_type IS NULL OR r.collection_count > 0)
      AND NOT EXISTS (SELECT 1 FROM remotes m WHERE m.registry_id = r.id AND m.removed_at IS NULL) AND NOT EXISTS (SELECT 1 FROM remote_registries p JOIN remotes m ON m.id = p.remote_id AND m.removed_at IS NULL WHERE p.registry_id = r.id)
    ORDER BY r.id`);
}
