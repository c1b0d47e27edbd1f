/** Gates set, approvals asked for, given and refused. With the last one that was needed the alias is put, in the same transaction. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import type { EventKind } from '#shared/contract/entities.ts';
import { checkAlias, gateOf, isVisible, latestAlias } from '#shared/domain/index.ts';
import { demand, loadAsker, notFound, registryObject } from '../access.ts';
import { approvalRow, approvalsOf, gatesOf, judgementOf, mayDecide, type ApprovalRow } from '../records/approvals.ts';
import { collectionRow, linkRow, registryRow } from '../records/rows.ts';
import { branded } from '../records/shared.ts';
import { linkSubject, registrySubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { putApproved } from './aliases.ts';

export function setGates(scope: CommandScope, input: CheckedInputOf<'gates.set'>): OutputOf<'gates.set'> {
  const { db } = scope;
  const registry = registryRow(db, input.registryId);
  demand(scope.asker, 'registry.manageApprovalRules', registryObject(db, registry), { kind: 'registry', label: String(input.registryId) });
  if (registry.deleted) throw notFound('registry', registry.name);
  for (const gate of input.gates) {
    if (gate.alias === latestAlias) throw new VitrineError('bad_input', { details: { explanation: '“latest” moves by itself with every link: no gate can stand before it.' } });
    // A pattern is an alias but for its stars.
    accepted(checkAlias(gate.alias.replaceAll('*', 'x')));
    if (gate.approvals === 0 && gate.checks.length === 0) throw new VitrineError('bad_input', { details: { explanation: `The gate before “${gate.alias}” asks for nothing: give it approvals or checks, or leave it out.` } });
  }
  const before = gatesOf(db, registry.id);
  if (JSON.stringify(before) === JSON.stringify(input.gates)) return { gates: input.gates };
  db.run(sql`UPDATE registries SET gates = ${JSON.stringify(input.gates)}, updated_at = ${scope.at} WHERE id = ${registry.id}`);
  scope.record({ kind: 'registry.updated', subject: registrySubject(registry), before: { gates: before }, after: { gates: input.gates } });
  scope.changed('registry', registry.id);
  scope.inverse({ step: 'edit', kind: 'gates', id: registry.id, set: { gates: before }, expected: { gates: input.gates } });
  scope.offerUndo(`Change the gates of ${registry.name}`);
  return { gates: input.gates };
}

export function requestApproval(scope: CommandScope, input: CheckedInputOf<'approvals.request'>): OutputOf<'approvals.request'> {
  const { db, at } = scope;
  const link = linkRow(db, input.linkId);
  const collection = collectionRow(db, link.collectionId);
  const registry = registryRow(db, collection.registryId);
  demand(scope.asker, 'approval.request', registryObject(db, registry), { kind: 'link', label: String(input.linkId) });
  if (link.removed || collection.deleted) throw notFound('link', String(input.linkId));
  const alias = accepted(checkAlias(input.alias));
  const gate = gateOf(gatesOf(db, registry.id), alias);
  if (gate === null) throw new VitrineError('blocked', { details: { explanation: `“${alias}” needs no approval in ${registry.name}: put it.` } });
  const standing = db.value<number>(sql`SELECT id FROM approvals WHERE link_id = ${link.id} AND alias = ${alias} AND state IN ('open', 'granted') ORDER BY id DESC LIMIT 1`);
  if (standing !== undefined) return one(scope, standing);
  for (const id of input.reviewers) {
    const asker = db.value(sql`SELECT 1 FROM users WHERE id = ${id} AND removed_at IS NULL`) === undefined ? null : loadAsker(db, id);
    if (asker === null || !isVisible(asker, registryObject(db, registry))) throw notFound('user', String(id));
  }
  const from = db.value<number>(sql`SELECT l.idx FROM aliases a JOIN links l ON l.id = a.target_id WHERE a.holder_kind = 'collection' AND a.holder_id = ${collection.id} AND a.alias = ${alias}`) ?? null;
  const { id } = db.run(sql`
    INSERT INTO approvals (registry_id, link_id, alias, from_index, state, requested_by, requested_at, message, reviewers)
    VALUES (${registry.id}, ${link.id}, ${alias}, ${from}, 'open', ${scope.actorId}, ${at}, ${input.message}, ${JSON.stringify([...new Set(input.reviewers)])})`);
  const row = approvalRow(db, id);
  tell(scope, 'approval.requested', row, { alias, from, to: link.index, needed: gate.approvals }, input.message);
  settle(scope, row);
  return one(scope, id);
}

export function decideApproval(scope: CommandScope, input: CheckedInputOf<'approvals.decide'>): OutputOf<'approvals.decide'> {
  const row = opened(scope, input.id);
  const { db, at } = scope;
  if (input.vote === 'comment') {
    demand(scope.asker, 'comment.write', registryObject(db, registryRow(db, row.registryId)));
    if (input.comment.trim() === '') throw new VitrineError('bad_input', { details: { explanation: 'A comment needs words.' } });
  } else {
    const { may, why } = mayDecide(scope, row);
    if (!may) throw new VitrineError('permission_denied', { details: { explanation: why } });
    if (input.vote === 'refuse' && input.comment.trim() === '') throw new VitrineError('reason_required', { details: { explanation: 'Say why it is refused: whoever asked wants to know what to do.' } });
  }
  if (row.state !== 'open') throw new VitrineError('blocked', { details: { explanation: `This request is ${row.state} already.` } });
  db.run(sql`INSERT INTO approval_votes (approval_id, user_id, vote, comment, at) VALUES (${row.id}, ${scope.actorId}, ${input.vote}, ${input.comment}, ${at})`);
  scope.changed('approval', row.id);
  if (input.vote === 'comment') tell(scope, 'approval.commented', row, { comment: input.comment }, input.comment);
  else settle(scope, row, input.comment);
  return one(scope, row.id);
}

/** What votes and checks amount to: granted, refused, or still open. */
function settle(scope: CommandScope, row: ApprovalRow, comment = ''): void {
  const { db, at } = scope;
  const judged = judgementOf(db, row);
  scope.changed('approval', row.id);
  if (judged.state === 'open') return;
  const close = (state: ApprovalRow['state']): void => void db.run(sql`UPDATE approvals SET state = ${state}, closed_at = ${at} WHERE id = ${row.id}`);
  close(judged.state);
  tell(scope, judged.state === 'granted' ? 'approval.granted' : 'approval.refused', row, { alias: row.alias }, comment);
  if (judged.state === 'refused') return;
  const link = linkRow(db, row.linkId);
  // Moved meanwhile, or unlinked: the approval stands, and whoever may puts the alias knowing that.
  if (!link.removed && putApproved(scope, row.linkId, row.alias, row.from)) close('done');
}

export function withdrawApproval(scope: CommandScope, input: CheckedInputOf<'approvals.withdraw'>): OutputOf<'approvals.withdraw'> {
  const row = opened(scope, input.id);
  if (row.requestedBy !== scope.actorId) demand(scope.asker, 'registry.manageApprovalRules', registryObject(scope.db, registryRow(scope.db, row.registryId)));
  if (row.state !== 'open' && row.state !== 'granted') throw new VitrineError('blocked', { details: { explanation: `This request is ${row.state} already.` } });
  scope.db.run(sql`UPDATE approvals SET state = 'withdrawn', closed_at = ${scope.at} WHERE id = ${row.id}`);
  tell(scope, 'approval.withdrawn', row, { alias: row.alias }, '');
  scope.changed('approval', row.id);
  return one(scope, row.id);
}

export function delegateApproval(scope: CommandScope, input: CheckedInputOf<'approvals.delegate'>): OutputOf<'approvals.delegate'> {
  const { db } = scope;
  const row = opened(scope, input.id);
  const { may, why } = mayDecide(scope, row);
  if (!may) throw new VitrineError('permission_denied', { details: { explanation: why } });
  if (input.to === row.requestedBy) throw new VitrineError('blocked', { details: { explanation: 'It can’t be passed on to the person who asked for it.' } });
  const other = { ...scope, actorId: input.to, asker: loadAsker(db, input.to) };
  const reviewers = [...row.reviewers.filter((id) => id !== scope.actorId), input.to];
  const theirs = mayDecide(other, { ...row, reviewers });
  if (!theirs.may) throw new VitrineError('blocked', { details: { explanation: `They could not decide it: ${theirs.why}` } });
  db.run(sql`UPDATE approvals SET reviewers = ${JSON.stringify([...new Set(reviewers)])} WHERE id = ${row.id}`);
  tell(scope, 'approval.delegated', row, { to: db.value<string>(sql`SELECT username FROM users WHERE id = ${input.to}`) ?? '' }, '');
  scope.changed('approval', row.id);
  return one(scope, row.id);
}

export function remindApproval(scope: CommandScope, input: CheckedInputOf<'approvals.remind'>): OutputOf<'approvals.remind'> {
  const row = opened(scope, input.id);
  demand(scope.asker, 'approval.request', registryObject(scope.db, registryRow(scope.db, row.registryId)));
  if (row.state !== 'open') throw new VitrineError('blocked', { details: { explanation: `This request is ${row.state} already: nobody has to be reminded.` } });
  scope.db.run(sql`UPDATE approvals SET reminded_at = ${scope.at} WHERE id = ${row.id}`);
  tell(scope, 'approval.reminded', row, { alias: row.alias }, '');
  scope.changed('approval', row.id);
  return one(scope, row.id);
}

/** What was found when the bytes of the version were read, and what follows for the request. */
export function noteCheck(scope: CommandScope, input: { readonly id: number; readonly integrity: { readonly passed: boolean; readonly detail: string } | null }): OutputOf<'approvals.check'> {
  const row = opened(scope, input.id);
  const { db, at } = scope;
  demand(scope.asker, 'approval.request', registryObject(db, registryRow(db, row.registryId)));
  if (input.integrity !== null) {
    const link = linkRow(db, row.linkId);
    db.run(sql`INSERT INTO version_checks (version_id, passed, detail, at) VALUES (${link.versionId}, ${input.integrity.passed ? 1 : 0}, ${input.integrity.detail}, ${at})
      ON CONFLICT (version_id) DO UPDATE SET passed = excluded.passed, detail = excluded.detail, at = excluded.at`);
  }
  if (row.state === 'open') settle(scope, row);
  return one(scope, row.id);
}

/** A request that the asker may see. */
function opened(scope: CommandScope, id: number): ApprovalRow {
  const row = approvalRow(scope.db, id);
  demand(scope.asker, 'registry.see', registryObject(scope.db, registryRow(scope.db, row.registryId)), { kind: 'approval', label: String(id) });
  return row;
}

function tell(scope: CommandScope, kind: EventKind, row: ApprovalRow, after: object, message: string): void {
  const { db } = scope;
  const link = linkRow(db, row.linkId);
  const collection = collectionRow(db, link.collectionId);
  scope.record({
    kind, subject: linkSubject(collection, link), before: null, after: { approval: row.id, ...after }, ...(message === '' ? {} : { message }),
    about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: row.registryId }, { kind: 'version', id: link.versionId }],
  });
  scope.changed('approval', row.id);
}

function one(scope: CommandScope, id: number): OutputOf<'approvals.get'> {
  const [approval] = approvalsOf(scope, [id]);
  if (approval === undefined) throw notFound('approval', String(branded(id)));
  return approval;
}
