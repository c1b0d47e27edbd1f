/**
 * `vitrine://` links: every place of the window has one, and every link that is not exactly one of them is refused. Links
 * arrive from web pages, chats and mails, so they are hostile input; they name places and never carry out anything.
 *
 * Each step is percent-encoded by itself. The rules for names refuse `.` and `..`, so no step can be taken for a folder
 * by what passes the link on.
 */
import { formatSelector, parseSelector, type Selector } from './addresses.ts';
import { assertNever } from './assert.ts';
import { checkArtifactName, checkCollectionName, checkEntityName, checkProjectName, checkRegistryName } from './names.ts';
import { validatePathInArtifact } from './paths.ts';
import { partOf } from './text.ts';
import { accept, refuse, type Verdict } from './verdict.ts';

export const placeScheme = 'vitrine';

export const versionTabs = ['overview', 'files', 'metadata', 'aliases', 'tags', 'lineage', 'usage', 'history'] as const;
export type VersionTab = (typeof versionTabs)[number];

export const runTabs = ['charts', 'overview', 'system', 'console', 'files', 'artifacts', 'config', 'summary', 'lineage', 'history'] as const;
export type RunTab = (typeof runTabs)[number];

export const settingsSections = ['general', 'appearance', 'keyboard', 'access', 'keys', 'storage', 'remotes', 'advanced'] as const;
export type SettingsSection = (typeof settingsSections)[number];

/** What of a version's page is shown: a tab, and in the tab of files one file. */
interface VersionView {
	readonly tab?: VersionTab;
	readonly file?: string;
}

export interface RegistryPlace {
	readonly place: 'registry';
	/** Left out for the catalog's own organization; the same below. */
	readonly organization?: string;
	readonly registry: string;
}
export interface CollectionPlace {
	readonly place: 'collection';
	readonly organization?: string;
	readonly registry: string;
	readonly collection: string;
}
/** A version as it is linked in a collection. */
export interface LinkedVersionPlace extends VersionView {
	readonly place: 'linked version';
	readonly organization?: string;
	readonly registry: string;
	readonly collection: string;
	readonly selector: Selector;
}
export interface ProjectPlace {
	readonly place: 'project';
	readonly entity: string;
	readonly project: string;
}
export interface ArtifactPlace {
	readonly place: 'artifact';
	readonly entity: string;
	readonly project: string;
	readonly artifact: string;
}
/** A version at its source. */
export interface SourceVersionPlace extends VersionView {
	readonly place: 'source version';
	readonly entity: string;
	readonly project: string;
	readonly artifact: string;
	readonly selector: Selector;
}
export interface RunPlace {
	readonly place: 'run';
	readonly entity: string;
	readonly project: string;
	/** The run's short id, as the client gives it. */
	readonly run: string;
	readonly tab?: RunTab;
}

/** Runs of one project, side by side. */
export interface ComparedRunsPlace {
	readonly place: 'compared runs';
	readonly entity: string;
	readonly project: string;
	/** Short ids, in the order of their colours. */
	readonly runs: readonly string[];
}
/** Who holds which role in a registry. */
export interface RegistryMembersPlace {
	readonly place: 'registry members';
	readonly registry: string;
}

/** Aliases as columns, collections as rows: of one registry, or of all. */
export interface AliasBoardPlace {
	readonly place: 'alias board';
	readonly registry?: string;
}

/** A node of the lineage by its row: an address has no room for a thousand names. */
export interface LineagePlaceNode {
	readonly kind: 'version' | 'run';
	readonly id: number;
}

/** What a lineage or a history can be asked of. */
export type PlaceFocus = RegistryPlace | CollectionPlace | LinkedVersionPlace | ProjectPlace | ArtifactPlace | SourceVersionPlace | RunPlace;

export type Place =
	| { readonly place: 'start' | 'registries' | 'projects' | 'storage' | 'trash' }
	| PlaceFocus
	| ComparedRunsPlace
	| RegistryMembersPlace
	| AliasBoardPlace
	| { readonly place: 'lineage'; readonly focus?: PlaceFocus; /** Instead of a focus: what was selected. */ readonly nodes?: readonly LineagePlaceNode[] }
	| { readonly place: 'search'; readonly query: string }
	| { readonly place: 'history'; readonly focus?: PlaceFocus; readonly query?: string }
	| { readonly place: 'automations' | 'approvals' | 'sync'; /** The id of one automation, approval or remote. */ readonly id?: string }
	| { readonly place: 'settings'; readonly section?: SettingsSection };

const longestLink = 16_384;
const longestQuery = 4_000;
/** Runs that are compared, at most: more lines than that nobody tells apart. */
export const mostComparedRuns = 50;
/** Nodes that one lineage begins at, at most: as many as their address has room for. */
export const mostLineageNodes = 1000;

/** The link to a place. Names are taken as they are: they have passed their rules. */
export function formatPlace(place: Place): string {
	const parameters = new Map<string, string>();
	const steps = stepsOf(place, parameters);
	const query = [...parameters].map(([key, value]) => `${key}=${encode(value)}`).join('&');
	return `${placeScheme}://${steps.map(encode).join('/')}${query === '' ? '' : `?${query}`}`;
}

/** The place that a link names, or what is wrong with the link. Never throws; unknown parameters are passed over. */
export function parsePlace(link: string): Verdict<Place> {
	if (typeof link !== 'string') return refuse({ rule: 'not-text', subject: 'address' });
	if (link === '') return refuse({ rule: 'empty', subject: 'address' });
	if (link.length > longestLink) return malformed(link, longestLink);
	const start = /^vitrine:\/\//i.exec(link)?.[0].length;
	if (start === undefined) return malformed(link, 0);
	const strange = link.search(/[^!-~]|[#\\<>"^`{|}@]/);
	if (strange >= 0) return malformed(link, strange);
	const question = link.indexOf('?');
	const path = link.slice(start, question < 0 ? link.length : question);

	const steps: string[] = [];
	let offset = start;
	// Systems that hand links over like to end the first step with a slash.
	for (const encoded of path.replace(/\/$/, '').split('/')) {
		const step = decode(encoded);
		if (step === null || step === '') return malformed(link, offset);
		steps.push(step);
		offset += encoded.length + 1;
	}
	const parameters = new Map<string, string>();
	if (question >= 0) {
		offset = question + 1;
		for (const pair of link.slice(question + 1).split('&')) {
			const equals = pair.indexOf('=');
			const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
			if (value === null) return malformed(link, offset + equals + 1);
			const key = equals < 0 ? pair : pair.slice(0, equals);
			if (!parameters.has(key)) parameters.set(key, value);
			offset += pair.length + 1;
		}
	}
	return placeOf(link, steps, parameters);
}

/** The first step of a link, which says what kind of place follows. */
type Head = 'start' | 'registries' | 'registry' | 'members' | 'board' | 'projects' | 'project' | 'lineage' | 'search' | 'history' | 'automations' | 'approvals' | 'storage' | 'sync' | 'trash' | 'settings';

function stepsOf(place: Place, parameters: Map<string, string>): string[] {
	const headed = (head: Head, ...rest: string[]): string[] => [head, ...rest];
	switch (place.place) {
		case 'start':
		case 'registries':
		case 'projects':
		case 'storage':
		case 'trash':
			return headed(place.place);
		case 'registry':
		case 'collection':
		case 'linked version': {
			if (place.organization !== undefined) parameters.set('organization', place.organization);
			if (place.place === 'registry') return headed('registry', place.registry);
			if (place.place === 'collection') return headed('registry', place.registry, place.collection);
			addView(place, parameters);
			return headed('registry', place.registry, place.collection, formatSelector(place.selector));
		}
		case 'project':
			return headed('project', place.entity, place.project);
		case 'artifact':
			return headed('project', place.entity, place.project, 'artifact', place.artifact);
		case 'source version':
			addView(place, parameters);
			return headed('project', place.entity, place.project, 'artifact', place.artifact, formatSelector(place.selector));
		case 'run':
			if (place.tab !== undefined) parameters.set('tab', place.tab);
			return headed('project', place.entity, place.project, 'run', place.run);
		case 'compared runs':
			parameters.set('runs', place.runs.join(' '));
			return headed('project', place.entity, place.project, 'runs');
		case 'registry members':
			return headed('members', place.registry);
		case 'alias board':
			return headed('board', ...(place.registry === undefined ? [] : [place.registry]));
		case 'lineage':
			if (place.nodes !== undefined) parameters.set('nodes', place.nodes.map((node) => `${node.kind === 'run' ? 'r' : 'v'}${node.id}`).join('.'));
			return headed('lineage', ...(place.focus ? stepsOf(place.focus, parameters) : []));
		case 'search':
			if (place.query !== '') parameters.set('q', place.query);
			return headed('search');
		case 'history':
			if (place.query !== undefined) parameters.set('q', place.query);
			return headed('history', ...(place.focus ? stepsOf(place.focus, parameters) : []));
		case 'automations':
		case 'approvals':
		case 'sync':
			return headed(place.place, ...(place.id === undefined ? [] : [place.id]));
		case 'settings':
			return headed('settings', ...(place.section === undefined ? [] : [place.section]));
		default:
			return assertNever(place, 'place');
	}
}

function addView(view: VersionView, parameters: Map<string, string>): void {
	if (view.tab !== undefined) parameters.set('tab', view.tab);
	if (view.file !== undefined) parameters.set('file', view.file);
}

function placeOf(link: string, steps: readonly string[], parameters: ReadonlyMap<string, string>): Verdict<Place> {
	const head = steps[0]!.toLowerCase() as Head;
	const rest = steps.slice(1);
	const wrong = malformed(link, 0);
	switch (head) {
		case 'start':
		case 'registries':
		case 'projects':
		case 'storage':
		case 'trash':
			return rest.length === 0 ? accept({ place: head }) : wrong;
		case 'registry':
			return focusOf(link, [head, ...rest], parameters);
		case 'project':
			return rest.length === 3 && rest[2] === 'runs' ? comparedRuns(link, rest, parameters) : focusOf(link, [head, ...rest], parameters);
		case 'members': {
			const registry = checkRegistryName(rest[0] ?? '');
			if (!registry.ok) return registry;
			return rest.length === 1 ? accept({ place: 'registry members', registry: registry.value }) : wrong;
		}
		case 'board': {
			if (rest.length === 0) return accept({ place: 'alias board' });
			const registry = checkRegistryName(rest[0] ?? '');
			if (!registry.ok) return registry;
			return rest.length === 1 ? accept({ place: 'alias board', registry: registry.value }) : wrong;
		}
		case 'lineage':
		case 'history': {
			const query = parameters.get('q');
			if (query !== undefined && query.length > longestQuery) return malformed(link, 0);
			if (head === 'lineage' && rest.length === 0 && parameters.has('nodes')) return lineageNodes(link, parameters.get('nodes') ?? '');
			const asked = head === 'history' && query !== undefined ? { query } : {};
			if (rest.length === 0) return accept({ place: head, ...asked });
			const focus = focusOf(link, rest, parameters);
			return focus.ok ? accept({ place: head, focus: focus.value, ...asked }) : focus;
		}
		case 'search': {
			const query = parameters.get('q') ?? '';
			return rest.length === 0 && query.length <= longestQuery ? accept({ place: 'search', query }) : wrong;
		}
		case 'automations':
		case 'approvals':
		case 'sync':
			if (rest.length === 0) return accept({ place: head });
			return rest.length === 1 && isId(rest[0]!) ? accept({ place: head, id: rest[0]! }) : wrong;
		case 'settings': {
			if (rest.length === 0) return accept({ place: 'settings' });
			const section = settingsSections.find((candidate) => candidate === rest[0]);
			return rest.length === 1 && section ? accept({ place: 'settings', section }) : wrong;
		}
		default:
			// Not assertNever: the text comes from outside, and what is no head of ours ends here.
			return wrong;
	}
}

function lineageNodes(link: string, text: string): Verdict<Place> {
	const parts = text.split('.');
	const nodes = parts.flatMap((part): LineagePlaceNode[] => {
		const found = /^([vr])([1-9]\d{0,14})$/.exec(part);
		return found === null ? [] : [{ kind: found[1] === 'r' ? 'run' : 'version', id: Number(found[2]) }];
	});
	if (nodes.length < parts.length || nodes.length > mostLineageNodes || new Set(parts).size < parts.length) return malformed(link, Math.max(0, link.indexOf('?')));
	return accept({ place: 'lineage', nodes });
}

function comparedRuns(link: string, [entity, project]: readonly string[], parameters: ReadonlyMap<string, string>): Verdict<ComparedRunsPlace> {
	const within = focusOf(link, ['project', entity ?? '', project ?? ''], new Map());
	if (!within.ok) return within;
	if (within.value.place !== 'project') return malformed(link, 0);
	const runs = (parameters.get('runs') ?? '').split(' ').filter((run) => run !== '');
	if (runs.length === 0 || runs.length > mostComparedRuns || new Set(runs).size < runs.length || !runs.every(isId)) return malformed(link, Math.max(0, link.indexOf('?')));
	return accept({ place: 'compared runs', entity: within.value.entity, project: within.value.project, runs });
}

function focusOf(link: string, steps: readonly string[], parameters: ReadonlyMap<string, string>): Verdict<PlaceFocus> {
	const [head, first, second, third, fourth, fifth] = steps;
	const wrong = malformed(link, 0);
	if (head === 'registry' && first !== undefined && steps.length <= 4) {
		const registry = checkRegistryName(first);
		if (!registry.ok) return registry;
		const named = parameters.get('organization');
		const organization = named === undefined ? accept(undefined) : checkEntityName('organization', named);
		if (!organization.ok) return organization;
		const where = organization.value === undefined ? { registry: registry.value } : { organization: organization.value, registry: registry.value };
		if (second === undefined) return accept({ place: 'registry', ...where });
		const collection = checkCollectionName(second);
		if (!collection.ok) return collection;
		if (third === undefined) return accept({ place: 'collection', ...where, collection: collection.value });
		const selector = parseSelector(third);
		if (!selector.ok) return selector;
		const view = viewOf(link, parameters);
		return view.ok ? accept({ place: 'linked version', ...where, collection: collection.value, selector: selector.value, ...view.value }) : view;
	}
	if (head !== 'project' || first === undefined || second === undefined || steps.length > 6) return wrong;
	const entity = checkEntityName('team', first);
	if (!entity.ok) return entity;
	const project = checkProjectName(second);
	if (!project.ok) return project;
	const where = { entity: entity.value, project: project.value };
	if (third === undefined) return accept({ place: 'project', ...where });
	if (fourth === undefined) return wrong;
	if (third === 'run') {
		const wanted = parameters.get('tab');
		const tab = runTabs.find((candidate) => candidate === wanted);
		return steps.length === 5 && isId(fourth) && (wanted === undefined || tab !== undefined) ? accept({ place: 'run', ...where, run: fourth, ...(tab === undefined ? {} : { tab }) }) : wrong;
	}
	if (third !== 'artifact') return wrong;
	const artifact = checkArtifactName(fourth);
	if (!artifact.ok) return artifact;
	if (fifth === undefined) return accept({ place: 'artifact', ...where, artifact: artifact.value });
	const selector = parseSelector(fifth);
	if (!selector.ok) return selector;
	const view = viewOf(link, parameters);
	return view.ok ? accept({ place: 'source version', ...where, artifact: artifact.value, selector: selector.value, ...view.value }) : view;
}

function viewOf(link: string, parameters: ReadonlyMap<string, string>): Verdict<VersionView> {
	const wantedTab = parameters.get('tab');
	const tab = versionTabs.find((candidate) => candidate === wantedTab);
	if (wantedTab !== undefined && tab === undefined) return malformed(link, link.indexOf('?'));
	const wantedFile = parameters.get('file');
	const file = wantedFile === undefined ? accept(undefined) : validatePathInArtifact(wantedFile);
	if (!file.ok) return file;
	return accept({ ...(tab === undefined ? {} : { tab }), ...(file.value === undefined ? {} : { file: file.value }) });
}

/** Ids of our own and of the client: letters, digits, `-`, `_`, `.`, not dots only. */
function isId(text: string): boolean {
	return text.length <= 128 && /^[A-Za-z0-9_.-]+$/.test(text) && !/^\.+$/.test(text);
}

function encode(text: string): string {
	// The apostrophe and the rest of these are legal in links, but end them in plain text, Markdown and shells.
	return encodeURIComponent(text.toWellFormed()).replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(text: string): string | null {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
}

function malformed(link: string, offset: number): Verdict<never> {
	return refuse({ rule: 'malformed-address', subject: 'address', part: partOf(link, offset), expected: 'vitrine://registry/<name>/<collection>/<alias or vN> or another place of the window' });
}
