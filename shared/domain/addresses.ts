/**
 * Addresses as people and scripts write them:
 *
 *   [<organization>/]wandb-registry-<registry>/<collection>[:<alias or vN>]     a link in a registry
 *   [<entity>/[<project>/]]<artifact>[:<alias or vN>]                           a version at its source
 *
 * Without a selector, `latest` is meant. The parts are split at `/`, the selector at the last `:` after it (an alias has
 * none, a collection may), and each is held against the rule for its kind. An address may leave out what the place it is
 * used in fills in.
 */
import { latestAlias } from './aliases.ts';
import { checkAlias, checkArtifactName, checkCollectionName, checkEntityName, checkProjectName, checkRegistryName, registryOfProject, registryProjectName } from './names.ts';
import { nameKey, partOf } from './text.ts';
import { accept, refuse, type Verdict } from './verdict.ts';
import { formatVersion, parseVersion } from './versions.ts';

/** Which version of what was named: by number or by alias. */
export type Selector = { readonly kind: 'number'; readonly number: number } | { readonly kind: 'alias'; readonly alias: string };

export interface RegistryAddress {
	readonly kind: 'registry';
	/** Null where the address leaves it out. */
	readonly organization: string | null;
	readonly registry: string;
	readonly collection: string;
	/** Null where the address names no version; `latest` is meant then. */
	readonly selector: Selector | null;
}

export interface SourceAddress {
	readonly kind: 'source';
	/** Team (or user); null where the address leaves it out. */
	readonly entity: string | null;
	readonly project: string | null;
	readonly artifact: string;
	readonly selector: Selector | null;
}

export type Address = RegistryAddress | SourceAddress;

/** What W&B calls the entity that stands for an organization, where its projects need an owner: `<organization>-org`. */
export function organizationEntityName(organization: string): string {
	return `${organization}-org`;
}

/** Keys of the organizations that a text may mean: the one of that name, and the one whose entity is called so. */
export function organizationNameKeys(text: string): readonly string[] {
	return text.endsWith('-org') ? [nameKey(text), nameKey(text.slice(0, -'-org'.length))] : [nameKey(text)];
}

const registryForm = '[<organization>/]wandb-registry-<name>/<collection>[:<alias or vN>]';
const sourceForm = '[<entity>/[<project>/]]<artifact>[:<alias or vN>]';

/** Far above any address that the limits of its parts allow. */
const longestAddress = 1000;

/** The version that a text after `:` names. `v3` is a number; `v007` is neither a number nor an alias. */
export function parseSelector(text: string): Verdict<Selector> {
	const number = parseVersion(text);
	if (number !== null) return accept({ kind: 'number', number });
	const alias = checkAlias(text);
	return alias.ok ? accept({ kind: 'alias', alias: alias.value }) : alias;
}

export function formatSelector(selector: Selector): string {
	return selector.kind === 'number' ? formatVersion(selector.number) : selector.alias;
}

/** What an address without a selector means. */
export const latestSelector: Selector = { kind: 'alias', alias: latestAlias };

/** Reads either form: whatever has a `wandb-registry-…` step where a project stands is a registry address. */
export function parseAddress(text: string): Verdict<Address> {
	const split = splitAddress(text, `${registryForm} or ${sourceForm}`);
	if (!split.ok) return split;
	const { steps } = split.value;
	return steps.length >= 2 && registryOfProject(steps.at(-2)!) !== null ? registryAddress(text, split.value) : sourceAddress(text, split.value);
}

/** Reads a registry address; a source address is refused. */
export function parseRegistryAddress(text: string): Verdict<RegistryAddress> {
	const split = splitAddress(text, registryForm);
	return split.ok ? registryAddress(text, split.value) : split;
}

/** Reads a source address; a registry address is refused. */
export function parseSourceAddress(text: string): Verdict<SourceAddress> {
	const split = splitAddress(text, sourceForm);
	return split.ok ? sourceAddress(text, split.value) : split;
}

/** Where to link: `[<organization>/]wandb-registry-<name>/<collection>`, with no selector. */
export function parseLinkTarget(text: string): Verdict<RegistryAddress> {
	const address = parseRegistryAddress(text);
	if (!address.ok || address.value.selector === null) return address;
	const colon = text.lastIndexOf(':');
	return refuse({ rule: 'malformed-address', subject: 'address', part: partOf(text, colon), expected: '[<organization>/]wandb-registry-<name>/<collection>' });
}

export function formatAddress(address: Address): string {
	// A collection whose name has a colon needs a selector after it, or its own colon would be taken for one.
	const chosen = address.selector ?? (address.kind === 'registry' && address.collection.includes(':') ? latestSelector : null);
	const selector = chosen === null ? '' : `:${formatSelector(chosen)}`;
	if (address.kind === 'registry') {
		return [...(address.organization === null ? [] : [address.organization]), registryProjectName(address.registry), address.collection].join('/') + selector;
	}
	// A project without its entity can't be written; `<project>/<artifact>` would be read as `<entity>/<artifact>`.
	const prefix = address.entity === null ? [] : address.project === null ? [address.entity] : [address.entity, address.project];
	return [...prefix, address.artifact].join('/') + selector;
}

interface SplitAddress {
	readonly steps: readonly string[];
	/** The text after the `:`, or null where there is none. */
	readonly selector: string | null;
}

function splitAddress(text: string, expected: string): Verdict<SplitAddress> {
	if (typeof text !== 'string') return refuse({ rule: 'not-text', subject: 'address' });
	if (text === '') return refuse({ rule: 'empty', subject: 'address' });
	if (text.length > longestAddress) return refuse({ rule: 'malformed-address', subject: 'address', part: partOf(text, longestAddress), expected });
	const colon = text.indexOf(':', text.lastIndexOf('/') + 1) < 0 ? -1 : text.lastIndexOf(':');
	const path = colon < 0 ? text : text.slice(0, colon);
	let offset = 0;
	const steps = path.split('/');
	for (const [index, step] of steps.entries()) {
		if (index >= 3) return refuse({ rule: 'malformed-address', subject: 'address', part: partOf(text, offset - 1), expected });
		if (step === '') return refuse({ rule: 'malformed-address', subject: 'address', part: partOf(text, offset), expected });
		offset += step.length + 1;
	}
	return accept({ steps, selector: colon < 0 ? null : text.slice(colon + 1) });
}

function registryAddress(text: string, { steps, selector }: SplitAddress): Verdict<RegistryAddress> {
	const registryName = steps.length >= 2 ? registryOfProject(steps.at(-2)!) : null;
	if (registryName === null) return refuse({ rule: 'malformed-address', subject: 'address', part: partOf(text, 0), expected: registryForm });
	const organization = steps.length === 3 ? checkEntityName('organization', steps[0]!) : accept(null);
	if (!organization.ok) return organization;
	const registry = checkRegistryName(registryName);
	if (!registry.ok) return registry;
	const collection = checkCollectionName(steps.at(-1)!);
	if (!collection.ok) return collection;
	const chosen = selector === null ? accept(null) : parseSelector(selector);
	if (!chosen.ok) return chosen;
	return accept({ kind: 'registry', organization: organization.value, registry: registry.value, collection: collection.value, selector: chosen.value });
}

function sourceAddress(text: string, { steps, selector }: SplitAddress): Verdict<SourceAddress> {
	if (steps.length >= 2 && registryOfProject(steps.at(-2)!) !== null) return refuse({ rule: 'malformed-address', subject: 'address', part: partOf(text, 0), expected: sourceForm });
	const entity = steps.length >= 2 ? checkEntityName('team', steps[0]!) : accept(null);
	if (!entity.ok) return entity;
	const project = steps.length === 3 ? checkProjectName(steps[1]!) : accept(null);
	if (!project.ok) return project;
	const artifact = checkArtifactName(steps.at(-1)!);
	if (!artifact.ok) return artifact;
	const chosen = selector === null ? accept(null) : parseSelector(selector);
	if (!chosen.ok) return chosen;
	return accept({ kind: 'source', entity: entity.value, project: project.value, artifact: artifact.value, selector: chosen.value });
}
