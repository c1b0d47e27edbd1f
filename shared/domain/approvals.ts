/** Approval gates: what an alias needs before it may be put on a version. Votes and results of checks go in, what follows comes out. */
import { aliasGuard } from './aliasGuard.ts';
import { latestAlias } from './aliases.ts';
import type { MetadataComparison } from './automationFilter.ts';

export type ApprovalCheck =
	/** The collection has a card. */
	| { readonly kind: 'card' }
	/** Metadata or card name a licence. */
	| { readonly kind: 'licence' }
	/** A value of the version's metadata compares. */
	| { readonly kind: 'metric'; readonly path: string; readonly comparison: MetadataComparison; readonly value: number | string | boolean }
	/** Every stored byte of the version was read and is as its digest says. */
	| { readonly kind: 'integrity' }
	/** The safety scan found nothing that would run when a file is loaded; `cautions`: but what nobody can vouch for passes. */
	| { readonly kind: 'scan'; readonly cautions: boolean };

export interface ApprovalGate {
	/** An alias, or a pattern such as `prod-*`. */
	readonly alias: string;
	/** How many people have to agree; 0 leaves it to the checks. */
	readonly approvals: number;
	/** The least role in the registry that may decide. */
	readonly deciders: 'member' | 'admin';
	readonly checks: readonly ApprovalCheck[];
}

/** The first gate that an alias stands behind. `latest` moves by itself and stands behind none. */
export function gateOf(gates: readonly ApprovalGate[], alias: string): ApprovalGate | null {
	return alias === latestAlias ? null : (gates.find((gate) => aliasGuard([gate.alias]).has(alias)) ?? null);
}

export interface CheckResult {
	readonly check: string;
	/** null while it was not made. */
	readonly passed: boolean | null;
	readonly detail: string;
}

export interface Vote {
	readonly userId: number;
	readonly vote: 'grant' | 'refuse';
}

export interface ApprovalJudgement {
	readonly state: 'open' | 'granted' | 'refused';
	/** People still needed. */
	readonly missing: number;
	/** Checks that failed or were not made. */
	readonly failing: readonly CheckResult[];
}

/** One refusal refuses. Nobody approves their own request: such a vote counts for nothing, however it came in. */
export function judgeApproval(gate: ApprovalGate, requestedBy: number, votes: readonly Vote[], checks: readonly CheckResult[]): ApprovalJudgement {
	const others = votes.filter((vote) => vote.userId !== requestedBy);
	const granted = new Set(others.filter((vote) => vote.vote === 'grant').map((vote) => vote.userId)).size;
	const missing = Math.max(0, gate.approvals - granted);
	const failing = checks.filter((check) => check.passed !== true);
	if (others.some((vote) => vote.vote === 'refuse')) return { state: 'refused', missing, failing };
	return { state: missing === 0 && failing.length === 0 ? 'granted' : 'open', missing, failing };
}

/** `2 more approvals are needed; the card is empty.` */
export function lackingWords({ missing, failing }: Pick<ApprovalJudgement, 'missing' | 'failing'>): string {
	const parts = [
		...(missing > 0 ? [`${missing} ${missing === 1 ? 'approval is' : 'approvals are'} still needed`] : []),
		...failing.map((check) => `${check.check}: ${check.detail}`),
	];
	return parts.length === 0 ? 'nothing is lacking' : parts.join('; ');
}

export function checkName(check: ApprovalCheck): string {
	switch (check.kind) {
		case 'card':
			return 'card filled';
		case 'licence':
			return 'licence set';
		case 'metric':
			return check.comparison === 'exists' ? `${check.path} is there` : `${check.path} ${check.comparison} ${String(check.value)}`;
		case 'integrity':
			return 'integrity verified';
		case 'scan':
			return check.cautions ? 'safety scan without dangers' : 'safety scan clean';
	}
}
