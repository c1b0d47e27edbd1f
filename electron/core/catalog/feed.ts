/** Changes on their way to whoever holds rows of the catalog. */
import type { Change, ChangeEntity } from '#shared/contract/changes.ts';

/** Above this many ids an entity is told as a whole. */
const namedAtMost = 500;

/** Gathers the ids of rows by entity, each once. */
export class ChangeSet {
  readonly #ids = new Map<ChangeEntity, Set<number>>();

  add(entity: ChangeEntity, id: number): void {
    const ids = this.#ids.get(entity);
    if (ids === undefined) this.#ids.set(entity, new Set([id]));
    else if (ids.size <= namedAtMost) ids.add(id);
  }

  addAll(other: ChangeSet): void {
    for (const [entity, ids] of other.#ids) for (const id of ids) this.add(entity, id);
  }

  get empty(): boolean {
    return this.#ids.size === 0;
  }

  changes(): Change[] {
    return [...this.#ids].map(([entity, ids]) => ({ entity, ids: ids.size > namedAtMost ? 'all' : [...ids] }));
  }
}

/** Several steps as one. */
export function mergeChanges(changes: readonly Change[]): Change[] {
  const merged = new Map<ChangeEntity, Set<number> | 'all'>();
  for (const { entity, ids } of changes) {
    const known = merged.get(entity);
    if (known === 'all') continue;
    if (ids === 'all') merged.set(entity, 'all');
    else merged.set(entity, known === undefined ? new Set(ids) : union(known, ids));
  }
  return [...merged].map(([entity, ids]) => ({ entity, ids: ids === 'all' || ids.size > namedAtMost ? 'all' : [...ids] }));
}

function union(known: Set<number>, more: readonly number[]): Set<number> {
  for (const id of more) known.add(id);
  return known;
}
