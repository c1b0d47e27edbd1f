/** What is done with aliases: each act in one place, so that a drop, a menu, a key and a form do the same. */
import { create } from 'zustand';
import { latestAlias } from '#shared/domain/aliases.ts';
import type { AliasHolder, AliasTarget, LinkId, OutputOf } from '#shared/contract/index.ts';
import { ask, askReason, core, notifyFailure, requestApproval, runCommand } from '../../app/api/index.ts';
import { allow, forbid, type DragPayload, type DropVerdict } from '../../app/drag/index.ts';

/** An alias to offer: where it stands now (null: nowhere), and why it can't be chosen, if it can't. */
export type AliasSuggestion = { readonly alias: string; readonly standsOn: number | null; readonly protected: boolean; readonly lockedReason: string | null };

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

/** A version that aliases are put on, with what to offer. */
export type AddRequest = { readonly place: AliasPlace; readonly suggestions: readonly AliasSuggestion[]; /** `Encoder v3`. */ readonly label: string };

type Dialogs = {
  /** Choosing where to. */
  readonly moving: MoveRequest | null;
  /** Choosing what to put. */
  readonly adding: AddRequest | null;
  readonly timeline: { readonly holder: AliasHolder; readonly alias: string } | null;
};

export const useAliasDialogs = create<Dialogs>(() => ({ moving: null, adding: null, timeline: null }));

/** Asks on which version an alias shall stand: the keyboard's way to move it. */
export function openMoveDialog(moving: MoveRequest): void {
  useAliasDialogs.setState({ moving });
}

/** Asks which aliases to put on a version: for the palette, which has no chip beside it. */
export function openAddDialog(adding: AddRequest): void {
  useAliasDialogs.setState({ adding });
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

type Foreseen = OutputOf<'aliases.preview'>;

/** What core says of putting aliases there; null where it can't say: the act itself will. */
async function foresee(to: Pick<AliasPlace, 'target'>, aliases: readonly string[]): Promise<Foreseen | null> {
  try {
    return await core().query('aliases.preview', { target: to.target, aliases: [...aliases] });
  } catch {
    return null;
  }
}

/** What a drop would come to, where core knows more than the chip does: an alias that waits for an approval. */
export async function foreseenVerdict({ alias }: Pick<AliasDrag, 'alias'>, { target, index }: Pick<AliasPlace, 'target' | 'index'>): Promise<DropVerdict | null> {
  const { needsApproval } = await ask('aliases.preview', { target, aliases: [alias] });
  return needsApproval.length === 0 ? null : allow(`“${alias}” needs an approval on v${index}: dropping it asks for one`);
}

/** Says which aliases wait for an approval there, and asks for it where that is wished; false when it is not, and nothing is to be done. */
async function askForApproval(to: AliasPlace, needed: Foreseen['needsApproval'], others: readonly string[]): Promise<boolean> {
  const names = needed.map(({ alias }) => `“${alias}”`).join(', ');
  const message = await askReason({
    title: `${names} ${needed.length === 1 ? 'needs an approval' : 'need approvals'} on v${to.index}`,
    description: [...needed.map(({ explanation }) => explanation), others.length === 0 ? 'Nothing moves until then.' : `${others.map((alias) => `“${alias}”`).join(', ')} can be put at once.`].join(' '),
    verb: 'Request approval',
    required: false,
  });
  if (message === null) return false;
  for (const { alias } of needed) await requestApproval(to.target.id as LinkId, alias, message).catch(notifyFailure);
  return true;
}

/** Moves an alias. One that waits for an approval there is asked for instead; a protected one is asked about first, with room to say why. */
export async function planMove(move: PlannedMove): Promise<void> {
  const needed = (await foresee(move.to, [move.alias.alias]))?.needsApproval ?? [];
  if (needed.length > 0) {
    await askForApproval(move.to, needed, []);
    return;
  }
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

/** Where aliases were seen to stand, by name (null: nowhere); one that is left out was not looked at. */
export type Seen = ReadonlyMap<string, number | null>;

/**
 * Puts new aliases (or moves them from where they stand); those that wait for an approval are asked for. Refused when one stands elsewhere by
 * now than it was seen. False when nothing was done.
 */
export async function putAliases(to: AliasPlace, aliases: readonly string[], seen: Seen = new Map()): Promise<boolean> {
  const foreseen = await foresee(to, aliases);
  const needed = foreseen?.needsApproval ?? [];
  const free = aliases.filter((alias) => needed.every((one) => one.alias !== alias.normalize('NFC')));
  if (needed.length > 0 && !(await askForApproval(to, needed, free))) return false;
  if (free.length === 0) return true;
  const result = await runCommand('aliases.set', { target: to.target, aliases: free, expected: expectedOf(free, seen, foreseen?.moves ?? []) }, { done: ({ moves }) => describeMoves(moves, to.index) });
  return result !== null;
}

/** What the move is held against: where the person saw the alias, else where it was when it was asked about. */
function expectedOf(aliases: readonly string[], seen: Seen, moves: Foreseen['moves']): Record<string, number | null> {
  return Object.fromEntries(aliases.flatMap((alias) => {
    const from = seen.has(alias) ? seen.get(alias) : moves.find((move) => move.alias === alias.normalize('NFC'))?.from;
    return from === undefined ? [] : [[alias, from]];
  }));
}

/** Takes it off; refused when it stands elsewhere by now. */
export async function removeAlias(from: AliasPlace, alias: string): Promise<void> {
  await runCommand('aliases.remove', { target: from.target, aliases: [alias], expected: { [alias]: from.index } }, { done: `Removed “${alias}” from v${from.index}` });
}

/** What changed, in one line: an alias that moved says from where. */
export function describeMoves(moves: readonly { readonly alias: string; readonly from: number | null; readonly to: number | null }[], index: number): string {
  const chosen = moves.filter((move) => move.alias !== latestAlias);
  const [only] = chosen;
  if (only === undefined) return `Nothing to change on v${index}`;
  if (chosen.length > 1) return `Put ${chosen.length} aliases on v${index}`;
  return only.from === null ? `Put “${only.alias}” on v${index}` : `Moved “${only.alias}” from v${only.from} to v${index}`;
}
