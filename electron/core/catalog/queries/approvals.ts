/** Gates and requests as they are shown. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { demand, notFound, registryObject, visibleProjects, visibleRegistries } from '../access.ts';
import { approvalRow, approvalsOf, gateNow, gatesOf, mayDecide } from '../records/approvals.ts';
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

/** What reading the bytes of a request's version needs: which version, and what checks ask for. */
export function approvalVersion(scope: QueryScope, input: { readonly id: number }): { readonly versionId: number; readonly integrity: boolean; readonly scan: boolean } {
  const approval = getApproval(scope, { id: input.id as CheckedInputOf<'approvals.get'>['id'] });
  const kinds = new Set(gateNow(scope.db, approvalRow(scope.db, input.id)).checks.map((check) => check.kind));
  return { versionId: linkRow(scope.db, approval.linkId).versionId, integrity: kinds.has('integrity'), scan: kinds.has('scan') };
}

/** What happened to requests after an event, as the asker wants to hear of it: theirs to decide, or their own decided by others. Null looks at nothing yet. */
export function approvalNotices(scope: QueryScope, input: { readonly after: number | null }): { readonly notices: readonly { readonly title: string; readonly text: string; readonly address: string }[]; readonly last: number } {
  const { db } = scope;
  const head = db.value<number>(sql`SELECT max(id) FROM events`) ?? 0;
  if (input.after === null) return { notices: [], last: head };
  const rows = db.all<{ id: number; kind: string; label: string; message: string | null; after: string; actorId: number; actor: string }>(sql`
    SELECT e.id, e.kind, e.label, e.message, e.after, e.actor_id AS actorId, u.display_name AS actor FROM events e JOIN users u ON u.id = e.actor_id
    WHERE e.id > ${input.after} AND e.id <= ${head} AND e.kind IN ('approval.requested', 'approval.reminded', 'approval.granted', 'approval.refused') ORDER BY e.id LIMIT 100`);
  const notices = rows.flatMap((row) => {
    const id = (JSON.parse(row.after) as { readonly approval?: number }).approval;
    if (id === undefined || row.actorId === scope.actorId) return [];
    const approval = approvalRow(db, id);
    const what = `${approval.alias} on ${row.label}`;
    const words = row.message === null || row.message === '' ? '' : `: ${row.message}`;
    const notice = (title: string, text: string) => [{ title, text, address: 'vitrine://approvals' }];
    if (row.kind === 'approval.granted' || row.kind === 'approval.refused') return approval.requestedBy !== scope.actorId ? [] : row.kind === 'approval.granted' ? notice(`Granted: ${what}`, `${row.actor} agreed${words}`) : notice(`Refused: ${what}`, `${row.actor} refused${words}`);
    if (approval.state !== 'open' || !mayDecide(scope, approval).may) return [];
    return row.kind === 'approval.requested' ? notice(`Your approval is asked for: ${what}`, `${row.actor} asks${words}`) : notice(`Still waiting for you: ${what}`, `${row.actor} reminds you${words}`);
  });
  return { notices, last: head };
}

/** Alerts of runs after an event, in projects that the asker sees; many at once are told as the first few and how many more. Null looks at nothing yet. */
export function alertNotices(scope: QueryScope, input: { readonly after: number | null }): { readonly notices: readonly { readonly title: string; readonly text: string; readonly address: string; readonly alert: true }[]; readonly last: number } {
  const { db } = scope;
  const head = db.value<number>(sql`SELECT max(id) FROM events`) ?? 0;
  if (input.after === null) return { notices: [], last: head };
  const projects = visibleProjects(db, scope.asker);
  const rows = db.all<{ label: string; address: string | null; after: string; projectId: number | null }>(sql`
    SELECT e.label, e.address, e.after, r.project_id AS projectId FROM events e JOIN runs r ON r.id = e.object_id WHERE e.id > ${input.after} AND e.id <= ${head} AND e.kind = 'run.alerted' ORDER BY e.id LIMIT 1000`)
    .filter((row) => projects === null || (row.projectId !== null && projects.has(row.projectId)));
  const notices = rows.slice(0, alertsAtOnce).map((row) => {
    const { title = '', text = '', level = 'info' } = JSON.parse(row.after) as { readonly title?: string; readonly text?: string; readonly level?: string };
    return { title: `${level === 'error' ? 'Error: ' : level === 'warning' ? 'Warning: ' : ''}${title}`, text: `${row.label}${text === '' ? '' : `: ${text}`}`, address: row.address ?? 'vitrine://history', alert: true as const };
  });
  const more = rows.length - notices.length;
  return { notices: more === 0 ? notices : [...notices, { title: `${more} more ${more === 1 ? 'alert' : 'alerts'} of runs`, text: 'They stand in the history.', address: 'vitrine://history', alert: true as const }], last: head };
}

const alertsAtOnce = 3;
