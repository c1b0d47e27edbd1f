/**
 * Aliases of one artifact or one collection. An alias stands on at most one version; putting it elsewhere moves it, and
 * every change says from where to where. `latest` is never put by hand: it is where the highest number is.
 */
import type { AliasGuard } from './aliasGuard.ts';
import { checkAlias } from './names.ts';
import { accept, refuse, type Verdict } from './verdict.ts';
import { latestOf } from './versions.ts';

export const latestAlias = 'latest';

/** Which versions are there, and which alias stands on which of them. `latest` is kept among the aliases. */
export interface AliasState {
	/** Numbers of the versions (or links) that are there: complete and not in the trash. */
	readonly versions: ReadonlySet<number>;
	readonly aliases: ReadonlyMap<string, number>;
}

/** One step of history: `from` is null when the alias is new, `to` is null when it goes. */
export interface AliasMove {
	readonly alias: string;
	readonly from: number | null;
	readonly to: number | null;
}

export interface AliasChange {
	readonly state: AliasState;
	/** Real moves only: an alias that already stands where it was asked for makes none. */
	readonly moves: readonly AliasMove[];
}

/** Who asks, as far as aliases care. */
export interface AliasRights {
	/** Aliases that only an admin of the registry may put, move or remove. Empty on the source side. */
	readonly protectedAliases: AliasGuard;
	readonly mayMoveProtected: boolean;
}

export const noProtectedAliases: AliasRights = { protectedAliases: new Set(), mayMoveProtected: false };

/** One wish. `expected` makes it a compare-and-set: it holds only if the alias stands there now (null: on no version). */
export type AliasWish =
	| { readonly alias: string; readonly to: number; readonly expected?: number | null }
	| { readonly alias: string; readonly to: null; readonly expected?: number | null };

/** Puts an alias on a version, moving it from where it stands. */
export function setAlias(state: AliasState, rights: AliasRights, alias: string, to: number, expected?: number | null): Verdict<AliasChange> {
	return changeAliases(state, rights, [{ alias, to, expected }]);
}

/** Takes an alias away. One that stands nowhere is already gone: no move, no error. */
export function removeAlias(state: AliasState, rights: AliasRights, alias: string, expected?: number | null): Verdict<AliasChange> {
	return changeAliases(state, rights, [{ alias, to: null, expected }]);
}

/** Makes exactly `aliases` stand on the version (besides `latest`), as saving an edited list does. */
export function replaceAliases(state: AliasState, rights: AliasRights, version: number, aliases: Iterable<string>): Verdict<AliasChange> {
	const wanted = new Set<string>();
	for (const alias of aliases) {
		const checked = checkAlias(alias);
		if (!checked.ok) return checked;
		if (checked.value !== latestAlias) wanted.add(checked.value);
	}
	const dropped = aliasesOn(state, version).filter((alias) => alias !== latestAlias && !wanted.has(alias));
	return changeAliases(state, rights, [...dropped.map((alias) => ({ alias, to: null })), ...[...wanted].map((alias) => ({ alias, to: version }))]);
}

/** All wishes or none. The same alias asked for on two versions at once is refused: which one is meant can't be known. */
export function changeAliases(state: AliasState, rights: AliasRights, wishes: readonly AliasWish[]): Verdict<AliasChange> {
	const aliases = new Map(state.aliases);
	const asked = new Map<string, number | null>();
	const moves: AliasMove[] = [];
	for (const wish of wishes) {
		const checked = checkAlias(wish.alias);
		if (!checked.ok) return checked;
		const alias = checked.value;
		const from = state.aliases.get(alias) ?? null;
		const to = wish.to;
		if (asked.has(alias)) {
			if (asked.get(alias) !== to) return refuse({ rule: 'alias-asked-twice', subject: 'alias', alias });
			continue;
		}
		asked.set(alias, to);
		if (wish.expected !== undefined && wish.expected !== from) return refuse({ rule: 'alias-moved', subject: 'alias', alias, expected: wish.expected, actual: from });
		if (to !== null && !state.versions.has(to)) return refuse({ rule: 'no-such-version', subject: 'artifact version', version: to });
		if (from === to) continue;
		if (alias === latestAlias) return refuse({ rule: 'latest-follows', subject: 'alias', latest: latestOf(state.versions) });
		if (rights.protectedAliases.has(alias) && !rights.mayMoveProtected) return refuse({ rule: 'protected-alias', subject: 'alias', alias, version: from });
		if (to === null) aliases.delete(alias);
		else aliases.set(alias, to);
		moves.push({ alias, from, to });
	}
	return accept({ state: { versions: state.versions, aliases }, moves });
}

/** Adds versions and lets `latest` follow. */
export function addVersions(state: AliasState, numbers: Iterable<number>): AliasChange {
	return withVersions(state, new Set([...state.versions, ...numbers]));
}

/** Takes versions out, as {@link takeVersion} does one. */
export function takeVersions(state: AliasState, numbers: ReadonlySet<number>): AliasChange {
	return withVersions(state, new Set([...state.versions].filter((version) => !numbers.has(version))));
}

/** Adds a version and lets `latest` follow. */
export function addVersion(state: AliasState, number: number): AliasChange {
	return withVersions(state, new Set([...state.versions, number]));
}

/** Takes a version out: its aliases go, and `latest` moves to the highest number left. Whether it may go is asked before. */
export function takeVersion(state: AliasState, number: number): AliasChange {
	return withVersions(state, new Set([...state.versions].filter((version) => version !== number)));
}

/** The aliases on one version, `latest` first, then in plain order. */
export function aliasesOn(state: AliasState, version: number): readonly string[] {
	const found: string[] = [];
	for (const [alias, number] of state.aliases) if (number === version) found.push(alias);
	return found.sort((left, right) => Number(right === latestAlias) - Number(left === latestAlias) || (left < right ? -1 : 1));
}

/** Brings the aliases in line with the versions that are there. */
function withVersions(state: AliasState, versions: ReadonlySet<number>): AliasChange {
	const aliases = new Map<string, number>();
	const moves: AliasMove[] = [];
	for (const [alias, number] of state.aliases) {
		if (alias === latestAlias) continue;
		if (versions.has(number)) aliases.set(alias, number);
		else moves.push({ alias, from: number, to: null });
	}
	const from = state.aliases.get(latestAlias) ?? null;
	const to = latestOf(versions);
	if (to !== null) aliases.set(latestAlias, to);
	if (from !== to) moves.push({ alias: latestAlias, from, to });
	return { state: { versions, aliases }, moves };
}
