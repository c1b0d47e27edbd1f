/** One remote, several registries: outside, a collection of any but the first is `registry/collection`; each registry itself knows its own names only. */
import type { Desk, Learned, PushOutcome } from '../connector.ts';

/** Null: the first registry, whose names stand by themselves. */
export type Within = string | null;

/** W&B's names have no slash. */
export function split(model: string): { readonly within: Within; readonly name: string } {
  const slash = model.indexOf('/');
  return slash === -1 ? { within: null, name: model } : { within: model.slice(0, slash), name: model.slice(slash + 1) };
}

export const joined = (within: Within, name: string): string => (within === null ? name : `${within}/${name}`);

export function deskWithin(desk: Desk, within: Within, registries: number): Desk {
  const outside = (name: string): string => joined(within, name);
  const inside = (names: readonly string[]): readonly string[] => names.map(split).filter((one) => one.within === within).map((one) => one.name);
  return {
    ...desk,
    known: async (names) => (await desk.known(names.map(outside))).map((row) => ({ ...row, name: split(row.name).name })),
    absent: async (present) => inside(await desk.absent(present.map(outside))),
    stale: async (limit) => inside(await desk.stale(limit * registries)).slice(0, limit),
    apply: (models, present, clockOffset) => desk.apply(models.map((model) => ({ ...model, name: outside(model.name) })), present === null ? null : present.map(outside), clockOffset, within),
  };
}

/** What came of a push, by the names outside. */
export function outcomeWithin(outcome: PushOutcome, within: Within): PushOutcome {
  if (within === null) return outcome;
  if (outcome.kind === 'conflict') return { ...outcome, model: joined(within, outcome.model) };
  if (outcome.kind !== 'sent') return outcome;
  const { learned } = outcome;
  const at = <Fact extends { readonly model: string }>(fact: Fact): Fact => ({ ...fact, model: joined(within, fact.model) });
  const named: Learned = {
    ...learned,
    ...(learned.model === undefined ? {} : { model: { ...learned.model, name: joined(within, learned.model.name) } }),
    ...(learned.renamed === undefined ? {} : { renamed: { from: joined(within, learned.renamed.from), to: joined(within, learned.renamed.to) } }),
    ...(learned.alias === undefined ? {} : { alias: at(learned.alias) }), ...(learned.description === undefined ? {} : { description: at(learned.description) }), ...(learned.tag === undefined ? {} : { tag: at(learned.tag) }),
    ...(learned.version === undefined ? {} : { version: at(learned.version) }), ...(learned.card === undefined ? {} : { card: at(learned.card) }), ...(learned.dropped === undefined ? {} : { dropped: at(learned.dropped) }),
    ...(learned.gone === undefined ? {} : { gone: at(learned.gone) }), ...(learned.text === undefined ? {} : { text: at(learned.text) }), ...(learned.mark === undefined ? {} : { mark: at(learned.mark) }),
    ...(learned.metadata === undefined ? {} : { metadata: at(learned.metadata) }), ...(learned.ttl === undefined ? {} : { ttl: at(learned.ttl) }),
  };
  return { kind: 'sent', learned: named };
}
