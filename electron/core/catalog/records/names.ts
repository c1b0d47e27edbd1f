/** The index of parts of names. */
import { sql } from '../sql.ts';
import type { WritableDb } from '../connection.ts';

/** In an order that never changes: the place of a kind is part of its rows' numbers. */
export const namedKinds = ['registry', 'collection', 'artifact', 'project', 'run'] as const;
export type NamedKind = (typeof namedKinds)[number];

const kindsPerObject = 8;

export function nameRow(kind: NamedKind, id: number): number {
  return id * kindsPerObject + namedKinds.indexOf(kind);
}

export function objectOfNameRow(row: number): { readonly kind: NamedKind; readonly id: number } {
  const kind = namedKinds[row % kindsPerObject];
  if (kind === undefined) throw new Error(`No kind of name has row ${row}`);
  return { kind, id: Math.floor(row / kindsPerObject) };
}

/** Puts a name into the index, in place of the one before. */
export function indexName(db: WritableDb, kind: NamedKind, id: number, name: string): void {
  const row = nameRow(kind, id);
  db.run(sql`DELETE FROM names_fts WHERE rowid = ${row}`);
  db.run(sql`INSERT INTO names_fts (rowid, name) VALUES (${row}, ${name})`);
}

export function forgetName(db: WritableDb, kind: NamedKind, id: number): void {
  db.run(sql`DELETE FROM names_fts WHERE rowid = ${nameRow(kind, id)}`);
}
