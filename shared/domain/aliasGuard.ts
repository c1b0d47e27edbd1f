/** Protected aliases of a registry: single ones, and patterns such as `prod-*`. */
import { latestAlias } from './aliases.ts';
import { fitsGlob } from './glob.ts';

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
	return { has: (alias) => names.has(alias) || (alias !== latestAlias && patterns.some((pattern) => fitsGlob(pattern, alias))) };
}
