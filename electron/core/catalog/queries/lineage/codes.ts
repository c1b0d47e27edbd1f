/** Nodes as numbers, while a walk is under way: twice the row's id, and one more for a run. They stay exact up to ids of 2^52. */
import type { LineageNodeId } from '#shared/contract/index.ts';

export type Code = number;
export type Kind = LineageNodeId['kind'];

export const codeOf = (kind: Kind, id: number): Code => (kind === 'run' ? id * 2 + 1 : id * 2);
export const isRun = (code: Code): boolean => code % 2 === 1;
export const idOf = (code: Code): number => Math.floor(code / 2);
export const keyOf = (code: Code): string => `${isRun(code) ? 'run' : 'version'}:${idOf(code)}`;

/** Row ids by kind, in the order of the codes. */
export function idsByKind(codes: Iterable<Code>): { readonly versions: number[]; readonly runs: number[] } {
  const versions: number[] = [];
  const runs: number[] = [];
  for (const code of codes) (isRun(code) ? runs : versions).push(idOf(code));
  return { versions, runs };
}
