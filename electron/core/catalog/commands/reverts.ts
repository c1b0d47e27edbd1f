/** Taking back what stands in the history, as an act of its own. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import { eventsOfAct, seenEvent, type KeptEvent } from '../queries/history.ts';
import { waysBack, type WayBack } from '../reverting.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import type { UndoStep } from '../undo.ts';
import { applyStep } from './undo.ts';

export function revertEvent(scope: CommandScope, input: CheckedInputOf<'history.revert'>): OutputOf<'history.revert'> {
  const event = seenEvent(scope, input.eventId);
  const labels = revert(scope, input.act ? eventsOfAct(scope, event) : [event], input.act ? 'Revert of the act' : 'Revert').map((way) => way.label);
  return { reverted: labels.length, labels };
}

export function revertAlias(scope: CommandScope, input: CheckedInputOf<'aliases.revert'>): OutputOf<'aliases.revert'> {
  const event = seenEvent(scope, input.eventId);
  if (!event.kind.startsWith('alias.')) throw new VitrineError('not_found', { details: { kind: 'alias move', label: String(event.id) } });
  const ways = revert(scope, [event], 'Revert');
  return { moves: ways.flatMap(({ step }) => (step.step === 'aliases' ? step.wishes.map((wish) => ({ alias: wish.alias, from: wish.expected, to: wish.to })) : [])) };
}

function revert(scope: CommandScope, events: readonly KeptEvent[], word: string): readonly WayBack[] {
  const ways = waysBack(scope.db, events);
  const [first] = ways;
  if (first === undefined) throw new VitrineError('blocked', { details: { explanation: 'There is nothing in it to take back.' } });
  const message = scope.message ?? `${word}: ${first.event.label}, event ${first.event.id}`;
  const steps: UndoStep[] = [];
  let undoable = true;
  const inner: CommandScope = { ...scope, message, record: (event) => scope.record({ ...event, message: event.message ?? message }), inverse: (step) => { steps.push(step); }, offerUndo: () => undefined };
  for (const way of ways) {
    try {
      applyStep(inner, way.step);
    } catch (error) {
      // Not there any more, or otherwise in the way: something was built on it. A missing right or reason stays what it is.
      if (isVitrineError(error) && (error.code === 'not_found' || error.code === 'already_exists' || error.code === 'alias_conflict' || error.code === 'state_conflict')) {
        throw new VitrineError('undo_stale', { details: { ...error.details, explanation: typeof error.details['explanation'] === 'string' ? error.details['explanation'] : `${way.event.label} is no longer as it was left.` } });
      }
      throw error;
    }
    const back = inverseOf(scope, way.step);
    if (back === 'none') undoable = false;
    else if (back !== null) steps.push(back);
  }
  if (undoable) {
    for (const step of steps) scope.inverse(step);
    scope.offerUndo(ways.length === 1 ? first.label : `Revert ${ways.length} changes`);
  }
  return ways;
}

/** What takes the step back again; null where the act that did it has said so itself. */
function inverseOf(scope: CommandScope, step: UndoStep): UndoStep | 'none' | null {
  const { db } = scope;
  switch (step.step) {
    case 'unlink':
      return { step: 'restore', trashIds: step.linkIds.flatMap((id) => db.value<number>(sql`SELECT max(id) FROM trash WHERE kind = 'link' AND object_id = ${id}`) ?? []) };
    case 'restore': {
      const links = step.trashIds.flatMap((id) => db.value<number>(sql`SELECT object_id FROM trash WHERE id = ${id} AND kind = 'link'`) ?? []);
      return links.length === step.trashIds.length ? { step: 'unlink', linkIds: links } : 'none';
    }
    case 'delete':
      return { step: 'restore', trashIds: [db.value<number>(sql`SELECT max(id) FROM trash WHERE kind = ${step.kind} AND object_id = ${step.id}`) ?? 0] };
    default:
      return null;
  }
}
