/** What may be drawn into the lineage by hand, and taken out again. */
import { accept, refuse, type Verdict } from './verdict.ts';
import type { Part } from './text.ts';

export type LineageNodeKind = 'version' | 'run';

/** One end of an edge, with its words for messages. */
export interface EdgeEnd {
	readonly kind: LineageNodeKind;
	readonly id: number;
	readonly label: string;
}

export interface StandingEdge {
	/** Drawn by a person, rather than told by a run or a server. */
	readonly byHand: boolean;
}

/** Longest reason, in code points. */
export const longestReason = 2000;

/**
 * Whether an edge may be drawn by hand from what came first to what came of it. An edge that stands by hand already may be drawn again
 * (its reason is then the newer one); one that a run told needs no hand. Lineage says what came first, so nothing may come from itself.
 */
export function checkNewEdge(from: EdgeEnd, to: EdgeEnd, reason: string, facts: { readonly standing: StandingEdge | null; readonly comesFromItself: boolean }): Verdict<string> {
	const why = reason.trim();
	const points = Array.from(why);
	if (points.length === 0) return refuse({ rule: 'empty', subject: 'reason' });
	if (points.length > longestReason) return refuse({ rule: 'too-long', subject: 'reason', part: reasonPart(points), limit: longestReason, length: points.length });
	if (from.kind === to.kind && from.id === to.id) return refuse({ rule: 'edge-to-itself', subject: 'lineage edge', label: from.label });
	if (from.kind === 'run' && to.kind === 'run') return refuse({ rule: 'edge-between-runs', subject: 'lineage edge', from: from.label, to: to.label });
	if (facts.standing !== null && !facts.standing.byHand) return refuse({ rule: 'edge-reported', subject: 'lineage edge', from: from.label, to: to.label });
	if (facts.comesFromItself) return refuse({ rule: 'edge-closes-cycle', subject: 'lineage edge', from: from.label, to: to.label });
	return accept(why);
}

/** Only what a hand drew may a hand take away; what a run told is what happened. */
export function checkEdgeRemoval(from: EdgeEnd, to: EdgeEnd, standing: StandingEdge | null): Verdict<StandingEdge> {
	if (standing === null) return refuse({ rule: 'not-found', subject: 'lineage edge', name: `${from.label} → ${to.label}` });
	return standing.byHand ? accept(standing) : refuse({ rule: 'edge-not-by-hand', subject: 'lineage edge', from: from.label, to: to.label });
}

function reasonPart(points: readonly string[]): Part {
	const kept = points.slice(0, longestReason).join('');
	return { text: points.slice(longestReason, longestReason + 20).join(''), offset: kept.length, position: longestReason + 1 };
}
