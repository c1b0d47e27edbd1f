/** What is asked of every move of an alias, whichever act makes it. */
import { aliasGuard, checkReasonForMoves, type AliasMove, type Verdict } from '#shared/domain/index.ts';
import type { ReadableDb } from '../connection.ts';
import type { RegistryRow } from '../records/rows.ts';
import { timestamp } from '../records/shared.ts';
import { accepted, refusal } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { holderIdOf, type Holder } from './holders.ts';

/** Throws `reason_required` where the registry wants to know why and nobody said. */
export function demandReason(scope: Pick<CommandScope, 'message'>, registry: RegistryRow, moves: readonly AliasMove[]): void {
  accepted(checkReasonForMoves(registry.reasonRequired, aliasGuard(registry.protectedAliases), moves, scope.message));
}

/** The accepted plan; a stale expectation is refused with who moved the alias meanwhile. */
export function acceptedMoves<Plan>(db: ReadableDb, holder: Holder | null, verdict: Verdict<Plan>): Plan {
  if (!verdict.ok && verdict.violation.rule === 'alias-moved' && holder !== null) throw refusal({ ...verdict.violation, ...lastMove(db, holder, verdict.violation.alias) });
  return accepted(verdict);
}

/** Who moved an alias last: whoever saw an older state wants to know whom to ask. */
function lastMove(db: ReadableDb, holder: Holder, alias: string): { readonly moved?: { readonly by: string; readonly at: string } } {
  const last = db.get<{ by: string; at: number }>(sql`
    SELECT u.display_name AS "by", e.at FROM alias_moves m JOIN events e ON e.id = m.event_id JOIN users u ON u.id = e.actor_id
    WHERE m.holder_kind = ${holder.kind} AND m.holder_id = ${holderIdOf(holder)} AND m.alias = ${alias} ORDER BY m.event_id DESC LIMIT 1`);
  return last === undefined ? {} : { moved: { by: last.by, at: timestamp(last.at) } };
}
