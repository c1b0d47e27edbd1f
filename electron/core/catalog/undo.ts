/** The way back from an act, kept as data. A step names what must still be as the act left it; otherwise the undo is stale. */
import type { CheckedInputOf } from '#shared/contract/index.ts';
import type { UndoOffer } from '#shared/contract/transport.ts';
import type { UndoId } from '#shared/contract/ids.ts';
import type { LineageNodeId } from '#shared/contract/operations/lineage.ts';
import type { AliasHolder } from '#shared/contract/operations/links.ts';
import type { Role } from '#shared/domain/index.ts';
import type { z } from 'zod';
import type { ReadableDb, WritableDb } from './connection.ts';
import type { Definition } from './records/automations.ts';
import { runSaid } from './records/runs.ts';
import { sql } from './sql.ts';

/** `gates` are a registry’s, `retention` and `allowed hosts` are the catalog’s. */
export type EditedKind = 'registry' | 'collection' | 'artifact' | 'version' | 'link' | 'run' | 'user' | 'remote' | 'gates' | 'retention' | 'allowed hosts';

/** What a saved search says, and whose it is. */
export type SearchFacts = { readonly ownerId: number; readonly name: string; readonly text: string; readonly kinds: readonly string[] | null; readonly shared: boolean };

export type UndoStep =
  /** Puts aliases back; each must still stand where the act put it. */
  | { readonly step: 'aliases'; readonly holder: z.infer<typeof AliasHolder>; readonly wishes: readonly { readonly alias: string; readonly to: number | null; readonly expected: number | null }[] }
  /** Takes out links that the act made. */
  | { readonly step: 'unlink'; readonly linkIds: readonly number[] }
  /** Brings back what the act deleted. */
  | { readonly step: 'restore'; readonly trashIds: readonly number[] }
  /** Deletes what the act made or restored; it must have stayed empty. */
  | { readonly step: 'delete'; readonly kind: 'registry' | 'collection'; readonly id: number }
  | { readonly step: 'tags'; readonly target: { readonly kind: 'version' | 'collection' | 'artifact'; readonly id: number }; readonly add: readonly string[]; readonly remove: readonly string[] }
  /** Puts a link back into the state before; it must still be where the act put it. */
  | { readonly step: 'state'; readonly linkId: number; readonly to: string; readonly expected: string }
  /** Draws a lineage edge again, or takes away the one that the act drew. */
  | { readonly step: 'lineageEdge'; readonly act: 'draw' | 'take'; readonly from: LineageNodeId; readonly to: LineageNodeId; readonly reason: string }
  /** Releases a hold that the act placed, or lets one stand again that it released. */
  | { readonly step: 'hold'; readonly id: number; readonly to: 'released' | 'standing' }
  /** Sets a time to live of an artifact or a project back, as it is kept: null says nothing, 0 is for good. */
  | { readonly step: 'ttl'; readonly target: { readonly kind: 'artifact' | 'project'; readonly id: number }; readonly to: number | null; readonly expected: number | null }
  /** Makes a saved search what it was before the act; null is none. */
  | { readonly step: 'search'; readonly id: number; readonly to: SearchFacts | null; readonly expected: SearchFacts | null }
  /** Makes an automation what it was before the act; null is none. */
  | { readonly step: 'automation'; readonly id: number; readonly to: Definition | null; readonly expected: Definition | null }
  /** Makes a layout of one’s own table what it was; null is none. */
  | { readonly step: 'layout'; readonly collectionId: number; readonly name: string; readonly to: unknown; readonly expected: unknown }
  /** Gives somebody the role back that they had in a registry or a team; null is none. */
  | { readonly step: 'member'; readonly place: { readonly kind: 'registry' | 'team'; readonly id: number }; readonly holder: { readonly kind: 'user' | 'service account' | 'team'; readonly id: number }; readonly to: Role | null; readonly expected: Role | null }
  /** Puts a version that the act logged into the trash, and the artifact with it that it made, where it holds nothing else. `said` is what was said of it then. */
  | { readonly step: 'version'; readonly id: number; readonly made: number | null; readonly said: string }
  /** Puts a run that the act made into the trash. `said` is what it was once the act was over, filled in when the way back is kept: imports write to it until then. */
  | { readonly step: 'run'; readonly id: number; readonly said?: string }
  /** Forgets that a run that was there before used or logged a version. */
  | { readonly step: 'runEdge'; readonly kind: 'input' | 'output'; readonly runId: number; readonly versionId: number }
  /** Forgets that something was brought in, so that it can be again. */
  | { readonly step: 'imported'; readonly origin: string; readonly key: string }
  /** Removes an account or a team that the act made; `made` is what it was then, and nothing may have been done by it since the act (up to the event `through`) or stand in it. */
  | { readonly step: 'account'; readonly kind: 'user' | 'team'; readonly id: number; readonly made: string; readonly through?: number }
  /** Takes somebody in again whom the act removed at `at`, to where they stood, with the keys that it revoked. */
  | { readonly step: 'return'; readonly id: number; readonly at: number; readonly stood: Standing; readonly keys: readonly number[] }
  /** Stars something for the actor, or takes the star off; it must be the other way. */
  | { readonly step: 'star'; readonly kind: PlacedKind; readonly id: number; readonly to: boolean }
  /** Writes fields back; each must still have the value that the act wrote. */
  | { readonly step: 'edit'; readonly kind: EditedKind; readonly id: number; readonly set: Readonly<Record<string, unknown>>; readonly expected: Readonly<Record<string, unknown>> };

/** The roles of a person or a service account: in the organization, in teams and in registries. */
export type Standing = { readonly role: Role; readonly teams: readonly { readonly team: number; readonly role: Role }[]; readonly registries: readonly { readonly registry: number; readonly role: Role }[] };

/** What can be starred and is remembered as opened. */
export type PlacedKind = CheckedInputOf<'stars.set'>['kind'];

/** Acts per person that can be undone. */
const keptUndos = 200;

/**
 * Steps as they are kept, with what can be said only once the act is over. Runs that it made go first, since what they used may be its own, too; what
 * else it wrote to them goes with them.
 */
function closed(db: ReadableDb, steps: readonly UndoStep[]): readonly UndoStep[] {
  const runs = steps.flatMap((step) => (step.step === 'run' ? [{ ...step, said: runSaid(db, step.id) }] : []));
  const made = new Set(runs.map((step) => step.id));
  const rest = steps.flatMap((step): UndoStep[] => {
    if (step.step === 'run' || (step.step === 'runEdge' && made.has(step.runId)) || (step.step === 'edit' && step.kind === 'run' && made.has(step.id))) return [];
    return [step.step === 'account' ? { ...step, through: db.value<number>(sql`SELECT max(id) FROM events`) ?? 0 } : step];
  });
  return [...runs, ...rest];
}

export function keepUndo(db: WritableDb, undo: { readonly actorId: number; readonly label: string; readonly steps: readonly UndoStep[]; readonly at: number }): UndoOffer {
  const { id } = db.run(sql`INSERT INTO undo (actor_id, label, steps, at) VALUES (${undo.actorId}, ${undo.label}, ${JSON.stringify(closed(db, undo.steps))}, ${undo.at})`);
  if (id % keptUndos === 0) db.run(sql`DELETE FROM undo WHERE id <= ${id - keptUndos * 10}`);
  return { id: id as UndoId, label: undo.label };
}

export type KeptUndo = { readonly id: number; readonly label: string; readonly steps: readonly UndoStep[]; readonly at: number };

/** An act of the actor that was not undone yet. */
export function openUndo(db: ReadableDb, actorId: number, id: number): KeptUndo | null {
  const row = db.get<{ id: number; label: string; steps: string; at: number }>(sql`
    SELECT id, label, steps, at FROM undo WHERE id = ${id} AND actor_id = ${actorId} AND applied_at IS NULL`);
  return row === undefined ? null : { ...row, steps: JSON.parse(row.steps) as readonly UndoStep[] };
}

export function latestUndo(db: ReadableDb, actorId: number): { readonly id: number; readonly label: string; readonly at: number } | null {
  return db.get<{ id: number; label: string; at: number }>(sql`SELECT id, label, at FROM undo WHERE actor_id = ${actorId} AND applied_at IS NULL ORDER BY id DESC LIMIT 1`) ?? null;
}
