/** Undoing: the kept steps are run as acts of their own, and refused as a whole when one no longer fits. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import { formatVersion, latestAlias } from '#shared/domain/index.ts';
import { collectionRow, linkRow, artifactRow, registryRow, runRow, versionRow } from '../records/rows.ts';
import { gatesOf } from '../records/approvals.ts';
import { runSaid } from '../records/runs.ts';
import { branded, groupBy, jsonObject } from '../records/shared.ts';
import { trashDays } from '../records/trash.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { openUndo, type UndoStep } from '../undo.ts';
import { accountBack, memberBack, updateUser, userBack, userNow } from './accounts.ts';
import { applyAliasWishes } from './aliases.ts';
import { setGates } from './approvals.ts';
import { deleteArtifact, editArtifact } from './artifacts.ts';
import { allowedHosts, automationBack, setAllowedHosts } from './automations.ts';
import { editCollection, removeCollection } from './collections.ts';
import { layoutBack } from './layouts.ts';
import { forgetRunEdge, linkByHand, unlinkByHand } from './lineage.ts';
import { noteLink, unlink } from './links.ts';
import { editRegistry, removeRegistry, type RegistryEdit } from './registries.ts';
import { holdBack, ttlBack } from './retention.ts';
import { starBack } from './personal.ts';
import { runNow, updateRun } from './runs.ts';
import { remoteNow, setRemoteBack } from './remotes.ts';
import { removeRun } from './runStream.ts';
import { searchBack } from './savedSearches.ts';
import { stateBack } from './states.ts';
import { editTags, tagsOf } from './tags.ts';
import { restore, setRetention } from './trash.ts';
import { deleteVersion, editVersion, saidOf, type VersionEdit } from './versions.ts';
import { demand, projectObject, registryObject } from '../access.ts';

export function applyUndo(scope: CommandScope, input: CheckedInputOf<'undo.apply'>): OutputOf<'undo.apply'> {
  const undo = openUndo(scope.db, scope.actorId, input.id);
  if (undo === null) throw new VitrineError('nothing_to_undo', { details: { id: input.id } });
  // Undoing is not undone by the same key: what it would offer itself is not kept.
  const message = scope.message ?? `Undo: ${undo.label}`;
  const quiet: CommandScope = { ...scope, message, record: (event) => scope.record({ ...event, message }), inverse: () => undefined, offerUndo: () => undefined };
  for (const step of undo.steps) applyStep(quiet, step);
  scope.db.run(sql`UPDATE undo SET applied_at = ${scope.at} WHERE id = ${undo.id}`);
  return { label: undo.label };
}

function stale(explanation: string): VitrineError {
  return new VitrineError('undo_stale', { details: { explanation } });
}

/** What stays what it is: somebody else, or with a reason, could. */
const rights: ReadonlySet<string> = new Set(['permission_denied', 'alias_protected', 'approval_required', 'reason_required']);

/** Refusals that mean "things are no longer as the act left them". A missing right stays a missing right. */
function fitting(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (isVitrineError(error) && !rights.has(error.code)) throw stale(typeof error.details['explanation'] === 'string' ? error.details['explanation'] : 'Something has since changed what the act left.');
    throw error;
  }
}

/** One step of a way back. Throws `undo_stale` where things are no longer as the act left them. */
export function applyStep(scope: CommandScope, step: UndoStep): void {
  switch (step.step) {
    case 'aliases':
      fitting(() => applyAliasWishes(scope, step.holder, step.wishes));
      break;
    case 'unlink':
      unlinkMade(scope, step.linkIds);
      break;
    case 'restore':
      fitting(() => { for (const id of step.trashIds) restore(scope, id); });
      break;
    case 'delete':
      deleteMade(scope, step.kind, step.id);
      break;
    case 'tags':
      undoTags(scope, step);
      break;
    case 'edit':
      undoEdit(scope, step);
      break;
    case 'state':
      fitting(() => stateBack(scope, step));
      break;
    case 'hold':
      holdBack(scope, step);
      break;
    case 'ttl':
      ttlBack(scope, step);
      break;
    case 'search':
      fitting(() => { searchBack(scope, step); });
      break;
    case 'automation':
      fitting(() => { automationBack(scope, step); });
      break;
    case 'layout':
      fitting(() => { layoutBack(scope, step); });
      break;
    case 'member':
      fitting(() => { memberBack(scope, step); });
      break;
    case 'version':
      unlogMade(scope, step);
      break;
    case 'run':
      removeMadeRun(scope, step);
      break;
    case 'runEdge':
      takeRunEdge(scope, step);
      break;
    case 'imported':
      scope.db.run(sql`DELETE FROM imported WHERE origin = ${step.origin} AND key = ${step.key}`);
      break;
    case 'account':
      fitting(() => { accountBack(scope, step); });
      break;
    case 'return':
      fitting(() => { userBack(scope, step); });
      break;
    case 'star':
      fitting(() => { starBack(scope, step); });
      break;
    case 'lineageEdge':
      fitting(() => {
        if (step.act === 'draw') linkByHand(scope, step);
        else unlinkByHand(scope, step);
      });
      break;
  }
}

function unlinkMade(scope: CommandScope, linkIds: readonly number[]): void {
  const links = linkIds.map((id) => linkRow(scope.db, id));
  for (const link of links) {
    if (link.removed) throw stale('One of the links was taken out meanwhile.');
    const added = scope.db.value<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND target_id = ${link.id} AND alias <> ${latestAlias}`);
    if (added !== undefined) throw stale(`The alias “${added}” was put on one of the links meanwhile.`);
  }
  fitting(() => { for (const [collectionId, group] of groupBy(links, (link) => link.collectionId)) unlink(scope, collectionRow(scope.db, collectionId), group); });
}

/** To the trash, from where it still comes back. Nothing may have been built on it. */
function unlogMade(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'version' }>): void {
  const { db } = scope;
  const version = versionRow(db, step.id);
  const label = `${version.artifact}:${formatVersion(version.index)}`;
  if (version.state !== 'committed') throw stale(`${label} was deleted meanwhile.`);
  if (db.value(sql`SELECT 1 FROM versions WHERE id = ${version.id} AND link_count > 0`) !== undefined) throw stale(`${label} was linked meanwhile.`);
  const alias = db.value<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'artifact' AND target_id = ${version.id} AND alias <> ${latestAlias}`);
  if (alias !== undefined) throw stale(`The alias “${alias}” was put on ${label} meanwhile.`);
  if (db.value(sql`SELECT 1 FROM run_inputs i JOIN runs r ON r.id = i.run_id WHERE i.version_id = ${version.id} AND r.deleted_at IS NULL`) !== undefined) throw stale(`A run used ${label} meanwhile.`);
  if (db.value(sql`SELECT 1 FROM manual_edges WHERE from_kind = 'version' AND from_id = ${version.id}`) !== undefined) throw stale(`Lineage was drawn from ${label} meanwhile.`);
  if (saidOf(db, version.id) !== step.said) throw stale(`${label} was edited meanwhile.`);
  const alone = step.made !== null && db.value<number>(sql`SELECT version_count FROM artifacts WHERE id = ${step.made} AND deleted_at IS NULL`) === 1;
  fitting(() => {
    if (alone) deleteArtifact(scope, { id: branded<never>(version.artifactId) });
    else deleteVersion(scope, version, new Set([latestAlias]));
  });
}

/** To the trash, with what it streamed. Nothing may have come to it since. */
function removeMadeRun(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'run' }>): void {
  const { db } = scope;
  if (db.value(sql`SELECT 1 FROM runs WHERE id = ${step.id} AND deleted_at IS NULL`) === undefined) throw stale('One of the runs was deleted meanwhile.');
  const run = runRow(db, step.id);
  demand(scope.asker, 'source.delete', projectObject(db, run.projectId));
  if (runSaid(db, run.id) !== step.said) throw stale(`The run ${run.displayName} went on, or was edited, meanwhile.`);
  removeRun(scope, run);
}

function takeRunEdge(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'runEdge' }>): void {
  const { db } = scope;
  const version = versionRow(db, step.versionId);
  demand(scope.asker, 'lineage.edit', projectObject(db, version.projectId));
  if (db.value(sql`SELECT 1 FROM runs WHERE id = ${step.runId} AND deleted_at IS NULL`) === undefined) throw stale('One of the runs was deleted meanwhile.');
  forgetRunEdge(scope, step);
}

function deleteMade(scope: CommandScope, kind: 'registry' | 'collection', id: number): void {
  const { db } = scope;
  if (kind === 'collection') {
    const collection = collectionRow(db, id);
    if (collection.deleted) throw stale('The collection was deleted meanwhile.');
    if (collection.linkCount > 0) throw stale('Versions were linked into the collection meanwhile.');
    demand(scope.asker, 'collection.delete', registryObject(db, registryRow(db, collection.registryId)));
    fitting(() => { removeCollection(scope, collection); });
    return;
  }
  const collections = db.value<number>(sql`SELECT collection_count FROM registries WHERE id = ${id} AND deleted_at IS NULL`);
  if (collections === undefined) throw stale('The registry was deleted meanwhile.');
  if (collections > 0) throw stale('Collections were made in the registry meanwhile.');
  fitting(() => { removeRegistry(scope, id); });
}

function undoTags(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'tags' }>): void {
  const now = new Set(tagsOf(scope.db, step.target));
  if (step.remove.some((tag) => !now.has(tag)) || step.add.some((tag) => now.has(tag))) throw stale('The tags were changed meanwhile.');
  const target = { kind: step.target.kind, id: branded<never>(step.target.id) };
  fitting(() => { editTags(scope, { target, add: [...step.add], remove: [...step.remove] }); });
}

function undoEdit(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'edit' }>): void {
  const now = currentValues(scope, step);
  for (const [key, expected] of Object.entries(step.expected)) {
    if (JSON.stringify(now[key]) !== JSON.stringify(expected)) throw stale(`“${key}” was changed meanwhile.`);
  }
  fitting(() => {
    switch (step.kind) {
      case 'registry':
        editRegistry(scope, step.id, step.set as RegistryEdit);
        break;
      case 'collection': {
        const collection = collectionRow(scope.db, step.id);
        editCollection(scope, collection, { name: collection.name, description: collection.description, ...step.set });
        break;
      }
      case 'artifact':
        editArtifact(scope, step.id, step.set);
        break;
      case 'version':
        editVersion(scope, step.id, step.set as VersionEdit);
        break;
      case 'link':
        noteLink(scope, { id: branded<never>(step.id), note: String(step.set['note']) });
        break;
      case 'run':
        updateRun(scope, { id: branded<never>(step.id), ...step.set });
        break;
      case 'user':
        updateUser(scope, { id: branded<never>(step.id), ...step.set });
        break;
      case 'remote':
        setRemoteBack(scope, step.id, step.set);
        break;
      case 'gates':
        setGates(scope, { registryId: branded<never>(step.id), gates: step.set['gates'] as CheckedInputOf<'gates.set'>['gates'] });
        break;
      case 'retention':
        setRetention(scope, { trashDays: Number(step.set['trashDays']), simulate: false });
        break;
      case 'allowed hosts':
        setAllowedHosts(scope, { hosts: step.set['hosts'] as string[] });
        break;
    }
  });
}

function currentValues(scope: CommandScope, step: Extract<UndoStep, { readonly step: 'edit' }>): Readonly<Record<string, unknown>> {
  const { db } = scope;
  switch (step.kind) {
    case 'registry': {
      const row = registryRow(db, step.id);
      if (row.deleted) throw stale('The registry was deleted meanwhile.');
      return { ...row, acceptedTypes: row.acceptedTypes === 'all' ? null : row.acceptedTypes };
    }
    case 'collection': {
      const row = collectionRow(db, step.id);
      if (row.deleted) throw stale('The collection was deleted meanwhile.');
      demand(scope.asker, 'card.edit', registryObject(db, registryRow(db, row.registryId)));
      return row;
    }
    case 'artifact':
      return artifactRow(db, step.id);
    case 'version': {
      const row = db.get<{ description: string; metadata: string; ttlDays: number | null }>(sql`SELECT description, metadata, ttl_days AS ttlDays FROM versions WHERE id = ${step.id}`);
      return row === undefined ? {} : { ...row, metadata: jsonObject(row.metadata) };
    }
    case 'link':
      return linkRow(db, step.id);
    case 'run':
      return runNow(scope, step.id);
    case 'user':
      return userNow(scope, step.id);
    case 'remote':
      return remoteNow(scope, step.id);
    case 'gates':
      return { gates: gatesOf(db, step.id) };
    case 'retention':
      return { trashDays: trashDays(db) };
    case 'allowed hosts':
      return { hosts: allowedHosts(db) };
  }
}
