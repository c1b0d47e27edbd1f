/** What an address names. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { formatSelector, latestSelector, nameKey, organizationNameKeys, parseAddress, parsePlace, placeScheme, registryOfProject, type Place, type Selector } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import { objectRefs, type Named } from '../records/refs.ts';
import { accepted } from '../refusals.ts';
import type { QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { artifactIdOf, projectIdOf, runIdOf } from './source.ts';
import { collectionIdOf, namedRegistry } from './registries.ts';

type Resolved = OutputOf<'addresses.resolve'>;
type Preference = CheckedInputOf<'addresses.resolve'>['prefer'];

export function resolveAddress(scope: QueryScope, input: CheckedInputOf<'addresses.resolve'>): Resolved {
  const text = input.address.trim();
  if (text.toLowerCase().startsWith(`${placeScheme}:`)) return resolvePlace(scope, accepted(parsePlace(text)), text);
  const bareRegistry = registryOfProject(text);
  if (bareRegistry !== null && !text.includes('/')) return found(scope, { kind: 'registry', id: namedRegistry(scope, bareRegistry).id }, text);
  const address = accepted(parseAddress(text));
  if (address.kind === 'registry') {
    refuseOtherOrganization(scope, address.organization);
    return linkedVersion(scope, address.registry, address.collection, address.selector, input.prefer);
  }
  if (address.project !== null) return sourceVersion(scope, address.entity ?? ownTeam(scope), address.project, address.artifact, address.selector, input.prefer);
  if (address.entity === null) return byArtifactName(scope, ownTeam(scope), address.artifact, address.selector, input.prefer);
  // Two steps are a team and its artifact; where no team has that name, what people mean is a project of their own.
  if (teamExists(scope, address.entity)) {
    const project = address.selector === null && input.prefer === 'container' ? (projectNamed(scope, address.entity, address.artifact) ?? legacyRegistry(scope, address.entity, address.artifact)) : null;
    return project ?? byArtifactName(scope, address.entity, address.artifact, address.selector, input.prefer);
  }
  return sourceVersion(scope, ownTeam(scope), address.entity, address.artifact, address.selector, input.prefer);
}

function resolvePlace(scope: QueryScope, place: Place, text: string): Resolved {
  switch (place.place) {
    case 'registry':
      refuseOtherOrganization(scope, place.organization ?? null);
      return found(scope, { kind: 'registry', id: namedRegistry(scope, place.registry).id }, text);
    case 'collection':
      refuseOtherOrganization(scope, place.organization ?? null);
      return found(scope, { kind: 'collection', id: collectionOf(scope, place.registry, place.collection) }, text);
    case 'linked version':
      refuseOtherOrganization(scope, place.organization ?? null);
      return linkedVersion(scope, place.registry, place.collection, place.selector);
    case 'project':
      return legacyRegistry(scope, place.entity, place.project) ?? found(scope, { kind: 'project', id: projectIdOf(scope, place.entity, place.project) }, text);
    case 'artifact':
      return legacyPlace(scope, place.entity, place.project, place.artifact) ?? found(scope, { kind: 'artifact', id: artifactIdOf(scope, projectIdOf(scope, place.entity, place.project), place.project, place.artifact) }, text);
    case 'source version':
      return sourceVersion(scope, place.entity, place.project, place.artifact, place.selector);
    case 'run':
      return found(scope, { kind: 'run', id: runIdOf(scope, projectIdOf(scope, place.entity, place.project), place.run) }, text);
    default:
      throw new VitrineError('not_found', { details: { kind: 'object', label: text, explanation: 'This link names a place of the window, not a thing of the catalog.' } });
  }
}

function found(scope: QueryScope, thing: Named, label: string, versionId: number | null = null, linkId: number | null = null): Resolved {
  const [ref] = objectRefs(scope, [thing]);
  if (ref === undefined) throw notFound(thing.kind, label);
  return { object: ref.ref, versionId, linkId };
}

function collectionOf(scope: QueryScope, registry: string, collection: string): number {
  return collectionIdOf(scope, namedRegistry(scope, registry).id, registry, collection);
}

/** Without a selector an address names the latest version; where there is none yet, the collection itself. */
function linkedVersion(scope: QueryScope, registry: string, collection: string, selector: Selector | null, prefer: Preference = 'version'): Resolved {
  const collectionId = collectionOf(scope, registry, collection);
  if (selector === null && prefer === 'container') return found(scope, { kind: 'collection', id: collectionId }, `${registry}/${collection}`);
  const wanted = selector ?? latestSelector;
  const { db } = scope;
  const link = wanted.kind === 'number'
    ? db.get<{ id: number; versionId: number }>(sql`SELECT id, version_id AS versionId FROM links WHERE collection_id = ${collectionId} AND idx = ${wanted.number} AND removed_at IS NULL`)
    : db.get<{ id: number; versionId: number }>(sql`
        SELECT l.id, l.version_id AS versionId FROM aliases x JOIN links l ON l.id = x.target_id WHERE x.holder_kind = 'collection' AND x.holder_id = ${collectionId} AND x.alias = ${wanted.alias}`);
  if (link !== undefined) return found(scope, { kind: 'link', id: link.id }, `${registry}/${collection}`, link.versionId, link.id);
  if (selector === null) return found(scope, { kind: 'collection', id: collectionId }, `${registry}/${collection}`);
  throw notFound('link', `${registry}/${collection}:${formatSelector(selector)}`);
}

function sourceVersion(scope: QueryScope, entity: string, project: string, artifact: string, selector: Selector | null, prefer: Preference = 'version'): Resolved {
  const moved = project === legacyRegistryProject ? legacyCollection(scope, entity, artifact) : null;
  if (moved !== null) return linkedVersion(scope, moved.registry, moved.collection, selector, prefer);
  return versionOf(scope, artifactIdOf(scope, projectIdOf(scope, entity, project), project, artifact), `${project}/${artifact}`, selector, prefer);
}

/** The collection that an artifact of the legacy registry was brought to; null where it was not. */
function legacyPlace(scope: QueryScope, entity: string, project: string, artifact: string): Resolved | null {
  const moved = project === legacyRegistryProject ? legacyCollection(scope, entity, artifact) : null;
  return moved === null ? null : linkedVersion(scope, moved.registry, moved.collection, null, 'container');
}

/** The registry that a team's legacy registry was brought to, where no project of its name is left. */
function legacyRegistry(scope: QueryScope, entity: string, project: string): Resolved | null {
  if (project !== legacyRegistryProject || projectNamed(scope, entity, project) !== null) return null;
  const id = scope.db.value<number>(sql`
    SELECT r.id FROM legacy_addresses x JOIN teams t ON t.id = x.team_id JOIN collections c ON c.id = x.collection_id JOIN registries r ON r.id = c.registry_id
    WHERE t.name_key = ${nameKey(entity)} AND c.deleted_at IS NULL AND r.deleted_at IS NULL ORDER BY x.collection_id DESC LIMIT 1`);
  return id === undefined ? null : found(scope, { kind: 'registry', id }, `${entity}/${project}`);
}

/** The project that W&B's legacy model registry of a team was addressed as. */
const legacyRegistryProject = 'model-registry';

/** Where an entry of that registry was brought to. */
function legacyCollection(scope: QueryScope, entity: string, name: string): { readonly registry: string; readonly collection: string } | null {
  return scope.db.get<{ registry: string; collection: string }>(sql`
    SELECT r.name AS registry, c.name AS collection FROM legacy_addresses x JOIN teams t ON t.id = x.team_id JOIN collections c ON c.id = x.collection_id JOIN registries r ON r.id = c.registry_id
    WHERE t.name_key = ${nameKey(entity)} AND x.name_key = ${nameKey(name)} AND c.deleted_at IS NULL AND r.deleted_at IS NULL`) ?? null;
}

function versionOf(scope: QueryScope, artifactId: number, label: string, selector: Selector | null, prefer: Preference): Resolved {
  if (selector === null && prefer === 'container') return found(scope, { kind: 'artifact', id: artifactId }, label);
  const wanted = selector ?? latestSelector;
  const { db } = scope;
  const versionId = wanted.kind === 'number'
    ? db.value<number>(sql`SELECT id FROM versions WHERE artifact_id = ${artifactId} AND idx = ${wanted.number} AND state <> 'deleted'`)
    : db.value<number>(sql`SELECT target_id FROM aliases WHERE holder_kind = 'artifact' AND holder_id = ${artifactId} AND alias = ${wanted.alias}`);
  if (versionId !== undefined) return found(scope, { kind: 'version', id: versionId }, label, versionId);
  if (selector === null) return found(scope, { kind: 'artifact', id: artifactId }, label);
  throw notFound('artifact version', `${label}:${formatSelector(selector)}`);
}

/** A bare name means the one artifact of the team that has it; where several projects have it, one must be named. */
function byArtifactName(scope: QueryScope, entity: string, artifact: string, selector: Selector | null, prefer: Preference): Resolved {
  const candidates = scope.db.all<{ id: number; project: string; projectId: number }>(sql`
    SELECT a.id, p.name AS project, p.id AS projectId FROM artifacts a JOIN projects p ON p.id = a.project_id JOIN teams t ON t.id = p.team_id
    WHERE a.name = ${artifact} AND a.deleted_at IS NULL AND t.name_key = ${nameKey(entity)} ORDER BY a.updated_at DESC LIMIT 20`);
  const seen = candidates.filter((candidate) => objectRefs(scope, [{ kind: 'project', id: candidate.projectId }]).length > 0);
  const [only] = seen;
  if (only === undefined) throw notFound('artifact', artifact);
  if (seen.length > 1) {
    throw new VitrineError('not_found', { details: { kind: 'artifact', label: artifact, explanation: `Several projects have an artifact “${artifact}”: ${seen.map((candidate) => candidate.project).join(', ')}. Write <project>/${artifact} with its team before it.` } });
  }
  return versionOf(scope, only.id, `${only.project}/${artifact}`, selector, prefer);
}

function teamExists(scope: QueryScope, name: string): boolean {
  return scope.db.value(sql`SELECT 1 FROM teams WHERE name_key = ${nameKey(name)}`) !== undefined;
}

function projectNamed(scope: QueryScope, entity: string, name: string): Resolved | null {
  const id = scope.db.value<number>(sql`
    SELECT p.id FROM projects p JOIN teams t ON t.id = p.team_id WHERE t.name_key = ${nameKey(entity)} AND p.name_key = ${nameKey(name)} AND p.deleted_at IS NULL`);
  return id === undefined ? null : found(scope, { kind: 'project', id }, `${entity}/${name}`);
}

function ownTeam(scope: QueryScope): string {
  return scope.db.value<string>(sql`SELECT t.name FROM meta m JOIN teams t ON t.id = m.value WHERE m.key = 'team_id'`) ?? '';
}

function refuseOtherOrganization(scope: QueryScope, organization: string | null): void {
  if (organization === null) return;
  const known = scope.db.value(sql`SELECT 1 FROM organizations WHERE name_key IN ${listOf(organizationNameKeys(organization))}`) ?? scope.db.value(sql`SELECT 1 FROM teams WHERE name_key = ${nameKey(organization)}`);
  if (known === undefined) throw notFound('organization', organization);
}
