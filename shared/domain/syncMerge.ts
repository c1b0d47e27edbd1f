/**
 * What becomes of one field that may have been changed here and at a remote: pure, so that every replica that sees the same decides the
 * same. Three values are compared: the upstream as it was last seen (`base`), what stands here (`mine`) and what stands there (`theirs`).
 *
 * - Nothing moved there, or both sides agree: nothing to decide.
 * - Only theirs moved: it is applied. Only mine moved: it stays pending on the upstream that it was made on.
 * - Both moved, differently: an alias is a conflict (it moves by compare-and-set on what was seen, never over an unseen move); a text goes to
 *   the later writer, and the history keeps the other one.
 *
 * Immutable things (bytes, versions) don't come here: they never conflict.
 */

/** The upstream as last seen; unknown when the two were never compared before. */
export type Base<Value> = { readonly known: true; readonly value: Value } | { readonly known: false };

export type MergeRule =
	| { readonly kind: 'compare and set' }
	/**
	 * Times in milliseconds, both on our clock. `theirsAt` is when the remote says that it was written; where it doesn't say,
	 * `theirsNotBefore` is when the upstream was last seen as it was.
	 */
	| { readonly kind: 'last writer'; readonly mineAt: number; readonly theirsAt: number | null; readonly theirsNotBefore: number };

export type MergeInput<Value> = { readonly base: Base<Value>; readonly mine: Value; readonly theirs: Value; readonly rule: MergeRule };

export type Merge<Value> =
	/** Theirs is where it was; mine, if it moved, is still to be told. */
	| { readonly kind: 'keep' }
	/** Theirs comes here; `loser` is what stood here and was not told yet. */
	| { readonly kind: 'apply'; readonly value: Value; readonly loser: { readonly value: Value } | null }
	/** Both stand where mine is: what was pending is done. */
	| { readonly kind: 'confirm'; readonly value: Value }
	/** Mine stays, now as a change of the newer upstream; `loser` is theirs. */
	| { readonly kind: 'rebase'; readonly value: Value; readonly loser: { readonly value: Value } }
	| { readonly kind: 'conflict'; readonly base: Base<Value>; readonly mine: Value; readonly theirs: Value };

/** Values are compared as they are: strings, booleans, null. */
export function mergeField<Value extends string | number | boolean | null>({ base, mine, theirs, rule }: MergeInput<Value>): Merge<Value> {
	if (mine === theirs) return { kind: 'confirm', value: mine };
	if (!base.known) return mergeUnmet(mine, theirs);
	if (theirs === base.value) return { kind: 'keep' };
	if (mine === base.value) return { kind: 'apply', value: theirs, loser: null };
	switch (rule.kind) {
		case 'compare and set':
			return { kind: 'conflict', base, mine, theirs };
		case 'last writer':
			return laterIsMine(rule, mine, theirs) ? { kind: 'rebase', value: mine, loser: { value: theirs } } : { kind: 'apply', value: theirs, loser: { value: mine } };
	}
}

/** Two that meet for the first time: whichever side says nothing takes what the other says. */
function mergeUnmet<Value extends string | number | boolean | null>(mine: Value, theirs: Value): Merge<Value> {
	if (isNothing(mine)) return { kind: 'apply', value: theirs, loser: null };
	if (isNothing(theirs)) return { kind: 'keep' };
	return { kind: 'conflict', base: { known: false }, mine, theirs };
}

const isNothing = (value: string | number | boolean | null): boolean => value === null || value === '' || value === false;

function laterIsMine<Value>(rule: Extract<MergeRule, { readonly kind: 'last writer' }>, mine: Value, theirs: Value): boolean {
	const theirsAt = rule.theirsAt ?? rule.theirsNotBefore;
	// At the same moment every replica must choose the same.
	return rule.mineAt === theirsAt ? String(mine) > String(theirs) : rule.mineAt > theirsAt;
}

export type PushVerdict = 'done' | 'send' | 'conflict';

/** What a push may do once it has read the remote again: it writes only over what it has seen. */
export function pushVerdict<Value extends string | number | boolean | null>(seen: Base<Value>, mine: Value, theirs: Value, rule: MergeRule['kind']): PushVerdict {
	if (mine === theirs) return 'done';
	if (rule === 'last writer') return 'send';
	if (seen.known ? seen.value === theirs : isNothing(theirs)) return 'send';
	return 'conflict';
}

export type TakeBackVerdict = 'take back' | 'back already' | 'moved there' | 'changed here';

/** Whether what a push changed from `before` to `after` can be taken back: only while both sides are as it left them. */
export function takeBackVerdict<Value extends string | null>({ before, after, mine, theirs }: { readonly before: Value; readonly after: Value; readonly mine: Value; readonly theirs: Value }): TakeBackVerdict {
	if (theirs === before && mine === before) return 'back already';
	if (theirs !== after) return 'moved there';
	return mine === after ? 'take back' : 'changed here';
}

/** Milliseconds until the next attempt: twice as long each time up to ten minutes, anything between nothing and that, so that many don't come at once. */
export function backoffMilliseconds(attempt: number, random: () => number, retryAfter: number | null = null): number {
	const most = Math.min(600_000, 1000 * 2 ** Math.min(attempt, 10));
	return Math.max(250, retryAfter ?? 0, Math.round(most * random()));
}
