/** Automations as they are shown, and what the engine reads: rules, facts about events, deliveries that are open. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { automationEventOf, heardKinds, valueAt, type Asker, type AutomationEvent, type AutomationFacts, type FactValue } from '#shared/domain/index.ts';
import { visibleProjects, visibleRegistries, loadAsker, notFound } from '../access.ts';
import type { ReadableDb } from '../connection.ts';
import { objectsOf } from '../eventObjects.ts';
import { automationRow, automationSummaries, deliverySummaries, demandSeeing, scopeNameOf, sentenceOf, type Definition } from '../records/automations.ts';
import { branded, hexOf, stringList, timestamp, userOf, type UserColumns } from '../records/shared.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql, type Sql } from '../sql.ts';
import { pageOfIds } from './paging.ts';

/** Conditions on an automation `a` that the asker may see. */
function seenAutomations(scope: QueryScope): { readonly where: readonly Sql[]; readonly name: string } {
  const { db, asker } = scope;
  const registries = [...visibleRegistries(db, asker).keys()];
  const projects = visibleProjects(db, asker);
  return {
    where: [sql`(a.scope_kind = 'organization' OR (a.scope_kind = 'registry' AND a.scope_id IN ${listOf(registries)})
      OR (a.scope_kind = 'collection' AND a.scope_id IN (SELECT c.id FROM collections c WHERE c.registry_id IN ${listOf(registries)}))
      OR (a.scope_kind = 'project' AND ${projects === null ? sql`1` : sql`a.scope_id IN ${listOf([...projects])}`}))`],
    name: ` of ${registries.join(',')} ${projects === null ? 'all' : [...projects].join(',')}`,
  };
}

export function listAutomations(scope: QueryScope, input: CheckedInputOf<'automations.list'>): OutputOf<'automations.list'> {
  const seen = seenAutomations(scope);
  const { ids, ...page } = pageOfIds(scope.db, { name: `automations${seen.name}`, from: sql`FROM automations a`, where: [sql`a.removed_at IS NULL`, ...seen.where], key: sql`a.name`, id: sql`a.id`, descending: false }, input);
  return { items: automationSummaries(scope, ids), ...page };
}

export function getAutomation(scope: QueryScope, input: CheckedInputOf<'automations.get'>): OutputOf<'automations.get'> {
  demandSeeing(scope, automationRow(scope.db, input.id).definition);
  const [summary] = automationSummaries(scope, [input.id]);
  if (summary === undefined) throw notFound('automation', String(input.id));
  return summary;
}

export function listDeliveries(scope: QueryScope, input: CheckedInputOf<'deliveries.list'>): OutputOf<'deliveries.list'> {
  const seen = seenAutomations(scope);
  const { automationId, states, eventId } = input;
  const where: Sql[] = [...seen.where];
  if (automationId !== undefined) where.push(sql`d.automation_id = ${automationId}`);
  if (states !== undefined) where.push(sql`d.state IN ${listOf(states)}`);
  if (eventId !== undefined) where.push(sql`d.event_id = ${eventId}`);
  const { ids, ...page } = pageOfIds(scope.db, {
    name: `deliveries ${JSON.stringify([automationId, states, eventId])}${seen.name}`, from: sql`FROM deliveries d JOIN automations a ON a.id = d.automation_id`, where, key: sql`d.id`, id: sql`d.id`, descending: true,
  }, input);
  return { items: deliverySummaries(scope.db, ids), ...page };
}

type AttemptRow = { readonly at: number; readonly milliseconds: number | null; readonly status: number | null; readonly request: string; readonly response: string; readonly problem: string | null };

export function getDelivery(scope: QueryScope, input: CheckedInputOf<'deliveries.get'>): OutputOf<'deliveries.get'> {
  const { db } = scope;
  const [delivery] = deliverySummaries(db, [input.id]);
  const definition = delivery === undefined ? undefined : db.value<string>(sql`SELECT definition FROM automations WHERE id = ${delivery.automationId}`);
  if (delivery === undefined || definition === undefined) throw notFound('delivery', String(input.id));
  demandSeeing(scope, JSON.parse(definition) as Definition);
  const attempts = db.all<AttemptRow>(sql`SELECT at, milliseconds, status, request, response, problem FROM delivery_attempts WHERE delivery_id = ${input.id} ORDER BY id`);
  return { delivery, attempts: attempts.map((row) => ({ ...row, at: timestamp(row.at) })) };
}

/** All but what a vault has to be asked for. */
export function listSecrets(scope: QueryScope): { readonly items: readonly Omit<OutputOf<'secrets.list'>['items'][number], 'here'>[] } {
  const { db } = scope;
  const rows = db.all<UserColumns & { name: string; updatedAt: number; keptIn: 'keychain' | 'file' }>(sql`
    SELECT s.name, s.updated_at AS updatedAt, s.kept_in AS keptIn, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind FROM automation_secrets s JOIN users u ON u.id = s.created_by ORDER BY s.name`);
  const using = db.all<{ name: string; definition: string }>(sql`SELECT name, definition FROM automations WHERE removed_at IS NULL ORDER BY name`);
  return { items: rows.map((row) => ({ name: row.name, createdBy: userOf(row), updatedAt: timestamp(row.updatedAt), keptIn: row.keptIn, usedBy: using.filter((each) => secretsIn(each.definition).has(row.name)).map((each) => each.name) })) };
}

export function keptSecrets(scope: QueryScope): readonly { readonly name: string; readonly updatedAt: number; readonly keptIn: 'keychain' | 'file' }[] {
  return scope.db.all<{ name: string; updatedAt: number; keptIn: 'keychain' | 'file' }>(sql`SELECT name, updated_at AS updatedAt, kept_in AS keptIn FROM automation_secrets ORDER BY name`);
}

/** Names of secrets in a definition as it is kept: in its own fields and in its templates. */
function secretsIn(definition: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, name] of definition.matchAll(/\$\{\s*secret\.([A-Za-z_][A-Za-z0-9_]*)/gu)) if (name !== undefined) names.add(name);
  for (const [, name] of definition.matchAll(/"(?:bearerSecret|signatureSecret|urlSecret)":"([A-Za-z_][A-Za-z0-9_]*)"/gu)) if (name !== undefined) names.add(name);
  return names;
}

export type KeptJob = UserColumns & { readonly name: string; readonly command: readonly string[]; readonly folder: string; readonly timeout: number; readonly hash: string; readonly approvedAt: number };

export function keptJobs(scope: QueryScope): readonly KeptJob[] {
  return scope.db.all<Omit<KeptJob, 'command'> & { command: string }>(sql`
    SELECT j.name, j.command, j.folder, j.timeout, j.hash, j.approved_at AS approvedAt, u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM local_jobs j JOIN users u ON u.id = j.approved_by ORDER BY j.name`).map((row) => ({ ...row, command: stringList(row.command) }));
}

export function listAllowedHosts(scope: QueryScope): OutputOf<'allowedHosts.list'> {
  return { hosts: scope.db.column<string>(sql`SELECT host FROM allowed_hosts ORDER BY host`) };
}

// For the engine --------------------------------------------------------------------------------------------------------------------------

/** What somebody may see, by id. Projects are null for all of them. */
export type Sight = { readonly registries: readonly number[]; readonly projects: readonly number[] | null };

function sightOf(db: ReadableDb, asker: Asker): Sight {
  const projects = visibleProjects(db, asker);
  return { registries: [...visibleRegistries(db, asker).keys()], projects: projects === null ? null : [...projects] };
}

/** An automation that is on, with what its maker may see: it hears nothing beyond that. */
export type Rule = Sight & { readonly id: number; readonly name: string; readonly definition: Definition; readonly sinceEvent: number; readonly createdBy: number };

/** `head`: the newest event that these rules know of. What comes later may have changed them. */
export function automationRules(scope: QueryScope): { readonly rules: readonly Rule[]; readonly head: number } {
  const { db } = scope;
  const rows = db.all<{ id: number; name: string; definition: string; sinceEvent: number; createdBy: number }>(sql`
    SELECT id, name, definition, since_event AS sinceEvent, created_by AS createdBy FROM automations WHERE enabled = 1 AND removed_at IS NULL ORDER BY id`);
  const sights = new Map([...new Set(rows.map((row) => row.createdBy))].map((userId) => [userId, sightOf(db, loadAsker(db, branded(userId)))]));
  return { rules: rows.map((row) => ({ ...row, definition: JSON.parse(row.definition) as Definition, ...sights.get(row.createdBy)! })), head: db.value<number>(sql`SELECT max(id) FROM events`) ?? 0 };
}

/** The event up to which everything was looked at, and the newest one there is. */
export function automationCursor(scope: QueryScope): { readonly cursor: number; readonly head: number } {
  const { db } = scope;
  const head = db.value<number>(sql`SELECT max(id) FROM events`) ?? 0;
  const kept = db.value<string>(sql`SELECT value FROM meta WHERE key = 'automation_cursor'`);
  return { cursor: kept === undefined ? head : Number(kept), head };
}

type EventRow = UserColumns & {
  readonly id: number; readonly at: number; readonly entrance: string; readonly kind: string; readonly objectKind: string; readonly objectId: number; readonly registryId: number | null; readonly label: string;
  readonly address: string | null; readonly before: string; readonly after: string; readonly message: string | null;
};

export type FactsInput = { readonly after?: number; readonly before?: number; readonly ids?: readonly number[]; readonly since?: number; readonly limit: number; /** Of these alone; absent: of all that can be heard. */ readonly events?: readonly AutomationEvent[] };

/** Facts about events that automations hear of, oldest first; or newest first, when asked for what lies `before`. Events of other kinds are passed over. */
export function automationFacts(scope: QueryScope, input: FactsInput): { readonly facts: readonly FactsOfKind[]; readonly last: number; /** Events looked at, of any kind. */ readonly count: number; /** The newest of them after which rules, or what their makers see, may be others; 0 for none. */ readonly rulesChanged: number } {
  const { db } = scope;
  const back = input.before !== undefined;
  const where = input.ids !== undefined ? sql`e.id IN ${listOf(input.ids)}` : back ? sql`e.id < ${input.before ?? 0} AND e.at >= ${input.since ?? 0}` : sql`e.id > ${input.after ?? 0}`;
  const rows = db.all<EventRow>(sql`
    SELECT e.id, e.at, e.entrance, e.kind, e.object_kind AS objectKind, e.object_id AS objectId, e.registry_id AS registryId, e.label, e.address, e.before, e.after, e.message,
      u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind
    FROM events e JOIN users u ON u.id = e.actor_id WHERE ${where} ORDER BY ${back ? sql`e.id DESC` : sql`e.id`} LIMIT ${input.limit}`);
  const wanted = input.events === undefined ? null : new Set(input.events);
  const heard = new Set(wanted === null ? heardKinds : heardKinds.filter((kind) => wanted.has(automationEventOf(kind) ?? 'run.metric')));
  const organization = db.value<string>(sql`SELECT name FROM organizations ORDER BY id LIMIT 1`) ?? '';
  const told = rows.filter((row) => heard.has(row.kind));
  const objects = objectsOf(db, told.map(({ id }) => id));
  const once = askedOnce();
  return { facts: told.flatMap((row) => factsOf(db, row, new Map((objects.get(row.id) ?? []).map(({ kind, id }) => [kind, id])), organization, once)), last: rows.at(-1)?.id ?? input.after ?? 0, count: rows.length,
    rulesChanged: rows.reduce((newest, row) => (changesRules.test(row.kind) ? Math.max(newest, row.id) : newest), 0),
  };
}

const changesRules = /^(?:automation|registry|member|user|team|project)\./u;

/** With the kind that the history gave it. */
export type FactsOfKind = AutomationFacts & { readonly kind: string };

type Sides = { readonly alias?: string; readonly index?: number; readonly tag?: string; readonly state?: string; readonly metric?: string; readonly value?: number; readonly automationId?: number };

/** Events that come together are mostly about the same few things: each of them is asked for once. */
type Once = <Answer>(what: string, id: number, ask: () => Answer) => Answer;

function askedOnce(): Once {
  const known = new Map<string, unknown>();
  return <Answer>(what: string, id: number, ask: () => Answer): Answer => {
    const key = `${what} ${id}`;
    if (!known.has(key)) known.set(key, ask());
    return known.get(key) as Answer;
  };
}

function factsOf(db: ReadableDb, row: EventRow, about: Map<string, number>, organization: string, once: Once): FactsOfKind[] {
  const event = automationEventOf(row.kind);
  if (event === null) return [];
  const before = (JSON.parse(row.before) ?? {}) as Sides;
  const after = (JSON.parse(row.after) ?? {}) as Sides;
  about.set(row.objectKind, row.objectId);
  const of = <Row>(kind: string, id: number | null | undefined, query: (id: number) => Sql): Row | undefined => (id == null ? undefined : once(kind, id, () => db.get<Row>(query(id))));
  const linkId = about.get('link');
  const link = of<{ versionId: number; index: number; collectionId: number }>('link', linkId, (id) => sql`SELECT version_id AS versionId, idx AS "index", collection_id AS collectionId FROM links WHERE id = ${id}`);
  const version = of<{ id: number; index: number; digest: Uint8Array; size: number; metadata: string; artifactId: number }>('version', link?.versionId ?? about.get('version'), (id) => sql`SELECT id, idx AS "index", digest, size, metadata, artifact_id AS artifactId FROM versions WHERE id = ${id}`);
  const artifact = of<{ id: number; name: string; type: string; projectId: number }>('artifact', version?.artifactId ?? about.get('artifact'), (id) => sql`SELECT id, name, type, project_id AS projectId FROM artifacts WHERE id = ${id}`);
  const project = of<{ id: number; name: string; entity: string }>('project', artifact?.projectId ?? about.get('project'), (id) => sql`SELECT p.id, p.name, t.name AS entity FROM projects p JOIN teams t ON t.id = p.team_id WHERE p.id = ${id}`);
  const collection = of<{ id: number; name: string }>('collection', event === 'integrity.failed' ? undefined : (link?.collectionId ?? about.get('collection')), (id) => sql`SELECT id, name FROM collections WHERE id = ${id}`);
  // Of damage the places are told one by one.
  const registry = of<{ id: number; name: string }>('registry', event === 'integrity.failed' ? null : (row.registryId ?? about.get('registry')), (id) => sql`SELECT id, name FROM registries WHERE id = ${id}`);
  const run = of<{ id: number; runId: string; name: string; state: string }>('run', about.get('run'), (id) => sql`SELECT id, run_id AS runId, display_name AS name, state FROM runs WHERE id = ${id}`);
  const aliasMove = row.kind.startsWith('alias.');
  const facts: FactsOfKind = {
    kind: row.kind, event, eventId: row.id, at: timestamp(row.at), actor: { username: row.username, displayName: row.userDisplayName, kind: row.userKind }, entrance: row.entrance, message: row.message,
    entity: registry === undefined ? (project?.entity ?? organization) : organization,
    registry: registry ?? null, collection: collection ?? null, project: project === undefined ? null : { id: project.id, name: project.name },
    artifact: artifact === undefined ? null : { id: artifact.id, name: artifact.name, type: artifact.type },
    link: link === undefined ? null : { id: linkId ?? 0 },
    version: version === undefined ? null : {
      id: version.id, number: link?.index ?? version.index, digest: hexOf(version.digest), size: version.size,
      aliases: link === undefined
        ? once('aliases of a version', version.id, () => db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'artifact' AND target_id = ${version.id}`))
        : once('aliases of a link', linkId ?? 0, () => db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND target_id = ${linkId ?? 0}`)),
      tags: once('tags', version.id, () => db.column<string>(sql`SELECT t.tag FROM version_tags x JOIN tags t ON t.id = x.tag_id WHERE x.version_id = ${version.id} ORDER BY t.tag`)),
      metadata: once('metadata', version.id, () => JSON.parse(version.metadata) as { readonly [key: string]: FactValue }),
    },
    alias: aliasMove ? (after.alias ?? before.alias ?? null) : null, aliasFrom: aliasMove ? (before.index ?? null) : null,
    tag: row.kind.startsWith('tag.') ? (after.tag ?? before.tag ?? null) : null,
    state: event === 'state.changed' ? { from: before.state ?? null, to: after.state ?? null } : null,
    run: run ?? null, metric: event === 'run.metric' && after.metric !== undefined && after.value !== undefined ? { name: after.metric, value: after.value, automationId: after.automationId ?? 0 } : null,
    label: row.label, address: row.address,
  };
  return event === 'integrity.failed' ? [...damagedPlaces(db, facts, organization), facts] : [facts];
}

/** Damage is told once, and is news in every registry and collection where the version stands: one for each, before that of its project. */
function damagedPlaces(db: ReadableDb, facts: FactsOfKind, organization: string): FactsOfKind[] {
  if (facts.version === null) return [];
  return db.all<{ linkId: number; number: number; collectionId: number; collection: string; registryId: number; registry: string }>(sql`
    SELECT l.id AS linkId, l.idx AS number, c.id AS collectionId, c.name AS collection, r.id AS registryId, r.name AS registry FROM links l JOIN collections c ON c.id = l.collection_id JOIN registries r ON r.id = c.registry_id
    WHERE l.version_id = ${facts.version.id} AND l.removed_at IS NULL AND r.deleted_at IS NULL ORDER BY l.id LIMIT 100`).flatMap((place): FactsOfKind[] => facts.version === null ? [] : [{
    ...facts, entity: organization, registry: { id: place.registryId, name: place.registry }, collection: { id: place.collectionId, name: place.collection }, link: { id: place.linkId },
    version: { ...facts.version, number: place.number, aliases: db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND target_id = ${place.linkId}`) },
  }]);
}

export type OpenDelivery = { readonly id: number; readonly key: string; readonly automationId: number; readonly automation: string; readonly createdBy: number; readonly eventId: number; readonly scope: Definition['scope']; readonly action: Definition['actions'][number]; readonly target: string; readonly afterId: number | null; readonly attempts: number; readonly nextAt: number };

/** Deliveries that are still to be made, by id. */
export function openDeliveries(scope: QueryScope, input: { readonly after: number; readonly ids?: readonly number[]; readonly limit: number }): readonly OpenDelivery[] {
  const chosen = input.ids === undefined ? sql`d.state IN ('waiting', 'sending') AND d.id > ${input.after}` : sql`d.id IN ${listOf(input.ids)} AND d.state IN ('waiting', 'sending')`;
  return scope.db.all<Omit<OpenDelivery, 'action' | 'scope'> & { action: string; scope: string }>(sql`
    SELECT d.id, d.key, d.automation_id AS automationId, a.name AS automation, a.created_by AS createdBy, d.event_id AS eventId, a.definition ->> '$.scope' AS scope, d.action, d.target, d.after_id AS afterId, d.attempts, d.next_at AS nextAt
    FROM deliveries d JOIN automations a ON a.id = d.automation_id WHERE ${chosen} ORDER BY d.id LIMIT ${input.limit}`).map((row) => ({ ...row, scope: JSON.parse(row.scope) as OpenDelivery['scope'], action: JSON.parse(row.action) as OpenDelivery['action'] }));
}

/** Automations whose actions led to an event, from it backwards; empty for what a person or script did. */
export function causesOf(scope: QueryScope, input: { readonly eventId: number }): readonly number[] {
  return scope.db.column<number>(sql`
    WITH RECURSIVE way (event_id, automation_id, depth) AS (
      SELECT d.event_id, d.automation_id, 1 FROM event_causes c JOIN deliveries d ON d.id = c.delivery_id WHERE c.event_id = ${input.eventId}
      UNION ALL
      SELECT d.event_id, d.automation_id, w.depth + 1 FROM way w JOIN event_causes c ON c.event_id = w.event_id JOIN deliveries d ON d.id = c.delivery_id WHERE w.depth < 20
    ) SELECT automation_id FROM way ORDER BY depth`);
}

/** What the words of a definition need from the catalog. */
export function automationWords(scope: QueryScope, input: { readonly definition: Definition }): { readonly sentence: string; readonly scopeName: string; readonly secrets: readonly string[]; readonly jobs: readonly string[] } {
  demandSeeing(scope, input.definition);
  return {
    sentence: sentenceOf(scope.db, input.definition), scopeName: scopeNameOf(scope.db, input.definition.scope),
    secrets: scope.db.column<string>(sql`SELECT name FROM automation_secrets`), jobs: scope.db.column<string>(sql`SELECT name FROM local_jobs`),
  };
}

/** Numbers of runs' summaries by key, for thresholds. */
export function runMetrics(scope: QueryScope, input: { readonly ids: readonly number[]; readonly running: boolean; readonly keys: readonly string[] }): readonly { readonly runId: number; readonly projectId: number; readonly key: string; readonly value: number }[] {
  return scope.db.all<{ id: number; projectId: number; summary: string }>(sql`SELECT id, project_id AS projectId, summary FROM runs WHERE (id IN ${listOf(input.ids)} OR (${input.running ? 1 : 0} AND state = 'running')) AND deleted_at IS NULL`).flatMap((row) => {
    const summary = JSON.parse(row.summary) as { readonly [key: string]: FactValue };
    return input.keys.flatMap((key) => {
      const value = valueAt(summary, key);
      return typeof value === 'number' ? [{ runId: row.id, projectId: row.projectId, key, value }] : [];
    });
  });
}

/** What the asker may see, as rules have it. */
export function sight({ db, asker }: QueryScope): Sight {
  return sightOf(db, asker);
}

export function automationNames(scope: QueryScope): readonly string[] {
  return scope.db.column<string>(sql`SELECT name FROM automations WHERE removed_at IS NULL`);
}

/** Of these deliveries, those that somebody gave up on. */
export function givenUp(scope: QueryScope, input: { readonly ids: readonly number[] }): readonly number[] {
  return scope.db.column<number>(sql`SELECT id FROM deliveries WHERE id IN ${listOf(input.ids)} AND state = 'discarded'`);
}

export function anySending(scope: QueryScope): boolean {
  return scope.db.value(sql`SELECT 1 FROM deliveries WHERE state = 'sending' LIMIT 1`) !== undefined;
}

/** Whether the log holds something that ended before then. */
export function anyEndedBefore(scope: QueryScope, input: { readonly doneBefore: number }): boolean {
  return scope.db.value(sql`SELECT 1 FROM deliveries WHERE state IN ('done', 'discarded') AND done_at < ${input.doneBefore} LIMIT 1`) !== undefined;
}

/** What a scope's name stands for: a registry, `registry/collection`, a project. */
export function scopeNamed(scope: QueryScope, input: { readonly kind: unknown; readonly name: string }): number | null {
  const { db } = scope;
  switch (input.kind) {
    case 'registry':
      return db.value<number>(sql`SELECT id FROM registries WHERE name = ${input.name} AND deleted_at IS NULL`) ?? null;
    case 'collection':
      return db.value<number>(sql`SELECT c.id FROM collections c JOIN registries r ON r.id = c.registry_id WHERE r.name || '/' || c.name = ${input.name} AND c.deleted_at IS NULL AND r.deleted_at IS NULL`) ?? null;
    case 'project':
      return db.value<number>(sql`SELECT id FROM projects WHERE name = ${input.name} AND deleted_at IS NULL ORDER BY id LIMIT 1`) ?? null;
    default:
      return null;
  }
}

/** Whether the engine has anything to do. */
export function anyAutomation(scope: QueryScope): boolean {
  return scope.db.value(sql`SELECT 1 FROM automations WHERE enabled = 1 AND removed_at IS NULL LIMIT 1`) !== undefined || scope.db.value(sql`SELECT 1 FROM deliveries WHERE state IN ('waiting', 'sending') LIMIT 1`) !== undefined;
}
