/** Gates, and requests to pass them: rows ↔ the contract's shapes, and the checks that the catalog can make by itself. */
import type { Approval, ApprovalGateShape } from '#shared/contract/operations/approvals.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkName, compareRoles, effectiveRole, fitsMetadata, gateOf, judgeApproval, lackingWords, latestAlias, type ApprovalCheck, type ApprovalGate, type ApprovalJudgement, type CheckResult, scanWords, standsAgainst, type FactValue, type Vote } from '#shared/domain/index.ts';
import { notFound, registryObject } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { collectionRow, linkRow, registryRow, type CollectionRow } from './rows.ts';
import { branded, inOrder, timestamp, userOf, type UserColumns } from './shared.ts';
import { versionScan } from './scans.ts';
import { linkSubject } from './subjects.ts';

export function gatesOf(db: ReadableDb, registryId: number): readonly ApprovalGateShape[] {
  const kept = db.value<string>(sql`SELECT gates FROM registries WHERE id = ${registryId}`);
  return kept === undefined || kept === '[]' ? [] : (JSON.parse(kept) as readonly ApprovalGateShape[]);
}

type Checked = { readonly versionId: number; /** The card. */ readonly description: string };

/** What a check says now. Integrity is what was found when the bytes were last read. */
function checkNow(db: ReadableDb, check: ApprovalCheck, { versionId, description }: Checked): CheckResult {
  const name = checkName(check);
  const metadata = (): { readonly [key: string]: FactValue } => JSON.parse(db.value<string>(sql`SELECT metadata FROM versions WHERE id = ${versionId}`) ?? '{}') as { readonly [key: string]: FactValue };
  switch (check.kind) {
    case 'card':
      return description.trim() === '' ? { check: name, passed: false, detail: 'the card is empty' } : { check: name, passed: true, detail: 'there is a card' };
    case 'licence': {
      const own = metadata();
      const named = [own['license'], own['licence']].find((value) => typeof value === 'string' && value.trim() !== '');
      const inCard = /^\s*licen[cs]e\s*:\s*(\S.*)$/imu.exec(description)?.[1];
      const licence = typeof named === 'string' ? named : inCard;
      return licence === undefined ? { check: name, passed: false, detail: 'neither metadata nor card name a licence' } : { check: name, passed: true, detail: licence.trim().slice(0, 100) };
    }
    case 'metric': {
      const passed = fitsMetadata(check, metadata());
      return { check: name, passed, detail: passed ? 'as asked' : 'the version’s metadata says otherwise' };
    }
    case 'integrity': {
      const row = db.get<{ passed: number; detail: string }>(sql`SELECT passed, detail FROM version_checks WHERE version_id = ${versionId}`);
      return row === undefined ? { check: name, passed: null, detail: 'not read yet' } : { check: name, passed: row.passed === 1, detail: row.detail };
    }
    case 'scan': {
      const scan = versionScan(db, versionId);
      if (scan === null || scan.outdated) return { check: name, passed: null, detail: scan === null ? 'not scanned yet' : 'to be scanned again: Vitrine looks for more by now' };
      return { check: name, passed: !standsAgainst(scan.state, check.cautions), detail: scanWords(scan.findings) };
    }
  }
}

/** On what an alias is to be put: a link, or one that is only planned (null). */
export type Gated = Checked & { readonly linkId: number | null; /** `Models/gemma:v3`. */ readonly label: string };

/**
 * What is lacking before an alias may be put, in words; null where it stands behind no gate, or the link has passed it. What was approved once
 * may come back.
 */
export function lackingApproval(db: ReadableDb, gates: readonly ApprovalGateShape[], alias: string, on: Gated): string | null {
  const gate = alias === latestAlias ? null : gateOf(gates, alias);
  if (gate === null) return null;
  if (on.linkId !== null && db.value(sql`SELECT 1 FROM approvals WHERE link_id = ${on.linkId} AND alias = ${alias} AND state IN ('granted', 'done') LIMIT 1`) !== undefined) return null;
  const failing = gate.checks.map((check) => checkNow(db, check, on)).filter((check) => check.passed !== true);
  if (gate.approvals === 0 && failing.length === 0) return null;
  return `“${alias}” may stand on ${on.label} only once that is approved: ${lackingWords({ missing: gate.approvals, failing })}.`;
}

/** Throws `approval_required` where an alias stands behind a gate that this link has not passed. Asked by whatever puts aliases, through whichever entrance. */
export function demandApproval(db: ReadableDb, gates: readonly ApprovalGateShape[], collection: CollectionRow, link: { readonly id: number; readonly fresh?: boolean }, alias: string): void {
  const lacking = gates.length === 0 ? null : approvalLacking(db, collection, link.id, alias, gates);
  if (lacking === null) return;
  // A link that goes with the refusal is none to ask for.
  throw link.fresh === true ? new VitrineError('approval_required', { details: { ...lacking.details, linkId: null } }) : lacking;
}

/** What `demandApproval` throws; null where the gate is passed, or there is none. */
export function approvalLacking(db: ReadableDb, collection: CollectionRow, linkId: number, alias: string, gates = gatesOf(db, collection.registryId)): VitrineError | null {
  const link = linkRow(db, linkId);
  const { label } = linkSubject(collection, link);
  const explanation = lackingApproval(db, gates, alias, { linkId, versionId: link.versionId, description: collection.description, label });
  return explanation === null ? null : new VitrineError('approval_required', { details: { alias, linkId, label, explanation } });
}

export type ApprovalRow = {
  readonly id: number; readonly registryId: number; readonly linkId: number; readonly alias: string; readonly from: number | null; readonly state: Approval['state']; readonly requestedBy: number;
  readonly requestedAt: number; readonly message: string; readonly reviewers: readonly number[]; readonly remindedAt: number | null; readonly closedAt: number | null;
};

export function approvalRow(db: ReadableDb, id: number): ApprovalRow {
  const row = db.get<Omit<ApprovalRow, 'reviewers'> & { reviewers: string }>(sql`
    SELECT id, registry_id AS registryId, link_id AS linkId, alias, from_index AS "from", state, requested_by AS requestedBy, requested_at AS requestedAt, message, reviewers, reminded_at AS remindedAt, closed_at AS closedAt
    FROM approvals WHERE id = ${id}`);
  if (row === undefined) throw notFound('approval', String(id));
  return { ...row, reviewers: JSON.parse(row.reviewers) as readonly number[] };
}

/** The gate as it is now; one that was taken away asks for nothing. */
export function gateNow(db: ReadableDb, row: ApprovalRow): ApprovalGate {
  return gateOf(gatesOf(db, row.registryId), row.alias) ?? { alias: row.alias, approvals: 0, deciders: 'admin', checks: [] };
}

export function judgementOf(db: ReadableDb, row: ApprovalRow): ApprovalJudgement & { readonly checks: readonly CheckResult[]; readonly needed: number } {
  const gate = gateNow(db, row);
  const link = linkRow(db, row.linkId);
  const { description } = collectionRow(db, link.collectionId);
  const checks = gate.checks.map((check) => checkNow(db, check, { versionId: link.versionId, description }));
  // The last word of each counts.
  const votes = db.all<Vote>(sql`
    SELECT user_id AS userId, vote FROM approval_votes v WHERE approval_id = ${row.id} AND vote <> 'comment'
      AND id = (SELECT max(id) FROM approval_votes x WHERE x.approval_id = v.approval_id AND x.user_id = v.user_id AND x.vote <> 'comment') ORDER BY id`);
  return { ...judgeApproval(gate, row.requestedBy, votes, checks), checks, needed: gate.approvals };
}

/** Whether the asker may decide: by role, asked or not limited to those asked, and never on their own request. */
export function mayDecide(scope: QueryScope, row: ApprovalRow): { readonly may: boolean; readonly why: string } {
  const { db, asker } = scope;
  const gate = gateNow(db, row);
  if (scope.actorId === row.requestedBy) return { may: false, why: 'Nobody approves their own request: somebody else has to.' };
  const role = effectiveRole(asker, registryObject(db, registryRow(db, row.registryId)));
  if (compareRoles(role, gate.deciders) < 0) return { may: false, why: `Deciding takes the role ${gate.deciders} in this registry.` };
  if (row.reviewers.length > 0 && !row.reviewers.includes(scope.actorId)) return { may: false, why: 'Others were asked to decide this one; one of them can pass it on to you.' };
  return { may: true, why: '' };
}

export function approvalsOf(scope: QueryScope, ids: readonly number[]): Approval[] {
  const { db } = scope;
  const users = (wanted: readonly number[]) => new Map(db.all<UserColumns>(sql`SELECT id AS userId, username, display_name AS userDisplayName, kind AS userKind FROM users WHERE id IN ${listOf(wanted)}`).map((row) => [row.userId, userOf(row)]));
  return inOrder(ids, new Map(ids.map((id) => {
    const row = approvalRow(db, id);
    const link = linkRow(db, row.linkId);
    const collection = collectionRow(db, link.collectionId);
    const subject = linkSubject(collection, link);
    const judged = judgementOf(db, row);
    const votes = db.all<{ userId: number; vote: 'grant' | 'refuse' | 'comment'; comment: string; at: number }>(sql`SELECT user_id AS userId, vote, comment, at FROM approval_votes WHERE approval_id = ${id} ORDER BY id`);
    const known = users([row.requestedBy, ...row.reviewers, ...votes.map((vote) => vote.userId)]);
    const user = (userId: number) => {
      const found = known.get(userId);
      if (found === undefined) throw new Error(`An approval of user ${userId}, who is not there`);
      return found;
    };
    return [id, {
      id: branded(id), registryId: branded(row.registryId), collectionId: branded(collection.id), linkId: branded(link.id), link: { kind: 'link', id: link.id, label: subject.label, address: subject.address }, index: link.index,
      alias: row.alias, from: row.from, state: row.state, requestedBy: user(row.requestedBy), requestedAt: timestamp(row.requestedAt), message: row.message, reviewers: row.reviewers.map(user),
      votes: votes.map((vote) => ({ user: user(vote.userId), vote: vote.vote, comment: vote.comment, at: timestamp(vote.at) })),
      needed: judged.needed, missing: row.state === 'open' ? judged.missing : 0, checks: [...judged.checks], mayDecide: row.state === 'open' && mayDecide(scope, row).may,
      remindedAt: row.remindedAt === null ? null : timestamp(row.remindedAt), closedAt: row.closedAt === null ? null : timestamp(row.closedAt),
    } satisfies Approval];
  })));
}
