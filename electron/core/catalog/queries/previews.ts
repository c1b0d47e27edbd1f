/** What an act would do, planned by the same rules and not done. */
import type { CheckedInputOf, NeededApproval, OutputOf, Refusal } from '#shared/contract/index.ts';
import { isVitrineError } from '#shared/contract/errors.ts';
import { aliasGuard, blockersOfLifecycle, blockersOfTypes, blockersOfVisibility, changeAliases, checkArtifactType, checkLifecycle, checkTransition, decide, effectiveRole, explainViolation, formatVersion, moveNeedingReason, nameKey, nextStates, planLinks, planUnlinks, reasonsAgainstLinking, transitionNeedsReason, type AliasMove, type LinkWish, type Violation } from '#shared/domain/index.ts';
import { demand, notFound, registryObject } from '../access.ts';
import { mayChangeAliases, openAliasTarget } from '../commands/aliases.ts';
import { aliasState, artifactSlice, collectionSlice, collectionState, type Target } from '../commands/holders.ts';
import { openDestination, sourceReader, targetOf, type Destination, type Linking } from '../commands/links.ts';
import { openPromotion } from '../commands/promotion.ts';
import type { ReadableDb } from '../connection.ts';
import { gatesOf, lackingApproval, type Gated } from '../records/approvals.ts';
import { collectionRow, linkRow, registryRow, versionRows, type VersionRow } from '../records/rows.ts';
import { branded, chips, groupBy } from '../records/shared.ts';
import { linkSubject } from '../records/subjects.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { adminsOf, restrictedSourcesOf, settingsOf } from '../commands/registries.ts';
import { aliasToCarry, tellsStates } from '../commands/stateAliases.ts';
import { stateUses } from '../commands/states.ts';
import { accepted } from '../refusals.ts';
import { builtSince, waysBack } from '../reverting.ts';
import { eventsOfAct, seenEvent } from './history.ts';
import { seenCollection, seenRegistry } from './visible.ts';

const refusalOf = (id: number, label: string, violation: Violation): Refusal => ({ id, label, rule: violation.rule, explanation: explainViolation(violation) });

type Planned = { readonly links: readonly { readonly versionId: number; readonly label: string; readonly index: number; readonly standing: boolean }[]; readonly moves: readonly AliasMove[]; readonly refused: readonly Refusal[]; readonly needsReason: boolean; readonly needsApproval: readonly NeededApproval[] };

/** What stands against any of them is named; the rest is planned as if it went alone. `idOf` says under which id one is refused. */
function planInto(scope: QueryScope, destination: Destination, linkings: readonly Linking[], expected: ReadonlyMap<string, number | null>, idOf: (linking: Linking) => number): Planned {
  const { db, asker } = scope;
  const { registry, collection } = destination;
  const refused: Refusal[] = [];
  if (collection === null) {
    const taken = db.value(sql`SELECT 1 FROM collections WHERE registry_id = ${registry.id} AND name_key = ${nameKey(destination.newName ?? '')} AND deleted_at IS NULL`);
    if (taken !== undefined) refused.push({ id: 0, label: destination.newName ?? '', rule: 'already-exists', explanation: `There is already a collection named “${destination.newName ?? ''}” in ${registry.name}.` });
  }
  const aliases = [...new Set(linkings.flatMap((linking) => linking.aliases.map((alias) => alias.normalize('NFC'))))];
  const part = collection === null ? { targets: new Map<number, Target>(), aliases: new Map<string, number>() } : collectionSlice(db, collection.id, { versionIds: linkings.map((linking) => linking.version.id), aliases });
  const state = collectionState(part, collection?.nextIndex ?? 0);
  const target = targetOf(scope, destination, collection, state.links);
  const fitting = linkings.filter((linking) => {
    const [reason] = reasonsAgainstLinking(asker, linking.source, target);
    if (reason !== undefined) refused.push(refusalOf(idOf(linking), linking.source.address, reason));
    return reason === undefined;
  });
  const nothing: Planned = { links: [], moves: [], refused, needsReason: false, needsApproval: [] };
  if (fitting.length === 0) return nothing;
  const guard = aliasGuard(registry.protectedAliases);
  const wishes: LinkWish[] = fitting.map((linking) => ({ source: linking.source, aliases: linking.aliases, expected }));
  let plan = planLinks(asker, target, state, guard, wishes);
  if (!plan.ok) {
    const { violation } = plan;
    refused.push(refusalOf(0, 'alias' in violation ? violation.alias : registry.name, violation));
    // What stands against an alias does not stand against the link.
    plan = planLinks(asker, target, state, guard, wishes.map((wish) => ({ ...wish, aliases: [] })));
    if (!plan.ok) return nothing;
  }
  const { made, standing, moves } = plan.value;
  const numbers = new Map<string, { readonly index: number; readonly standing: boolean }>([...made.map((link) => [link.versionId, { index: link.number, standing: false }] as const), ...standing.map((link) => [link.versionId, { index: link.number, standing: true }] as const)]);
  return {
    links: fitting.flatMap((linking) => {
      const found = numbers.get(linking.source.versionId);
      return found === undefined ? [] : [{ versionId: linking.version.id, label: linking.source.address, ...found }];
    }),
    moves, refused, needsReason: moveNeedingReason(registry.reasonRequired, guard, moves) !== null,
    needsApproval: approvalsNeeded(db, registry.id, moves, (index) => {
      const versionId = Number([...numbers].find(([, link]) => link.index === index)?.[0] ?? 0);
      const linkId = collection === null ? null : (db.value<number>(sql`SELECT id FROM links WHERE version_id = ${versionId} AND collection_id = ${collection.id} AND removed_at IS NULL`) ?? null);
      return { linkId, versionId, description: collection?.description ?? '', label: `${registry.name}/${collection?.name ?? destination.newName ?? ''}:${formatVersion(index)}` };
    }),
  };
}

function approvalsNeeded(db: ReadableDb, registryId: number, moves: readonly AliasMove[], on: (index: number) => Gated): readonly NeededApproval[] {
  const gates = gatesOf(db, registryId);
  if (gates.length === 0) return [];
  return moves.flatMap(({ alias, to }) => {
    if (to === null) return [];
    const gated = on(to);
    const explanation = lackingApproval(db, gates, alias, gated);
    return explanation === null ? [] : [{ alias, label: gated.label, explanation }];
  });
}

export function previewAliases(scope: QueryScope, input: CheckedInputOf<'aliases.preview'>): OutputOf<'aliases.preview'> {
  const { db } = scope;
  const { holder, rights, index, targetId } = openAliasTarget(scope, input.target, 'see');
  const wishes = input.aliases.map((alias) => ({ alias, to: index }));
  const names = wishes.map((one) => one.alias.normalize('NFC'));
  const part = holder.kind === 'collection' ? collectionSlice(db, holder.collection.id, { aliases: names, targetIds: [targetId] }) : artifactSlice(db, holder.artifact.artifactId, { aliases: names, targetIds: [targetId] });
  const state = aliasState(part);
  const refused: Refusal[] = [];
  const right = mayChangeAliases(scope, holder);
  if (right !== null) refused.push({ id: targetId, label: String(input.aliases[0]), rule: 'permission-denied', explanation: right });
  const moves = wishes.flatMap((wish): readonly AliasMove[] => {
    const verdict = changeAliases(state, rights, [wish]);
    if (verdict.ok) return verdict.value.moves;
    refused.push(refusalOf(targetId, wish.alias, verdict.violation));
    return [];
  });
  if (holder.kind === 'artifact') return { moves: moves.map((move) => ({ ...move })), refused, needsReason: false, needsApproval: [] };
  const registry = registryRow(db, holder.collection.registryId);
  const link = linkRow(db, targetId);
  const on: Gated = { linkId: link.id, versionId: link.versionId, description: holder.collection.description, label: linkSubject(holder.collection, link).label };
  return {
    moves: moves.map((move) => ({ ...move })), refused,
    needsReason: moveNeedingReason(registry.reasonRequired, aliasGuard(registry.protectedAliases), moves) !== null,
    needsApproval: [...approvalsNeeded(db, registry.id, moves, () => on)],
  };
}

export function previewLinks(scope: QueryScope, input: CheckedInputOf<'links.preview'>): OutputOf<'links.preview'> {
  const ids = [...new Set(input.versionIds as readonly number[])];
  const last = input.versionIds.at(-1);
  const destination = openDestination(scope, input.target);
  const versions = versionRows(scope.db, ids);
  const sources = sourceReader(scope, destination.organizationId);
  const linkings = ids.map((id) => {
    const version = versions.get(id) as VersionRow;
    return { version, source: sources.seen(version), aliases: id === last ? input.aliases : [], note: '' };
  });
  const planned = planInto(scope, destination, linkings, new Map(), (linking) => linking.version.id);
  return { links: planned.links.map((link) => ({ ...link, versionId: branded(link.versionId) })), moves: [...planned.moves], refused: [...planned.refused], needsReason: planned.needsReason, needsApproval: [...planned.needsApproval] };
}

export function previewPromotion(scope: QueryScope, input: CheckedInputOf<'links.promotePreview'>): OutputOf<'links.promotePreview'> {
  const { destination, promoting } = openPromotion(scope, input);
  const linkIds = new Map(promoting.map((one) => [one.version.id, one.link.id]));
  const planned = planInto(scope, destination, promoting, new Map(Object.entries(input.expected ?? {})), (linking) => linkIds.get(linking.version.id) ?? 0);
  return {
    links: planned.links.map((link) => ({ ...link, versionId: branded(link.versionId), fromLinkId: branded(linkIds.get(link.versionId) ?? 0) })),
    moves: [...planned.moves], refused: [...planned.refused], needsReason: planned.needsReason, needsApproval: [...planned.needsApproval],
  };
}

export function previewUnlinks(scope: QueryScope, input: CheckedInputOf<'links.removePreview'>): OutputOf<'links.removePreview'> {
  const { db, asker } = scope;
  const links = [...new Set(input.linkIds as readonly number[])].map((id) => linkRow(db, id));
  const answer: { links: OutputOf<'links.removePreview'>['links']; moves: OutputOf<'links.removePreview'>['moves']; refused: Refusal[]; needsReason: boolean } = { links: [], moves: [], refused: [], needsReason: false };
  for (const [collectionId, group] of groupBy(links, (link) => link.collectionId)) {
    const collection = collectionRow(db, collectionId);
    const registry = registryRow(db, collection.registryId);
    const access = registryObject(db, registry);
    demand(asker, 'registry.see', access, { kind: 'link', label: String(group[0]?.id ?? 0) });
    const gone = group.find((link) => link.removed);
    if (gone !== undefined || collection.deleted) throw notFound('link', String(gone?.id ?? group[0]?.id ?? 0));
    const guard = aliasGuard(registry.protectedAliases);
    const part = collectionSlice(db, collection.id, { targetIds: group.map((link) => link.id), going: group.length });
    const state = collectionState(part, collection.nextIndex);
    const carried = groupBy(part.aliases, ([, index]) => index);
    const held = new Set(decide(asker, 'protectedAlias.removeCarrier', access).allowed ? [] : group.filter((link) => (carried.get(link.index) ?? []).some(([alias]) => guard.has(alias))).map((link) => link.index));
    const plan = (numbers: readonly number[]) => planUnlinks(asker, access, collection.name, state, guard, numbers);
    for (const link of group) {
      const verdict = held.has(link.index) ? plan([link.index]) : null;
      if (verdict !== null && !verdict.ok) answer.refused.push(refusalOf(link.id, linkSubject(collection, link).label, verdict.violation));
    }
    const going = group.filter((link) => !held.has(link.index));
    if (going.length === 0) continue;
    const verdict = plan(going.map((link) => link.index));
    if (!verdict.ok) {
      for (const link of going) answer.refused.push(refusalOf(link.id, linkSubject(collection, link).label, verdict.violation));
      continue;
    }
    for (const link of going) answer.links.push({ linkId: branded(link.id), label: linkSubject(collection, link).label, aliases: chips((carried.get(link.index) ?? []).map(([alias]) => alias), guard) });
    answer.moves.push(...verdict.value.moves.map((move) => ({ ...move, collectionId: branded<never>(collection.id) })));
    if (moveNeedingReason(registry.reasonRequired, guard, verdict.value.moves) !== null) answer.needsReason = true;
  }
  return answer;
}

export function statesToGo(scope: QueryScope, input: CheckedInputOf<'links.nextStates'>): OutputOf<'links.nextStates'> {
  const { db } = scope;
  const link = linkRow(db, input.id);
  const collection = seenCollection(scope, link.collectionId, { kind: 'link', label: String(input.id) });
  if (link.removed) throw notFound('link', String(input.id));
  const registry = registryRow(db, collection.registryId);
  const { lifecycle } = registry;
  if (lifecycle === null) return { state: null, next: [] };
  const access = registryObject(db, registry);
  const role = decide(scope.asker, 'link.setState', access).allowed ? effectiveRole(scope.asker, access) : null;
  const told = tellsStates(db, collection);
  const approvalFor = (name: string): NeededApproval | null => {
    const alias = told ? aliasToCarry(db, lifecycle, link, name) : null;
    return alias === null ? null : (previewAliases(scope, { target: { kind: 'link', id: branded(link.id) }, aliases: [alias] }).needsApproval[0] ?? null);
  };
  return {
    state: link.state,
    next: nextStates(lifecycle, link.state, role).filter((name) => checkTransition(lifecycle, registry.name, link.state, name, role).ok)
      .map((name) => ({ name, needsReason: transitionNeedsReason(lifecycle, link.state, name, role), needsApproval: approvalFor(name) })),
  };
}

export function previewLifecycle(scope: QueryScope, input: CheckedInputOf<'registries.lifecyclePreview'>): OutputOf<'registries.lifecyclePreview'> {
  const { db } = scope;
  const registry = seenRegistry(scope, input.registryId);
  if (registry.deleted) throw notFound('registry', registry.name);
  const uses = stateUses(db, registry.id);
  const next = input.lifecycle === null ? null : accepted(checkLifecycle(input.lifecycle));
  const blockers = blockersOfLifecycle(registry.lifecycle, uses, next, new Map(Object.entries(input.renamed)));
  return {
    blockers: blockers.flatMap((blocker) => (blocker.rule === 'state-in-use' ? [{ state: blocker.state, links: blocker.links, examples: [...blocker.examples], explanation: explainViolation(blocker) }] : [])),
    counts: uses.map(({ state, links }) => ({ state, links })),
  };
}

/** Whoever may not change the setting is told so by the change itself; here it is about what stands there. */
export function previewUpdate(scope: QueryScope, input: CheckedInputOf<'registries.updatePreview'>): OutputOf<'registries.updatePreview'> {
  const registry = seenRegistry(scope, input.id);
  if (registry.deleted) throw notFound('registry', registry.name);
  const settings = settingsOf(scope, registry);
  const types = input.acceptedTypes === undefined ? [] : blockersOfTypes(settings, input.acceptedTypes === null ? 'all' : input.acceptedTypes.map((type) => accepted(checkArtifactType(type))));
  const visibility = input.visibility === undefined ? [] : blockersOfVisibility(settings, input.visibility, { admins: adminsOf(scope, registry.id), restrictedSources: restrictedSourcesOf(scope, registry.id) });
  const told = (setting: 'acceptedTypes' | 'visibility', violation: Violation) => ({
    setting, rule: violation.rule, explanation: explainViolation(violation), names: violation.rule === 'type-in-use' ? [...violation.collections] : violation.rule === 'restricted-source' ? [...violation.sources] : [],
  });
  return { blockers: [...types.map((one) => told('acceptedTypes', one)), ...visibility.map((one) => told('visibility', one))] };
}

export function previewRevert(scope: QueryScope, input: CheckedInputOf<'history.revertPreview'>): OutputOf<'history.revertPreview'> {
  const event = seenEvent(scope, input.eventId);
  try {
    const ways = waysBack(scope.db, input.act ? eventsOfAct(scope, event) : [event]);
    const reason = ways.length === 0 ? 'There is nothing in it to take back.' : builtSince(scope.db, ways);
    return { possible: reason === null, steps: ways.map((way) => ({ eventId: branded(way.event.id), label: way.label })), reason, code: reason === null ? null : ways.length === 0 ? 'blocked' : 'undo_stale' };
  } catch (error) {
    return { possible: false, steps: [], reason: reasonOf(error), code: isVitrineError(error) && error.code === 'blocked' ? 'blocked' : 'undo_stale' };
  }
}

/** The words of a failure that was foreseen; anything else is thrown on. */
function reasonOf(error: unknown): string {
  if (!isVitrineError(error)) throw error;
  const { explanation } = error.details;
  return typeof explanation === 'string' ? explanation : error.code;
}
