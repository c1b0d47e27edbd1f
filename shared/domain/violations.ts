import { assertNever } from './assert.ts';
import type { Role } from './roles.ts';
import { quote, type HiddenCharacterRule, type Part } from './text.ts';

/** What a rule speaks about. */
export type Subject =
	| 'organization'
	| 'team'
	| 'project'
	| 'run'
	| 'registry'
	| 'collection'
	| 'artifact'
	| 'artifact type'
	| 'artifact version'
	| 'alias'
	| 'tag'
	| 'lifecycle state'
	| 'card section'
	| 'lineage edge'
	| 'reason'
	| 'metadata'
	| 'path'
	| 'address'
	| 'manifest'
	| 'search'
	| 'template';

/** Something that has a name and an id, as far as a message needs it. */
export interface Named {
	readonly id: string;
	readonly name: string;
}

/** A name, tag, alias or type that breaks a rule. */
export type NameViolation =
	| { readonly rule: 'empty'; readonly subject: Subject }
	| { readonly rule: 'not-text'; readonly subject: Subject }
	| { readonly rule: 'too-long'; readonly subject: Subject; readonly part: Part; readonly limit: number; readonly length: number }
	| { readonly rule: 'forbidden-character'; readonly subject: Subject; readonly part: Part; readonly allowed: string }
	| { readonly rule: 'wrong-start' | 'wrong-end'; readonly subject: Subject; readonly part: Part; readonly allowed: string }
	| { readonly rule: HiddenCharacterRule; readonly subject: Subject; readonly part: Part }
	| { readonly rule: 'surrounding-space' | 'only-dots' | 'version-number'; readonly subject: Subject; readonly part: Part }
	| { readonly rule: 'reserved'; readonly subject: Subject; readonly part: Part; readonly reservedFor: string };

export type PlainPathRule = 'absolute-path' | 'drive-letter' | 'backslash' | 'dot-segment' | 'encoded-dot-segment' | 'empty-segment' | 'only-dots-and-spaces';

/** A path inside an artifact, or a set of them, that breaks a rule. */
export type PathViolation =
	| { readonly rule: PlainPathRule; readonly subject: 'path'; readonly part: Part }
	| { readonly rule: 'segment-too-long' | 'path-too-long'; readonly subject: 'path'; readonly part: Part; /** Bytes in UTF-8. */ readonly limit: number; readonly length: number }
	| { readonly rule: 'duplicate-path' | 'case-twin' | 'unicode-twin' | 'file-and-folder'; readonly subject: 'path'; readonly part: Part; /** The path that it collides with. */ readonly other: string }
	| { readonly rule: 'device-name' | 'trailing-dot-or-space' | 'unportable-character'; readonly subject: 'path'; readonly part: Part };

/** Metadata that can't be kept. `at` is the way to the value: `/config/layers/3`. */
export type MetadataViolation =
	| { readonly rule: 'not-json'; readonly subject: 'metadata'; readonly part: Part | null }
	| { readonly rule: 'not-an-object'; readonly subject: 'metadata'; readonly found: string }
	| { readonly rule: 'too-many-keys'; readonly subject: 'metadata'; readonly limit: number; readonly length: number }
	| { readonly rule: 'infinite-number' | 'unsupported-value'; readonly subject: 'metadata'; readonly at: string; readonly found: string }
	| { readonly rule: 'circular'; readonly subject: 'metadata'; readonly at: string }
	| { readonly rule: 'too-deep'; readonly subject: 'metadata'; readonly limit: number; readonly at: string };

/** An address or a `vitrine://` link that can't be read. */
export type AddressViolation = {
	readonly rule: 'malformed-address';
	readonly subject: 'address';
	readonly part: Part;
	/** The form that was expected, e.g. `[organization/]wandb-registry-<name>/<collection>:<alias or vN>`. */
	readonly expected: string;
};

/** An alias change that can't be made. */
export type AliasViolation =
	| { readonly rule: 'latest-follows'; readonly subject: 'alias'; /** Where `latest` stands; null when there is nothing. */ readonly latest: number | null }
	| { readonly rule: 'protected-alias'; readonly subject: 'alias'; readonly alias: string; readonly version: number | null }
	| {
			readonly rule: 'alias-moved'; readonly subject: 'alias'; readonly alias: string; readonly expected: number | null; readonly actual: number | null;
			/** Who put it there and when (ISO 8601), where history knows. */
			readonly moved?: { readonly by: string; readonly at: string };
	  }
	| { readonly rule: 'no-such-version'; readonly subject: 'artifact version'; readonly version: number }
	| { readonly rule: 'alias-asked-twice'; readonly subject: 'alias'; readonly alias: string };

/** A reason that a registry asks for and that wasn't given. */
export type ReasonViolation = { readonly rule: 'reason-missing'; readonly subject: 'alias' | 'lifecycle state'; /** The alias that moves, or the state to which. */ readonly name: string };

/** Why a version can't be linked into a registry or collection, or a link not be taken out. */
export type LinkViolation =
	| { readonly rule: 'version-pending' | 'version-deleted'; readonly subject: 'artifact version'; readonly source: string }
	| { readonly rule: 'source-not-readable'; readonly subject: 'artifact version'; readonly source: string; readonly needed: Role }
	| { readonly rule: 'other-organization'; readonly subject: 'artifact version'; readonly source: string; readonly registry: string }
	| { readonly rule: 'target-deleted'; readonly subject: 'registry' | 'collection'; readonly name: string }
	| { readonly rule: 'role-missing'; readonly subject: 'registry' | 'project' | 'organization'; readonly name: string; readonly role: Role | null; readonly needed: Role }
	| { readonly rule: 'not-found'; readonly subject: Subject; readonly name: string }
	| { readonly rule: 'type-not-accepted'; readonly subject: 'registry'; readonly registry: string; readonly accepted: readonly string[]; readonly type: string }
	| { readonly rule: 'collection-type'; readonly subject: 'collection'; readonly collection: string; readonly collectionType: string; readonly type: string }
	| { readonly rule: 'mixed-types'; readonly subject: 'collection'; readonly types: readonly string[] }
	| { readonly rule: 'nothing-to-link'; readonly subject: 'artifact version' }
	| { readonly rule: 'not-linked'; readonly subject: 'collection'; readonly collection: string; readonly version: number };

/** Why something can't be changed or deleted as it stands. */
export type StateViolation =
	| { readonly rule: 'has-aliases'; readonly subject: 'artifact version'; readonly source: string; /** Aliases that were not named in the request. */ readonly aliases: readonly string[] }
	| { readonly rule: 'held-by-protected-alias'; readonly subject: 'artifact version' | 'collection'; readonly name: string; readonly holders: readonly string[] }
	| { readonly rule: 'under-hold'; readonly subject: 'artifact version'; readonly name: string; /** Why, per hold. */ readonly reasons: readonly string[] }
	| { readonly rule: 'wrong-state'; readonly subject: 'artifact version'; readonly from: string; readonly to: string }
	| { readonly rule: 'no-such-state'; readonly subject: 'lifecycle state'; readonly state: string; readonly known: readonly string[] }
	| { readonly rule: 'transition-not-allowed'; readonly subject: 'lifecycle state'; readonly from: string; readonly to: string; readonly allowed: readonly string[] }
	| { readonly rule: 'terminal-state'; readonly subject: 'lifecycle state'; readonly state: string; readonly to: string }
	| { readonly rule: 'state-in-use'; readonly subject: 'lifecycle state'; readonly state: string; readonly links: number; readonly examples: readonly string[] }
	| {
			readonly rule: 'state-changed'; readonly subject: 'lifecycle state'; readonly link: string; readonly expected: string; readonly actual: string;
			readonly moved?: { readonly by: string; readonly at: string };
	  }
	| { readonly rule: 'no-lifecycle'; readonly subject: 'lifecycle state'; readonly registry: string }
	| { readonly rule: 'type-in-use'; readonly subject: 'registry'; readonly type: string; readonly collections: readonly string[] }
	| { readonly rule: 'last-type'; readonly subject: 'registry' }
	| { readonly rule: 'restricted-source'; readonly subject: 'registry'; readonly sources: readonly string[] }
	| { readonly rule: 'core-registry'; readonly subject: 'registry'; readonly registry: string }
	| { readonly rule: 'service-account-role'; readonly subject: 'registry'; readonly role: Role }
	| { readonly rule: 'last-admin'; readonly subject: 'registry' | 'organization' }
	| { readonly rule: 'time-to-live'; readonly subject: 'artifact version'; readonly found: string }
	| { readonly rule: 'trash-expired'; readonly subject: Subject; readonly until: string };

/** A manifest of W&B's client that can't be what it says. `entry` is the path it stumbled over; null for the whole. */
export type ManifestViolation = { readonly rule: 'malformed-manifest'; readonly subject: 'manifest'; readonly entry: string | null; readonly problem: string };

/** A payload template that can't be read. */
export type TemplateViolation = { readonly rule: 'malformed-template'; readonly subject: 'template'; readonly part: Part; readonly problem: string };

/** A condition in the filter language that can't be read. `at` is the way to it: `$and/0/created_at`. */
export type FilterViolation = { readonly rule: 'malformed-filter'; readonly subject: 'search'; readonly at: string; readonly problem: string };

/** An edge of the lineage that can't be drawn or taken away by hand. Labels as people know the nodes. */
export type LineageViolation =
	| { readonly rule: 'edge-to-itself'; readonly subject: 'lineage edge'; readonly label: string }
	| { readonly rule: 'edge-between-runs' | 'edge-reported' | 'edge-closes-cycle' | 'edge-not-by-hand'; readonly subject: 'lineage edge'; readonly from: string; readonly to: string };

/** Everything that a rule of the product can object to. Plain data: it crosses processes and can be stored. */
export type Violation = NameViolation | PathViolation | MetadataViolation | AddressViolation | AliasViolation | ReasonViolation | LinkViolation | StateViolation | ManifestViolation | FilterViolation | TemplateViolation | LineageViolation;

export type RuleCode = Violation['rule'];

/** States the rule and the offending part in plain words, as one or two English sentences. */
export function explainViolation(violation: Violation): string {
	switch (violation.rule) {
		case 'empty':
			return `${withArticle(violation.subject)} needs at least one character; this one is empty.`;
		case 'not-text':
			return `${withArticle(violation.subject)} must be text.`;
		case 'too-long':
			return `${withArticle(violation.subject)} may have at most ${violation.limit} characters; this one has ${violation.length}. What is too much begins at ${spot(violation.part)}.`;
		case 'forbidden-character':
			return `${withArticle(violation.subject)} may contain ${violation.allowed}; ${spot(violation.part)} is not allowed.`;
		case 'wrong-start':
			return `${withArticle(violation.subject)} must begin with ${violation.allowed}; this one begins with ${quote(violation.part.text)}.`;
		case 'wrong-end':
			return `${withArticle(violation.subject)} must end with ${violation.allowed}; this one ends with ${quote(violation.part.text)}.`;
		case 'control-character':
			return `${withArticle(violation.subject)} may not contain control characters or line breaks; ${spot(violation.part)} is one.`;
		case 'direction-override':
			return `${withArticle(violation.subject)} may not contain characters that change the reading direction of others; ${spot(violation.part)} is one.`;
		case 'lone-surrogate':
			return `${withArticle(violation.subject)} must be valid Unicode; ${spot(violation.part)} is half of a character.`;
		case 'surrounding-space':
			return `${withArticle(violation.subject)} may not begin or end with a space; there is one at position ${violation.part.position}.`;
		case 'only-dots':
			return `${withArticle(violation.subject)} can't be called ${quote(violation.part.text)}: that means a folder.`;
		case 'version-number':
			return `${quote(violation.part.text)} can't be an alias: “v” followed by digits is always a version number.`;
		case 'reserved':
			return `${quote(violation.part.text)} is reserved for ${violation.reservedFor}; choose another ${violation.subject}.`;

		case 'absolute-path':
			return `A path inside an artifact must be relative; this one begins with ${quote(violation.part.text)}.`;
		case 'drive-letter':
			return `A path inside an artifact may not name a drive; ${spot(violation.part)} does.`;
		case 'backslash':
			return `A path inside an artifact is written with “/”; there is a backslash at position ${violation.part.position}.`;
		case 'dot-segment':
			return `A path inside an artifact may not have “.” or “..” as a step; ${spot(violation.part)} is one.`;
		case 'encoded-dot-segment':
			return `A path inside an artifact may not hide “.” or “..” behind an encoding; ${spot(violation.part)} does.`;
		case 'empty-segment':
			return `A path inside an artifact may not have an empty step (“//”, or “/” at the end); there is one at position ${violation.part.position}.`;
		case 'only-dots-and-spaces':
			return `A step of a path inside an artifact may not consist of dots and spaces only; ${spot(violation.part)} does.`;
		case 'segment-too-long':
			return `Each step of a path inside an artifact may have at most ${violation.limit} bytes; ${spot(violation.part)} has ${violation.length}.`;
		case 'path-too-long':
			return `A path inside an artifact may have at most ${violation.limit} bytes; this one has ${violation.length}: ${quote(violation.part.text)}.`;
		case 'duplicate-path':
			return `Each path stands once in an artifact; ${quote(violation.part.text)} stands there twice.`;
		case 'case-twin':
			return `${quote(violation.part.text)} and ${quote(violation.other)} differ only in upper and lower case; on Windows and macOS one would overwrite the other.`;
		case 'unicode-twin':
			return `${quote(violation.part.text)} and ${quote(violation.other)} are the same name written with different Unicode code points.`;
		case 'file-and-folder':
			return `${quote(violation.other)} is a file, so it can't be the folder of ${quote(violation.part.text)}.`;
		case 'device-name':
			return `${quote(violation.part.text)} is the name of a device on Windows, where a file can't have it.`;
		case 'trailing-dot-or-space':
			return `On Windows a file or folder can't end with a dot or a space; ${quote(violation.part.text)} does.`;
		case 'unportable-character':
			return `On Windows a file or folder can't contain ${quote(violation.part.text)} (position ${violation.part.position}).`;

		case 'not-json':
			return violation.part === null ? 'Metadata must be JSON; this text is not.' : `Metadata must be JSON; reading stops at ${spot(violation.part)}.`;
		case 'not-an-object':
			return `Metadata must be a JSON object ({…}); this is ${violation.found}.`;
		case 'too-many-keys':
			return `Metadata may have at most ${violation.limit} keys at its top level; this has ${violation.length}.`;
		case 'infinite-number':
			return `Metadata can't hold infinite numbers; ${quote(violation.at)} is ${violation.found}.`;
		case 'unsupported-value':
			return `Metadata holds what JSON can say; ${quote(violation.at)} is ${violation.found}.`;
		case 'circular':
			return `Metadata can't contain itself; ${quote(violation.at)} leads back to a value above it.`;
		case 'too-deep':
			return `Metadata may be nested at most ${violation.limit} levels deep; ${quote(violation.at)} is deeper.`;

		case 'malformed-manifest':
			return violation.entry === null ? `The manifest can't be read: ${violation.problem}.` : `The manifest's entry ${quote(violation.entry)} can't be read: ${violation.problem}.`;
		case 'malformed-filter':
			return `The filter can't be read${violation.at === '' ? '' : ` at ${quote(violation.at)}`}: ${violation.problem}.`;

		case 'malformed-template':
			return `${violation.problem}, at ${spot(violation.part)}.`;
		case 'malformed-address':
			return violation.part.text === '' ? `This address stops too early. Expected: ${violation.expected}` : `This address can't be read from ${spot(violation.part)} on. Expected: ${violation.expected}`;

		case 'latest-follows':
			return `“latest” follows the most recent version by itself and can't be set or removed by hand${violation.latest === null ? '' : `; it stands on v${violation.latest}`}.`;
		case 'protected-alias':
			return `${quote(violation.alias)} is a protected alias${violation.version === null ? '' : ` and stands on v${violation.version}`}; only an admin of the registry may put, move or remove it, or take away what carries it.`;
		case 'alias-moved':
			return `${quote(violation.alias)} was expected ${place(violation.expected)}, but stands ${place(violation.actual)}: ${violation.moved === undefined ? 'somebody moved it meanwhile' : `${violation.moved.by} moved it at ${violation.moved.at}`}.`;
		case 'no-such-version':
			return `There is no version v${violation.version} here.`;
		case 'alias-asked-twice':
			return `An alias stands on one version only; ${quote(violation.alias)} was asked for on several.`;

		case 'version-pending':
			return `${violation.source} is still being logged; it can be linked once it is complete.`;
		case 'version-deleted':
			return `${violation.source} is deleted; restore it from the trash to link it.`;
		case 'source-not-readable':
			return `Linking needs the right to read the source; for ${violation.source} the role ${roleText(violation.needed)} is missing.`;
		case 'other-organization':
			return `${violation.source} belongs to another organization than the registry ${quote(violation.registry)}; versions are linked within one organization.`;
		case 'target-deleted':
			return `The ${violation.subject} ${quote(violation.name)} is in the trash; restore it first.`;
		case 'role-missing':
			return `This needs the role ${roleText(violation.needed)} in the ${violation.subject} ${quote(violation.name)}; you have ${violation.role === null ? 'none there' : roleText(violation.role)}.`;
		case 'not-found':
			return `There is no ${violation.subject} ${quote(violation.name)}.`;
		case 'type-not-accepted':
			return `The registry ${quote(violation.registry)} accepts ${list(violation.accepted, 'no type yet')}, not ${quote(violation.type)}.`;
		case 'collection-type':
			return `The collection ${quote(violation.collection)} holds the type ${quote(violation.collectionType)}, not ${quote(violation.type)}.`;
		case 'mixed-types':
			return `A collection holds one type; these versions have ${violation.types.length}: ${list(violation.types, 'none')}.`;
		case 'nothing-to-link':
			return 'No version was named.';
		case 'not-linked':
			return `No version v${violation.version} is linked in the collection ${quote(violation.collection)}.`;

		case 'has-aliases':
			return `${violation.source} carries ${list(violation.aliases, 'no alias')}; to delete it, name its aliases too.`;
		case 'held-by-protected-alias':
			return `${violation.name} is held by a protected alias (${list(violation.holders, 'unnamed')}); an admin of the registry must remove it first.`;
		case 'under-hold':
			return `${violation.name} is under hold (${list(violation.reasons, 'no reason given')}); the hold must be released first.`;
		case 'wrong-state':
			return `A version that is ${violation.from} can't become ${violation.to}.`;
		case 'no-such-state':
			return `This registry has no lifecycle state ${quote(violation.state)}; it has ${list(violation.known, 'none')}.`;
		case 'transition-not-allowed':
			return `From ${quote(violation.from)} there is no way to ${quote(violation.to)}; allowed: ${list(violation.allowed, 'none')}.`;
		case 'terminal-state':
			return `${quote(violation.state)} is terminal: nothing leads out of it, so there can be no way to ${quote(violation.to)}.`;
		case 'state-in-use':
			return `The state ${quote(violation.state)} can't go while ${violation.links === 1 ? 'a link stands' : `${violation.links} links stand`} in it: ${list(violation.examples, 'none')}. Move them to another state, or rename the state.`;
		case 'state-changed':
			return `${violation.link} was expected to be ${quote(violation.expected)}, but is ${quote(violation.actual)}: ${violation.moved === undefined ? 'somebody changed it meanwhile' : `${violation.moved.by} changed it at ${violation.moved.at}`}.`;
		case 'no-lifecycle':
			return `The registry ${quote(violation.registry)} defines no lifecycle states; an admin can do so.`;
		case 'reason-missing':
			return violation.subject === 'alias' ? `This registry wants to know why ${quote(violation.name)} moves: give a reason.` : `This registry wants to know why a link becomes ${quote(violation.name)}: give a reason.`;
		case 'type-in-use':
			return `The type ${quote(violation.type)} can't be removed while collections hold it: ${list(violation.collections, 'none')}.`;
		case 'last-type':
			return 'A registry that does not accept all types must accept at least one.';
		case 'restricted-source':
			return `Not everybody in the organization may see what is linked here: ${list(violation.sources, 'none')}.`;
		case 'core-registry':
			return `${quote(violation.registry)} is a core registry: its visibility and its own type stay as they are.`;
		case 'service-account-role':
			return `A service account must be at least a member; ${roleText(violation.role)} is too little.`;
		case 'last-admin':
			return violation.subject === 'organization' ? 'The organization must keep at least one admin: make somebody else one first.' : 'A restricted registry must keep at least one admin.';
		case 'time-to-live':
			return `A time to live is a whole number of days, 1 or more; ${quote(violation.found)} is not.`;
		case 'trash-expired':
			return `The time to restore this ${violation.subject} ended on ${violation.until}.`;

		case 'edge-to-itself':
			return `${violation.label} can't come from itself.`;
		case 'edge-between-runs':
			return `${violation.from} and ${violation.to} are both runs: a run comes from the versions that it used. Draw the edge through the version between them.`;
		case 'edge-reported':
			return `That ${violation.to} came of ${violation.from} is known already: a run or a server reported it.`;
		case 'edge-closes-cycle':
			return `${violation.from} itself came of ${violation.to}; drawn the other way round too, both would come from themselves.`;
		case 'edge-not-by-hand':
			return `The edge from ${violation.from} to ${violation.to} was reported by a run or a server; only edges drawn by hand can be taken away.`;
		default:
			return assertNever(violation, 'violation');
	}
}

function withArticle(subject: Subject): string {
	const article = /^[aeiou]/.test(subject) ? 'An' : 'A';
	switch (subject) {
		case 'organization':
		case 'team':
		case 'project':
		case 'registry':
		case 'collection':
		case 'artifact':
			return `${article} ${subject} name`;
		case 'metadata':
			return 'Metadata';
		case 'path':
			return 'A path inside an artifact';
		default:
			return `${article} ${subject}`;
	}
}

/** `restricted_viewer` as people write it. */
function roleText(role: Role): string {
	return role.replace('_', ' ');
}

function spot(part: Part): string {
	return `${quote(part.text)} (position ${part.position})`;
}

function place(version: number | null): string {
	return version === null ? 'on no version' : `on v${version}`;
}

/** At most six names, then how many more. */
function list(names: readonly string[], none: string): string {
	if (names.length === 0) return none;
	const shown = names.slice(0, 6).map(quote).join(', ');
	return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
