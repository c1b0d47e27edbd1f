/** Edges of the lineage that people draw. */
import type { CheckedInputOf, LineageNodeId, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkEdgeRemoval, checkNewEdge, type EdgeEnd, type StandingEdge } from '#shared/domain/index.ts';
import { demand, projectObject } from '../access.ts';
import type { EventSubject } from '../history.ts';
import { codeOf, keyOf } from '../queries/lineage/codes.ts';
import { EdgeReader } from '../queries/lineage/edges.ts';
import { findWay } from '../queries/lineage/ways.ts';
import { artifactNamesOf, runRow, versionRow } from '../records/rows.ts';
import { branded } from '../records/shared.ts';
import { runSubject, versionSubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';

type End = EdgeEnd & { readonly projectId: number; readonly subject: EventSubject; readonly gone: boolean; readonly artifactId: number | null };

function endOf(scope: CommandScope, node: LineageNodeId): End {
  if (node.kind === 'run') {
    const run = runRow(scope.db, node.id);
    const subject = runSubject(run);
    return { kind: 'run', id: run.id, label: subject.label, projectId: run.projectId, subject, gone: false, artifactId: null };
  }
  const version = versionRow(scope.db, node.id);
  const subject = versionSubject(artifactNamesOf(version), version);
  return { kind: 'version', id: version.id, label: subject.label, projectId: version.projectId, subject, gone: version.state !== 'committed', artifactId: version.artifactId };
}

/** The ends of an edge, where the asker may change what `to` came from and use what it came from. */
function ends(scope: CommandScope, input: { readonly from: LineageNodeId; readonly to: LineageNodeId }): { readonly from: End; readonly to: End } {
  const from = endOf(scope, input.from);
  const to = endOf(scope, input.to);
  demand(scope.asker, 'source.use', projectObject(scope.db, from.projectId), { kind: kindOf(from), label: String(from.id) });
  demand(scope.asker, 'lineage.edit', projectObject(scope.db, to.projectId), { kind: kindOf(to), label: String(to.id) });
  return { from, to };
}

const kindOf = (end: EdgeEnd): string => (end.kind === 'run' ? 'run' : 'artifact version');

type Standing = StandingEdge & { readonly reason: string; readonly table: 'manual_edges' | 'run_inputs' | 'run_outputs' };

/** The edge as it stands: drawn by hand, or known from a run. One that a hand gave a run without a reason counts as drawn. */
function standingEdge({ db }: CommandScope, from: EdgeEnd, to: EdgeEnd): Standing | null {
  const drawn = db.value<string>(sql`SELECT reason FROM manual_edges WHERE from_kind = ${from.kind} AND from_id = ${from.id} AND to_kind = ${to.kind} AND to_id = ${to.id}`);
  if (drawn !== undefined) return { byHand: true, reason: drawn, table: 'manual_edges' };
  const told = from.kind === 'version' && to.kind === 'run'
    ? { table: 'run_inputs' as const, provenance: db.value<string>(sql`SELECT provenance FROM run_inputs WHERE run_id = ${to.id} AND version_id = ${from.id}`) }
    : from.kind === 'run' && to.kind === 'version'
      ? { table: 'run_outputs' as const, provenance: db.value<string>(sql`SELECT provenance FROM run_outputs WHERE run_id = ${from.id} AND version_id = ${to.id}`) }
      : null;
  return told?.provenance === undefined ? null : { byHand: told.provenance === 'manual', reason: '', table: told.table };
}

export function linkByHand(scope: CommandScope, input: CheckedInputOf<'lineage.link'>): OutputOf<'lineage.link'> {
  const { db, at } = scope;
  const { from, to } = ends(scope, input);
  for (const end of [from, to]) {
    if (end.gone) throw new VitrineError('version_unavailable', { details: { state: 'deleted', explanation: `${end.label} is deleted or still being logged; restore it, or wait, before an edge is drawn to it.` } });
  }
  const standing = standingEdge(scope, from, to);
  const comesFromItself = standing === null && from.id !== to.id && findWay(new EdgeReader(scope), codeOf(to.kind, to.id), codeOf(from.kind, from.id)).shortest.length > 0;
  const reason = accepted(checkNewEdge(from, to, input.reason, { standing, comesFromItself }));
  const answer = { from: keyOf(codeOf(from.kind, from.id)), to: keyOf(codeOf(to.kind, to.id)) };
  if (standing !== null && standing.reason === reason) return { ...answer, created: false };
  db.run(sql`
    INSERT INTO manual_edges (from_kind, from_id, to_kind, to_id, created_by, at, reason) VALUES (${from.kind}, ${from.id}, ${to.kind}, ${to.id}, ${scope.actorId}, ${at}, ${reason})
    ON CONFLICT (from_kind, from_id, to_kind, to_id) DO UPDATE SET reason = excluded.reason, created_by = excluded.created_by, at = excluded.at`);
  // An edge that a hand gave a run before has now a reason, and stands once.
  if (standing?.table === 'run_inputs') db.run(sql`DELETE FROM run_inputs WHERE run_id = ${to.id} AND version_id = ${from.id}`);
  if (standing?.table === 'run_outputs') db.run(sql`DELETE FROM run_outputs WHERE run_id = ${from.id} AND version_id = ${to.id}`);
  tell(scope, 'lineage.linked', from, to, standing === null ? null : { from: from.label, to: to.label, reason: standing.reason }, { from: from.label, to: to.label, reason }, reason);
  scope.inverse(standing === null
    ? { step: 'lineageEdge', act: 'take', from: input.from, to: input.to, reason }
    : { step: 'lineageEdge', act: 'draw', from: input.from, to: input.to, reason: standing.reason === '' ? reason : standing.reason });
  scope.offerUndo(`Edge from ${shortLabel(from)} to ${shortLabel(to)}`);
  return { ...answer, created: standing === null };
}

export function unlinkByHand(scope: CommandScope, input: CheckedInputOf<'lineage.unlink'>): OutputOf<'lineage.unlink'> {
  const { db } = scope;
  const { from, to } = ends(scope, input);
  const standing = standingEdge(scope, from, to);
  accepted(checkEdgeRemoval(from, to, standing));
  const table = standing?.table ?? 'manual_edges';
  if (table === 'manual_edges') db.run(sql`DELETE FROM manual_edges WHERE from_kind = ${from.kind} AND from_id = ${from.id} AND to_kind = ${to.kind} AND to_id = ${to.id}`);
  else if (table === 'run_inputs') db.run(sql`DELETE FROM run_inputs WHERE run_id = ${to.id} AND version_id = ${from.id}`);
  else db.run(sql`DELETE FROM run_outputs WHERE run_id = ${from.id} AND version_id = ${to.id}`);
  const reason = standing?.reason ?? '';
  tell(scope, 'lineage.unlinked', from, to, { from: from.label, to: to.label, reason }, null, null);
  scope.inverse({ step: 'lineageEdge', act: 'draw', from: input.from, to: input.to, reason: reason === '' ? 'As it stood before.' : reason });
  scope.offerUndo(`Take away the edge from ${shortLabel(from)} to ${shortLabel(to)}`);
  return { from: keyOf(codeOf(from.kind, from.id)), to: keyOf(codeOf(to.kind, to.id)) };
}

/** That a run used or logged a version, as an import said; nothing where it is said no more. */
export function forgetRunEdge(scope: CommandScope, { kind, runId, versionId }: { readonly kind: 'input' | 'output'; readonly runId: number; readonly versionId: number }): void {
  const table = kind === 'input' ? sql`run_inputs` : sql`run_outputs`;
  if (scope.db.run(sql`DELETE FROM ${table} WHERE run_id = ${runId} AND version_id = ${versionId}`).changes === 0) return;
  const run = endOf(scope, { kind: 'run', id: branded(runId) });
  const version = endOf(scope, { kind: 'version', id: branded(versionId) });
  const [from, to] = kind === 'input' ? [version, run] : [run, version];
  tell(scope, 'lineage.unlinked', from, to, { from: from.label, to: to.label, reason: '' }, null, null);
}

const shortLabel = (end: End): string => end.label.slice(end.label.indexOf('/') + 1);

/** The event belongs to both ends, and to the artifacts that they are versions of. */
function tell(scope: CommandScope, kind: 'lineage.linked' | 'lineage.unlinked', from: End, to: End, before: unknown, after: unknown, reason: string | null): void {
  const about = [from, to].flatMap((end) => [{ kind: end.kind, id: end.id }, ...(end.artifactId === null ? [] : [{ kind: 'artifact' as const, id: end.artifactId }])]);
  scope.record({ kind, subject: to.subject, before, after, about, ...(reason === null || scope.message !== null ? {} : { message: reason }) });
  for (const end of [from, to]) {
    scope.changed(end.kind, end.id);
    scope.changed('lineage', end.id);
  }
}

