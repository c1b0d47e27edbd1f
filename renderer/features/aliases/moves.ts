/** What is done with aliases: each act in one place, so that a drop, a menu, a key and a form do the same. */
import { create } from 'zustand';
import { latestAlias } from '#shared/domain/aliases.ts';
import type { AliasHolder, AliasTarget } from '#shared/contract/index.ts';
import { askReason, runCommand } from '../../app/api/index.ts';
import { allow, forbid, type DragPayload, type DropVerdict } from '../../app/drag/index.ts';

/** A version as aliases see it: within what they are unique, and where they would stand. */
export type AliasPlace = {
  readonly holder: AliasHolder;
  readonly target: AliasTarget;
  /** The number in `vN`, of the holder. */
  readonly index: number;
  /** Whether the one who asks may put, move and remove protected aliases here. */
  readonly mayMoveProtected: boolean;
};

export type AliasDrag = Extract<DragPayload, { readonly kind: 'alias' }>;

/** An alias that stands somewhere and shall go elsewhere. */
export type PlannedMove = { readonly alias: AliasDrag; readonly to: AliasPlace };

/** An alias for which a version is to be chosen. */
export type MoveRequest = {
  readonly alias: string;
  readonly protected: boolean;
  readonly holder: AliasHolder;
  /** The number that it stands on; null: nowhere yet. */
  readonly fromIndex: number | null;
  readonly mayMoveProtected: boolean;
  /** Whose versions they are, where that isn't plain from around it. */
  readonly of?: string;
};

type Dialogs = {
  /** Choosing where to. */
  readonly moving: MoveRequest | null;
  readonly timeline: { readonly holder: AliasHolder; readonly alias: string } | null;
};

export const useAliasDialogs = create<Dialogs>(() => ({ moving: null, timeline: null }));

/** Asks on which version an alias shall stand: the keyboard's way to move it. */
export function openMoveDialog(moving: MoveRequest): void {
  useAliasDialogs.setState({ moving });
}

export function openAliasTimeline(holder: AliasHolder, alias: string): void {
  useAliasDialogs.setState({ timeline: { holder, alias } });
}

export function sameHolder(left: AliasHolder, right: AliasHolder): boolean {
  return left.kind === right.kind && left.id === right.id;
}

/** What would happen if an alias were dropped on a version; null where it has no business at all. */
export function moveVerdict(alias: AliasDrag, to: Pick<AliasPlace, 'holder' | 'index' | 'mayMoveProtected'>): DropVerdict | null {
  if (!sameHolder(alias.holder, to.holder)) return forbid(`An alias moves within its own ${alias.holder.kind} only.`);
  if (alias.fromIndex === to.index) return null;
  if (alias.alias === latestAlias) return forbid('“latest” follows the most recent version by itself.');
  if (alias.protected && !to.mayMoveProtected) return forbid(`“${alias.alias}” is protected: only an admin of the registry may move it.`);
  return allow(`Move “${alias.alias}” from v${alias.fromIndex} to v${to.index}`);
}

/** Moves an alias; a protected one is asked about first, with room to say why. */
export async function planMove(move: PlannedMove): Promise<void> {
  if (!move.alias.protected) return moveNow(move);
  const reason = await askReason({
    title: `Move “${move.alias.alias}” from v${move.alias.fromIndex} to v${move.to.index}?`,
    description: 'It is a protected alias: whatever uses it takes the other version from now on.',
    verb: 'Move it',
    required: false,
  });
  if (reason !== null) await moveNow(move, reason);
}

/** Moves it now; refused when it meanwhile stands elsewhere than it was seen. */
export async function moveNow({ alias, to }: PlannedMove, message?: string): Promise<void> {
  await runCommand(
    'aliases.set',
    { target: to.target, aliases: [alias.alias], expected: { [alias.alias]: alias.fromIndex } },
    { done: `Moved “${alias.alias}” from v${alias.fromIndex} to v${to.index}`, ...(message === undefined ? {} : { message }) },
  );
}

/** Puts new aliases (or moves them from where they stand). */
export async function putAliases(to: AliasPlace, aliases: readonly string[], message?: string): Promise<boolean> {
  const result = await runCommand(
    'aliases.set',
    { target: to.target, aliases: [...aliases] },
    {
      done: ({ moves }) => describeMoves(moves, to.index),
      ...(message === undefined ? {} : { message }),
    },
  );
  return result !== null;
}

export async function removeAlias(from: AliasPlace, alias: string): Promise<void> {
  await runCommand('aliases.remove', { target: from.target, aliases: [alias] }, { done: `Removed “${alias}” from v${from.index}` });
}

/** What changed, in one line: an alias that moved says from where. */
export function describeMoves(moves: readonly { readonly alias: string; readonly from: number | null; readonly to: number | null }[], index: number): string {
  const chosen = moves.filter((move) => move.alias !== latestAlias);
  const [only] = chosen;
  if (only === undefined) return `Nothing to change on v${index}`;
  if (chosen.length > 1) return `Put ${chosen.length} aliases on v${index}`;
  return only.from === null ? `Put “${only.alias}” on v${index}` : `Moved “${only.alias}” from v${only.from} to v${index}`;
}
