import type { ChangeEntity } from '#shared/contract/index.ts';
import type { CatalogPool } from '../catalog/index.ts';

/** Answers kept at once, at most. */
const keptAtMost = 10_000;
/** Milliseconds after which an answer is asked for again in any case: some end by themselves, as keys do. */
const keptFor = 1000;

export type Remembered<Answer> = {
  /** The answer kept under a name, else the one that `ask` gives; null is given on and not kept. */
  get(name: string, ask: () => Promise<Answer | null>): Promise<Answer | null>;
  close(): void;
};

/**
 * What the door asks of the catalog with every request and hears the same answer to: kept until a commit touches one of `entities`, or
 * changes anything at all. Such a commit is heard of before whoever made it is answered, so a key that was revoked opens nothing from then on.
 */
export function createRemembered<Answer>(catalog: Pick<CatalogPool, 'onCommit'>, entities: readonly ChangeEntity[] | 'any', atMost = keptAtMost): Remembered<Answer> {
  const about: ReadonlySet<ChangeEntity> | null = entities === 'any' ? null : new Set<ChangeEntity>(['catalog', ...entities]);
  const kept = new Map<string, { readonly answer: Answer; readonly until: number }>();
  /** Grows with each commit that empties this, so that an answer asked for before such a commit is not kept after it. */
  let age = 0;
  const stop = catalog.onCommit((changes) => {
    if (about !== null && !changes.some(({ entity }) => about.has(entity))) return;
    age += 1;
    kept.clear();
  });
  return {
    async get(name, ask) {
      const now = performance.now();
      const known = kept.get(name);
      if (known !== undefined && known.until > now) return known.answer;
      const asked = age;
      const answer = await ask();
      if (answer !== null && asked === age) {
        kept.delete(name);
        kept.set(name, { answer, until: now + keptFor });
        if (kept.size > atMost) kept.delete(kept.keys().next().value ?? '');
      }
      return answer;
    },
    close() {
      stop();
      kept.clear();
    },
  };
}
