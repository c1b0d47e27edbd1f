/**
 * Numbered steps from an empty file to the newest shape. Numbers go in tens, so that a branch can put one between. A step that has been
 * released is never edited again.
 */
import { VitrineError } from '#shared/contract/errors.ts';
import type { ReadableDb, WritableDb } from '../connection.ts';
import { sql } from '../sql.ts';
import { first } from './0010-first.ts';
import { runsDraftsAccounts } from './0020-runs-drafts-accounts.ts';
import { lineageByHand } from './0040-lineage-by-hand.ts';
import { versionsNotStanding } from './0050-versions-not-standing.ts';
import { partsInPlace } from './0070-parts-in-place.ts';
import { curation } from './0090-curation.ts';
import { holdsAndSearches } from './0100-holds-and-searches.ts';
import { historyAtScale } from './0110-history-at-scale.ts';
import { remotes } from './0120-remotes.ts';
import { automations } from './0130-automations.ts';
import { approvals } from './0140-approvals.ts';
import { imports } from './0150-imports.ts';
import { typedSorting } from './0190-typed-sorting.ts';
import { remoteArtifacts } from './0200-remote-artifacts.ts';
import { bytesElsewhere } from './0210-bytes-elsewhere.ts';
import { scansAndSecrets } from './0230-scans-and-secrets.ts';
import { sweptDeliveries } from './0270-swept-deliveries.ts';
import { remoteVersionsStanding } from './0340-remote-versions-standing.ts';
import { whyBytesStay } from './0350-why-bytes-stay.ts';
import { objectsOfEvents } from './0370-objects-of-events.ts';
import { settledEvents } from './0400-settled-events.ts';
import { runsInTrash } from './0480-runs-in-trash.ts';
import { remoteRunsByRun } from './0580-remote-runs-by-run.ts';
import { objectsWithEvents } from './0680-objects-with-events.ts';
import { outboxByTouch } from './0220-outbox-by-touch.ts';
import { sentAndPlaces } from './0250-sent-and-places.ts';

export type Migration = {
  readonly number: number;
  readonly name: string;
  /** Runs in the transaction that all pending steps share. */
  up(db: WritableDb): void;
};

export const migrations: readonly Migration[] = [
  first,
  runsDraftsAccounts,
  lineageByHand,
  versionsNotStanding,
  partsInPlace,
  curation,
  holdsAndSearches,
  historyAtScale,
  remotes,
  automations,
  approvals,
  imports,
  typedSorting,
  remoteArtifacts,
  bytesElsewhere,
  outboxByTouch,
  scansAndSecrets,
  sentAndPlaces,
  sweptDeliveries,
  remoteVersionsStanding,
  whyBytesStay,
  objectsOfEvents,
  settledEvents,
  runsInTrash,
  remoteRunsByRun,
  objectsWithEvents,
];

assertOrder(migrations);

export const newestSchema = migrations.at(-1)?.number ?? 0;

export function schemaOf(db: ReadableDb): number {
  return db.value<number>(sql`SELECT user_version FROM pragma_user_version`) ?? 0;
}

export function pendingMigrations(found: number, steps: readonly Migration[] = migrations): readonly Migration[] {
  return steps.filter((step) => step.number > found);
}

/** Refuses a file that a newer Vitrine wrote; it is left as it is. */
export function refuseNewer(found: number, known: number, file: string): void {
  if (found > known) throw new VitrineError('catalog_newer', { details: { found, known, file } });
}

/**
 * Applies what is pending, all or nothing. Returns the numbers applied.
 *
 * A failing step leaves the file as it was: the caller has taken a backup before, and the failure is a fault of ours that must be seen.
 */
export function migrate(db: WritableDb, steps: readonly Migration[] = migrations): readonly number[] {
  const pending = pendingMigrations(schemaOf(db), steps);
  if (pending.length === 0) return [];
  db.script('BEGIN IMMEDIATE');
  try {
    for (const step of pending) {
      step.up(db);
      // A pragma takes no parameter; the number is ours.
      db.script(`PRAGMA user_version = ${Math.trunc(step.number)}`);
    }
    db.script('COMMIT');
  } catch (error) {
    db.script('ROLLBACK');
    throw error;
  }
  return pending.map((step) => step.number);
}

export function assertOrder(steps: readonly Migration[]): void {
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    if (!Number.isInteger(step.number) || step.number <= 0 || (before !== undefined && before.number >= step.number)) {
      throw new Error(`Migration ${step.number} (${step.name}) stands out of order`);
    }
  });
}
