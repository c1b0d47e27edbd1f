/** What a lifecycle state is called where there are none: stages in MLflow, aliases in W&B. For sync, both ways. */
import type { Lifecycle, LifecycleState, MlflowStage } from './lifecycle.ts';

/** States that are commonly called so. */
const stagesByName: ReadonlyMap<string, MlflowStage> = new Map<string, MlflowStage>([
	...['none', 'draft', 'new', 'development'].map((name) => [name, 'None'] as const),
	...['candidate', 'staging', 'review', 'testing'].map((name) => [name, 'Staging'] as const),
	...['approved', 'production', 'released', 'live'].map((name) => [name, 'Production'] as const),
	...['retired', 'archived', 'deprecated', 'rejected'].map((name) => [name, 'Archived'] as const),
]);

/** The stage that stands for a state: the one that its registry set, else what its name and place say. */
export function stageOfState(lifecycle: Lifecycle, state: string): MlflowStage {
	return lifecycle.states.find((candidate) => candidate.name === state)?.stage ?? usualStage(lifecycle, state);
}

/**
 * The stage of a state for which none is set: by its name where that is a common one, else by its place. Where links begin is None, what is
 * terminal is Archived, the last that is not is Production, whatever lies between is Staging.
 */
export function usualStage(lifecycle: Lifecycle, state: string): MlflowStage {
	const named = stagesByName.get(state.toLowerCase());
	if (named !== undefined) return named;
	const at = lifecycle.states.findIndex((candidate) => candidate.name === state);
	if (at <= 0) return 'None';
	if (lifecycle.states[at]?.terminal === true) return 'Archived';
	return lifecycle.states.slice(at + 1).some((candidate) => !candidate.terminal) ? 'Staging' : 'Production';
}

/** The first state for which a stage stands; null where the lifecycle has none such. */
export function stateOfStage(lifecycle: Lifecycle, stage: MlflowStage): string | null {
	return lifecycle.states.find((state) => stageOfState(lifecycle, state.name) === stage)?.name ?? null;
}

const aliasesByStage: { readonly [Stage in MlflowStage]: string | null } = { None: null, Staging: 'staging', Production: 'production', Archived: null };

/** The alias that stands for a state in W&B: the one that its registry set, else the customary one of its stage; null where there is none. */
export function aliasOfState(lifecycle: Lifecycle, state: string): string | null {
	const set = lifecycle.states.find((candidate) => candidate.name === state)?.alias;
	return set === undefined ? usualAlias(lifecycle, state) : set;
}

/** The alias of a state for which none is set; null where another state has it. */
export function usualAlias(lifecycle: Lifecycle, state: string): string | null {
	const alias = aliasesByStage[stageOfState(lifecycle, state)];
	return lifecycle.states.some((candidate) => candidate.alias === alias) ? null : alias;
}

/** The state that aliases from W&B amount to, the furthest one where there are several; null where they say nothing of it. */
export function stateOfAliases(lifecycle: Lifecycle, aliases: readonly string[]): string | null {
	const given = new Set(aliases.map((alias) => alias.toLowerCase()));
	return lifecycle.states.filter((state) => saysState(lifecycle, state, given)).at(-1)?.name ?? null;
}

/** What is set counts alone; else an alias that is called as the state, or as another of the same stage is commonly called. */
function saysState(lifecycle: Lifecycle, state: LifecycleState, given: ReadonlySet<string>): boolean {
	if (state.alias !== undefined) return state.alias !== null && given.has(state.alias.toLowerCase());
	const taken = new Set(lifecycle.states.flatMap((other) => (typeof other.alias === 'string' ? [other.alias.toLowerCase()] : [])));
	const stage = stageOfState(lifecycle, state.name);
	return given.has(state.name.toLowerCase()) || [...given].some((alias) => !taken.has(alias) && stagesByName.get(alias) === stage);
}

/** An alias stands on one version only: of the links in a state the one with the highest number carries its alias. */
export function aliasesOfStates(lifecycle: Lifecycle, links: readonly { readonly index: number; readonly state: string }[]): ReadonlyMap<string, number> {
	const found = new Map<string, number>();
	for (const link of links) {
		const alias = aliasOfState(lifecycle, link.state);
		if (alias !== null && link.index > (found.get(alias) ?? -1)) found.set(alias, link.index);
	}
	return found;
}
