/** The small pieces that many shapes have. */
import type { AliasChip, JsonObject, Lifecycle, UserSummary } from '#shared/contract/entities.ts';
import type { UserId } from '#shared/contract/ids.ts';
import type { AliasGuard } from '#shared/domain/index.ts';

/** Ids come out of our own tables as numbers; this says which kind they are. */
export function branded<Id extends number>(id: number): Id {
  return id as Id;
}

export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

export function jsonObject(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}

export type UserColumns = { readonly userId: number; readonly username: string; readonly userDisplayName: string; readonly userKind: 'person' | 'service' };

export function userOf(row: UserColumns): UserSummary {
  return { id: row.userId as UserId, username: row.username, displayName: row.userDisplayName, kind: row.userKind };
}

/** `latest` first, then in order. */
export function sortAliases(aliases: readonly string[]): string[] {
  return aliases.toSorted((left, right) => Number(right === 'latest') - Number(left === 'latest') || (left < right ? -1 : left > right ? 1 : 0));
}

export function chips(aliases: readonly string[], guarded: AliasGuard): AliasChip[] {
  return sortAliases(aliases).map((name) => ({ name, protected: guarded.has(name) }));
}

/** The states that a registry defines, as they are kept; null where it defines none. */
export function lifecycleOf(json: string | null): Lifecycle | null {
  return json === null ? null : (JSON.parse(json) as Lifecycle);
}

export function stringList(json: string): string[] {
  return JSON.parse(json) as string[];
}

/** Rows by what they belong to. */
export function groupBy<Row, Key>(rows: Iterable<Row>, keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** Things in the order in which their ids were asked for; those that are not there are left out. */
export function inOrder<Thing>(ids: readonly number[], things: ReadonlyMap<number, Thing>): Thing[] {
  return ids.flatMap((id) => things.get(id) ?? []);
}
