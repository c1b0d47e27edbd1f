/**
 * What things may be called. Every entrance (window, SDK door, command line, sync) asks these functions, and no other
 * place decides about names.
 *
 * For all names: lengths count Unicode code points; control characters, line breaks, lone surrogates and characters that
 * turn the reading direction are refused; the accepted value comes back in Unicode form C, and two names are the same
 * when their forms C are equal (case matters). Word characters are letters, marks, digits and `_` of any script, as the
 * Python client understands `\w`.
 */
import { countCodePoints, findHiddenCharacter, offsetOfCodePoint, partOf } from './text.ts';
import { accept, refuse, type Refused, type Verdict } from './verdict.ts';
import type { Subject } from './violations.ts';

export const registryProjectPrefix = 'wandb-registry-';

/** The most code points that a name of each kind may have. */
export const nameLimits = {
	organization: 128,
	team: 128,
	project: 128,
	/** With the prefix of its project it stays within the 128 of a project. */
	registry: 128 - registryProjectPrefix.length,
	collection: 128,
	artifact: 128,
	'artifact type': 128,
	alias: 128,
	tag: 128,
	'lifecycle state': 64,
	'card section': 128,
	search: 128,
} as const satisfies Partial<Record<Subject, number>>;

type NamedSubject = keyof typeof nameLimits;

/** Tags that one call may add or remove, as the W&B client limits it. */
export const tagsPerCall = 20;

/** A registry: not empty, at most 113 characters, none of `/ \ # ? % :`. */
export function checkRegistryName(text: string): Verdict<string> {
	return checkFreeName('registry', text, projectCharacters, 'anything but / \\ # ? % : and line breaks');
}

/** A collection: at most 128 characters, no `/`. */
export function checkCollectionName(text: string): Verdict<string> {
	return checkFreeName('collection', text, /\//u, 'anything but /');
}

/** An artifact: letters `A-Z a-z`, digits, `_`, `-` and `.`, at most 128. */
export function checkArtifactName(text: string): Verdict<string> {
	const problem = checkText('artifact', text) ?? firstForbidden('artifact', text, /[^a-zA-Z0-9_\-.]/u, 'letters A-Z and a-z, digits, “_”, “-” and “.”') ?? onlyDots('artifact', text);
	return problem ?? accept(text);
}

/** An artifact type: word characters, `-`, `.` and inner spaces, not beginning with a dot; at most 128. Reserved types pass here: see {@link checkReserved}. */
export function checkArtifactType(text: string): Verdict<string> {
	const problem =
		checkText('artifact type', text) ??
		firstForbidden('artifact type', text, /[^-.\p{L}\p{M}\p{N}_ ]/u, 'letters, digits, “_”, “-”, “.” and spaces') ??
		surroundingSpace('artifact type', text) ??
		(text.startsWith('.') ? refuse({ rule: 'wrong-start', subject: 'artifact type', part: partOf(text, 0, 1), allowed: 'a letter, a digit, “_” or “-”' }) : null);
	return problem ?? accept(text.normalize('NFC'));
}

/** An alias: at most 128 characters, no `/` or `:`, not `v` followed by digits. `latest` passes: moving it is another rule. */
export function checkAlias(text: string): Verdict<string> {
	const free = checkFreeName('alias', text, /[/:]/u, 'anything but / and :');
	if (!free.ok) return free;
	if (looksLikeVersionNumber(text)) return refuse({ rule: 'version-number', subject: 'alias', part: partOf(text, 0) });
	return free;
}

/** A tag: word characters and `-`, with single words parted by spaces; at most 128. */
export function checkTag(text: string): Verdict<string> {
	const problem =
		checkText('tag', text) ?? firstForbidden('tag', text, /[^-\p{L}\p{M}\p{N}_ ]/u, 'letters, digits, “_”, “-” and spaces') ?? surroundingSpace('tag', text);
	return problem ?? accept(text.normalize('NFC'));
}

/** A project that people name: none of `/ \ # ? % :`, at most 128, and not the project of a registry. */
export function checkProjectName(text: string): Verdict<string> {
	const free = checkFreeName('project', text, projectCharacters, 'anything but / \\ # ? % : and line breaks');
	if (free.ok && text.startsWith(registryProjectPrefix)) {
		return refuse({ rule: 'reserved', subject: 'project', part: partOf(text, 0, registryProjectPrefix.length), reservedFor: 'registries' });
	}
	return free;
}

/** An organization or a team: none of `/ \ # ? % :`, at most 128. */
export function checkEntityName(subject: 'organization' | 'team', text: string): Verdict<string> {
	return checkFreeName(subject, text, projectCharacters, 'anything but / \\ # ? % : and line breaks');
}

/** A lifecycle state of a registry: like a tag, at most 64. */
/** A section of a card: one line that can stand as a heading. */
export function checkCardSectionName(text: string): Verdict<string> {
	const problem = checkText('card section', text) ?? surroundingSpace('card section', text);
	return problem ?? accept(text.normalize('NFC'));
}

export function checkLifecycleStateName(text: string): Verdict<string> {
	const problem =
		checkText('lifecycle state', text) ??
		firstForbidden('lifecycle state', text, /[^-\p{L}\p{M}\p{N}_ ]/u, 'letters, digits, “_”, “-” and spaces') ??
		surroundingSpace('lifecycle state', text);
	return problem ?? accept(text.normalize('NFC'));
}

/** A saved search: any text in one line, at most 128. */
export function checkSearchName(text: string): Verdict<string> {
	return checkFreeName('search', text, /[\r\n]/u, 'anything in one line');
}

/**
 * Types and names that the W&B client keeps for itself. People can't make such artifacts; the client's own logging does
 * (tables logged by a run arrive as type `run_table`), so the SDK door skips this check for what it receives that way.
 */
export function checkReserved(type: string, name: string): Verdict<{ type: string; name: string }> {
	if (type === 'job') return refuse({ rule: 'reserved', subject: 'artifact type', part: partOf(type, 0), reservedFor: 'jobs' });
	if (type.startsWith('wandb-')) return refuse({ rule: 'reserved', subject: 'artifact type', part: partOf(type, 0, 'wandb-'.length), reservedFor: 'types of the W&B client' });
	for (const [reservedType, prefix, what] of reservedNames) {
		if (type === reservedType && name.startsWith(prefix)) return refuse({ rule: 'reserved', subject: 'artifact', part: partOf(name, 0, prefix.length), reservedFor: what });
	}
	return accept({ type, name });
}

const reservedNames = [
	['run_table', 'run-', 'tables logged by runs (type run_table)'],
	['code', 'source-', 'source code saved by runs (type code)'],
] as const;

/** Name and type of an artifact that a person makes: all three rules at once. */
export function checkNewArtifact(type: string, name: string): Verdict<{ type: string; name: string }> {
	const checkedType = checkArtifactType(type);
	if (!checkedType.ok) return checkedType;
	const checkedName = checkArtifactName(name);
	if (!checkedName.ok) return checkedName;
	return checkReserved(checkedType.value, checkedName.value);
}

/** `v` and digits of any script: always a number, never an alias, even where it is no canonical number (`v007`). */
export function looksLikeVersionNumber(text: string): boolean {
	return /^v\p{Nd}+$/u.test(text);
}

/** The project that a registry is addressed as. */
export function registryProjectName(registry: string): string {
	return registryProjectPrefix + registry;
}

/** The registry behind a project name, or null where the project is an ordinary one. */
export function registryOfProject(project: string): string | null {
	return project.startsWith(registryProjectPrefix) && project.length > registryProjectPrefix.length ? project.slice(registryProjectPrefix.length) : null;
}

const projectCharacters = /[/\\#?%:]/u;

function checkFreeName(subject: NamedSubject, text: string, forbidden: RegExp, allowed: string): Verdict<string> {
	const problem = checkText(subject, text) ?? firstForbidden(subject, text, forbidden, allowed) ?? surroundingSpace(subject, text) ?? onlyDots(subject, text);
	return problem ?? accept(text.normalize('NFC'));
}

/** What holds for every name. Length comes first: it keeps all later searches small. */
function checkText(subject: NamedSubject, text: unknown): Refused | null {
	if (typeof text !== 'string') return refuse({ rule: 'not-text', subject });
	if (text === '') return refuse({ rule: 'empty', subject });
	const limit = nameLimits[subject];
	if (text.length > limit) {
		const length = countCodePoints(text);
		if (length > limit) return refuse({ rule: 'too-long', subject, part: partOf(text, offsetOfCodePoint(text, limit)), limit, length });
	}
	const hidden = findHiddenCharacter(text);
	if (hidden) return refuse({ rule: hidden.rule, subject, part: hidden.part });
	// Form C can be longer than what was typed (some characters are always taken apart), and it is what gets stored.
	const stored = text.normalize('NFC');
	const length = countCodePoints(stored);
	if (length > limit) return refuse({ rule: 'too-long', subject, part: partOf(stored, offsetOfCodePoint(stored, limit)), limit, length });
	return null;
}

function firstForbidden(subject: Subject, text: string, forbidden: RegExp, allowed: string): Refused | null {
	const found = forbidden.exec(text);
	return found ? refuse({ rule: 'forbidden-character', subject, part: partOf(text, found.index, found[0].length), allowed }) : null;
}

function surroundingSpace(subject: Subject, text: string): Refused | null {
	const trimmed = text.trim();
	if (trimmed === text) return null;
	if (trimmed === '') return refuse({ rule: 'empty', subject });
	const offset = text.startsWith(trimmed) ? trimmed.length : 0;
	return refuse({ rule: 'surrounding-space', subject, part: partOf(text, offset, 1) });
}

/** `.` and `..` would vanish from links and file paths, which read them as folders. */
function onlyDots(subject: Subject, text: string): Refused | null {
	return text === '.' || text === '..' ? refuse({ rule: 'only-dots', subject, part: partOf(text, 0) }) : null;
}
