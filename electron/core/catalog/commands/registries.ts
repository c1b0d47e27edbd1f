/** Registries: made, set up, deleted. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import {
  blockersOfTypes, blockersOfVisibility, checkAlias, checkArtifactType, checkCardRule, checkRegistryName, coreTypeNamed, formatVersion, nameKey, refuse, setAcceptedTypes, type AcceptedTypes, type CardRule, type Lifecycle, type ReasonRule, type RegistrySettings, type Visibility,
} from '#shared/domain/index.ts';
import { demand, notFound, organizationObject, registryObject } from '../access.ts';
import { forgetName, indexName } from '../records/names.ts';
import { registrySummaries } from '../records/registries.ts';
import { collectionRow, registryRow, type RegistryRow } from '../records/rows.ts';
import { registrySubject } from '../records/subjects.ts';
import { accepted, refuseFor } from '../refusals.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { markLinkedVersions, refuseGuarded, takeAliases, takeCollection } from './collections.ts';
import { redirect } from './redirects.ts';
import { changeLifecycle } from './states.ts';
import { toTrash } from './trash.ts';

const glyphs = ['box', 'layers', 'cpu', 'flask', 'rocket', 'compass', 'gem', 'shield'] as const;

export function createRegistry(scope: CommandScope, input: CheckedInputOf<'registries.create'>): OutputOf<'registries.create'> {
  const { db, at } = scope;
  const organization = organizationObject(db);
  demand(scope.asker, 'registry.create', organization);
  const name = accepted(checkRegistryName(input.name));
  refuseTakenName(scope, name);
  const acceptedTypes = input.acceptedTypes === null ? null : [...new Set(input.acceptedTypes.map((type) => accepted(checkArtifactType(type))))];
  const count = db.value<number>(sql`SELECT count(*) FROM registries`) ?? 0;
  const glyph = input.glyph ?? glyphs[count % glyphs.length] ?? 'box';
  const hue = input.hue ?? (count * 5) % 12;
  const { id } = db.run(sql`
    INSERT INTO registries (organization_id, name, name_key, visibility, accepted_types, glyph, hue, created_by, created_at, updated_at, description)
    VALUES (${Number(organization.id)}, ${name}, ${nameKey(name)}, ${input.visibility}, ${acceptedTypes === null ? null : JSON.stringify(acceptedTypes)}, ${glyph}, ${hue}, ${scope.actorId}, ${at}, ${at}, ${input.description})`);
  // Who makes it must be able to run it, whatever they are in the organization.
  db.run(sql`
    INSERT INTO registry_members (registry_id, holder_kind, holder_id, role) VALUES (${id}, ${scope.asker.kind}, ${scope.actorId}, 'admin')`);
  db.run(sql`DELETE FROM redirects WHERE kind = 'registry' AND scope_id = ${Number(organization.id)} AND name_key = ${nameKey(name)}`);
  indexName(db, 'registry', id, name);
  scope.record({ kind: 'registry.created', subject: registrySubject({ id, name }), before: null, after: { name, visibility: input.visibility, acceptedTypes } });
  scope.changed('registry', id);
  scope.inverse({ step: 'delete', kind: 'registry', id });
  scope.offerUndo(`Create registry “${name}”`);
  return summaryOf(scope, id);
}

export type RegistryEdit = {
  readonly name?: string | undefined; readonly description?: string | undefined; readonly visibility?: Visibility | undefined; readonly acceptedTypes?: readonly string[] | null | undefined;
  readonly protectedAliases?: readonly string[] | undefined; readonly reasonRequired?: ReasonRule | undefined; readonly lifecycle?: Lifecycle | null | undefined;
  /** Old state → new state, with a lifecycle. */
  readonly renamed?: Readonly<Record<string, string>> | undefined; /** By type. */ readonly cardRules?: Readonly<Record<string, CardRule>> | undefined; readonly glyph?: string | undefined; readonly hue?: number | undefined;
};

/** Takes down what a setting was and what it is. */
export type NoteEdit = (key: keyof RegistryEdit, was: unknown, is: unknown) => void;

export function updateRegistry(scope: CommandScope, input: CheckedInputOf<'registries.update'>): OutputOf<'registries.update'> {
  const { id, ...edit } = input;
  editRegistry(scope, id, edit);
  return summaryOf(scope, id);
}

/** Each setting asks for its own right; one refusal refuses all. */
export function editRegistry(scope: CommandScope, id: number, edit: RegistryEdit): void {
  const { db, at } = scope;
  const registry = registryRow(db, id);
  const access = registryObject(db, registry);
  demand(scope.asker, 'registry.see', access);
  if (registry.deleted) throw notFound('registry', registry.name);
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const note: NoteEdit = (key, was, is) => {
    before[key] = was;
    after[key] = is;
  };

  if (edit.name !== undefined && edit.name !== registry.name) {
    demand(scope.asker, 'registry.rename', access);
    if (registry.coreType !== null) accepted(refuse({ rule: 'core-registry', subject: 'registry', registry: registry.name }));
    const name = accepted(checkRegistryName(edit.name));
    if (nameKey(name) !== nameKey(registry.name)) {
      refuseTakenName(scope, name);
      redirect(scope, 'registry', registry.organizationId, registry.name, name, id);
    }
    db.run(sql`UPDATE registries SET name = ${name}, name_key = ${nameKey(name)} WHERE id = ${id}`);
    indexName(db, 'registry', id, name);
    note('name', registry.name, name);
  }
  if (edit.description !== undefined && edit.description !== registry.description) {
    demand(scope.asker, 'card.edit', access);
    db.run(sql`UPDATE registries SET description = ${edit.description} WHERE id = ${id}`);
    note('description', registry.description, edit.description);
  }
  if (edit.glyph !== undefined && edit.glyph !== registry.glyph) {
    demand(scope.asker, 'registry.rename', access);
    db.run(sql`UPDATE registries SET glyph = ${edit.glyph} WHERE id = ${id}`);
    note('glyph', registry.glyph, edit.glyph);
  }
  if (edit.hue !== undefined && edit.hue !== registry.hue) {
    demand(scope.asker, 'registry.rename', access);
    db.run(sql`UPDATE registries SET hue = ${edit.hue} WHERE id = ${id}`);
    note('hue', registry.hue, edit.hue);
  }
  if (edit.acceptedTypes !== undefined) changeTypes(scope, registry, edit.acceptedTypes, note);
  if (edit.visibility !== undefined && edit.visibility !== registry.visibility) {
    demand(scope.asker, 'registry.setVisibility', access);
    refuseFor(blockersOfVisibility(settingsOf(scope, registry), edit.visibility, { admins: adminsOf(scope, id), restrictedSources: restrictedSourcesOf(scope, id) }));
    db.run(sql`UPDATE registries SET visibility = ${edit.visibility} WHERE id = ${id}`);
    // The word index holds what the whole organization may see.
    for (const collectionId of db.column<number>(sql`SELECT id FROM collections WHERE registry_id = ${id} AND deleted_at IS NULL`)) markLinkedVersions(scope, collectionId);
    note('visibility', registry.visibility, edit.visibility);
  }
  if (edit.protectedAliases !== undefined) {
    const protectedAliases = [...new Set(edit.protectedAliases.map((alias) => accepted(checkAlias(alias))))].sort();
    if (JSON.stringify(protectedAliases) !== JSON.stringify(registry.protectedAliases)) {
      demand(scope.asker, 'registry.manageProtectedAliases', access);
      db.run(sql`UPDATE registries SET protected_aliases = ${JSON.stringify(protectedAliases)} WHERE id = ${id}`);
      note('protectedAliases', registry.protectedAliases, protectedAliases);
    }
  }
  if (edit.reasonRequired !== undefined && edit.reasonRequired !== registry.reasonRequired) {
    demand(scope.asker, 'registry.setReasons', access);
    db.run(sql`UPDATE registries SET reason_required = ${edit.reasonRequired} WHERE id = ${id}`);
    note('reasonRequired', registry.reasonRequired, edit.reasonRequired);
  }
  if (edit.lifecycle !== undefined) changeLifecycle(scope, registry, edit.lifecycle, edit.renamed ?? {}, note);
  if (edit.cardRules !== undefined && JSON.stringify(edit.cardRules) !== JSON.stringify(registry.cardRules)) {
    demand(scope.asker, 'registry.setCardRules', access);
    const cardRules = Object.fromEntries(Object.entries(edit.cardRules).map(([type, rule]) => [type, accepted(checkCardRule(rule))]));
    db.run(sql`UPDATE registries SET card_rules = ${JSON.stringify(cardRules)} WHERE id = ${id}`);
    note('cardRules', registry.cardRules, cardRules);
  }
  if (Object.keys(after).length === 0) return;
  db.run(sql`UPDATE registries SET updated_at = ${at} WHERE id = ${id}`);
  const name = registryRow(db, id).name;
  scope.record({ kind: 'registry.updated', subject: registrySubject({ id, name }), before, after });
  scope.changed('registry', id);
  if ('name' in after || 'protectedAliases' in after) for (const collectionId of db.column<number>(sql`SELECT id FROM collections WHERE registry_id = ${id} AND deleted_at IS NULL`)) scope.changed('collection', collectionId);
  // Which states were renamed belongs to the way back; it is no value that the registry has.
  const { renamed: _, ...expected } = after;
  scope.inverse({ step: 'edit', kind: 'registry', id, set: before, expected });
  scope.offerUndo(`Change registry “${name}”`);
}

function changeTypes(scope: CommandScope, registry: RegistryRow, wanted: readonly string[] | null, note: NoteEdit): void {
  const next: AcceptedTypes = wanted === null ? 'all' : [...new Set(wanted.map((type) => accepted(checkArtifactType(type))))].sort();
  const now: AcceptedTypes = registry.acceptedTypes === 'all' ? 'all' : registry.acceptedTypes.toSorted();
  if (JSON.stringify(next) === JSON.stringify(now)) return;
  demand(scope.asker, 'registry.setTypes', registryObject(scope.db, registry));
  const settings = settingsOf(scope, registry);
  refuseFor(blockersOfTypes(settings, next));
  const set = accepted(setAcceptedTypes(settings, next));
  const kept = set === 'all' ? null : set;
  scope.db.run(sql`UPDATE registries SET accepted_types = ${kept === null ? null : JSON.stringify(kept)} WHERE id = ${registry.id}`);
  note('acceptedTypes', registry.acceptedTypes === 'all' ? null : registry.acceptedTypes, kept);
}

export function settingsOf(scope: QueryScope, registry: RegistryRow): RegistrySettings {
  // What is in the trash counts: restoring it must stay possible.
  const collections = scope.db.all<{ name: string; type: string }>(sql`
    SELECT c.name, c.type FROM collections c LEFT JOIN trash t ON t.id = c.trash_id
    WHERE c.registry_id = ${registry.id} AND (c.deleted_at IS NULL OR (t.restored_at IS NULL AND t.purged_at IS NULL))`);
  return { name: registry.name, coreType: registry.coreType, visibility: registry.visibility, acceptedTypes: registry.acceptedTypes, collections };
}

export function adminsOf(scope: QueryScope, registryId: number): number {
  const named = scope.db.value<number>(sql`SELECT count(*) FROM registry_members WHERE registry_id = ${registryId} AND role = 'admin'`) ?? 0;
  const everywhere = scope.db.value<number>(sql`SELECT count(*) FROM organization_members WHERE role = 'admin'`) ?? 0;
  return named + everywhere;
}

/** Linked versions whose project some people of the organization can't see: their team doesn't have everybody. */
export function restrictedSourcesOf(scope: QueryScope, registryId: number): readonly string[] {
  return scope.db.all<{ project: string; artifact: string; index: number }>(sql`
    SELECT DISTINCT p.name AS project, a.name AS artifact, v.idx AS "index" FROM collections c JOIN links l ON l.collection_id = c.id AND l.removed_at IS NULL JOIN versions v ON v.id = l.version_id
    JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = v.project_id
    WHERE c.registry_id = ${registryId} AND c.deleted_at IS NULL
      AND EXISTS (SELECT 1 FROM organization_members m WHERE m.role <> 'admin' AND NOT EXISTS (SELECT 1 FROM team_members tm WHERE tm.team_id = p.team_id AND tm.user_id = m.user_id))
    LIMIT 50`).map((row) => `${row.project}/${row.artifact}:${formatVersion(row.index)}`);
}

export function deleteRegistry(scope: CommandScope, input: CheckedInputOf<'registries.delete'>): OutputOf<'registries.delete'> {
  const removed = removeRegistry(scope, input.id);
  scope.inverse({ step: 'restore', trashIds: [removed.trashId] });
  scope.offerUndo(`Delete registry “${removed.name}”`);
  return { collections: removed.collections, links: removed.links };
}

export function removeRegistry(scope: CommandScope, id: number): { readonly trashId: number; readonly name: string; readonly collections: number; readonly links: number } {
  const { db, at } = scope;
  const registry = registryRow(db, id);
  demand(scope.asker, 'registry.delete', registryObject(db, registry));
  if (registry.deleted) throw notFound('registry', registry.name);
  if (registry.coreType !== null) accepted(refuse({ rule: 'core-registry', subject: 'registry', registry: registry.name }));
  const collections = db.column<number>(sql`SELECT id FROM collections WHERE registry_id = ${id} AND deleted_at IS NULL`).map((collectionId) => collectionRow(db, collectionId));
  for (const collection of collections) refuseGuarded(scope, collection);
  const links = collections.reduce((sum, collection) => sum + collection.linkCount, 0);
  const subject = registrySubject(registry);
  const trashId = toTrash(scope, { kind: 'registry', id, registryId: id, label: subject.label, address: subject.address, payload: { aliases: collections.flatMap((collection) => takeAliases(scope, collection.id)) } });
  for (const collection of collections) takeCollection(scope, collection, trashId);
  db.run(sql`UPDATE registries SET deleted_at = ${at}, trash_id = ${trashId}, collection_count = 0, link_count = 0 WHERE id = ${id}`);
  forgetName(db, 'registry', id);
  scope.record({ kind: 'registry.deleted', subject, before: { name: registry.name, collections: collections.length, links }, after: null });
  scope.changed('registry', id);
  return { trashId, name: registry.name, collections: collections.length, links };
}

function refuseTakenName(scope: CommandScope, name: string): void {
  // Addresses reach a core registry under W&B's name for it too.
  const taken = scope.db.value(sql`SELECT 1 FROM registries WHERE (name_key = ${nameKey(name)} OR core_type = ${coreTypeNamed(name)}) AND deleted_at IS NULL`);
  if (taken !== undefined) throw new VitrineError('already_exists', { details: { kind: 'registry', label: name } });
}

function summaryOf(scope: CommandScope, id: number): OutputOf<'registries.get'> {
  const [summary] = registrySummaries(scope, [id]);
  if (summary === undefined) throw notFound('registry', String(id));
  return summary;
}
