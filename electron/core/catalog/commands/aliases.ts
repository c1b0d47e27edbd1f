/** Aliases put, moved and taken away, on either side. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { aliasGuard, changeAliases, decide, explainDecision, noProtectedAliases, rightsOn, type AliasRights, type AliasWish } from '#shared/domain/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import type { AliasHolder } from '#shared/contract/operations/links.ts';
import type { z } from 'zod';
import { demand, notFound, projectObject, registryObject } from '../access.ts';
import { collectionRow, linkRow, registryRow, versionRow, artifactRow } from '../records/rows.ts';
import { branded, chips } from '../records/shared.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { aliasState, artifactSlice, collectionSlice, describeMoves, inverseWishes, writeMoves, type Holder } from './holders.ts';
import { acceptedMoves, demandReason } from './moves.ts';

type Moves = OutputOf<'aliases.set'>['moves'];

export function setAliases(scope: CommandScope, input: CheckedInputOf<'aliases.set'>): OutputOf<'aliases.set'> {
  const { holder, rights, index, targetId } = openAliasTarget(scope, input.target);
  const expected = new Map(Object.entries(input.expected ?? {}));
  const moves = wish(scope, holder, rights, input.aliases.map((alias) => ({ alias, to: index, expected: expected.get(alias) })), [targetId]);
  return { moves, aliases: aliasesNow(scope, holder, rights, targetId) };
}

export function removeAliases(scope: CommandScope, input: CheckedInputOf<'aliases.remove'>): OutputOf<'aliases.remove'> {
  const { holder, rights, index, targetId } = openAliasTarget(scope, input.target);
  const standing = new Set(scope.db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = ${holder.kind} AND target_id = ${targetId}`));
  const expected = new Map(Object.entries(input.expected ?? {}));
  // One that stands elsewhere is not this one's to lose: whoever asked saw an older state. Where they say which, they are told.
  const meant = input.aliases.filter((alias) => standing.has(alias) || expected.has(alias));
  const moves = wish(scope, holder, rights, meant.map((alias) => ({ alias, to: null, expected: expected.get(alias) ?? index })), []);
  return { moves, aliases: aliasesNow(scope, holder, rights, targetId) };
}

type OpenedTarget = { readonly holder: Holder; readonly rights: AliasRights; readonly index: number; readonly targetId: number };

/** To change aliases there, or only to see what changing them would do. */
export function openAliasTarget(scope: QueryScope, target: CheckedInputOf<'aliases.set'>['target'], purpose: 'change' | 'see' = 'change'): OpenedTarget {
  const { db } = scope;
  if (target.kind === 'link') {
    const link = linkRow(db, target.id);
    const opened = openHolder(scope, { kind: 'collection', id: branded(link.collectionId) }, { kind: 'link', label: String(target.id) }, purpose);
    if (link.removed) throw notFound('link', String(target.id));
    return { ...opened, index: link.index, targetId: link.id };
  }
  const version = versionRow(db, target.id);
  const opened = openHolder(scope, { kind: 'artifact', id: branded(version.artifactId) }, { kind: 'artifact version', label: String(target.id) }, purpose);
  if (version.state === 'deleted') throw notFound('artifact version', String(target.id));
  if (version.state === 'pending') throw new VitrineError('version_unavailable', { details: { state: 'pending' } });
  return { ...opened, index: version.index, targetId: version.id };
}

function openHolder(scope: QueryScope, holder: z.infer<typeof AliasHolder>, asked?: { readonly kind: string; readonly label: string }, purpose: 'change' | 'see' = 'change'): { readonly holder: Holder; readonly rights: AliasRights } {
  const { db } = scope;
  if (holder.kind === 'collection') {
    const collection = collectionRow(db, holder.id);
    const registry = registryRow(db, collection.registryId);
    const registryAccess = registryObject(db, registry);
    demand(scope.asker, purpose === 'see' ? 'registry.see' : 'alias.change', registryAccess, asked);
    if (collection.deleted) throw notFound('collection', `${collection.registry}/${collection.name}`);
    return { holder: { kind: 'collection', collection }, rights: rightsOn(scope.asker, registryAccess, aliasGuard(registry.protectedAliases)) };
  }
  const artifact = artifactRow(db, holder.id);
  demand(scope.asker, purpose === 'see' ? 'project.see' : 'source.edit', projectObject(db, artifact.projectId), asked);
  if (artifact.deleted) throw notFound('artifact', artifact.name);
  return {
    holder: { kind: 'artifact', artifact: { artifactId: artifact.id, entity: artifact.entity, project: artifact.project, artifact: artifact.name, projectId: artifact.projectId } },
    rights: noProtectedAliases,
  };
}

/** Why the asker may not change aliases there; null where they may. */
export function mayChangeAliases(scope: QueryScope, holder: Holder): string | null {
  const { db, asker } = scope;
  const decision = holder.kind === 'collection'
    ? decide(asker, 'alias.change', registryObject(db, registryRow(db, holder.collection.registryId)))
    : decide(asker, 'source.edit', projectObject(db, holder.artifact.projectId));
  return decision.allowed ? null : explainDecision(decision);
}

/**
 * Puts an alias whose approval was just granted, for whoever granted it: the gate stands in for the right. False when the alias no longer
 * stands where it did when the approval was asked for.
 */
export function putApproved(scope: CommandScope, linkId: number, alias: string, from: number | null): boolean {
  const { db } = scope;
  const link = linkRow(db, linkId);
  const collection = collectionRow(db, link.collectionId);
  const now = db.value<number>(sql`SELECT l.idx FROM aliases a JOIN links l ON l.id = a.target_id WHERE a.holder_kind = 'collection' AND a.holder_id = ${collection.id} AND a.alias = ${alias}`) ?? null;
  if (now !== from) return false;
  const registry = registryRow(db, collection.registryId);
  wish(scope, { kind: 'collection', collection }, { protectedAliases: aliasGuard(registry.protectedAliases), mayMoveProtected: true }, [{ alias, to: link.index, expected: from }], [linkId]);
  return true;
}

/** Asks the rules, writes what they answer. `targetIds` are the links or versions that aliases are to be put on. */
function wish(scope: CommandScope, holder: Holder, rights: AliasRights, wishes: readonly AliasWish[], targetIds: readonly number[]): Moves {
  const { db, at } = scope;
  const names = wishes.map((one) => one.alias.normalize('NFC'));
  const part = holder.kind === 'collection'
    ? collectionSlice(db, holder.collection.id, { aliases: names, targetIds })
    : artifactSlice(db, holder.artifact.artifactId, { aliases: names, targetIds });
  const verdict = changeAliases(aliasState(part), rights, wishes);
  const change = acceptedMoves(db, holder, verdict);
  if (change.moves.length > 0) {
    if (holder.kind === 'collection') demandReason(scope, registryRow(db, holder.collection.registryId), change.moves);
    writeMoves(scope, holder, change.moves, part.targets, null);
    if (holder.kind === 'collection') {
      db.run(sql`UPDATE collections SET updated_at = ${at} WHERE id = ${holder.collection.id}`);
      scope.inverse({ step: 'aliases', holder: { kind: 'collection', id: branded(holder.collection.id) }, wishes: inverseWishes(change.moves) });
    } else {
      db.run(sql`UPDATE artifacts SET updated_at = ${at} WHERE id = ${holder.artifact.artifactId}`);
      scope.inverse({ step: 'aliases', holder: { kind: 'artifact', id: branded(holder.artifact.artifactId) }, wishes: inverseWishes(change.moves) });
    }
    scope.offerUndo(describeMoves(change.moves));
  }
  return change.moves.map((move) => ({ ...move }));
}

function idsByIndex(scope: CommandScope, holder: Holder, numbers: readonly number[]): number[] {
  const list = JSON.stringify([...new Set(numbers)]);
  return holder.kind === 'collection'
    ? scope.db.column<number>(sql`SELECT l.id FROM json_each(${list}) j CROSS JOIN links l ON l.collection_id = ${holder.collection.id} AND l.idx = j.value`)
    : scope.db.column<number>(sql`SELECT v.id FROM json_each(${list}) j CROSS JOIN versions v ON v.artifact_id = ${holder.artifact.artifactId} AND v.idx = j.value`);
}

/** For an undo: wishes on a holder, each with where the alias must stand for it to fit. */
export function applyAliasWishes(scope: CommandScope, holder: z.infer<typeof AliasHolder>, wishes: readonly AliasWish[]): void {
  const opened = openHolder(scope, holder);
  wish(scope, opened.holder, opened.rights, wishes, idsByIndex(scope, opened.holder, wishes.flatMap((one) => (one.to === null ? [] : [one.to]))));
}

function aliasesNow(scope: CommandScope, holder: Holder, rights: AliasRights, targetId: number): OutputOf<'aliases.set'>['aliases'] {
  return chips(scope.db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = ${holder.kind} AND target_id = ${targetId}`), rights.protectedAliases);
}
