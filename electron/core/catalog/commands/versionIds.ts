/** The next id of a version. Drafts have theirs from the same sequence, so that they can keep it. */
import type { ReadableDb, WritableDb } from '../connection.ts';
import { sql } from '../sql.ts';

/** Ids that are given to drafts before the next ones are set aside. */
const setAsideAtOnce = 1000;
const setAsideBefore = new WeakMap<ReadableDb, number>();

/**
 * A new draft is answered before the disk has it. A power cut may take it, but not its id: that might come to stand for another draft or version while
 * its client goes on. So ids are set aside by blocks, which wait for the disk, and whoever opens the catalog begins behind the last block.
 */
export function nextVersionId(db: ReadableDb): number {
  let before = setAsideBefore.get(db);
  if (before === undefined) setAsideBefore.set(db, (before = setAside(db)));
  return 1 + Math.max(before, db.value<number>(sql`SELECT max(id) FROM versions`) ?? 0, db.value<number>(sql`SELECT max(id) FROM drafts`) ?? 0);
}

/** `fromNewBlock`: the answer must wait for the disk. */
export function nextDraftId(db: WritableDb): { readonly id: number; readonly fromNewBlock: boolean } {
  const id = nextVersionId(db);
  const fromNewBlock = id > setAside(db);
  if (fromNewBlock) db.run(sql`INSERT INTO meta (key, value) VALUES ('draft_ids', ${id + setAsideAtOnce}) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
  return { id, fromNewBlock };
}

function setAside(db: ReadableDb): number {
  return db.value<number>(sql`SELECT value FROM meta WHERE key = 'draft_ids'`) ?? 0;
}
