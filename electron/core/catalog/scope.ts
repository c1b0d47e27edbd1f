/** What a query or a command gets: the connection, who asks, and (for commands) the means to tell what happened. */
import type { ChangeEntity } from '#shared/contract/changes.ts';
import type { Entrance, EventKind, ObjectKind } from '#shared/contract/entities.ts';
import type { UserId } from '#shared/contract/ids.ts';
import type { UndoOffer } from '#shared/contract/transport.ts';
import type { Asker } from '#shared/domain/index.ts';
import { demand, loadAsker, notFound, organizationObject, rememberedAsker } from './access.ts';
import type { ReadableDb, WritableDb } from './connection.ts';
import { ChangeSet } from './feed.ts';
import { appendEvent, forgetEnd, type EventSubject } from './history.ts';
import { appendToOutbox } from './outbox.ts';
import type { CommandContext, QueryContext } from './protocol.ts';
import { sql } from './sql.ts';
import { keepUndo, type UndoStep } from './undo.ts';

export type QueryScope = {
  readonly db: ReadableDb;
  readonly actorId: UserId;
  /** The API key through which they ask, where it is one. */
  readonly keyId?: number;
  /** Who asks, with what they are in the organization and its teams. Read once per scope. */
  readonly asker: Asker;
};

export type CommandScope = QueryScope & {
  readonly db: WritableDb;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly entrance: Entrance;
  readonly message: string | null;
  /** Appends one event to the history, in this very transaction. Returns its id. */
  record(event: RecordedEvent): number;
  /** The first event of this act; null before there is one. */
  act(): number | null;
  /** Tells that a row changed. */
  changed(entity: ChangeEntity, ...ids: readonly number[]): void;
  /** One step of the way back, done in reverse order by an undo. */
  inverse(step: UndoStep): void;
  /** The words on the undo button: what would be undone. Without them no undo is offered. */
  offerUndo(label: string): void;
  /** Does a part of the command whole or, where it throws, not at all: what it wrote, recorded and noted of the way back is gone then. Not within another. */
  attempt<Answer>(work: () => Answer): Answer;
};

export type RecordedEvent = {
  readonly kind: EventKind;
  readonly subject: EventSubject;
  readonly before: unknown;
  readonly after: unknown;
  /** Other objects whose history this belongs to; the subject is always among them. */
  readonly about?: readonly { readonly kind: ObjectKind; readonly id: number }[];
  /** Why, where it isn't the command's own message. */
  readonly message?: string | null;
};

/** A table in which only its own names are found. */
export function withoutPrototype<Entry>(entries: Readonly<Record<string, Entry>>): Readonly<Record<string, Entry>> {
  const table = Object.create(null) as Record<string, Entry>;
  for (const [name, entry] of Object.entries(entries)) table[name] = entry;
  return table;
}

export type Query = (scope: QueryScope, input: never) => unknown;
export type Command = (scope: CommandScope, input: never) => unknown;

export function queryScope(db: ReadableDb, context: QueryContext): QueryScope {
  if (context.viewAs !== undefined) {
    demand(loadAsker(db, context.actorId, context.keyId), 'organization.manage', organizationObject(db));
    const viewed = db.value<number>(sql`SELECT id FROM users WHERE id = ${context.viewAs} AND removed_at IS NULL`);
    if (viewed === undefined) throw notFound('user', String(context.viewAs));
    return queryScope(db, { actorId: viewed as UserId });
  }
  return queryScopeOf(db, context, loadAsker(db, context.actorId, context.keyId));
}

/** The same where who asks is known already. */
export function queryScopeOf(db: ReadableDb, context: QueryContext, asker: Asker): QueryScope {
  return { db, actorId: context.actorId, asker, ...(context.keyId === undefined ? {} : { keyId: context.keyId }) };
}

/** What a command did beside its output. */
export type Outcome = { readonly changes: ChangeSet; readonly undo: UndoOffer | null; readonly steps?: readonly UndoStep[] };

/** A full disk may have ended the whole transaction by itself: that is what is told then. */
function rollBack(db: WritableDb, error: unknown): void {
  try {
    db.script('ROLLBACK TO attempt; RELEASE attempt');
  } catch {
    throw error;
  }
}

/** A command's scope and the way to close it: call `finish` once the command has returned, still in its transaction. */
export function commandScope(db: WritableDb, operation: string, context: CommandContext, now: number): { readonly scope: CommandScope; readonly finish: () => Outcome } {
  const at = context.entrance === 'system' && context.at !== undefined ? context.at : now;
  const changes = new ChangeSet();
  const steps: UndoStep[] = [];
  let label: string | null = null;
  let firstEvent: number | null = null;
  const recorded: RecordedEvent[] = [];
  const scope: CommandScope = {
    db,
    actorId: context.actorId,
    asker: rememberedAsker(db, context.actorId, context.keyId),
    ...(context.keyId === undefined ? {} : { keyId: context.keyId }),
    at,
    entrance: context.entrance,
    message: context.message,
    record(event) {
      const id = appendEvent(db, { ...event, at, actorId: context.actorId, entrance: context.entrance, message: event.message ?? context.message, actId: firstEvent ?? 'own' });
      firstEvent ??= id;
      recorded.push(event);
      changes.add('event', id);
      return id;
    },
    act: () => firstEvent,
    changed(entity, ...ids) {
      for (const id of ids) changes.add(entity, id);
    },
    inverse(step) {
      steps.push(step);
    },
    offerUndo(words) {
      label = words;
    },
    attempt(work) {
      const stood = { firstEvent, label, recorded: recorded.length, steps: steps.length };
      db.script('SAVEPOINT attempt');
      try {
        const answer = work();
        db.script('RELEASE attempt');
        return answer;
      } catch (error) {
        forgetEnd(db);
        ({ firstEvent, label } = stood);
        recorded.length = stood.recorded;
        steps.length = stood.steps;
        rollBack(db, error);
        throw error;
      }
    },
  };
  return {
    scope,
    finish() {
      if (firstEvent !== null) for (const remote of appendToOutbox(db, { operation, events: recorded, at, base: firstEvent - 1, from: context.remoteId ?? null })) changes.add('remote', remote);
      if (context.part === true) return { changes, undo: null, steps };
      // What came from a remote is no act of anybody here: nobody is offered to take it back.
      const undo = label === null || steps.length === 0 || context.remoteId !== undefined ? null : keepUndo(db, { actorId: context.actorId, label, steps: steps.toReversed(), at });
      return { changes, undo };
    },
  };
}
