/** Protected aliases of a registry: single ones, and patterns such as `prod-*`. */
import { latestAlias } from './aliases.ts';

/** Tells whether an alias is protected. */
export interface AliasGuard {
	has(alias: string): boolean;
}

/**
 * What a registry protects: an alias by name, or every alias that fits a pattern in which `*` stands for any run of characters, none
 * included. A pattern never takes in `latest`, which moves by itself with every link.
 */
export function aliasGuard(protectedAliases: readonly string[]): AliasGuard {
	const names = new Set(protectedAliases);
	const patterns = protectedAliases.filter((name) => name.includes('*'));
	return { has: (alias) => names.has(alias) || (alias !== latestAlias && patterns.some((pattern) => fits(pattern, alias))) };
}

/** Steps back to the last `*` only, so that no pattern takes longer than its length times the alias's. */
function fits(pattern: string, alias: string): boolean {
	let inPattern = 0;
	let inAlias = 0;
	let star = -1;
	let taken = 0;
	while (inAlias < alias.length) {
		if (pattern[inPattern] === '*') {
			star = inPattern++;
			taken = inAlias;
		} else if (inPattern < pattern.length && pattern[inPattern] === alias[inAlias]) {
			inPattern++;
			inAlias++;
		} else if (star >= 0) {
			inPattern = star + 1;
			inAlias = ++taken;
		} else return false;
	}
	while (pattern[inPattern] === '*') inPattern++;
	return inPattern === pattern.length;
}
