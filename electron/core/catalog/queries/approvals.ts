/** Gates and requests as they are shown. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { demand, notFound, registryObject, visibleRegistries } from '../access.ts';
import { approvalRow, approvalsOf, gatesOf, mayDecide } from '../records/approvals.ts';
import { linkRow, registryRow } from '../records/rows.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql, type Sql } from '../sql.ts';
import { pageOfIds } from './paging.ts';

export function listGates(scope: QueryScope, input: CheckedInputOf<'gates.list'>): OutputOf<'gates.list'> {
  demand(scope.asker, 'registry.see', registryObject(scope.db, registryRow(scope.db, input.registryId)), { kind: 'registry', label: String(input.registryId) });
  return { gates: [...gatesOf(scope.db, input.registryId)] };
}

export function listApprovals(scope: QueryScope, input: CheckedInputOf<'approvals.list'>): OutputOf<'approvals.list'> {
  const { db } = scope;
  const registries = [...visibleRegistries(db, scope.asker).keys()];
  const where: Sql[] = [sql`a.registry_id IN ${listOf(registries)}`];
  if (input.registryId !== undefined) where.push(sql`a.registry_id = ${input.registryId}`);
  if (input.linkId !== undefined) where.push(sql`a.link_id = ${input.linkId}`);
  if (input.states !== undefined) where.push(sql`a.state IN ${listOf(input.states)}`);
  if (input.forMe) {
    // Who may decide depends on roles and gates: few are open at any time.
    const open = db.column<number>(sql`SELECT id FROM approvals WHERE state = 'open' AND registry_id IN ${listOf(registries)} ORDER BY id DESC LIMIT 1000`);
    where.push(sql`a.id IN ${listOf(open.filter((id) => mayDecide(scope, approvalRow(db, id)).may))}`);
  }
  const { ids, ...page } = pageOfIds(db, { name: `approvals ${JSON.stringify([input.registryId, input.linkId, input.states, input.forMe ? scope.actorId : null, registries])}`, from: sql`FROM approvals a`, where, key: sql`a.id`, id: sql`a.id`, descending: true }, input);
  return { items: approvalsOf(scope, ids), ...page };
}

export function getApproval(scope: QueryScope, input: CheckedInputOf<'approvals.get'>): OutputOf<'approvals.get'> {
  const row = approvalRow(scope.db, input.id);
  demand(scope.asker, 'registry.see', registryObject(scope.db, registryRow(scope.db, row.registryId)), { kind: 'approval', label: String(input.id) });
  const [approval] = approvalsOf(scope, [input.id]);
  if (approval === undefined) throw notFound('approval', String(input.id));
  return approval;
}

/** What reading the bytes of a request's version needs: which version, and whether a check asks for it. */
export function approvalVersion(scope: QueryScope, input: { readonly id: number }): { readonly versionId: number; readonly integrity: boolean } {
  const approval = getApproval(scope, { id: input.id as CheckedInputOf<'approvals.get'>['id'] });
  return { versionId: linkRow(scope.db, approval.linkId).versionId, integrity: approval.checks.some((check) => check.check === 'integrity verified') };
}
