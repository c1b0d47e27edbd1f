/** Whether an act needs a reason, as a registry may ask for one. */
import type { AliasGuard } from './aliasGuard.ts';
import { latestAlias, type AliasMove } from './aliases.ts';
import { accept, refuse, type Verdict } from './verdict.ts';

/** For moves of protected aliases, for all moves but those that `latest` makes by itself, or never. */
export const reasonRules = ['never', 'protected', 'all'] as const;
export type ReasonRule = (typeof reasonRules)[number];

/** The alias whose move asks for a reason; null where none does. */
export function moveNeedingReason(rule: ReasonRule, guard: AliasGuard, moves: readonly AliasMove[]): string | null {
	if (rule === 'never') return null;
	return moves.find((move) => move.alias !== latestAlias && (rule === 'all' || guard.has(move.alias)))?.alias ?? null;
}

/** Spaces alone are no reason. */
export function isReason(message: string | null): boolean {
	return message !== null && message.trim() !== '';
}

/** The reason for moves, or that one is missing. */
export function checkReasonForMoves(rule: ReasonRule, guard: AliasGuard, moves: readonly AliasMove[], message: string | null): Verdict<string | null> {
	const alias = moveNeedingReason(rule, guard, moves);
	return alias === null || isReason(message) ? accept(message) : refuse({ rule: 'reason-missing', subject: 'alias', name: alias });
}
